//! The outcome of a check that reports what is wrong by itself.

/// A part of the schema was reported and cannot be used. Checking goes on with
/// the next part, to report all that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Invalid;

pub(crate) type Valid<T> = Result<T, Invalid>;
