//! A client for QMP, with the typed commands of `qmp-types`.
//!
//! * [`blocking::Client`] executes commands one at a time, on the calling thread;
//! * `tokio::Client` executes commands from many tasks (feature `tokio`);
//! * [`drivers`] carry out what takes more than one command, such as jobs;
//! * [`Introspection`] tells what the connected QEMU has;
//! * `mock::Mock` is a server for tests (feature `mock`);
//! * [`session::Session`] is the protocol without I/O, which the clients use.
//!
//! ```no_run
//! use qmp_transport::blocking::Client;
//! use qmp_types::compat::commands::QueryStatus;
//!
//! let mut qmp = Client::connect("unix:/run/vm.sock")?;
//! println!("{:?}", qmp.execute(QueryStatus::new())?.status);
//! # Ok::<(), qmp_transport::Error>(())
//! ```

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
mod failure;
mod id;
pub mod introspection;
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
mod time_limits;
#[cfg(feature = "tokio")]
pub mod tokio;
mod trace;

pub use address::{Address, AddressError};
pub use error::Error;
pub use introspection::Introspection;
pub use listener::Listener;
pub use options::Options;
pub use platform::Stream;
#[cfg(unix)]
pub use platform::{launch, launch_storage_daemon};
pub use qmp_types::{AnyEvent, Command, Event, Protocol, Qga, Qmp, Qsd, RawEvent, Timestamp};
pub use record::{Direction, Recorder};
pub use rejection::{ErrorClass, Rejection};
pub use session::{Greeting, Version};
