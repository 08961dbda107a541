//! The state that handles share with the task that reads.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::fd::OwnedFd;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use qmp_types::RawEvent;
use tokio::sync::{Notify, oneshot};
use tokio::task::yield_now;

use super::stream::{ReadEnd, WriteEnd};
use super::subscription::Subscriber;
use crate::error::{Closed, Error, GreetingError};
use crate::options::Options;
use crate::queue::Queue;
use crate::record::Direction;
use crate::session::{Broken, Id, Incoming, Rejection, Session};
use crate::stream::Kind;

/// How many bytes the task reads before it lets others run: those who take the
/// events of them, above all. It is a few hundred events, which fit into a queue
/// of the usual length.
const TURN: usize = 64 * 1024;

/// Why there is nothing more to come.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Closed(Option<Arc<io::Error>>),
    Broken(Broken),
}

impl End {
    /// The error for what is asked of the connection afterwards.
    pub(crate) fn error(&self) -> Error {
        match self {
            Self::Closed(source) => Closed {
                source: source.clone(),
            }
            .into(),
            Self::Broken(broken) => broken.clone().into(),
        }
    }
}

/// What became of a command.
#[derive(Debug)]
pub(super) enum Answer {
    Returned(String),
    Rejected(Rejection),
    TooLarge,
    Ended(End),
}

#[derive(Debug)]
pub(super) struct Connection {
    /// What the connection runs over.
    pub(super) over: Kind,
    pub(super) options: Options,
    state: Mutex<State>,
    /// Tells when the task has ended.
    ended: Notify,
}

#[derive(Debug)]
pub(super) struct State {
    /// None when the connection has ended: handles that live on must not keep a
    /// pipe open.
    write: Option<WriteEnd>,
    pub(super) session: Session,
    pub(super) answers: HashMap<Id, oneshot::Sender<Answer>>,
    pub(super) begun: Option<oneshot::Sender<Result<(), GreetingError>>>,
    pub(super) subscribers: Vec<Arc<Subscriber>>,
    /// Events that came before the connection was handed to anybody.
    pub(super) early: Queue<Arc<RawEvent>>,
    pub(super) descriptors: VecDeque<Vec<OwnedFd>>,
    pub(super) end: Option<End>,
    pub(super) handed_over: bool,
    closing: bool,
    task: Option<Waker>,
}

impl Connection {
    pub(super) fn new(
        write: WriteEnd,
        session: Session,
        options: Options,
        begun: oneshot::Sender<Result<(), GreetingError>>,
    ) -> Self {
        Self {
            over: write.kind(),
            state: Mutex::new(State {
                write: Some(write),
                session,
                answers: HashMap::new(),
                begun: Some(begun),
                subscribers: Vec::new(),
                early: Queue::new(options.event_queue),
                descriptors: VecDeque::new(),
                end: None,
                handed_over: false,
                closing: false,
                task: None,
            }),
            options,
            ended: Notify::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what there is room for at once, which is as a rule all there is,
    /// and leaves the rest to the task.
    pub(super) fn write_now(&self, state: &mut State) {
        while !state.session.outgoing().is_empty() {
            let written = state
                .write
                .as_ref()
                .map(|write| write.try_write(state.session.outgoing(), state.descriptors_now()));
            match written {
                Some(Ok(count)) => state.written(count, &self.options),
                None | Some(Err(_)) => {
                    // The task sees the error for itself.
                    state.wake();
                    return;
                }
            }
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

    /// Waits until the connection has ended.
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

    /// Ends the connection: pending commands end with their outcome unknown.
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

    fn descriptors_now(&self) -> &[OwnedFd] {
        match self.session.attached() {
            Some(_) => self.descriptors.front().map_or(&[][..], Vec::as_slice),
            None => &[],
        }
    }

    fn written(&mut self, count: usize, options: &Options) {
        options.see(Direction::Sent, &self.session.outgoing()[..count]);
        if count > 0 && self.session.attached().is_some() {
            self.descriptors.pop_front();
        }
        self.session.sent(count);
    }

    /// Hands out all that the session makes of what it received.
    fn route(&mut self) -> Result<(), Broken> {
        while let Some(incoming) = self.session.poll()? {
            let (id, answer) = match incoming {
                Incoming::Returned { id, json } => (id, Answer::Returned(json.to_owned())),
                Incoming::Rejected { id, rejection } => (id, Answer::Rejected(rejection)),
                Incoming::TooLarge { id } => (id, Answer::TooLarge),
                Incoming::Event(event) => {
                    let event = Arc::new(event);
                    for subscriber in &self.subscribers {
                        subscriber.offer(&event);
                    }
                    if !self.handed_over {
                        self.early.push(event);
                    }
                    continue;
                }
                Incoming::Ready => {
                    if let Some(begun) = self.begun.take() {
                        // Nobody waits any more: then nobody has a handle.
                        let _ = begun.send(Ok(()));
                    }
                    continue;
                }
                Incoming::NotReady(rejection) => {
                    if let Some(begun) = self.begun.take() {
                        let _ = begun.send(Err(GreetingError::Rejected(rejection)));
                    }
                    continue;
                }
            };
            if let Some(waiting) = self.answers.remove(&id) {
                // Its caller may have given up at this moment.
                let _ = waiting.send(answer);
            }
        }
        Ok(())
    }

    fn finish(&mut self, end: End) {
        if let Some(begun) = self.begun.take() {
            let _ = begun.send(Err(match &end {
                End::Closed(source) => GreetingError::Closed {
                    source: source.clone(),
                },
                End::Broken(broken) => GreetingError::Broken(broken.clone()),
            }));
        }
        for (_, waiting) in self.answers.drain() {
            let _ = waiting.send(Answer::Ended(end.clone()));
        }
        for subscriber in self.subscribers.drain(..) {
            subscriber.end();
        }
        self.descriptors.clear();
        if let Some(write) = self.write.take() {
            write.shut_down();
        }
        self.end = Some(end);
    }
}

/// The task that reads, and writes what could not be written at once.
///
/// It never waits for a consumer: answers and events go to queues.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) read: ReadEnd,
    pub(super) connection: Arc<Connection>,
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { read, connection } = &mut *self;
        let mut state = connection.lock();
        let end = match step(connection, &mut state, read, cx) {
            Poll::Pending => {
                let known = state.task.as_ref();
                if !known.is_some_and(|task| task.will_wake(cx.waker())) {
                    state.task = Some(cx.waker().clone());
                }
                return Poll::Pending;
            }
            Poll::Ready(end) => end,
        };
        drop(state);
        connection.finish(end);
        Poll::Ready(())
    }
}

impl Drop for Task {
    /// The runtime may stop the task before the connection ends.
    fn drop(&mut self) {
        self.connection.finish(End::Closed(None));
    }
}

fn step(
    connection: &Connection,
    state: &mut State,
    read: &mut ReadEnd,
    cx: &mut Context<'_>,
) -> Poll<End> {
    if state.closing {
        return Poll::Ready(End::Closed(None));
    }
    let mut turn = 0;
    while turn < TURN {
        while !state.session.outgoing().is_empty() {
            let Some(write) = &state.write else {
                return Poll::Ready(End::Closed(None));
            };
            let written = write.poll_write(cx, state.session.outgoing(), state.descriptors_now());
            match written {
                Poll::Ready(Ok(count)) => state.written(count, &connection.options),
                // The peer is gone, but what it sent before can still be read.
                Poll::Ready(Err(_)) => {
                    let unsent = state.session.outgoing().len();
                    state.session.sent(unsent);
                    state.descriptors.clear();
                }
                Poll::Pending => break,
            }
        }
        match read.poll_read(cx, state.session.space()) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(0)) => return Poll::Ready(End::Closed(None)),
            Poll::Ready(Ok(count)) => {
                turn += count;
                let space = state.session.space();
                connection.options.see(Direction::Received, &space[..count]);
                state.session.filled(count);
                if let Err(broken) = state.route() {
                    return Poll::Ready(End::Broken(broken));
                }
            }
            Poll::Ready(Err(error)) => return Poll::Ready(End::Closed(Some(Arc::new(error)))),
        }
    }
    // Woken at once, it would run again before what the runtime's own thread
    // waits for. It cannot be ready at its first poll.
    pin!(yield_now()).poll(cx).map(|()| End::Closed(None))
}
