//! What `tracing` subscribers get to see: a span for each command, at debug
//! level, with its name, its id, how long it took and how it ended; and within
//! it, at trace level, the wire's text, secrets left out.
//!
//! Without the feature all of this is nothing, and without a subscriber it is a
//! look at a flag: nothing is formatted or allocated.

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

    /// What was asked for, as far as it tells what of the answer is secret.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct ReplyScope(Scope<'static>);

    impl ReplyScope {
        /// Nothing: an event.
        pub(crate) const EVENT: Self = Self(Scope::Plain);
        /// It is not known.
        pub(crate) const UNKNOWN: Self = Self(Scope::AnyReply);

        pub(crate) fn of(command: &str) -> Self {
            Self(Scope::of(command))
        }
    }

    /// A command, from when it is handed over to when its caller knows how it
    /// ended.
    #[derive(Debug)]
    pub(crate) struct Span {
        span: tracing::Span,
        /// None where nobody looks, or where its end has been told.
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

        /// Does what belongs to the command.
        pub(crate) fn within<T>(&self, act: impl FnOnce() -> T) -> T {
            self.span.in_scope(act)
        }

        pub(crate) fn id(&self, id: Id) {
            self.span.record("id", id.get());
        }

        pub(crate) fn ended<T>(&mut self, outcome: &Result<T, Error>) {
            match outcome {
                Ok(_) => self.end("returned"),
                Err(error) => self.failed(error),
            }
        }

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
            // Its end is told otherwise, unless its future was dropped.
            self.end("given up");
        }
    }

    pub(crate) fn sent(command: &str, id: u64, text: &[u8]) {
        if enabled!(Level::TRACE) {
            let text = secrets::message(Scope::of(command), text);
            trace!(command, id, text = text.trim_end(), "sent");
        }
    }

    pub(crate) fn received(text: &[u8], asked: impl FnOnce() -> ReplyScope) {
        if enabled!(Level::TRACE) {
            let text = secrets::message(asked().0, text);
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

    #[expect(clippy::unused_self, reason = "as it is with the feature")]
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
