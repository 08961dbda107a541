//! Connecting on the calling thread.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::address::Address;
use crate::deadline::Deadline;
use crate::platform::{self, Stream};

/// How long to wait before another attempt to connect.
pub(crate) const RETRY_DELAY: Duration = Duration::from_millis(10);

/// The longest time limit that the system accepts. It is used if there is none.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// Connects before a deadline. With `await_server`, the server need not listen yet.
pub(crate) fn connect(
    address: &Address,
    deadline: &Deadline,
    await_server: bool,
) -> io::Result<Stream> {
    loop {
        let error = match try_connect(address, deadline) {
            Err(error) if is_retryable(&error, await_server) => error,
            outcome => return outcome,
        };
        match deadline.left() {
            Some(left) if left <= RETRY_DELAY => return Err(error),
            _ => thread::sleep(RETRY_DELAY),
        }
    }
}

/// Whether another attempt may succeed.
pub(crate) fn is_retryable(error: &io::Error, await_server: bool) -> bool {
    match error.kind() {
        // The backlog is full.
        io::ErrorKind::WouldBlock => true,
        // The server does not listen yet.
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => await_server,
        _ => false,
    }
}

/// Tries once to connect.
fn try_connect(address: &Address, deadline: &Deadline) -> io::Result<Stream> {
    let Address::Tcp { host, port } = address else {
        return platform::connect_local(address);
    };
    let mut error = io::Error::new(io::ErrorKind::NotFound, "no address was found for the host");
    for address in look_up(host, *port, deadline)? {
        let left = deadline.left().unwrap_or(MAX_TIMEOUT).min(MAX_TIMEOUT);
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => {
                // A command is one write. It must not be delayed until the
                // write before it is acknowledged.
                stream.set_nodelay(true)?;
                return Ok(Stream::Tcp(stream));
            }
            Err(failed) => error = failed,
        }
    }
    Err(error)
}

/// Looks up the addresses of a host. The system's function for this has no time
/// limit, so that another thread calls it. That thread goes on when time is over.
fn look_up(host: &str, port: u16, deadline: &Deadline) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (sender, found) = mpsc::sync_channel(1);
    let name = host.to_owned();
    thread::Builder::new()
        .name("name lookup".to_owned())
        .spawn(move || {
            let addresses = (name.as_str(), port).to_socket_addrs();
            // The receiver is gone if the time is over.
            let _ = sender.send(addresses.map(Vec::from_iter));
        })?;
    match found.recv_timeout(deadline.left().unwrap_or(MAX_TIMEOUT).min(MAX_TIMEOUT)) {
        Ok(addresses) => addresses,
        Err(_) => {
            let message = format!("the lookup of the host {host:?} timed out");
            Err(io::Error::new(io::ErrorKind::TimedOut, message))
        }
    }
}
