//! Subscriptions to events.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll};
use std::time::SystemTime;

use qmp_types::{Event, RawEvent, Timestamp, wire};

use super::Handle;
use super::connection::State;
use super::subscriber::{Filter, Subscriber};
use crate::error::{Error, Lagged, UndecodableEvent};
use crate::queue::Queue;

/// An event of one type, and when it happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Occurrence<E> {
    /// The event.
    pub event: E,
    /// When it happened, by the clock of the server.
    pub timestamp: Option<Timestamp>,
}

impl<E> Occurrence<E> {
    /// Returns when it happened; `None` if the server did not know the time.
    pub fn at(&self) -> Option<SystemTime> {
        self.timestamp.as_ref().and_then(Timestamp::system_time)
    }
}

/// A stream of events, in order. It keeps the connection open.
///
/// It ends when the connection ends, for a reason that
/// [`Client::closed`](super::Client::closed) returns.
pub struct Subscription<T = Arc<RawEvent>> {
    subscriber: Arc<Subscriber>,
    handle: Arc<Handle>,
    decode: fn(Arc<RawEvent>) -> Result<T, Error>,
}

impl<T> fmt::Debug for Subscription<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

impl<T> Subscription<T> {
    /// Subscribes. The first subscription gets the events from before it.
    pub(super) fn new(
        handle: &Arc<Handle>,
        filter: Filter,
        decode: fn(Arc<RawEvent>) -> Result<T, Error>,
    ) -> Self {
        let bounds = handle.connection.options.event_bounds();
        let subscriber = Arc::new(Subscriber::new(filter, bounds));
        let mut state = handle.connection.lock();
        // The filter may call the client, so the state must not be locked while
        // it runs. More events can come meanwhile.
        while let Some(mut early) = state.early.take()
            && !early.is_empty()
        {
            state.early = Some(Queue::new(bounds));
            drop(state);
            subscriber.lose(early.take_lost());
            while let Some(event) = early.pop() {
                subscriber.offer(&event);
            }
            state = handle.connection.lock();
        }
        Self::register(handle, subscriber, state, decode)
    }

    /// Subscribes for this library itself. Events from before the first subscription
    /// are left to that of the caller.
    pub(super) fn new_internal(
        handle: &Arc<Handle>,
        filter: Filter,
        decode: fn(Arc<RawEvent>) -> Result<T, Error>,
    ) -> Self {
        let bounds = handle.connection.options.event_bounds().with_room();
        let subscriber = Arc::new(Subscriber::new(filter, bounds));
        Self::register(handle, subscriber, handle.connection.lock(), decode)
    }

    fn register(
        handle: &Arc<Handle>,
        subscriber: Arc<Subscriber>,
        mut state: MutexGuard<'_, State>,
        decode: fn(Arc<RawEvent>) -> Result<T, Error>,
    ) -> Self {
        if state.end.is_some() {
            subscriber.end();
        } else {
            Arc::make_mut(&mut state.subscribers).push(Arc::clone(&subscriber));
        }
        drop(state);
        Self {
            subscriber,
            handle: Arc::clone(handle),
            decode,
        }
    }

    /// Waits for the next event. Returns `None` when the connection has ended and
    /// all events were taken.
    ///
    /// It is cancel safe: if the future is dropped, no event is lost.
    ///
    /// # Errors
    /// [`Error::Lagged`]: more events came than
    /// [`Options::event_queue`](crate::Options::event_queue) and
    /// [`Options::event_memory`](crate::Options::event_memory) keep, and the
    /// oldest were dropped. [`Error::UndecodableEvent`]: the event does not fit
    /// its type. The subscription goes on after both.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Polls for the next event. See [`Subscription::next`].
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        let mut inbox = self.subscriber.lock();
        let lost = inbox.events.take_lost();
        if lost > 0 {
            return Poll::Ready(Some(Err(Lagged { lost }.into())));
        }
        if let Some(event) = inbox.events.pop() {
            drop(inbox);
            return Poll::Ready(Some((self.decode)(event)));
        }
        if inbox.ended {
            return Poll::Ready(None);
        }
        inbox.task = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl<T> Drop for Subscription<T> {
    fn drop(&mut self) {
        let mut state = self.handle.connection.lock();
        let subscribers = Arc::make_mut(&mut state.subscribers);
        subscribers.retain(|other| !Arc::ptr_eq(other, &self.subscriber));
    }
}

/// Returns an event as it is.
pub(super) fn raw(event: Arc<RawEvent>) -> Result<Arc<RawEvent>, Error> {
    Ok(event)
}

/// Decodes an event of one type.
pub(super) fn typed<E: Event>(event: Arc<RawEvent>) -> Result<Occurrence<E>, Error> {
    match wire::from_json(event.data_json()) {
        Ok(decoded) => Ok(Occurrence {
            event: decoded,
            timestamp: event.timestamp,
        }),
        Err(error) => Err(UndecodableEvent { event, error }.into()),
    }
}
