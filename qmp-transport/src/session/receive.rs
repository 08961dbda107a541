//! What comes in: bytes, cut into messages.

use super::buffer::Buffer;
use super::oversize::{Fed, Skeleton};
use super::scanner::{SENTINEL, Scanner, Step};
use crate::broken::{Broken, Reason};

/// A message.
pub(super) enum Frame {
    /// It is so long, at the front of [`Receiver::held`].
    Whole(usize),
    /// It passed the limit and has gone by; what was kept of it.
    Oversize(Skeleton),
}

/// The incoming half of a session.
#[derive(Debug)]
pub(super) struct Receiver {
    reply_limit: usize,
    nesting_limit: usize,
    /// Whether the byte 0xFF voids what came before it, as a guest agent's does.
    /// From another server it is not QMP.
    takes_sentinels: bool,
    /// What was received and not taken.
    buffer: Buffer,
    /// The length of the message that the last [`next`](Self::next) found. It
    /// stays at the front of `buffer` until the next call.
    handed_out: usize,
    /// Where the scan stands within the message that has begun. It is at rest
    /// while there is none, and while `oversize` has the message.
    scanner: Scanner,
    /// How many bytes of the message that has begun `scanner` has seen.
    scanned: usize,
    /// The message that has begun, once it has passed the limit. Its bytes do
    /// not stay in `buffer`.
    oversize: Option<Skeleton>,
    /// Whether all is void until the next sentinel.
    awaits_sentinel: bool,
}

impl Receiver {
    pub(super) fn new(reply_limit: usize, nesting_limit: usize, takes_sentinels: bool) -> Self {
        Self {
            reply_limit,
            nesting_limit,
            takes_sentinels,
            buffer: Buffer::default(),
            handed_out: 0,
            scanner: Scanner::new(nesting_limit),
            scanned: 0,
            oversize: None,
            awaits_sentinel: false,
        }
    }

    /// Room to read into. It is never empty.
    pub(super) fn space(&mut self) -> &mut [u8] {
        self.buffer.space()
    }

    /// Counts bytes that were read into [`space`](Self::space) as received.
    pub(super) fn filled(&mut self, count: usize) {
        self.buffer.filled(count);
    }

    /// What was received and not taken. It begins with the last message.
    pub(super) fn held(&self) -> &[u8] {
        self.buffer.held()
    }

    /// Discards what has come, and what comes up to the next sentinel.
    pub(super) fn discard_to_sentinel(&mut self) {
        self.awaits_sentinel = true;
    }

    /// Goes on to the next whole message.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, Broken> {
        self.buffer.take(std::mem::take(&mut self.handed_out));
        loop {
            if self.awaits_sentinel {
                let Some(at) = memchr::memchr(SENTINEL, self.buffer.held()) else {
                    let all = self.buffer.held().len();
                    self.drop_partial(all);
                    return Ok(None);
                };
                self.drop_partial(at + 1);
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
                        self.drop_partial(length);
                        continue;
                    }
                    // Of the message's middle nobody knows what is secret.
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
                        self.drop_partial(1);
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
                    self.drop_partial(at);
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
                // Never asked for here.
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
            self.handed_out = length;
            return Ok(Some(Frame::Whole(length)));
        }
    }

    /// Drops bytes, and with them the message that has begun.
    fn drop_partial(&mut self, count: usize) {
        self.buffer.take(count);
        self.scanned = 0;
        self.scanner.reset();
        self.oversize = None;
    }
}
