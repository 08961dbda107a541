//! Messages that pass the limit on size: they are read to their end and
//! forgotten, but for what tells whom they answer.

use super::message::Envelope;
use super::scanner::{Scanner, Step};
use crate::broken::{Broken, Reason};

/// How much of a message's top level is kept. QEMU's own fits: it has `return`,
/// which is emptied, and `id`.
const KEPT: usize = 4096;

/// How long a string of a message's top level may be to be kept: longer than
/// the names of its members. Of a longer one, the quotes are.
const KEPT_STRING: usize = 64;

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
    /// Where in `text` the string begins that the message stands in, after its
    /// quote; none once it is too long.
    string: Option<usize>,
    nesting_limit: usize,
}

impl Skeleton {
    pub(super) fn new(nesting_limit: usize) -> Self {
        let mut scanner = Scanner::new(nesting_limit);
        scanner.report_children();
        Self {
            scanner,
            text: Vec::new(),
            string: None,
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
                        match self.scanner.in_string() {
                            true => self.keep_of_string(rest),
                            false => self.keep(rest),
                        }
                    }
                    return Ok(Fed::More);
                }
                Step::ChildBegins(length) => {
                    self.keep(&rest[..length]);
                    at += length;
                }
                Step::StringBegins(length) => {
                    self.keep(&rest[..length]);
                    self.string = Some(self.text.len());
                    at += length;
                }
                Step::StringEnds(length) => {
                    self.keep_of_string(&rest[..length - 1]);
                    self.keep(b"\"");
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
                    // Of the message's middle nobody knows what is secret.
                    return Err(Broken::new(Reason::TooDeep { limit }, &self.text, 0));
                }
            }
        }
    }

    /// Keeps one byte past the bound, so that it shows that text is missing.
    fn keep(&mut self, bytes: &[u8]) {
        let room = (KEPT + 1).saturating_sub(self.text.len());
        self.text.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Keeps the bytes of a string, or none of it once it is too long.
    fn keep_of_string(&mut self, bytes: &[u8]) {
        let Some(begin) = self.string else {
            return;
        };
        if self.text.len() - begin + bytes.len() <= KEPT_STRING {
            self.keep(bytes);
        } else {
            self.text.truncate(begin);
            self.string = None;
        }
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
