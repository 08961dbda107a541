//! A client for tasks on a tokio runtime.
//!
//! A [`Client`] is a handle that is cheap to clone. Many tasks can execute commands
//! over one connection; each waits for its own answer only. The connection has a
//! task of its own that reads. It ends with the last handle.
//!
//! Dropping a future abandons its command, and affects nothing else. The runtime
//! must have I/O and time enabled.
//!
//! ```no_run
//! use std::time::Duration;
//! use qmp_transport::tokio::Client;
//!
//! # async fn example() -> Result<(), qmp_transport::Error> {
//! let qmp = Client::connect("unix:/run/vm.sock").await?;
//! let mut events = qmp.subscribe_all();
//! let (status, version) = (
//!     qmp.execute_raw("query-status", &()).await?,
//!     qmp.execute_raw("query-version", &()).await?,
//! );
//! println!("{status} {version}");
//! while let Some(event) = events.next().await {
//!     println!("{}", event?.name);
//! }
//! # Ok(()) }
//! ```

mod call;
mod connect;
mod connection;
mod subscriber;
mod subscription;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use qmp_types::{Command, Event, Introspectable, Protocol, Qmp, RawEvent, wire};
use serde_core::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;

pub use connect::accept;
pub use subscription::{Occurrence, Subscription};

use crate::address::Address;
use crate::deadline::Deadline;
use crate::encode::Lane;
use crate::end::End;
use crate::error::{ConnectError, Error, GreetingError, TimedOut};
use crate::introspection::{Introspection, QueryQmpSchema};
use crate::options::Options;
use crate::platform::{self, Descriptors, Stream};
use crate::session::{Greeting, Session};
use connection::{Connection, Task};
use subscription::{raw, typed};

/// A connection to a server of protocol `P`.
///
/// See the [module](self) for an example.
pub struct Client<P: Protocol = Qmp> {
    handle: Arc<Handle>,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> fmt::Debug for Client<P> {
    /// Shows the server and the state of the connection, and nothing that was sent
    /// or received.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connection = self.connection();
        let state = connection.lock();
        let version = state.session.greeting().map(|greeting| &greeting.version);
        f.debug_struct("Client")
            .field("server", &connection.peer)
            .field("version", &version.map(ToString::to_string))
            .field("ready", &(state.session.is_ready() && state.end.is_none()))
            .field("end", &state.end)
            .finish_non_exhaustive()
    }
}

impl<P: Protocol> Clone for Client<P> {
    fn clone(&self) -> Self {
        Self {
            handle: Arc::clone(&self.handle),
            protocol: PhantomData,
        }
    }
}

/// Keeps a connection open. All clients and subscriptions share it, and it closes
/// the connection when the last of them is dropped.
#[derive(Debug)]
struct Handle {
    connection: Arc<Connection>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.connection.close();
    }
}

impl Client<Qmp> {
    /// Connects to QEMU with the default [`Options`].
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Connect`] or [`Error::Greeting`].
    pub async fn connect<A>(address: A) -> Result<Self, Error>
    where
        A: TryInto<Address>,
        Error: From<A::Error>,
    {
        Self::connect_with(address, Options::default()).await
    }
}

impl<P: Protocol> Client<P> {
    /// Connects to a server of any protocol, with options.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Connect`] or [`Error::Greeting`].
    pub async fn connect_with<A>(address: A, options: Options) -> Result<Self, Error>
    where
        A: TryInto<Address>,
        Error: From<A::Error>,
    {
        let address = address.try_into()?;
        let deadline = Deadline::after(Some(options.connect_limit));
        let stream = connect::connect(&address, &deadline, options.await_server)
            .await
            .map_err(|source| ConnectError::new(&address, source))?;
        Self::begin(stream, address.to_string(), options, &deadline).await
    }

    /// Begins a session on a stream that is already open.
    ///
    /// # Errors
    /// [`Error::Greeting`]: the session did not begin.
    pub async fn from_stream(stream: impl Into<Stream>, options: Options) -> Result<Self, Error> {
        let deadline = Deadline::after(Some(options.connect_limit));
        let stream = stream.into();
        let peer = stream.peer();
        Self::begin(stream, peer, options, &deadline).await
    }

    async fn begin(
        stream: Stream,
        peer: String,
        options: Options,
        deadline: &Deadline,
    ) -> Result<Self, Error> {
        let ends = platform::split(stream);
        let (read, write) = ends.map_err(|error| End::failed(error).greeting_error())?;
        let session = Session::new(options.session::<P>());
        let (begun, begin) = oneshot::channel();
        let connection = Arc::new(Connection::new(peer, write, session, options, begun));
        // If this future is dropped, so is the handle, which ends the task.
        let handle = Arc::new(Handle {
            connection: Arc::clone(&connection),
        });
        ::tokio::spawn(Task::new(read, Arc::clone(&connection)));
        match connect::with_deadline(deadline, begin).await {
            Some(Ok(outcome)) => outcome?,
            // The runtime is being shut down.
            Some(Err(_)) => return Err(End::CLOSED.greeting_error().into()),
            None => {
                let awaited = connection.lock().session.awaited();
                if let Some(awaited) = awaited {
                    let limit = deadline.limit();
                    return Err(GreetingError::Silent { limit, awaited }.into());
                }
            }
        }
        Ok(Self {
            handle,
            protocol: PhantomData,
        })
    }

    fn connection(&self) -> &Connection {
        &self.handle.connection
    }

    /// Returns the server's greeting. A guest agent does not greet.
    pub fn greeting(&self) -> Option<Greeting> {
        self.connection().lock().session.greeting().cloned()
    }

    /// Returns the time limit of a command.
    pub(crate) fn time_limit_of(&self, command: &str) -> Option<Duration> {
        self.connection().options.time_limit_of(command)
    }

    /// Returns whether file descriptors can be sent.
    #[cfg(unix)]
    pub(crate) fn takes_descriptors(&self) -> bool {
        self.connection().takes_descriptors
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
    pub async fn execute<C>(&self, command: C) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let limit = self.time_limit_of(C::NAME);
        self.execute_within(command, limit).await
    }

    /// Executes a command with a time limit. With `None` there is no time limit.
    ///
    /// The connection stays usable when the time is over: the answer is discarded
    /// when it comes.
    ///
    /// # Errors
    /// Those of [`Client::execute`].
    pub async fn execute_within<C>(
        &self,
        command: C,
        limit: impl Into<Option<Duration>>,
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        self.execute_with(command, Descriptors::NONE, limit.into())
            .await
    }

    /// Executes a command, and sends descriptors with its first byte.
    pub(crate) async fn execute_with<C>(
        &self,
        command: C,
        descriptors: Descriptors,
        limit: Option<Duration>,
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let name = Cow::Borrowed(C::NAME);
        let call = self.call(Lane::InBand, name, &command, descriptors)?;
        self.complete::<C>(call, limit).await
    }

    /// Executes a command out-of-band, ahead of those that are under way.
    /// [`Options::oob`] must have enabled it. A command that does not allow
    /// out-of-band execution does not compile.
    ///
    /// # Errors
    /// [`Error::OobUnavailable`], and those of [`Client::execute`].
    pub async fn execute_oob<C>(&self, command: C) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let limit = self.time_limit_of(C::NAME);
        let name = Cow::Borrowed(C::NAME);
        const {
            assert!(
                C::ALLOW_OOB,
                "the command does not allow out-of-band execution"
            );
        };
        let call = self.call(Lane::OutOfBand, name, &command, Descriptors::NONE)?;
        self.complete::<C>(call, limit).await
    }

    /// Executes a command by its name. The arguments must serialise to an object,
    /// or to null if there are none.
    ///
    /// # Errors
    /// Those of [`Client::execute`].
    pub async fn execute_raw<A>(&self, name: &str, arguments: &A) -> Result<Value, Error>
    where
        A: Serialize + ?Sized,
    {
        let limit = self.time_limit_of(name);
        self.execute_raw_within(name, arguments, limit).await
    }

    /// Executes a command by its name, with a time limit. With `None` there is no
    /// time limit.
    ///
    /// # Errors
    /// Those of [`Client::execute`].
    pub async fn execute_raw_within<A>(
        &self,
        name: &str,
        arguments: &A,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Value, Error>
    where
        A: Serialize + ?Sized,
    {
        let limit = limit.into();
        let name = Cow::Owned(name.to_owned());
        let call = self.call(Lane::InBand, name, arguments, Descriptors::NONE)?;
        call.decoded("", limit, wire::from_json).await
    }

    /// Asks the server what it has: commands, events, arguments, values, features.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use qmp_transport::tokio::Client;
    ///
    /// let qmp = Client::connect("unix:/run/vm.sock").await?;
    /// let qemu = qmp.introspect().await?;
    /// if qemu.has("block-commit/arg-type/*top")? {
    ///     println!("the newest image of the chain need not be named");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`Client::execute`].
    pub async fn introspect(&self) -> Result<Introspection, Error>
    where
        P: Introspectable,
    {
        self.execute(QueryQmpSchema::new()).await
    }

    /// Executes a command and waits for an event that it causes. Events from before
    /// the command is sent do not count, and none after that is missed. The time
    /// limit is that of the event; it begins with the answer to the command.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use qmp_transport::{Command, Qmp, tokio::Client};
    /// # async fn example<Stop: Command<Protocol = Qmp>>(stop: Stop) -> Result<(), qmp_transport::Error> {
    /// let qmp = Client::connect("unix:/run/vm.sock").await?;
    /// let limit = Duration::from_secs(5);
    /// let (_, event) = qmp.execute_then_wait(stop, |event| event.name == "STOP", limit).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`Client::execute`] and [`Client::wait_for`].
    pub async fn execute_then_wait<C>(
        &self,
        command: C,
        filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static,
        limit: impl Into<Option<Duration>>,
    ) -> Result<(C::Return, Arc<RawEvent>), Error>
    where
        C: Command<Protocol = P>,
    {
        let limit = limit.into();
        let events = self.subscribe_internal(filter);
        let returned = self.execute(command).await?;
        let event = self.first(events, limit).await?;
        Ok((returned, event))
    }

    /// Waits for the next event that the filter accepts, from when the future is
    /// first polled. To wait for an event that a command causes, use
    /// [`Client::execute_then_wait`].
    ///
    /// # Errors
    /// [`Error::TimedOut`], [`Error::Broken`] or [`Error::Closed`].
    pub async fn wait_for(
        &self,
        filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Arc<RawEvent>, Error> {
        let events = self.subscribe_internal(filter);
        self.first(events, limit.into()).await
    }

    /// Subscribes for this library itself. Events from before the first subscription
    /// are left to that of the caller.
    pub(crate) fn subscribe_internal(
        &self,
        filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static,
    ) -> Subscription {
        Subscription::new_internal(&self.handle, Box::new(filter), raw)
    }

    async fn first(
        &self,
        mut events: Subscription,
        limit: Option<Duration>,
    ) -> Result<Arc<RawEvent>, Error> {
        let next = async {
            loop {
                match events.next().await {
                    // The events that were dropped passed the filter as well,
                    // and any of them will do.
                    Some(Err(Error::Lagged(_))) => {}
                    Some(event) => return event,
                    None => return Err(self.end().error()),
                }
            }
        };
        match limit {
            None => next.await,
            Some(limit) => match ::tokio::time::timeout(limit, next).await {
                Ok(event) => event,
                Err(_) => Err(TimedOut {
                    command: None,
                    limit,
                    sent: false,
                }
                .into()),
            },
        }
    }

    /// Subscribes to all events from now on.
    ///
    /// The first subscription of a connection also gets the events from before it,
    /// as far as [`Options::event_queue`] and [`Options::event_memory`] keep them. So
    /// a program that subscribes after connecting misses nothing.
    pub fn subscribe_all(&self) -> Subscription {
        Subscription::new(&self.handle, Box::new(|_| true), raw)
    }

    /// Subscribes to the events that the filter accepts, from now on. The first
    /// subscription also gets earlier ones, as with [`Client::subscribe_all`].
    ///
    /// The filter is called by the task that reads, and delays it while it runs. It
    /// may call the client, but it must not wait for a command: the answer comes
    /// after the filter has returned.
    pub fn subscribe_to(
        &self,
        filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static,
    ) -> Subscription {
        Subscription::new(&self.handle, Box::new(filter), raw)
    }

    /// Subscribes to the events of one type, from now on.
    pub fn subscribe<E>(&self) -> Subscription<Occurrence<E>>
    where
        E: Event<Protocol = P> + 'static,
    {
        Subscription::new(&self.handle, Box::new(RawEvent::is::<E>), typed::<E>)
    }

    /// Closes the connection, for all handles. Commands under way fail with
    /// [`Error::Lost`], and subscriptions end.
    pub async fn close(self) {
        self.connection().close();
        self.closed().await;
    }

    /// Waits until the connection has ended, and returns the reason.
    pub async fn closed(&self) -> Error {
        self.connection().wait().await
    }

    /// Returns a future that waits until the connection has ended, and returns the
    /// reason. It does not keep the connection open, so another task can wait for it.
    ///
    /// ```no_run
    /// # use qmp_transport::tokio::Client;
    /// # async fn example() -> Result<(), qmp_transport::Error> {
    /// let qmp = Client::connect("unix:/run/vm.sock").await?;
    /// let end = tokio::spawn(qmp.join());
    /// qmp.close().await;
    /// println!("{}", end.await.unwrap());
    /// # Ok(()) }
    /// ```
    pub fn join(&self) -> impl Future<Output = Error> + Send + use<P> {
        let connection = Arc::clone(&self.handle.connection);
        async move { connection.wait().await }
    }

    /// Returns how the connection ended.
    pub(crate) fn end(&self) -> End {
        let end = self.connection().lock().end.clone();
        end.unwrap_or(End::CLOSED)
    }
}
