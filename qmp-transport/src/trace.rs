//! What `tracing` subscribers get to see: each command's end at debug level,
//! the wire's text at trace level, secrets left out.
//!
//! Without the feature all of this is nothing.

use std::time::Instant;

use crate::error::Error;
use crate::session::Id;

/// Commands whose arguments hold what must not stand in a log.
#[cfg(feature = "tracing")]
const SECRET: [&str; 6] = [
    "block_passwd",
    "change-vnc-password",
    "guest-set-user-password",
    "object-add",
    "qom-set",
    "set_password",
];

#[cfg(feature = "tracing")]
pub(crate) fn sent(command: &str, id: u64, text: &[u8]) {
    if tracing::enabled!(tracing::Level::TRACE) {
        let text = String::from_utf8_lossy(text);
        let text = match SECRET.contains(&command) {
            true => "(left out, it may hold a secret)",
            false => text.trim_end(),
        };
        tracing::trace!(command, id, text, "sent");
    }
}

#[cfg(feature = "tracing")]
pub(crate) fn received(text: &[u8]) {
    if tracing::enabled!(tracing::Level::TRACE) {
        tracing::trace!(text = %String::from_utf8_lossy(text), "received");
    }
}

#[cfg(feature = "tracing")]
pub(crate) fn ended<T>(command: &str, id: Id, begin: Instant, outcome: &Result<T, Error>) {
    let outcome = match outcome {
        Ok(_) => "returned",
        Err(Error::Rejected(_)) => "rejected",
        Err(Error::TimedOut(_)) => "timed out",
        Err(Error::Undecodable(_)) => "undecodable",
        Err(Error::ReplyTooLarge(_)) => "reply too large",
        Err(Error::Lost(_)) => "lost",
        Err(_) => "failed",
    };
    let (id, duration) = (id.get(), begin.elapsed());
    tracing::debug!(command, id, ?duration, outcome, "command ended");
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn sent(_: &str, _: u64, _: &[u8]) {}

#[cfg(not(feature = "tracing"))]
pub(crate) fn received(_: &[u8]) {}

#[cfg(not(feature = "tracing"))]
pub(crate) fn ended<T>(_: &str, _: Id, _: Instant, _: &Result<T, Error>) {}
