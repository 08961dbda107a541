//! A table of `schemas/availability/` in memory, to which releases are added.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use qapi_schemas::availability::{Part, PartKind, Releases, Table};

use super::release_name::ReleaseName;
use super::renames;
use super::wire::{Item, Row};

/// The rows of a table, with a bit for each release that has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    releases: Vec<ReleaseName>,
    rows: BTreeMap<Row, u128>,
}

impl Rows {
    /// Reads a table. What definitions were called is not read, since it follows from
    /// the rest.
    pub(super) fn parse(text: &str) -> Result<Rows> {
        let table = Table::parse(text)?;
        let all = table.releases();
        let mut read = Rows::default();
        for release in all.iter() {
            read.releases.push(release.parse()?);
        }
        for definition in table.definitions() {
            let mut add = |item, releases: Releases<'_>| {
                let row = Row {
                    definition: definition.name().to_owned(),
                    item,
                };
                read.rows.insert(row, bits(releases));
            };
            for (kind, releases) in definition.kinds() {
                add(Item::Kind(kind), releases);
            }
            for part in definition.parts() {
                if part.kind != PartKind::Was {
                    add(Item::of_part(&part), part.releases);
                }
            }
        }
        Ok(read)
    }

    /// Sets what a release has.
    pub(super) fn set(&mut self, release: &ReleaseName, rows: BTreeSet<Row>) -> Result<()> {
        let at = match self.releases.binary_search(release) {
            Ok(at) => at,
            Err(at) => {
                if self.releases.len() == u128::BITS as usize {
                    bail!("a table holds no more than {} releases", u128::BITS);
                }
                self.releases.insert(at, release.clone());
                let older = (1 << at) - 1;
                for bits in self.rows.values_mut() {
                    *bits = (*bits & older) | ((*bits & !older) << 1);
                }
                at
            }
        };
        for bits in self.rows.values_mut() {
            *bits &= !(1 << at);
        }
        for row in rows {
            *self.rows.entry(row).or_default() |= 1 << at;
        }
        self.rows.retain(|_, bits| *bits != 0);
        Ok(())
    }

    /// The releases, oldest first.
    pub(super) fn releases(&self) -> &[ReleaseName] {
        &self.releases
    }

    /// What the release of a number has.
    pub(super) fn of_release(&self, at: usize) -> impl Iterator<Item = &Row> {
        let rows = self.rows.iter();
        rows.filter(move |(_, bits)| *bits & (1 << at) != 0)
            .map(|(row, _)| row)
    }

    /// The text of the table.
    pub(super) fn print(&self) -> Result<String> {
        let mut text = String::from("# Written by `cargo xtask schemas import`. Do not edit.\n");
        let names: Vec<&str> = self.releases.iter().map(ReleaseName::as_str).collect();
        let list = format!("releases {}\n", names.join(" "));
        text += &list;
        // A table without rows, for its sets of releases.
        let table = Table::parse(&list)?;
        let written = |bits: u128| {
            let mut at = 0;
            let has = |_: &str| {
                at += 1;
                bits & (1 << (at - 1)) != 0
            };
            table.releases().filter(has).to_string()
        };

        let renames = renames::find(self);
        let mut rows = self.rows.iter().peekable();
        while let Some((first, _)) = rows.peek() {
            let name = first.definition.clone();
            let mut own = 0;
            let mut head = name.clone();
            let mut below = String::new();
            while let Some((row, bits)) = rows.next_if(|(row, _)| row.definition == name) {
                match &row.item {
                    // Kinds come first.
                    Item::Kind(kind) => {
                        own |= bits;
                        _ = write!(head, " {} {}", kind.as_str(), written(*bits));
                    }
                    Item::Part {
                        name,
                        feature,
                        kind,
                        ty,
                        ..
                    } => {
                        let part = Part {
                            kind: *kind,
                            name,
                            ty,
                            feature,
                            releases: table.releases(),
                        };
                        _ = write!(below, " {part}");
                        if *bits != own {
                            _ = write!(below, " {}", written(*bits));
                        }
                        below.push('\n');
                    }
                }
            }
            for (old, last) in renames.get(&name).into_iter().flatten() {
                _ = writeln!(below, " was {old} {last}");
            }
            text += &format!("{head}\n{below}");
        }
        Table::parse(&text).context("the table that was made cannot be read")?;
        Ok(text)
    }
}

fn bits(releases: Releases<'_>) -> u128 {
    let mut members = releases.iter().peekable();
    let mut bits = 0;
    for (at, name) in releases.all().iter().enumerate() {
        if members.next_if_eq(name).is_some() {
            bits |= 1 << at;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "\
# Written by `cargo xtask schemas import`. Do not edit.
releases 1.0 2.0
Name object -
 .a str 1.0
 *a str 2.0-
quit command 2.0-
 arg-type Name
stop command -
 arg-type Name
";

    #[test]
    fn a_table_is_written_as_it_was_read() {
        assert_eq!(Rows::parse(OLD).unwrap().print().unwrap(), OLD);
    }

    #[test]
    fn a_release_in_between_splits_ranges() {
        let mut rows = Rows::parse(OLD).unwrap();
        rows.set(&"1.5".parse().unwrap(), BTreeSet::new()).unwrap();
        let text = rows.print().unwrap();
        assert!(
            text.contains("\nName object 1.0,2.0-\n .a str 1.0\n"),
            "{text}"
        );
        assert!(text.contains("\nquit command 2.0-\n"), "{text}");

        let first = Rows::parse(OLD).unwrap();
        let first: BTreeSet<Row> = first.of_release(0).cloned().collect();
        rows.set(&"1.5".parse().unwrap(), first).unwrap();
        let text = rows.print().unwrap();
        assert!(
            text.contains("\nName object -\n .a str 1.0-1.5\n"),
            "{text}"
        );
    }

    #[test]
    fn setting_a_release_again_changes_nothing() {
        let mut rows = Rows::parse(OLD).unwrap();
        let again: BTreeSet<Row> = rows.of_release(1).cloned().collect();
        rows.set(&"2.0".parse().unwrap(), again).unwrap();
        assert_eq!(rows.print().unwrap(), OLD);
    }

    #[test]
    fn a_type_that_was_renamed_names_what_it_was() {
        let text = "\
releases 1.0 1.1 1.2
New object 1.2-
 .a str
Old object 1.0-1.1
 .a str
stop command -
 arg-type New 1.2-
 arg-type Old 1.0-1.1
";
        let text = Rows::parse(text).unwrap().print().unwrap();
        assert!(
            text.contains("New object 1.2-\n .a str\n was Old 1.1\n"),
            "{text}"
        );
    }
}
