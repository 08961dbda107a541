//! Unix: Unix and TCP sockets, pipes, devices, and file descriptors that are sent
//! with commands.

mod descriptors;
#[cfg(feature = "tokio")]
mod ends;
mod local;
mod stream;
mod system;
mod timed;

pub(crate) use descriptors::Descriptors;
#[cfg(feature = "tokio")]
pub(crate) use ends::{ReadEnd, WriteEnd, split};
pub(crate) use local::{Listening, LocalListener, connect_local, listen_local, wait_for_tcp};
pub use stream::Stream;
pub(crate) use timed::TimedStream;
