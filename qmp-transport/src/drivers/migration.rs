//! Migrations, at both ends.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DriverError, Progress, Until, event_or_look};
use crate::blocking::Client;

/// Migrates the guest to where another QEMU waits for it, such as
/// `unix:/run/migration.sock` or `tcp:host:4444`, and waits until it is there.
/// Parameters and capabilities are to be set before. Progress is in bytes of
/// memory.
///
/// # Errors
/// [`DriverError::Failed`]: the migration failed or was cancelled, and the guest
/// goes on here; [`DriverError::TimedOut`]: it goes on; [`DriverError::Client`].
pub fn migrate(
    client: &mut Client,
    uri: &str,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let until = Until::after(limit.into());
    client.execute_raw("migrate", &json!({"uri": uri}))?;
    follow(client, &until, on_progress)
}

/// Waits, on the QEMU that was started with `-incoming`, until the guest has
/// arrived.
///
/// # Errors
/// As [`migrate`]; a QEMU whose incoming migration fails may also just end.
pub fn await_incoming(
    client: &mut Client,
    limit: impl Into<Option<Duration>>,
) -> Result<(), DriverError> {
    follow(client, &Until::after(limit.into()), |_| {})
}

fn follow(
    client: &mut Client,
    until: &Until,
    mut on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let what = "the migration";
    let mut last = Progress::default();
    loop {
        let migration = client.execute_raw("query-migrate", &())?;
        let bytes = |name: &str| migration["ram"][name].as_u64().unwrap_or_default();
        let progress = Progress {
            current: bytes("total").saturating_sub(bytes("remaining")),
            total: bytes("total"),
        };
        if progress != last {
            last = progress;
            on_progress(progress);
        }
        // Nothing is said of a migration that has not begun.
        let status = migration["status"].as_str().unwrap_or("none");
        match status {
            "completed" => return Ok(()),
            "failed" | "cancelled" => {
                let reason = migration.get("error-desc").and_then(Value::as_str);
                return Err(DriverError::Failed {
                    what: what.to_owned(),
                    reason: reason.unwrap_or(status).to_owned(),
                });
            }
            _ => {}
        }
        until.check(what, status)?;
        // Where the capability `events` is set, they tell sooner.
        event_or_look(client, |event| event.name == "MIGRATION", until)?;
    }
}
