//! Commands under way: handing them over, and waiting for their answers.

use std::borrow::Cow;
use std::time::Duration;

use qmp_types::{Command, DecodeError, Protocol, RawEvent, wire};

use super::Client;
use super::exchange::{Reaction, WaitError};
use crate::deadline::Deadline;
use crate::error::{Error, Undecodable};
use crate::failure::Failure;
use crate::id::Id;
use crate::session::{Abandoned, Incoming, Session};
use crate::silence;
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
            let name = C::NAME.into();
            return self.finish(call, name, C::RELEASE, limit, decode, on_event);
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
                Reaction::Done(Err(Failure::Rejected(rejection)))
            }
            Incoming::Returned { id: of, .. }
            | Incoming::Rejected { id: of, .. }
            | Incoming::TooLarge { id: of }
                if of == id || of == next =>
            {
                Reaction::Done(Ok(()))
            }
            Incoming::Event(event) => Reaction::Queue(event),
            _ => Reaction::Ignore,
        };
        let observed = span.within(|| self.run(&mut deadline, Some(id), react));
        self.session.abandon(next);
        let observed = observed.unwrap_or_else(|error| Err(self.failure(id, error, limit)));
        if observed.is_ok() {
            self.session.forget(id);
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
        bindings: &'static str,
        limit: Option<Duration>,
        decode: impl Fn(&str) -> Result<T, DecodeError>,
        on_event: &mut dyn FnMut(RawEvent) -> Option<RawEvent>,
    ) -> Result<T, Error> {
        let Call { id, mut span } = call;
        let mut deadline = Deadline::after(limit);
        let reply_limit = self.options.reply_limit;
        let react = |incoming: Incoming<'_>| match incoming {
            Incoming::Returned { id: of, json } if of == id => {
                Reaction::Done(Ok(decode(json).map_err(|error| (error, json.to_owned()))))
            }
            Incoming::Rejected { id: of, rejection } if of == id => {
                Reaction::Done(Err(Failure::Rejected(rejection)))
            }
            Incoming::TooLarge { id: of } if of == id => {
                Reaction::Done(Err(Failure::TooLarge(reply_limit)))
            }
            Incoming::Event(event) => on_event(event).map_or(Reaction::Ignore, Reaction::Queue),
            _ => Reaction::Ignore,
        };
        let answer = span.within(|| self.run(&mut deadline, Some(id), react));
        let limit = deadline.limit();
        let outcome = match answer.unwrap_or_else(|error| Err(self.failure(id, error, limit))) {
            Ok(Ok(returned)) => Ok(returned),
            Ok(Err((error, json))) => {
                let greeting = self.greeting();
                Err(Undecodable {
                    command,
                    error,
                    json,
                    bindings,
                    server: greeting.map(|greeting| Box::new(greeting.version.clone())),
                }
                .into())
            }
            Err(failure) => Err(failure.error(command)),
        };
        span.ended(&outcome);
        outcome
    }

    /// Abandons a command that the caller does not wait for any longer, and returns why
    /// it has no reply.
    fn failure(&mut self, id: Id, error: WaitError, limit: Duration) -> Failure {
        match error {
            WaitError::TimedOut => {
                let abandoned = self.session.abandon(id);
                if abandoned == Abandoned::Sent {
                    self.session.resync();
                }
                Failure::TimedOut(limit, abandoned)
            }
            WaitError::Refused(source) => Failure::Refused(source),
            WaitError::Ended(end) => Failure::Ended(end, self.session.abandon(id)),
        }
    }
}
