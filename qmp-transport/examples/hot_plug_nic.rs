//! Plugs in a network card that lets the guest reach the host's network.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example hot_plug_nic
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{DeviceAdd, NetdevAdd, QueryRxFilter};
use qmp_types::compat::types::NetdevUserOptions;

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?)
}

pub(crate) fn run(qemu: &mut Client) -> Result<(), Box<dyn Error>> {
    let network = NetdevUserOptions::new().net("10.1.2.0/24");
    qemu.execute(NetdevAdd::new("net0", network))?;
    let nic = DeviceAdd::new("virtio-net-pci")
        .id("nic0")
        .extra("netdev", "net0");
    qemu.execute(nic.extra("mac", "52:54:00:12:34:56"))?;
    let filters = qemu.execute(QueryRxFilter::new().name("nic0"))?;
    assert_eq!(filters[0].main_mac, "52:54:00:12:34:56");
    Ok(())
}
