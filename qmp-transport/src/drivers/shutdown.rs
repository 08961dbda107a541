//! Ending a virtual machine, gently first.

use std::time::Duration;

use qmp_types::RawEvent;
use serde_json::Value;

use super::{DriverError, Link, Until, known};
use crate::error::Error;

/// How long each step of shutting down may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long the guest may take to power down. Zero does not ask it.
    pub guest: Duration,
    /// How long QEMU may take to end after that.
    pub server: Duration,
}

/// How a virtual machine ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// The guest powered down.
    PoweredDown,
    /// QEMU was told to quit, as the guest did not power down in time.
    Quit,
    /// The connection had ended before anything could be asked for.
    Gone,
}

/// The event that says that the guest powers down.
pub(super) fn concerns(event: &RawEvent) -> bool {
    event.name == "SHUTDOWN"
}

pub(super) async fn shut_down(
    link: &mut impl Link,
    patience: Patience,
) -> Result<End, DriverError> {
    let mut end = End::Quit;
    if !patience.guest.is_zero() {
        let limit = Some(patience.guest);
        let until = Until::after(link, limit);
        match link.execute("system_powerdown", &Value::Null, limit).await {
            Ok(_) => {}
            Err(error) if ended(&error) => return Ok(End::Gone),
            // There is a harder way.
            Err(Error::Rejected(_) | Error::TimedOut(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let left = until.left(link);
        match known(link.event(left).await) {
            Ok(Some(_)) => end = End::PoweredDown,
            Ok(None) => {}
            Err(DriverError::Client(error)) if ended(&error) => return Ok(End::PoweredDown),
            Err(error) => return Err(error),
        }
    }
    if end == End::PoweredDown && gone(link, patience.server).await? {
        return Ok(end);
    }
    let limit = Some(patience.server);
    match link.execute("quit", &Value::Null, limit).await {
        Ok(_) | Err(Error::TimedOut(_)) => {}
        Err(Error::Closed(_)) => return Ok(End::Gone),
        Err(error) if ended(&error) => return Ok(end),
        Err(error) => return Err(error.into()),
    }
    if gone(link, patience.server).await? {
        return Ok(end);
    }
    Err(DriverError::TimedOut {
        what: "the end of QEMU".to_owned(),
        limit: patience.server,
        status: "told to quit".to_owned(),
    })
}

fn ended(error: &Error) -> bool {
    matches!(error, Error::Lost(_) | Error::Closed(_))
}

/// Whether the connection ends within the limit.
async fn gone(link: &mut impl Link, limit: Duration) -> Result<bool, DriverError> {
    let until = Until::after(link, Some(limit));
    loop {
        let left = until.left(link);
        match known(link.event(left).await) {
            Ok(Some(_)) => {}
            Ok(None) if until.left(link) == Some(Duration::ZERO) => return Ok(false),
            Ok(None) => {}
            Err(DriverError::Client(error)) if ended(&error) => return Ok(true),
            Err(error) => return Err(error),
        }
    }
}
