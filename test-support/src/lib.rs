//! What tests of several crates share: the programs that they start, the rule
//! about causes in errors, and, with the feature `server`, QEMU with a socket to
//! talk to.

// It is for tests, which fail by a panic.
#![allow(clippy::unwrap_used)]

mod errors;
pub mod programs;
#[cfg(all(feature = "server", unix))]
mod server;
#[cfg(feature = "server")]
mod trials;

pub use errors::causes;
pub use programs::{Program, command};
#[cfg(all(feature = "server", unix))]
pub use rustix::process::Signal;
#[cfg(all(feature = "server", unix))]
pub use server::{Server, send_signal};
#[cfg(feature = "server")]
pub use trials::{live, needs};
