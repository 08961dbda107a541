//! Reading and writing with a time limit.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::{Timeout, set_socket_timeout};

use crate::stream::{SHORTEST, Stream};

/// The end of a time limit, if there is one.
#[derive(Debug)]
pub(crate) struct Deadline {
    limit: Option<Duration>,
    begin: Instant,
    passed: bool,
}

impl Deadline {
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        Self {
            limit,
            begin: Instant::now(),
            passed: false,
        }
    }

    /// The whole limit, for messages.
    pub(crate) fn limit(&self) -> Duration {
        self.limit.unwrap_or(Duration::MAX)
    }

    /// The time limit for the next operation.
    ///
    /// One more is allowed after the deadline has passed, which takes what is
    /// there; a peer that never falls silent must not get another.
    fn next(&mut self) -> Next {
        let Some(limit) = self.limit else {
            return Next::Wait(None);
        };
        let passed = self.begin.elapsed();
        // Rounding saves a system call for each command: the socket keeps the
        // limit that it has.
        if passed < limit / 64 {
            return Next::Wait(Some(limit));
        }
        let left = limit.saturating_sub(passed);
        if left.is_zero() && std::mem::replace(&mut self.passed, true) {
            return Next::Nothing;
        }
        Next::Wait(Some(left.max(SHORTEST)))
    }
}

enum Next {
    /// Wait for so long; without a limit, for as long as it takes.
    Wait(Option<Duration>),
    /// Time has run out.
    Nothing,
}

/// How reading or writing went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Io {
    Done(usize),
    TimedOut,
}

/// A stream whose reads and writes have deadlines.
#[derive(Debug)]
pub(crate) struct Timed {
    stream: Stream,
    read_limit: Option<Duration>,
    write_limit: Option<Duration>,
}

impl Timed {
    pub(crate) fn new(stream: Stream) -> io::Result<Self> {
        for end in [stream.read_end(), stream.write_end()] {
            // The caller, or whoever it inherited the stream from, may have
            // made it nonblocking.
            rustix::io::ioctl_fionbio(end, false)?;
        }
        if !matches!(stream, Stream::Pipe { .. }) {
            set_socket_timeout(stream.read_end(), Timeout::Recv, None)?;
            set_socket_timeout(stream.read_end(), Timeout::Send, None)?;
        }
        Ok(Self {
            stream,
            read_limit: None,
            write_limit: None,
        })
    }

    pub(crate) fn get(&self) -> &Stream {
        &self.stream
    }

    /// Reads once. A deadline that has passed still takes what is there.
    pub(crate) fn read(&mut self, space: &mut [u8], deadline: &mut Deadline) -> io::Result<Io> {
        let Next::Wait(limit) = deadline.next() else {
            return Ok(Io::TimedOut);
        };
        if let Stream::Pipe { read, .. } = &self.stream {
            if !ready(read.as_fd(), PollFlags::IN, limit)? {
                return Ok(Io::TimedOut);
            }
        } else if limit != self.read_limit {
            set_socket_timeout(self.stream.read_end(), Timeout::Recv, limit)?;
            self.read_limit = limit;
        }
        outcome(|| self.stream.read(space))
    }

    /// Writes once, and sends descriptors along with the first byte.
    pub(crate) fn write(
        &mut self,
        bytes: &[u8],
        descriptors: &[OwnedFd],
        deadline: &mut Deadline,
    ) -> io::Result<Io> {
        let Next::Wait(limit) = deadline.next() else {
            return Ok(Io::TimedOut);
        };
        let mut bytes = bytes;
        if let Stream::Pipe { write, .. } = &self.stream {
            if !ready(write.as_fd(), PollFlags::OUT, limit)? {
                return Ok(Io::TimedOut);
            }
            // A pipe that is ready takes so much at once without blocking.
            bytes = &bytes[..bytes.len().min(4096)];
        } else if limit != self.write_limit {
            set_socket_timeout(self.stream.write_end(), Timeout::Send, limit)?;
            self.write_limit = limit;
        }
        outcome(|| self.stream.write(bytes, descriptors))
    }
}

/// Waits until a descriptor is ready, where it has no time limit of its own.
pub(crate) fn ready(
    descriptor: BorrowedFd<'_>,
    events: PollFlags,
    limit: Option<Duration>,
) -> io::Result<bool> {
    // A limit too long to be told is none.
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    let mut descriptors = [PollFd::from_borrowed_fd(descriptor, events)];
    loop {
        match poll(&mut descriptors, limit.as_ref()) {
            Err(rustix::io::Errno::INTR) => {}
            result => return Ok(result? > 0),
        }
    }
}

fn outcome(mut operation: impl FnMut() -> io::Result<usize>) -> io::Result<Io> {
    loop {
        match operation() {
            Ok(count) => return Ok(Io::Done(count)),
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Ok(Io::TimedOut),
                _ => return Err(error),
            },
        }
    }
}
