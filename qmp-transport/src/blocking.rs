//! A client that waits for each command on the calling thread.
//!
//! It has no threads of its own: a command is one write and, as a rule, one
//! read. Events that come meanwhile are kept until asked for.
//!
//! ```no_run
//! use std::time::Duration;
//! use qmp_transport::blocking::Client;
//!
//! let mut qmp = Client::connect("unix:/run/vm.sock")?;
//! if let Some(greeting) = qmp.greeting() {
//!     println!("QEMU {}", greeting.version);
//! }
//! let status = qmp.execute_raw("query-status", &serde_json::json!({}))?;
//! println!("{status}");
//! while let Some(event) = qmp.next_event(Duration::from_secs(5))? {
//!     println!("{} {}", event.name, event.data_json());
//! }
//! # Ok::<(), qmp_transport::Error>(())
//! ```

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use qmp_types::{Command, DecodeError, Protocol, Qmp, RawEvent, wire};
use serde_core::Serialize;
use serde_json::Value;

use crate::address::Address;
use crate::error::{
    Closed, ConnectError, Error, GreetingError, Lost, Rejected, ReplyTooLarge, TimedOut,
    Undecodable,
};
use crate::options::Options;
use crate::session::{Abandoned, Greeting, Id, Incoming, Session};
use crate::stream::{Deadline, Io, Stream, Timed};

/// A connection to a server of protocol `P`.
///
/// See the [module](self) for an example.
#[derive(Debug)]
pub struct Client<P: Protocol = Qmp> {
    stream: Timed,
    session: Session,
    events: EventQueue,
    options: Options,
    /// Why there is nothing more to come.
    ended: Option<Option<Arc<io::Error>>>,
    protocol: PhantomData<fn() -> P>,
}

/// Events that nobody has asked for yet.
#[derive(Debug)]
struct EventQueue {
    events: VecDeque<RawEvent>,
    length: usize,
    lost: u64,
}

impl EventQueue {
    fn push(&mut self, event: RawEvent) {
        if self.events.len() >= self.length {
            self.lost += 1;
            if self.events.pop_front().is_none() {
                return;
            }
        }
        self.events.push_back(event);
    }
}

impl Client<Qmp> {
    /// Connects to QEMU with the default [`Options`].
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Connect`] or [`Error::Greeting`].
    pub fn connect<A>(address: A) -> Result<Self, Error>
    where
        A: TryInto<Address>,
        Error: From<A::Error>,
    {
        Self::connect_with(address, Options::default())
    }
}

impl<P: Protocol> Client<P> {
    /// Connects with options, to a server of any protocol.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// use qmp_transport::{Options, Qsd, blocking::Client};
    ///
    /// let options = Options::new().connect_limit(Duration::from_secs(1));
    /// let daemon = Client::<Qsd>::connect_with("tcp:localhost:4444", options)?;
    /// # Ok::<(), qmp_transport::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Connect`] or [`Error::Greeting`].
    pub fn connect_with<A>(address: A, options: Options) -> Result<Self, Error>
    where
        A: TryInto<Address>,
        Error: From<A::Error>,
    {
        let address = address.try_into()?;
        let failed = |source| ConnectError {
            address: address.to_string(),
            source,
        };
        let stream = Stream::connect(&address, options.connect_limit, options.await_server)
            .map_err(failed)?;
        Self::from_stream(stream, options)
    }

    /// Begins a session on an open stream of the caller's.
    ///
    /// # Errors
    /// [`Error::Greeting`]: no session came of it.
    pub fn from_stream(stream: impl Into<Stream>, options: Options) -> Result<Self, Error> {
        let stream = Timed::new(stream.into()).map_err(|source| GreetingError::Closed {
            source: Some(Arc::new(source)),
        })?;
        let mut client = Self {
            stream,
            session: Session::new(options.session::<P>()),
            events: EventQueue {
                events: VecDeque::new(),
                length: options.event_queue,
                lost: 0,
            },
            options,
            ended: None,
            protocol: PhantomData,
        };
        client.begin()?;
        Ok(client)
    }

    fn begin(&mut self) -> Result<(), GreetingError> {
        let mut deadline = Deadline::after(Some(self.options.connect_limit));
        while !self.session.is_ready() {
            match self.session.poll() {
                Err(broken) => return Err(GreetingError::Broken(broken)),
                Ok(Some(Incoming::Event(event))) => self.events.push(event),
                Ok(Some(Incoming::NotReady(rejection))) => {
                    return Err(GreetingError::Rejected(rejection));
                }
                Ok(Some(_)) => {}
                Ok(None) => match self.exchange(&mut deadline) {
                    Ok(true) => {}
                    Ok(false) => {
                        return Err(GreetingError::Silent {
                            limit: deadline.limit(),
                        });
                    }
                    Err(source) => return Err(GreetingError::Closed { source }),
                },
            }
        }
        Ok(())
    }

    /// What the server said first. A guest agent says nothing.
    pub fn greeting(&self) -> Option<&Greeting> {
        self.session.greeting()
    }

    /// The stream that the session runs over.
    pub fn stream(&self) -> &Stream {
        self.stream.get()
    }

    /// Executes a command and waits for its answer, as long as
    /// [`Options::time_limit`] says.
    ///
    /// # Errors
    /// All but those of connecting; see [`Error`] for what each means for the
    /// command and for the connection.
    pub fn execute<C>(&mut self, command: C) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        self.execute_within(command, self.options.time_limit)
    }

    /// Executes a command and waits for its answer for a given time; `None`
    /// waits as long as it takes.
    ///
    /// When time runs out the connection stays usable: the answer is discarded
    /// when it comes.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn execute_within<C>(
        &mut self,
        command: C,
        limit: impl Into<Option<Duration>>,
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        self.open()?;
        let id = self.session.execute(&command)?;
        self.finish(id, C::NAME.into(), limit.into(), |json| {
            wire::from_json_with(json, |reply| C::decode_return(reply))
        })
    }

    /// Executes a command out-of-band, which [`Options::oob`] must have
    /// enabled. That the command may be executed so is checked when this is
    /// compiled.
    ///
    /// # Errors
    /// [`Error::OobUnavailable`], and as [`Client::execute`].
    pub fn execute_oob<C>(&mut self, command: C) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        self.open()?;
        let id = self.session.execute_oob(&command)?;
        self.finish(id, C::NAME.into(), self.options.time_limit, |json| {
            wire::from_json_with(json, |reply| C::decode_return(reply))
        })
    }

    /// Executes a command that no type stands for. The arguments must
    /// serialise to an object, or to null where there are none.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn execute_raw<A>(&mut self, name: &str, arguments: &A) -> Result<Value, Error>
    where
        A: Serialize + ?Sized,
    {
        self.open()?;
        let id = self.session.execute_raw(name, arguments)?;
        self.finish(
            id,
            name.to_owned().into(),
            self.options.time_limit,
            wire::from_json,
        )
    }

    /// Writes what is to be written and waits for the answer.
    fn finish<T>(
        &mut self,
        id: Id,
        command: Cow<'static, str>,
        limit: Option<Duration>,
        decode: impl FnOnce(&str) -> Result<T, DecodeError>,
    ) -> Result<T, Error> {
        let mut deadline = Deadline::after(limit);
        loop {
            match self.session.poll()? {
                Some(Incoming::Returned { id: of, json }) if of == id => {
                    return decode(json).map_err(|error| {
                        let json = json.to_owned();
                        Undecodable {
                            command,
                            error,
                            json,
                        }
                        .into()
                    });
                }
                Some(Incoming::Rejected { id: of, rejection }) if of == id => {
                    return Err(Rejected { command, rejection }.into());
                }
                Some(Incoming::TooLarge { id: of }) if of == id => {
                    let limit = self.options.reply_limit;
                    return Err(ReplyTooLarge { command, limit }.into());
                }
                Some(Incoming::Event(event)) => self.events.push(event),
                Some(_) => {}
                None => match self.exchange(&mut deadline) {
                    Ok(true) => {}
                    Ok(false) => {
                        let sent = self.session.abandon(id) != Abandoned::Unsent;
                        return Err(TimedOut {
                            command: Some(command),
                            limit: deadline.limit(),
                            sent,
                        }
                        .into());
                    }
                    Err(source) => return Err(Lost { command, source }.into()),
                },
            }
        }
    }

    /// Writes what is to be written, then reads once. False: time ran out.
    fn exchange(&mut self, deadline: &mut Deadline) -> Result<bool, Option<Arc<io::Error>>> {
        if let Some(ended) = &self.ended {
            return Err(ended.clone());
        }
        match self.write_then_read(deadline) {
            Ok(going_on) => Ok(going_on),
            Err(source) => {
                self.ended = Some(source.clone());
                Err(source)
            }
        }
    }

    fn write_then_read(&mut self, deadline: &mut Deadline) -> Result<bool, Option<Arc<io::Error>>> {
        while !self.session.outgoing().is_empty() {
            match self.stream.write(self.session.outgoing(), deadline) {
                Ok(Io::Done(count)) => self.session.sent(count),
                Ok(Io::TimedOut) => return Ok(false),
                // The peer is gone, but what it sent before can still be read.
                Err(_) => {
                    let unsent = self.session.outgoing().len();
                    self.session.sent(unsent);
                }
            }
        }
        match self.stream.read(self.session.space(), deadline) {
            Ok(Io::Done(0)) => Err(None),
            Ok(Io::Done(count)) => {
                self.session.filled(count);
                Ok(true)
            }
            Ok(Io::TimedOut) => Ok(false),
            Err(error) => Err(Some(Arc::new(error))),
        }
    }

    /// Fails where the connection has ended, so that a command that was never
    /// sent is not taken for one that was.
    fn open(&self) -> Result<(), Closed> {
        match &self.ended {
            None => Ok(()),
            Some(source) => Err(Closed {
                source: source.clone(),
            }),
        }
    }

    /// The events that have come meanwhile, oldest first, without waiting for
    /// more.
    ///
    /// They come with the answers to commands and while
    /// [`next_event`](Client::next_event) waits. Those that are not taken from
    /// the iterator stay.
    ///
    /// ```no_run
    /// # use qmp_transport::blocking::Client;
    /// # let mut qmp = Client::connect("unix:/run/vm.sock")?;
    /// for event in qmp.events() {
    ///     println!("{}", event.name);
    /// }
    /// # Ok::<(), qmp_transport::Error>(())
    /// ```
    pub fn events(&mut self) -> impl Iterator<Item = RawEvent> + '_ {
        std::iter::from_fn(|| self.events.events.pop_front())
    }

    /// How many events were dropped since the last call, because more came than
    /// [`Options::event_queue`] keeps.
    pub fn lost_events(&mut self) -> u64 {
        std::mem::take(&mut self.events.lost)
    }

    /// The next event: one that has come meanwhile, or else the next to come
    /// within the limit. None: there was none. Without a limit it waits as long
    /// as it takes; a limit of zero takes only what is there.
    ///
    /// # Errors
    /// [`Error::Broken`]; and [`Error::Closed`] when the connection has ended
    /// and all events were taken.
    pub fn next_event(
        &mut self,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Option<RawEvent>, Error> {
        match self.events.events.pop_front() {
            Some(event) => Ok(Some(event)),
            None => self.arriving_event(&mut Deadline::after(limit.into())),
        }
    }

    /// The first event that the filter accepts, among those that have come
    /// meanwhile and those that come within the limit. The others stay.
    ///
    /// What came before this call counts too, so an event of a command just
    /// executed is not missed.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use qmp_transport::blocking::Client;
    /// # let mut qmp = Client::connect("unix:/run/vm.sock")?;
    /// qmp.execute_raw("system_powerdown", &())?;
    /// qmp.wait_for(|event| event.name == "SHUTDOWN", Duration::from_secs(60))?;
    /// # Ok::<(), qmp_transport::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TimedOut`], [`Error::Broken`] or [`Error::Closed`].
    pub fn wait_for(
        &mut self,
        mut filter: impl FnMut(&RawEvent) -> bool,
        limit: impl Into<Option<Duration>>,
    ) -> Result<RawEvent, Error> {
        if let Some(at) = self.events.events.iter().position(&mut filter)
            && let Some(event) = self.events.events.remove(at)
        {
            return Ok(event);
        }
        let mut deadline = Deadline::after(limit.into());
        loop {
            match self.arriving_event(&mut deadline)? {
                Some(event) if filter(&event) => return Ok(event),
                Some(event) => self.events.push(event),
                None => {
                    return Err(TimedOut {
                        command: None,
                        limit: deadline.limit(),
                        sent: false,
                    }
                    .into());
                }
            }
        }
    }

    /// The next event that is not in the queue.
    fn arriving_event(&mut self, deadline: &mut Deadline) -> Result<Option<RawEvent>, Error> {
        loop {
            match self.session.poll()? {
                Some(Incoming::Event(event)) => return Ok(Some(event)),
                Some(_) => {}
                None => match self.exchange(deadline) {
                    Ok(true) => {}
                    Ok(false) => return Ok(None),
                    Err(source) => return Err(Closed { source }.into()),
                },
            }
        }
    }
}
