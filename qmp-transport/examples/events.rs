//! Prints the events of a running QEMU until it shuts down.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example events -- unix:/tmp/qmp.sock
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use qmp_transport::blocking::Client;
use qmp_types::compat::events::Event;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "unix:/tmp/qmp.sock".to_owned());
    let mut qemu = Client::connect(address.as_str())?;
    while let Some(event) = qemu.next_event(None)? {
        match event.decode_any::<Event>()? {
            Event::Shutdown(shutdown) => {
                println!("shut down, by {}", shutdown.reason);
                break;
            }
            Event::JobStatusChange(job) => println!("job {} is {}", job.id, job.status),
            // An event that QEMU 11.1 does not have.
            Event::Unrecognized { name, data, .. } => println!("{name}: {data}"),
            other => println!("{other:?}"),
        }
    }
    Ok(())
}
