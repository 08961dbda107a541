//! The streams that a connection can use.

#[cfg(feature = "mock")]
use std::io::{self, Read, Write};
#[cfg(feature = "mock")]
use std::net::TcpListener;
use std::net::TcpStream;
use std::process::{ChildStdin, ChildStdout};

/// A connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stream {
    /// A TCP socket.
    Tcp(TcpStream),
    /// The standard input and output of a child process.
    Child {
        /// The end that commands are written to.
        stdin: ChildStdin,
        /// The end that messages of the server are read from.
        stdout: ChildStdout,
    },
}

impl From<TcpStream> for Stream {
    fn from(stream: TcpStream) -> Self {
        Self::Tcp(stream)
    }
}

impl Stream {
    /// Creates a stream from the standard input and output of a child process, such
    /// as `ssh host socat - /run/vm.sock`.
    pub fn from_child(stdin: ChildStdin, stdout: ChildStdout) -> Self {
        Self::Child { stdin, stdout }
    }

    /// Returns the address of the server, for people.
    pub(crate) fn peer(&self) -> String {
        match self {
            Self::Tcp(stream) => match stream.peer_addr() {
                Ok(address) => format!("tcp:{address}"),
                Err(_) => "a TCP socket".to_owned(),
            },
            Self::Child { .. } => "a child process".to_owned(),
        }
    }

    /// Creates two connected streams.
    #[cfg(feature = "mock")]
    pub(crate) fn pair() -> io::Result<(Self, Self)> {
        let listener = TcpListener::bind("localhost:0")?;
        let ours = TcpStream::connect(listener.local_addr()?)?;
        let (theirs, _) = listener.accept()?;
        Ok((ours.into(), theirs.into()))
    }

    /// Reads from a blocking stream.
    #[cfg(feature = "mock")]
    pub(crate) fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(space),
            Self::Child { stdout, .. } => stdout.read(space),
        }
    }

    /// Writes to a blocking stream.
    #[cfg(feature = "mock")]
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Child { stdin, .. } => stdin.write(bytes),
        }
    }

    /// Makes reads and writes block.
    #[cfg(feature = "mock")]
    pub(crate) fn set_blocking(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_nonblocking(false),
            Self::Child { .. } => Ok(()),
        }
    }
}
