//! Finds where a JSON value ends, in bytes that arrive in any pieces.
//!
//! It looks at each byte once and only at what framing needs: strings, and the
//! depth of brackets. Whether what it frames is JSON is for the parser to say.

/// What stopped a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The value goes on past the given bytes.
    More,
    /// The value ends before this offset.
    End(usize),
    /// A child of the value begins (depth 1 to 2) before this offset. Only
    /// reported on request.
    ChildBegins(usize),
    /// A child ended before this offset. Only reported on request.
    ChildEnds(usize),
    /// A string among the value's own members (depth 1) begins before this
    /// offset. Only reported on request.
    StringBegins(usize),
    /// Such a string ended before this offset. Only reported on request.
    StringEnds(usize),
    /// The byte 0xFF stands before this offset: no JSON holds it, and a guest
    /// agent sends it to say that all before it is void.
    Sentinel(usize),
    /// The nesting passes the bound.
    TooDeep,
}

#[derive(Debug)]
pub(super) struct Scanner {
    depth: usize,
    bound: usize,
    place: Place,
    report_children: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Plain,
    String,
    Escape,
}

pub(super) const SENTINEL: u8 = 0xff;

impl Scanner {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            depth: 0,
            bound,
            place: Place::Plain,
            report_children: false,
        }
    }

    /// Whether a value has begun and not ended.
    pub(super) fn in_value(&self) -> bool {
        self.depth > 0
    }

    /// How deep the scan stands: 1 among the value's own members.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Forgets the value that has begun.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.bound);
    }

    /// Whether the scan stands within a string.
    pub(super) fn in_string(&self) -> bool {
        self.place != Place::Plain
    }

    /// Has the children of the value, and its own strings, reported until the
    /// value ends.
    pub(super) fn report_children(&mut self) {
        self.report_children = true;
    }

    /// Goes on with a value, whose first byte must be `{` or `[`.
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
                            if self.depth == self.bound {
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
