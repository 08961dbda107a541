//! How a connection ended, and the errors that follow from it.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::broken::Broken;
use crate::error::{Closed, Error, GreetingError, Lost};
use crate::session::Abandoned;

/// How a connection ended.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// It was closed: in order, or by an error that the system reported.
    Closed(Option<Arc<io::Error>>),
    /// The server sent something that is not QMP.
    Broken(Broken),
}

impl End {
    /// The connection was closed in order.
    pub(crate) const CLOSED: Self = Self::Closed(None);

    /// The connection failed with an error that the system reported.
    pub(crate) fn failed(error: impl Into<Arc<io::Error>>) -> Self {
        Self::Closed(Some(error.into()))
    }

    /// The error of an operation that was begun after the end.
    pub(crate) fn error(&self) -> Error {
        match self {
            Self::Closed(source) => Closed {
                source: source.clone(),
            }
            .into(),
            Self::Broken(broken) => broken.clone().into(),
        }
    }

    /// The error of a command that was not answered before the end.
    pub(crate) fn command_error(&self, command: Cow<'static, str>, abandoned: Abandoned) -> Error {
        match (self, abandoned) {
            (Self::Closed(source), Abandoned::Sent | Abandoned::Unknown) => Lost {
                command,
                source: source.clone(),
            }
            .into(),
            (Self::Closed(_), Abandoned::Unsent) | (Self::Broken(_), _) => self.error(),
        }
    }

    /// The error of a session that did not begin before the end.
    pub(crate) fn greeting_error(&self) -> GreetingError {
        match self {
            Self::Closed(source) => GreetingError::Closed {
                source: source.clone(),
            },
            Self::Broken(broken) => GreetingError::Broken(broken.clone()),
        }
    }
}

/// What an error in writing means for the connection.
pub(crate) enum WriteFailure {
    /// The server does not read any more. What it sent before can still be read.
    ServerStoppedReading,
    /// The system refused to send these bytes. Others may still be sent.
    Refused,
}

impl WriteFailure {
    pub(crate) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::NotConnected
            | io::ErrorKind::TimedOut
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown => Self::ServerStoppedReading,
            _ => Self::Refused,
        }
    }
}

/// How long to go on reading after the server stopped reading.
const DRAIN_LIMIT: Duration = Duration::from_millis(250);

/// The state of a connection to a server that does not read any more: nothing is
/// written, and what the server sent before is read.
#[derive(Debug)]
pub(crate) struct Draining {
    since: Instant,
    error: Arc<io::Error>,
}

impl Draining {
    /// Begins with the error in writing that showed the state.
    pub(crate) fn new(error: impl Into<Arc<io::Error>>) -> Self {
        Self {
            since: Instant::now(),
            error: error.into(),
        }
    }

    /// Whether there is still time to read. A server that sends without end must
    /// not keep the connection open.
    pub(crate) fn may_read(&self) -> bool {
        self.since.elapsed() < DRAIN_LIMIT
    }

    /// How the connection ends when all is read.
    pub(crate) fn end(&self) -> End {
        End::failed(Arc::clone(&self.error))
    }
}
