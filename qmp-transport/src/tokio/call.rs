//! Commands under way: handing them over, and waiting for their answers.

use std::borrow::Cow;
use std::time::Duration;

use qmp_types::{Command, DecodeError, Protocol, wire};
use serde_core::Serialize;
use tokio::sync::oneshot;

use super::Client;
use super::connection::{Answer, Connection};
use crate::encode::{self, Lane};
use crate::end::End;
use crate::error::{Error, Undecodable};
use crate::failure::Failure;
use crate::id::Id;
use crate::platform::Descriptors;
use crate::session::Abandoned;
use crate::silence;
use crate::trace::Span;

impl<P: Protocol> Client<P> {
    /// Hands a command over to the session, and writes what there is room for.
    pub(super) fn call<A: Serialize + ?Sized>(
        &self,
        lane: Lane,
        command: Cow<'static, str>,
        arguments: &A,
        descriptors: Descriptors,
    ) -> Result<Call<'_>, Error> {
        let connection = self.connection();
        let mut span = Span::begin(&command);
        // This runs code of the caller, so the state must not be locked yet.
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

    /// Waits for the answer to a command, and decodes it.
    pub(super) async fn complete<C: Command>(
        &self,
        mut call: Call<'_>,
        limit: Option<Duration>,
    ) -> Result<C::Return, Error> {
        let decode = |json: &str| wire::from_json_with(json, |reply| C::decode_return(reply));
        if C::SUCCESS_RESPONSE {
            return call.decoded(C::RELEASE, limit, decode).await;
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
            (Ok(answer), _) => answer.map(drop),
            (Err(_), Err(Error::TimedOut(_))) => Err(Failure::TimedOut(limit, call.abandon())),
            (Err(_), _) => Ok(()),
        };
        call.open = false;
        if observed.is_ok() {
            call.forget();
        }
        let outcome = silence::outcome(call.command.clone(), observed);
        call.span.ended(&outcome);
        outcome
    }
}

/// A command under way. It is abandoned when this is dropped.
pub(super) struct Call<'a> {
    connection: &'a Connection,
    command: Cow<'static, str>,
    id: Id,
    answer: oneshot::Receiver<Answer>,
    /// Whether the command is neither answered nor abandoned.
    open: bool,
    span: Span,
}

impl Call<'_> {
    /// Waits for the answer, and decodes it.
    pub(super) async fn decoded<T>(
        mut self,
        bindings: &'static str,
        limit: Option<Duration>,
        decode: impl FnOnce(&str) -> Result<T, DecodeError>,
    ) -> Result<T, Error> {
        let outcome = match self.answer_within(limit).await {
            Ok(json) => decode(&json).map_err(|error| {
                let state = self.connection.lock();
                let greeting = state.session.greeting();
                Undecodable {
                    command: self.command.clone(),
                    error,
                    json,
                    bindings,
                    server: greeting.map(|greeting| Box::new(greeting.version.clone())),
                }
                .into()
            }),
            Err(error) => Err(error),
        };
        self.span.ended(&outcome);
        outcome
    }

    /// Waits for the answer, with a time limit.
    async fn answer_within(&mut self, limit: Option<Duration>) -> Result<String, Error> {
        let answer = match limit {
            None => (&mut self.answer).await,
            Some(limit) => match ::tokio::time::timeout(limit, &mut self.answer).await {
                Ok(answer) => answer,
                Err(_) => match self.abandon() {
                    // It was answered just now.
                    Abandoned::Unknown => (&mut self.answer).await,
                    abandoned => Ok(Err(Failure::TimedOut(limit, abandoned))),
                },
            },
        };
        self.open = false;
        // Without an answer, the runtime was shut down, and dropped the task.
        let answer = answer.unwrap_or(Err(Failure::Ended(End::CLOSED, Abandoned::Sent)));
        answer.map_err(|failure| failure.error(self.command.clone()))
    }

    /// Removes the command, because it will not be answered.
    fn forget(&mut self) {
        self.open = false;
        let mut state = self.connection.lock();
        state.answers.remove(&self.id);
        state.session.forget(self.id);
        self.connection.write_now(&mut state);
    }

    fn abandon(&mut self) -> Abandoned {
        self.open = false;
        let mut state = self.connection.lock();
        state.answers.remove(&self.id);
        let abandoned = state.session.abandon(self.id);
        if abandoned == Abandoned::Sent {
            state.session.resync();
        }
        // Another command may have got its turn.
        self.connection.write_now(&mut state);
        abandoned
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if self.open {
            self.abandon();
        }
    }
}
