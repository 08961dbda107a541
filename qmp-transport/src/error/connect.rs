//! Errors of connecting, up to the first command.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use qmp_types::secrets;

use crate::address::Address;
use crate::broken::Broken;
use crate::rejection::Rejection;

/// Connecting failed.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectError {
    /// The address of the server.
    pub address: String,
    /// The error that the system reported.
    pub source: io::Error,
}

impl ConnectError {
    pub(crate) fn new(address: &Address, source: io::Error) -> Self {
        Self {
            address: address.to_string(),
            source,
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot connect to {}", self.address)?;
        match self.source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                f.write_str("; is the server running and listening there?")
            }
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                f.write_str("; the server accepts no connection: is another client connected?")
            }
            _ => Ok(()),
        }
    }
}

impl StdError for ConnectError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}

/// The connection was made, but the session did not begin.
#[derive(Debug)]
#[non_exhaustive]
pub enum GreetingError {
    /// The server did not send what a session begins with in time.
    Silent {
        /// The time limit.
        limit: Duration,
        /// The message that did not come.
        awaited: Awaited,
    },
    /// The connection was closed, or it failed.
    Closed {
        /// The error that the system reported; `None` if the server closed the
        /// connection in order.
        source: Option<Arc<io::Error>>,
    },
    /// The server sent something that is not QMP.
    Broken(Broken),
    /// The server rejected the capabilities.
    Rejected(Rejection),
}

impl fmt::Display for GreetingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent { limit, awaited } => match awaited {
                Awaited::Greeting => write!(
                    f,
                    "the server did not greet within {limit:?}; \
                     a QMP socket serves one client at a time: is another one connected?"
                ),
                Awaited::Capabilities => write!(
                    f,
                    "the server greeted, but did not answer qmp_capabilities within {limit:?}; \
                     does it hang?"
                ),
                Awaited::Sync => write!(
                    f,
                    "the guest agent did not answer within {limit:?}; does it run in the guest?"
                ),
            },
            Self::Closed { source: None } => {
                f.write_str("the server closed the connection before the session began")
            }
            Self::Closed { source: Some(_) } => {
                f.write_str("the connection failed before the session began")
            }
            Self::Broken(broken) => broken.fmt(f),
            Self::Rejected(rejection) => write!(
                f,
                "the server rejected the capabilities: {} ({})",
                secrets::text(&rejection.description),
                rejection.class
            ),
        }
    }
}

impl StdError for GreetingError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Closed {
                source: Some(source),
            } => Some(source),
            Self::Broken(broken) => broken.source(),
            _ => None,
        }
    }
}

/// The message that a session waits for before it sends commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Awaited {
    /// The greeting, which a server sends first.
    Greeting,
    /// The answer to `qmp_capabilities`, which follows the greeting.
    Capabilities,
    /// The answer to `guest-sync-delimited`. A guest agent does not greet.
    Sync,
}
