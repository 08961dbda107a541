//! What differs by platform: what a connection may run over, how it waits, and
//! what may travel along. [`unix`] and [`windows`] have the same items, as far
//! as the rest of this crate uses them.

#[cfg(unix)]
mod launch;
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

/// How an operation with a deadline went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Io<T> {
    Done(T),
    TimedOut,
}
