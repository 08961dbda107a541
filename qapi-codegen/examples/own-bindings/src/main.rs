//! Stops a running QEMU, and lets it continue.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p own-bindings -- unix:/tmp/qmp.sock
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use qmp_transport::blocking::Client;

use crate::qmp::commands::{Cont, QueryStatus, Stop};
use crate::qmp::types::RunState;

mod qmp {
    //! What the build script has generated.
    include!(concat!(env!("OUT_DIR"), "/qmp.rs"));
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "unix:/tmp/qmp.sock".to_owned());
    let mut qemu = Client::connect(address.as_str())?;
    println!("before: {}", qemu.execute(QueryStatus::new())?.status);
    qemu.execute(Stop::new())?;
    assert_eq!(qemu.execute(QueryStatus::new())?.status, RunState::Paused);
    qemu.execute(Cont::new())?;
    println!("after: {}", qemu.execute(QueryStatus::new())?.status);
    Ok(())
}
