//! What takes longer than one command, seen through to its end.
//!
//! Each of these functions issues the commands, follows the events and says
//! how it ended. They use a [`blocking::Client`](crate::blocking::Client) and
//! leave in its queue the events that are not theirs.

mod device;
mod job;
mod migration;
mod shutdown;

use std::error::Error as StdError;
use std::fmt;
use std::time::{Duration, Instant};

pub use device::unplug;
pub use job::{Job, Progress, finish_job};
pub use migration::{await_incoming, migrate};
pub use shutdown::{End, Patience, shut_down};

use crate::error::Error;

/// How often to look where no event tells of progress.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What was to be done did not come to its good end.
#[derive(Debug)]
#[non_exhaustive]
pub enum DriverError {
    /// A command failed, or the connection did.
    Client(Error),
    /// The server or the guest gave it up.
    Failed {
        /// What was given up.
        what: String,
        /// Why, for people.
        reason: String,
    },
    /// It goes on, but time ran out for this function.
    TimedOut {
        /// What goes on.
        what: String,
        /// The limit.
        limit: Duration,
        /// How it stood, such as a job's status.
        status: String,
    },
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => error.fmt(f),
            Self::Failed { what, reason } => write!(f, "{what} failed: {reason}"),
            Self::TimedOut {
                what,
                limit,
                status,
            } => write!(
                f,
                "{what} did not end within {limit:?} and goes on ({status})"
            ),
        }
    }
}

impl StdError for DriverError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Client(error) => error.source(),
            _ => None,
        }
    }
}

impl From<Error> for DriverError {
    fn from(error: Error) -> Self {
        Self::Client(error)
    }
}

/// Until when to go on.
struct Until {
    begin: Instant,
    limit: Option<Duration>,
}

impl Until {
    fn after(limit: Option<Duration>) -> Self {
        Self {
            begin: Instant::now(),
            limit,
        }
    }

    /// How long to wait before the next look.
    fn next_look(&self) -> Duration {
        match self.limit {
            None => LOOK_EVERY,
            Some(limit) => limit.saturating_sub(self.begin.elapsed()).min(LOOK_EVERY),
        }
    }

    /// Fails when the time is over.
    fn check(&self, what: &str, status: &str) -> Result<(), DriverError> {
        match self.limit {
            Some(limit) if self.begin.elapsed() >= limit => Err(DriverError::TimedOut {
                what: what.to_owned(),
                limit,
                status: status.to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

/// Waits for an event or, where it does not come, for the next look.
fn event_or_look(
    client: &mut crate::blocking::Client,
    filter: impl FnMut(&crate::RawEvent) -> bool,
    until: &Until,
) -> Result<Option<crate::RawEvent>, DriverError> {
    match client.wait_for(filter, until.next_look()) {
        Ok(event) => Ok(Some(event)),
        Err(Error::TimedOut(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A member of an event's data, as text.
fn text_of(event: &crate::RawEvent, member: &str) -> Option<String> {
    let data: serde_json::Value = serde_json::from_str(event.data_json()).ok()?;
    Some(data.get(member)?.as_str()?.to_owned())
}
