//! Connecting and accepting without blocking a thread. If a future is dropped,
//! nothing goes on but the lookup of a host, which has a thread of the runtime.

use std::io;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::address::Address;
use crate::connect::{RETRY_DELAY, is_retryable};
use crate::deadline::Deadline;
use crate::error::{ConnectError, Error};
use crate::listener::{Listener, Socket};
use crate::platform::{self, Stream};

/// Connects before a deadline. With `await_server`, the server need not listen yet.
pub(super) async fn connect(
    address: &Address,
    deadline: &Deadline,
    await_server: bool,
) -> io::Result<Stream> {
    let mut last = None;
    let connecting = async {
        loop {
            match try_connect(address).await {
                Err(error) if is_retryable(&error, await_server) => {
                    last = Some(error);
                    sleep(RETRY_DELAY).await;
                }
                outcome => return outcome,
            }
        }
    };
    match with_deadline(deadline, connecting).await {
        Some(outcome) => outcome,
        None => Err(last.unwrap_or_else(|| io::ErrorKind::TimedOut.into())),
    }
}

/// Waits for a future until a deadline; `None` if the time is over before.
pub(super) async fn with_deadline<T>(
    deadline: &Deadline,
    future: impl Future<Output = T>,
) -> Option<T> {
    match deadline.left() {
        None => Some(future.await),
        Some(left) => timeout(left, future).await.ok(),
    }
}

/// Tries once to connect.
async fn try_connect(address: &Address) -> io::Result<Stream> {
    let Address::Tcp { host, port } = address else {
        return platform::connect_local(address);
    };
    let stream = TcpStream::connect((host.as_str(), *port)).await?;
    // A command is one write. It must not be delayed until the write before it
    // is acknowledged.
    stream.set_nodelay(true)?;
    Ok(Stream::Tcp(stream.into_std()?))
}

/// Waits for the next connection to a listener, as [`Listener::accept`] does. With
/// `None` there is no time limit.
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
/// [`Error::Connect`]: no server connected within the time limit.
pub async fn accept(
    listener: &Listener,
    limit: impl Into<Option<Duration>>,
) -> Result<Stream, Error> {
    let deadline = Deadline::after(limit.into());
    let accepting = async {
        match &listener.socket {
            Socket::Local(listener) => listener.accept().await,
            Socket::Tcp(listener) => {
                // A duplicate is registered with the runtime during this call.
                let listener = TcpListener::from_std(listener.try_clone()?)?;
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream.into_std()?))
            }
        }
    };
    let accepted = match with_deadline(&deadline, accepting).await {
        Some(accepted) => accepted,
        None => Err(Listener::timed_out()),
    };
    accepted.map_err(|source| ConnectError::new(listener.address(), source).into())
}
