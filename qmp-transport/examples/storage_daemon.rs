//! Exports an image over NBD without a virtual machine.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw
//! qemu-storage-daemon --chardev socket,id=qmp,path=/tmp/qsd.sock,server=on,wait=off --monitor qmp &
//! cargo run -p qmp-transport --example storage_daemon
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_transport::{Options, Qsd};
use qmp_types::qsd::compat::commands::{
    BlockExportAdd, BlockdevAdd, NbdServerStart, QueryBlockExports, Quit,
};
use qmp_types::qsd::compat::types::{
    BlockExportOptionsNbd, BlockdevOptionsFile, UnixSocketAddress,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut daemon = Client::connect_with("unix:/tmp/qsd.sock", Options::new())?;
    run(&mut daemon, "/tmp/disk.raw", "/tmp/nbd.sock")
}

pub(crate) fn run(
    daemon: &mut Client<Qsd>,
    image: &str,
    socket: &str,
) -> Result<(), Box<dyn Error>> {
    daemon.execute(BlockdevAdd::new(BlockdevOptionsFile::new(image)).node_name("disk"))?;
    daemon.execute(NbdServerStart::new(UnixSocketAddress::new(socket)))?;
    daemon.execute(BlockExportAdd::new(
        BlockExportOptionsNbd::new(),
        "export0",
        "disk",
    ))?;
    assert_eq!(daemon.execute(QueryBlockExports::new())?.len(), 1);
    daemon.execute(Quit::new())?;
    Ok(())
}
