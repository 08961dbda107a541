//! Since when and until when there is something, for documentation.

use qapi_parser::schema::Releases;

#[cfg(feature = "bundled")]
pub(super) use of_releases::Histories;

#[cfg(not(feature = "bundled"))]
pub(super) use none::Histories;

/// What of a definition is documented.
#[derive(Clone, Copy)]
pub(super) enum Documented<'n> {
    Definition,
    Member(&'n str),
    Branch(&'n str),
    Value(&'n str),
}

/// Which releases of a merged schema have something, if not all have, or insist on it.
pub(super) fn in_releases(
    names: &[String],
    releases: Releases,
    mandatory_in: Releases,
) -> Option<String> {
    let all = Releases::first(names.len());
    let (having, insisting) = (releases.and(all), mandatory_in.and(all));
    let mut facts = Vec::new();
    if having != all {
        facts.push(format!("In {}.", ranges(names, having)));
    }
    if !insisting.is_empty() && insisting != having {
        facts.push(format!("Mandatory in {}.", ranges(names, insisting)));
    }
    (!facts.is_empty()).then(|| facts.join(" "))
}

/// The names of releases, those that follow each other as a range.
fn ranges(names: &[String], releases: Releases) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for release in releases.iter().take_while(|release| *release < names.len()) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == release => *last = release,
            _ => ranges.push((release, release)),
        }
    }
    let ranges: Vec<String> = ranges
        .into_iter()
        .map(|(first, last)| match first == last {
            true => names[first].clone(),
            false => format!("{} to {}", names[first], names[last]),
        })
        .collect();
    ranges.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_told_where_they_differ() {
        let names: Vec<String> = (1..=4).map(|n| format!("{n}.0")).collect();
        let set = |of: &[usize]| of.iter().copied().collect::<Releases>();
        let none = Releases::NONE;
        for (having, insisting, expected) in [
            (Releases::ALL, Releases::ALL, None),
            (Releases::ALL, none, None),
            (set(&[1, 2, 3]), none, Some("In 2.0 to 4.0.")),
            (set(&[0, 2]), set(&[0, 2]), Some("In 1.0, 3.0.")),
            (
                Releases::ALL,
                set(&[0, 1]),
                Some("Mandatory in 1.0 to 2.0."),
            ),
            (
                set(&[0, 1]),
                set(&[1]),
                Some("In 1.0 to 2.0. Mandatory in 2.0."),
            ),
        ] {
            assert_eq!(in_releases(&names, having, insisting).as_deref(), expected);
        }
    }
}

#[cfg(feature = "bundled")]
mod of_releases {
    use std::cell::RefCell;

    use qapi_schemas::availability::{History, Kind, Of, Past, Releases, Table};

    use super::Documented;
    use crate::options::Protocol;
    use crate::releases::Releases as Range;

    /// The histories of what the releases of a schema have. Of other schemas, nothing
    /// is known.
    pub(in crate::plan) struct Histories {
        known: Option<(&'static Table<'static>, Releases<'static>)>,
        /// The definition that was asked for last, since its parts follow.
        last: RefCell<Option<Last>>,
    }

    struct Last {
        definition: String,
        past: Past<'static>,
        /// Whether it is a type, and not a command or an event.
        is_type: bool,
    }

    impl Last {
        fn new(table: &'static Table<'static>, definition: &str) -> Self {
            let kinds = table.definition(definition).map(|found| found.kinds());
            let is_called = |(kind, _): &(Kind, _)| matches!(kind, Kind::Command | Kind::Event);
            Self {
                definition: definition.to_owned(),
                past: table.past(definition),
                is_type: !kinds.is_some_and(|kinds| kinds.iter().any(is_called)),
            }
        }
    }

    /// Up to this release, commands were declared outside the schema as well, so that
    /// something may be older than the schema that first has it.
    const INCOMPLETE: Version = (2, 8);

    type Version = (u32, u32);

    impl Histories {
        /// For the schema of the releases from the first to the last.
        pub(in crate::plan) fn new(protocol: Protocol, releases: Option<&Range>) -> Self {
            let known = releases.filter(|releases| releases.bundled);
            let known = known.and_then(|releases| {
                let table = qapi_schemas::availability(protocol.name())?;
                let range = table.releases().within(&releases.first, &releases.last);
                Some((table, range))
            });
            Self {
                known,
                last: RefCell::default(),
            }
        }

        /// What follows the word `since`: a version, and more if it is gone or was
        /// mandatory in some releases only.
        ///
        /// A comment in the schema is heard where it is not at odds with the releases.
        /// Of a part that is as old as the definition, nothing is said without a
        /// comment.
        pub(in crate::plan) fn since(
            &self,
            definition: &str,
            documented: Documented<'_>,
            comment: Option<String>,
        ) -> Option<String> {
            let Some((table, range)) = self.known else {
                return comment;
            };
            let of = match documented {
                Documented::Definition => Of::Definition,
                Documented::Member(name) => Of::Member(name),
                Documented::Branch(name) => Of::Branch(name),
                Documented::Value(name) => Of::Value(name),
            };
            let mut last = self.last.borrow_mut();
            if last
                .as_ref()
                .is_none_or(|last| last.definition != definition)
            {
                *last = None;
            }
            let last = last.get_or_insert_with(|| Last::new(table, definition));
            let history = last.past.history(of);
            if history.releases.is_empty() {
                return comment;
            }
            if comment.is_none() && of != Of::Definition {
                let whole = last.past.history(Of::Definition).releases;
                let mandatory = history.mandatory.intersection(range);
                let seen = history.releases.intersection(range);
                if history.releases == whole && (mandatory.is_empty() || mandatory == seen) {
                    return None;
                }
            }
            let older_type = last.is_type && of == Of::Definition;
            let told = comment.and_then(|comment| better(&comment, history, older_type));
            let words = history.describe_since(told.as_deref(), range);
            words.strip_prefix("since ").map(str::to_owned)
        }
    }

    /// The release that a comment names, if that tells the first one better than the
    /// table does. A type may be older than its use on the wire, and than its name.
    fn better(comment: &str, history: History<'_>, is_type: bool) -> Option<String> {
        let all = history.releases.all();
        let first = history.releases.first()?;
        let (told, found) = (version(comment)?, version(first)?);
        let at = all.iter().position(|release| *release == first)?;
        let before = at.checked_sub(1).and_then(|at| version(all[at]));
        let heard = match before {
            // Releases that are not in the table are between the two.
            Some(before) if found > INCOMPLETE && !is_type => before < told && told <= found,
            _ => told <= found,
        };
        heard.then(|| format!("{}.{}", told.0, told.1))
    }

    fn version(text: &str) -> Option<Version> {
        let mut numbers = text.split('.').map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    }

    #[cfg(test)]
    mod tests {
        #![allow(clippy::unwrap_used)]

        use super::*;

        fn since(definition: &str, of: Documented<'_>, comment: &str) -> Option<String> {
            let range = Range {
                last: "11.1".to_owned(),
                ..Range::bundled("5.2")
            };
            let histories = Histories::new(Protocol::Qmp, Some(&range));
            let comment = (!comment.is_empty()).then(|| comment.to_owned());
            histories.since(definition, of, comment)
        }

        #[test]
        fn a_table_wins_over_a_comment_unless_it_cannot_know() {
            use Documented::{Definition, Member};
            for (definition, of, comment, expected) in [
                // Older than the first schemas, or than its place in them.
                ("stop", Definition, "0.14", "0.14"),
                ("device-list-properties", Definition, "1.2", "1.2"),
                // A wrong comment, and none.
                ("block-commit", Definition, "1.5", "1.3"),
                ("block-commit", Definition, "", "1.3"),
                ("block-commit", Definition, "1.3.0", "1.3"),
                ("query-cpus-fast", Definition, "2.11", "2.12"),
                ("query-cpus-fast", Definition, "3.0", "2.12"),
                // 10.1 is in no table.
                ("CpuInfoFast", Member("qom-type"), "10.1", "10.1"),
                ("CpuInfoFast", Member("qom-type"), "9.0", "10.1 or 10.2"),
                ("query-accelerators", Definition, "10.2.0", "10.2"),
                // A type may be older than its use.
                ("SocketAddressLegacy", Definition, "1.3", "1.3"),
                ("OnOffAuto", Definition, "2.2", "2.2"),
                // What no table has.
                ("NoSuchType", Definition, "4.0", "4.0"),
            ] {
                let found = since(definition, of, comment);
                assert_eq!(found.as_deref(), Some(expected), "{definition} {comment}");
            }
        }

        #[test]
        fn a_part_that_is_as_old_as_the_whole_has_no_version() {
            use Documented::Member;
            assert_eq!(since("block-commit", Member("device"), ""), None);
            assert_eq!(
                since("block-commit", Member("backing-file"), "").unwrap(),
                "2.1"
            );
        }

        #[test]
        fn of_other_schemas_the_comment_is_all_that_is_known() {
            let histories = Histories::new(Protocol::Qmp, None);
            let since = |comment: Option<&str>| {
                let comment = comment.map(str::to_owned);
                histories.since("stop", Documented::Definition, comment)
            };
            assert_eq!(since(Some("7.7")).as_deref(), Some("7.7"));
            assert_eq!(since(None), None);
        }
    }
}

/// Without the bundled releases there are no tables.
#[cfg(not(feature = "bundled"))]
mod none {
    use super::Documented;
    use crate::options::Protocol;
    use crate::releases::Releases;

    pub(in crate::plan) struct Histories;

    impl Histories {
        pub(in crate::plan) fn new(_: Protocol, _: Option<&Releases>) -> Self {
            Self
        }

        pub(in crate::plan) fn since(
            &self,
            _: &str,
            documented: Documented<'_>,
            comment: Option<String>,
        ) -> Option<String> {
            match documented {
                Documented::Definition => comment,
                Documented::Member(_) | Documented::Branch(_) | Documented::Value(_) => comment,
            }
        }
    }
}
