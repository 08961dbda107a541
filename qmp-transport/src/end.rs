//! How a connection ended, and the errors that come of it.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Closed, Error, GreetingError, Lost};
use crate::session::{Abandoned, Broken};

/// How long to go on reading what a server has sent that reads no more itself.
pub(crate) const LAST_WORDS: Duration = Duration::from_millis(250);

/// Why there is nothing more to come.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// The connection was closed, by an error of the system's or in order.
    Closed(Option<Arc<io::Error>>),
    /// The server sent what is not QMP.
    Broken(Broken),
}

impl End {
    /// The end that an error of the system's is.
    pub(crate) fn failed(error: io::Error) -> Self {
        Self::Closed(Some(Arc::new(error)))
    }

    /// The error for what is asked of the connection afterwards.
    pub(crate) fn error(&self) -> Error {
        match self {
            Self::Closed(source) => Closed {
                source: source.clone(),
            }
            .into(),
            Self::Broken(broken) => broken.clone().into(),
        }
    }

    /// The error for a command that was under way.
    pub(crate) fn of_command(&self, command: Cow<'static, str>, became: Abandoned) -> Error {
        match (self, became) {
            (Self::Closed(source), Abandoned::Sent | Abandoned::Unknown) => Lost {
                command,
                source: source.clone(),
            }
            .into(),
            (Self::Closed(_), Abandoned::Unsent) | (Self::Broken(_), _) => self.error(),
        }
    }

    /// The error where no session had begun.
    pub(crate) fn of_greeting(&self) -> GreetingError {
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
    /// The peer reads no more. What it has sent before can still be read.
    PeerIsGone,
    /// It concerns what was to be written, and nothing else.
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
            | io::ErrorKind::NetworkDown => Self::PeerIsGone,
            _ => Self::Refused,
        }
    }
}
