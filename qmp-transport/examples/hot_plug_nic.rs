//! Plugs in a network card that is connected to a program over a socket.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example hot_plug_nic
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{DeviceAdd, NetdevAdd, QueryRxFilter};
use qmp_types::compat::types::{NetdevStreamOptions, SocketAddress, UnixSocketAddress};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?, "/tmp/net.sock")
}

pub(crate) fn run(qemu: &mut Client, socket: &str) -> Result<(), Box<dyn Error>> {
    let address = SocketAddress::Unix(UnixSocketAddress::new(socket));
    qemu.execute(NetdevAdd::new(
        "net0",
        NetdevStreamOptions::new(address).server(true),
    ))?;
    let nic = DeviceAdd::new("virtio-net-pci")
        .id("nic0")
        .extra("netdev", "net0");
    qemu.execute(nic.extra("mac", "52:54:00:12:34:56"))?;
    let filters = qemu.execute(QueryRxFilter::new().name("nic0"))?;
    assert_eq!(filters[0].main_mac, "52:54:00:12:34:56");
    Ok(())
}
