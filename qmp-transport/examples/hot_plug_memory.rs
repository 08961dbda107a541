//! Plugs in memory.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -m 64M,slots=2,maxmem=1G &
//! cargo run -p qmp-transport --example hot_plug_memory
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{DeviceAdd, ObjectAdd, QueryMemoryDevices};
use qmp_types::compat::types::{MemoryBackendProperties, MemoryDeviceInfo};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?)
}

pub(crate) fn run(qemu: &mut Client) -> Result<(), Box<dyn Error>> {
    const SIZE: u64 = 128 << 20;
    qemu.execute(ObjectAdd::new(MemoryBackendProperties::new(SIZE), "ram1"))?;
    qemu.execute(
        DeviceAdd::new("pc-dimm")
            .id("dimm1")
            .extra("memdev", "ram1"),
    )?;
    match qemu.execute(QueryMemoryDevices::new())?.as_slice() {
        [MemoryDeviceInfo::Dimm(dimm)] => assert_eq!(dimm.data.size, SIZE as i64),
        other => return Err(format!("expected one DIMM, found {other:?}").into()),
    }
    Ok(())
}
