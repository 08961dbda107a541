//! The table's text, and what is read of it on demand.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;

use super::releases::{MOST, Releases, key};

/// What each release of a protocol has on the wire.
#[derive(Clone, Debug)]
pub struct Table<'t> {
    /// The definitions, without the head.
    body: &'t str,
    /// The number of lines before the body.
    head: usize,
    releases: Vec<&'t str>,
}

/// A command, an event or a type.
#[derive(Clone, Copy, Debug)]
pub struct Definition<'t> {
    name: &'t str,
    kinds: &'t str,
    rows: &'t str,
    all: &'t [&'t str],
}

/// What a definition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A command.
    Command,
    /// An event.
    Event,
    /// A struct, a union, or the arguments of a command or an event.
    Object,
    /// An enum.
    Enum,
    /// An alternate.
    Alternate,
}

/// Something that a definition consists of, and the releases in which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'t> {
    /// What it is.
    pub kind: PartKind,
    /// The name of a member, value or feature, the discriminator's value of a branch,
    /// the discriminator of a union; else empty.
    pub name: &'t str,
    /// The name of a type as introspection without masks has it, such as `str`, `int`
    /// for all integers, `[BlockInfo]` for an array, and `q_empty` for an object
    /// without members; else empty. For [`PartKind::Was`], the older name.
    pub ty: &'t str,
    /// The feature of a member or of a value; else empty.
    pub feature: &'t str,
    /// The releases. For [`PartKind::Was`], the last one that has the older name.
    pub releases: Releases<'t>,
}

/// What a part of a definition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartKind {
    /// The type that holds the arguments of a command or the data of an event. Where
    /// there is none, it is `q_empty`.
    ArgType,
    /// The type that a command returns. Where there is none, it is `q_empty`.
    RetType,
    /// The command may be executed out-of-band.
    OutOfBand,
    /// The member that decides which branch of a union it is.
    Tag,
    /// A member of an object, those of its bases included.
    Member {
        /// Whether it may be absent.
        optional: bool,
    },
    /// A feature of a member.
    MemberFeature,
    /// A branch of a union.
    Branch,
    /// A type that an alternate may have.
    Alternative,
    /// A value of an enum.
    Value,
    /// A feature of a value.
    ValueFeature,
    /// A feature of the definition.
    Feature,
    /// Another name that the definition had where it was used, up to a release.
    Was,
}

/// The error of a text that is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    line: usize,
    problem: &'static str,
}

impl TableError {
    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl Error for TableError {}

impl Kind {
    const ALL: [Kind; 5] = [
        Self::Command,
        Self::Event,
        Self::Object,
        Self::Enum,
        Self::Alternate,
    ];

    /// The word for it: `command`, `event`, `object`, `enum` or `alternate`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Event => "event",
            Self::Object => "object",
            Self::Enum => "enum",
            Self::Alternate => "alternate",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl<'t> Table<'t> {
    /// Reads a table and checks all of it.
    ///
    /// # Errors
    ///
    /// Returns an error that names the first line that is wrong.
    ///
    /// ```
    /// use qapi_schemas::availability::Table;
    ///
    /// let table = Table::parse("releases 1.0 1.1\nSTOP event 1.1-\n")?;
    /// assert!(table.definition("STOP").is_some());
    ///
    /// let error = Table::parse("releases 1.0 1.1\nSTOP event 1.2-\n").unwrap_err();
    /// assert_eq!(error.line(), 2);
    /// # Ok::<(), qapi_schemas::availability::TableError>(())
    /// ```
    pub fn parse(text: &'t str) -> Result<Table<'t>, TableError> {
        let table = Table::open(text)?;
        table.check()?;
        Ok(table)
    }

    /// Reads the head alone.
    pub(super) fn open(text: &'t str) -> Result<Table<'t>, TableError> {
        let mut rest = text;
        let mut head = 0;
        while let Some((line, after)) = rest.split_once('\n') {
            rest = after;
            head += 1;
            if line.starts_with('#') {
                continue;
            }
            let error = |problem| TableError {
                line: head,
                problem,
            };
            let names = line
                .strip_prefix("releases ")
                .ok_or(error("expected the list of releases"))?;
            let releases: Vec<&str> = names.split(' ').collect();
            let in_order = releases.windows(2).all(|pair| key(pair[0]) < key(pair[1]));
            if !in_order || releases.iter().any(|name| key(name).is_none()) {
                return Err(error("expected releases, the oldest first"));
            }
            if releases.len() > MOST {
                return Err(error("there are too many releases"));
            }
            return Ok(Table {
                body: rest,
                head,
                releases,
            });
        }
        Err(TableError {
            line: head + 1,
            problem: "expected the list of releases",
        })
    }

    fn check(&self) -> Result<(), TableError> {
        let mut before = "";
        let mut own = None;
        for (index, line) in self.body.lines().enumerate() {
            let error = |problem| TableError {
                line: self.head + index + 1,
                problem,
            };
            if let Some(row) = line.strip_prefix(' ') {
                let own = own.ok_or(error("expected a definition"))?;
                let part = Part::parse(row, own);
                part.ok_or(error(
                    "expected a part of a definition, and the releases that have it",
                ))?;
                continue;
            }
            let (name, kinds) = line.split_once(' ').unwrap_or_default();
            let releases = kinds_of(kinds, &self.releases).map(union);
            own = releases.ok_or(error("expected a definition, its kind and its releases"))?;
            if name <= before {
                return Err(error("the names are out of order"));
            }
            before = name;
        }
        if !self.body.is_empty() && !self.body.ends_with('\n') {
            return Err(TableError {
                line: self.head + self.body.lines().count(),
                problem: "the line has no end",
            });
        }
        Ok(())
    }

    /// All releases that the table tells of.
    pub fn releases(&self) -> Releases<'_> {
        Releases::every(&self.releases)
    }

    /// A command, an event or a type by its name.
    ///
    /// It is searched in the text, so that nothing else is read.
    pub fn definition(&self, name: &str) -> Option<Definition<'_>> {
        let (mut low, mut high) = (0, self.body.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let before = self.header_before(low, middle);
            let start = before.or_else(|| self.header_behind(middle))?;
            let found = self.body[start..].split(' ').next()?;
            match found.cmp(name) {
                Ordering::Equal => return self.definition_at(start),
                Ordering::Less => low = start + found.len(),
                Ordering::Greater if before.is_none() => return None,
                Ordering::Greater => high = start,
            }
        }
        None
    }

    /// The start of the last line up to a place that is no row, and not before another
    /// place.
    fn header_before(&self, low: usize, mut at: usize) -> Option<usize> {
        loop {
            let start = self.body.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
            if start < low {
                return None;
            }
            if !self.body[start..].starts_with(' ') {
                return Some(start);
            }
            at = start - 1;
        }
    }

    /// The start of the first line behind a place that is no row.
    fn header_behind(&self, mut at: usize) -> Option<usize> {
        loop {
            at += self.body.get(at..)?.find('\n')? + 1;
            match self.body.as_bytes().get(at)? {
                b' ' => {}
                _ => return Some(at),
            }
        }
    }

    /// All definitions, sorted by name byte by byte.
    pub fn definitions(&self) -> impl Iterator<Item = Definition<'_>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let definition = self.definition_at(at)?;
            let header = definition.name.len() + 1 + definition.kinds.len() + 1;
            at += header + definition.rows.len();
            Some(definition)
        })
    }

    fn definition_at(&self, start: usize) -> Option<Definition<'_>> {
        let text = self.body.get(start..)?;
        let (header, rest) = text.split_once('\n')?;
        let (name, kinds) = header.split_once(' ')?;
        let mut end = 0;
        while rest[end..].starts_with(' ') {
            end += rest[end..].find('\n').map_or(rest.len() - end, |at| at + 1);
        }
        Some(Definition {
            name,
            kinds,
            rows: &rest[..end],
            all: &self.releases,
        })
    }
}

/// Reads `object 1.0-2.0 enum 2.1-`.
fn kinds_of<'t>(text: &str, all: &'t [&'t str]) -> Option<Vec<(Kind, Releases<'t>)>> {
    let mut kinds = Vec::new();
    let mut words = text.split(' ');
    while let Some(word) = words.next() {
        let releases = Releases::parse(all, words.next()?)?;
        kinds.push((Kind::parse(word)?, releases));
    }
    Some(kinds)
}

fn union<'t>(kinds: Vec<(Kind, Releases<'t>)>) -> Option<Releases<'t>> {
    let sets = kinds.into_iter().map(|(_, releases)| releases);
    sets.reduce(Releases::union)
}

impl<'t> Definition<'t> {
    /// Its name.
    pub fn name(self) -> &'t str {
        self.name
    }

    /// What it is, and in which releases. A few types are of another kind in other
    /// releases.
    pub fn kinds(self) -> Vec<(Kind, Releases<'t>)> {
        kinds_of(self.kinds, self.all).unwrap_or_default()
    }

    /// The releases that have it.
    pub fn releases(self) -> Releases<'t> {
        union(self.kinds()).unwrap_or(Releases::none(self.all))
    }

    /// What it consists of.
    ///
    /// ```
    /// use qapi_schemas::availability::PartKind;
    ///
    /// let table = qapi_schemas::availability("qmp").unwrap();
    /// let aio = table.definition("BlockdevAioOptions").unwrap();
    /// let value = aio.parts().find(|part| part.name == "io_uring").unwrap();
    /// assert_eq!(value.kind, PartKind::Value);
    /// assert_eq!(value.releases.first(), Some("5.0"));
    /// ```
    pub fn parts(self) -> impl Iterator<Item = Part<'t>> {
        let own = self.releases();
        let rows = self.rows.lines();
        rows.filter_map(move |row| Part::parse(row.strip_prefix(' ')?, own))
    }
}

impl<'t> Part<'t> {
    /// Reads a row. Without releases of its own it has those of the definition.
    fn parse(row: &'t str, own: Releases<'t>) -> Option<Part<'t>> {
        let mut words = row.split(' ');
        let first = words.next()?;
        let rest = first.get(1..).unwrap_or_default();
        let (name, feature) = rest.split_once("/$").unwrap_or((rest, ""));
        let mut part = Part {
            kind: PartKind::Feature,
            name,
            ty: "",
            feature,
            releases: own,
        };
        part.kind = match (first.bytes().next()?, feature.is_empty()) {
            (b'.', true) => PartKind::Member { optional: false },
            (b'*', true) => PartKind::Member { optional: true },
            (b'.', false) => PartKind::MemberFeature,
            (b'^', true) => PartKind::Value,
            (b'^', false) => PartKind::ValueFeature,
            (b'+', true) => PartKind::Branch,
            (b'|', true) => PartKind::Alternative,
            (b'$', true) => PartKind::Feature,
            _ => {
                part.name = "";
                match first {
                    "arg-type" => PartKind::ArgType,
                    "ret-type" => PartKind::RetType,
                    "allow-oob" => PartKind::OutOfBand,
                    "tag" => PartKind::Tag,
                    "was" => PartKind::Was,
                    _ => return None,
                }
            }
        };
        match part.kind {
            PartKind::Member { .. } | PartKind::ArgType | PartKind::RetType | PartKind::Was => {
                part.ty = words.next()?;
            }
            PartKind::Branch => {
                part.ty = words.next()?;
            }
            PartKind::Alternative => {
                part.ty = part.name;
                part.name = "";
            }
            PartKind::Tag => part.name = words.next()?,
            _ => {}
        }
        let unnamed = matches!(
            part.kind,
            PartKind::ArgType
                | PartKind::RetType
                | PartKind::OutOfBand
                | PartKind::Was
                | PartKind::Alternative
        );
        if part.name.is_empty() != unnamed {
            return None;
        }
        if let Some(releases) = words.next() {
            part.releases = Releases::parse(own.all(), releases)?;
        }
        words.next().is_none().then_some(part)
    }
}

impl fmt::Display for Part<'_> {
    /// Writes the row, without the releases.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Part {
            kind,
            name,
            ty,
            feature,
            ..
        } = self;
        match kind {
            PartKind::ArgType => write!(f, "arg-type {ty}"),
            PartKind::RetType => write!(f, "ret-type {ty}"),
            PartKind::OutOfBand => f.write_str("allow-oob"),
            PartKind::Tag => write!(f, "tag {name}"),
            PartKind::Member { optional: false } => write!(f, ".{name} {ty}"),
            PartKind::Member { optional: true } => write!(f, "*{name} {ty}"),
            PartKind::MemberFeature => write!(f, ".{name}/${feature}"),
            PartKind::Branch => write!(f, "+{name} {ty}"),
            PartKind::Alternative => write!(f, "|{ty}"),
            PartKind::Value => write!(f, "^{name}"),
            PartKind::ValueFeature => write!(f, "^{name}/${feature}"),
            PartKind::Feature => write!(f, "${name}"),
            PartKind::Was => write!(f, "was {ty}"),
        }
    }
}
