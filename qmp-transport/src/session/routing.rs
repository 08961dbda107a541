//! What each received message means: which command it answers, and how far it
//! takes the connection.

use std::ops::Range;

use qmp_types::RawEvent;

use super::incoming::IncomingAt;
use super::message::{Envelope, Greeting};
use super::oversize::Skeleton;
use super::receive::Frame;
use super::send::Pending;
use super::{Phase, Session};
use crate::broken::{Broken, Reason};
use crate::id::Id;
use crate::rejection::Rejection;
use crate::trace::{self, ReplyScope};

impl Session {
    /// Goes from message to message until one concerns the owner.
    pub(super) fn next_incoming(&mut self) -> Result<Option<IncomingAt>, Broken> {
        loop {
            let incoming = match self.incoming.next()? {
                None => return Ok(None),
                Some(Frame::Whole(length)) => self.interpret(length)?,
                Some(Frame::Oversize(skeleton)) => self.interpret_oversize(&skeleton)?,
            };
            if incoming.is_some() {
                return Ok(incoming);
            }
        }
    }

    /// Interprets a message of this length.
    fn interpret(&mut self, length: usize) -> Result<Option<IncomingAt>, Broken> {
        let text = &self.incoming.held()[..length];
        let envelope = serde_json::from_slice::<Envelope<'_>>(text);
        trace::received(text, || self.scope_of(envelope.as_ref().ok()));
        let envelope = envelope.map_err(|error| Broken::not_json(&error, text))?;
        let id = envelope.id.and_then(|id| id.get().parse().ok()).map(Id);

        if let Some(name) = envelope.event {
            // A guest agent has no events.
            if !self.config.greets {
                return Ok(None);
            }
            return Ok(Some(IncomingAt::Event(RawEvent {
                name: name.into_owned(),
                data: envelope.data.map(ToOwned::to_owned),
                timestamp: envelope.timestamp,
            })));
        }
        if let Some(value) = envelope.success {
            let begin = value.get().as_ptr().addr() - text.as_ptr().addr();
            let at = begin..begin + value.get().len();
            let id = match envelope.id {
                None if !self.config.greets => self.infer_id(value.get()),
                _ => id,
            };
            return Ok(id.and_then(|id| self.returned(id, at)));
        }
        if let Some(error) = envelope.error {
            let rejection =
                Rejection::from_json(error).map_err(|error| Broken::not_json(&error, text))?;
            // A server that cannot read a command cannot read its id either. It
            // answers in order, so it means the oldest command.
            let id = match envelope.id {
                Some(_) => id,
                None => self.outgoing.oldest_in_band(),
            };
            return Ok(id.and_then(|id| self.rejected(id, rejection)));
        }
        if let (Some(greeting), Phase::Greeting) = (envelope.greeting, self.phase) {
            let greeting =
                Greeting::from_json(greeting).map_err(|error| Broken::not_json(&error, text))?;
            self.negotiate(greeting);
            return Ok(None);
        }
        Err(Broken::new(Reason::UnknownMessage, text, 0))
    }

    /// Returns which parts of a message are secret. If the message cannot be read, it
    /// is unknown which command it answers.
    fn scope_of(&self, envelope: Option<&Envelope<'_>>) -> ReplyScope {
        let Some(envelope) = envelope else {
            return ReplyScope::UNKNOWN;
        };
        if envelope.event.is_some() {
            return ReplyScope::EVENT;
        }
        let id = envelope.id.and_then(|id| id.get().parse().ok()).map(Id);
        let scope = id.and_then(|id| self.outgoing.reply_scope(id));
        scope.unwrap_or(ReplyScope::UNKNOWN)
    }

    fn returned(&mut self, id: Id, at: Range<usize>) -> Option<IncomingAt> {
        let pending = self.take_pending(id)?;
        if self.phase == Phase::Syncing(id) {
            // The answers before the delimiter are discarded.
            self.outgoing.clear_pending();
            self.phase = Phase::Ready;
            self.transmit_waiting();
            return Some(IncomingAt::Ready);
        }
        if self.phase == Phase::Negotiating(id) {
            self.phase = Phase::Ready;
            let offered = self.greeting.as_ref().is_some_and(Greeting::offers_oob);
            self.oob = self.config.oob && offered;
            self.transmit_waiting();
            return Some(IncomingAt::Ready);
        }
        (!pending.abandoned).then_some(IncomingAt::Returned { id, at })
    }

    fn rejected(&mut self, id: Id, rejection: Rejection) -> Option<IncomingAt> {
        let pending = self.take_pending(id)?;
        if matches!(self.phase, Phase::Negotiating(own) | Phase::Syncing(own) if own == id) {
            return Some(IncomingAt::NotReady(rejection));
        }
        (!pending.abandoned).then_some(IncomingAt::Rejected { id, rejection })
    }

    /// Returns the command that an answer without an id belongs to. Guest agents
    /// before 3.1 do not send ids back.
    ///
    /// The answer to `guest-sync-delimited` repeats the id that was among its
    /// arguments. After that, the agent answers in order, so the oldest command
    /// is meant; if one is abandoned, a new `guest-sync-delimited` follows.
    fn infer_id(&self, returned: &str) -> Option<Id> {
        match self.phase {
            Phase::Syncing(id) => (returned.parse() == Ok(id.get())).then_some(id),
            _ => self.outgoing.oldest_in_band(),
        }
    }

    /// Interprets a message that was too large to keep.
    fn interpret_oversize(&mut self, skeleton: &Skeleton) -> Result<Option<IncomingAt>, Broken> {
        let limit = self.config.reply_limit;
        let too_large = || Broken::new(Reason::TooLarge { limit }, skeleton.text(), 0);
        let id = match skeleton.envelope() {
            Some(envelope) if envelope.success.is_none() && envelope.error.is_none() => {
                return Err(too_large());
            }
            Some(Envelope { id: Some(id), .. }) => id.get().parse().ok().map(Id),
            _ => self.outgoing.oldest_in_band(),
        };
        if self.phase != Phase::Ready {
            return Err(too_large());
        }
        Ok(id.and_then(|id| {
            let pending = self.take_pending(id)?;
            (!pending.abandoned).then_some(IncomingAt::TooLarge { id })
        }))
    }

    /// Removes a command that was answered, which gives others their turn.
    pub(super) fn take_pending(&mut self, id: Id) -> Option<Pending> {
        let pending = self.outgoing.take_pending(id)?;
        self.transmit_waiting();
        Some(pending)
    }
}
