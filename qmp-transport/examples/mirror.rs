//! Copies a disk while it is in use, and switches to the copy.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw /tmp/copy.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -blockdev raw,node-name=disk,file.driver=file,file.filename=/tmp/disk.raw \
//!     -device virtio-blk-pci,id=vda,drive=disk &
//! cargo run -p qmp-transport --example mirror
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Duration;

use qmp_transport::blocking::Client;
use qmp_transport::drivers::{JobGoal, blocking::finish_job};
use qmp_types::compat::commands::{BlockdevAdd, BlockdevDel, BlockdevMirror, QomGet};
use qmp_types::compat::types::{BlockdevOptionsFile, BlockdevOptionsRaw, MirrorSyncMode};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?, "/tmp/copy.raw")
}

pub(crate) fn run(qemu: &mut Client, target: &str) -> Result<(), Box<dyn Error>> {
    let limit = Duration::from_secs(60);
    let file = BlockdevOptionsFile::new(target);
    qemu.execute(BlockdevAdd::new(BlockdevOptionsRaw::new(file)).node_name("copy"))?;
    qemu.execute(BlockdevMirror::new("disk", "copy", MirrorSyncMode::Full).job_id("move"))?;
    finish_job(qemu, "move", JobGoal::Ready, limit, |progress| {
        println!("{progress:?}");
    })?;
    // Both have the same content from now on, until the job is told to complete.
    finish_job(qemu, "move", JobGoal::Complete, limit, |_| {})?;

    let drive = qemu.execute(QomGet::new("/machine/peripheral/vda", "drive"))?;
    assert_eq!(drive, "copy");
    qemu.execute(BlockdevDel::new("disk"))?;
    Ok(())
}
