//! Plugs in a disk, and unplugs it.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -device piix3-usb-uhci,id=usb &
//! cargo run -p qmp-transport --example hot_plug_disk
//! ```

use std::error::Error;
use std::time::Duration;

use qmp_transport::blocking::Client;
use qmp_transport::drivers::blocking::unplug;
use qmp_types::compat::commands::{BlockdevAdd, BlockdevDel, DeviceAdd, QomGet};
use qmp_types::compat::types::{BlockdevOptionsFile, BlockdevOptionsRaw};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?, "/tmp/disk.raw")
}

pub(crate) fn run(qemu: &mut Client, image: &str) -> Result<(), Box<dyn Error>> {
    let file = BlockdevOptionsFile::new(image);
    qemu.execute(BlockdevAdd::new(BlockdevOptionsRaw::new(file)).node_name("disk"))?;
    qemu.execute(
        DeviceAdd::new("usb-storage")
            .id("stick")
            .bus("usb.0")
            .extra("drive", "disk"),
    )?;
    let kind = qemu.execute(QomGet::new("/machine/peripheral/stick", "type"))?;
    assert_eq!(kind, "usb-storage");

    // A PCI device is unplugged when the guest has released it. USB does not need the
    // guest.
    unplug(qemu, "stick", Duration::from_secs(10))?;
    qemu.execute(BlockdevDel::new("disk"))?;
    Ok(())
}
