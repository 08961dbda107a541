//! Windows: TCP sockets, and the standard input and output of a child process. There
//! are no Unix sockets, and file descriptors cannot be sent.

mod child;
mod descriptors;
#[cfg(feature = "tokio")]
mod ends;
mod local;
mod stream;
mod timed;

pub(crate) use descriptors::Descriptors;
#[cfg(feature = "tokio")]
pub(crate) use ends::{ReadEnd, WriteEnd, split};
pub(crate) use local::{Listening, LocalListener, connect_local, listen_local, wait_for_tcp};
pub use stream::Stream;
pub(crate) use timed::TimedStream;
