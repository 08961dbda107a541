//! Connecting and accepting without a thread that blocks: a future that is
//! dropped leaves nothing behind, but for the lookup of a host's name.

use std::io;
use std::time::Duration;

use rustix::net::SocketAddrUnix;
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::time::{sleep, timeout};

use crate::address::Address;
use crate::error::{ConnectError, Error};
use crate::listener::{Listener, Socket};
use crate::stream::{RETRY_AFTER, Stream, connect_unix_now, duplicate, is_to_come};

/// Connects within a time limit; on request, to a server that is still to come.
pub(super) async fn connect(address: &Address, limit: Duration, wait: bool) -> io::Result<Stream> {
    let mut last = None;
    let connecting = async {
        loop {
            match once(address).await {
                // The backlog is full, or nobody listens yet.
                Err(error)
                    if error.kind() == io::ErrorKind::WouldBlock || wait && is_to_come(&error) =>
                {
                    last = Some(error);
                    sleep(RETRY_AFTER).await;
                }
                outcome => return outcome,
            }
        }
    };
    match timeout(limit, connecting).await {
        Ok(outcome) => outcome,
        Err(_) => Err(last.unwrap_or_else(|| io::ErrorKind::TimedOut.into())),
    }
}

async fn once(address: &Address) -> io::Result<Stream> {
    match address {
        Address::Unix(path) => connect_unix_now(&SocketAddrUnix::new(path)?),
        Address::Abstract(name) => {
            connect_unix_now(&SocketAddrUnix::new_abstract_name(name.as_bytes())?)
        }
        Address::Descriptor(number) => Stream::from_descriptor(duplicate(*number)?),
        Address::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            // A command is one write, which must not wait for the
            // acknowledgement of the last one.
            stream.set_nodelay(true)?;
            Ok(Stream::Tcp(stream.into_std()?))
        }
    }
}

/// The next connection to a listener, as [`Listener::accept`] gives it to a
/// thread. Without a limit it waits as long as it takes.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::tokio::{Client, accept};
/// use qmp_transport::{Listener, Options, Qmp};
///
/// # async fn example() -> Result<(), qmp_transport::Error> {
/// let listener = Listener::bind("unix:/run/vm.sock")?;
/// // Start QEMU here.
/// let stream = accept(&listener, Duration::from_secs(10)).await?;
/// let qmp = Client::<Qmp>::from_stream(stream, Options::new()).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`Error::Connect`]: nobody connected within the limit.
pub async fn accept(
    listener: &Listener,
    limit: impl Into<Option<Duration>>,
) -> Result<Stream, Error> {
    let accepting = async {
        // A duplicate is registered with the runtime for the time of this call.
        match listener.socket() {
            Socket::Unix { listener, .. } => {
                let listener = UnixListener::from_std(listener.try_clone()?)?;
                let (stream, _) = listener.accept().await?;
                Ok(Stream::Unix(stream.into_std()?))
            }
            Socket::Tcp(listener) => {
                let listener = TcpListener::from_std(listener.try_clone()?)?;
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream.into_std()?))
            }
        }
    };
    let accepted = match limit.into() {
        None => accepting.await,
        Some(limit) => match timeout(limit, accepting).await {
            Ok(accepted) => accepted,
            Err(_) => Err(Listener::nobody()),
        },
    };
    accepted.map_err(|source| {
        let address = listener.address().to_string();
        ConnectError { address, source }.into()
    })
}
