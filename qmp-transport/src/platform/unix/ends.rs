//! The two ends of a stream on a tokio runtime.

use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use ::tokio::io::unix::AsyncFd;
use rustix::net::{RecvAncillaryBuffer, RecvFlags, ReturnFlags, SendFlags};

use super::system::Kind;
use super::system::{retry, shut_down, write};
use super::{Descriptors, Stream};

/// The end that messages of the server are read from. One task has it.
#[derive(Debug)]
pub(crate) struct ReadEnd {
    kind: Kind,
    end: Arc<AsyncFd<OwnedFd>>,
}

/// The end that commands are written to. All handles share it.
#[derive(Debug)]
pub(crate) struct WriteEnd {
    kind: Kind,
    end: Arc<AsyncFd<OwnedFd>>,
}

/// Registers a stream with the current runtime, which must have I/O enabled.
pub(crate) fn split(stream: Stream) -> io::Result<(ReadEnd, WriteEnd)> {
    stream.set_nonblocking(true)?;
    let kind = stream.kind();
    let (read, write) = match stream {
        Stream::Unix(stream) => (OwnedFd::from(stream), None),
        Stream::Tcp(stream) => (OwnedFd::from(stream), None),
        Stream::Pipe { read, write } => (read, Some(write)),
    };
    let read = register(read)?;
    let write = match write {
        None => Arc::clone(&read),
        Some(write) => register(write)?,
    };
    Ok((ReadEnd { kind, end: read }, WriteEnd { kind, end: write }))
}

#[allow(
    deprecated,
    reason = "the replacement is unsafe, since a descriptor may change; this one does not"
)]
fn register(end: OwnedFd) -> io::Result<Arc<AsyncFd<OwnedFd>>> {
    Ok(Arc::new(AsyncFd::new(end)?))
}

impl ReadEnd {
    /// Reads once.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut guard = ready!(self.end.poll_read_ready(cx))?;
            match retry(|| self.read(space)) {
                Ok((count, is_all)) => {
                    // This saves a call that would fail with `WouldBlock`.
                    if is_all && count > 0 {
                        guard.clear_ready();
                    }
                    return Poll::Ready(Ok(count));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => guard.clear_ready(),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Reads once, and returns whether that was everything that had arrived.
    fn read(&self, space: &mut [u8]) -> io::Result<(usize, bool)> {
        let length = space.len();
        match self.kind {
            Kind::Pipe => Ok((rustix::io::read(&self.end, space)?, false)),
            Kind::Tcp => {
                let count = rustix::io::read(&self.end, space)?;
                Ok((count, count < length))
            }
            Kind::Unix => {
                // A read ends at bytes that descriptors were sent with, even if
                // more has arrived. The flag shows that there were some. They
                // are of no use, and the system closes them.
                let mut ancillary = RecvAncillaryBuffer::default();
                let mut space = [IoSliceMut::new(space)];
                let flags = RecvFlags::empty();
                let read = rustix::net::recvmsg(&self.end, &mut space, &mut ancillary, flags)?;
                let is_all = read.bytes < length && !read.flags.contains(ReturnFlags::CTRUNC);
                Ok((read.bytes, is_all))
            }
        }
    }
}

impl WriteEnd {
    /// Returns whether file descriptors can be sent.
    pub(crate) fn takes_descriptors(&self) -> bool {
        self.kind == Kind::Unix
    }

    /// Writes as much as there is room for, or fails with `WouldBlock`. To try is
    /// faster than to ask the runtime whether there is room.
    pub(crate) fn try_write(&self, bytes: &[u8], descriptors: &Descriptors) -> io::Result<usize> {
        let end = self.end.get_ref().as_fd();
        retry(|| write(self.kind, end, bytes, descriptors, SendFlags::empty()))
    }

    /// Writes once. Only one task may call this. It is woken when there is room.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        descriptors: &Descriptors,
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut guard = ready!(self.end.poll_write_ready(cx))?;
            match self.try_write(bytes, descriptors) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => guard.clear_ready(),
                written => return Poll::Ready(written),
            }
        }
    }

    /// Ends the connection, though the other end still exists.
    pub(crate) fn shut_down(&self) {
        shut_down(self.kind, self.end.get_ref().as_fd());
    }
}
