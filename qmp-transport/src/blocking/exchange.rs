//! Writing and reading for as long as a caller waits for something.

use std::io;
use std::sync::Arc;

use qmp_types::{Protocol, RawEvent};

use super::Client;
use crate::deadline::Deadline;
use crate::end::{Draining, End, WriteFailure};
use crate::id::Id;
use crate::platform::Io;
use crate::record::Direction;
use crate::session::Incoming;

/// What a caller does with a message.
pub(super) enum Reaction<T> {
    /// It is what the caller waits for.
    Done(T),
    /// It is an event, which goes to the queue.
    Queue(RawEvent),
    /// It does not concern the caller.
    Ignore,
}

/// Why a caller does not wait any longer.
pub(super) enum WaitError {
    /// The time is over.
    TimedOut,
    /// The system refuses to send the command of the caller.
    Refused(Arc<io::Error>),
    /// The connection has ended.
    Ended(End),
}

impl<P: Protocol> Client<P> {
    /// Writes and reads until the function is done. `own` is the command that the
    /// caller waits for.
    pub(super) fn run<T>(
        &mut self,
        deadline: &mut Deadline,
        own: Option<Id>,
        mut react: impl FnMut(Incoming<'_>) -> Reaction<T>,
    ) -> Result<T, WaitError> {
        loop {
            let incoming = match self.session.poll() {
                Ok(incoming) => incoming,
                Err(broken) => return Err(self.ended(End::Broken(broken))),
            };
            match incoming.map(&mut react) {
                Some(Reaction::Done(value)) => return Ok(value),
                Some(Reaction::Queue(event)) => self.events.push(event),
                Some(Reaction::Ignore) => {}
                None => self.exchange(deadline, own)?,
            }
        }
    }

    /// Sets how the connection ended, if it is not set.
    fn ended(&mut self, end: End) -> WaitError {
        WaitError::Ended(self.end.get_or_insert(end).clone())
    }

    /// Writes everything, and reads once.
    ///
    /// It reads as soon as it can, even if not everything is written: the server
    /// may be waiting for space in its own buffer.
    fn exchange(&mut self, deadline: &mut Deadline, own: Option<Id>) -> Result<(), WaitError> {
        if let Some(end) = &self.end {
            return Err(WaitError::Ended(end.clone()));
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
                    Ok(Io::TimedOut) => return Err(WaitError::TimedOut),
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
                    Some(id) if Some(id) == own => {
                        return Err(WaitError::Refused(Arc::new(error)));
                    }
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
            Ok(Io::TimedOut) => Err(WaitError::TimedOut),
            Ok(Io::Done(count)) => self.received(Ok(count)),
            Err(error) => self.received(Err(error)),
        }
    }

    fn received(&mut self, read: io::Result<usize>) -> Result<(), WaitError> {
        match read {
            Ok(0) => Err(self.ended(End::CLOSED)),
            Ok(count) => {
                let space = self.session.space();
                self.options.call_tap(Direction::Received, &space[..count]);
                self.session.filled(count);
                Ok(())
            }
            // Another process that has the stream read what had arrived.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(self.ended(End::failed(error))),
        }
    }
}
