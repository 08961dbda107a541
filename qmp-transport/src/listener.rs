//! Listening for servers that connect to this process.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use crate::address::Address;
use crate::deadline::Deadline;
use crate::error::{ConnectError, Error};
use crate::platform::{self, Listening, LocalListener, Stream};

/// Listens for servers that connect to this process, as QEMU does with
/// `-qmp unix:PATH,server=off`.
///
/// When it is dropped, it removes the file of its Unix socket, unless another file
/// has taken its place.
///
/// ```
/// use std::net::TcpStream;
/// use std::time::Duration;
/// use qmp_transport::{Address, Listener};
///
/// let listener = Listener::bind("tcp:localhost:0")?;
/// // Start QEMU here, and have it connect to this address.
/// let Address::Tcp { host, port } = listener.address() else { unreachable!() };
/// # let _qemu = TcpStream::connect((host.as_str(), *port))?;
/// let stream = listener.accept(Duration::from_secs(10))?;
/// // Client::from_stream(stream, options)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Listener {
    address: Address,
    pub(crate) socket: Socket,
}

#[derive(Debug)]
pub(crate) enum Socket {
    Local(LocalListener),
    Tcp(TcpListener),
}

impl Listener {
    /// Creates a listener at an address. With port 0, the system chooses a free
    /// port, which [`Listener::address`] returns. `fd:N` is a socket that this
    /// process inherited and that listens already; it is duplicated.
    ///
    /// # Errors
    /// [`Error::Address`]: the address is invalid. [`Error::Connect`]: the address
    /// is in use or not of this machine, or the descriptor is not a socket that
    /// listens.
    pub fn bind<A>(address: A) -> Result<Self, Error>
    where
        A: TryInto<Address>,
        Error: From<A::Error>,
    {
        let mut address = address.try_into()?;
        match Self::listen(&mut address) {
            Ok(socket) => Ok(Self { address, socket }),
            Err(source) => Err(ConnectError::new(&address, source).into()),
        }
    }

    fn listen(address: &mut Address) -> io::Result<Socket> {
        let Address::Tcp { host, port } = address else {
            return Ok(match platform::listen_local(address)? {
                Listening::Local(listener) => Socket::Local(listener),
                Listening::Tcp(listener) => Socket::Tcp(listener),
            });
        };
        let listener = TcpListener::bind((host.as_str(), *port))?;
        // A connection can be gone before it is accepted.
        listener.set_nonblocking(true)?;
        *port = listener.local_addr()?.port();
        Ok(Socket::Tcp(listener))
    }

    /// Returns the address at which it listens.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Waits for the next connection. With `None` there is no time limit.
    ///
    /// # Errors
    /// [`Error::Connect`]: no server connected within the time limit.
    pub fn accept(&self, limit: impl Into<Option<Duration>>) -> Result<Stream, Error> {
        self.accept_before(&Deadline::after(limit.into()))
            .map_err(|source| ConnectError::new(&self.address, source).into())
    }

    fn accept_before(&self, deadline: &Deadline) -> io::Result<Stream> {
        loop {
            let waited = match &self.socket {
                Socket::Local(listener) => listener.wait(deadline)?,
                Socket::Tcp(listener) => platform::wait_for_tcp(listener, deadline)?,
            };
            if !waited {
                return Err(Self::timed_out());
            }
            let accepted = match &self.socket {
                Socket::Local(listener) => listener.try_accept(),
                Socket::Tcp(listener) => listener.accept().and_then(|(stream, _)| {
                    stream.set_nodelay(true)?;
                    Ok(stream.into())
                }),
            };
            match accepted {
                // The connection was gone before it was accepted.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock
                            | io::ErrorKind::ConnectionAborted
                            | io::ErrorKind::Interrupted
                    ) => {}
                accepted => return accepted,
            }
        }
    }

    /// The error of an accept that timed out.
    pub(crate) fn timed_out() -> io::Error {
        io::Error::new(io::ErrorKind::TimedOut, "no server connected in time")
    }
}
