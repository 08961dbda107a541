//! A client for tasks on a tokio runtime.
//!
//! A [`Client`] is a cheap handle: clones of it execute commands from many
//! tasks over one connection, each waiting for its own answer only. One task of
//! the connection's own reads; it ends with the last handle.
//!
//! Dropping any of the futures discards its answer and harms nothing else. The
//! runtime must have IO and time enabled.
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

mod connect;
mod connection;
mod subscription;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use qmp_types::{Command, DecodeError, Event, Protocol, Qmp, RawEvent, wire};
use serde_core::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;

pub use connect::accept;
pub use subscription::{Occurrence, Subscription};

use crate::address::Address;
use crate::deadline::Deadline;
use crate::encode::{self, Lane};
use crate::end::End;
use crate::error::{
    ConnectError, Error, GreetingError, Rejected, ReplyTooLarge, TimedOut, Undecodable, Unsent,
};
use crate::options::Options;
use crate::platform::{self, Descriptors, Stream};
use crate::session::{Abandoned, Greeting, Id, Session};
use crate::silence::{self, Observed};
use crate::trace::Span;
use connection::{Answer, Connection, Task};
use subscription::{raw, typed};

/// A connection to a server of protocol `P`.
///
/// See the [module](self) for an example.
pub struct Client<P: Protocol = Qmp> {
    handle: Arc<Handle>,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> fmt::Debug for Client<P> {
    /// It shows the server and the connection's state, and nothing that went
    /// over it.
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

/// What keeps a connection open: it ends with the last client and subscription.
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
    /// Connects with options, to a server of any protocol.
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

    /// Begins a session on an open stream of the caller's.
    ///
    /// # Errors
    /// [`Error::Greeting`]: no session came of it.
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
        let (begun, begins) = oneshot::channel();
        let connection = Arc::new(Connection::new(peer, write, session, options, begun));
        // Dropped with this future, it ends the task.
        let handle = Arc::new(Handle {
            connection: Arc::clone(&connection),
        });
        ::tokio::spawn(Task::new(read, Arc::clone(&connection)));
        match connect::before(deadline, begins).await {
            Some(Ok(outcome)) => outcome?,
            // The runtime is shutting down.
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

    /// What the server said first. A guest agent says nothing.
    pub fn greeting(&self) -> Option<Greeting> {
        self.connection().lock().session.greeting().cloned()
    }

    /// How long to wait for the answer to a command.
    pub(crate) fn time_limit_of(&self, command: &str) -> Option<Duration> {
        self.connection().options.time_limit_of(command)
    }

    /// Whether descriptors can travel along.
    #[cfg(unix)]
    pub(crate) fn takes_descriptors(&self) -> bool {
        self.connection().takes_descriptors
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
    pub async fn execute<C>(&self, command: C) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let limit = self.time_limit_of(C::NAME);
        self.execute_within(command, limit).await
    }

    /// Executes a command and waits for its answer for a given time; `None`
    /// waits as long as it takes.
    ///
    /// When time runs out the connection stays usable: the answer is discarded
    /// when it comes.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub async fn execute_within<C>(
        &self,
        command: C,
        limit: impl Into<Option<Duration>>,
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        self.execute_along(command, Descriptors::NONE, limit.into())
            .await
    }

    /// Executes a command, and sends along with its first byte what is to travel
    /// with it.
    pub(crate) async fn execute_along<C>(
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

    /// Executes a command out-of-band, which [`Options::oob`] must have
    /// enabled: it overtakes those under way. That the command may be executed
    /// so is checked when this is compiled.
    ///
    /// # Errors
    /// [`Error::OobUnavailable`], and as [`Client::execute`].
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

    /// Executes a command that no type stands for. The arguments must
    /// serialise to an object, or to null where there are none.
    ///
    /// # Errors
    /// As [`Client::execute`].
    pub async fn execute_raw<A>(&self, name: &str, arguments: &A) -> Result<Value, Error>
    where
        A: Serialize + ?Sized,
    {
        let limit = self.time_limit_of(name);
        self.execute_raw_within(name, arguments, limit).await
    }

    /// Executes a command that no type stands for, and waits for its answer for
    /// a given time; `None` waits as long as it takes.
    ///
    /// # Errors
    /// As [`Client::execute`].
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
        call.decoded(limit, wire::from_json).await
    }

    /// Executes a command and waits for an event that comes of it. What came
    /// before is not considered, and nothing that comes after is missed. The
    /// time limit is the event's, counted from the command's answer.
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
    /// As [`Client::execute`] and [`Client::wait_for`].
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
        let events = self.watch(filter);
        let returned = self.execute(command).await?;
        let event = self.first(events, limit).await?;
        Ok((returned, event))
    }

    /// The next event that the filter accepts, from when the future is first
    /// polled. To wait for what a command causes, see
    /// [`Client::execute_then_wait`].
    ///
    /// # Errors
    /// [`Error::TimedOut`], [`Error::Broken`] or [`Error::Closed`].
    pub async fn wait_for(
        &self,
        filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Arc<RawEvent>, Error> {
        let events = self.watch(filter);
        self.first(events, limit.into()).await
    }

    /// A subscription of this library's own, which leaves what came early to
    /// the user's.
    pub(crate) fn watch(
        &self,
        filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static,
    ) -> Subscription {
        Subscription::new_own(&self.handle, Box::new(filter), raw)
    }

    async fn first(
        &self,
        mut events: Subscription,
        limit: Option<Duration>,
    ) -> Result<Arc<RawEvent>, Error> {
        let next = async {
            loop {
                match events.next().await {
                    // It is the first that counts, but all that were dropped
                    // passed the filter as well.
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

    /// All events, from now on.
    ///
    /// The first subscription of a connection also gets what has come since the
    /// connection began, as far as [`Options::event_queue`] and
    /// [`Options::event_memory`] keep it. So a program that subscribes after it
    /// has connected misses nothing.
    pub fn subscribe_all(&self) -> Subscription {
        Subscription::new(&self.handle, Box::new(|_| true), raw)
    }

    /// The events that the filter accepts, from now on; the first subscription
    /// gets earlier ones, too, as with [`Client::subscribe_all`].
    ///
    /// The filter is called where the connection is read, so it should be quick.
    /// It may call the client, such as for its greeting, but must not wait for
    /// what it starts: an answer comes when the filter has returned.
    pub fn subscribe_to(
        &self,
        filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static,
    ) -> Subscription {
        Subscription::new(&self.handle, Box::new(filter), raw)
    }

    /// The events of one type, from now on.
    pub fn subscribe<E>(&self) -> Subscription<Occurrence<E>>
    where
        E: Event<Protocol = P> + 'static,
    {
        Subscription::new(&self.handle, Box::new(RawEvent::is::<E>), typed::<E>)
    }

    /// Ends the connection, for all handles: commands under way end with their
    /// outcome unknown, subscriptions end.
    pub async fn close(self) {
        self.connection().close();
        self.closed().await;
    }

    /// Waits until the connection has ended: the error says why.
    pub async fn closed(&self) -> Error {
        self.connection().wait().await
    }

    /// A future that waits until the connection has ended, and says why. It does
    /// not keep the connection open, and can be handed to a task that sees to
    /// what is to be done then.
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

    /// Why there is nothing more to come.
    pub(crate) fn end(&self) -> End {
        let end = self.connection().lock().end.clone();
        end.unwrap_or(End::CLOSED)
    }

    /// Hands a command to the session and writes it.
    fn call<A: Serialize + ?Sized>(
        &self,
        lane: Lane,
        command: Cow<'static, str>,
        arguments: &A,
        descriptors: Descriptors,
    ) -> Result<Call<'_>, Error> {
        let connection = self.connection();
        let mut span = Span::begin(&command);
        // Before the state is locked, since it runs code of the caller's.
        let mut text = Vec::new();
        let encoded = encode::command(&mut text, lane, &command, arguments);
        let mut state = connection.lock();
        if let Some(end) = &state.end {
            return Err(end.error());
        }
        let queue = || {
            encoded?;
            state
                .session
                .enqueue_encoded(lane, &command, &text, descriptors)
        };
        let id = match span.within(queue) {
            Ok(id) => id,
            Err(error) => {
                span.failed(&error);
                return Err(error);
            }
        };
        span.id(id);
        let (sender, answer) = oneshot::channel();
        state.answers.insert(id, sender);
        connection.write_now(&mut state);
        drop(state);
        Ok(Call {
            connection,
            command,
            id,
            answer,
            open: true,
            span,
        })
    }

    async fn complete<C: Command>(
        &self,
        mut call: Call<'_>,
        limit: Option<Duration>,
    ) -> Result<C::Return, Error> {
        let decode = |json: &str| wire::from_json_with(json, |reply| C::decode_return(reply));
        if C::SUCCESS_RESPONSE {
            return call.decoded(limit, decode).await;
        }
        self.await_silence(&mut call, limit).await?;
        silence::success::<C>()
    }

    /// Waits for the error of a command whose success is not answered.
    async fn await_silence(
        &self,
        call: &mut Call<'_>,
        limit: Option<Duration>,
    ) -> Result<(), Error> {
        let next = silence::NEXT_COMMAND.into();
        let mut next = self.call(Lane::InBand, next, &(), Descriptors::NONE)?;
        let limit = silence::time_limit(limit);
        let answered = next.answer_within(Some(limit)).await;
        next.span.ended(&answered);
        let observed = match (call.answer.try_recv(), answered) {
            (Ok(Answer::Rejected(rejection)), _) => Observed::Rejected(rejection),
            (Ok(Answer::Refused(source)), _) => Observed::Refused(source),
            (Ok(Answer::Ended(end, abandoned)), _) => Observed::Ended(end, abandoned),
            (Err(_), Err(Error::TimedOut(_))) => Observed::TimedOut(limit, call.give_up()),
            _ => Observed::Answered,
        };
        call.open = false;
        if let Observed::Answered = observed {
            call.forget();
        }
        let outcome = silence::outcome(call.command.clone(), observed);
        call.span.ended(&outcome);
        outcome
    }
}

/// A command under way. Dropped, it is given up.
struct Call<'a> {
    connection: &'a Connection,
    command: Cow<'static, str>,
    id: Id,
    answer: oneshot::Receiver<Answer>,
    /// Whether an answer is still to come.
    open: bool,
    span: Span,
}

impl Call<'_> {
    async fn decoded<T>(
        mut self,
        limit: Option<Duration>,
        decode: impl FnOnce(&str) -> Result<T, DecodeError>,
    ) -> Result<T, Error> {
        let outcome = match self.answer_within(limit).await {
            Ok(json) => decode(&json).map_err(|error| {
                let command = self.command.clone();
                Undecodable {
                    command,
                    error,
                    json,
                }
                .into()
            }),
            Err(error) => Err(error),
        };
        self.span.ended(&outcome);
        outcome
    }

    async fn answer_within(&mut self, limit: Option<Duration>) -> Result<String, Error> {
        let answer = match limit {
            None => (&mut self.answer).await,
            Some(limit) => match ::tokio::time::timeout(limit, &mut self.answer).await {
                Ok(answer) => answer,
                Err(_) => match self.give_up() {
                    // It was answered at this very moment.
                    Abandoned::Unknown => (&mut self.answer).await,
                    became => {
                        return Err(TimedOut {
                            command: Some(self.command.clone()),
                            limit,
                            sent: became == Abandoned::Sent,
                        }
                        .into());
                    }
                },
            },
        };
        self.open = false;
        let command = self.command.clone();
        match answer {
            Ok(Answer::Returned(json)) => Ok(json),
            Ok(Answer::Rejected(rejection)) => Err(Rejected { command, rejection }.into()),
            Ok(Answer::TooLarge) => {
                let limit = self.connection.options.reply_limit;
                Err(ReplyTooLarge { command, limit }.into())
            }
            Ok(Answer::Refused(source)) => Err(Unsent { command, source }.into()),
            Ok(Answer::Ended(end, became)) => Err(end.command_error(command, became)),
            // The task was stopped, with its runtime.
            Err(_) => Err(End::CLOSED.command_error(command, Abandoned::Sent)),
        }
    }

    /// No answer will come.
    fn forget(&mut self) {
        self.open = false;
        let mut state = self.connection.lock();
        state.answers.remove(&self.id);
        state.session.forget(self.id);
        self.connection.write_now(&mut state);
    }

    fn give_up(&mut self) -> Abandoned {
        self.open = false;
        let mut state = self.connection.lock();
        state.answers.remove(&self.id);
        let abandoned = state.session.abandon(self.id);
        if abandoned == Abandoned::Sent {
            state.session.resync();
        }
        // Others may take its turn.
        self.connection.write_now(&mut state);
        abandoned
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if self.open {
            self.give_up();
        }
    }
}
