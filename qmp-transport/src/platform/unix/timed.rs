//! Reading and writing with deadlines.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::net::{RecvFlags, SendFlags, sockopt};

use super::system::{Kind, retry, shut_down, write};
use super::{Descriptors, Stream};
use crate::deadline::{Deadline, Wait};
use crate::platform::Io;
use crate::platform::poll::wait;

/// A stream that one thread reads and writes, with deadlines.
#[derive(Debug)]
pub(crate) struct TimedStream {
    stream: Stream,
    /// The time limit that is set for reads of the socket.
    read_limit: Option<Duration>,
}

impl TimedStream {
    pub(crate) fn new(stream: Stream) -> io::Result<Self> {
        // Reads of a socket can have a time limit, which saves a call of `poll` for
        // each command. Reads of pipes and devices cannot.
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

    /// Waits for bytes, and reads once. After the deadline, it still reads what has
    /// arrived.
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
                    // The next call waits for the rest of the time.
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::WouldBlock if deadline.has_passed() => return Ok(Io::TimedOut),
                    io::ErrorKind::WouldBlock => {}
                    _ => return Err(error),
                },
            }
        }
    }

    /// Reads once, or fails with `WouldBlock` if nothing arrives in time.
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
            // Zero would mean no limit.
            let limit = limit.map(|limit| limit.max(Duration::from_micros(1)));
            let socket = self.stream.read_end();
            // A limit that the system cannot represent is as good as none.
            if sockopt::set_socket_timeout(socket, sockopt::Timeout::Recv, limit).is_err() {
                sockopt::set_socket_timeout(socket, sockopt::Timeout::Recv, None)?;
            }
            self.read_limit = limit;
        }
        Ok(rustix::io::read(self.stream.read_end(), space)?)
    }

    /// Reads what has arrived, or fails with `WouldBlock`.
    pub(crate) fn try_read(&self, space: &mut [u8]) -> io::Result<usize> {
        let end = self.stream.read_end();
        retry(|| match self.stream.kind() {
            Kind::Pipe => Ok(rustix::io::read(end, &mut *space)?),
            _ => Ok(rustix::net::recv(end, &mut *space, RecvFlags::DONTWAIT)?.0),
        })
    }

    /// Writes as much as there is room for, or fails with `WouldBlock`.
    pub(crate) fn try_write(&self, bytes: &[u8], descriptors: &Descriptors) -> io::Result<usize> {
        let (kind, end) = (self.stream.kind(), self.stream.write_end());
        retry(|| write(kind, end, bytes, descriptors, SendFlags::DONTWAIT))
    }

    /// Waits until the stream can be read or written, and returns whether it can be
    /// read.
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

    /// Ends the connection, also for other processes that have the stream.
    pub(crate) fn shut_down(&self) {
        shut_down(self.stream.kind(), self.stream.write_end());
    }
}
