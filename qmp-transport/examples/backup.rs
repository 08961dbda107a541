//! Backs up a disk, and shows the progress.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw /tmp/backup.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -blockdev raw,node-name=disk,file.driver=file,file.filename=/tmp/disk.raw &
//! cargo run -p qmp-transport --example backup
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Duration;

use qmp_transport::blocking::Client;
use qmp_transport::drivers::{JobGoal, blocking::finish_job};
use qmp_types::compat::commands::{BlockdevAdd, BlockdevBackup};
use qmp_types::compat::types::{BlockdevOptionsFile, BlockdevOptionsRaw, MirrorSyncMode};

fn main() -> Result<(), Box<dyn Error>> {
    run(
        &mut Client::connect("unix:/tmp/qmp.sock")?,
        "/tmp/backup.raw",
    )
}

pub(crate) fn run(qemu: &mut Client, target: &str) -> Result<(), Box<dyn Error>> {
    let file = BlockdevOptionsFile::new(target);
    qemu.execute(BlockdevAdd::new(BlockdevOptionsRaw::new(file)).node_name("backup"))?;
    let backup =
        BlockdevBackup::new("disk", MirrorSyncMode::Full, "backup").job_id("backup-of-disk");
    qemu.execute(backup.auto_dismiss(false))?;
    finish_job(
        qemu,
        "backup-of-disk",
        JobGoal::Complete,
        Duration::from_secs(60),
        |progress| {
            println!("{} of {} bytes", progress.current, progress.total);
        },
    )?;
    Ok(())
}
