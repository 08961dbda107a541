//! What tests of several crates share: the programs that they start, the secrets
//! that must not be shown, the rule about causes in errors, and more behind
//! features.

// It is for tests, which fail by a panic.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "coverage")]
pub mod coverage;
mod errors;
#[cfg(feature = "introspection")]
pub mod introspection;
pub mod programs;
pub mod secrets;
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
