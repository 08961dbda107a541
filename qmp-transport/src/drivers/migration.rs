//! Migrations, at the source and at the destination.

use std::time::Duration;

use qmp_types::RawEvent;
use serde_json::{Value, json};

use super::{DriverError, Link, Progress, Timer};

/// The name of the operation in errors.
const OPERATION: &str = "the migration";

/// Accepts the events of a migration. QEMU sends them if the capability `events` is
/// set.
pub(super) fn event_filter(event: &RawEvent) -> bool {
    event.name == "MIGRATION"
}

pub(super) async fn migrate(
    link: &mut impl Link,
    uri: &str,
    limit: Option<Duration>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut timer = Timer::start(link, limit);
    timer
        .execute(link, OPERATION, "migrate", &json!({"uri": uri}))
        .await?;
    follow(link, &mut timer, on_progress).await?;
    settle(link, &mut timer).await
}

pub(super) async fn finish(
    link: &mut impl Link,
    limit: Option<Duration>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut timer = Timer::start(link, limit);
    follow(link, &mut timer, on_progress).await
}

/// Waits until the source has finished the migration as well. QEMU reports
/// `completed` earlier, and rejects `cont` until then.
async fn settle(link: &mut impl Link, timer: &mut Timer) -> Result<(), DriverError> {
    loop {
        let run_state = timer
            .execute(link, OPERATION, "query-status", &Value::Null)
            .await?;
        let status = run_state["status"].as_str().unwrap_or_default();
        if status != "finish-migrate" {
            return Ok(());
        }
        timer.check(link, OPERATION, status)?;
        timer.event_or_poll(link).await?;
    }
}

async fn follow(
    link: &mut impl Link,
    timer: &mut Timer,
    mut on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut last = Progress::default();
    loop {
        let migration = timer
            .execute(link, OPERATION, "query-migrate", &Value::Null)
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
        // The reply is empty while no migration has begun.
        let status = migration["status"].as_str().unwrap_or("none");
        match status {
            "completed" => return Ok(()),
            "failed" | "cancelled" => {
                let reason = migration.get("error-desc").and_then(Value::as_str);
                return Err(DriverError::Failed {
                    operation: OPERATION.to_owned(),
                    reason: reason.unwrap_or(status).to_owned(),
                });
            }
            _ => {}
        }
        timer.check(link, OPERATION, status)?;
        timer.event_or_poll(link).await?;
    }
}
