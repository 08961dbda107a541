//! Waits for events of several kinds at once, while other tasks send commands.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw /tmp/backup.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -blockdev raw,node-name=disk,file.driver=file,file.filename=/tmp/disk.raw &
//! cargo run -p qmp-transport --features tokio --example wait_for_events
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use std::error::Error;

use qmp_transport::tokio::Client;
use qmp_types::compat::commands::{BlockdevAdd, BlockdevBackup, Cont, JobDismiss, Stop};
use qmp_types::compat::events::{Event, JobStatusChange, Stop as Stopped};
use qmp_types::compat::types::{
    BlockdevOptionsFile, BlockdevOptionsRaw, JobStatus, MirrorSyncMode,
};
use tokio::runtime::Builder;

fn main() -> Result<(), Box<dyn Error>> {
    Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            run(
                &Client::connect("unix:/tmp/qmp.sock").await?,
                "/tmp/backup.raw",
            )
            .await
        })
}

pub(crate) async fn run(qemu: &Client, target: &str) -> Result<(), Box<dyn Error>> {
    // A subscription gets the events from now on.
    let mut jobs = qemu.subscribe::<JobStatusChange>();
    let mut stops = qemu.subscribe::<Stopped>();
    let mut all = qemu.subscribe_all();

    let file = BlockdevOptionsFile::new(target);
    qemu.execute(BlockdevAdd::new(BlockdevOptionsRaw::new(file)).node_name("backup"))
        .await?;
    let backup = BlockdevBackup::new("disk", MirrorSyncMode::Full, "backup").job_id("job0");
    qemu.execute(backup.auto_dismiss(false)).await?;
    while let Some(job) = jobs.next().await {
        if job?.event.status == JobStatus::Concluded {
            break;
        }
    }
    qemu.execute(JobDismiss::new("job0")).await?;

    qemu.execute(Stop::new()).await?;
    stops.next().await.ok_or("the connection ended")??;
    qemu.execute(Cont::new()).await?;

    // All of these events, in the order in which they arrived.
    while let Some(event) = all.next().await {
        match event?.decode_any()? {
            Event::JobStatusChange(job) => println!("{} is {}", job.id, job.status),
            Event::Resume(_) => break,
            other => println!("{other:?}"),
        }
    }
    Ok(())
}
