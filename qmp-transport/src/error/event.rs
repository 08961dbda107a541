//! Errors of events.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use qmp_types::{DecodeError, RawEvent};

/// Events were dropped because they were not taken in time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lagged {
    /// The number of dropped events.
    pub lost: u64,
}

impl fmt::Display for Lagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} events were dropped because they were not taken in time; \
             take them faster, or keep more with Options::event_queue and \
             Options::event_memory",
            self.lost
        )
    }
}

impl StdError for Lagged {}

/// The data of an event does not fit its type.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UndecodableEvent {
    /// The event as it arrived.
    pub event: Arc<RawEvent>,
    /// The path of the offending member, and what is wrong with it.
    pub error: DecodeError,
}

impl fmt::Display for UndecodableEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot decode the event {}", self.event.name)
    }
}

impl StdError for UndecodableEvent {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}
