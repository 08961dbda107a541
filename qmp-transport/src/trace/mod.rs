//! Spans and events for `tracing`. Each command has a span at debug level, with its
//! name, its id, its duration and its outcome. The text that is sent and received
//! is logged within it at trace level, without secrets.
//!
//! Without the feature, nothing of this is compiled. Without a subscriber, only a
//! flag is checked: nothing is formatted or allocated.

use crate::error::Error;
use crate::id::Id;

#[cfg(feature = "tracing")]
pub(crate) use on::{ReplyScope, Span, received, sent};

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{ReplyScope, Span, received, sent};

#[cfg(feature = "tracing")]
mod on {
    use std::time::Instant;

    use qmp_types::secrets::{self, Scope};
    use tracing::field::{Empty, debug};
    use tracing::{Level, debug_span, enabled, trace};

    use super::{Error, Id};

    /// The scope of a reply, which decides what of it is secret.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct ReplyScope(Scope<'static>);

    impl ReplyScope {
        /// An event, which is not a reply.
        pub(crate) const EVENT: Self = Self(Scope::Plain);
        /// A reply to an unknown command.
        pub(crate) const UNKNOWN: Self = Self(Scope::AnyReply);

        pub(crate) fn of(command: &str) -> Self {
            Self(Scope::of(command))
        }
    }

    /// The span of a command: from when it is handed over to when its caller gets
    /// the outcome.
    #[derive(Debug)]
    pub(crate) struct Span {
        span: tracing::Span,
        /// `None` if there is no subscriber, or if the span has ended.
        begin: Option<Instant>,
    }

    impl Span {
        pub(crate) fn begin(command: &str) -> Self {
            let span = debug_span!(
                "command",
                command,
                id = Empty,
                duration = Empty,
                outcome = Empty
            );
            let begin = (!span.is_disabled()).then(Instant::now);
            Self { span, begin }
        }

        /// Calls a function within the span.
        pub(crate) fn within<T>(&self, act: impl FnOnce() -> T) -> T {
            self.span.in_scope(act)
        }

        /// Records the id of the command.
        pub(crate) fn id(&self, id: Id) {
            self.span.record("id", id.get());
        }

        /// Ends the span with an outcome.
        pub(crate) fn ended<T>(&mut self, outcome: &Result<T, Error>) {
            match outcome {
                Ok(_) => self.end("returned"),
                Err(error) => self.failed(error),
            }
        }

        /// Ends the span with an error.
        pub(crate) fn failed(&mut self, error: &Error) {
            self.end(match error {
                Error::Rejected(_) => "rejected",
                Error::TimedOut(_) => "timed out",
                Error::Undecodable(_) => "undecodable",
                Error::ReplyTooLarge(_) => "reply too large",
                Error::Lost(_) => "lost",
                Error::Broken(_) => "broken",
                _ => "not sent",
            });
        }

        fn end(&mut self, outcome: &'static str) {
            if let Some(begin) = self.begin.take() {
                let duration = begin.elapsed();
                self.span.record("duration", debug(duration));
                self.span.record("outcome", outcome);
                self.span
                    .in_scope(|| tracing::debug!(?duration, outcome, "command ended"));
            }
        }
    }

    impl Drop for Span {
        fn drop(&mut self) {
            // This is the outcome only if the future was dropped before.
            self.end("abandoned");
        }
    }

    /// Logs a command that is handed over.
    pub(crate) fn sent(command: &str, id: u64, text: &[u8]) {
        if enabled!(Level::TRACE) {
            let text = secrets::message(Scope::of(command), text);
            trace!(command, id, text = text.trim_end(), "sent");
        }
    }

    /// Logs a message that was received.
    pub(crate) fn received(text: &[u8], scope: impl FnOnce() -> ReplyScope) {
        if enabled!(Level::TRACE) {
            let text = secrets::message(scope().0, text);
            trace!(text, "received");
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use super::{Error, Id};

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct ReplyScope;

    impl ReplyScope {
        pub(crate) const EVENT: Self = Self;
        pub(crate) const UNKNOWN: Self = Self;

        pub(crate) fn of(_: &str) -> Self {
            Self
        }
    }

    #[derive(Debug)]
    pub(crate) struct Span;

    #[expect(
        clippy::unused_self,
        reason = "it has the same signature with the feature"
    )]
    impl Span {
        pub(crate) fn begin(_: &str) -> Self {
            Self
        }

        pub(crate) fn within<T>(&self, act: impl FnOnce() -> T) -> T {
            act()
        }

        pub(crate) fn id(&self, _: Id) {}

        pub(crate) fn ended<T>(&mut self, _: &Result<T, Error>) {}

        pub(crate) fn failed(&mut self, _: &Error) {}
    }

    pub(crate) fn sent(_: &str, _: u64, _: &[u8]) {}

    pub(crate) fn received(_: &[u8], _: impl FnOnce() -> ReplyScope) {}
}
