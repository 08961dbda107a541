//! Speaks QMP with the typed commands of `qmp-types`.
//!
//! * [`blocking::Client`] executes commands and waits for each;
//! * `tokio::Client` executes commands from many tasks (feature `tokio`);
//! * `mock::Mock` plays QEMU in tests (feature `mock`);
//! * [`drivers`] see through what takes longer than one command;
//! * [`session::Session`] is the protocol without IO, on which it is built.

mod address;
pub mod blocking;
mod broken;
mod connect;
mod deadline;
#[cfg(unix)]
mod descriptors;
pub mod drivers;
mod encode;
mod end;
pub mod error;
mod id;
mod limits;
mod listener;
#[cfg(feature = "mock")]
pub mod mock;
mod options;
mod platform;
mod queue;
mod record;
mod rejection;
pub mod session;
mod silence;
#[cfg(feature = "tokio")]
pub mod tokio;
mod trace;

pub use address::{Address, AddressError};
pub use error::Error;
pub use listener::Listener;
pub use options::Options;
pub use platform::Stream;
#[cfg(unix)]
pub use platform::{launch, launch_storage_daemon};
pub use qmp_types::{AnyEvent, Command, Event, Protocol, Qga, Qmp, Qsd, RawEvent, Timestamp};
pub use record::{Direction, Recorder};
pub use rejection::{ErrorClass, Rejection};
pub use session::{Greeting, Version};
