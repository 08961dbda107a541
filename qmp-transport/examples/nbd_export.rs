//! Exports a disk over NBD.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -blockdev raw,node-name=disk,file.driver=file,file.filename=/tmp/disk.raw &
//! cargo run -p qmp-transport --example nbd_export
//! ```

use std::error::Error;
use std::time::Duration;

use qmp_transport::RawEvent;
use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{
    BlockExportAdd, BlockExportDel, NbdServerStart, NbdServerStop, QueryBlockExports,
};
use qmp_types::compat::events::BlockExportDeleted;
use qmp_types::compat::types::{BlockExportOptionsNbd, UnixSocketAddress};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?, "/tmp/nbd.sock")
}

pub(crate) fn run(qemu: &mut Client, socket: &str) -> Result<(), Box<dyn Error>> {
    qemu.execute(NbdServerStart::new(UnixSocketAddress::new(socket)))?;
    let nbd = BlockExportOptionsNbd::new().name("disk");
    qemu.execute(BlockExportAdd::new(nbd, "export0", "disk").writable(true))?;
    let exports = qemu.execute(QueryBlockExports::new())?;
    assert_eq!(exports[0].node_name, "disk");

    let limit = Duration::from_secs(10);
    qemu.execute_then_wait(
        BlockExportDel::new("export0"),
        RawEvent::is::<BlockExportDeleted>,
        limit,
    )?;
    qemu.execute(NbdServerStop::new())?;
    Ok(())
}
