//! Unix: sockets of two families, pipes, devices, and file descriptors that
//! travel along.

use std::fs;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    AddressFamily, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix,
    SocketType, sockopt,
};

use super::Io;
use crate::address::Address;
use crate::deadline::{Deadline, Wait};

/// The kernel takes no more descriptors in one message.
const MOST_DESCRIPTORS: usize = 253;

/// The system takes no longer time limit on some platforms.
const LONGEST: Duration = Duration::from_secs(3600);

/// A connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stream {
    /// A Unix socket.
    Unix(UnixStream),
    /// A TCP socket.
    Tcp(TcpStream),
    /// Two pipes, or a device. They are made nonblocking, for whoever else has
    /// them, too.
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
    /// Creates a stream from an open descriptor: a socket, or a device that is
    /// read and written.
    ///
    /// # Errors
    /// It is a socket that is neither of Unix nor of TCP, or it cannot be
    /// duplicated.
    pub fn from_descriptor(descriptor: OwnedFd) -> io::Result<Self> {
        match family(&descriptor) {
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

    /// Creates a stream from the ends of a child that speaks the protocol on its
    /// standard input and output, such as `ssh host socat - /run/vm.sock`.
    pub fn from_child(stdin: ChildStdin, stdout: ChildStdout) -> Self {
        Self::Pipe {
            read: stdout.into(),
            write: stdin.into(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Unix(_) => Kind::Unix,
            Self::Tcp(_) => Kind::Tcp,
            Self::Pipe { .. } => Kind::Pipe,
        }
    }

    fn read_end(&self) -> BorrowedFd<'_> {
        match self {
            Self::Unix(stream) => stream.as_fd(),
            Self::Tcp(stream) => stream.as_fd(),
            Self::Pipe { read, .. } => read.as_fd(),
        }
    }

    fn write_end(&self) -> BorrowedFd<'_> {
        match self {
            Self::Unix(stream) => stream.as_fd(),
            Self::Tcp(stream) => stream.as_fd(),
            Self::Pipe { write, .. } => write.as_fd(),
        }
    }

    /// What it is connected to, for people.
    pub(crate) fn peer(&self) -> String {
        match self {
            Self::Unix(stream) => match stream.peer_addr() {
                Ok(address) if address.as_pathname().is_some() => {
                    format!(
                        "unix:{}",
                        address.as_pathname().unwrap_or(Path::new("")).display()
                    )
                }
                _ => "a Unix socket".to_owned(),
            },
            Self::Tcp(stream) => match stream.peer_addr() {
                Ok(address) => format!("tcp:{address}"),
                Err(_) => "a TCP socket".to_owned(),
            },
            Self::Pipe { .. } => "pipes or a device".to_owned(),
        }
    }

    /// Makes the system wait in calls, or not. Who made the stream may have done
    /// either.
    fn set_nonblocking(&self, enable: bool) -> io::Result<()> {
        for end in [self.read_end(), self.write_end()] {
            rustix::io::ioctl_fionbio(end, enable)?;
        }
        #[cfg(target_vendor = "apple")]
        if self.kind() != Kind::Pipe {
            sockopt::set_socket_nosigpipe(self.write_end(), true)?;
        }
        Ok(())
    }

    /// Whether descriptors can travel along.
    pub(crate) fn takes_descriptors(&self) -> bool {
        self.kind() == Kind::Unix
    }

    /// Two connected streams.
    #[cfg(feature = "mock")]
    pub(crate) fn pair() -> io::Result<(Self, Self)> {
        let (ours, theirs) = UnixStream::pair()?;
        Ok((ours.into(), theirs.into()))
    }

    /// Reads from a stream that waits in calls, for as long as it takes.
    #[cfg(feature = "mock")]
    pub(crate) fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| {
            rustix::io::read(self.read_end(), &mut *space)
        })?)
    }

    /// Writes to a stream that waits in calls, for as long as it takes.
    #[cfg(feature = "mock")]
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        retry(|| {
            write(
                self.kind(),
                self.write_end(),
                bytes,
                &Descriptors::NONE,
                SendFlags::empty(),
            )
        })
    }

    /// Has reads and writes wait.
    #[cfg(feature = "mock")]
    pub(crate) fn set_blocking(&self) -> io::Result<()> {
        self.set_nonblocking(false)
    }
}

/// What matters of a stream to those who read and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unix,
    Tcp,
    Pipe,
}

/// A socket's family.
fn family(socket: &OwnedFd) -> io::Result<AddressFamily> {
    Ok(rustix::net::getsockname(socket)?.address_family())
}

/// File descriptors that travel with a command. They are closed with it.
#[derive(Debug, Default)]
pub(crate) struct Descriptors(Vec<OwnedFd>);

impl Descriptors {
    pub(crate) const NONE: Self = Self(Vec::new());

    /// [`NONE`](Self::NONE), to be borrowed.
    pub(crate) fn none() -> &'static Self {
        static NONE: Descriptors = Descriptors::NONE;
        &NONE
    }

    /// Duplicates of a caller's descriptors.
    pub(crate) fn duplicate(descriptors: &[BorrowedFd<'_>]) -> io::Result<Self> {
        if descriptors.len() > MOST_DESCRIPTORS {
            let count = descriptors.len();
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "the system takes at most {MOST_DESCRIPTORS} descriptors at once, not {count}"
                ),
            ));
        }
        let duplicates = descriptors.iter().map(BorrowedFd::try_clone_to_owned);
        Ok(Self(duplicates.collect::<io::Result<_>>()?))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_slice(&self) -> &[OwnedFd] {
        &self.0
    }
}

impl From<Vec<OwnedFd>> for Descriptors {
    fn from(descriptors: Vec<OwnedFd>) -> Self {
        Self(descriptors)
    }
}

/// Writes once, and sends descriptors along with the first byte.
fn write(
    kind: Kind,
    to: BorrowedFd<'_>,
    bytes: &[u8],
    descriptors: &Descriptors,
    flags: SendFlags,
) -> io::Result<usize> {
    if kind == Kind::Pipe {
        return Ok(rustix::io::write(to, bytes)?);
    }
    // A peer that is gone is an error, not a signal.
    #[cfg(not(target_vendor = "apple"))]
    let flags = flags | SendFlags::NOSIGNAL;
    if descriptors.is_empty() {
        return Ok(rustix::net::send(to, bytes, flags)?);
    }
    let descriptors: Vec<BorrowedFd<'_>> = descriptors.0.iter().map(OwnedFd::as_fd).collect();
    let message = SendAncillaryMessage::ScmRights(&descriptors);
    let mut space = vec![MaybeUninit::uninit(); message.size()];
    let mut along = SendAncillaryBuffer::new(&mut space);
    along.push(message);
    let bytes = [IoSlice::new(bytes)];
    Ok(rustix::net::sendmsg(to, &bytes, &mut along, flags)?)
}

/// Does again what a signal interrupted. For what does not wait.
fn retry<T>(mut operation: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match operation() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

/// Waits until a descriptor is ready for one of some events. False: time ran
/// out.
fn wait(descriptors: &mut [PollFd<'_>], deadline: &Deadline) -> io::Result<bool> {
    loop {
        let left = deadline.left().unwrap_or(LONGEST).min(LONGEST);
        let left = Timespec::try_from(left).ok();
        match poll(descriptors, left.as_ref()) {
            // A signal does not start the time limit anew.
            Err(rustix::io::Errno::INTR) => {}
            Ok(0) if !deadline.has_passed() => {}
            ready => return Ok(ready? > 0),
        }
    }
}

/// A stream that one thread reads and writes, with deadlines.
#[derive(Debug)]
pub(crate) struct TimedStream {
    stream: Stream,
    /// How long the system lets a read of the socket wait.
    read_limit: Option<Duration>,
}

impl TimedStream {
    pub(crate) fn new(stream: Stream) -> io::Result<Self> {
        // A socket's reads take a time limit, which saves a call to `poll` for
        // each command; those of pipes and devices do not.
        stream.set_nonblocking(stream.kind() == Kind::Pipe)?;
        if stream.kind() != Kind::Pipe {
            sockopt::set_socket_timeout(stream.read_end(), sockopt::Timeout::Recv, None)?;
        }
        Ok(Self {
            stream,
            read_limit: None,
        })
    }

    pub(crate) fn get(&self) -> &Stream {
        &self.stream
    }

    /// Reads once, waiting for it. A deadline that has passed still takes what
    /// is there.
    pub(crate) fn read(
        &mut self,
        space: &mut [u8],
        deadline: &mut Deadline,
    ) -> io::Result<Io<usize>> {
        loop {
            let outcome = match deadline.next_wait() {
                Wait::Expired => return Ok(Io::TimedOut),
                Wait::Zero => self.try_read(space),
                Wait::AtMost(limit) => self.read_within(limit, deadline, space),
            };
            match outcome {
                Ok(count) => return Ok(Io::Done(count)),
                Err(error) => match error.kind() {
                    // The limit is what is left of it by now.
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::WouldBlock if deadline.has_passed() => return Ok(Io::TimedOut),
                    io::ErrorKind::WouldBlock => {}
                    _ => return Err(error),
                },
            }
        }
    }

    /// Reads once, or fails with `WouldBlock` when nothing comes in time.
    fn read_within(
        &mut self,
        limit: Option<Duration>,
        deadline: &Deadline,
        space: &mut [u8],
    ) -> io::Result<usize> {
        if let Stream::Pipe { read, .. } = &self.stream {
            if !wait(&mut [PollFd::new(read, PollFlags::IN)], deadline)? {
                return Err(io::ErrorKind::WouldBlock.into());
            }
        } else if limit != self.read_limit {
            // The system knows no limit of zero.
            let limit = limit.map(|limit| limit.max(Duration::from_micros(1)));
            let socket = self.stream.read_end();
            // One that the system cannot express ends past the end of time.
            if sockopt::set_socket_timeout(socket, sockopt::Timeout::Recv, limit).is_err() {
                sockopt::set_socket_timeout(socket, sockopt::Timeout::Recv, None)?;
            }
            self.read_limit = limit;
        }
        Ok(rustix::io::read(self.stream.read_end(), space)?)
    }

    /// Reads what is there, or fails with `WouldBlock`.
    pub(crate) fn try_read(&self, space: &mut [u8]) -> io::Result<usize> {
        let end = self.stream.read_end();
        retry(|| match self.stream.kind() {
            Kind::Pipe => Ok(rustix::io::read(end, &mut *space)?),
            _ => Ok(rustix::net::recv(end, &mut *space, RecvFlags::DONTWAIT)?.0),
        })
    }

    /// Writes what there is room for, or fails with `WouldBlock`.
    pub(crate) fn try_write(&self, bytes: &[u8], descriptors: &Descriptors) -> io::Result<usize> {
        let (kind, end) = (self.stream.kind(), self.stream.write_end());
        retry(|| write(kind, end, bytes, descriptors, SendFlags::DONTWAIT))
    }

    /// Waits until the stream can be read or written, and tells whether it can
    /// be read.
    pub(crate) fn wait(&self, deadline: &Deadline) -> io::Result<Io<bool>> {
        let (read, write) = (self.stream.read_end(), self.stream.write_end());
        let mut ends = [
            PollFd::from_borrowed_fd(read, PollFlags::IN),
            PollFd::from_borrowed_fd(write, PollFlags::OUT),
        ];
        Ok(match wait(&mut ends, deadline)? {
            false => Io::TimedOut,
            true => Io::Done(!ends[0].revents().is_empty()),
        })
    }

    /// Ends the connection for the peer as well.
    pub(crate) fn shut_down(&self) {
        shut_down(self.stream.kind(), self.stream.write_end());
    }
}

/// Ends a connection, though others may hold the socket open. A pipe ends when
/// it is closed.
fn shut_down(kind: Kind, end: BorrowedFd<'_>) {
    if kind != Kind::Pipe {
        // The server may have done so first.
        let _ = rustix::net::shutdown(end, rustix::net::Shutdown::Both);
    }
}

/// Connects to an address on this machine without waiting: it fails with
/// `WouldBlock` where the backlog is full.
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

/// A socket's address as the system takes it.
fn unix_name(address: &Address) -> io::Result<SocketAddrUnix> {
    match address {
        Address::Unix(path) => Ok(SocketAddrUnix::new(path)?),
        #[cfg(any(target_os = "linux", target_os = "android"))]
        Address::Abstract(name) => Ok(SocketAddrUnix::new_abstract_name(name.as_bytes())?),
        _ => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "only Linux has abstract Unix sockets; use unix:PATH",
        )),
    }
}

/// A descriptor of this one's own for what an inherited descriptor stands for.
#[expect(
    unsafe_code,
    reason = "there is no other way from a number to a descriptor"
)]
fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: it is borrowed for this call only, which fails with EBADF where
    // the number stands for nothing.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    borrowed.try_clone_to_owned()
}

/// A socket on this machine that listens.
#[derive(Debug)]
pub(crate) struct LocalListener {
    socket: UnixListener,
    /// Removed with the listener.
    _file: Option<SocketFile>,
}

/// The file of a socket that was bound here.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    /// Device and inode tell it from a file that somebody else put in its place.
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
            // Somebody may have removed it already.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What listens at an address that is no TCP address.
pub(crate) enum Listening {
    Local(LocalListener),
    /// A TCP socket that was inherited.
    Tcp(std::net::TcpListener),
}

/// Listens at an address on this machine.
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
    // Whoever connected may be gone before it is accepted.
    socket.set_nonblocking(true)?;
    Ok(Listening::Local(LocalListener {
        socket,
        _file: file,
    }))
}

/// A socket that this process inherited and that listens already, as systemd
/// passes one on.
fn inherited(number: RawFd) -> io::Result<Listening> {
    let socket = duplicate(number)?;
    // Elsewhere accepting says so.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if !sockopt::socket_acceptconn(&socket)? {
        let message = "the descriptor is a socket that does not listen";
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
    /// The next connection, or `WouldBlock`.
    pub(crate) fn try_accept(&self) -> io::Result<Stream> {
        let (stream, _) = self.socket.accept()?;
        Ok(stream.into())
    }

    /// Waits for a connection. False: time ran out.
    pub(crate) fn wait(&self, deadline: &Deadline) -> io::Result<bool> {
        wait(&mut [PollFd::new(&self.socket, PollFlags::IN)], deadline)
    }

    /// The next connection.
    #[cfg(feature = "tokio")]
    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        // A duplicate is registered with the runtime for the time of this call.
        let listener = ::tokio::net::UnixListener::from_std(self.socket.try_clone()?)?;
        let (stream, _) = listener.accept().await?;
        Ok(Stream::Unix(stream.into_std()?))
    }
}

/// Waits for a connection to a TCP socket that listens. False: time ran out.
pub(crate) fn wait_for_tcp(
    listener: &std::net::TcpListener,
    deadline: &Deadline,
) -> io::Result<bool> {
    wait(&mut [PollFd::new(listener, PollFlags::IN)], deadline)
}

#[cfg(feature = "tokio")]
pub(crate) use on_tokio::{ReadEnd, WriteEnd, split};

/// The ends of a stream that wake tasks.
#[cfg(feature = "tokio")]
mod on_tokio {
    use std::io::IoSliceMut;
    use std::sync::Arc;
    use std::task::{Context, Poll, ready};

    use ::tokio::io::unix::AsyncFd;
    use rustix::net::{RecvAncillaryBuffer, ReturnFlags};

    use super::*;

    /// Where the server's messages come from. One task reads it.
    #[derive(Debug)]
    pub(crate) struct ReadEnd {
        kind: Kind,
        end: Arc<AsyncFd<OwnedFd>>,
    }

    /// Where commands go to. All handles share it.
    #[derive(Debug)]
    pub(crate) struct WriteEnd {
        kind: Kind,
        end: Arc<AsyncFd<OwnedFd>>,
    }

    /// Registers a stream with the runtime around it, which must have IO enabled.
    pub(crate) fn split(stream: Stream) -> io::Result<(ReadEnd, WriteEnd)> {
        stream.set_nonblocking(true)?;
        let kind = stream.kind();
        let (read, write) = match stream {
            Stream::Unix(stream) => (OwnedFd::from(stream), None),
            Stream::Tcp(stream) => (OwnedFd::from(stream), None),
            Stream::Pipe { read, write } => (read, Some(write)),
        };
        let read = register(read)?;
        let write = match write {
            None => Arc::clone(&read),
            Some(write) => register(write)?,
        };
        Ok((ReadEnd { kind, end: read }, WriteEnd { kind, end: write }))
    }

    #[allow(
        deprecated,
        reason = "what takes its place is unsafe, for descriptors that may change; this one stays"
    )]
    fn register(end: OwnedFd) -> io::Result<Arc<AsyncFd<OwnedFd>>> {
        Ok(Arc::new(AsyncFd::new(end)?))
    }

    impl ReadEnd {
        /// Reads once.
        pub(crate) fn poll_read(
            &mut self,
            cx: &mut Context<'_>,
            space: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            loop {
                let mut guard = ready!(self.end.poll_read_ready(cx))?;
                match retry(|| self.read(space)) {
                    Ok((count, is_all)) => {
                        // It saves a call that would say that there is no more.
                        if is_all && count > 0 {
                            guard.clear_ready();
                        }
                        return Poll::Ready(Ok(count));
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => guard.clear_ready(),
                    Err(error) => return Poll::Ready(Err(error)),
                }
            }
        }

        /// Reads once, and tells whether that was all that there is.
        fn read(&self, space: &mut [u8]) -> io::Result<(usize, bool)> {
            let length = space.len();
            match self.kind {
                Kind::Pipe => Ok((rustix::io::read(&self.end, space)?, false)),
                Kind::Tcp => {
                    let count = rustix::io::read(&self.end, space)?;
                    Ok((count, count < length))
                }
                Kind::Unix => {
                    // A read ends where descriptors were sent along, though more
                    // has come. The flag says that there were some; they are of
                    // no use and closed.
                    let mut along = RecvAncillaryBuffer::default();
                    let mut space = [IoSliceMut::new(space)];
                    let flags = RecvFlags::empty();
                    let read = rustix::net::recvmsg(&self.end, &mut space, &mut along, flags)?;
                    let is_all = read.bytes < length && !read.flags.contains(ReturnFlags::CTRUNC);
                    Ok((read.bytes, is_all))
                }
            }
        }
    }

    impl WriteEnd {
        /// Whether descriptors can travel along.
        pub(crate) fn takes_descriptors(&self) -> bool {
            self.kind == Kind::Unix
        }

        /// Writes what there is room for, or fails with `WouldBlock`. Whether
        /// there is any shows sooner by trying than by asking the runtime.
        pub(crate) fn try_write(
            &self,
            bytes: &[u8],
            descriptors: &Descriptors,
        ) -> io::Result<usize> {
            let end = self.end.get_ref().as_fd();
            retry(|| write(self.kind, end, bytes, descriptors, SendFlags::empty()))
        }

        /// Writes once. The one task that calls this is woken when there is
        /// room.
        pub(crate) fn poll_write(
            &mut self,
            cx: &mut Context<'_>,
            bytes: &[u8],
            descriptors: &Descriptors,
        ) -> Poll<io::Result<usize>> {
            loop {
                let mut guard = ready!(self.end.poll_write_ready(cx))?;
                match self.try_write(bytes, descriptors) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => guard.clear_ready(),
                    written => return Poll::Ready(written),
                }
            }
        }

        /// Ends the connection, though its other half may live on.
        pub(crate) fn shut_down(&self) {
            shut_down(self.kind, self.end.get_ref().as_fd());
        }
    }
}
