//! Waiting until sockets, and on Unix other descriptors, are ready.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, Timespec, poll};

use crate::deadline::Deadline;

/// The longest time limit that all platforms accept.
const MAX_TIMEOUT: Duration = Duration::from_secs(3600);

/// Waits until one of them is ready. Returns false if the time is over.
pub(super) fn wait(ends: &mut [PollFd<'_>], deadline: &Deadline) -> io::Result<bool> {
    loop {
        let left = deadline.left().unwrap_or(MAX_TIMEOUT).min(MAX_TIMEOUT);
        let left = Timespec::try_from(left).ok();
        match poll(ends, left.as_ref()) {
            // A signal interrupts the call, but does not extend the deadline.
            Err(rustix::io::Errno::INTR) => {}
            Ok(0) if !deadline.has_passed() => {}
            ready => return Ok(ready? > 0),
        }
    }
}
