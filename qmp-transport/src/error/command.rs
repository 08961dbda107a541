//! Errors of one command, and of the connection that it runs over.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use qmp_types::DecodeError;
use qmp_types::secrets::{self, Scope};

use crate::rejection::{ErrorClass, Rejection};

/// The command cannot be written as JSON that the server reads, or its file
/// descriptors cannot be sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unencodable {
    /// The name of the command.
    pub command: Cow<'static, str>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Unencodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot send {}: {}", self.command, self.message)
    }
}

impl StdError for Unencodable {}

/// Out-of-band execution is not enabled on this connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OobUnavailable {
    /// The name of the command.
    pub command: Cow<'static, str>,
    /// Whether the server offered out-of-band execution.
    pub offered: bool,
}

impl fmt::Display for OobUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot execute {} out-of-band: ", self.command)?;
        f.write_str(if self.offered {
            "connect with Options::oob(true) to enable it"
        } else {
            "the server does not offer it"
        })
    }
}

impl StdError for OobUnavailable {}

/// The system refused to send the command. Other commands are not affected.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unsent {
    /// The name of the command.
    pub command: Cow<'static, str>,
    /// The error that the system reported.
    pub source: Arc<io::Error>,
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot send {}; no part of it was sent", self.command)
    }
}

impl StdError for Unsent {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}

/// The server rejected the command, or the command failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rejected {
    /// The name of the command.
    pub command: Cow<'static, str>,
    /// The server's answer.
    pub rejection: Rejection,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rejection {
            class, description, ..
        } = &self.rejection;
        write!(f, "{}: {}", self.command, secrets::text(description))?;
        match class {
            ErrorClass::GenericError => Ok(()),
            class => write!(f, " ({class})"),
        }
    }
}

impl StdError for Rejected {}

/// No answer came within the time limit.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TimedOut {
    /// The name of the command; `None` while waiting for an event.
    pub command: Option<Cow<'static, str>>,
    /// The time limit.
    pub limit: Duration,
    /// Whether the command was sent, at least in part. If not, it is never sent.
    pub sent: bool,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit;
        match &self.command {
            None => write!(f, "the event did not come within {limit:?}"),
            Some(command) if self.sent => write!(
                f,
                "{command} was not answered within {limit:?}; \
                 it may still be executed, and its answer will be discarded"
            ),
            Some(command) => write!(
                f,
                "{command} could not be sent within {limit:?}, since the server did not \
                 answer the commands before it; it will not be executed"
            ),
        }
    }
}

impl StdError for TimedOut {}

/// The connection ended before the command was answered. The command may have
/// been executed, or not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lost {
    /// The name of the command.
    pub command: Cow<'static, str>,
    /// The error that the system reported; `None` if the connection was closed
    /// in order.
    pub source: Option<Arc<io::Error>>,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the connection ended before {} was answered; it is unknown whether it was executed",
            self.command
        )
    }
}

impl StdError for Lost {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// The command succeeded, but its reply does not fit its type.
///
/// Secrets in the reply are in [`json`](Self::json) only: neither the error's
/// text nor its `Debug` output shows them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Undecodable {
    /// The name of the command.
    pub command: Cow<'static, str>,
    /// The path of the offending member, and what is wrong with it.
    pub error: DecodeError,
    /// The reply, as JSON text.
    pub json: String,
}

impl Undecodable {
    fn scope(&self) -> Scope<'_> {
        Scope::Named(&self.command)
    }

    /// The error's text without the value of the reply.
    fn error_without_value(&self) -> String {
        secrets::without_value(&self.error.to_string())
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot decode the reply to {}", self.command)?;
        match self.scope().hides_reply() {
            true => write!(f, ": {}", self.error_without_value()),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match self.scope().hides_reply() {
            true => self.error_without_value(),
            false => self.error.to_string(),
        };
        f.debug_struct("Undecodable")
            .field("command", &self.command)
            .field("error", &error)
            .field("json", &secrets::reply(self.scope(), &self.json))
            .finish()
    }
}

impl StdError for Undecodable {
    /// The decoder's error. If the reply is a secret, there is none, since that
    /// error quotes the reply; the text of this error has what may be shown.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        (!self.scope().hides_reply()).then_some(&self.error)
    }
}

/// The command succeeded, but its reply is larger than the limit.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReplyTooLarge {
    /// The name of the command.
    pub command: Cow<'static, str>,
    /// The limit in bytes.
    pub limit: usize,
}

impl fmt::Display for ReplyTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the reply to {} is larger than the limit of {} bytes and was discarded; \
             raise the limit with Options::reply_limit",
            self.command, self.limit
        )
    }
}

impl StdError for ReplyTooLarge {}

/// The connection had already ended. The command was not sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Closed {
    /// The error that the system reported; `None` if the connection was closed
    /// in order.
    pub source: Option<Arc<io::Error>>,
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection has ended; connect again")
    }
}

impl StdError for Closed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
