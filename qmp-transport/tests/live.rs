//! The client on a real QEMU. Tests of `wire.md`'s items bear their numbers.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use libtest_mimic::{Arguments, Failed};
use support::{Server, live};

fn main() {
    let arguments = Arguments::from_args();
    let tests = vec![live("greeting_and_status", greeting_and_status)];
    libtest_mimic::run(&arguments, tests).exit();
}

fn greeting_and_status(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    assert!(qmp.greeting().unwrap().version.major >= 2);
    let status = qmp.execute_raw("query-status", &())?;
    assert_eq!(status["status"], "prelaunch");
    Ok(())
}
