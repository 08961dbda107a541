//! Messages that are larger than the limit. They are read to their end, and only
//! what shows which command they answer is kept.

use super::message::Envelope;
use super::scanner::{Scanner, Step};
use crate::broken::{Broken, Reason};

/// How many bytes of the top level of a message are kept. What QEMU sends is
/// shorter: `return`, of which the content is not kept, and `id`.
const MAX_KEPT: usize = 4096;

/// The longest string at the top level that is kept, in bytes. The names of
/// members are shorter. Of a longer string, only the quotes are kept.
const MAX_KEPT_STRING: usize = 64;

/// What bytes are to the message that they were fed to.
#[derive(Debug)]
pub(super) enum Fed {
    /// All of them belong to it, and it is not complete.
    More,
    /// The first ones, of this number, complete it.
    Ended(usize),
    /// The last of the first ones, of this number, is a sentinel, which cuts the
    /// message off.
    Sentinel(usize),
}

/// The top level of a message, without the content of its members.
#[derive(Debug)]
pub(super) struct Skeleton {
    /// It reports children and strings.
    scanner: Scanner,
    /// What is kept. It is one byte longer than [`MAX_KEPT`] if something is
    /// missing from it.
    text: Vec<u8>,
    /// Where in `text` the content of the current string begins; `None` outside of
    /// strings, and after the string has become too long.
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

    /// Reads the next bytes of the message.
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
                    // In the middle of a message it is unknown what is secret.
                    return Err(Broken::new(Reason::TooDeep { limit }, &self.text, 0));
                }
            }
        }
    }

    /// Keeps bytes, up to one more than the limit.
    fn keep(&mut self, bytes: &[u8]) {
        let room = (MAX_KEPT + 1).saturating_sub(self.text.len());
        self.text.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Keeps bytes of a string, or nothing of it if it is too long.
    fn keep_of_string(&mut self, bytes: &[u8]) {
        let Some(begin) = self.string else {
            return;
        };
        if self.text.len() - begin + bytes.len() <= MAX_KEPT_STRING {
            self.keep(bytes);
        } else {
            self.text.truncate(begin);
            self.string = None;
        }
    }

    /// Returns what was kept.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns the parts of the message, with empty values; `None` if its top level
    /// is too large or not JSON.
    pub(super) fn envelope(&self) -> Option<Envelope<'_>> {
        if self.text.len() > MAX_KEPT {
            return None;
        }
        serde_json::from_slice(&self.text).ok()
    }
}
