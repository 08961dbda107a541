//! Time limits as points in time.

use std::time::{Duration, Instant};

/// The point in time at which a time limit ends, or no limit. It does not move when
/// an operation is tried again.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    limit: Option<Duration>,
    begin: Instant,
    /// Whether the operation after the end was allowed.
    is_past_last: bool,
}

impl Deadline {
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        Self {
            limit,
            begin: Instant::now(),
            is_past_last: false,
        }
    }

    /// Returns the time limit, for messages.
    pub(crate) fn limit(&self) -> Duration {
        self.limit.unwrap_or(Duration::MAX)
    }

    /// Returns how much time is left; `None` if there is no limit.
    pub(crate) fn left(&self) -> Option<Duration> {
        let limit = self.limit?;
        Some(limit.saturating_sub(self.begin.elapsed()))
    }

    /// Returns whether the time is over.
    pub(crate) fn has_passed(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// Returns how long the next operation may wait.
    ///
    /// When the time is over, one more operation is allowed, which does not wait:
    /// what has arrived is read. A server that sends without end does not get
    /// another one.
    pub(crate) fn next_wait(&mut self) -> Wait {
        let Some(limit) = self.limit else {
            return Wait::AtMost(None);
        };
        let passed = self.begin.elapsed();
        // Rounding saves a system call for each command, because the time limit
        // of the socket need not be set again.
        if passed < limit / 64 {
            return Wait::AtMost(Some(limit));
        }
        match limit.saturating_sub(passed) {
            Duration::ZERO if std::mem::replace(&mut self.is_past_last, true) => Wait::Expired,
            Duration::ZERO => Wait::Zero,
            left => Wait::AtMost(Some(left)),
        }
    }
}

/// How long an operation may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// At most this long; `None` is no limit.
    AtMost(Option<Duration>),
    /// Not at all. The operation may be tried.
    Zero,
    /// The operation must not be tried.
    Expired,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_limit_does_not_overflow() {
        let mut deadline = Deadline::after(Some(Duration::MAX));
        assert_eq!(deadline.next_wait(), Wait::AtMost(Some(Duration::MAX)));
        assert!(!deadline.has_passed());
    }

    #[test]
    fn one_operation_is_allowed_after_the_end() {
        let mut deadline = Deadline::after(Some(Duration::ZERO));
        assert!(deadline.has_passed());
        assert_eq!(deadline.next_wait(), Wait::Zero);
        assert_eq!(deadline.next_wait(), Wait::Expired);
    }
}
