//! Tracks writes to a disk in a dirty bitmap, for incremental backups.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -blockdev raw,node-name=disk,file.driver=file,file.filename=/tmp/disk.raw &
//! cargo run -p qmp-transport --example dirty_bitmaps
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{
    BlockDirtyBitmapAdd, BlockDirtyBitmapClear, BlockDirtyBitmapMerge, BlockDirtyBitmapRemove,
    HumanMonitorCommand, QueryNamedBlockNodes,
};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?)
}

pub(crate) fn run(qemu: &mut Client) -> Result<(), Box<dyn Error>> {
    qemu.execute(BlockDirtyBitmapAdd::new("disk", "monday").granularity(65536))?;
    qemu.execute(BlockDirtyBitmapAdd::new("disk", "week").granularity(65536))?;
    // This stands for a guest that writes.
    qemu.execute(HumanMonitorCommand::new("qemu-io disk \"write 0 100k\""))?;
    assert_eq!(dirty_bytes(qemu, "monday")?, 128 << 10);

    qemu.execute(BlockDirtyBitmapMerge::new("disk", "week", ["monday"]))?;
    qemu.execute(BlockDirtyBitmapClear::new("disk", "monday"))?;
    assert_eq!(dirty_bytes(qemu, "monday")?, 0);
    qemu.execute(BlockDirtyBitmapRemove::new("disk", "week"))?;
    Ok(())
}

/// Returns how many bytes of the disk are dirty in a bitmap.
fn dirty_bytes(qemu: &mut Client, bitmap: &str) -> Result<i64, Box<dyn Error>> {
    let nodes = qemu.execute(QueryNamedBlockNodes::new())?;
    let mut bitmaps = nodes
        .into_iter()
        .flat_map(|node| node.dirty_bitmaps)
        .flatten();
    let found = bitmaps.find(|info| info.name.as_deref() == Some(bitmap));
    Ok(found.ok_or("there is no such bitmap")?.count)
}
