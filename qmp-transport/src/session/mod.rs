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

mod broken;
mod buffer;
mod message;
mod oversize;
mod scanner;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use qmp_types::{Command, Protocol, RawEvent};
use serde_core::Serialize;

pub use broken::{Broken, Reason};
pub use message::{Greeting, Rejection, Version};

use crate::encode::{self, Lane};
use crate::error::{Error, OobUnavailable, Unencodable};
use crate::trace;
use buffer::Buffer;
use message::Envelope;
use oversize::{Fed, Skeleton};
use scanner::{Scanner, Step};

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

/// Names a command that was handed to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u64);

impl Id {
    /// The id on the wire.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// What a session made of the bytes that it received.
#[derive(Debug)]
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

/// What became of a command that its caller gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abandoned {
    /// It was sent, or is about to be. Its answer will be discarded.
    Sent,
    /// It was still waiting its turn and will not be sent.
    Unsent,
    /// The session knows no such command: it has been answered.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Greeting,
    Negotiating(Id),
    /// Waiting for a guest agent's answer to `guest-sync-delimited`.
    Syncing {
        id: Id,
        /// Whether the byte came that marks where the answer begins.
        delimited: bool,
    },
    Ready,
}

#[derive(Debug)]
struct Pending {
    id: Id,
    lane: Lane,
    abandoned: bool,
}

#[derive(Debug)]
struct Waiting {
    id: Id,
    text: Vec<u8>,
    attached: bool,
}

/// One connection's state.
#[derive(Debug)]
pub struct Session {
    config: Config,
    phase: Phase,
    greeting: Option<Greeting>,
    oob: bool,

    buffer: Buffer,
    scanner: Scanner,
    /// How much of the buffer has been scanned.
    scanned: usize,
    /// The length of the message that the last poll handed out.
    handed_out: usize,
    oversize: Option<Skeleton>,
    broken: Option<Broken>,

    outgoing: Vec<u8>,
    sent: usize,
    /// Commands that something travels with, and where in the outgoing bytes
    /// they begin.
    attached: VecDeque<(usize, Id)>,
    /// Where the command begins that was let out last.
    last_begin: Option<usize>,
    next_id: u64,
    /// Sent and not answered, oldest first.
    pending: VecDeque<Pending>,
    in_band: usize,
    waiting: VecDeque<Waiting>,
}

impl Session {
    /// A session on a new connection.
    pub fn new(config: Config) -> Self {
        let agent = !config.greets;
        let mut session = Self {
            phase: Phase::Greeting,
            greeting: None,
            oob: false,
            buffer: Buffer::default(),
            scanner: Scanner::new(config.nesting_limit),
            scanned: 0,
            handed_out: 0,
            oversize: None,
            broken: None,
            outgoing: Vec::new(),
            sent: 0,
            attached: VecDeque::new(),
            last_begin: None,
            next_id: config.first_id,
            pending: VecDeque::new(),
            in_band: 0,
            waiting: VecDeque::new(),
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
        let sent = self.pending.iter().filter(|pending| !pending.abandoned);
        sent.count() + self.waiting.len()
    }

    /// Hands over a command. It is sent in its turn.
    ///
    /// # Errors
    /// [`Error::Unencodable`]: the arguments cannot be sent as they are.
    pub fn execute<C: Command>(&mut self, command: &C) -> Result<Id, Error> {
        self.enqueue(Lane::InBand, C::NAME.into(), command)
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
        self.enqueue(Lane::OutOfBand, C::NAME.into(), command)
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
        self.enqueue(Lane::InBand, Cow::Borrowed(name), arguments)
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
        self.enqueue(Lane::OutOfBand, Cow::Borrowed(name), arguments)
    }

    fn enqueue<A: Serialize + ?Sized>(
        &mut self,
        lane: Lane,
        name: Cow<'_, str>,
        arguments: &A,
    ) -> Result<Id, Error> {
        if lane == Lane::OutOfBand && !self.oob {
            let offered = self.greeting.as_ref().is_some_and(Greeting::offers_oob);
            return Err(OobUnavailable {
                command: name.into_owned().into(),
                offered,
            }
            .into());
        }
        let id = Id(self.next_id);
        let now = match lane {
            Lane::OutOfBand => true,
            Lane::InBand => self.is_ready() && self.in_band < self.config.in_flight,
        };
        let mut waiting = Vec::new();
        self.last_begin = now.then_some(self.outgoing.len());
        let out = if now {
            &mut self.outgoing
        } else {
            &mut waiting
        };
        let begin = out.len();
        match encode::command(out, lane, &name, arguments, id.0) {
            Ok(()) => trace::sent(&name, id.0, &out[begin..]),
            Err(message) => {
                let command = name.into_owned().into();
                return Err(Unencodable { command, message }.into());
            }
        }
        self.next_id = self.next_id.wrapping_add(1);
        if now {
            self.let_out(id, lane);
        } else {
            self.waiting.push_back(Waiting {
                id,
                text: waiting,
                attached: false,
            });
        }
        Ok(id)
    }

    /// Has the owner send something along with a command's first byte, such as
    /// file descriptors: [`Session::attached`] tells when. To be called right
    /// after the command was handed over.
    pub fn attach(&mut self, id: Id) {
        if let Some(waiting) = self.waiting.back_mut().filter(|waiting| waiting.id == id) {
            waiting.attached = true;
        } else if let Some(begin) = self.last_begin
            && self.pending.back().is_some_and(|pending| pending.id == id)
        {
            self.attached.push_back((begin, id));
        }
    }

    /// The command that [`outgoing`](Session::outgoing) begins with, if
    /// something was attached to it and none of it is written yet.
    pub fn attached(&self) -> Option<Id> {
        let (begin, id) = self.attached.front()?;
        (*begin == self.sent).then_some(*id)
    }

    fn let_out(&mut self, id: Id, lane: Lane) {
        self.in_band += usize::from(lane == Lane::InBand);
        self.pending.push_back(Pending {
            id,
            lane,
            abandoned: false,
        });
    }

    fn let_out_waiting(&mut self) {
        while self.is_ready() && self.in_band < self.config.in_flight {
            let Some(waiting) = self.waiting.pop_front() else {
                return;
            };
            if waiting.attached {
                self.attached.push_back((self.outgoing.len(), waiting.id));
            }
            self.outgoing.extend_from_slice(&waiting.text);
            self.let_out(waiting.id, Lane::InBand);
        }
    }

    /// Gives up a command: its answer, if it comes, is discarded. Nothing else
    /// is affected.
    pub fn abandon(&mut self, id: Id) -> Abandoned {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.id == id) {
            pending.abandoned = true;
            return Abandoned::Sent;
        }
        match self.waiting.iter().position(|waiting| waiting.id == id) {
            Some(at) => {
                self.waiting.remove(at);
                Abandoned::Unsent
            }
            None => Abandoned::Unknown,
        }
    }

    /// Strikes off a command that was sent and will not be answered: one whose
    /// success is not, once a command after it has been.
    pub fn forget(&mut self, id: Id) {
        self.settle(id);
    }

    /// What is to be written, in one piece where the system takes it. It ends
    /// before a command that something is attached to.
    pub fn outgoing(&self) -> &[u8] {
        let next = self.attached.iter().map(|(begin, _)| *begin);
        let end = next.filter(|begin| *begin > self.sent).min();
        &self.outgoing[self.sent..end.unwrap_or(self.outgoing.len())]
    }

    /// Counts bytes of [`Session::outgoing`] as written.
    ///
    /// # Panics
    /// There were fewer.
    pub fn sent(&mut self, count: usize) {
        assert!(count <= self.outgoing().len(), "more than was outgoing");
        if count > 0 && self.attached().is_some() {
            self.attached.pop_front();
        }
        self.sent += count;
        if self.sent == self.outgoing.len() {
            self.sent = 0;
            self.outgoing.clear();
            self.outgoing.shrink_to(4096);
        }
    }

    /// Brings a guest agent back in step after a command was not answered in
    /// time and was given up: what the agent still has to say is discarded, and
    /// commands wait until it answers.
    ///
    /// Does nothing while other commands are under way, whose answers would be
    /// discarded too, nor for a server that greets: there ids suffice.
    pub fn resync(&mut self) {
        let syncing = match self.phase {
            Phase::Syncing { id, .. } => Some(id),
            _ => None,
        };
        let given_up = |pending: &Pending| pending.abandoned || Some(pending.id) == syncing;
        if !self.config.greets && self.pending.iter().all(given_up) {
            self.sync();
        }
    }

    fn sync(&mut self) {
        let id = Id(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        // Has the agent drop half a command that it may have received.
        self.outgoing.push(scanner::SENTINEL);
        self.write_own("guest-sync-delimited", &Members(&[("id", id.0)]), id);
        self.phase = Phase::Syncing {
            id,
            delimited: false,
        };
    }

    /// Writes a command of the session's own, whose arguments hold nothing
    /// that could be refused.
    fn write_own<A: Serialize>(&mut self, name: &str, arguments: &A, id: Id) {
        let begin = self.outgoing.len();
        let written = encode::command(&mut self.outgoing, Lane::InBand, name, arguments, id.0);
        debug_assert_eq!(written, Ok(()));
        trace::sent(name, id.0, &self.outgoing[begin..]);
        self.let_out(id, Lane::InBand);
    }

    /// Room to read into. It is never empty.
    pub fn space(&mut self) -> &mut [u8] {
        self.buffer.space()
    }

    /// Counts bytes that were read into [`Session::space`] as received.
    ///
    /// # Panics
    /// There was less space.
    pub fn filled(&mut self, count: usize) {
        self.buffer.filled(count);
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
                    json: str::from_utf8(&self.buffer.held()[at]).unwrap_or_default(),
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
            self.buffer.take(std::mem::take(&mut self.handed_out));
            let meaning = match self.next_frame()? {
                None => return Ok(None),
                Some(Frame::Whole(length)) => {
                    self.handed_out = length;
                    self.understand(length)?
                }
                Some(Frame::Oversize(skeleton)) => self.attribute(&skeleton)?,
            };
            if meaning.is_some() {
                return Ok(meaning);
            }
        }
    }

    /// Finds the next whole message at the front of the buffer.
    fn next_frame(&mut self) -> Result<Option<Frame>, Broken> {
        loop {
            if let Phase::Syncing {
                id,
                delimited: false,
            } = self.phase
            {
                let Some(at) = memchr::memchr(scanner::SENTINEL, self.buffer.held()) else {
                    let all = self.buffer.held().len();
                    self.drop_partial(all);
                    return Ok(None);
                };
                self.drop_partial(at + 1);
                self.phase = Phase::Syncing {
                    id,
                    delimited: true,
                };
            }
            if let Some(skeleton) = &mut self.oversize {
                let held = self.buffer.held();
                match skeleton.feed(held)? {
                    Fed::More => {
                        let all = held.len();
                        self.buffer.take(all);
                        return Ok(None);
                    }
                    Fed::Ended(length) => {
                        self.buffer.take(length);
                        return Ok(self.oversize.take().map(Frame::Oversize));
                    }
                    Fed::Sentinel(length) if !self.config.greets => {
                        self.drop_partial(length);
                        continue;
                    }
                    Fed::Sentinel(length) => {
                        return Err(Broken::new(Reason::NotAnObject, held, length - 1));
                    }
                }
            }
            if !self.scanner.in_value() {
                let space = self.buffer.held().iter();
                let space = space.take_while(|byte| byte.is_ascii_whitespace());
                let space = space.count();
                self.buffer.take(space);
                match self.buffer.held() {
                    [] => return Ok(None),
                    [b'{', ..] => {}
                    [scanner::SENTINEL, ..] if !self.config.greets => {
                        self.drop_partial(1);
                        continue;
                    }
                    other => return Err(Broken::new(Reason::NotAnObject, other, 0)),
                }
            }
            let held = self.buffer.held();
            let step = self.scanner.scan(&held[self.scanned..]);
            let length = match step {
                Step::More => held.len(),
                Step::End(end) => self.scanned + end,
                Step::Sentinel(at) if !self.config.greets => {
                    let at = self.scanned + at;
                    self.drop_partial(at);
                    continue;
                }
                Step::Sentinel(at) => {
                    let at = self.scanned + at - 1;
                    return Err(Broken::new(Reason::NotAnObject, held, at));
                }
                Step::TooDeep => {
                    let limit = self.config.nesting_limit;
                    return Err(Broken::new(Reason::TooDeep { limit }, held, 0));
                }
                // Never asked for here.
                Step::ChildBegins(_) | Step::ChildEnds(_) => return Ok(None),
            };
            if length > self.config.reply_limit {
                self.scanned = 0;
                self.scanner.reset();
                self.oversize = Some(Skeleton::new(self.config.nesting_limit));
                continue;
            }
            if step == Step::More {
                self.scanned = length;
                return Ok(None);
            }
            self.scanned = 0;
            return Ok(Some(Frame::Whole(length)));
        }
    }

    /// Drops bytes, and with them the message that has begun.
    fn drop_partial(&mut self, count: usize) {
        self.buffer.take(count);
        self.scanned = 0;
        self.scanner.reset();
        self.oversize = None;
    }

    fn understand(&mut self, length: usize) -> Result<Option<Meaning>, Broken> {
        let text = &self.buffer.held()[..length];
        trace::received(text);
        let envelope: Envelope<'_> =
            serde_json::from_slice(text).map_err(|error| Broken::not_json(&error, text))?;
        let id = envelope.id.and_then(|id| id.get().parse().ok()).map(Id);

        if let Some(name) = envelope.event {
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
                None => self.oldest(),
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

    fn negotiate(&mut self, greeting: Greeting) {
        let oob = self.config.oob && greeting.offers_oob();
        let id = Id(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        if oob {
            self.write_own("qmp_capabilities", &Members(&[("enable", ["oob"])]), id);
        } else {
            self.write_own("qmp_capabilities", &(), id);
        }
        self.phase = Phase::Negotiating(id);
        self.greeting = Some(greeting);
    }

    fn returned(&mut self, id: Id, at: Range<usize>) -> Option<Meaning> {
        let abandoned = self.settle(id)?;
        if matches!(self.phase, Phase::Syncing { id: sync, .. } if sync == id) {
            // What came before the delimiter is gone, and with it the answers.
            self.pending.clear();
            self.in_band = 0;
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
        if matches!(self.phase, Phase::Negotiating(own) | Phase::Syncing { id: own, .. } if own == id)
        {
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
            Phase::Syncing { id, .. } => (returned.parse() == Ok(id.0)).then_some(id),
            _ => self.oldest(),
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
            _ => self.oldest(),
        };
        if self.phase != Phase::Ready {
            return Err(too_large());
        }
        Ok(id.and_then(|id| {
            let abandoned = self.settle(id)?;
            (!abandoned).then_some(Meaning::TooLarge { id })
        }))
    }

    /// The oldest in-band command under way.
    fn oldest(&self) -> Option<Id> {
        let in_band = |pending: &&Pending| pending.lane == Lane::InBand;
        self.pending.iter().find(in_band).map(|pending| pending.id)
    }

    /// Strikes off a command that was answered, and says whether its caller
    /// had given it up. None: there is no such command.
    fn settle(&mut self, id: Id) -> Option<bool> {
        let at = self.pending.iter().position(|pending| pending.id == id)?;
        let pending = self.pending.remove(at)?;
        self.in_band -= usize::from(pending.lane == Lane::InBand);
        self.let_out_waiting();
        Some(pending.abandoned)
    }
}

/// An object of these members.
struct Members<'a, T>(&'a [(&'static str, T)]);

impl<T: Serialize> Serialize for Members<'_, T> {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A message at the front of the buffer.
enum Frame {
    /// Its length in the buffer.
    Whole(usize),
    /// It has gone by; what was kept of it.
    Oversize(Skeleton),
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
