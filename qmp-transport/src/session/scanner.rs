//! Finds the end of a JSON value, in bytes that arrive in pieces of any length.
//!
//! It looks at each byte once, and only for what framing needs: strings, and the
//! depth of brackets. Whether the value is JSON is checked by the parser.

/// Why a scan stopped. An offset is that of the byte after the one described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The value does not end in the given bytes.
    More,
    /// The end of the value.
    End(usize),
    /// The begin of an object or array in the value, at depth 2. Reported on
    /// request only.
    ChildBegins(usize),
    /// The end of one. Reported on request only.
    ChildEnds(usize),
    /// The begin of a string at depth 1: a name, or the value of a member.
    /// Reported on request only.
    StringBegins(usize),
    /// The end of one. Reported on request only.
    StringEnds(usize),
    /// The byte 0xFF, which is in no JSON text. A guest agent sends it to mark
    /// that everything before it is to be discarded.
    Sentinel(usize),
    /// The nesting is deeper than the limit.
    TooDeep,
}

#[derive(Debug)]
pub(super) struct Scanner {
    /// The number of open brackets; 0 outside of a value.
    depth: usize,
    max_depth: usize,
    place: Place,
    /// Whether to report children and strings. Reset at the end of the value.
    report_children: bool,
}

/// Where in the value a scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Outside of strings.
    Plain,
    /// In a string.
    String,
    /// In a string, after a backslash.
    Escape,
}

/// The byte that a guest agent sends before its answer to `guest-sync-delimited`,
/// and that makes it drop what it has received of a command.
pub(super) const SENTINEL: u8 = 0xff;

impl Scanner {
    pub(super) fn new(max_depth: usize) -> Self {
        Self {
            depth: 0,
            max_depth,
            place: Place::Plain,
            report_children: false,
        }
    }

    /// Returns whether the scan is in a value.
    pub(super) fn in_value(&self) -> bool {
        self.depth > 0
    }

    /// Returns the depth of the scan: 1 among the members of the value.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Begins again, outside of a value.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.max_depth);
    }

    /// Returns whether the scan is in a string.
    pub(super) fn in_string(&self) -> bool {
        self.place != Place::Plain
    }

    /// Reports children and strings, until the end of the value.
    pub(super) fn report_children(&mut self) {
        self.report_children = true;
    }

    /// Goes on with a value. Its first byte must be `{` or `[`.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> Step {
        let mut at = 0;
        while at < bytes.len() {
            match self.place {
                Place::Escape => {
                    self.place = Place::String;
                    at += 1;
                }
                Place::String => {
                    let Some(skip) = memchr::memchr3(b'"', b'\\', SENTINEL, &bytes[at..]) else {
                        return Step::More;
                    };
                    at += skip + 1;
                    match bytes[at - 1] {
                        b'"' => {
                            self.place = Place::Plain;
                            if self.depth == 1 && self.report_children {
                                return Step::StringEnds(at);
                            }
                        }
                        b'\\' => self.place = Place::Escape,
                        _ => return Step::Sentinel(at),
                    }
                }
                Place::Plain => {
                    let byte = bytes[at];
                    at += 1;
                    match byte {
                        b'"' => {
                            self.place = Place::String;
                            if self.depth == 1 && self.report_children {
                                return Step::StringBegins(at);
                            }
                        }
                        b'{' | b'[' => {
                            if self.depth == self.max_depth {
                                return Step::TooDeep;
                            }
                            self.depth += 1;
                            if self.depth == 2 && self.report_children {
                                return Step::ChildBegins(at);
                            }
                        }
                        b'}' | b']' => {
                            self.depth -= 1;
                            if self.depth == 0 {
                                self.report_children = false;
                                return Step::End(at);
                            }
                            if self.depth == 1 && self.report_children {
                                return Step::ChildEnds(at);
                            }
                        }
                        SENTINEL => return Step::Sentinel(at),
                        _ => {}
                    }
                }
            }
        }
        Step::More
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(pieces: &[&[u8]]) -> Vec<Step> {
        let mut scanner = Scanner::new(8);
        pieces.iter().map(|piece| scanner.scan(piece)).collect()
    }

    #[test]
    fn brackets_in_strings_do_not_count() {
        let text = br#"{"a]}\"}":["}\\"]} {"#;
        assert_eq!(ends(&[text]), [Step::End(text.len() - 2)]);
    }

    #[test]
    fn every_split_ends_at_the_same_byte() {
        let text = br#"{"k\"\\":[{"\u007d":"}"},[]],"x":-1.5e3}"#;
        for split in 1..text.len() {
            let (head, tail) = text.split_at(split);
            assert_eq!(ends(&[head, tail]), [Step::More, Step::End(tail.len())]);
        }
    }

    #[test]
    fn nesting_is_bounded() {
        assert_eq!(ends(&[b"[[[[[[[[[[[["]), [Step::TooDeep]);
        assert_eq!(ends(&[b"[[[[[[[[]]]]]]]]"]), [Step::End(16)]);
    }

    #[test]
    fn a_sentinel_is_seen_in_and_out_of_strings() {
        assert_eq!(ends(&[b"{\"a\xff"]), [Step::Sentinel(4)]);
        assert_eq!(ends(&[b"{\xff"]), [Step::Sentinel(2)]);
    }

    #[test]
    fn children_are_reported_on_request() {
        let mut scanner = Scanner::new(8);
        scanner.report_children();
        let mut rest: &[u8] = br#"{"a":["x"],"b\"":2}"#;
        for step in [
            Step::StringBegins(2),
            Step::StringEnds(2),
            Step::ChildBegins(2),
            Step::ChildEnds(4),
            Step::StringBegins(2),
            Step::StringEnds(4),
            Step::End(3),
        ] {
            assert_eq!(scanner.scan(rest), step);
            let (Step::StringBegins(length)
            | Step::StringEnds(length)
            | Step::ChildBegins(length)
            | Step::ChildEnds(length)
            | Step::End(length)) = step
            else {
                continue;
            };
            rest = &rest[length..];
        }
        assert!(rest.is_empty());
    }
}
