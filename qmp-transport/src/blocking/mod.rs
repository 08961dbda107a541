//! A client that waits for each command on the calling thread.
//!
//! It has no threads of its own. A command usually takes one write and one read.
//! Events that are received meanwhile are queued.
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

mod call;
mod events;
mod exchange;

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use qmp_types::{Command, Introspectable, Protocol, Qmp, RawEvent, wire};
use serde_core::Serialize;
use serde_json::Value;

use crate::address::Address;
use crate::connect::connect;
use crate::deadline::Deadline;
use crate::end::{Draining, End};
use crate::error::{ConnectError, Error, GreetingError};
use crate::introspection::{Introspection, QueryQmpSchema};
use crate::options::Options;
use crate::platform::{Stream, TimedStream};
use crate::queue::Queue;
use crate::session::{Greeting, Incoming, Session};
use exchange::{Reaction, WaitError};

/// A connection to a server of protocol `P`.
///
/// See the [module](self) for an example.
pub struct Client<P: Protocol = Qmp> {
    stream: TimedStream,
    /// The address of the server, for people.
    peer: String,
    session: Session,
    /// Events that were received and not taken.
    events: Queue<RawEvent>,
    options: Options,
    /// Set when the server does not read any more.
    draining: Option<Draining>,
    /// Set when the connection has ended. Nothing is written or read from then on.
    end: Option<End>,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> fmt::Debug for Client<P> {
    /// Shows the server and the state of the connection, and nothing that was sent
    /// or received.
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
    /// Connects to a server of any protocol, with options.
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

    /// Begins a session on a stream that is already open.
    ///
    /// # Errors
    /// [`Error::Greeting`]: the session did not begin.
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
        let stream =
            TimedStream::new(stream).map_err(|error| End::failed(error).greeting_error())?;
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
            Incoming::Ready => Reaction::Done(Ok(())),
            Incoming::NotReady(rejection) => {
                Reaction::Done(Err(GreetingError::Rejected(rejection)))
            }
            Incoming::Event(event) => Reaction::Queue(event),
            _ => Reaction::Ignore,
        });
        match outcome {
            Ok(outcome) => outcome?,
            Err(WaitError::TimedOut) => {
                if let Some(awaited) = client.session.awaited() {
                    let limit = deadline.limit();
                    return Err(GreetingError::Silent { limit, awaited }.into());
                }
            }
            Err(WaitError::Refused(source)) => {
                return Err(End::failed(source).greeting_error().into());
            }
            Err(WaitError::Ended(end)) => return Err(end.greeting_error().into()),
        }
        Ok(client)
    }

    /// Returns the server's greeting. A guest agent does not greet.
    pub fn greeting(&self) -> Option<&Greeting> {
        self.session.greeting()
    }

    /// Returns the stream of the connection.
    pub fn stream(&self) -> &Stream {
        self.stream.get()
    }

    /// Closes the connection. Dropping the client does the same, but the server
    /// does not notice if another process holds the socket open, too.
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

    /// Executes a command and returns its reply. The time limit is that of
    /// [`Options::time_limit`].
    ///
    /// A few commands of the guest agent are answered only if they fail. They have
    /// succeeded when the agent answers a later command, is silent for five
    /// seconds, or closes the connection.
    ///
    /// # Errors
    /// All except those of connecting. [`Error`] describes what each of them means
    /// for the command and for the connection.
    pub fn execute<C>(&mut self, command: C) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        self.execute_within(command, self.time_limit_of(C::NAME))
    }

    /// Executes a command with a time limit. With `None` there is no time limit.
    ///
    /// The connection stays usable when the time is over: the answer is discarded
    /// when it comes.
    ///
    /// # Errors
    /// Those of [`Client::execute`].
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

    /// Executes a command out-of-band, which [`Options::oob`] must have enabled. A
    /// command that does not allow out-of-band execution does not compile.
    ///
    /// # Errors
    /// [`Error::OobUnavailable`], and those of [`Client::execute`].
    pub fn execute_oob<C>(&mut self, command: C) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let call = self.begin_call(C::NAME, |session| session.execute_oob(&command))?;
        self.complete::<C>(call, self.time_limit_of(C::NAME), &mut Some)
    }

    /// Executes a command by its name. The arguments must serialise to an object,
    /// or to null if there are none.
    ///
    /// # Errors
    /// Those of [`Client::execute`].
    pub fn execute_raw<A>(&mut self, name: &str, arguments: &A) -> Result<Value, Error>
    where
        A: Serialize + ?Sized,
    {
        self.execute_raw_within(name, arguments, self.time_limit_of(name))
    }

    /// Executes a command by its name, with a time limit. With `None` there is no
    /// time limit.
    ///
    /// # Errors
    /// Those of [`Client::execute`].
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
        self.finish(call, name, "", limit.into(), wire::from_json, &mut Some)
    }

    /// Asks the server what it has: commands, events, arguments, values, features.
    ///
    /// ```
    /// # #[cfg(feature = "mock")] {
    /// use qmp_transport::mock::{Mock, Reply};
    /// use qmp_transport::{Options, Qmp, blocking::Client};
    /// use serde_json::json;
    ///
    /// let mock = Mock::builder()
    ///     .on("query-qmp-schema", |_| Reply::returns(json!([
    ///         {"name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "0"},
    ///         {"name": "0", "meta-type": "object", "members": []},
    ///     ])))
    ///     .build();
    /// let mut qmp = Client::<Qmp>::from_stream(mock.spawn()?, Options::new())?;
    /// let qemu = qmp.introspect()?;
    /// assert!(qemu.has("stop/arg-type")?);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Client::execute`].
    pub fn introspect(&mut self) -> Result<Introspection, Error>
    where
        P: Introspectable,
    {
        self.execute(QueryQmpSchema::new())
    }

    /// Executes a command and waits for an event that it causes. Events from before
    /// the command is sent do not count, and none after that is missed. Other events
    /// stay in the queue. The time limit is that of the event; it begins with the
    /// answer to the command.
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
    /// Those of [`Client::execute`] and [`Client::wait_for`].
    pub fn execute_then_wait<C>(
        &mut self,
        command: C,
        filter: impl FnMut(&RawEvent) -> bool,
        limit: impl Into<Option<Duration>>,
    ) -> Result<(C::Return, RawEvent), Error>
    where
        C: Command<Protocol = P>,
    {
        self.queue_arrived();
        let mut filter = filter;
        let mut first = None;
        let call = self.begin_call(C::NAME, |session| session.execute(&command))?;
        let own_limit = self.time_limit_of(C::NAME);
        let returned = self.complete::<C>(call, own_limit, &mut |event| {
            if first.is_none() && filter(&event) {
                first = Some(event);
                return None;
            }
            Some(event)
        });
        match (returned, first) {
            (Ok(returned), Some(event)) => Ok((returned, event)),
            (Ok(returned), None) => {
                let mut deadline = Deadline::after(limit.into());
                let event = self.receive_matching(&mut filter, &mut deadline)?;
                Ok((returned, event))
            }
            (Err(error), first) => {
                // The caller does not get the event, so it stays in the queue.
                if let Some(event) = first {
                    self.events.push(event);
                }
                Err(error)
            }
        }
    }

    /// Returns the time limit of a command.
    pub(crate) fn time_limit_of(&self, command: &str) -> Option<Duration> {
        self.options.time_limit_of(command)
    }
}
