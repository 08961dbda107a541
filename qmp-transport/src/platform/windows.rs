//! Windows: TCP, and the standard input and output of a child. There are
//! neither Unix sockets nor file descriptors that travel along.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::windows::io::AsHandle;
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Io;
use crate::address::Address;
use crate::deadline::{Deadline, Wait};

/// A connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stream {
    /// A TCP socket.
    Tcp(TcpStream),
    /// The ends of a child.
    Child {
        /// Where the commands go to.
        stdin: ChildStdin,
        /// Where the server's messages come from.
        stdout: ChildStdout,
    },
}

impl From<TcpStream> for Stream {
    fn from(stream: TcpStream) -> Self {
        Self::Tcp(stream)
    }
}

impl Stream {
    /// Creates a stream from the ends of a child that speaks the protocol on its
    /// standard input and output, such as `ssh host socat - /run/vm.sock`.
    pub fn from_child(stdin: ChildStdin, stdout: ChildStdout) -> Self {
        Self::Child { stdin, stdout }
    }

    /// What it is connected to, for people.
    pub(crate) fn peer(&self) -> String {
        match self {
            Self::Tcp(stream) => match stream.peer_addr() {
                Ok(address) => format!("tcp:{address}"),
                Err(_) => "a TCP socket".to_owned(),
            },
            Self::Child { .. } => "a child process".to_owned(),
        }
    }

    /// Two connected streams.
    #[cfg(feature = "mock")]
    pub(crate) fn pair() -> io::Result<(Self, Self)> {
        let listener = TcpListener::bind("localhost:0")?;
        let ours = TcpStream::connect(listener.local_addr()?)?;
        let (theirs, _) = listener.accept()?;
        Ok((ours.into(), theirs.into()))
    }

    /// Reads from a stream that waits in calls, for as long as it takes.
    #[cfg(feature = "mock")]
    pub(crate) fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(space),
            Self::Child { stdout, .. } => stdout.read(space),
        }
    }

    /// Writes to a stream that waits in calls, for as long as it takes.
    #[cfg(feature = "mock")]
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Child { stdin, .. } => stdin.write(bytes),
        }
    }

    /// Has reads and writes wait.
    #[cfg(feature = "mock")]
    pub(crate) fn set_blocking(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_nonblocking(false),
            Self::Child { .. } => Ok(()),
        }
    }
}

/// Stands for the descriptors that travel with a command: there are none.
#[derive(Debug)]
pub(crate) struct Descriptors;

impl Descriptors {
    pub(crate) const NONE: Self = Self;

    pub(crate) fn none() -> &'static Self {
        &Self
    }

    #[expect(clippy::unused_self, reason = "as it is on Unix")]
    pub(crate) fn is_empty(&self) -> bool {
        true
    }
}

/// How many pieces of a pipe's bytes wait for their reader or writer.
const PIECES: usize = 4;

/// How soon to look again whether a pipe has room.
const LOOK_AFTER: Duration = Duration::from_millis(5);

/// The system takes no longer time limit.
const LONGEST: Duration = Duration::from_secs(3600);

/// A stream that one thread reads and writes, with deadlines.
#[derive(Debug)]
pub(crate) struct TimedStream {
    stream: Stream,
    /// The threads that read and write a child's ends.
    child: Option<Child>,
}

/// A child's ends, each with a thread: the system has no time limits for pipes.
#[derive(Debug)]
struct Child {
    commands: SyncSender<Vec<u8>>,
    messages: Receiver<Vec<u8>>,
    /// What was received and not read.
    rest: Vec<u8>,
}

impl Child {
    fn new(stdin: &ChildStdin, stdout: &ChildStdout) -> io::Result<Self> {
        let mut stdin = File::from(stdin.as_handle().try_clone_to_owned()?);
        let mut stdout = File::from(stdout.as_handle().try_clone_to_owned()?);
        let (commands, to_write) = sync_channel::<Vec<u8>>(PIECES);
        let (received, messages) = sync_channel(PIECES);
        thread::Builder::new()
            .name("QMP commands".to_owned())
            .spawn(move || {
                // An error shows to the client when the channel is closed.
                while let Ok(bytes) = to_write.recv()
                    && stdin.write_all(&bytes).is_ok()
                {}
            })?;
        thread::Builder::new()
            .name("QMP messages".to_owned())
            .spawn(move || {
                let mut space = vec![0; 64 * 1024];
                while let Ok(count @ 1..) = stdout.read(&mut space)
                    && received.send(space[..count].to_vec()).is_ok()
                {}
            })?;
        Ok(Self {
            commands,
            messages,
            rest: Vec::new(),
        })
    }

    /// Waits until something is received, or the child has closed. False: time
    /// ran out.
    fn wait(&mut self, limit: Option<Duration>) -> bool {
        if !self.rest.is_empty() {
            return true;
        }
        let received = match limit {
            None => self
                .messages
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
            Some(limit) => self.messages.recv_timeout(limit),
        };
        match received {
            Ok(bytes) => {
                self.rest = bytes;
                true
            }
            Err(RecvTimeoutError::Disconnected) => true,
            Err(RecvTimeoutError::Timeout) => false,
        }
    }

    fn try_read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.rest = match self.messages.try_recv() {
                Ok(bytes) => bytes,
                Err(TryRecvError::Empty) => return Err(io::ErrorKind::WouldBlock.into()),
                Err(TryRecvError::Disconnected) => return Ok(0),
            };
        }
        let count = self.rest.len().min(space.len());
        space[..count].copy_from_slice(&self.rest[..count]);
        self.rest.drain(..count);
        Ok(count)
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.commands.try_send(bytes.to_vec()) {
            Ok(()) => Ok(bytes.len()),
            Err(TrySendError::Full(_)) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TrySendError::Disconnected(_)) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl TimedStream {
    pub(crate) fn new(stream: Stream) -> io::Result<Self> {
        let child = match &stream {
            Stream::Tcp(stream) => {
                stream.set_nonblocking(true)?;
                None
            }
            Stream::Child { stdin, stdout } => Some(Child::new(stdin, stdout)?),
        };
        Ok(Self { stream, child })
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
            let allowed = deadline.next_wait();
            if allowed == Wait::Expired {
                return Ok(Io::TimedOut);
            }
            match self.try_read(space) {
                Ok(count) => return Ok(Io::Done(count)),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                Err(_) if allowed == Wait::Zero => return Ok(Io::TimedOut),
                Err(_) => {}
            }
            match (&self.stream, &mut self.child) {
                (_, Some(child)) => {
                    child.wait(deadline.left());
                }
                (Stream::Tcp(stream), None) => {
                    wait(&mut [PollFd::new(stream, PollFlags::IN)], deadline)?;
                }
                (Stream::Child { .. }, None) => return Ok(Io::Done(0)),
            }
        }
    }

    /// Reads what is there, or fails with `WouldBlock`.
    pub(crate) fn try_read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match (&mut self.stream, &mut self.child) {
            (_, Some(child)) => child.try_read(space),
            (Stream::Tcp(stream), None) => stream.read(space),
            (Stream::Child { .. }, None) => Ok(0),
        }
    }

    /// Writes what there is room for, or fails with `WouldBlock`.
    pub(crate) fn try_write(&mut self, bytes: &[u8], _: &Descriptors) -> io::Result<usize> {
        match (&mut self.stream, &self.child) {
            (_, Some(child)) => child.try_write(bytes),
            (Stream::Tcp(stream), None) => stream.write(bytes),
            (Stream::Child { .. }, None) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Waits until the stream can be read or written, and tells whether it can
    /// be read.
    pub(crate) fn wait(&mut self, deadline: &Deadline) -> io::Result<Io<bool>> {
        match (&self.stream, &mut self.child) {
            (_, Some(child)) => {
                let left = deadline.left().unwrap_or(LOOK_AFTER);
                let readable = child.wait(Some(left.min(LOOK_AFTER)));
                Ok(match readable || !deadline.has_passed() {
                    true => Io::Done(readable),
                    false => Io::TimedOut,
                })
            }
            (Stream::Tcp(stream), None) => {
                let flags = PollFlags::IN | PollFlags::OUT;
                let mut end = [PollFd::new(stream, flags)];
                Ok(match wait(&mut end, deadline)? {
                    false => Io::TimedOut,
                    true => Io::Done(end[0].revents() != PollFlags::OUT),
                })
            }
            (Stream::Child { .. }, None) => Ok(Io::Done(true)),
        }
    }

    /// Ends the connection for the peer as well. A pipe ends when it is closed.
    pub(crate) fn shut_down(&self) {
        if let Stream::Tcp(stream) = &self.stream {
            // The server may have done so first.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Waits until a socket is ready for one of some events. False: time ran out.
fn wait(sockets: &mut [PollFd<'_>], deadline: &Deadline) -> io::Result<bool> {
    loop {
        let left = deadline.left().unwrap_or(LONGEST).min(LONGEST);
        let limit = Timespec::try_from(left).ok();
        match poll(sockets, limit.as_ref()) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(0) if !deadline.has_passed() => {}
            ready => return Ok(ready? > 0),
        }
    }
}

/// The error of an address that only Unix has.
fn unsupported(address: &Address) -> io::Error {
    let what = match address {
        Address::Descriptor(_) => "inherited file descriptors",
        _ => "Unix sockets",
    };
    let message = format!("{what} are not supported on this platform; use tcp:HOST:PORT");
    io::Error::new(io::ErrorKind::Unsupported, message)
}

/// Connects to an address on this machine: there are none but those of TCP.
pub(crate) fn connect_local(address: &Address) -> io::Result<Stream> {
    Err(unsupported(address))
}

/// A socket on this machine that listens and is not of TCP: there is none.
#[derive(Debug)]
pub(crate) enum LocalListener {}

/// What listens at an address that is no TCP address.
#[expect(dead_code, reason = "there are no such addresses")]
pub(crate) enum Listening {
    Local(LocalListener),
    Tcp(TcpListener),
}

/// Listens at an address on this machine: there are none but those of TCP.
pub(crate) fn listen_local(address: &Address) -> io::Result<Listening> {
    Err(unsupported(address))
}

impl LocalListener {
    /// The next connection, or `WouldBlock`.
    pub(crate) fn try_accept(&self) -> io::Result<Stream> {
        match *self {}
    }

    /// Waits for a connection. False: time ran out.
    pub(crate) fn wait(&self, _: &Deadline) -> io::Result<bool> {
        match *self {}
    }

    /// The next connection.
    #[cfg(feature = "tokio")]
    #[expect(clippy::unused_async, reason = "as it is on Unix")]
    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        match *self {}
    }
}

/// Waits for a connection to a TCP socket that listens. False: time ran out.
pub(crate) fn wait_for_tcp(listener: &TcpListener, deadline: &Deadline) -> io::Result<bool> {
    wait(&mut [PollFd::new(listener, PollFlags::IN)], deadline)
}

#[cfg(feature = "tokio")]
pub(crate) use on_tokio::{ReadEnd, WriteEnd, split};

/// The ends of a stream that wake tasks.
#[cfg(feature = "tokio")]
mod on_tokio {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
    use ::tokio::net::tcp;
    use ::tokio::process;

    use super::*;

    /// Where the server's messages come from. One task reads it.
    #[derive(Debug)]
    pub(crate) enum ReadEnd {
        Tcp(tcp::OwnedReadHalf),
        Child(process::ChildStdout),
    }

    /// Where commands go to. All handles share it.
    #[derive(Debug)]
    pub(crate) enum WriteEnd {
        Tcp(tcp::OwnedWriteHalf),
        Child(process::ChildStdin),
    }

    /// Registers a stream with the runtime around it, which must have IO enabled.
    pub(crate) fn split(stream: Stream) -> io::Result<(ReadEnd, WriteEnd)> {
        Ok(match stream {
            Stream::Tcp(stream) => {
                stream.set_nonblocking(true)?;
                let (read, write) = ::tokio::net::TcpStream::from_std(stream)?.into_split();
                (ReadEnd::Tcp(read), WriteEnd::Tcp(write))
            }
            Stream::Child { stdin, stdout } => (
                ReadEnd::Child(process::ChildStdout::from_std(stdout)?),
                WriteEnd::Child(process::ChildStdin::from_std(stdin)?),
            ),
        })
    }

    impl ReadEnd {
        /// Reads once.
        pub(crate) fn poll_read(
            &mut self,
            cx: &mut Context<'_>,
            space: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            let mut space = ReadBuf::new(space);
            let read = match self {
                Self::Tcp(end) => Pin::new(end).poll_read(cx, &mut space),
                Self::Child(end) => Pin::new(end).poll_read(cx, &mut space),
            };
            read.map_ok(|()| space.filled().len())
        }
    }

    impl WriteEnd {
        /// Writes what there is room for, or fails with `WouldBlock`. A child's
        /// end is left to the task.
        pub(crate) fn try_write(&self, bytes: &[u8], _: &Descriptors) -> io::Result<usize> {
            match self {
                Self::Tcp(end) => end.try_write(bytes),
                Self::Child(_) => Err(io::ErrorKind::WouldBlock.into()),
            }
        }

        /// Writes once. The one task that calls this is woken when there is
        /// room.
        pub(crate) fn poll_write(
            &mut self,
            cx: &mut Context<'_>,
            bytes: &[u8],
            _: &Descriptors,
        ) -> Poll<io::Result<usize>> {
            match self {
                Self::Tcp(end) => Pin::new(end).poll_write(cx, bytes),
                Self::Child(end) => Pin::new(end).poll_write(cx, bytes),
            }
        }

        /// Ends the connection, though its other half may live on. A pipe ends
        /// when it is dropped.
        pub(crate) fn shut_down(&self) {
            if let Self::Tcp(end) = self {
                // The server may have done so first.
                let _ = rustix::net::shutdown(end.as_ref(), rustix::net::Shutdown::Both);
            }
        }
    }
}
