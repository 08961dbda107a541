//! Everything that differs by platform: the streams that a connection can use, how
//! it waits, and whether file descriptors can be sent. [`unix`] and [`windows`] have
//! the same items, as far as the rest of this crate uses them.

#[cfg(unix)]
mod launch;
mod poll;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use launch::{launch, launch_storage_daemon};
#[cfg(unix)]
pub use unix::*;
#[cfg(windows)]
pub use windows::*;

/// The outcome of an operation with a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Io<T> {
    Done(T),
    TimedOut,
}
