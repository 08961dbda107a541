//! Commands under way: handing them over, and waiting for their answers.

use std::borrow::Cow;
use std::time::Duration;

use qmp_types::{Command, DecodeError, Protocol, RawEvent, wire};

use super::Client;
use super::exchange::{Reaction, WaitError};
use crate::deadline::Deadline;
use crate::error::{Error, Rejected, ReplyTooLarge, TimedOut, Undecodable, Unsent};
use crate::id::Id;
use crate::rejection::Rejection;
use crate::session::{Abandoned, Incoming, Session};
use crate::silence::{self, Observed};
use crate::trace::Span;

/// A command under way.
pub(crate) struct Call {
    id: Id,
    span: Span,
}

impl<P: Protocol> Client<P> {
    /// Hands a command over to the session.
    pub(crate) fn begin_call(
        &mut self,
        command: &str,
        execute: impl FnOnce(&mut Session) -> Result<Id, Error>,
    ) -> Result<Call, Error> {
        // The error must say that the command was not sent.
        if let Some(end) = &self.end {
            return Err(end.error());
        }
        let mut span = Span::begin(command);
        match span.within(|| execute(&mut self.session)) {
            Ok(id) => {
                span.id(id);
                Ok(Call { id, span })
            }
            Err(error) => {
                span.failed(&error);
                Err(error)
            }
        }
    }

    /// Waits for the answer to a command. Each event is given to a function, and
    /// queued if the function returns it.
    pub(crate) fn complete<C: Command>(
        &mut self,
        call: Call,
        limit: Option<Duration>,
        on_event: &mut dyn FnMut(RawEvent) -> Option<RawEvent>,
    ) -> Result<C::Return, Error> {
        let decode = |json: &str| wire::from_json_with(json, |reply| C::decode_return(reply));
        if C::SUCCESS_RESPONSE {
            return self.finish(call, C::NAME.into(), limit, decode, on_event);
        }
        self.await_silence(call, C::NAME, limit)?;
        silence::success::<C>()
    }

    /// Waits for the error of a command whose success is not answered.
    fn await_silence(
        &mut self,
        call: Call,
        name: &'static str,
        limit: Option<Duration>,
    ) -> Result<(), Error> {
        let Call { id, mut span } = call;
        let next = self.session.execute_raw(silence::NEXT_COMMAND, &())?;
        let limit = silence::time_limit(limit);
        let mut deadline = Deadline::after(Some(limit));
        let react = |incoming: Incoming<'_>| match incoming {
            Incoming::Rejected { id: of, rejection } if of == id => {
                Reaction::Done(Observed::Rejected(rejection))
            }
            Incoming::Returned { id: of, .. }
            | Incoming::Rejected { id: of, .. }
            | Incoming::TooLarge { id: of }
                if of == id || of == next =>
            {
                Reaction::Done(Observed::Answered)
            }
            Incoming::Event(event) => Reaction::Queue(event),
            _ => Reaction::Ignore,
        };
        let observed = span.within(|| self.run(&mut deadline, Some(id), react));
        self.session.abandon(next);
        let observed = match observed {
            Ok(observed) => observed,
            Err(WaitError::Refused(source)) => Observed::Refused(source),
            Err(WaitError::Ended(end)) => Observed::Ended(end, self.session.abandon(id)),
            Err(WaitError::TimedOut) => Observed::TimedOut(limit, self.session.abandon(id)),
        };
        match observed {
            Observed::Answered => self.session.forget(id),
            Observed::TimedOut(_, Abandoned::Sent) => self.session.resync(),
            _ => {}
        }
        let outcome = silence::outcome(name.into(), observed);
        span.ended(&outcome);
        outcome
    }

    /// Waits for the answer to a command, and decodes it.
    pub(super) fn finish<T>(
        &mut self,
        call: Call,
        command: Cow<'static, str>,
        limit: Option<Duration>,
        decode: impl Fn(&str) -> Result<T, DecodeError>,
        on_event: &mut dyn FnMut(RawEvent) -> Option<RawEvent>,
    ) -> Result<T, Error> {
        enum Answer<T> {
            Returned(Result<T, (DecodeError, String)>),
            Rejected(Rejection),
            TooLarge,
        }

        let Call { id, mut span } = call;
        let mut deadline = Deadline::after(limit);
        let react = |incoming: Incoming<'_>| match incoming {
            Incoming::Returned { id: of, json } if of == id => Reaction::Done(Answer::Returned(
                decode(json).map_err(|error| (error, json.to_owned())),
            )),
            Incoming::Rejected { id: of, rejection } if of == id => {
                Reaction::Done(Answer::Rejected(rejection))
            }
            Incoming::TooLarge { id: of } if of == id => Reaction::Done(Answer::TooLarge),
            Incoming::Event(event) => on_event(event).map_or(Reaction::Ignore, Reaction::Queue),
            _ => Reaction::Ignore,
        };
        let outcome = span.within(|| self.run(&mut deadline, Some(id), react));
        let outcome = match outcome {
            Ok(Answer::Returned(Ok(returned))) => Ok(returned),
            Ok(Answer::Returned(Err((error, json)))) => Err(Undecodable {
                command,
                error,
                json,
            }
            .into()),
            Ok(Answer::Rejected(rejection)) => Err(Rejected { command, rejection }.into()),
            Ok(Answer::TooLarge) => {
                let limit = self.options.reply_limit;
                Err(ReplyTooLarge { command, limit }.into())
            }
            Err(WaitError::TimedOut) => {
                let sent = self.session.abandon(id) == Abandoned::Sent;
                if sent {
                    self.session.resync();
                }
                Err(TimedOut {
                    command: Some(command),
                    limit: deadline.limit(),
                    sent,
                }
                .into())
            }
            Err(WaitError::Refused(source)) => Err(Unsent { command, source }.into()),
            Err(WaitError::Ended(end)) => Err(end.command_error(command, self.session.abandon(id))),
        };
        span.ended(&outcome);
        outcome
    }
}
