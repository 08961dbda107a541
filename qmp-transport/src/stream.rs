//! The sockets that a connection may run over.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, sockopt};

use crate::address::Address;

/// A connected socket.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stream {
    /// A Unix socket.
    Unix(UnixStream),
    /// A TCP socket.
    Tcp(TcpStream),
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
                    if wait
                        && Instant::now() + RETRY_AFTER < deadline
                        && matches!(
                            error.kind(),
                            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
                        ) =>
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

    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.read(space),
            Self::Tcp(stream) => stream.read(space),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.write(bytes),
            Self::Tcp(stream) => stream.write(bytes),
        }
    }

    fn set_read_timeout(&self, limit: Option<Duration>) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.set_read_timeout(limit),
            Self::Tcp(stream) => stream.set_read_timeout(limit),
        }
    }

    fn set_write_timeout(&self, limit: Option<Duration>) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.set_write_timeout(limit),
            Self::Tcp(stream) => stream.set_write_timeout(limit),
        }
    }
}

/// A socket's time limit of zero means none at all.
const SHORTEST: Duration = Duration::from_micros(1);

/// How soon to look again for a server that is still to come.
const RETRY_AFTER: Duration = Duration::from_millis(10);

/// The standard library's `connect` waits without end for a server whose
/// backlog is full; a limit on sending, set before, covers connecting too.
fn connect_unix(address: &SocketAddrUnix, limit: Duration) -> io::Result<Stream> {
    let socket = rustix::net::socket_with(
        AddressFamily::UNIX,
        SocketType::STREAM,
        rustix::net::SocketFlags::CLOEXEC,
        None,
    )?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(limit))?;
    rustix::net::connect(&socket, address)?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, None)?;
    Ok(Stream::Unix(socket.into()))
}

/// The end of a time limit, if there is one.
#[derive(Debug)]
pub(crate) struct Deadline {
    limit: Option<Duration>,
    begin: Instant,
    passed: bool,
}

impl Deadline {
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        Self {
            limit,
            begin: Instant::now(),
            passed: false,
        }
    }

    /// The whole limit, for messages.
    pub(crate) fn limit(&self) -> Duration {
        self.limit.unwrap_or(Duration::MAX)
    }

    /// The time limit for the next operation.
    ///
    /// One more is allowed after the deadline has passed, which takes what is
    /// there; a peer that never falls silent must not get another.
    fn next(&mut self) -> Next {
        let Some(limit) = self.limit else {
            return Next::Wait(None);
        };
        let passed = self.begin.elapsed();
        // Rounding saves a system call for each command: the socket keeps the
        // limit that it has.
        if passed < limit / 64 {
            return Next::Wait(Some(limit));
        }
        let left = limit.saturating_sub(passed);
        if left.is_zero() && std::mem::replace(&mut self.passed, true) {
            return Next::Nothing;
        }
        Next::Wait(Some(left.max(SHORTEST)))
    }
}

enum Next {
    /// Wait for so long; without a limit, for as long as it takes.
    Wait(Option<Duration>),
    /// Time has run out.
    Nothing,
}

/// How reading or writing went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Io {
    Done(usize),
    TimedOut,
}

/// A stream whose reads and writes have deadlines.
#[derive(Debug)]
pub(crate) struct Timed {
    stream: Stream,
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Timed {
    pub(crate) fn new(stream: Stream) -> io::Result<Self> {
        stream.set_read_timeout(None)?;
        stream.set_write_timeout(None)?;
        Ok(Self {
            stream,
            read_timeout: None,
            write_timeout: None,
        })
    }

    pub(crate) fn get(&self) -> &Stream {
        &self.stream
    }

    /// Reads once. A deadline that has passed still takes what is there.
    pub(crate) fn read(&mut self, space: &mut [u8], deadline: &mut Deadline) -> io::Result<Io> {
        let Next::Wait(left) = deadline.next() else {
            return Ok(Io::TimedOut);
        };
        if left != self.read_timeout {
            self.stream.set_read_timeout(left)?;
            self.read_timeout = left;
        }
        let stream = &mut self.stream;
        outcome(|| stream.read(space))
    }

    /// Writes once.
    pub(crate) fn write(&mut self, bytes: &[u8], deadline: &mut Deadline) -> io::Result<Io> {
        let Next::Wait(left) = deadline.next() else {
            return Ok(Io::TimedOut);
        };
        if left != self.write_timeout {
            self.stream.set_write_timeout(left)?;
            self.write_timeout = left;
        }
        let stream = &mut self.stream;
        outcome(|| stream.write(bytes))
    }
}

fn outcome(mut operation: impl FnMut() -> io::Result<usize>) -> io::Result<Io> {
    loop {
        match operation() {
            Ok(count) => return Ok(Io::Done(count)),
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Ok(Io::TimedOut),
                _ => return Err(error),
            },
        }
    }
}
