//! Takes a snapshot of a disk: from then on, writes go to a new image.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -blockdev raw,node-name=disk,file.driver=file,file.filename=/tmp/disk.raw \
//!     -device virtio-blk-pci,id=vda,drive=disk &
//! cargo run -p qmp-transport --example snapshot
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{BlockdevSnapshotSync, QomGet};

fn main() -> Result<(), Box<dyn Error>> {
    run(
        &mut Client::connect("unix:/tmp/qmp.sock")?,
        "/tmp/overlay.qcow2",
    )
}

pub(crate) fn run(qemu: &mut Client, overlay: &str) -> Result<(), Box<dyn Error>> {
    let snapshot = BlockdevSnapshotSync::new(overlay)
        .node_name("disk")
        .snapshot_node_name("overlay");
    qemu.execute(snapshot)?;
    let drive = qemu.execute(QomGet::new("/machine/peripheral/vda", "drive"))?;
    assert_eq!(drive, "overlay");
    Ok(())
}
