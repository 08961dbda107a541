//! The incoming half of a session: bytes, cut into messages.

use super::buffer::Buffer;
use super::oversize::{Fed, Skeleton};
use super::scanner::{SENTINEL, Scanner, Step};
use crate::broken::{Broken, Reason};

/// A message as it was received.
pub(super) enum Frame {
    /// The first bytes of [`Receiver::held`], of this length.
    Whole(usize),
    /// What was kept of a message that is larger than the limit.
    Oversize(Skeleton),
}

/// The incoming half of a session.
#[derive(Debug)]
pub(super) struct Receiver {
    /// The largest message to keep, in bytes.
    reply_limit: usize,
    /// The deepest nesting to accept, in levels.
    nesting_limit: usize,
    /// Whether the byte 0xFF discards what came before it, as it does from a guest
    /// agent. From another server it is not QMP.
    takes_sentinels: bool,
    /// The bytes that were received and not taken. Between calls of
    /// [`next`](Self::next), it begins with the message that was returned last, if
    /// any, and goes on with messages that are not complete or not looked at.
    buffer: Buffer,
    /// The length of the message that the last call of [`next`](Self::next)
    /// returned, which the next call takes from `buffer`. While it is not 0,
    /// `scanned` is 0 and `oversize` is `None`.
    returned: usize,
    /// The state of the scan, after the first `scanned` bytes of an incomplete
    /// message. It is not in a value while `scanned` is 0.
    scanner: Scanner,
    /// How many bytes at the front of `buffer` the scanner has seen. They are at
    /// most `reply_limit`, and all belong to one message.
    scanned: usize,
    /// What is kept of an incomplete message that is larger than the limit. Its
    /// bytes are taken from `buffer` as they come, so `scanned` is 0.
    oversize: Option<Skeleton>,
    /// Whether everything up to the next sentinel is to be discarded.
    awaits_sentinel: bool,
}

impl Receiver {
    pub(super) fn new(reply_limit: usize, nesting_limit: usize, takes_sentinels: bool) -> Self {
        Self {
            reply_limit,
            nesting_limit,
            takes_sentinels,
            buffer: Buffer::default(),
            returned: 0,
            scanner: Scanner::new(nesting_limit),
            scanned: 0,
            oversize: None,
            awaits_sentinel: false,
        }
    }

    /// Returns space to read into. It is never empty.
    pub(super) fn space(&mut self) -> &mut [u8] {
        self.buffer.space()
    }

    /// Marks bytes of [`space`](Self::space) as received.
    pub(super) fn filled(&mut self, count: usize) {
        self.buffer.filled(count);
    }

    /// Returns the bytes that were received and not taken. They begin with the
    /// message that was returned last.
    pub(super) fn held(&self) -> &[u8] {
        self.buffer.held()
    }

    /// Discards what was received, and what will be up to the next sentinel.
    pub(super) fn discard_to_sentinel(&mut self) {
        self.awaits_sentinel = true;
    }

    /// Goes on to the next complete message; `None` if more bytes are needed.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, Broken> {
        self.buffer.take(std::mem::take(&mut self.returned));
        loop {
            if self.awaits_sentinel {
                let Some(at) = memchr::memchr(SENTINEL, self.buffer.held()) else {
                    let all = self.buffer.held().len();
                    self.discard_partial(all);
                    return Ok(None);
                };
                self.discard_partial(at + 1);
                self.awaits_sentinel = false;
            }
            if let Some(skeleton) = &mut self.oversize {
                let held = self.buffer.held();
                match skeleton.feed(held)? {
                    Fed::More => {
                        let all = held.len();
                        self.buffer.take(all);
                        return Ok(None);
                    }
                    Fed::Ended(length) => {
                        self.buffer.take(length);
                        return Ok(self.oversize.take().map(Frame::Oversize));
                    }
                    Fed::Sentinel(length) if self.takes_sentinels => {
                        self.discard_partial(length);
                        continue;
                    }
                    // In the middle of a message it is unknown what is secret, so
                    // the excerpt is of its top level.
                    Fed::Sentinel(_) => {
                        return Err(Broken::new(Reason::NotAnObject, skeleton.text(), 0));
                    }
                }
            }
            if !self.scanner.in_value() {
                let space = self.buffer.held().iter();
                let space = space.take_while(|byte| byte.is_ascii_whitespace());
                let space = space.count();
                self.buffer.take(space);
                match self.buffer.held() {
                    [] => return Ok(None),
                    [b'{', ..] => {}
                    [SENTINEL, ..] if self.takes_sentinels => {
                        self.discard_partial(1);
                        continue;
                    }
                    other => return Err(Broken::new(Reason::NotAnObject, other, 0)),
                }
            }
            let held = self.buffer.held();
            let step = self.scanner.scan(&held[self.scanned..]);
            let length = match step {
                Step::More => held.len(),
                Step::End(end) => self.scanned + end,
                Step::Sentinel(at) if self.takes_sentinels => {
                    let at = self.scanned + at;
                    self.discard_partial(at);
                    continue;
                }
                Step::Sentinel(at) => {
                    let at = self.scanned + at - 1;
                    return Err(Broken::new(Reason::NotAnObject, held, at));
                }
                Step::TooDeep => {
                    let limit = self.nesting_limit;
                    return Err(Broken::new(Reason::TooDeep { limit }, held, 0));
                }
                // The scanner reports these on request only.
                Step::ChildBegins(_)
                | Step::ChildEnds(_)
                | Step::StringBegins(_)
                | Step::StringEnds(_) => return Ok(None),
            };
            if length > self.reply_limit {
                self.scanned = 0;
                self.scanner.reset();
                self.oversize = Some(Skeleton::new(self.nesting_limit));
                continue;
            }
            if step == Step::More {
                self.scanned = length;
                return Ok(None);
            }
            self.scanned = 0;
            self.returned = length;
            return Ok(Some(Frame::Whole(length)));
        }
    }

    /// Discards bytes, and with them the incomplete message.
    fn discard_partial(&mut self, count: usize) {
        self.buffer.take(count);
        self.scanned = 0;
        self.scanner.reset();
        self.oversize = None;
    }
}
