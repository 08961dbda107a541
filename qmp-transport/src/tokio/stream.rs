//! The ends of a stream that wake tasks.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, Interest, ReadBuf};
use tokio::net::unix::pipe;
use tokio::net::{TcpStream, UnixStream, tcp, unix};

use crate::stream::{self, Kind, Stream};

/// Where the server's messages come from. The task owns it.
#[derive(Debug)]
pub(super) enum ReadEnd {
    Unix(unix::OwnedReadHalf),
    Tcp(tcp::OwnedReadHalf),
    Pipe(pipe::Receiver),
}

/// Where commands go to. All handles share it.
#[derive(Debug)]
pub(super) enum WriteEnd {
    Unix(unix::OwnedWriteHalf),
    Tcp(tcp::OwnedWriteHalf),
    Pipe(pipe::Sender),
}

/// Registers a stream with the runtime around it, which must have IO enabled.
pub(super) fn split(stream: Stream) -> io::Result<(ReadEnd, WriteEnd)> {
    Ok(match stream {
        Stream::Unix(stream) => {
            stream.set_nonblocking(true)?;
            let (read, write) = UnixStream::from_std(stream)?.into_split();
            (ReadEnd::Unix(read), WriteEnd::Unix(write))
        }
        Stream::Tcp(stream) => {
            stream.set_nonblocking(true)?;
            let (read, write) = TcpStream::from_std(stream)?.into_split();
            (ReadEnd::Tcp(read), WriteEnd::Tcp(write))
        }
        Stream::Pipe { read, write } => (
            ReadEnd::Pipe(pipe::Receiver::from_owned_fd(read)?),
            WriteEnd::Pipe(pipe::Sender::from_owned_fd(write)?),
        ),
    })
}

impl ReadEnd {
    /// Reads once.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut space = ReadBuf::new(space);
        let read = match self {
            Self::Unix(read) => Pin::new(read).poll_read(cx, &mut space),
            Self::Tcp(read) => Pin::new(read).poll_read(cx, &mut space),
            Self::Pipe(read) => Pin::new(read).poll_read(cx, &mut space),
        };
        read.map_ok(|()| space.filled().len())
    }
}

impl WriteEnd {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Unix(_) => Kind::Unix,
            Self::Tcp(_) => Kind::Tcp,
            Self::Pipe(_) => Kind::Pipe,
        }
    }

    fn descriptor(&self) -> BorrowedFd<'_> {
        match self {
            Self::Unix(write) => write.as_ref().as_fd(),
            Self::Tcp(write) => write.as_ref().as_fd(),
            Self::Pipe(write) => write.as_fd(),
        }
    }

    /// Writes once, as much as there is room for. Whether there is any shows
    /// sooner by trying than by asking the runtime.
    pub(super) fn try_write(&self, bytes: &[u8], descriptors: &[OwnedFd]) -> io::Result<usize> {
        stream::write(self.kind(), self.descriptor(), bytes, descriptors)
    }

    /// Writes once. The one task that calls this is woken when there is room.
    pub(super) fn poll_write(
        &self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        descriptors: &[OwnedFd],
    ) -> Poll<io::Result<usize>> {
        let write = || self.try_write(bytes, descriptors);
        loop {
            let written = match self {
                Self::Unix(end) => {
                    ready!(end.as_ref().poll_write_ready(cx))?;
                    end.as_ref().try_io(Interest::WRITABLE, write)
                }
                Self::Tcp(end) => {
                    ready!(end.as_ref().poll_write_ready(cx))?;
                    end.as_ref().try_io(Interest::WRITABLE, write)
                }
                Self::Pipe(end) => {
                    ready!(end.poll_write_ready(cx))?;
                    end.try_io(write)
                }
            };
            match written {
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                    ) => {}
                written => return Poll::Ready(written),
            }
        }
    }

    /// Ends the connection, though its other half may live on. A pipe ends when
    /// it is dropped.
    pub(super) fn shut_down(&self) {
        if self.kind() != Kind::Pipe {
            // The server may have done so first.
            let _ = rustix::net::shutdown(self.descriptor(), rustix::net::Shutdown::Both);
        }
    }
}
