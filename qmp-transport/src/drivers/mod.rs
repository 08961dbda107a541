//! What takes longer than one command, seen through to its end.
//!
//! Each driver issues the commands, follows the events and says how it ended:
//! jobs, unplugging, migration, shutdown. [`blocking`] and `tokio` (feature
//! `tokio`) have the same functions, each for the client of that name.
//!
//! The logic is written once, as futures over a `Link`. The blocking client's
//! link waits inside of each call, so its futures are ready at once.

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

pub use job::{Job, Progress};
pub use shutdown::{End, Patience};

use crate::error::{Error, ErrorClass};

/// How soon to look first where no event tells of progress.
const LOOK_FIRST: Duration = Duration::from_millis(10);

/// How often to look in the long run.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What was to be done did not come to its good end.
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

impl DriverError {
    /// The class of the server's rejection, where a command was rejected.
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
            Self::Failed { what, reason } => f
                .debug_struct("Failed")
                .field("what", what)
                // A server's message may name a file by its URL.
                .field("reason", &secrets::text(reason))
                .finish(),
            Self::TimedOut {
                what,
                limit,
                status,
            } => f
                .debug_struct("TimedOut")
                .field("what", what)
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
            Self::Failed { what, reason } => {
                write!(f, "{what} failed: {}", secrets::text(reason))
            }
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

/// A client, as a driver sees it: it executes commands, and has the events that
/// concern the driver.
trait Link {
    /// The time, by the clock that the client waits by.
    fn now(&self) -> Instant;

    /// How long the client waits for the answer to a command.
    fn time_limit_of(&self, command: &str) -> Option<Duration>;

    /// Executes a command within a time limit, if there is one.
    fn execute(
        &mut self,
        command: &str,
        arguments: &Value,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Value, Error>> + Send;

    /// The next event that concerns the driver; none when it does not come
    /// within the limit.
    fn event(
        &mut self,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Option<Arc<RawEvent>>, Error>> + Send;
}

/// Until when to go on, and when to look next.
struct Until {
    begin: Instant,
    limit: Option<Duration>,
    look: Duration,
}

impl Until {
    fn after(link: &impl Link, limit: Option<Duration>) -> Self {
        Self::new(link.now(), limit)
    }

    fn new(begin: Instant, limit: Option<Duration>) -> Self {
        Self {
            begin,
            limit,
            look: LOOK_FIRST,
        }
    }

    /// How much time is left.
    fn left(&self, link: &impl Link) -> Option<Duration> {
        let passed = link.now().saturating_duration_since(self.begin);
        self.limit.map(|limit| limit.saturating_sub(passed))
    }

    /// Executes a command within its own time limit, which does not stretch this
    /// one.
    async fn execute(
        &self,
        link: &mut impl Link,
        what: &str,
        command: &str,
        arguments: &Value,
    ) -> Result<Value, DriverError> {
        let (left, own) = (self.left(link), link.time_limit_of(command));
        let limit = left.into_iter().chain(own).min();
        match link.execute(command, arguments, limit).await {
            Err(Error::TimedOut(error)) => {
                self.check(link, what, &format!("{command} is not answered"))?;
                Err(Error::from(error).into())
            }
            outcome => Ok(outcome?),
        }
    }

    /// Fails when the time is over.
    fn check(&self, link: &impl Link, what: &str, status: &str) -> Result<(), DriverError> {
        match (self.left(link), self.limit) {
            (Some(Duration::ZERO), Some(limit)) => Err(DriverError::TimedOut {
                what: what.to_owned(),
                limit,
                status: status.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Waits for an event or, where none comes, for the next look.
    async fn event_or_look(
        &mut self,
        link: &mut impl Link,
    ) -> Result<Option<Arc<RawEvent>>, DriverError> {
        let wait = self
            .left(link)
            .map_or(self.look, |left| left.min(self.look));
        self.look = (self.look * 2).min(LOOK_EVERY);
        known(link.event(Some(wait)).await)
    }
}

/// An event that was dropped is no failure of a driver that can look instead.
fn known(
    event: Result<Option<Arc<RawEvent>>, Error>,
) -> Result<Option<Arc<RawEvent>>, DriverError> {
    match event {
        Err(Error::Lagged(_)) => Ok(None),
        event => Ok(event?),
    }
}

/// An event's data.
fn data_of(event: &RawEvent) -> Value {
    serde_json::from_str(event.data_json()).unwrap_or_default()
}

/// A member of an event's data, as text.
fn text_of(event: &RawEvent, member: &str) -> Option<String> {
    Some(data_of(event).get(member)?.as_str()?.to_owned())
}
