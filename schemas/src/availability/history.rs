//! Since when and until when there is something, in words.

use std::fmt::Write as _;

use super::releases::{Releases, key};
use super::table::{Part, PartKind, Table};

/// The releases that have something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History<'t> {
    /// The releases that have it.
    pub releases: Releases<'t>,
    /// Those of them in which it is a member that may not be absent.
    pub mandatory: Releases<'t>,
}

/// What of a definition is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of<'n> {
    /// The definition itself.
    Definition,
    /// A member of an object, an argument of a command, or a member of an event.
    Member(&'n str),
    /// A branch of a union.
    Branch(&'n str),
    /// A value of an enum.
    Value(&'n str),
    /// A feature of the definition.
    Feature(&'n str),
}

/// How many older names of older names are followed.
const DEEPEST: usize = 8;

impl<'t> Table<'t> {
    /// The releases that have a definition or a part of it, as it is on the wire: if a
    /// type had another name, or arguments became a type with a name, the older one
    /// counts. No release has what the table does not know.
    ///
    /// ```
    /// use qapi_schemas::availability::Of;
    ///
    /// let table = qapi_schemas::availability("qmp").unwrap();
    /// let top = table.history("block-commit", Of::Member("top"));
    /// assert_eq!(top.releases.to_string(), "1.3-");
    /// assert_eq!(top.mandatory.to_string(), "1.3-1.7");
    ///
    /// // It was `BlockJobType`, up to 2.12.
    /// let commit = table.history("JobType", Of::Value("commit"));
    /// assert_eq!(commit.releases.first(), Some("2.1"));
    /// ```
    pub fn history(&self, definition: &str, of: Of<'_>) -> History<'_> {
        self.past(definition).history(of)
    }

    /// The histories of a definition and of all its parts, which is cheaper than one
    /// after the other.
    ///
    /// ```
    /// use qapi_schemas::availability::Of;
    ///
    /// let table = qapi_schemas::availability("qmp").unwrap();
    /// let past = table.past("block-commit");
    /// assert_eq!(past.history(Of::Definition).releases.first(), Some("1.3"));
    /// assert_eq!(past.history(Of::Member("speed")).releases.first(), Some("1.3"));
    /// ```
    pub fn past(&self, definition: &str) -> Past<'_> {
        let all = self.releases();
        let mut past = Past {
            none: all.difference(all),
            definition: all.difference(all),
            parts: Vec::new(),
        };
        self.collect(definition, all, (true, true), DEEPEST, &mut past);
        past
    }

    /// Adds what these releases have: the definition, its parts, or both.
    fn collect<'s>(
        &'s self,
        name: &str,
        limit: Releases<'s>,
        (whole, parts): (bool, bool),
        depth: usize,
        past: &mut Past<'s>,
    ) {
        let Some(definition) = self.definition(name) else {
            return;
        };
        let own = definition.releases();
        if whole {
            past.definition = past.definition.union(limit.intersection(own));
        }
        for part in definition.parts() {
            let releases = limit.intersection(part.releases);
            match part.kind {
                PartKind::Was if depth > 0 => {
                    let (Some(first), Some(last)) = (limit.first(), part.releases.last()) else {
                        continue;
                    };
                    // A type that lives on beside this one is another type. Its parts
                    // were in this one's place all the same.
                    let lives_on = self
                        .definition(part.ty)
                        .is_some_and(|older| !older.releases().intersection(own).is_empty());
                    let before = limit.within(first, last);
                    let wanted = (whole && !lives_on, parts);
                    self.collect(part.ty, before, wanted, depth - 1, past);
                }
                // Only commands and events have it.
                PartKind::ArgType if depth > 0 => {
                    self.collect(part.ty, releases, (false, parts), depth - 1, past);
                }
                _ if parts && !releases.is_empty() => past.parts.push(Part { releases, ..part }),
                _ => {}
            }
        }
    }
}

/// The histories of a definition and of its parts.
#[derive(Clone, Debug)]
pub struct Past<'t> {
    none: Releases<'t>,
    definition: Releases<'t>,
    parts: Vec<Part<'t>>,
}

impl<'t> Past<'t> {
    /// The history of the definition or of a part.
    pub fn history(&self, of: Of<'_>) -> History<'t> {
        let mut history = History {
            releases: self.none,
            mandatory: self.none,
        };
        if of == Of::Definition {
            history.releases = self.definition;
            return history;
        }
        for part in &self.parts {
            match (of, part.kind) {
                (Of::Member(name), PartKind::Member { optional }) if name == part.name => {
                    if !optional {
                        history.mandatory = history.mandatory.union(part.releases);
                    }
                }
                (Of::Branch(name), PartKind::Branch)
                | (Of::Value(name), PartKind::Value)
                | (Of::Feature(name), PartKind::Feature)
                    if name == part.name => {}
                _ => continue,
            }
            history.releases = history.releases.union(part.releases);
        }
        history
    }
}

impl<'t> History<'t> {
    /// Says it in words, such as `since 2.12, mandatory until 6.0, gone in 9.1`.
    ///
    /// `until` names the last release, `since` and `gone in` the first. Where the table
    /// lacks the release that decides, both that may be are named: `since 10.1 or 10.2`.
    /// When it was mandatory is said if that differs within `range`, which is what the
    /// reader cares for. Without a release in it, the text is `never`.
    ///
    /// ```
    /// use qapi_schemas::availability::Of;
    ///
    /// let table = qapi_schemas::availability("qmp").unwrap();
    /// let top = table.history("block-commit", Of::Member("top"));
    /// assert_eq!(top.describe(table.releases()), "since 1.3, mandatory until 1.7");
    /// let range = table.releases().within("5.2", "11.1");
    /// assert_eq!(top.describe(range), "since 1.3");
    /// let cpus = table.history("query-cpus", Of::Definition);
    /// assert_eq!(cpus.describe(range), "since 1.0, gone in 6.0");
    /// ```
    pub fn describe(self, range: Releases<'_>) -> String {
        self.describe_since(None, range)
    }

    /// As [`History::describe`], where another source tells the first release better.
    pub fn describe_since(self, since: Option<&str>, range: Releases<'_>) -> String {
        let all = self.releases.all();
        let ranges = self.releases.ranges();
        let [(first, _), ..] = ranges[..] else {
            return "never".to_owned();
        };
        let mut text = match since {
            Some(since) => format!("since {since}"),
            None => format!("since {}", first_of(all, first)),
        };
        for pair in ranges.windows(2) {
            let gone = after(all, pair[0].1).unwrap_or_default();
            let back = first_of(all, pair[1].0);
            _ = write!(text, ", gone in {}, back in {back}", first_of(all, gone));
        }
        let seen = self.releases.intersection(range);
        let mandatory = self.mandatory.intersection(range);
        if !mandatory.is_empty() && mandatory != seen {
            for (from, until) in self.mandatory.ranges() {
                let starts = Some(from) == self.releases.first();
                let ends = Some(until) == self.releases.last();
                _ = match (starts, ends) {
                    (true, _) => write!(text, ", mandatory until {until}"),
                    (false, true) => write!(text, ", mandatory since {}", first_of(all, from)),
                    (false, false) => write!(text, ", mandatory from {from} until {until}"),
                };
            }
        }
        let last = self.releases.last().unwrap_or_default();
        if let Some(gone) = after(all, last) {
            _ = write!(text, ", gone in {}", first_of(all, gone));
        }
        text
    }
}

/// The release of the table that follows another one.
fn after<'t>(all: &[&'t str], release: &str) -> Option<&'t str> {
    let at = all.iter().position(|name| *name == release)?;
    all.get(at + 1).copied()
}

/// The first release that has something, if it is the first of the table. Releases that
/// the table lacks may have it before.
fn first_of(all: &[&str], release: &str) -> String {
    let at = all.iter().position(|name| *name == release);
    let before = at.and_then(|at| all.get(at.checked_sub(1)?));
    let between = match (before.and_then(|name| key(name)), key(release)) {
        (Some((before, minor)), Some((major, this))) if before == major => (major, minor + 1..this),
        (Some((before, _)), Some((major, this))) if before + 1 == major => (major, 0..this),
        (Some(_), Some((major, _))) => (major, 0..2),
        _ => return release.to_owned(),
    };
    match between {
        (major, minors) if minors.len() == 1 => format!("{major}.{} or {release}", minors.start),
        (_, minors) if minors.is_empty() => release.to_owned(),
        _ => format!("{release} or before"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const TABLE: &str = "\
releases 2.11 2.12 6.0 6.1 9.0 9.1 10.0 10.2 11.1
";

    fn describe(releases: &str, mandatory: &str, range: (&str, &str)) -> String {
        let table = Table::parse(TABLE).unwrap();
        let all = table.releases().all();
        let set = |text: &str| match text {
            "" => Releases::none(all),
            text => Releases::parse(all, text).unwrap(),
        };
        let history = History {
            releases: set(releases),
            mandatory: set(mandatory),
        };
        history.describe(table.releases().within(range.0, range.1))
    }

    #[test]
    fn histories_are_said_in_words() {
        const ALL: (&str, &str) = ("1.0", "12.0");
        for (releases, mandatory, range, expected) in [
            ("-", "", ALL, "since 2.11"),
            ("-", "-", ALL, "since 2.11"),
            ("2.12-", "", ALL, "since 2.12"),
            (
                "2.12-9.0",
                "2.12-6.0",
                ALL,
                "since 2.12, mandatory until 6.0, gone in 9.1",
            ),
            (
                "2.12-9.0",
                "2.12-6.0",
                ("6.1", "11.1"),
                "since 2.12, gone in 9.1",
            ),
            ("2.12-", "9.1-", ALL, "since 2.12, mandatory since 9.1"),
            ("2.12-", "9.1-", ("10.0", "11.1"), "since 2.12"),
            (
                "2.12-",
                "6.0-9.0",
                ALL,
                "since 2.12, mandatory from 6.0 until 9.0",
            ),
            (
                "2.12,9.1-",
                "",
                ALL,
                "since 2.12, gone in 6.0 or before, back in 9.1",
            ),
            // 10.1 and 11.0 are not in the table, and more before 6.0 and 9.0.
            ("10.2-", "", ALL, "since 10.1 or 10.2"),
            ("9.1-10.2", "", ALL, "since 9.1, gone in 11.0 or 11.1"),
            ("6.0-", "", ALL, "since 6.0 or before"),
            ("10.0-", "", ALL, "since 10.0"),
            ("", "", ALL, "never"),
        ] {
            assert_eq!(
                describe(releases, mandatory, range),
                expected,
                "{releases} {mandatory}"
            );
        }
    }

    const RENAMED: &str = "\
releases 1.0 1.1 1.2 1.3
New object 1.2-
 .b str
 *a str
 was Old 1.1
 was Other 1.1
Old object 1.0-1.1
 .a str 1.1-
Other object -
 .c str
go command 1.1-
 arg-type New 1.2-
 arg-type q_obj_go-arg 1.1
q_obj_go-arg object 1.1
 .x str
";

    #[test]
    fn older_names_count() {
        let table = Table::parse(RENAMED).unwrap();
        let text = |name, of| {
            let history = table.history(name, of);
            format!("{} {}", history.releases, history.mandatory)
        };
        assert_eq!(text("New", Of::Definition), "- ");
        assert_eq!(text("New", Of::Member("a")), "1.1- 1.1");
        assert_eq!(text("New", Of::Member("b")), "1.2- 1.2-");
        assert_eq!(text("New", Of::Member("c")), "1.0-1.1 1.0-1.1");
        assert_eq!(text("Old", Of::Definition), "1.0-1.1 ");
        assert_eq!(text("go", Of::Member("x")), "1.1 1.1");
        assert_eq!(text("go", Of::Member("a")), "1.2- ");
        assert_eq!(text("go", Of::Definition), "1.1- ");
        assert_eq!(text("gone", Of::Definition), " ");
    }
}
