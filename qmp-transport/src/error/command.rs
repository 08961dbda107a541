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
use crate::session::Version;

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
    /// The release, or the range of releases, that the command's type is of; empty if
    /// that is not known. See [`Command::RELEASE`](qmp_types::Command::RELEASE).
    pub bindings: &'static str,
    /// The version of the server, if it greeted.
    pub server: Option<Box<Version>>,
}

impl Undecodable {
    fn scope(&self) -> Scope<'_> {
        Scope::Named(&self.command)
    }

    /// Returns whether the type of the command is of one release, and the server of
    /// another one. Types of several releases, as `qmp_types::compat` has them, may fit
    /// then.
    ///
    /// ```
    /// use qmp_transport::Error;
    ///
    /// fn advice(error: &Error) -> Option<&'static str> {
    ///     match error {
    ///         Error::Undecodable(error) if error.is_of_another_release() => {
    ///             Some("this program is made for another QEMU")
    ///         }
    ///         _ => None,
    ///     }
    /// }
    /// ```
    pub fn is_of_another_release(&self) -> bool {
        let mut numbers = self.bindings.split('.').map(str::parse::<u32>);
        match (numbers.next(), numbers.next(), &self.server) {
            (Some(Ok(major)), Some(Ok(minor)), Some(server)) => {
                (major, minor) != (server.major, server.minor)
            }
            // A range is not a number.
            _ => false,
        }
    }

    /// Says whose release is which.
    fn write_releases(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.bindings, &self.server) {
            ("", None) => {}
            (bindings, None) => write!(f, "; the bindings are of QEMU {bindings}")?,
            ("", Some(server)) => write!(f, "; the server is QEMU {}", server.numbers())?,
            (bindings, Some(server)) => write!(
                f,
                "; the bindings are of QEMU {bindings} and the server is QEMU {}",
                server.numbers()
            )?,
        }
        if self.is_of_another_release() {
            f.write_str(
                "; to talk to several releases, use `qmp_types::compat`, \
                 or bindings generated for a range of releases",
            )?;
        }
        Ok(())
    }

    /// The error's text without the value of the reply.
    fn error_without_value(&self) -> String {
        secrets::without_value(&self.error.to_string())
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot decode the reply to {}", self.command)?;
        self.write_releases(f)?;
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
            .field("bindings", &self.bindings)
            .field("server", &self.server)
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
