//! Messages that pass the limit on size: they are read to their end and
//! forgotten, but for what tells whom they answer.

use super::broken::{Broken, Reason};
use super::message::Envelope;
use super::scanner::{Scanner, Step};

/// How much of a message's top level is kept. QEMU's own fits: it has `return`,
/// which is emptied, and `id`.
const KEPT: usize = 4096;

/// What came of bytes that belong to such a message.
#[derive(Debug)]
pub(super) enum Fed {
    /// It goes on past them.
    More,
    /// It ends before this offset.
    Ended(usize),
    /// It is broken off by a sentinel, which stands before this offset.
    Sentinel(usize),
}

/// A message without what its members hold.
#[derive(Debug)]
pub(super) struct Skeleton {
    scanner: Scanner,
    text: Vec<u8>,
    nesting_limit: usize,
}

impl Skeleton {
    pub(super) fn new(nesting_limit: usize) -> Self {
        let mut scanner = Scanner::new(nesting_limit);
        scanner.report_children();
        Self {
            scanner,
            text: Vec::new(),
            nesting_limit,
        }
    }

    /// Goes on with the message.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Fed, Broken> {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            match self.scanner.scan(rest) {
                Step::More => {
                    if self.scanner.depth() == 1 {
                        self.keep(rest);
                    }
                    return Ok(Fed::More);
                }
                Step::ChildBegins(length) => {
                    self.keep(&rest[..length]);
                    at += length;
                }
                Step::ChildEnds(length) => {
                    self.keep(&rest[length - 1..length]);
                    at += length;
                }
                Step::End(length) => {
                    self.keep(&rest[..length]);
                    return Ok(Fed::Ended(at + length));
                }
                Step::Sentinel(length) => return Ok(Fed::Sentinel(at + length)),
                Step::TooDeep => {
                    let limit = self.nesting_limit;
                    return Err(Broken::new(Reason::TooDeep { limit }, rest, 0));
                }
            }
        }
    }

    /// Keeps one byte past the bound, so that it shows that text is missing.
    fn keep(&mut self, bytes: &[u8]) {
        let room = (KEPT + 1).saturating_sub(self.text.len());
        self.text.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The message's parts, the payloads empty; none where its top level alone
    /// is too large.
    pub(super) fn envelope(&self) -> Option<Envelope<'_>> {
        if self.text.len() > KEPT {
            return None;
        }
        serde_json::from_slice(&self.text).ok()
    }
}
