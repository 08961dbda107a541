//! The protocol without IO: bytes in, bytes and outcomes out.
//!
//! A [`Session`] knows nothing of sockets, threads or clocks. Its owner reads
//! into [`Session::space`], says how much with [`Session::filled`], asks
//! [`Session::poll`] what came of it until nothing does, and writes
//! [`Session::outgoing`].
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
mod message;
mod oversize;
mod receive;
mod scanner;
mod send;

use std::fmt;
use std::ops::Range;

use qmp_types::secrets::{self, Scope};
use qmp_types::{Command, Protocol, RawEvent};
use serde_core::Serialize;

pub use crate::broken::{Broken, Reason};
pub use crate::id::Id;
pub use crate::rejection::Rejection;
pub use message::{Greeting, Version};
pub use send::Abandoned;

use crate::encode::{self, Lane};
use crate::error::{Awaited, Error, OobUnavailable};
use crate::platform::Descriptors;
use crate::trace::{self, Asked};
use message::Envelope;
use oversize::Skeleton;
use receive::{Frame, Receiver};
use send::Sender;

/// What a session is to be like.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Whether the server greets and waits for capabilities. One that does
    /// not is a guest agent, which is brought in step with `guest-sync-delimited`
    /// instead. Default: yes.
    pub greets: bool,
    /// Whether to enable out-of-band execution where it is offered.
    /// Default: no.
    pub oob: bool,
    /// The largest message to keep, in bytes. Default: 128 MiB, twice what a
    /// guest agent's largest `guest-file-read` needs.
    pub reply_limit: usize,
    /// The deepest nesting to read. Default: 1024, QEMU's own bound.
    pub nesting_limit: usize,
    /// How many in-band commands to have under way; the rest wait their turn
    /// in the session. Default: 8, beyond which QEMU reads no out-of-band
    /// command either.
    pub in_flight: usize,
    /// The first command's id. Default: 1.
    ///
    /// A reply to a command of an earlier connection can arrive on the next
    /// one; ids that begin elsewhere on each connection keep it apart.
    pub first_id: u64,
}

impl Config {
    /// The defaults for a protocol.
    pub fn new<P: Protocol>() -> Self {
        Self {
            greets: P::GREETS,
            ..Self::default()
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            greets: true,
            oob: false,
            reply_limit: 128 << 20,
            nesting_limit: 1024,
            in_flight: 8,
            first_id: 1,
        }
    }
}

/// What a session made of the bytes that it received.
#[non_exhaustive]
pub enum Incoming<'a> {
    /// The server greeted and the capabilities are settled: commands are sent
    /// from here on.
    Ready,
    /// The server refused the capabilities.
    NotReady(Rejection),
    /// The command succeeded.
    Returned {
        /// The command.
        id: Id,
        /// What it returned, as JSON text.
        json: &'a str,
    },
    /// The command failed.
    Rejected {
        /// The command.
        id: Id,
        /// The server's answer.
        rejection: Rejection,
    },
    /// The command was answered, but the answer passes
    /// [`Config::reply_limit`].
    TooLarge {
        /// The command.
        id: Id,
    },
    /// An event. It may come at any time, even before [`Incoming::Ready`].
    Event(RawEvent),
}

impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("Ready"),
            Self::NotReady(rejection) => f.debug_tuple("NotReady").field(rejection).finish(),
            Self::Returned { id, json } => f
                .debug_struct("Returned")
                .field("id", id)
                .field("json", &secrets::reply(Scope::AnyReply, json))
                .finish(),
            Self::Rejected { id, rejection } => f
                .debug_struct("Rejected")
                .field("id", id)
                .field("rejection", rejection)
                .finish(),
            Self::TooLarge { id } => f.debug_struct("TooLarge").field("id", id).finish(),
            Self::Event(event) => f.debug_tuple("Event").field(event).finish(),
        }
    }
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Waiting for the greeting.
    Greeting,
    /// Waiting for the answer to `qmp_capabilities`.
    Negotiating(Id),
    /// Waiting for a guest agent's answer to `guest-sync-delimited`.
    Syncing(Id),
    /// Commands are let out.
    Ready,
}

/// One connection's state: what comes in, what goes out, and how far the
/// connection has come.
pub struct Session {
    config: Config,
    phase: Phase,
    /// Known in every phase after [`Phase::Greeting`], but for a guest agent's.
    greeting: Option<Greeting>,
    /// Whether out-of-band execution is enabled. Only in [`Phase::Ready`].
    oob: bool,
    next_id: u64,
    incoming: Receiver,
    outgoing: Sender,
    /// Where commands are encoded, so that one that cannot be leaves nothing
    /// behind.
    scratch: Vec<u8>,
    /// Why nothing more can be understood.
    broken: Option<Broken>,
}

impl fmt::Debug for Session {
    /// It shows how far the connection has come, and nothing that went over it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("phase", &self.phase)
            .field("version", &self.greeting.as_ref().map(|said| &said.version))
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

    /// Whether commands are being sent: the server has greeted and the
    /// capabilities are settled.
    pub fn is_ready(&self) -> bool {
        self.phase == Phase::Ready
    }

    /// What the session waits for before it sends commands; none once it does.
    pub(crate) fn awaited(&self) -> Option<Awaited> {
        match self.phase {
            Phase::Greeting => Some(Awaited::Greeting),
            Phase::Negotiating(_) => Some(Awaited::Capabilities),
            Phase::Syncing(_) => Some(Awaited::Sync),
            Phase::Ready => None,
        }
    }

    /// What the server said first, once it has.
    pub fn greeting(&self) -> Option<&Greeting> {
        self.greeting.as_ref()
    }

    /// Whether out-of-band execution is enabled.
    pub fn oob(&self) -> bool {
        self.oob
    }

    /// How many commands are sent or waiting, and neither answered nor given
    /// up.
    pub fn under_way(&self) -> usize {
        self.outgoing.under_way()
    }

    /// Hands over a command. It is sent in its turn.
    ///
    /// # Errors
    /// [`Error::Unencodable`]: the arguments cannot be sent as they are.
    pub fn execute<C: Command>(&mut self, command: &C) -> Result<Id, Error> {
        self.enqueue(Lane::InBand, C::NAME, command, Descriptors::NONE)
    }

    /// Hands over a command to be executed out-of-band, overtaking those that
    /// are under way.
    ///
    /// That the command may be executed so is checked when this is compiled:
    ///
    /// ```compile_fail
    /// use qmp_transport::session::{Config, Session};
    /// use qmp_types::v11_1::commands::QueryStatus;
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

    /// Hands over a command that no type stands for. The arguments must
    /// serialise to an object, or to null where there are none.
    ///
    /// # Errors
    /// [`Error::Unencodable`]: the arguments cannot be sent as they are.
    pub fn execute_raw<A: Serialize + ?Sized>(
        &mut self,
        name: &str,
        arguments: &A,
    ) -> Result<Id, Error> {
        self.enqueue(Lane::InBand, name, arguments, Descriptors::NONE)
    }

    /// Hands over a command that no type stands for, to be executed
    /// out-of-band.
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

    /// Encodes a command, and takes it with what is to travel with its first
    /// byte.
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
            Ok(()) => self.queue(lane, name, &text, descriptors),
            Err(unencodable) => Err(unencodable.into()),
        };
        self.scratch = text;
        outcome
    }

    /// Takes a command that [`encode::command`] wrote, and what is to travel
    /// with its first byte.
    pub(crate) fn queue(
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
        let asked = Asked::of(name);
        self.outgoing
            .queue(id, asked, lane, text, descriptors, is_ready);
        Ok(id)
    }

    fn new_id(&mut self) -> Id {
        let id = Id(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        id
    }

    fn let_out_waiting(&mut self) {
        if self.is_ready() {
            self.outgoing.let_out_waiting();
        }
    }

    /// Gives up a command: it is not sent if none of it is yet, or else its
    /// answer is discarded when it comes. Nothing else is affected.
    pub fn abandon(&mut self, id: Id) -> Abandoned {
        let abandoned = self.outgoing.abandon(id);
        self.let_out_waiting();
        abandoned
    }

    /// Gives up the command that [`outgoing`](Session::outgoing) begins with,
    /// because the system refuses to send it. The next command takes its place.
    /// None: a part of it is sent, so nothing more can be.
    pub fn refused(&mut self) -> Option<Id> {
        let id = self.outgoing.take_back_next();
        self.let_out_waiting();
        id
    }

    /// Strikes off a command that was sent and will not be answered: one whose
    /// success is not, once a command after it has been.
    pub fn forget(&mut self, id: Id) {
        self.settle(id);
    }

    /// What is to be written, in one piece where the system takes it. It ends
    /// before a command with file descriptors.
    pub fn outgoing(&self) -> &[u8] {
        self.outgoing.outgoing()
    }

    /// What travels with the first byte of [`outgoing`](Session::outgoing).
    pub(crate) fn descriptors(&self) -> &Descriptors {
        self.outgoing.descriptors()
    }

    /// Counts bytes of [`Session::outgoing`] as written.
    ///
    /// # Panics
    /// There were fewer.
    pub fn sent(&mut self, count: usize) {
        self.outgoing.sent(count);
    }

    /// Brings a guest agent back in step after a command was not answered in
    /// time and was given up: what the agent still has to say is discarded, and
    /// commands wait until it answers.
    ///
    /// Does nothing while other commands are under way, whose answers would be
    /// discarded too, nor for a server that greets: there ids suffice.
    pub fn resync(&mut self) {
        let syncing = match self.phase {
            Phase::Syncing(id) => Some(id),
            _ => None,
        };
        if !self.config.greets && self.outgoing.all_given_up_but(syncing) {
            self.sync();
        }
    }

    fn sync(&mut self) {
        let id = self.new_id();
        // Has the agent drop half a command that it may have received.
        let resync = &[scanner::SENTINEL];
        self.let_out_own(
            resync,
            "guest-sync-delimited",
            &Members(&[("id", id.get())]),
            id,
        );
        self.phase = Phase::Syncing(id);
        self.incoming.discard_to_sentinel();
    }

    /// Lets out a command of the session's own, whose arguments hold nothing
    /// that could be refused.
    fn let_out_own<A: Serialize>(&mut self, before: &[u8], name: &str, arguments: &A, id: Id) {
        let mut text = before.to_vec();
        let encoded = encode::command(&mut text, Lane::InBand, name, arguments);
        debug_assert!(encoded.is_ok(), "{encoded:?}");
        trace::sent(name, id.get(), &text[before.len()..]);
        let mut digits = encode::Digits::default();
        let text = [&text, digits.of(id.get()), encode::END];
        self.outgoing
            .let_out(id, Asked::of(name), Lane::InBand, text, Descriptors::NONE);
    }

    /// Room to read into. It is never empty.
    pub fn space(&mut self) -> &mut [u8] {
        self.incoming.space()
    }

    /// Counts bytes that were read into [`Session::space`] as received.
    ///
    /// # Panics
    /// There was less space.
    pub fn filled(&mut self, count: usize) {
        self.incoming.filled(count);
    }

    /// Receives bytes by copying them.
    pub fn receive(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let space = self.space();
            let (now, later) = bytes.split_at(bytes.len().min(space.len()));
            space[..now.len()].copy_from_slice(now);
            self.filled(now.len());
            bytes = later;
        }
    }

    /// What came of the bytes received so far; none if that needs more of
    /// them. To be called until it gives none; after that
    /// [`outgoing`](Session::outgoing) may have grown.
    ///
    /// # Errors
    /// The server sent what is not QMP. The session ends with it: each later
    /// call gives the same error.
    pub fn poll(&mut self) -> Result<Option<Incoming<'_>>, Broken> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        match self.next_meaning() {
            Ok(None) => Ok(None),
            Ok(Some(meaning)) => Ok(Some(match meaning {
                Meaning::Ready => Incoming::Ready,
                Meaning::NotReady(rejection) => Incoming::NotReady(rejection),
                Meaning::Returned { id, at } => Incoming::Returned {
                    id,
                    json: str::from_utf8(&self.incoming.held()[at]).unwrap_or_default(),
                },
                Meaning::Rejected { id, rejection } => Incoming::Rejected { id, rejection },
                Meaning::TooLarge { id } => Incoming::TooLarge { id },
                Meaning::Event(event) => Incoming::Event(event),
            })),
            Err(broken) => {
                self.broken = Some(broken.clone());
                Err(broken)
            }
        }
    }

    /// Goes from message to message until one means something to the owner.
    fn next_meaning(&mut self) -> Result<Option<Meaning>, Broken> {
        loop {
            let meaning = match self.incoming.next()? {
                None => return Ok(None),
                Some(Frame::Whole(length)) => self.understand(length)?,
                Some(Frame::Oversize(skeleton)) => self.attribute(&skeleton)?,
            };
            if meaning.is_some() {
                return Ok(meaning);
            }
        }
    }

    fn understand(&mut self, length: usize) -> Result<Option<Meaning>, Broken> {
        let text = &self.incoming.held()[..length];
        let envelope = serde_json::from_slice::<Envelope<'_>>(text);
        trace::received(text, || self.asked(envelope.as_ref().ok()));
        let envelope = envelope.map_err(|error| Broken::not_json(&error, text))?;
        let id = envelope.id.and_then(|id| id.get().parse().ok()).map(Id);

        if let Some(name) = envelope.event {
            // A guest agent has none to send.
            if !self.config.greets {
                return Ok(None);
            }
            return Ok(Some(Meaning::Event(RawEvent {
                name: name.into_owned(),
                data: envelope.data.map(ToOwned::to_owned),
                timestamp: envelope.timestamp,
            })));
        }
        if let Some(value) = envelope.success {
            let begin = value.get().as_ptr().addr() - text.as_ptr().addr();
            let at = begin..begin + value.get().len();
            let id = match envelope.id {
                None if !self.config.greets => self.unnamed(value.get()),
                _ => id,
            };
            return Ok(id.and_then(|id| self.returned(id, at)));
        }
        if let Some(error) = envelope.error {
            let rejection =
                Rejection::from_json(error).map_err(|error| Broken::not_json(&error, text))?;
            // The reader of a server that cannot read a command cannot read
            // its id either. It answers in order, so the oldest is meant.
            let id = match envelope.id {
                Some(_) => id,
                None => self.outgoing.oldest(),
            };
            return Ok(id.and_then(|id| self.rejected(id, rejection)));
        }
        if let (Some(greeting), Phase::Greeting) = (envelope.greeting, self.phase) {
            let greeting =
                Greeting::from_json(greeting).map_err(|error| Broken::not_json(&error, text))?;
            self.negotiate(greeting);
            return Ok(None);
        }
        Err(Broken::new(Reason::UnknownMessage, text, 0))
    }

    /// What a message answers.
    fn asked(&self, envelope: Option<&Envelope<'_>>) -> Asked {
        let Some(envelope) = envelope else {
            return Asked::ANYTHING;
        };
        if envelope.event.is_some() {
            return Asked::NOTHING;
        }
        let id = envelope.id.and_then(|id| id.get().parse().ok()).map(Id);
        let asked = id.and_then(|id| self.outgoing.asked(id));
        asked.unwrap_or(Asked::ANYTHING)
    }

    fn negotiate(&mut self, greeting: Greeting) {
        let oob = self.config.oob && greeting.offers_oob();
        let id = self.new_id();
        let name = "qmp_capabilities";
        if oob {
            self.let_out_own(&[], name, &Members(&[("enable", ["oob"])]), id);
        } else {
            self.let_out_own(&[], name, &(), id);
        }
        self.phase = Phase::Negotiating(id);
        self.greeting = Some(greeting);
    }

    fn returned(&mut self, id: Id, at: Range<usize>) -> Option<Meaning> {
        let abandoned = self.settle(id)?;
        if self.phase == Phase::Syncing(id) {
            // What came before the delimiter is gone, and with it the answers.
            self.outgoing.settle_all();
            self.phase = Phase::Ready;
            self.let_out_waiting();
            return Some(Meaning::Ready);
        }
        if self.phase == Phase::Negotiating(id) {
            self.phase = Phase::Ready;
            let offered = self.greeting.as_ref().is_some_and(Greeting::offers_oob);
            self.oob = self.config.oob && offered;
            self.let_out_waiting();
            return Some(Meaning::Ready);
        }
        (!abandoned).then_some(Meaning::Returned { id, at })
    }

    fn rejected(&mut self, id: Id, rejection: Rejection) -> Option<Meaning> {
        let abandoned = self.settle(id)?;
        if matches!(self.phase, Phase::Negotiating(own) | Phase::Syncing(own) if own == id) {
            return Some(Meaning::NotReady(rejection));
        }
        (!abandoned).then_some(Meaning::Rejected { id, rejection })
    }

    /// Which command a guest agent means that sends no ids back, as those before
    /// 3.1 do: the one that the answer to `guest-sync-delimited` names, later
    /// the oldest, since it answers in order and a new `guest-sync-delimited`
    /// follows when one is given up.
    fn unnamed(&self, returned: &str) -> Option<Id> {
        match self.phase {
            Phase::Syncing(id) => (returned.parse() == Ok(id.get())).then_some(id),
            _ => self.outgoing.oldest(),
        }
    }

    /// Which command a message was the answer to that was too large to keep.
    fn attribute(&mut self, skeleton: &Skeleton) -> Result<Option<Meaning>, Broken> {
        let limit = self.config.reply_limit;
        let too_large = || Broken::new(Reason::TooLarge { limit }, skeleton.text(), 0);
        let id = match skeleton.envelope() {
            Some(envelope) if envelope.success.is_none() && envelope.error.is_none() => {
                return Err(too_large());
            }
            Some(Envelope { id: Some(id), .. }) => id.get().parse().ok().map(Id),
            _ => self.outgoing.oldest(),
        };
        if self.phase != Phase::Ready {
            return Err(too_large());
        }
        Ok(id.and_then(|id| {
            let abandoned = self.settle(id)?;
            (!abandoned).then_some(Meaning::TooLarge { id })
        }))
    }

    /// Strikes off a command that was answered, and says whether its caller
    /// had given it up. None: there is no such command.
    fn settle(&mut self, id: Id) -> Option<bool> {
        let abandoned = self.outgoing.settle(id)?;
        self.let_out_waiting();
        Some(abandoned)
    }
}

/// An object of these members.
struct Members<'a, T>(&'a [(&'static str, T)]);

impl<T: Serialize> Serialize for Members<'_, T> {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// [`Incoming`], while the session can still go on to the next message.
enum Meaning {
    Ready,
    NotReady(Rejection),
    Returned { id: Id, at: Range<usize> },
    Rejected { id: Id, rejection: Rejection },
    TooLarge { id: Id },
    Event(RawEvent),
}
