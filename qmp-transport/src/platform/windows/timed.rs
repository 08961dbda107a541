//! Reading and writing with deadlines.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};

use super::child::Child;
use super::{Descriptors, Stream};
use crate::deadline::{Deadline, Wait};
use crate::platform::Io;
use crate::platform::poll::wait;

/// How long to wait before another check whether a pipe has room.
const CHECK_INTERVAL: Duration = Duration::from_millis(5);

/// A stream that one thread reads and writes, with deadlines.
#[derive(Debug)]
pub(crate) struct TimedStream {
    stream: Stream,
    /// The threads that read and write a child. Set if and only if `stream` is one.
    child: Option<Child>,
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

    /// Waits for bytes, and reads once. After the deadline, it still reads what has
    /// arrived.
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

    /// Reads what has arrived, or fails with `WouldBlock`.
    pub(crate) fn try_read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match (&mut self.stream, &mut self.child) {
            (_, Some(child)) => child.try_read(space),
            (Stream::Tcp(stream), None) => stream.read(space),
            (Stream::Child { .. }, None) => Ok(0),
        }
    }

    /// Writes as much as there is room for, or fails with `WouldBlock`.
    pub(crate) fn try_write(&mut self, bytes: &[u8], _: &Descriptors) -> io::Result<usize> {
        match (&mut self.stream, &self.child) {
            (_, Some(child)) => child.try_write(bytes),
            (Stream::Tcp(stream), None) => stream.write(bytes),
            (Stream::Child { .. }, None) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Waits until the stream can be read or written, and returns whether it can be
    /// read.
    pub(crate) fn wait(&mut self, deadline: &Deadline) -> io::Result<Io<bool>> {
        match (&self.stream, &mut self.child) {
            (_, Some(child)) => {
                let left = deadline.left().unwrap_or(CHECK_INTERVAL);
                let readable = child.wait(Some(left.min(CHECK_INTERVAL)));
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

    /// Ends the connection, also for other processes that have the socket. A pipe
    /// ends when it is closed.
    pub(crate) fn shut_down(&self) {
        if let Stream::Tcp(stream) = &self.stream {
            // It fails if the server has ended the connection already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
