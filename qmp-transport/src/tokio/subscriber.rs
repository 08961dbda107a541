//! The sending end of a subscription.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use qmp_types::RawEvent;

use crate::queue::{Bounds, Queue};

pub(super) type Filter = Box<dyn Fn(&RawEvent) -> bool + Send + Sync>;

/// The sending end of a subscription.
pub(super) struct Subscriber {
    filter: Filter,
    inbox: Mutex<Inbox>,
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriber").finish_non_exhaustive()
    }
}

/// The events of a subscription that were not taken yet.
pub(super) struct Inbox {
    pub(super) events: Queue<Arc<RawEvent>>,
    /// Whether the connection has ended.
    pub(super) ended: bool,
    /// Wakes the task that waits for the next event.
    pub(super) task: Option<Waker>,
}

impl Subscriber {
    pub(super) fn new(filter: Filter, bounds: Bounds) -> Self {
        Self {
            filter,
            inbox: Mutex::new(Inbox {
                events: Queue::new(bounds),
                ended: false,
                task: None,
            }),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts events as dropped that were never offered.
    pub(super) fn lose(&self, count: u64) {
        self.lock().events.lose(count);
    }

    /// Queues an event, if the filter accepts it.
    pub(super) fn offer(&self, event: &Arc<RawEvent>) {
        if (self.filter)(event) {
            let task = {
                let mut inbox = self.lock();
                inbox.events.push(Arc::clone(event));
                inbox.task.take()
            };
            if let Some(task) = task {
                task.wake();
            }
        }
    }

    /// Ends the subscription.
    pub(super) fn end(&self) {
        let mut inbox = self.lock();
        inbox.ended = true;
        if let Some(task) = inbox.task.take() {
            task.wake();
        }
    }
}
