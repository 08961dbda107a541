//! Plugs in a CPU.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -smp 1,maxcpus=2 &
//! cargo run -p qmp-transport --example hot_plug_cpu
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{DeviceAdd, QueryHotpluggableCpus};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?)
}

pub(crate) fn run(qemu: &mut Client) -> Result<(), Box<dyn Error>> {
    let slots = qemu.execute(QueryHotpluggableCpus::new())?;
    let slot = slots
        .iter()
        .find(|slot| slot.qom_path.is_none())
        .ok_or("no slot is free")?;
    let cpu = DeviceAdd::new(&slot.r#type).id("cpu1");
    qemu.execute(cpu.extra_of(&slot.props))?;
    let slots = qemu.execute(QueryHotpluggableCpus::new())?;
    assert!(slots.iter().all(|slot| slot.qom_path.is_some()));
    Ok(())
}
