//! Creates objects: a secret, a throttle group and a memory backend.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example objects
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{ObjectAdd, ObjectDel, QomGet};
use qmp_types::compat::types::{
    HostMemPolicy, MemoryBackendProperties, SecretProperties, ThrottleGroupProperties,
    ThrottleLimits,
};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?)
}

pub(crate) fn run(qemu: &mut Client) -> Result<(), Box<dyn Error>> {
    qemu.execute(ObjectAdd::new(
        SecretProperties::new().data("for your eyes only"),
        "secret0",
    ))?;
    let limits = ThrottleLimits::new().iops_total(1000).bps_write(10 << 20);
    qemu.execute(ObjectAdd::new(
        ThrottleGroupProperties::new().limits(limits),
        "slow",
    ))?;
    let memory = MemoryBackendProperties::new(16 << 20)
        .policy(HostMemPolicy::Default)
        .share(true);
    qemu.execute(ObjectAdd::new(memory, "ram0"))?;
    assert_eq!(qemu.execute(QomGet::new("/objects/ram0", "share"))?, true);
    for id in ["secret0", "slow", "ram0"] {
        qemu.execute(ObjectDel::new(id))?;
    }
    Ok(())
}
