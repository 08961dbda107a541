//! Connecting and listening at addresses of this machine.

use std::fs;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags};
#[cfg(any(target_os = "linux", target_os = "android"))]
use rustix::net::sockopt;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};

use super::Stream;
use super::system::{family, retry};
use crate::address::Address;
use crate::deadline::Deadline;
use crate::platform::poll::wait;

/// Connects to an address of this machine without waiting. It fails with
/// `WouldBlock` if the backlog of the server is full.
pub(crate) fn connect_local(address: &Address) -> io::Result<Stream> {
    match address {
        Address::Descriptor(number) => Stream::from_descriptor(duplicate(*number)?),
        address => {
            let socket = unix_socket()?;
            rustix::io::ioctl_fionbio(&socket, true)?;
            retry(|| Ok(rustix::net::connect(&socket, &unix_name(address)?)?))?;
            Ok(Stream::Unix(socket.into()))
        }
    }
}

/// Creates a Unix socket.
fn unix_socket() -> io::Result<OwnedFd> {
    let (family, kind) = (AddressFamily::UNIX, SocketType::STREAM);
    #[cfg(not(target_vendor = "apple"))]
    let socket = {
        use rustix::net::SocketFlags;
        rustix::net::socket_with(family, kind, SocketFlags::CLOEXEC, None)?
    };
    #[cfg(target_vendor = "apple")]
    let socket = {
        let socket = rustix::net::socket(family, kind, None)?;
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        socket
    };
    Ok(socket)
}

/// Returns the address of a Unix socket in the form of the system.
fn unix_name(address: &Address) -> io::Result<SocketAddrUnix> {
    match address {
        Address::Unix(path) => Ok(SocketAddrUnix::new(path)?),
        #[cfg(any(target_os = "linux", target_os = "android"))]
        Address::Abstract(name) => Ok(SocketAddrUnix::new_abstract_name(name.as_bytes())?),
        _ => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "abstract Unix sockets are not supported on this platform; use unix:PATH",
        )),
    }
}

/// Duplicates a descriptor that this process inherited.
#[expect(
    unsafe_code,
    reason = "a number can be turned into a descriptor only so"
)]
fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: it is borrowed only for the call below, which fails with EBADF if no
    // descriptor has this number.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    borrowed.try_clone_to_owned()
}

/// A listening socket of this machine.
#[derive(Debug)]
pub(crate) struct LocalListener {
    socket: UnixListener,
    /// It is removed when the listener is dropped.
    _file: Option<SocketFile>,
}

/// The file of a socket that this process created.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    /// Device and inode, which differ if another file has taken its place.
    identity: (u64, u64),
}

impl SocketFile {
    fn identity(path: &Path) -> io::Result<(u64, u64)> {
        let data = fs::symlink_metadata(path)?;
        Ok((data.dev(), data.ino()))
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if Self::identity(&self.path).is_ok_and(|found| found == self.identity) {
            // Another process may remove it at the same time.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A listener at an address that is not `tcp:`.
pub(crate) enum Listening {
    Local(LocalListener),
    /// An inherited TCP socket.
    Tcp(std::net::TcpListener),
}

/// Listens at an address of this machine.
pub(crate) fn listen_local(address: &Address) -> io::Result<Listening> {
    if let Address::Descriptor(number) = address {
        return inherited(*number);
    }
    let socket = unix_socket()?;
    rustix::net::bind(&socket, &unix_name(address)?)?;
    let file = match address {
        Address::Unix(path) => Some(SocketFile {
            path: path.clone(),
            identity: SocketFile::identity(path)?,
        }),
        _ => None,
    };
    rustix::net::listen(&socket, 16)?;
    let socket = UnixListener::from(socket);
    // A connection can be gone before it is accepted.
    socket.set_nonblocking(true)?;
    Ok(Listening::Local(LocalListener {
        socket,
        _file: file,
    }))
}

/// Takes a listening socket that this process inherited, such as from systemd.
fn inherited(number: RawFd) -> io::Result<Listening> {
    let socket = duplicate(number)?;
    // On other systems, accepting fails.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if !sockopt::socket_acceptconn(&socket)? {
        let message = "expected a listening socket, found one that does not listen";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    rustix::io::ioctl_fionbio(&socket, true)?;
    Ok(match family(&socket)? {
        AddressFamily::UNIX => Listening::Local(LocalListener {
            socket: socket.into(),
            _file: None,
        }),
        _ => Listening::Tcp(socket.into()),
    })
}

impl LocalListener {
    /// Accepts a connection, or fails with `WouldBlock`.
    pub(crate) fn try_accept(&self) -> io::Result<Stream> {
        let (stream, _) = self.socket.accept()?;
        Ok(stream.into())
    }

    /// Waits for a connection. Returns false if the time is over.
    pub(crate) fn wait(&self, deadline: &Deadline) -> io::Result<bool> {
        wait(&mut [PollFd::new(&self.socket, PollFlags::IN)], deadline)
    }

    /// Waits for a connection and accepts it.
    #[cfg(feature = "tokio")]
    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        // A duplicate is registered with the runtime during this call.
        let listener = ::tokio::net::UnixListener::from_std(self.socket.try_clone()?)?;
        let (stream, _) = listener.accept().await?;
        Ok(Stream::Unix(stream.into_std()?))
    }
}

/// Waits for a connection to a listening TCP socket. Returns false if the time is
/// over.
pub(crate) fn wait_for_tcp(
    listener: &std::net::TcpListener,
    deadline: &Deadline,
) -> io::Result<bool> {
    wait(&mut [PollFd::new(listener, PollFlags::IN)], deadline)
}
