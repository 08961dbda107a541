//! What can go wrong, told apart by what a caller can do about it.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use qmp_types::secrets::{self, Scope};
use qmp_types::{DecodeError, RawEvent};

use crate::address::{Address, AddressError};
use crate::session::{Broken, Rejection};

/// An operation on a connection failed.
///
/// | variant | was the command executed? | is the connection usable? |
/// |---|---|---|
/// | [`Address`](Error::Address), [`Connect`](Error::Connect), [`Greeting`](Error::Greeting) | none was sent | there is none |
/// | [`Unencodable`](Error::Unencodable), [`OobUnavailable`](Error::OobUnavailable) | no, nothing was sent | yes |
/// | [`Rejected`](Error::Rejected) | no, the server says why | yes |
/// | [`Unsent`](Error::Unsent) | no, nothing of it was sent | yes |
/// | [`TimedOut`](Error::TimedOut) | perhaps, or it will be; not if [`TimedOut::sent`] is false | yes |
/// | [`Undecodable`](Error::Undecodable), [`ReplyTooLarge`](Error::ReplyTooLarge) | yes | yes |
/// | [`Lost`](Error::Lost) | unknown | no |
/// | [`Broken`](Error::Broken) | unknown | no |
/// | [`Closed`](Error::Closed) | no, nothing was sent | no |
/// | [`Lagged`](Error::Lagged), [`UndecodableEvent`](Error::UndecodableEvent) | it is about events | yes |
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The text names no address.
    Address(AddressError),
    /// There is no connection: nobody listens, or may not be reached.
    Connect(ConnectError),
    /// There was a connection, but no session came of it.
    Greeting(GreetingError),
    /// The arguments cannot be sent as they are.
    Unencodable(Unencodable),
    /// Out-of-band execution was not enabled on this connection.
    OobUnavailable(OobUnavailable),
    /// The system refused to send the command.
    Unsent(Unsent),
    /// The server refused the command, or failed at it.
    Rejected(Rejected),
    /// No answer came within the time limit.
    TimedOut(TimedOut),
    /// The connection ended while the command was under way.
    Lost(Lost),
    /// The command succeeded, but its reply does not fit its type.
    Undecodable(Undecodable),
    /// The server sent what is not QMP. The connection is of no more use.
    Broken(Broken),
    /// The command succeeded, but its reply passes the limit on size.
    ReplyTooLarge(ReplyTooLarge),
    /// The connection had already ended.
    Closed(Closed),
    /// Events were dropped, since they were not taken in time.
    Lagged(Lagged),
    /// An event's data does not fit its type.
    UndecodableEvent(UndecodableEvent),
}

impl Error {
    /// The class of a rejection.
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

    /// The command that the error belongs to.
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

    /// Whether the connection can go on to be used.
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

/// What kind of error a server reports.
///
/// Almost all are [`GenericError`](ErrorClass::GenericError); a class that this
/// library does not know is kept as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Anything that has no class of its own.
    GenericError,
    /// The server has no such command, or not in its present state.
    CommandNotFound,
    /// The device is not active.
    DeviceNotActive,
    /// There is no such device.
    DeviceNotFound,
    /// The host's KVM lacks a capability.
    KvmMissingCap,
    /// A class that this library does not know.
    Other(String),
}

impl ErrorClass {
    /// The class as the server spells it.
    ///
    /// ```
    /// # use qmp_transport::ErrorClass;
    /// assert_eq!(ErrorClass::from("DeviceNotFound"), ErrorClass::DeviceNotFound);
    /// assert_eq!(ErrorClass::from("NewKind").as_str(), "NewKind");
    /// ```
    pub fn as_str(&self) -> &str {
        match self {
            Self::GenericError => "GenericError",
            Self::CommandNotFound => "CommandNotFound",
            Self::DeviceNotActive => "DeviceNotActive",
            Self::DeviceNotFound => "DeviceNotFound",
            Self::KvmMissingCap => "KVMMissingCap",
            Self::Other(class) => class,
        }
    }
}

impl From<&str> for ErrorClass {
    fn from(class: &str) -> Self {
        let known = [
            Self::GenericError,
            Self::CommandNotFound,
            Self::DeviceNotActive,
            Self::DeviceNotFound,
            Self::KvmMissingCap,
        ];
        known
            .into_iter()
            .find(|known| known.as_str() == class)
            .unwrap_or_else(|| Self::Other(class.to_owned()))
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no connection.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectError {
    /// The address that was tried.
    pub address: String,
    /// Why it failed.
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
        write!(f, "cannot connect to {}: {}", self.address, self.source)?;
        match self.source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                f.write_str("; is the server running, and listening there?")
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

/// There was a connection, but no session came of it.
#[derive(Debug)]
#[non_exhaustive]
pub enum GreetingError {
    /// The server did not say within the limit what a session begins with.
    Silent {
        /// The limit.
        limit: Duration,
        /// What it did not say.
        awaited: Awaited,
    },
    /// The server closed the connection.
    Closed {
        /// The error that the system reported; none for an orderly end.
        source: Option<Arc<io::Error>>,
    },
    /// What the server sent is not QMP.
    Broken(Broken),
    /// The server refused the capabilities.
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
            Self::Closed {
                source: Some(source),
            } => write!(
                f,
                "the connection failed before the session began: {source}"
            ),
            Self::Broken(broken) => write!(f, "no session began: {broken}"),
            Self::Rejected(rejection) => write!(
                f,
                "the server refused the capabilities: {} ({})",
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
            _ => None,
        }
    }
}

/// What a session waits for before it sends commands.
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

/// The arguments cannot be sent as they are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unencodable {
    /// The command.
    pub command: Cow<'static, str>,
    /// What is wrong with the arguments.
    pub message: String,
}

impl fmt::Display for Unencodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot send {}: {}", self.command, self.message)
    }
}

impl StdError for Unencodable {}

/// Out-of-band execution was not enabled on this connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OobUnavailable {
    /// The command.
    pub command: Cow<'static, str>,
    /// Whether the server offered it.
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
    /// The command.
    pub command: Cow<'static, str>,
    /// The error that the system reported.
    pub source: Arc<io::Error>,
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot send {}: {}; nothing of it was sent",
            self.command, self.source
        )
    }
}

impl StdError for Unsent {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}

/// The server refused the command, or failed at it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rejected {
    /// The command.
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
    /// The command; none while waiting for an event.
    pub command: Option<Cow<'static, str>>,
    /// The limit.
    pub limit: Duration,
    /// Whether the command had been sent. If not, it never will be.
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
                 it may still be executed, its answer will be discarded"
            ),
            Some(command) => write!(
                f,
                "{command} could not be sent within {limit:?}, since the server \
                 answers none of those before it; it will not be executed"
            ),
        }
    }
}

impl StdError for TimedOut {}

/// The connection ended while the command was under way: it may have been
/// executed, or not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lost {
    /// The command.
    pub command: Cow<'static, str>,
    /// The error that the system reported; none for an orderly end.
    pub source: Option<Arc<io::Error>>,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the connection ended before {} was answered",
            self.command
        )?;
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        f.write_str("; whether it was executed is unknown")
    }
}

impl StdError for Lost {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// The command succeeded, but its reply does not fit its type.
///
/// What is secret in the reply is in [`json`](Self::json) only, neither in the
/// error's text nor in its `Debug`.
#[derive(Clone)]
#[non_exhaustive]
pub struct Undecodable {
    /// The command.
    pub command: Cow<'static, str>,
    /// The offending member, and what is wrong with it.
    pub error: DecodeError,
    /// What the server returned, as JSON text.
    pub json: String,
}

impl Undecodable {
    fn scope(&self) -> Scope<'_> {
        Scope::Named(&self.command)
    }

    /// What is wrong, and with what, unless that is a secret.
    fn reason(&self) -> String {
        let reason = self.error.to_string();
        if self.scope().hides_reply() {
            secrets::without_value(&reason)
        } else {
            reason
        }
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (command, reason) = (&self.command, self.reason());
        write!(f, "cannot decode what {command} returned: {reason}")
    }
}

impl fmt::Debug for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undecodable")
            .field("command", &self.command)
            .field("error", &self.reason())
            .field("json", &secrets::reply(self.scope(), &self.json))
            .finish()
    }
}

impl StdError for Undecodable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // It says what was returned.
        (!self.scope().hides_reply()).then_some(&self.error)
    }
}

/// The command succeeded, but its reply passes the limit on size.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReplyTooLarge {
    /// The command.
    pub command: Cow<'static, str>,
    /// The limit in bytes.
    pub limit: usize,
}

impl fmt::Display for ReplyTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the reply to {} is larger than the limit of {} bytes and was discarded; \
             raise it with Options::reply_limit",
            self.command, self.limit
        )
    }
}

impl StdError for ReplyTooLarge {}

/// The connection had already ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Closed {
    /// The error that the system reported; none for an orderly end.
    pub source: Option<Arc<io::Error>>,
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection has ended")?;
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        f.write_str("; connect anew")
    }
}

impl StdError for Closed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Events were dropped, since they were not taken in time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lagged {
    /// How many.
    pub lost: u64,
}

impl fmt::Display for Lagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} events were dropped, since they were not taken in time; \
             take them faster, or keep more with Options::event_queue and \
             Options::event_memory",
            self.lost
        )
    }
}

impl StdError for Lagged {}

/// An event's data does not fit its type.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UndecodableEvent {
    /// The event as it arrived.
    pub event: Arc<RawEvent>,
    /// The offending member, and what is wrong with it.
    pub error: DecodeError,
}

impl fmt::Display for UndecodableEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot decode the event {}: {}",
            self.event.name, self.error
        )
    }
}

impl StdError for UndecodableEvent {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}
