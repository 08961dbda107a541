//! Migrates a guest to another QEMU.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/target.sock,server=on,wait=off \
//!     -incoming unix:/tmp/migration.sock &
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example migration
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Duration;

use qmp_transport::blocking::Client;
use qmp_transport::drivers::blocking::{finish_migration, migrate};
use qmp_types::compat::commands::{MigrateSetCapabilities, MigrateSetParameters, QueryStatus};
use qmp_types::compat::types::{MigrationCapability, MigrationCapabilityStatus};

fn main() -> Result<(), Box<dyn Error>> {
    let mut source = Client::connect("unix:/tmp/qmp.sock")?;
    let mut target = Client::connect("unix:/tmp/target.sock")?;
    run(&mut source, &mut target, "unix:/tmp/migration.sock")
}

pub(crate) fn run(
    source: &mut Client,
    target: &mut Client,
    uri: &str,
) -> Result<(), Box<dyn Error>> {
    let limit = Duration::from_secs(60);
    let events = MigrationCapabilityStatus::new(MigrationCapability::Events, true);
    for qemu in [&mut *source, &mut *target] {
        qemu.execute(MigrateSetCapabilities::new([events.clone()]))?;
    }
    source.execute(
        MigrateSetParameters::new()
            .max_bandwidth(1 << 30)
            .downtime_limit(100),
    )?;
    migrate(source, uri, limit, |progress| println!("{progress:?}"))?;
    finish_migration(target, limit, |_| {})?;
    assert!(!source.execute(QueryStatus::new())?.running);
    assert!(target.execute(QueryStatus::new())?.running);
    Ok(())
}
