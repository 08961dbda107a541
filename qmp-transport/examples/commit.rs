//! Writes the content of an overlay back to the disk below it.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -blockdev raw,node-name=disk,file.driver=file,file.filename=/tmp/disk.raw \
//!     -device virtio-blk-pci,id=vda,drive=disk &
//! cargo run -p qmp-transport --example commit
//! ```

use std::error::Error;
use std::time::Duration;

use qmp_transport::blocking::Client;
use qmp_transport::drivers::{JobGoal, blocking::finish_job};
use qmp_types::compat::commands::{BlockCommit, BlockdevSnapshotSync};

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
    qemu.execute(BlockCommit::new("overlay").job_id("commit"))?;
    // The overlay is in use, so the job becomes ready and waits for `job-complete`.
    finish_job(
        qemu,
        "commit",
        JobGoal::Complete,
        Duration::from_secs(60),
        |_| {},
    )?;
    Ok(())
}
