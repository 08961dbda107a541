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
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use qmp_types::{Command, DecodeError, Protocol, Qmp, RawEvent, wire};
use serde_core::Serialize;
use serde_json::Value;

use crate::address::Address;
use crate::error::{
    Closed, ConnectError, Error, GreetingError, Lost, Rejected, ReplyTooLarge, TimedOut,
    Undecodable,
};
use crate::options::{AFTER_SILENCE, Options, SILENCE};
use crate::queue::Queue;
use crate::record::Direction;
use crate::session::{Abandoned, Broken, Greeting, Id, Incoming, Rejection, Session};
use crate::stream::{self, Stream};
use crate::timed::{Deadline, Io, Timed};
use crate::trace::Span;

/// A connection to a server of protocol `P`.
///
/// See the [module](self) for an example.
#[derive(Debug)]
pub struct Client<P: Protocol = Qmp> {
    stream: Timed,
    session: Session,
    /// What is to travel with commands that are not written yet.
    descriptors: VecDeque<Vec<OwnedFd>>,
    events: Queue<RawEvent>,
    options: Options,
    /// Why there is nothing more to come.
    ended: Option<Option<Arc<io::Error>>>,
    protocol: PhantomData<fn() -> P>,
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
            descriptors: VecDeque::new(),
            events: Queue::new(options.event_queue),
            options,
            ended: None,
            protocol: PhantomData,
        };
        client.begin()?;
        Ok(client)
    }

    fn begin(&mut self) -> Result<(), GreetingError> {
        let mut deadline = Deadline::after(Some(self.options.connect_limit));
        let outcome = self.run(&mut deadline, |incoming, events| match incoming {
            Incoming::Ready => Some(Ok(())),
            Incoming::NotReady(rejection) => Some(Err(GreetingError::Rejected(rejection))),
            Incoming::Event(event) => {
                events.push(event);
                None
            }
            _ => None,
        });
        match outcome {
            Ok(begun) => begun,
            Err(Stop::TimedOut) => Err(GreetingError::Silent {
                limit: deadline.limit(),
                greets: P::GREETS,
            }),
            Err(Stop::Ended(source)) => Err(GreetingError::Closed { source }),
            Err(Stop::Broken(broken)) => Err(GreetingError::Broken(broken)),
        }
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
    /// The success of a few guest agent commands is not answered. They succeed
    /// when the agent goes on to answer other commands, falls silent for five
    /// seconds, or goes away.
    ///
    /// # Errors
    /// All but those of connecting; see [`Error`] for what each means for the
    /// command and for the connection.
    pub fn execute<C>(&mut self, command: C) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        self.execute_within(command, self.options.limit_of(C::NAME))
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
        let call = self.begin_call(C::NAME, |session| session.execute(&command))?;
        self.complete::<C>(call, limit.into())
    }

    /// Executes a command and passes file descriptors along, over a Unix
    /// socket: `getfd` and `add-fd` take them. They are duplicated, so the
    /// caller's stay open.
    ///
    /// ```no_run
    /// # use std::os::fd::AsFd;
    /// # use qmp_transport::{Command, Qmp, blocking::Client};
    /// # fn example<GetFd: Command<Protocol = Qmp>>(getfd: GetFd) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut qmp = Client::connect("unix:/run/vm.sock")?;
    /// let disk = std::fs::File::open("disk.raw")?;
    /// qmp.execute_with_descriptors(getfd, &[disk.as_fd()])?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unencodable`] where the connection is no Unix socket or a
    /// descriptor cannot be duplicated, and as [`Client::execute`].
    pub fn execute_with_descriptors<C>(
        &mut self,
        command: C,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let descriptors = stream::duplicates(self.stream.get().kind(), C::NAME, descriptors)?;
        let call = self.begin_call(C::NAME, |session| session.execute(&command))?;
        if !descriptors.is_empty() {
            self.session.attach(call.id);
            self.descriptors.push_back(descriptors);
        }
        self.complete::<C>(call, self.options.limit_of(C::NAME))
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
        let call = self.begin_call(C::NAME, |session| session.execute_oob(&command))?;
        self.complete::<C>(call, self.options.limit_of(C::NAME))
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
        self.execute_raw_within(name, arguments, self.options.limit_of(name))
    }

    /// Executes a command that no type stands for, and waits for its answer for
    /// a given time; `None` waits as long as it takes.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub fn execute_raw_within<A>(
        &mut self,
        name: &str,
        arguments: &A,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Value, Error>
    where
        A: Serialize + ?Sized,
    {
        let call = self.begin_call(name, |session| session.execute_raw(name, arguments))?;
        let name = name.to_owned().into();
        self.finish(call, name, limit.into(), wire::from_json)
    }

    /// Executes a command and waits for an event that comes of it. What came
    /// before the command was sent is not considered, and nothing that comes
    /// after it is missed. The other events stay.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use qmp_transport::{Command, Qmp, blocking::Client};
    /// # fn example<Stop: Command<Protocol = Qmp>>(stop: Stop) -> Result<(), qmp_transport::Error> {
    /// let mut qmp = Client::connect("unix:/run/vm.sock")?;
    /// let limit = Duration::from_secs(5);
    /// let (_, event) = qmp.execute_then_wait(stop, |event| event.name == "STOP", limit)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Client::execute`] and [`Client::wait_for`].
    pub fn execute_then_wait<C>(
        &mut self,
        command: C,
        filter: impl FnMut(&RawEvent) -> bool,
        limit: impl Into<Option<Duration>>,
    ) -> Result<(C::Return, RawEvent), Error>
    where
        C: Command<Protocol = P>,
    {
        let before = self.set_aside();
        let outcome = self.execute(command).and_then(|returned| {
            let event = self.wait_for(filter, limit)?;
            Ok((returned, event))
        });
        self.put_back(before);
        outcome
    }

    /// Gets what has come so far out of the way, so that the events to come can
    /// be told from it.
    pub(crate) fn set_aside(&mut self) -> Queue<RawEvent> {
        // What is on its way was not caused by what comes next either; a server
        // that never falls silent is cut short. That the connection has ended
        // shows again.
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(100)
            && let Ok(Some(event)) = self.arriving_event(&mut Deadline::after(Some(Duration::ZERO)))
        {
            self.events.push(event);
        }
        let bound = self.options.event_queue;
        std::mem::replace(&mut self.events, Queue::new(bound))
    }

    /// Puts back what was set aside, in front of what has come since.
    pub(crate) fn put_back(&mut self, before: Queue<RawEvent>) {
        let after = std::mem::replace(&mut self.events, before);
        self.events.append(after);
    }

    /// Hands a command to the session.
    fn begin_call(
        &mut self,
        command: &str,
        execute: impl FnOnce(&mut Session) -> Result<Id, Error>,
    ) -> Result<Call, Error> {
        self.open()?;
        let mut span = Span::begin(command);
        match span.within(|| execute(&mut self.session)) {
            Ok(id) => {
                span.id(id);
                Ok(Call { id, span })
            }
            Err(error) => {
                span.failed(&error);
                Err(error)
            }
        }
    }

    fn complete<C: Command>(
        &mut self,
        call: Call,
        limit: Option<Duration>,
    ) -> Result<C::Return, Error> {
        let decode = |json: &str| wire::from_json_with(json, |reply| C::decode_return(reply));
        if C::SUCCESS_RESPONSE {
            return self.finish(call, C::NAME.into(), limit, decode);
        }
        self.await_silence(call, C::NAME, limit)?;
        decode("{}").map_err(|error| {
            let (command, json) = (C::NAME.into(), String::new());
            Undecodable {
                command,
                error,
                json,
            }
            .into()
        })
    }

    /// Waits for the error of a command whose success is not answered.
    ///
    /// The server answers in order, so the answer to a command after it says
    /// that there is none to this one. It may as well be gone, or asleep.
    fn await_silence(
        &mut self,
        call: Call,
        name: &'static str,
        limit: Option<Duration>,
    ) -> Result<(), Error> {
        let Call { id, mut span } = call;
        let after = self.session.execute_raw(AFTER_SILENCE, &())?;
        let silence = limit.map_or(SILENCE, |limit| limit.min(SILENCE));
        let mut deadline = Deadline::after(Some(silence));
        let command = Cow::Borrowed(name);
        let on = |incoming: Incoming<'_>, events: &mut Queue<RawEvent>| match incoming {
            Incoming::Rejected { id: of, rejection } if of == id => Some(Err(rejection)),
            Incoming::Returned { id: of, .. }
            | Incoming::Rejected { id: of, .. }
            | Incoming::TooLarge { id: of }
                if of == id || of == after =>
            {
                Some(Ok(()))
            }
            Incoming::Event(event) => {
                events.push(event);
                None
            }
            _ => None,
        };
        let outcome = span.within(|| self.run(&mut deadline, on));
        let outcome = match outcome {
            Ok(Ok(())) => {
                self.session.forget(id);
                self.session.abandon(after);
                Ok(())
            }
            Ok(Err(rejection)) => {
                self.session.abandon(after);
                Err(Rejected { command, rejection }.into())
            }
            Err(Stop::Broken(broken)) => Err(broken.into()),
            Err(stop) => {
                self.session.abandon(after);
                match (self.session.abandon(id), stop) {
                    (Abandoned::Unsent, Stop::Ended(source)) => {
                        Err(Lost { command, source }.into())
                    }
                    (Abandoned::Unsent, _) => {
                        let limit = deadline.limit();
                        Err(TimedOut {
                            command: Some(command),
                            limit,
                            sent: false,
                        }
                        .into())
                    }
                    _ => {
                        self.session.resync();
                        Ok(())
                    }
                }
            }
        };
        span.ended(&outcome);
        outcome
    }

    /// Writes what is to be written and waits for the answer to a command.
    fn finish<T>(
        &mut self,
        call: Call,
        command: Cow<'static, str>,
        limit: Option<Duration>,
        decode: impl Fn(&str) -> Result<T, DecodeError>,
    ) -> Result<T, Error> {
        enum Answer<T> {
            Returned(Result<T, (DecodeError, String)>),
            Rejected(Rejection),
            TooLarge,
        }

        let Call { id, mut span } = call;
        let mut deadline = Deadline::after(limit);
        let on = |incoming: Incoming<'_>, events: &mut Queue<RawEvent>| match incoming {
            Incoming::Returned { id: of, json } if of == id => Some(Answer::Returned(
                decode(json).map_err(|error| (error, json.to_owned())),
            )),
            Incoming::Rejected { id: of, rejection } if of == id => {
                Some(Answer::Rejected(rejection))
            }
            Incoming::TooLarge { id: of } if of == id => Some(Answer::TooLarge),
            Incoming::Event(event) => {
                events.push(event);
                None
            }
            _ => None,
        };
        let outcome = span.within(|| self.run(&mut deadline, on));
        let outcome = match outcome {
            Ok(Answer::Returned(Ok(returned))) => Ok(returned),
            Ok(Answer::Returned(Err((error, json)))) => Err(Undecodable {
                command,
                error,
                json,
            }
            .into()),
            Ok(Answer::Rejected(rejection)) => Err(Rejected { command, rejection }.into()),
            Ok(Answer::TooLarge) => {
                let limit = self.options.reply_limit;
                Err(ReplyTooLarge { command, limit }.into())
            }
            Err(Stop::TimedOut) => {
                let sent = self.session.abandon(id) == Abandoned::Sent;
                if sent {
                    self.session.resync();
                }
                Err(TimedOut {
                    command: Some(command),
                    limit: deadline.limit(),
                    sent,
                }
                .into())
            }
            Err(Stop::Ended(source)) => Err(Lost { command, source }.into()),
            Err(Stop::Broken(broken)) => Err(broken.into()),
        };
        span.ended(&outcome);
        outcome
    }

    /// Goes on with the session until something comes that the function makes
    /// something of.
    fn run<T>(
        &mut self,
        deadline: &mut Deadline,
        mut on: impl FnMut(Incoming<'_>, &mut Queue<RawEvent>) -> Option<T>,
    ) -> Result<T, Stop> {
        loop {
            match self.session.poll().map_err(Stop::Broken)? {
                Some(incoming) => {
                    if let Some(found) = on(incoming, &mut self.events) {
                        return Ok(found);
                    }
                }
                None => match self.exchange(deadline) {
                    Ok(true) => {}
                    Ok(false) => return Err(Stop::TimedOut),
                    Err(source) => return Err(Stop::Ended(source)),
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
            let descriptors = match self.session.attached() {
                Some(_) => self.descriptors.front().map_or(&[][..], Vec::as_slice),
                None => &[],
            };
            let outgoing = self.session.outgoing();
            match self.stream.write(outgoing, descriptors, deadline) {
                Ok(Io::Done(count)) => {
                    if !descriptors.is_empty() {
                        self.descriptors.pop_front();
                    }
                    self.options.see(Direction::Sent, &outgoing[..count]);
                    self.session.sent(count);
                }
                Ok(Io::TimedOut) => return Ok(false),
                // The peer is gone, but what it sent before can still be read.
                Err(_) => {
                    let unsent = self.session.outgoing().len();
                    self.session.sent(unsent);
                    self.descriptors.clear();
                }
            }
        }
        match self.stream.read(self.session.space(), deadline) {
            Ok(Io::Done(0)) => Err(None),
            Ok(Io::Done(count)) => {
                let space = self.session.space();
                self.options.see(Direction::Received, &space[..count]);
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
        std::iter::from_fn(|| self.events.pop())
    }

    /// How many events were dropped since the last call, because more came than
    /// [`Options::event_queue`] keeps.
    pub fn lost_events(&mut self) -> u64 {
        self.events.take_lost()
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
        match self.events.pop() {
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
        if let Some(event) = self.events.take(&mut filter) {
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
        let outcome = self.run(deadline, |incoming, _| match incoming {
            Incoming::Event(event) => Some(event),
            _ => None,
        });
        match outcome {
            Ok(event) => Ok(Some(event)),
            Err(Stop::TimedOut) => Ok(None),
            Err(Stop::Ended(source)) => Err(Closed { source }.into()),
            Err(Stop::Broken(broken)) => Err(broken.into()),
        }
    }
}

/// A command under way.
struct Call {
    id: Id,
    span: Span,
}

/// Why a session goes on no further.
enum Stop {
    TimedOut,
    Ended(Option<Arc<io::Error>>),
    Broken(Broken),
}
