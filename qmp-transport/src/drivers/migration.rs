//! Migrations, at both ends.

use std::time::Duration;

use qmp_types::RawEvent;
use serde_json::{Value, json};

use super::{DriverError, Link, Progress, Until};

/// What goes on, for people.
const WHAT: &str = "the migration";

/// The events that tell of a migration, where the capability `events` is set.
pub(super) fn concerns(event: &RawEvent) -> bool {
    event.name == "MIGRATION"
}

pub(super) async fn migrate(
    link: &mut impl Link,
    uri: &str,
    limit: Option<Duration>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut until = Until::after(link, limit);
    until
        .execute(link, WHAT, "migrate", &json!({"uri": uri}))
        .await?;
    follow(link, &mut until, on_progress).await?;
    settle(link, &mut until).await
}

pub(super) async fn finish(
    link: &mut impl Link,
    limit: Option<Duration>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut until = Until::after(link, limit);
    follow(link, &mut until, on_progress).await
}

/// Waits until the source is done with the migration as well. QEMU says before
/// that it is completed, and refuses `cont` until then.
async fn settle(link: &mut impl Link, until: &mut Until) -> Result<(), DriverError> {
    loop {
        let run_state = until
            .execute(link, WHAT, "query-status", &Value::Null)
            .await?;
        let status = run_state["status"].as_str().unwrap_or_default();
        if status != "finish-migrate" {
            return Ok(());
        }
        until.check(link, WHAT, status)?;
        until.event_or_look(link).await?;
    }
}

async fn follow(
    link: &mut impl Link,
    until: &mut Until,
    mut on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut last = Progress::default();
    loop {
        let migration = until
            .execute(link, WHAT, "query-migrate", &Value::Null)
            .await?;
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
                    what: WHAT.to_owned(),
                    reason: reason.unwrap_or(status).to_owned(),
                });
            }
            _ => {}
        }
        until.check(link, WHAT, status)?;
        until.event_or_look(link).await?;
    }
}
