//! Adds a character device that a program can connect to over a socket.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example chardev
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{ChardevAdd, ChardevRemove, QueryChardev};
use qmp_types::compat::types::{ChardevSocket, UnixSocketAddress};

fn main() -> Result<(), Box<dyn Error>> {
    run(
        &mut Client::connect("unix:/tmp/qmp.sock")?,
        "/tmp/console.sock",
    )
}

pub(crate) fn run(qemu: &mut Client, socket: &str) -> Result<(), Box<dyn Error>> {
    let backend = ChardevSocket::new(UnixSocketAddress::new(socket))
        .server(true)
        .wait(false);
    assert_eq!(qemu.execute(ChardevAdd::new("console", backend))?.pty, None);
    let chardevs = qemu.execute(QueryChardev::new())?;
    assert!(chardevs.iter().any(|chardev| chardev.label == "console"));
    qemu.execute(ChardevRemove::new("console"))?;
    Ok(())
}
