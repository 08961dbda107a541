//! Calls of the system that several files need.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags};

use super::Descriptors;

/// The kind of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Unix,
    Tcp,
    Pipe,
}

/// Returns the address family of a socket.
pub(super) fn family(socket: &OwnedFd) -> io::Result<AddressFamily> {
    Ok(rustix::net::getsockname(socket)?.address_family())
}

/// Writes once, and sends descriptors with the first byte.
pub(super) fn write(
    kind: Kind,
    to: BorrowedFd<'_>,
    bytes: &[u8],
    descriptors: &Descriptors,
    flags: SendFlags,
) -> io::Result<usize> {
    if kind == Kind::Pipe {
        return Ok(rustix::io::write(to, bytes)?);
    }
    // If the server has closed the connection, the call must fail without a signal.
    #[cfg(not(target_vendor = "apple"))]
    let flags = flags | SendFlags::NOSIGNAL;
    if descriptors.is_empty() {
        return Ok(rustix::net::send(to, bytes, flags)?);
    }
    let descriptors: Vec<BorrowedFd<'_>> =
        descriptors.as_slice().iter().map(OwnedFd::as_fd).collect();
    let message = SendAncillaryMessage::ScmRights(&descriptors);
    let mut space = vec![MaybeUninit::uninit(); message.size()];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(message);
    let bytes = [IoSlice::new(bytes)];
    Ok(rustix::net::sendmsg(to, &bytes, &mut ancillary, flags)?)
}

/// Repeats a call that a signal interrupted. It must not be one that waits.
pub(super) fn retry<T>(mut operation: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match operation() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

/// Ends a connection, also for other processes that have the socket. A pipe ends
/// when it is closed.
pub(super) fn shut_down(kind: Kind, end: BorrowedFd<'_>) {
    if kind != Kind::Pipe {
        // It fails if the server has ended the connection already.
        let _ = rustix::net::shutdown(end, rustix::net::Shutdown::Both);
    }
}
