//! Asks the guest to give memory back.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -m 64M \
//!     -device virtio-balloon-pci &
//! cargo run -p qmp-transport --example balloon
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{Balloon, QueryBalloon};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?)
}

pub(crate) fn run(qemu: &mut Client) -> Result<(), Box<dyn Error>> {
    qemu.execute(Balloon::new(32 << 20))?;
    // The driver in the guest does it later, and BALLOON_CHANGE says when.
    println!("{} bytes", qemu.execute(QueryBalloon::new())?.actual);
    Ok(())
}
