//! The streams that a connection can use.

use std::io;
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{ChildStdin, ChildStdout};

use rustix::net::AddressFamily;
#[cfg(feature = "mock")]
use rustix::net::SendFlags;
#[cfg(target_vendor = "apple")]
use rustix::net::sockopt;

#[cfg(feature = "mock")]
use super::Descriptors;
use super::system::{Kind, family};
#[cfg(feature = "mock")]
use super::system::{retry, write};

/// A connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stream {
    /// A Unix socket.
    Unix(UnixStream),
    /// A TCP socket.
    Tcp(TcpStream),
    /// Two pipes, or a device. They are made nonblocking, also for other processes
    /// that have them.
    Pipe {
        /// The end that messages of the server are read from.
        read: OwnedFd,
        /// The end that commands are written to.
        write: OwnedFd,
    },
}

impl From<UnixStream> for Stream {
    fn from(stream: UnixStream) -> Self {
        Self::Unix(stream)
    }
}

impl From<TcpStream> for Stream {
    fn from(stream: TcpStream) -> Self {
        Self::Tcp(stream)
    }
}

impl Stream {
    /// Creates a stream from a file descriptor: a connected socket, or a device.
    ///
    /// # Errors
    /// It is neither a Unix socket nor a TCP socket, or it cannot be duplicated.
    pub fn from_descriptor(descriptor: OwnedFd) -> io::Result<Self> {
        match family(&descriptor) {
            Ok(AddressFamily::UNIX) => Ok(Self::Unix(descriptor.into())),
            Ok(AddressFamily::INET | AddressFamily::INET6) => Ok(Self::Tcp(descriptor.into())),
            Ok(_) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "expected a Unix socket or a TCP socket",
            )),
            Err(_) => Ok(Self::Pipe {
                read: descriptor.try_clone()?,
                write: descriptor,
            }),
        }
    }

    /// Creates a stream from the standard input and output of a child process, such
    /// as `ssh host socat - /run/vm.sock`.
    pub fn from_child(stdin: ChildStdin, stdout: ChildStdout) -> Self {
        Self::Pipe {
            read: stdout.into(),
            write: stdin.into(),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Unix(_) => Kind::Unix,
            Self::Tcp(_) => Kind::Tcp,
            Self::Pipe { .. } => Kind::Pipe,
        }
    }

    pub(super) fn read_end(&self) -> BorrowedFd<'_> {
        match self {
            Self::Unix(stream) => stream.as_fd(),
            Self::Tcp(stream) => stream.as_fd(),
            Self::Pipe { read, .. } => read.as_fd(),
        }
    }

    pub(super) fn write_end(&self) -> BorrowedFd<'_> {
        match self {
            Self::Unix(stream) => stream.as_fd(),
            Self::Tcp(stream) => stream.as_fd(),
            Self::Pipe { write, .. } => write.as_fd(),
        }
    }

    /// Returns the address of the server, for people.
    pub(crate) fn peer(&self) -> String {
        match self {
            Self::Unix(stream) => match stream.peer_addr() {
                Ok(address) if address.as_pathname().is_some() => {
                    format!(
                        "unix:{}",
                        address.as_pathname().unwrap_or(Path::new("")).display()
                    )
                }
                _ => "a Unix socket".to_owned(),
            },
            Self::Tcp(stream) => match stream.peer_addr() {
                Ok(address) => format!("tcp:{address}"),
                Err(_) => "a TCP socket".to_owned(),
            },
            Self::Pipe { .. } => "pipes or a device".to_owned(),
        }
    }

    /// Sets whether calls block. The creator of the stream may have set either.
    pub(super) fn set_nonblocking(&self, enable: bool) -> io::Result<()> {
        for end in [self.read_end(), self.write_end()] {
            rustix::io::ioctl_fionbio(end, enable)?;
        }
        #[cfg(target_vendor = "apple")]
        if self.kind() != Kind::Pipe {
            sockopt::set_socket_nosigpipe(self.write_end(), true)?;
        }
        Ok(())
    }

    /// Returns whether file descriptors can be sent.
    pub(crate) fn takes_descriptors(&self) -> bool {
        self.kind() == Kind::Unix
    }

    /// Creates two connected streams.
    #[cfg(feature = "mock")]
    pub(crate) fn pair() -> io::Result<(Self, Self)> {
        let (ours, theirs) = UnixStream::pair()?;
        Ok((ours.into(), theirs.into()))
    }

    /// Reads from a blocking stream.
    #[cfg(feature = "mock")]
    pub(crate) fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| {
            rustix::io::read(self.read_end(), &mut *space)
        })?)
    }

    /// Writes to a blocking stream.
    #[cfg(feature = "mock")]
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        retry(|| {
            write(
                self.kind(),
                self.write_end(),
                bytes,
                &Descriptors::NONE,
                SendFlags::empty(),
            )
        })
    }

    /// Makes reads and writes block.
    #[cfg(feature = "mock")]
    pub(crate) fn set_blocking(&self) -> io::Result<()> {
        self.set_nonblocking(false)
    }
}
