//! Saves an image of the guest's screen.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -vga std &
//! cargo run -p qmp-transport --example screendump
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::Screendump;

fn main() -> Result<(), Box<dyn Error>> {
    run(
        &mut Client::connect("unix:/tmp/qmp.sock")?,
        "/tmp/screen.ppm",
    )
}

pub(crate) fn run(qemu: &mut Client, path: &str) -> Result<(), Box<dyn Error>> {
    qemu.execute(Screendump::new(path))?;
    assert!(std::fs::read(path)?.starts_with(b"P6"));
    Ok(())
}
