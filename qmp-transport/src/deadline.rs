//! The end of a time limit.

use std::time::{Duration, Instant};

/// A point in time until which something may take, if there is one. It stays
/// where it is, whatever is tried again meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    limit: Option<Duration>,
    begin: Instant,
    is_last: bool,
}

impl Deadline {
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        Self {
            limit,
            begin: Instant::now(),
            is_last: false,
        }
    }

    /// The whole limit, for messages.
    pub(crate) fn limit(&self) -> Duration {
        self.limit.unwrap_or(Duration::MAX)
    }

    /// How much time is left; none where there is no limit.
    pub(crate) fn left(&self) -> Option<Duration> {
        let limit = self.limit?;
        Some(limit.saturating_sub(self.begin.elapsed()))
    }

    /// Whether time has run out.
    pub(crate) fn has_passed(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// How long the next operation may wait.
    ///
    /// One more is allowed when time has run out, which takes what is there; a
    /// peer that never falls silent must not get another.
    pub(crate) fn next(&mut self) -> Next {
        let Some(limit) = self.limit else {
            return Next::Wait(None);
        };
        let passed = self.begin.elapsed();
        // Rounding saves a system call for each command: the socket keeps the
        // limit that it has.
        if passed < limit / 64 {
            return Next::Wait(Some(limit));
        }
        match limit.saturating_sub(passed) {
            Duration::ZERO if std::mem::replace(&mut self.is_last, true) => Next::Nothing,
            Duration::ZERO => Next::Now,
            left => Next::Wait(Some(left)),
        }
    }
}

/// How long an operation may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// For so long; without a limit, for as long as it takes.
    Wait(Option<Duration>),
    /// It may take what is there.
    Now,
    /// It may do nothing more.
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_past_the_end_of_time_is_none() {
        let mut deadline = Deadline::after(Some(Duration::MAX));
        assert_eq!(deadline.next(), Next::Wait(Some(Duration::MAX)));
        assert!(!deadline.has_passed());
    }

    #[test]
    fn one_operation_is_allowed_when_time_has_run_out() {
        let mut deadline = Deadline::after(Some(Duration::ZERO));
        assert!(deadline.has_passed());
        assert_eq!(deadline.next(), Next::Now);
        assert_eq!(deadline.next(), Next::Nothing);
    }
}
