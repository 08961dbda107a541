//! Connecting and listening at addresses of this machine.

use std::io;
use std::net::TcpListener;

use rustix::event::{PollFd, PollFlags};

use super::Stream;
use crate::address::Address;
use crate::deadline::Deadline;
use crate::platform::poll::wait;

/// The error of an address that only Unix supports.
fn unsupported(address: &Address) -> io::Error {
    let what = match address {
        Address::Descriptor(_) => "inherited file descriptors",
        _ => "Unix sockets",
    };
    let message = format!("{what} are not supported on this platform; use tcp:HOST:PORT");
    io::Error::new(io::ErrorKind::Unsupported, message)
}

/// Connects to an address of this machine. There are none except those of TCP.
pub(crate) fn connect_local(address: &Address) -> io::Result<Stream> {
    Err(unsupported(address))
}

/// A listening socket of this machine that is not a TCP socket. There are none.
#[derive(Debug)]
pub(crate) enum LocalListener {}

/// A listener at an address that is not `tcp:`.
#[expect(dead_code, reason = "no such address is supported")]
pub(crate) enum Listening {
    Local(LocalListener),
    Tcp(TcpListener),
}

/// Listens at an address of this machine. There are none except those of TCP.
pub(crate) fn listen_local(address: &Address) -> io::Result<Listening> {
    Err(unsupported(address))
}

impl LocalListener {
    /// Accepts a connection, or fails with `WouldBlock`.
    pub(crate) fn try_accept(&self) -> io::Result<Stream> {
        match *self {}
    }

    /// Waits for a connection. Returns false if the time is over.
    pub(crate) fn wait(&self, _: &Deadline) -> io::Result<bool> {
        match *self {}
    }

    /// Waits for a connection and accepts it.
    #[cfg(feature = "tokio")]
    #[expect(clippy::unused_async, reason = "it has the same signature on Unix")]
    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        match *self {}
    }
}

/// Waits for a connection to a listening TCP socket. Returns false if the time is
/// over.
pub(crate) fn wait_for_tcp(listener: &TcpListener, deadline: &Deadline) -> io::Result<bool> {
    wait(&mut [PollFd::new(listener, PollFlags::IN)], deadline)
}
