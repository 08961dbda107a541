//! Connecting on the calling thread.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::address::Address;
use crate::deadline::Deadline;
use crate::platform::{self, Stream};

/// How soon to try again where a server is still to come, or is busy.
pub(crate) const RETRY_AFTER: Duration = Duration::from_millis(10);

/// How long to wait for a connection where there is no limit: the longest that
/// the system takes.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Connects before a deadline; on request, to a server that is still to come.
pub(crate) fn connect(address: &Address, deadline: &Deadline, wait: bool) -> io::Result<Stream> {
    loop {
        let error = match once(address, deadline) {
            Err(error) if is_worth_another_try(&error, wait) => error,
            outcome => return outcome,
        };
        match deadline.left() {
            Some(left) if left <= RETRY_AFTER => return Err(error),
            _ => thread::sleep(RETRY_AFTER),
        }
    }
}

/// Whether a server may take a connection a little later.
pub(crate) fn is_worth_another_try(error: &io::Error, wait: bool) -> bool {
    match error.kind() {
        // The backlog is full.
        io::ErrorKind::WouldBlock => true,
        // Nobody listens yet.
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => wait,
        _ => false,
    }
}

fn once(address: &Address, deadline: &Deadline) -> io::Result<Stream> {
    let Address::Tcp { host, port } = address else {
        return platform::connect_local(address);
    };
    let mut error = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in look_up(host, *port, deadline)? {
        let left = deadline.left().unwrap_or(LONGEST).min(LONGEST);
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => {
                // A command is one write, which must not wait for the
                // acknowledgement of the last one.
                stream.set_nodelay(true)?;
                return Ok(Stream::Tcp(stream));
            }
            Err(failed) => error = failed,
        }
    }
    Err(error)
}

/// The addresses of a host. The system's function for this takes no time limit,
/// so a thread waits for it, which is left behind when the time is over.
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
            // Nobody waits for it any more.
            let _ = sender.send(addresses.map(Vec::from_iter));
        })?;
    match found.recv_timeout(deadline.left().unwrap_or(LONGEST).min(LONGEST)) {
        Ok(addresses) => addresses,
        Err(_) => {
            let message = format!("the name {host:?} was not looked up in time");
            Err(io::Error::new(io::ErrorKind::TimedOut, message))
        }
    }
}
