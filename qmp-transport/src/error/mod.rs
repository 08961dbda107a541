//! Errors, distinguished by what a caller can do about them.

mod command;
mod connect;
mod event;

use std::error::Error as StdError;
use std::fmt;

pub use command::{
    Closed, Lost, OobUnavailable, Rejected, ReplyTooLarge, TimedOut, Undecodable, Unencodable,
    Unsent,
};
pub use connect::{Awaited, ConnectError, GreetingError};
pub use event::{Lagged, UndecodableEvent};

use crate::address::AddressError;
use crate::broken::Broken;
pub use crate::rejection::ErrorClass;

/// An operation on a connection failed.
///
/// | variant | was the command executed? | is the connection usable? |
/// |---|---|---|
/// | [`Address`](Error::Address), [`Connect`](Error::Connect), [`Greeting`](Error::Greeting) | none was sent | there is none |
/// | [`Unencodable`](Error::Unencodable), [`OobUnavailable`](Error::OobUnavailable) | no, nothing was sent | yes |
/// | [`Rejected`](Error::Rejected) | no, the server says why | yes |
/// | [`Unsent`](Error::Unsent) | no, nothing was sent | yes |
/// | [`TimedOut`](Error::TimedOut) | unknown; no, if [`TimedOut::sent`] is false | yes |
/// | [`Undecodable`](Error::Undecodable), [`ReplyTooLarge`](Error::ReplyTooLarge) | yes | yes |
/// | [`Lost`](Error::Lost) | unknown | no |
/// | [`Broken`](Error::Broken) | unknown | no |
/// | [`Closed`](Error::Closed) | no, nothing was sent | no |
/// | [`Lagged`](Error::Lagged), [`UndecodableEvent`](Error::UndecodableEvent) | it is about events | yes |
///
/// # Causes
///
/// The text of an error does not repeat its cause, such as the error that the
/// system reported: [`source`](StdError::source) returns that. Print both:
///
/// ```
/// use std::error::Error as _;
/// use qmp_transport::blocking::Client;
///
/// let error = Client::connect("unix:/no/such.sock").unwrap_err();
/// let mut text = error.to_string();
/// let mut cause = error.source();
/// while let Some(error) = cause {
///     text += &format!(": {error}");
///     cause = error.source();
/// }
/// assert!(text.starts_with("cannot connect to unix:/no/such.sock"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The address is invalid.
    Address(AddressError),
    /// Connecting failed.
    Connect(ConnectError),
    /// The connection was made, but the session did not begin.
    Greeting(GreetingError),
    /// The command cannot be written as JSON that the server reads, or its file
    /// descriptors cannot be sent.
    Unencodable(Unencodable),
    /// Out-of-band execution is not enabled on this connection.
    OobUnavailable(OobUnavailable),
    /// The system refused to send the command.
    Unsent(Unsent),
    /// The server rejected the command, or the command failed.
    Rejected(Rejected),
    /// No answer came within the time limit.
    TimedOut(TimedOut),
    /// The connection ended before the command was answered.
    Lost(Lost),
    /// The command succeeded, but its reply does not fit its type.
    Undecodable(Undecodable),
    /// The server sent something that is not QMP. The connection cannot be used
    /// any more.
    Broken(Broken),
    /// The command succeeded, but its reply is larger than the limit.
    ReplyTooLarge(ReplyTooLarge),
    /// The connection had already ended.
    Closed(Closed),
    /// Events were dropped because they were not taken in time.
    Lagged(Lagged),
    /// The data of an event does not fit its type.
    UndecodableEvent(UndecodableEvent),
}

impl Error {
    /// Returns the class of a rejection.
    ///
    /// ```
    /// use qmp_transport::{Error, ErrorClass};
    ///
    /// fn device_is_gone(error: &Error) -> bool {
    ///     error.class() == Some(&ErrorClass::DeviceNotFound)
    /// }
    /// ```
    pub fn class(&self) -> Option<&ErrorClass> {
        match self {
            Self::Rejected(rejected) => Some(&rejected.rejection.class),
            _ => None,
        }
    }

    /// Returns the name of the command that failed.
    pub fn command(&self) -> Option<&str> {
        match self {
            Self::Unencodable(error) => Some(&error.command),
            Self::OobUnavailable(error) => Some(&error.command),
            Self::Unsent(error) => Some(&error.command),
            Self::Rejected(error) => Some(&error.command),
            Self::TimedOut(error) => error.command.as_deref(),
            Self::Lost(error) => Some(&error.command),
            Self::Undecodable(error) => Some(&error.command),
            Self::ReplyTooLarge(error) => Some(&error.command),
            _ => None,
        }
    }

    /// Returns whether the connection can still be used.
    pub fn is_connection_usable(&self) -> bool {
        matches!(
            self,
            Self::Unencodable(_)
                | Self::OobUnavailable(_)
                | Self::Unsent(_)
                | Self::Rejected(_)
                | Self::TimedOut(_)
                | Self::Undecodable(_)
                | Self::ReplyTooLarge(_)
                | Self::Lagged(_)
                | Self::UndecodableEvent(_)
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => error.fmt(f),
            Self::Connect(error) => error.fmt(f),
            Self::Greeting(error) => error.fmt(f),
            Self::Unencodable(error) => error.fmt(f),
            Self::OobUnavailable(error) => error.fmt(f),
            Self::Unsent(error) => error.fmt(f),
            Self::Rejected(error) => error.fmt(f),
            Self::TimedOut(error) => error.fmt(f),
            Self::Lost(error) => error.fmt(f),
            Self::Undecodable(error) => error.fmt(f),
            Self::Broken(error) => error.fmt(f),
            Self::ReplyTooLarge(error) => error.fmt(f),
            Self::Closed(error) => error.fmt(f),
            Self::Lagged(error) => error.fmt(f),
            Self::UndecodableEvent(error) => error.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Connect(error) => error.source(),
            Self::Greeting(error) => error.source(),
            Self::Unsent(error) => error.source(),
            Self::Lost(error) => error.source(),
            Self::Undecodable(error) => error.source(),
            Self::Closed(error) => error.source(),
            Self::UndecodableEvent(error) => error.source(),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($variant:ident($error:ty);)*) => {
        $(
            impl From<$error> for Error {
                fn from(error: $error) -> Self {
                    Self::$variant(error)
                }
            }
        )*
    };
}

from! {
    Address(AddressError);
    Connect(ConnectError);
    Greeting(GreetingError);
    Unencodable(Unencodable);
    OobUnavailable(OobUnavailable);
    Unsent(Unsent);
    Rejected(Rejected);
    TimedOut(TimedOut);
    Lost(Lost);
    Undecodable(Undecodable);
    Broken(Broken);
    ReplyTooLarge(ReplyTooLarge);
    Closed(Closed);
    Lagged(Lagged);
    UndecodableEvent(UndecodableEvent);
}

impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use qmp_types::{DecodeError, RawEvent};
    use test_support::causes;

    use super::*;
    use crate::address::Address;
    use crate::broken::Reason;
    use crate::drivers::DriverError;
    use crate::rejection::Rejection;

    /// An error of each kind. Those that have a cause have `the cause`.
    fn all() -> Vec<Error> {
        let source = || Arc::new(io::Error::other("the cause"));
        let error = || DecodeError::new(&"the cause");
        let address = Address::from(Path::new("/run/vm.sock"));
        let rejection = Rejection {
            class: ErrorClass::GenericError,
            description: "no".to_owned(),
        };
        let broken = Broken::new(Reason::NotAnObject, b"oops", 0);
        let command = || "query-name".into();
        vec![
            "x:".parse::<Address>().unwrap_err().into(),
            ConnectError::new(&address, io::Error::other("the cause")).into(),
            GreetingError::Silent {
                limit: Duration::ZERO,
                awaited: Awaited::Greeting,
            }
            .into(),
            GreetingError::Closed { source: None }.into(),
            GreetingError::Closed {
                source: Some(source()),
            }
            .into(),
            GreetingError::Broken(broken.clone()).into(),
            GreetingError::Rejected(rejection.clone()).into(),
            Unencodable {
                command: command(),
                message: "no".to_owned(),
            }
            .into(),
            OobUnavailable {
                command: command(),
                offered: true,
            }
            .into(),
            Unsent {
                command: command(),
                source: source(),
            }
            .into(),
            Rejected {
                command: command(),
                rejection,
            }
            .into(),
            TimedOut {
                command: Some(command()),
                limit: Duration::ZERO,
                sent: true,
            }
            .into(),
            Lost {
                command: command(),
                source: Some(source()),
            }
            .into(),
            Undecodable {
                command: command(),
                error: error(),
                json: "1".to_owned(),
                bindings: "11.1",
                server: None,
            }
            .into(),
            // Its reply is a secret, so that the cause is part of the text.
            Undecodable {
                command: "qom-get".into(),
                error: error(),
                json: "1".to_owned(),
                bindings: "11.1",
                server: None,
            }
            .into(),
            broken.into(),
            ReplyTooLarge {
                command: command(),
                limit: 1,
            }
            .into(),
            Closed {
                source: Some(source()),
            }
            .into(),
            Lagged { lost: 1 }.into(),
            UndecodableEvent {
                event: Arc::new(RawEvent {
                    name: "STOP".to_owned(),
                    data: None,
                    timestamp: None,
                }),
                error: error(),
            }
            .into(),
        ]
    }

    #[test]
    fn a_cause_is_said_once() {
        let mut with_cause = 0;
        for error in all() {
            let has_source = error.source().is_some();
            let texts = causes(&error);
            assert_eq!(texts.len(), 1 + usize::from(has_source));
            let mentions = texts.iter().filter(|text| text.contains("the cause"));
            let mentions = mentions.count();
            assert!(mentions == 1 || !has_source, "{texts:?}");
            with_cause += mentions;
            // A driver passes errors on as they are.
            assert_eq!(causes(&DriverError::from(error)), texts);
        }
        assert_eq!(with_cause, 8);
    }
}
