//! The two ends of a stream on a tokio runtime.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use ::tokio::net::tcp;
use ::tokio::process;

use super::{Descriptors, Stream};

/// The end that messages of the server are read from. One task has it.
#[derive(Debug)]
pub(crate) enum ReadEnd {
    Tcp(tcp::OwnedReadHalf),
    Child(process::ChildStdout),
}

/// The end that commands are written to. All handles share it.
#[derive(Debug)]
pub(crate) enum WriteEnd {
    Tcp(tcp::OwnedWriteHalf),
    Child(process::ChildStdin),
}

/// Registers a stream with the current runtime, which must have I/O enabled.
pub(crate) fn split(stream: Stream) -> io::Result<(ReadEnd, WriteEnd)> {
    Ok(match stream {
        Stream::Tcp(stream) => {
            stream.set_nonblocking(true)?;
            let (read, write) = ::tokio::net::TcpStream::from_std(stream)?.into_split();
            (ReadEnd::Tcp(read), WriteEnd::Tcp(write))
        }
        Stream::Child { stdin, stdout } => (
            ReadEnd::Child(process::ChildStdout::from_std(stdout)?),
            WriteEnd::Child(process::ChildStdin::from_std(stdin)?),
        ),
    })
}

impl ReadEnd {
    /// Reads once.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut space = ReadBuf::new(space);
        let read = match self {
            Self::Tcp(end) => Pin::new(end).poll_read(cx, &mut space),
            Self::Child(end) => Pin::new(end).poll_read(cx, &mut space),
        };
        read.map_ok(|()| space.filled().len())
    }
}

impl WriteEnd {
    /// Writes as much as there is room for, or fails with `WouldBlock`. The input
    /// of a child is left to the task.
    pub(crate) fn try_write(&self, bytes: &[u8], _: &Descriptors) -> io::Result<usize> {
        match self {
            Self::Tcp(end) => end.try_write(bytes),
            Self::Child(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Writes once. Only one task may call this. It is woken when there is room.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        _: &Descriptors,
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(end) => Pin::new(end).poll_write(cx, bytes),
            Self::Child(end) => Pin::new(end).poll_write(cx, bytes),
        }
    }

    /// Ends the connection, though the other end still exists. A pipe ends when it
    /// is dropped.
    pub(crate) fn shut_down(&self) {
        if let Self::Tcp(end) = self {
            // It fails if the server has ended the connection already.
            let _ = rustix::net::shutdown(end.as_ref(), rustix::net::Shutdown::Both);
        }
    }
}
