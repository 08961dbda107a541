//! Waiting for a server that connects to us.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, sockopt};

use crate::address::Address;
use crate::error::{ConnectError, Error};
use crate::stream::{Stream, duplicate};
use crate::timed::ready;

/// Waits for servers that connect to us, as QEMU does with
/// `-qmp unix:PATH,server=off`.
///
/// ```
/// use std::os::unix::net::UnixStream;
/// use std::time::Duration;
/// use qmp_transport::Listener;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("socket");
/// let listener = Listener::bind(format!("unix:{}", path.display()))?;
/// // Start QEMU here.
/// # let _qemu = UnixStream::connect(&path)?;
/// let stream = listener.accept(Duration::from_secs(10))?;
/// // Client::from_stream(stream, options)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Listener {
    address: Address,
    socket: Socket,
}

#[derive(Debug)]
pub(crate) enum Socket {
    Unix {
        listener: UnixListener,
        /// Removed in the end.
        path: Option<PathBuf>,
    },
    Tcp(TcpListener),
}

impl Listener {
    /// Listens at an address. A port of 0 stands for any that is free;
    /// [`Listener::address`] tells which. `fd:N` is a socket that this process
    /// inherited and that listens already; it is duplicated.
    ///
    /// # Errors
    /// [`Error::Address`], or [`Error::Connect`]: the address is in use, or is
    /// not this machine's, or the descriptor is no socket that listens.
    pub fn bind<A>(address: A) -> Result<Self, Error>
    where
        A: TryInto<Address>,
        Error: From<A::Error>,
    {
        let address = address.try_into()?;
        match Self::bind_to(&address) {
            Ok(listener) => Ok(listener),
            Err(source) => Err(ConnectError {
                address: address.to_string(),
                source,
            }
            .into()),
        }
    }

    fn bind_to(address: &Address) -> io::Result<Self> {
        let unix = |name: &SocketAddrUnix, path| -> io::Result<Socket> {
            let family = AddressFamily::UNIX;
            let flags = SocketFlags::CLOEXEC;
            let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
            rustix::net::bind(&socket, name)?;
            rustix::net::listen(&socket, 16)?;
            let listener = UnixListener::from(socket);
            Ok(Socket::Unix { listener, path })
        };
        let mut address = address.clone();
        let socket = match &mut address {
            Address::Unix(path) => unix(&SocketAddrUnix::new(&*path)?, Some(path.clone()))?,
            Address::Abstract(name) => {
                unix(&SocketAddrUnix::new_abstract_name(name.as_bytes())?, None)?
            }
            Address::Tcp { host, port } => {
                let listener = TcpListener::bind((host.as_str(), *port))?;
                *port = listener.local_addr()?.port();
                Socket::Tcp(listener)
            }
            Address::Descriptor(number) => inherited(*number)?,
        };
        // Whoever connected may be gone before it is accepted.
        match &socket {
            Socket::Unix { listener, .. } => listener.set_nonblocking(true)?,
            Socket::Tcp(listener) => listener.set_nonblocking(true)?,
        }
        Ok(Self { address, socket })
    }

    /// Where it listens.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The next connection. Without a limit it waits as long as it takes.
    ///
    /// # Errors
    /// [`Error::Connect`]: nobody connected within the limit.
    pub fn accept(&self, limit: impl Into<Option<Duration>>) -> Result<Stream, Error> {
        self.accept_within(limit.into()).map_err(|source| {
            let address = self.address.to_string();
            ConnectError { address, source }.into()
        })
    }

    fn accept_within(&self, limit: Option<Duration>) -> io::Result<Stream> {
        let begin = Instant::now();
        loop {
            let left = limit.map(|limit| limit.saturating_sub(begin.elapsed()));
            if !ready(self.descriptor(), PollFlags::IN, left)? {
                return Err(Self::nobody());
            }
            if let Some(stream) = self.try_accept()? {
                return Ok(stream);
            }
        }
    }

    pub(crate) fn nobody() -> io::Error {
        io::Error::new(io::ErrorKind::TimedOut, "nobody connected")
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    fn descriptor(&self) -> BorrowedFd<'_> {
        match &self.socket {
            Socket::Unix { listener, .. } => listener.as_fd(),
            Socket::Tcp(listener) => listener.as_fd(),
        }
    }

    /// The next connection, if there is one now.
    fn try_accept(&self) -> io::Result<Option<Stream>> {
        let accepted = match &self.socket {
            Socket::Unix { listener, .. } => listener.accept().map(|(stream, _)| stream.into()),
            Socket::Tcp(listener) => listener.accept().and_then(|(stream, _)| {
                stream.set_nodelay(true)?;
                Ok(stream.into())
            }),
        };
        match accepted {
            Ok(stream) => Ok(Some(stream)),
            // Whoever connected is gone again.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionAborted
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// A socket that this process inherited and that listens already, as systemd
/// passes one on.
fn inherited(number: i32) -> io::Result<Socket> {
    let socket = duplicate(number)?;
    if !sockopt::socket_acceptconn(&socket)? {
        let message = "the descriptor is a socket that does not listen";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    match sockopt::socket_domain(&socket)? {
        AddressFamily::UNIX => {
            let listener = UnixListener::from(socket);
            Ok(Socket::Unix {
                listener,
                path: None,
            })
        }
        _ => Ok(Socket::Tcp(socket.into())),
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Socket::Unix {
            path: Some(path), ..
        } = &self.socket
        {
            // Somebody may have removed it already.
            let _ = fs::remove_file(path);
        }
    }
}
