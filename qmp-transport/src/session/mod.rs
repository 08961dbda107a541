//! The protocol without I/O: bytes and messages in, bytes and messages out.
//!
//! A [`Session`] has no socket, no thread and no clock. Its owner
//!
//! * reads into [`Session::space`] and reports the number of bytes to
//!   [`Session::filled`];
//! * calls [`Session::poll`] until it returns `None`;
//! * writes [`Session::outgoing`] and reports the number of bytes to
//!   [`Session::sent`].
//!
//! ```
//! use qmp_transport::session::{Config, Incoming, Session};
//!
//! let mut session = Session::new(Config::default());
//! let greeting = br#"{"QMP": {"version": {"qemu": {"major": 9, "minor": 2, "micro": 0},
//!     "package": ""}, "capabilities": ["oob"]}}"#;
//! session.receive(greeting);
//! assert!(session.poll()?.is_none());
//! assert_eq!(session.outgoing(), b"{\"execute\":\"qmp_capabilities\",\"id\":1}\n");
//! let count = session.outgoing().len();
//! session.sent(count);
//!
//! session.receive(br#"{"return": {}, "id": 1}"#);
//! assert!(matches!(session.poll()?, Some(Incoming::Ready)));
//!
//! let id = session.execute_raw("query-name", &())?;
//! session.receive(br#"{"return": {"name": "vm1"}, "id": 2}"#);
//! match session.poll()? {
//!     Some(Incoming::Returned { id: of, json }) => {
//!         assert_eq!(of, id);
//!         assert_eq!(json, r#"{"name": "vm1"}"#);
//!     }
//!     other => panic!("{other:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod buffer;
mod config;
mod incoming;
mod message;
mod oversize;
mod receive;
mod routing;
mod scanner;
mod send;

use std::fmt;

use qmp_types::Command;
use serde_core::Serialize;

pub use crate::broken::{Broken, Reason};
pub use crate::id::Id;
pub use crate::rejection::Rejection;
pub use config::Config;
pub use incoming::Incoming;
pub use message::{Greeting, Version};
pub use send::Abandoned;

use crate::encode::{self, Lane};
use crate::error::{Awaited, Error, OobUnavailable};
use crate::platform::Descriptors;
use crate::trace::{self, ReplyScope};
use receive::Receiver;
use send::Sender;

/// The phase of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Waiting for the greeting.
    Greeting,
    /// Waiting for the answer to `qmp_capabilities`.
    Negotiating(Id),
    /// Waiting for a guest agent's answer to `guest-sync-delimited`.
    Syncing(Id),
    /// Commands are sent.
    Ready,
}

/// The state of one connection: what comes in, what goes out, and the phase of
/// the connection.
pub struct Session {
    config: Config,
    phase: Phase,
    /// Set in every phase after [`Phase::Greeting`]. A guest agent has none.
    greeting: Option<Greeting>,
    /// Whether out-of-band execution is enabled. False before [`Phase::Ready`].
    oob: bool,
    /// The id of the next command. It is never that of a pending command.
    next_id: u64,
    incoming: Receiver,
    outgoing: Sender,
    /// Commands are encoded here first: one that cannot be encoded must leave
    /// nothing in `outgoing`. Its content is of no use between calls.
    scratch: Vec<u8>,
    /// Set when the server broke the protocol. Nothing is read from then on.
    broken: Option<Broken>,
}

impl fmt::Debug for Session {
    /// Shows the phase of the connection, and nothing that was sent or received.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("phase", &self.phase)
            .field(
                "version",
                &self.greeting.as_ref().map(|greeting| &greeting.version),
            )
            .field("oob", &self.oob)
            .field("under_way", &self.under_way())
            .field("broken", &self.broken.as_ref().map(|broken| &broken.reason))
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Creates a session for a new connection.
    pub fn new(config: Config) -> Self {
        let agent = !config.greets;
        let mut session = Self {
            phase: Phase::Greeting,
            greeting: None,
            oob: false,
            next_id: config.first_id,
            incoming: Receiver::new(config.reply_limit, config.nesting_limit, agent),
            outgoing: Sender::new(config.in_flight),
            scratch: Vec::new(),
            broken: None,
            config,
        };
        if agent {
            session.sync();
        }
        session
    }

    /// Returns whether commands are sent: the server has greeted, and the
    /// capabilities are negotiated.
    pub fn is_ready(&self) -> bool {
        self.phase == Phase::Ready
    }

    /// Returns what the session waits for before it sends commands; `None` when
    /// it sends them.
    pub(crate) fn awaited(&self) -> Option<Awaited> {
        match self.phase {
            Phase::Greeting => Some(Awaited::Greeting),
            Phase::Negotiating(_) => Some(Awaited::Capabilities),
            Phase::Syncing(_) => Some(Awaited::Sync),
            Phase::Ready => None,
        }
    }

    /// Returns the server's greeting, once it has come.
    pub fn greeting(&self) -> Option<&Greeting> {
        self.greeting.as_ref()
    }

    /// Returns whether out-of-band execution is enabled.
    pub fn oob(&self) -> bool {
        self.oob
    }

    /// Returns the number of commands that are neither answered nor abandoned.
    pub fn under_way(&self) -> usize {
        self.outgoing.under_way()
    }

    /// Hands over a command, to be sent when it is its turn.
    ///
    /// # Errors
    /// [`Error::Unencodable`]: the arguments cannot be sent.
    pub fn execute<C: Command>(&mut self, command: &C) -> Result<Id, Error> {
        self.enqueue(Lane::InBand, C::NAME, command, Descriptors::NONE)
    }

    /// Hands over a command to be executed out-of-band, ahead of those that are
    /// under way.
    ///
    /// A command that does not allow out-of-band execution does not compile:
    ///
    /// ```compile_fail
    /// use qmp_transport::session::{Config, Session};
    /// use qmp_types::compat::commands::QueryStatus;
    ///
    /// let _ = Session::new(Config::default()).execute_oob(&QueryStatus::new());
    /// ```
    ///
    /// # Errors
    /// [`Error::OobUnavailable`], or [`Error::Unencodable`].
    pub fn execute_oob<C: Command>(&mut self, command: &C) -> Result<Id, Error> {
        const {
            assert!(
                C::ALLOW_OOB,
                "the command does not allow out-of-band execution"
            );
        };
        self.enqueue(Lane::OutOfBand, C::NAME, command, Descriptors::NONE)
    }

    /// Hands over a command by its name. The arguments must serialise to an
    /// object, or to null if there are none.
    ///
    /// # Errors
    /// [`Error::Unencodable`]: the arguments cannot be sent.
    pub fn execute_raw<A: Serialize + ?Sized>(
        &mut self,
        name: &str,
        arguments: &A,
    ) -> Result<Id, Error> {
        self.enqueue(Lane::InBand, name, arguments, Descriptors::NONE)
    }

    /// Hands over a command by its name, to be executed out-of-band.
    ///
    /// # Errors
    /// [`Error::OobUnavailable`], or [`Error::Unencodable`].
    pub fn execute_oob_raw<A: Serialize + ?Sized>(
        &mut self,
        name: &str,
        arguments: &A,
    ) -> Result<Id, Error> {
        self.enqueue(Lane::OutOfBand, name, arguments, Descriptors::NONE)
    }

    /// Encodes a command and hands it over, with the descriptors that are to be
    /// sent with its first byte.
    pub(crate) fn enqueue<A: Serialize + ?Sized>(
        &mut self,
        lane: Lane,
        name: &str,
        arguments: &A,
        descriptors: Descriptors,
    ) -> Result<Id, Error> {
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        text.shrink_to(4096);
        let outcome = match encode::command(&mut text, lane, name, arguments) {
            Ok(()) => self.enqueue_encoded(lane, name, &text, descriptors),
            Err(unencodable) => Err(unencodable.into()),
        };
        self.scratch = text;
        outcome
    }

    /// Hands over a command that [`encode::command`] wrote, with the descriptors
    /// that are to be sent with its first byte.
    pub(crate) fn enqueue_encoded(
        &mut self,
        lane: Lane,
        name: &str,
        text: &[u8],
        descriptors: Descriptors,
    ) -> Result<Id, Error> {
        if lane == Lane::OutOfBand && !self.oob {
            let offered = self.greeting.as_ref().is_some_and(Greeting::offers_oob);
            return Err(OobUnavailable {
                command: name.to_owned().into(),
                offered,
            }
            .into());
        }
        let id = self.new_id();
        trace::sent(name, id.get(), text);
        let mut digits = encode::Digits::default();
        let text = [text, digits.of(id.get()), encode::END];
        let is_ready = self.is_ready();
        let scope = ReplyScope::of(name);
        self.outgoing
            .enqueue(id, scope, lane, text, descriptors, is_ready);
        Ok(id)
    }

    fn new_id(&mut self) -> Id {
        let id = Id(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        id
    }

    fn transmit_waiting(&mut self) {
        if self.is_ready() {
            self.outgoing.transmit_waiting();
        }
    }

    /// Abandons a command. If no byte of it is sent, it is not sent at all.
    /// Otherwise its answer is discarded when it comes. Other commands are not
    /// affected.
    pub fn abandon(&mut self, id: Id) -> Abandoned {
        let abandoned = self.outgoing.abandon(id);
        self.transmit_waiting();
        abandoned
    }

    /// Removes the command that [`outgoing`](Session::outgoing) begins with,
    /// because the system refuses to send it, and returns its id. The next command
    /// takes its place. Returns `None` if a part of the command is sent: nothing
    /// more can be sent then.
    pub fn refused(&mut self) -> Option<Id> {
        let id = self.outgoing.withdraw_next();
        self.transmit_waiting();
        id
    }

    /// Removes a command that was sent and will not be answered: one whose success
    /// is not answered, after a later command was.
    pub fn forget(&mut self, id: Id) {
        self.take_pending(id);
    }

    /// Returns the bytes to be written, in one piece if the system takes it. They
    /// end before the next command with file descriptors.
    pub fn outgoing(&self) -> &[u8] {
        self.outgoing.outgoing()
    }

    /// Returns what is sent with the first byte of [`outgoing`](Session::outgoing).
    pub(crate) fn descriptors(&self) -> &Descriptors {
        self.outgoing.descriptors()
    }

    /// Marks bytes of [`Session::outgoing`] as written.
    ///
    /// # Panics
    /// Panics if `count` is greater than its length.
    pub fn sent(&mut self, count: usize) {
        self.outgoing.sent(count);
    }

    /// Synchronises with a guest agent again, after a command was not answered in
    /// time and was abandoned. The agent's remaining answers are discarded, and
    /// commands wait until it has answered `guest-sync-delimited`.
    ///
    /// Does nothing while other commands are under way, because their answers would
    /// be discarded too. Does nothing for a server that greets either: such a
    /// server sends ids back, which is enough.
    pub fn resync(&mut self) {
        let syncing = match self.phase {
            Phase::Syncing(id) => Some(id),
            _ => None,
        };
        if !self.config.greets && self.outgoing.all_abandoned_except(syncing) {
            self.sync();
        }
    }

    fn sync(&mut self) {
        let id = self.new_id();
        // The agent may have received half a command, which this makes it drop.
        let sentinel = &[scanner::SENTINEL];
        let arguments = &Members(&[("id", id.get())]);
        self.transmit_own(sentinel, "guest-sync-delimited", arguments, id);
        self.phase = Phase::Syncing(id);
        self.incoming.discard_to_sentinel();
    }

    /// Transmits a command of the session's own. Its arguments can always be
    /// encoded.
    fn transmit_own<A: Serialize>(&mut self, before: &[u8], name: &str, arguments: &A, id: Id) {
        let mut text = before.to_vec();
        let encoded = encode::command(&mut text, Lane::InBand, name, arguments);
        debug_assert!(encoded.is_ok(), "{encoded:?}");
        trace::sent(name, id.get(), &text[before.len()..]);
        let mut digits = encode::Digits::default();
        let text = [&text, digits.of(id.get()), encode::END];
        let scope = ReplyScope::of(name);
        self.outgoing
            .transmit(id, scope, Lane::InBand, text, Descriptors::NONE);
    }

    /// Returns space to read into. It is never empty.
    pub fn space(&mut self) -> &mut [u8] {
        self.incoming.space()
    }

    /// Marks bytes of [`Session::space`] as received.
    ///
    /// # Panics
    /// Panics if `count` is greater than its length.
    pub fn filled(&mut self, count: usize) {
        self.incoming.filled(count);
    }

    /// Receives bytes by copying them into [`Session::space`].
    pub fn receive(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let space = self.space();
            let (head, tail) = bytes.split_at(bytes.len().min(space.len()));
            space[..head.len()].copy_from_slice(head);
            self.filled(head.len());
            bytes = tail;
        }
    }

    /// Returns the next message; `None` when more bytes are needed for it. Call it
    /// until it returns `None`. [`outgoing`](Session::outgoing) may be longer
    /// after that.
    ///
    /// # Errors
    /// The server sent something that is not QMP. The session cannot go on: each
    /// later call returns the same error.
    pub fn poll(&mut self) -> Result<Option<Incoming<'_>>, Broken> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        match self.next_incoming() {
            Ok(incoming) => {
                let held = self.incoming.held();
                Ok(incoming.map(|incoming| incoming.in_bytes(held)))
            }
            Err(broken) => {
                self.broken = Some(broken.clone());
                Err(broken)
            }
        }
    }

    /// Answers the greeting.
    fn negotiate(&mut self, greeting: Greeting) {
        let oob = self.config.oob && greeting.offers_oob();
        let id = self.new_id();
        let name = "qmp_capabilities";
        if oob {
            self.transmit_own(&[], name, &Members(&[("enable", ["oob"])]), id);
        } else {
            self.transmit_own(&[], name, &(), id);
        }
        self.phase = Phase::Negotiating(id);
        self.greeting = Some(greeting);
    }
}

/// Serialises to an object with these members.
struct Members<'a, T>(&'a [(&'static str, T)]);

impl<T: Serialize> Serialize for Members<'_, T> {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
