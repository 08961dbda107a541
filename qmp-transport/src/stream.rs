//! What a connection may run over.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::process::{ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix,
    SocketFlags, SocketType, sockopt,
};

use crate::address::Address;
use crate::error::Unencodable;

/// A connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stream {
    /// A Unix socket.
    Unix(UnixStream),
    /// A TCP socket.
    Tcp(TcpStream),
    /// Two pipes, or a device.
    Pipe {
        /// Where the server's messages come from.
        read: OwnedFd,
        /// Where the commands go to.
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
    /// Connects within a time limit; on request, to a server that is still to
    /// come.
    pub(crate) fn connect(address: &Address, limit: Duration, wait: bool) -> io::Result<Self> {
        let deadline = Instant::now() + limit;
        loop {
            match Self::connect_once(address, deadline) {
                Err(error)
                    if wait && Instant::now() + RETRY_AFTER < deadline && is_to_come(&error) =>
                {
                    std::thread::sleep(RETRY_AFTER);
                }
                result => return result,
            }
        }
    }

    fn connect_once(address: &Address, deadline: Instant) -> io::Result<Self> {
        let left = || {
            let left = deadline.saturating_duration_since(Instant::now());
            left.max(SHORTEST)
        };
        match address {
            Address::Unix(path) => connect_unix(&SocketAddrUnix::new(path)?, left()),
            Address::Abstract(name) => {
                connect_unix(&SocketAddrUnix::new_abstract_name(name.as_bytes())?, left())
            }
            Address::Descriptor(number) => Self::from_descriptor(duplicate(*number)?),
            Address::Tcp { host, port } => {
                let mut error = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
                for address in (host.as_str(), *port).to_socket_addrs()? {
                    match TcpStream::connect_timeout(&address, left()) {
                        Ok(stream) => {
                            // A command is one write, which must not wait for
                            // the acknowledgement of the last one.
                            stream.set_nodelay(true)?;
                            return Ok(Self::Tcp(stream));
                        }
                        Err(failed) => error = failed,
                    }
                }
                Err(error)
            }
        }
    }

    /// A stream of an open descriptor: a socket, or a device that is read and
    /// written.
    ///
    /// # Errors
    /// It is a socket that is neither of Unix nor of TCP, or it cannot be
    /// duplicated.
    pub fn from_descriptor(descriptor: OwnedFd) -> io::Result<Self> {
        match sockopt::socket_domain(&descriptor) {
            Ok(AddressFamily::UNIX) => Ok(Self::Unix(descriptor.into())),
            Ok(AddressFamily::INET | AddressFamily::INET6) => Ok(Self::Tcp(descriptor.into())),
            Ok(_) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "the socket is neither of Unix nor of TCP",
            )),
            Err(_) => Ok(Self::Pipe {
                read: descriptor.try_clone()?,
                write: descriptor,
            }),
        }
    }

    /// The streams of a child that speaks the protocol on its standard input
    /// and output, such as `ssh host socat - /run/vm.sock`.
    pub fn from_child(stdin: ChildStdin, stdout: ChildStdout) -> Self {
        Self::Pipe {
            read: stdout.into(),
            write: stdin.into(),
        }
    }

    pub(crate) fn read_end(&self) -> BorrowedFd<'_> {
        match self {
            Self::Unix(stream) => stream.as_fd(),
            Self::Tcp(stream) => stream.as_fd(),
            Self::Pipe { read, .. } => read.as_fd(),
        }
    }

    pub(crate) fn write_end(&self) -> BorrowedFd<'_> {
        match self {
            Self::Unix(stream) => stream.as_fd(),
            Self::Tcp(stream) => stream.as_fd(),
            Self::Pipe { write, .. } => write.as_fd(),
        }
    }

    /// Reads once.
    pub(crate) fn read(&self, space: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(self.read_end(), space)?)
    }

    /// Writes once, and sends descriptors along with the first byte.
    pub(crate) fn write(&self, bytes: &[u8], descriptors: &[OwnedFd]) -> io::Result<usize> {
        write(self.kind(), self.write_end(), bytes, descriptors)
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Unix(_) => Kind::Unix,
            Self::Tcp(_) => Kind::Tcp,
            Self::Pipe { .. } => Kind::Pipe,
        }
    }
}

/// What matters of a stream to those who write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Unix,
    Tcp,
    Pipe,
}

/// Writes once, and sends descriptors along with the first byte.
pub(crate) fn write(
    kind: Kind,
    to: BorrowedFd<'_>,
    bytes: &[u8],
    descriptors: &[OwnedFd],
) -> io::Result<usize> {
    if kind == Kind::Pipe {
        return Ok(rustix::io::write(to, bytes)?);
    }
    // A peer that is gone is an error, not a signal.
    let flags = SendFlags::NOSIGNAL;
    if descriptors.is_empty() {
        return Ok(rustix::net::send(to, bytes, flags)?);
    }
    let descriptors: Vec<BorrowedFd<'_>> = descriptors.iter().map(OwnedFd::as_fd).collect();
    let message = SendAncillaryMessage::ScmRights(&descriptors);
    let mut space = vec![MaybeUninit::uninit(); message.size()];
    let mut along = SendAncillaryBuffer::new(&mut space);
    along.push(message);
    let bytes = [IoSlice::new(bytes)];
    Ok(rustix::net::sendmsg(to, &bytes, &mut along, flags)?)
}

/// Whether a server that is to be awaited may just not be there yet.
pub(crate) fn is_to_come(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
    )
}

/// A socket's time limit of zero means none at all.
pub(crate) const SHORTEST: Duration = Duration::from_micros(1);

/// How soon to look again for a server that is still to come.
pub(crate) const RETRY_AFTER: Duration = Duration::from_millis(10);

/// The standard library's `connect` waits without end for a server whose
/// backlog is full; a limit on sending, set before, covers connecting too.
fn connect_unix(address: &SocketAddrUnix, limit: Duration) -> io::Result<Stream> {
    let socket = unix_socket(SocketFlags::CLOEXEC)?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(limit))?;
    rustix::net::connect(&socket, address)?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, None)?;
    Ok(Stream::Unix(socket.into()))
}

/// Connects at once, or fails with `WouldBlock` where the backlog is full.
#[cfg(feature = "tokio")]
pub(crate) fn connect_unix_now(address: &SocketAddrUnix) -> io::Result<Stream> {
    let socket = unix_socket(SocketFlags::CLOEXEC | SocketFlags::NONBLOCK)?;
    rustix::net::connect(&socket, address)?;
    Ok(Stream::Unix(socket.into()))
}

fn unix_socket(flags: SocketFlags) -> io::Result<OwnedFd> {
    let family = AddressFamily::UNIX;
    Ok(rustix::net::socket_with(
        family,
        SocketType::STREAM,
        flags,
        None,
    )?)
}

/// A descriptor of this one's own for what an inherited descriptor stands for.
#[expect(
    unsafe_code,
    reason = "there is no other way from a number to a descriptor"
)]
pub(crate) fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: it is borrowed for this call only, which fails with EBADF where
    // the number stands for nothing.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    borrowed.try_clone_to_owned()
}

/// Descriptors to send along with a command, which live until it is written.
pub(crate) fn duplicates(
    over: Kind,
    command: &'static str,
    descriptors: &[BorrowedFd<'_>],
) -> Result<Vec<OwnedFd>, Unencodable> {
    let failed = |message| Unencodable {
        command: command.into(),
        message,
    };
    if over != Kind::Unix {
        return Err(failed(
            "file descriptors travel over Unix sockets only".into(),
        ));
    }
    let duplicate = |descriptor: &BorrowedFd<'_>| descriptor.try_clone_to_owned();
    let duplicates = descriptors.iter().map(duplicate).collect::<Result<_, _>>();
    duplicates.map_err(|error| failed(format!("a descriptor cannot be duplicated: {error}")))
}
