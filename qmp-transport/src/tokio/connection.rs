//! The state that handles share with the task that reads.

use std::collections::HashMap;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use qmp_types::RawEvent;
use tokio::sync::{Notify, oneshot};
use tokio::task::yield_now;

use super::subscriber::Subscriber;
use crate::broken::Broken;
use crate::end::{Draining, End, WriteFailure};
use crate::error::{Error, GreetingError};
use crate::failure::Failure;
use crate::options::Options;
use crate::platform::{ReadEnd, WriteEnd};
use crate::queue::Queue;
use crate::record::Direction;
use crate::session::{Id, Incoming, Session};

/// How many bytes the task reads before it yields, so that other tasks can take the
/// events. It is a few hundred events, fewer than a queue keeps by default.
const READ_BUDGET: usize = 64 * 1024;

/// The reply to a command as JSON text, or why there is none.
pub(super) type Answer = Result<String, Failure>;

/// Something that was received, on its way to its receiver.
///
/// Deliveries are made in order, and after the state is unlocked: a filter of
/// events may call the client.
#[derive(Debug)]
enum Delivery {
    Answer(oneshot::Sender<Answer>, Answer),
    Event(Arc<RawEvent>, Subscribers),
}

impl Delivery {
    fn deliver(self) {
        match self {
            // The receiver is gone if the command was just abandoned.
            Self::Answer(waiting, answer) => drop(waiting.send(answer)),
            Self::Event(event, subscribers) => {
                for subscriber in subscribers.iter() {
                    subscriber.offer(&event);
                }
            }
        }
    }
}

/// The subscribers at one point in time.
type Subscribers = Arc<Vec<Arc<Subscriber>>>;

#[derive(Debug)]
pub(super) struct Connection {
    /// The address of the server, for people.
    pub(super) peer: String,
    #[cfg(unix)]
    pub(super) takes_descriptors: bool,
    pub(super) options: Options,
    state: Mutex<State>,
    /// Notified when `State::end` is set.
    ended: Notify,
}

#[derive(Debug)]
pub(super) struct State {
    /// `None` when the connection has ended: a handle must not keep a pipe open.
    write: Option<WriteEnd>,
    /// Set when the server does not read any more.
    draining: Option<Draining>,
    pub(super) session: Session,
    /// Where the answers to commands under way go.
    pub(super) answers: HashMap<Id, oneshot::Sender<Answer>>,
    /// Where the outcome of connecting goes; `None` after it was sent.
    begun: Option<oneshot::Sender<Result<(), GreetingError>>>,
    pub(super) subscribers: Subscribers,
    /// Events from before the first subscription; `None` after that.
    pub(super) early: Option<Queue<Arc<RawEvent>>>,
    /// Set when the connection has ended.
    pub(super) end: Option<End>,
    /// Whether a handle asked for the end of the connection.
    closing: bool,
    /// Wakes the task; `None` before its first poll.
    task: Option<Waker>,
}

impl Connection {
    pub(super) fn new(
        peer: String,
        write: WriteEnd,
        session: Session,
        options: Options,
        begun: oneshot::Sender<Result<(), GreetingError>>,
    ) -> Self {
        Self {
            peer,
            #[cfg(unix)]
            takes_descriptors: write.takes_descriptors(),
            state: Mutex::new(State {
                write: Some(write),
                draining: None,
                session,
                answers: HashMap::new(),
                begun: Some(begun),
                subscribers: Subscribers::default(),
                early: Some(Queue::new(options.event_bounds())),
                end: None,
                closing: false,
                task: None,
            }),
            options,
            ended: Notify::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can panic with the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes as much as there is room for, which is usually everything. The task
    /// writes the rest.
    pub(super) fn write_now(&self, state: &mut State) {
        while state.draining.is_none() && !state.session.outgoing().is_empty() {
            let session = &state.session;
            let write = state.write.as_ref();
            let written =
                write.map(|write| write.try_write(session.outgoing(), session.descriptors()));
            let can_continue = match written {
                Some(Ok(count)) => {
                    state.written(count, &self.options);
                    true
                }
                Some(Err(error)) if error.kind() != io::ErrorKind::WouldBlock => {
                    state.write_failed(error).is_ok()
                }
                // The connection has ended, or there is no room.
                _ => false,
            };
            if !can_continue {
                break;
            }
        }
        // The task writes the rest, or finds out how the connection ended.
        if state.draining.is_some() || !state.session.outgoing().is_empty() {
            state.wake();
        }
    }

    fn finish(&self, end: End) {
        let mut state = self.lock();
        if state.end.is_none() {
            state.finish(end);
            drop(state);
            self.ended.notify_waiters();
        }
    }

    /// Waits until the connection has ended, and returns the reason.
    pub(super) async fn wait(&self) -> Error {
        loop {
            let ended = self.ended.notified();
            let mut ended = pin!(ended);
            ended.as_mut().enable();
            if let Some(end) = &self.lock().end {
                return end.error();
            }
            ended.await;
        }
    }

    /// Asks the task to end the connection.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closing = true;
        state.wake();
    }
}

impl State {
    fn wake(&self) {
        if let Some(task) = &self.task {
            task.wake_by_ref();
        }
    }

    fn written(&mut self, count: usize, options: &Options) {
        options.call_tap(Direction::Sent, &self.session.outgoing()[..count]);
        self.session.sent(count);
    }

    /// Handles an error in writing. Fails if nothing can be written or read any
    /// more.
    fn write_failed(&mut self, error: io::Error) -> Result<(), End> {
        let failure = WriteFailure::of(&error);
        let error = Arc::new(error);
        match failure {
            WriteFailure::ServerStoppedReading => self.draining = Some(Draining::new(error)),
            WriteFailure::Refused => {
                let Some(id) = self.session.refused() else {
                    return Err(End::failed(error));
                };
                match self.answers.remove(&id) {
                    // The receiver is gone if the command was just abandoned.
                    Some(waiting) => drop(waiting.send(Err(Failure::Refused(error)))),
                    // It is the session's own. The session cannot go on without it.
                    None => return Err(End::failed(error)),
                }
            }
        }
        Ok(())
    }

    /// Finds the receivers of what the session received.
    fn route(&mut self, deliveries: &mut Vec<Delivery>, options: &Options) -> Result<(), Broken> {
        while let Some(incoming) = self.session.poll()? {
            let (id, answer) = match incoming {
                Incoming::Returned { id, json } => (id, Ok(json.to_owned())),
                Incoming::Rejected { id, rejection } => (id, Err(Failure::Rejected(rejection))),
                Incoming::TooLarge { id } => (id, Err(Failure::TooLarge(options.reply_limit))),
                Incoming::Event(event) => {
                    let event = Arc::new(event);
                    if !self.subscribers.is_empty() {
                        let subscribers = Arc::clone(&self.subscribers);
                        deliveries.push(Delivery::Event(Arc::clone(&event), subscribers));
                    }
                    if let Some(early) = &mut self.early {
                        early.push(event);
                    }
                    continue;
                }
                Incoming::Ready => {
                    self.begun(Ok(()));
                    continue;
                }
                Incoming::NotReady(rejection) => {
                    self.begun(Err(GreetingError::Rejected(rejection)));
                    continue;
                }
            };
            if let Some(waiting) = self.answers.remove(&id) {
                deliveries.push(Delivery::Answer(waiting, answer));
            }
        }
        Ok(())
    }

    /// Sends the outcome of connecting, unless it was sent before.
    fn begun(&mut self, outcome: Result<(), GreetingError>) {
        if let Some(begun) = self.begun.take() {
            // The receiver is gone if the future that connects was dropped.
            let _ = begun.send(outcome);
        }
    }

    fn finish(&mut self, end: End) {
        self.begun(Err(end.greeting_error()));
        for (id, waiting) in self.answers.drain() {
            let abandoned = self.session.abandon(id);
            let _ = waiting.send(Err(Failure::Ended(end.clone(), abandoned)));
        }
        for subscriber in self.subscribers.iter() {
            subscriber.end();
        }
        self.subscribers = Subscribers::default();
        if let Some(write) = self.write.take() {
            write.shut_down();
        }
        self.end = Some(end);
    }
}

/// The task that reads, and that writes what could not be written at once.
///
/// It never waits for a receiver: answers and events go to queues.
#[derive(Debug)]
pub(super) struct Task {
    read: ReadEnd,
    connection: Arc<Connection>,
    /// Empty between polls.
    deliveries: Vec<Delivery>,
}

impl Task {
    pub(super) fn new(read: ReadEnd, connection: Arc<Connection>) -> Self {
        Self {
            read,
            connection,
            deliveries: Vec::new(),
        }
    }
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self {
            read,
            connection,
            deliveries,
        } = &mut *self;
        let mut state = connection.lock();
        let end = poll_connection(connection, &mut state, read, deliveries, cx);
        if end.is_pending() {
            let registered = state.task.as_ref();
            if !registered.is_some_and(|task| task.will_wake(cx.waker())) {
                state.task = Some(cx.waker().clone());
            }
        }
        drop(state);
        for delivery in deliveries.drain(..) {
            delivery.deliver();
        }
        end.map(|end| connection.finish(end))
    }
}

impl Drop for Task {
    /// A runtime that is shut down drops the task before the connection has ended.
    fn drop(&mut self) {
        self.connection.finish(End::CLOSED);
    }
}

/// Reads and writes until nothing more can be done without waiting.
fn poll_connection(
    connection: &Connection,
    state: &mut State,
    read: &mut ReadEnd,
    deliveries: &mut Vec<Delivery>,
    cx: &mut Context<'_>,
) -> Poll<End> {
    if state.closing {
        return Poll::Ready(End::CLOSED);
    }
    let mut read_bytes = 0;
    while read_bytes < READ_BUDGET {
        while state.draining.is_none() && !state.session.outgoing().is_empty() {
            let Some(write) = &mut state.write else {
                return Poll::Ready(End::CLOSED);
            };
            let session = &state.session;
            match write.poll_write(cx, session.outgoing(), session.descriptors()) {
                Poll::Ready(Ok(count)) => state.written(count, &connection.options),
                Poll::Ready(Err(error)) => {
                    if let Err(end) = state.write_failed(error) {
                        return Poll::Ready(end);
                    }
                }
                Poll::Pending => break,
            }
        }
        let count = match (read.poll_read(cx, state.session.space()), &state.draining) {
            (Poll::Ready(Ok(count @ 1..)), None) => count,
            (Poll::Ready(Ok(count @ 1..)), Some(draining)) if draining.may_read() => count,
            // All is read that came before the server stopped reading.
            (_, Some(draining)) => return Poll::Ready(draining.end()),
            (Poll::Pending, None) => return Poll::Pending,
            (Poll::Ready(Ok(_)), None) => return Poll::Ready(End::CLOSED),
            (Poll::Ready(Err(error)), None) => return Poll::Ready(End::failed(error)),
        };
        read_bytes += count;
        let space = state.session.space();
        connection
            .options
            .call_tap(Direction::Received, &space[..count]);
        state.session.filled(count);
        if let Err(broken) = state.route(deliveries, &connection.options) {
            return Poll::Ready(End::Broken(broken));
        }
    }
    // `yield_now` lets the tasks run that this one has woken; to wake itself would
    // run it before them. The future is never ready at its first poll.
    pin!(yield_now()).poll(cx).map(|()| End::CLOSED)
}
