//! Shutting a virtual machine down.

use std::time::Duration;

use qmp_types::RawEvent;
use serde_json::Value;

use super::{DriverError, Link, Timer, none_if_lagged};
use crate::error::Error;

/// The time limits of a shutdown.
///
/// ```
/// use std::time::Duration;
/// use qmp_transport::drivers::ShutdownLimits;
///
/// let limits = ShutdownLimits {
///     guest: Duration::from_secs(60),
///     server: Duration::from_secs(10),
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShutdownLimits {
    /// How long the guest may take to power down. With zero, it is not asked to.
    pub guest: Duration,
    /// How long QEMU may take to end after that.
    pub server: Duration,
}

/// The outcome of a shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShutdownOutcome {
    /// The guest powered down.
    PoweredDown,
    /// The guest did not power down in time, so QEMU was told to quit.
    Quit,
    /// The connection ended before QEMU answered any request.
    AlreadyEnded,
}

/// Accepts the event of a guest that powers down.
pub(super) fn event_filter(event: &RawEvent) -> bool {
    event.name == "SHUTDOWN"
}

pub(super) async fn shut_down(
    link: &mut impl Link,
    limits: ShutdownLimits,
) -> Result<ShutdownOutcome, DriverError> {
    let mut outcome = ShutdownOutcome::Quit;
    if !limits.guest.is_zero() {
        let limit = Some(limits.guest);
        let timer = Timer::start(link, limit);
        match link.execute("system_powerdown", &Value::Null, limit).await {
            Ok(_) => {}
            Err(error) if has_ended(&error) => return Ok(ShutdownOutcome::AlreadyEnded),
            // QEMU is told to quit below.
            Err(Error::Rejected(_) | Error::TimedOut(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let left = timer.left(link);
        match none_if_lagged(link.event(left).await) {
            Ok(Some(_)) => outcome = ShutdownOutcome::PoweredDown,
            Ok(None) => {}
            Err(DriverError::Client(error)) if has_ended(&error) => {
                return Ok(ShutdownOutcome::PoweredDown);
            }
            Err(error) => return Err(error),
        }
    }
    if outcome == ShutdownOutcome::PoweredDown && ends_within(link, limits.server).await? {
        return Ok(outcome);
    }
    let limit = Some(limits.server);
    match link.execute("quit", &Value::Null, limit).await {
        Ok(_) | Err(Error::TimedOut(_)) => {}
        Err(Error::Closed(_)) => return Ok(ShutdownOutcome::AlreadyEnded),
        Err(error) if has_ended(&error) => return Ok(outcome),
        Err(error) => return Err(error.into()),
    }
    if ends_within(link, limits.server).await? {
        return Ok(outcome);
    }
    Err(DriverError::TimedOut {
        operation: "the shutdown of QEMU".to_owned(),
        limit: limits.server,
        status: "quit was sent".to_owned(),
    })
}

/// Returns whether an error means that the connection has ended.
fn has_ended(error: &Error) -> bool {
    matches!(error, Error::Lost(_) | Error::Closed(_))
}

/// Waits for the end of the connection. Returns false if the time is over.
async fn ends_within(link: &mut impl Link, limit: Duration) -> Result<bool, DriverError> {
    let timer = Timer::start(link, Some(limit));
    loop {
        let left = timer.left(link);
        match none_if_lagged(link.event(left).await) {
            Ok(Some(_)) => {}
            Ok(None) if timer.left(link) == Some(Duration::ZERO) => return Ok(false),
            Ok(None) => {}
            Err(DriverError::Client(error)) if has_ended(&error) => return Ok(true),
            Err(error) => return Err(error),
        }
    }
}
