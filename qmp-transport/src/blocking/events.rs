//! Events, in the queue and as they are received.

use std::time::{Duration, Instant};

use qmp_types::{Protocol, RawEvent};

use super::Client;
use super::exchange::{Reaction, WaitError};
use crate::deadline::Deadline;
use crate::end::End;
use crate::error::{Error, TimedOut};
use crate::queue::Queue;
use crate::session::Incoming;

impl<P: Protocol> Client<P> {
    /// Returns the events that were received, oldest first, without waiting for
    /// more.
    ///
    /// Events are received while a command waits for its answer, and while
    /// [`next_event`](Client::next_event) waits. Events that are not taken from the
    /// iterator stay in the queue.
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

    /// Returns how many events were dropped since the last call, because more came
    /// than [`Options::event_queue`](crate::Options::event_queue) and
    /// [`Options::event_memory`](crate::Options::event_memory) keep.
    pub fn lost_events(&mut self) -> u64 {
        self.events.take_lost()
    }

    /// Returns the next event: from the queue, or else the next one that is received
    /// within the time limit. Returns `None` if there is none. With a limit of
    /// `None` it waits without end; with a limit of zero it does not wait.
    ///
    /// # Errors
    /// [`Error::Broken`]: the server broke the protocol. [`Error::Closed`]: the
    /// connection has ended, and all events were taken.
    pub fn next_event(
        &mut self,
        limit: impl Into<Option<Duration>>,
    ) -> Result<Option<RawEvent>, Error> {
        match self.events.pop() {
            Some(event) => Ok(Some(event)),
            None => self.receive_event(&mut Deadline::after(limit.into())),
        }
    }

    /// Returns the first event that the filter accepts, from the queue or else of
    /// those that are received within the time limit. Other events stay in the
    /// queue.
    ///
    /// Events that were received before this call count too, so an event of a
    /// command that was just executed is not missed.
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
        self.receive_matching(&mut filter, &mut Deadline::after(limit.into()))
    }

    /// Receives events until the filter accepts one.
    pub(super) fn receive_matching(
        &mut self,
        filter: &mut dyn FnMut(&RawEvent) -> bool,
        deadline: &mut Deadline,
    ) -> Result<RawEvent, Error> {
        loop {
            match self.receive_event(deadline)? {
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

    /// Receives the next event; `None` if the time is over.
    fn receive_event(&mut self, deadline: &mut Deadline) -> Result<Option<RawEvent>, Error> {
        let outcome = self.run(deadline, None, |incoming| match incoming {
            Incoming::Event(event) => Reaction::Done(event),
            _ => Reaction::Ignore,
        });
        match outcome {
            Ok(event) => Ok(Some(event)),
            Err(WaitError::TimedOut) => Ok(None),
            Err(WaitError::Refused(source)) => Err(End::failed(source).error()),
            Err(WaitError::Ended(end)) => Err(end.error()),
        }
    }

    /// Queues the events that have arrived: they are not caused by the next command.
    /// A server that sends without end does not keep the client here.
    pub(super) fn queue_arrived(&mut self) {
        let begin = Instant::now();
        // If the connection has ended, the next operation returns the error.
        while begin.elapsed() < Duration::from_millis(100)
            && let Ok(Some(event)) = self.receive_event(&mut Deadline::after(Some(Duration::ZERO)))
        {
            self.events.push(event);
        }
    }

    /// Removes the events that have arrived, so that only later ones are seen until
    /// [`restore_events`](Self::restore_events).
    pub(crate) fn set_events_aside(&mut self) -> Queue<RawEvent> {
        self.queue_arrived();
        let room = self.options.event_bounds().with_room();
        std::mem::replace(&mut self.events, Queue::new(room))
    }

    /// Puts events that were set aside in front of later ones.
    pub(crate) fn restore_events(&mut self, before: Queue<RawEvent>) {
        let after = std::mem::replace(&mut self.events, before);
        self.events.append(after);
    }
}
