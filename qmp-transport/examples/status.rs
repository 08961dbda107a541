//! Prints the version and the status of a running QEMU.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example status -- unix:/tmp/qmp.sock
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{QueryBlock, QueryStatus};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "unix:/tmp/qmp.sock".to_owned());
    let mut qemu = Client::connect(address.as_str())?;
    if let Some(greeting) = qemu.greeting() {
        println!("QEMU {}.{}", greeting.version.major, greeting.version.minor);
    }
    println!("status: {}", qemu.execute(QueryStatus::new())?.status);
    for block in qemu.execute(QueryBlock::new())? {
        let file = block.inserted.map(|medium| medium.file);
        println!("{}: {}", block.device, file.as_deref().unwrap_or("empty"));
    }
    Ok(())
}
