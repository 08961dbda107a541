//! Runs a program in the guest, and reads a file there, with the guest agent.
//!
//! ```sh
//! qemu-ga -m unix-listen -p /tmp/qga.sock -t /tmp -f /tmp/qga.pid &
//! cargo run -p qmp-transport --example guest_agent
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use qmp_transport::blocking::Client;
use qmp_transport::{Options, Qga};
use qmp_types::qga::compat::commands::{
    GuestExec, GuestExecStatus, GuestFileClose, GuestFileOpen, GuestFileRead,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut agent = Client::connect_with("unix:/tmp/qga.sock", Options::new())?;
    println!("{} (base64)", run(&mut agent, "/etc/hostname")?);
    Ok(())
}

pub(crate) fn run(agent: &mut Client<Qga>, file: &str) -> Result<String, Box<dyn Error>> {
    let program = GuestExec::new("/bin/echo")
        .arg(["hello"])
        .capture_output(true);
    let pid = agent.execute(program)?.pid;
    let status = loop {
        let status = agent.execute(GuestExecStatus::new(pid))?;
        if status.exited {
            break status;
        }
        sleep(Duration::from_millis(50));
    };
    assert_eq!(
        (status.exitcode, status.out_data.as_deref()),
        (Some(0), Some("aGVsbG8K"))
    );

    let handle = agent.execute(GuestFileOpen::new(file).mode("r"))?;
    let read = agent.execute(GuestFileRead::new(handle).count(4096))?;
    agent.execute(GuestFileClose::new(handle))?;
    Ok(read.buf_b64)
}
