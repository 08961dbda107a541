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
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qmp_types::{Command, DecodeError, Protocol, Qmp, RawEvent, wire};
use serde_core::Serialize;
use serde_json::Value;

use crate::address::Address;
use crate::connect::connect;
use crate::deadline::Deadline;
use crate::end::{Draining, End, WriteFailure};
use crate::error::{
    ConnectError, Error, GreetingError, Rejected, ReplyTooLarge, TimedOut, Undecodable, Unsent,
};
use crate::options::Options;
use crate::platform::{Io, Stream, Timed};
use crate::queue::Queue;
use crate::record::Direction;
use crate::rejection::Rejection;
use crate::session::{Abandoned, Greeting, Id, Incoming, Session};
use crate::silence::{self, Observed};
use crate::trace::Span;

/// A connection to a server of protocol `P`.
///
/// See the [module](self) for an example.
pub struct Client<P: Protocol = Qmp> {
    stream: Timed,
    /// What it is connected to, for people.
    peer: String,
    pub(crate) session: Session,
    events: Queue<RawEvent>,
    options: Options,
    /// Set when the server does not read any more.
    draining: Option<Draining>,
    /// Why there is nothing more to come.
    end: Option<End>,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> fmt::Debug for Client<P> {
    /// It shows the server and the connection's state, and nothing that went
    /// over it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.greeting().map(|greeting| &greeting.version);
        f.debug_struct("Client")
            .field("server", &self.peer)
            .field("version", &version.map(ToString::to_string))
            .field("ready", &(self.session.is_ready() && self.end.is_none()))
            .field("end", &self.end)
            .finish_non_exhaustive()
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
        let deadline = Deadline::after(Some(options.connect_limit));
        let stream = connect(&address, &deadline, options.await_server)
            .map_err(|source| ConnectError::new(&address, source))?;
        Self::begin(stream, address.to_string(), options, deadline)
    }

    /// Begins a session on an open stream of the caller's.
    ///
    /// # Errors
    /// [`Error::Greeting`]: no session came of it.
    pub fn from_stream(stream: impl Into<Stream>, options: Options) -> Result<Self, Error> {
        let deadline = Deadline::after(Some(options.connect_limit));
        let stream = stream.into();
        let peer = stream.peer();
        Self::begin(stream, peer, options, deadline)
    }

    fn begin(
        stream: Stream,
        peer: String,
        options: Options,
        mut deadline: Deadline,
    ) -> Result<Self, Error> {
        let stream = Timed::new(stream).map_err(|error| End::failed(error).greeting_error())?;
        let mut client = Self {
            stream,
            peer,
            session: Session::new(options.session::<P>()),
            events: Queue::new(options.event_bounds()),
            options,
            draining: None,
            end: None,
            protocol: PhantomData,
        };
        let outcome = client.run(&mut deadline, None, |incoming| match incoming {
            Incoming::Ready => Seen::Found(Ok(())),
            Incoming::NotReady(rejection) => Seen::Found(Err(GreetingError::Rejected(rejection))),
            Incoming::Event(event) => Seen::Event(event),
            _ => Seen::Nothing,
        });
        match (outcome, client.session.awaited()) {
            (Ok(begun), _) => begun?,
            (Err(Stop::TimedOut), Some(awaited)) => {
                let limit = deadline.limit();
                return Err(GreetingError::Silent { limit, awaited }.into());
            }
            (Err(Stop::Ended(end)), _) => return Err(end.greeting_error().into()),
            (Err(stop), _) => return Err(stop.end().greeting_error().into()),
        }
        Ok(client)
    }

    /// What the server said first. A guest agent says nothing.
    pub fn greeting(&self) -> Option<&Greeting> {
        self.session.greeting()
    }

    /// The stream that the session runs over.
    pub fn stream(&self) -> &Stream {
        self.stream.get()
    }

    /// Ends the connection. Dropping the client does the same; this tells the
    /// server at once even where another process holds the socket open, too.
    ///
    /// ```no_run
    /// use qmp_transport::blocking::Client;
    ///
    /// let qmp = Client::connect("unix:/run/vm.sock")?;
    /// qmp.close();
    /// # Ok::<(), qmp_transport::Error>(())
    /// ```
    pub fn close(self) {
        self.stream.shut_down();
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
        self.execute_within(command, self.time_limit_of(C::NAME))
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
        self.complete::<C>(call, limit.into(), &mut Some)
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
        self.complete::<C>(call, self.time_limit_of(C::NAME), &mut Some)
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
        self.execute_raw_within(name, arguments, self.time_limit_of(name))
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
        self.finish(call, name, limit.into(), wire::from_json, &mut Some)
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
        self.take_in();
        let mut filter = filter;
        let mut caused = None;
        let call = self.begin_call(C::NAME, |session| session.execute(&command))?;
        let own_limit = self.time_limit_of(C::NAME);
        let returned = self.complete::<C>(call, own_limit, &mut |event| {
            if caused.is_none() && filter(&event) {
                caused = Some(event);
                return None;
            }
            Some(event)
        });
        match (returned, caused) {
            (Ok(returned), Some(event)) => Ok((returned, event)),
            (Ok(returned), None) => {
                let mut deadline = Deadline::after(limit.into());
                let event = self.first_arriving(&mut filter, &mut deadline)?;
                Ok((returned, event))
            }
            (Err(error), caused) => {
                // It is somebody's event all the same.
                if let Some(event) = caused {
                    self.events.push(event);
                }
                Err(error)
            }
        }
    }

    /// Queues the events that have come so far: what comes next did not cause
    /// them. A server that never falls silent is cut short.
    fn take_in(&mut self) {
        let begin = Instant::now();
        // That the connection has ended shows again.
        while begin.elapsed() < Duration::from_millis(100)
            && let Ok(Some(event)) = self.arriving_event(&mut Deadline::after(Some(Duration::ZERO)))
        {
            self.events.push(event);
        }
    }

    /// Gets what has come so far out of the way, so that the events to come can
    /// be told from it.
    pub(crate) fn set_aside(&mut self) -> Queue<RawEvent> {
        self.take_in();
        let room = self.options.event_bounds().with_room();
        std::mem::replace(&mut self.events, Queue::new(room))
    }

    /// Puts back what was set aside, in front of what has come since.
    pub(crate) fn put_back(&mut self, before: Queue<RawEvent>) {
        let after = std::mem::replace(&mut self.events, before);
        self.events.append(after);
    }

    /// How long to wait for the answer to a command.
    pub(crate) fn time_limit_of(&self, command: &str) -> Option<Duration> {
        self.options.time_limit_of(command)
    }

    /// Hands a command to the session.
    pub(crate) fn begin_call(
        &mut self,
        command: &str,
        execute: impl FnOnce(&mut Session) -> Result<Id, Error>,
    ) -> Result<Call, Error> {
        // A command that was never sent must not be taken for one that was.
        if let Some(end) = &self.end {
            return Err(end.error());
        }
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

    /// Waits for the answer to a command. Events go by the function, which keeps
    /// what it does not give back.
    pub(crate) fn complete<C: Command>(
        &mut self,
        call: Call,
        limit: Option<Duration>,
        watch: &mut dyn FnMut(RawEvent) -> Option<RawEvent>,
    ) -> Result<C::Return, Error> {
        let decode = |json: &str| wire::from_json_with(json, |reply| C::decode_return(reply));
        if C::SUCCESS_RESPONSE {
            return self.finish(call, C::NAME.into(), limit, decode, watch);
        }
        self.await_silence(call, C::NAME, limit)?;
        silence::success::<C>()
    }

    /// Waits for the error of a command whose success is not answered.
    fn await_silence(
        &mut self,
        call: Call,
        name: &'static str,
        limit: Option<Duration>,
    ) -> Result<(), Error> {
        let Call { id, mut span } = call;
        let next = self.session.execute_raw(silence::NEXT_COMMAND, &())?;
        let limit = silence::time_limit(limit);
        let mut deadline = Deadline::after(Some(limit));
        let on = |incoming: Incoming<'_>| match incoming {
            Incoming::Rejected { id: of, rejection } if of == id => {
                Seen::Found(Observed::Rejected(rejection))
            }
            Incoming::Returned { id: of, .. }
            | Incoming::Rejected { id: of, .. }
            | Incoming::TooLarge { id: of }
                if of == id || of == next =>
            {
                Seen::Found(Observed::Answered)
            }
            Incoming::Event(event) => Seen::Event(event),
            _ => Seen::Nothing,
        };
        let observed = span.within(|| self.run(&mut deadline, Some(id), on));
        self.session.abandon(next);
        let observed = match observed {
            Ok(observed) => observed,
            Err(Stop::Refused(source)) => Observed::Refused(source),
            Err(Stop::Ended(end)) => Observed::Ended(end, self.session.abandon(id)),
            Err(Stop::TimedOut) => Observed::TimedOut(limit, self.session.abandon(id)),
        };
        match observed {
            Observed::Answered => self.session.forget(id),
            Observed::TimedOut(_, Abandoned::Sent) => self.session.resync(),
            _ => {}
        }
        let outcome = silence::outcome(name.into(), observed);
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
        watch: &mut dyn FnMut(RawEvent) -> Option<RawEvent>,
    ) -> Result<T, Error> {
        enum Answer<T> {
            Returned(Result<T, (DecodeError, String)>),
            Rejected(Rejection),
            TooLarge,
        }

        let Call { id, mut span } = call;
        let mut deadline = Deadline::after(limit);
        let on = |incoming: Incoming<'_>| match incoming {
            Incoming::Returned { id: of, json } if of == id => Seen::Found(Answer::Returned(
                decode(json).map_err(|error| (error, json.to_owned())),
            )),
            Incoming::Rejected { id: of, rejection } if of == id => {
                Seen::Found(Answer::Rejected(rejection))
            }
            Incoming::TooLarge { id: of } if of == id => Seen::Found(Answer::TooLarge),
            Incoming::Event(event) => watch(event).map_or(Seen::Nothing, Seen::Event),
            _ => Seen::Nothing,
        };
        let outcome = span.within(|| self.run(&mut deadline, Some(id), on));
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
            Err(Stop::Refused(source)) => Err(Unsent { command, source }.into()),
            Err(Stop::Ended(end)) => Err(end.command_error(command, self.session.abandon(id))),
        };
        span.ended(&outcome);
        outcome
    }

    /// Goes on with the session until something comes that the function makes
    /// something of. `own` is the command that the caller waits for.
    fn run<T>(
        &mut self,
        deadline: &mut Deadline,
        own: Option<Id>,
        mut on: impl FnMut(Incoming<'_>) -> Seen<T>,
    ) -> Result<T, Stop> {
        loop {
            let incoming = match self.session.poll() {
                Ok(incoming) => incoming,
                Err(broken) => return Err(self.ended(End::Broken(broken))),
            };
            match incoming.map(&mut on) {
                Some(Seen::Found(found)) => return Ok(found),
                Some(Seen::Event(event)) => self.events.push(event),
                Some(Seen::Nothing) => {}
                None => self.exchange(deadline, own)?,
            }
        }
    }

    /// Takes down how the connection ended.
    fn ended(&mut self, end: End) -> Stop {
        Stop::Ended(self.end.get_or_insert(end).clone())
    }

    /// Writes what is to be written, and reads once.
    ///
    /// It reads as soon as there is something, even where not all is written
    /// yet: the server may be waiting for room itself.
    fn exchange(&mut self, deadline: &mut Deadline, own: Option<Id>) -> Result<(), Stop> {
        if let Some(end) = &self.end {
            return Err(Stop::Ended(end.clone()));
        }
        while self.draining.is_none() && !self.session.outgoing().is_empty() {
            let outgoing = self.session.outgoing();
            let written = self.stream.try_write(outgoing, self.session.descriptors());
            let error = match written {
                Ok(count) => {
                    self.options.call_tap(Direction::Sent, &outgoing[..count]);
                    self.session.sent(count);
                    continue;
                }
                Err(error) => error,
            };
            if error.kind() == io::ErrorKind::WouldBlock {
                match self.stream.wait(deadline) {
                    Ok(Io::TimedOut) => return Err(Stop::TimedOut),
                    Ok(Io::Done(true)) => {
                        let read = self.stream.try_read(self.session.space());
                        return self.received(read);
                    }
                    Ok(Io::Done(false)) => {}
                    Err(error) => return Err(self.ended(End::failed(error))),
                }
                continue;
            }
            match WriteFailure::of(&error) {
                WriteFailure::ServerStoppedReading => self.draining = Some(Draining::new(error)),
                WriteFailure::Refused => match self.session.refused() {
                    Some(id) if Some(id) == own => return Err(Stop::Refused(Arc::new(error))),
                    _ => return Err(self.ended(End::failed(error))),
                },
            }
        }
        if let Some(draining) = &self.draining {
            let end = draining.end();
            if draining.may_read()
                && let Ok(count @ 1..) = self.stream.try_read(self.session.space())
            {
                return self.received(Ok(count));
            }
            return Err(self.ended(end));
        }
        match self.stream.read(self.session.space(), deadline) {
            Ok(Io::TimedOut) => Err(Stop::TimedOut),
            Ok(Io::Done(count)) => self.received(Ok(count)),
            Err(error) => self.received(Err(error)),
        }
    }

    fn received(&mut self, read: io::Result<usize>) -> Result<(), Stop> {
        match read {
            Ok(0) => Err(self.ended(End::CLOSED)),
            Ok(count) => {
                let space = self.session.space();
                self.options.call_tap(Direction::Received, &space[..count]);
                self.session.filled(count);
                Ok(())
            }
            // Another has read what was there.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(self.ended(End::failed(error))),
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
        self.first_arriving(&mut filter, &mut Deadline::after(limit.into()))
    }

    /// The first event to come that the filter accepts.
    fn first_arriving(
        &mut self,
        filter: &mut dyn FnMut(&RawEvent) -> bool,
        deadline: &mut Deadline,
    ) -> Result<RawEvent, Error> {
        loop {
            match self.arriving_event(deadline)? {
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
        let outcome = self.run(deadline, None, |incoming| match incoming {
            Incoming::Event(event) => Seen::Found(event),
            _ => Seen::Nothing,
        });
        match outcome {
            Ok(event) => Ok(Some(event)),
            Err(Stop::TimedOut) => Ok(None),
            Err(stop) => Err(stop.end().error()),
        }
    }
}

/// A command under way.
pub(crate) struct Call {
    pub(crate) id: Id,
    span: Span,
}

/// What a caller makes of what came.
enum Seen<T> {
    /// It is what the caller waits for.
    Found(T),
    /// It goes to the queue.
    Event(RawEvent),
    /// It is of no concern.
    Nothing,
}

/// Why a caller waits no longer.
enum Stop {
    TimedOut,
    /// The system refuses to send the caller's command.
    Refused(Arc<io::Error>),
    Ended(End),
}

impl Stop {
    /// How the connection ended, where a caller waits for nothing that could
    /// time out or be refused.
    fn end(self) -> End {
        match self {
            Self::Ended(end) => end,
            Self::Refused(source) => End::failed(source),
            Self::TimedOut => End::CLOSED,
        }
    }
}
