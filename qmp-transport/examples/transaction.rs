//! Takes a snapshot and begins to track writes: both at once, or neither.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -blockdev raw,node-name=disk,file.driver=file,file.filename=/tmp/disk.raw \
//!     -device virtio-blk-pci,id=vda,drive=disk &
//! cargo run -p qmp-transport --example transaction
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{
    BlockDirtyBitmapAdd, BlockDirtyBitmapClear, BlockDirtyBitmapRemove, BlockdevSnapshotSync,
    Transaction,
};
use qmp_types::compat::types::{Abort, TransactionAction};

fn main() -> Result<(), Box<dyn Error>> {
    run(
        &mut Client::connect("unix:/tmp/qmp.sock")?,
        "/tmp/overlay.qcow2",
    )
}

pub(crate) fn run(qemu: &mut Client, overlay: &str) -> Result<(), Box<dyn Error>> {
    qemu.execute(BlockDirtyBitmapAdd::new("disk", "old"))?;
    let snapshot = BlockdevSnapshotSync::new(overlay)
        .node_name("disk")
        .snapshot_node_name("overlay");
    let actions: [TransactionAction; 3] = [
        BlockDirtyBitmapAdd::new("disk", "new").into(),
        BlockDirtyBitmapClear::new("disk", "old").into(),
        snapshot.into(),
    ];
    qemu.execute(Transaction::new(actions))?;

    // A transaction that fails has no effect.
    let actions: [TransactionAction; 2] = [
        BlockDirtyBitmapAdd::new("disk", "never").into(),
        Abort::new().into(),
    ];
    assert!(qemu.execute(Transaction::new(actions)).is_err());
    qemu.execute(BlockDirtyBitmapRemove::new("disk", "new"))?;
    assert!(
        qemu.execute(BlockDirtyBitmapRemove::new("disk", "never"))
            .is_err()
    );
    Ok(())
}
