//! Operations that take more than one command: jobs, unplugging, migration and
//! shutdown.
//!
//! A driver executes the commands, follows the events and returns the outcome.
//! [`blocking`] and `tokio` (feature `tokio`) have the same functions, each for the
//! client of that name.
//!
//! Each operation is written once, as a future over a `Link`. The link of the
//! blocking client waits in each call, so its futures are always ready.

pub mod blocking;
mod device;
mod job;
mod migration;
mod shutdown;
#[cfg(feature = "tokio")]
pub mod tokio;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qmp_types::{RawEvent, secrets};
use serde_json::Value;

pub use job::{JobGoal, Progress};
pub use shutdown::{ShutdownLimits, ShutdownOutcome};

use crate::error::Error;
use crate::rejection::ErrorClass;

/// How long to wait for an event before the first poll. Each wait is twice as long
/// as the one before.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The longest wait between two polls.
const MAX_POLL_INTERVAL: Duration = Duration::from_millis(250);

/// An operation failed, or it did not end in time.
#[non_exhaustive]
pub enum DriverError {
    /// A command failed, or the connection did.
    Client(Error),
    /// The operation failed in the server or in the guest.
    Failed {
        /// The operation, such as `job backup0`.
        operation: String,
        /// The reason, for people.
        reason: String,
    },
    /// The operation did not end within the time limit. It goes on.
    TimedOut {
        /// The operation, such as `job backup0`.
        operation: String,
        /// The time limit.
        limit: Duration,
        /// The last known status, such as that of a job.
        status: String,
    },
}

impl DriverError {
    /// Returns the class of a rejection, if the server rejected a command.
    ///
    /// ```
    /// use qmp_transport::ErrorClass;
    /// use qmp_transport::drivers::DriverError;
    ///
    /// fn device_is_gone(error: &DriverError) -> bool {
    ///     error.class() == Some(&ErrorClass::DeviceNotFound)
    /// }
    /// ```
    pub fn class(&self) -> Option<&ErrorClass> {
        match self {
            Self::Client(error) => error.class(),
            _ => None,
        }
    }
}

impl fmt::Debug for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => f.debug_tuple("Client").field(error).finish(),
            Self::Failed { operation, reason } => f
                .debug_struct("Failed")
                .field("operation", operation)
                // A message of the server can have a URL with a password in it.
                .field("reason", &secrets::text(reason))
                .finish(),
            Self::TimedOut {
                operation,
                limit,
                status,
            } => f
                .debug_struct("TimedOut")
                .field("operation", operation)
                .field("limit", limit)
                .field("status", status)
                .finish(),
        }
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => error.fmt(f),
            Self::Failed { operation, reason } => {
                write!(f, "{operation} failed: {}", secrets::text(reason))
            }
            Self::TimedOut {
                operation,
                limit,
                status,
            } => write!(
                f,
                "{operation} did not end within {limit:?} and goes on ({status})"
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

/// A client as drivers use it. It executes commands, and has the events that a
/// driver needs.
trait Link {
    /// Returns the time, by the clock that the client waits with.
    fn now(&self) -> Instant;

    /// Returns the default time limit of a command.
    fn time_limit_of(&self, command: &str) -> Option<Duration>;

    /// Executes a command with a time limit; `None` is no limit.
    fn execute(
        &mut self,
        command: &str,
        arguments: &Value,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Value, Error>> + Send;

    /// Waits for the next event that the driver needs; `None` if it does not come
    /// within the time limit.
    fn event(
        &mut self,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Option<Arc<RawEvent>>, Error>> + Send;
}

/// The time limit of an operation, and when to poll its status next.
struct Timer {
    begin: Instant,
    limit: Option<Duration>,
    poll_interval: Duration,
}

impl Timer {
    /// Begins the time limit now.
    fn start(link: &impl Link, limit: Option<Duration>) -> Self {
        Self::start_at(link.now(), limit)
    }

    /// Begins the time limit at a point in time.
    fn start_at(begin: Instant, limit: Option<Duration>) -> Self {
        Self {
            begin,
            limit,
            poll_interval: MIN_POLL_INTERVAL,
        }
    }

    /// Returns how much time is left; `None` if there is no limit.
    fn left(&self, link: &impl Link) -> Option<Duration> {
        let passed = link.now().saturating_duration_since(self.begin);
        self.limit.map(|limit| limit.saturating_sub(passed))
    }

    /// Executes a command within its own time limit and that of the operation.
    async fn execute(
        &self,
        link: &mut impl Link,
        operation: &str,
        command: &str,
        arguments: &Value,
    ) -> Result<Value, DriverError> {
        let (left, own) = (self.left(link), link.time_limit_of(command));
        let limit = left.into_iter().chain(own).min();
        match link.execute(command, arguments, limit).await {
            Err(Error::TimedOut(error)) => {
                self.check(link, operation, &format!("{command} was not answered"))?;
                Err(Error::from(error).into())
            }
            outcome => Ok(outcome?),
        }
    }

    /// Fails if the time is over.
    fn check(&self, link: &impl Link, operation: &str, status: &str) -> Result<(), DriverError> {
        match (self.left(link), self.limit) {
            (Some(Duration::ZERO), Some(limit)) => Err(DriverError::TimedOut {
                operation: operation.to_owned(),
                limit,
                status: status.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Waits for an event, or until it is time to poll.
    async fn event_or_poll(
        &mut self,
        link: &mut impl Link,
    ) -> Result<Option<Arc<RawEvent>>, DriverError> {
        let wait = self
            .left(link)
            .map_or(self.poll_interval, |left| left.min(self.poll_interval));
        self.poll_interval = (self.poll_interval * 2).min(MAX_POLL_INTERVAL);
        none_if_lagged(link.event(Some(wait)).await)
    }
}

/// Returns `None` if events were dropped: a driver can poll instead.
fn none_if_lagged(
    event: Result<Option<Arc<RawEvent>>, Error>,
) -> Result<Option<Arc<RawEvent>>, DriverError> {
    match event {
        Err(Error::Lagged(_)) => Ok(None),
        event => Ok(event?),
    }
}

/// Returns the data of an event.
fn data_of(event: &RawEvent) -> Value {
    serde_json::from_str(event.data_json()).unwrap_or_default()
}

/// Returns a member of the data of an event, if it is a string.
fn text_of(event: &RawEvent, member: &str) -> Option<String> {
    Some(data_of(event).get(member)?.as_str()?.to_owned())
}
