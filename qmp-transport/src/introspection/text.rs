//! The compact text of an introspection, in which programs store it.
//!
//! Each line has a type, a command or an event, in words with a space between them:
//!
//! ```text
//! introspection 1
//! builtin string
//! object id:0 *speed:0 $unstable
//! enum ^raw ^qcow2 $deprecated
//! object node-name:0 =driver +qcow2:1
//! alternate :0 :1
//! array :2
//! command block-commit:1:5
//! event JOB_STATUS_CHANGE:1
//! end
//! ```
//!
//! Types are numbered by their order, from 0, and a colon stands before each number. A
//! command has the numbers of its arguments and its reply. The signs are those of paths;
//! `=` is the discriminator. A feature follows what has it; those of a type come first.

use std::error::Error as StdError;
use std::fmt;
use std::fmt::Write as _;

use super::tables::{Builder, Fault, Item, Kind, Message, Problem, Span, Tables, Type, TypeId};

const FIRST_LINE: &str = "introspection 1";
const LAST_LINE: &str = "end";

/// A stored introspection, or what bindings declare, is not of the form that this
/// version of the library reads.
///
/// ```
/// use qmp_transport::introspection::Introspection;
///
/// let error = Introspection::from_bytes(b"introspection 1\nobject").unwrap_err();
/// assert_eq!(error.line(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    line: usize,
    problem: String,
}

impl FormatError {
    pub(super) fn new(line: usize, problem: impl fmt::Display) -> Self {
        Self {
            line,
            problem: problem.to_string(),
        }
    }

    /// Returns the number of the line that is wrong. The first one is 1.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, problem } = self;
        write!(f, "invalid introspection, line {line}: {problem}")
    }
}

impl StdError for FormatError {}

impl From<Fault> for FormatError {
    fn from(Fault { entry, problem }: Fault) -> Self {
        Self::new(entry, problem)
    }
}

/// Writes tables as text.
pub(super) fn write(tables: &Tables) -> String {
    let mut out = format!("{FIRST_LINE}\n");
    for ty in tables.types() {
        let word = match ty.kind {
            Kind::Builtin(_) => "builtin",
            Kind::Enum(_) => "enum",
            Kind::Array(_) => "array",
            Kind::Object { .. } => "object",
            Kind::Alternate(_) => "alternate",
        };
        out.push_str(word);
        features(&mut out, tables, ty.features);
        match ty.kind {
            Kind::Builtin(name) => word_of(&mut out, "", tables.name(name)),
            Kind::Enum(values) => items(&mut out, tables, "^", values),
            Kind::Array(element) => word_of(&mut out, ":", element.0),
            Kind::Object {
                members,
                tag,
                branches,
            } => {
                items(&mut out, tables, "", members);
                if let Some(tag) = tag {
                    word_of(&mut out, "=", tables.name(tag));
                }
                items(&mut out, tables, "+", branches);
            }
            Kind::Alternate(alternatives) => items(&mut out, tables, "", alternatives),
        }
        out.push('\n');
    }
    for message in tables.messages() {
        let name = tables.name(message.name);
        let arguments = message.arguments.0;
        match message.reply {
            Some(reply) => {
                out.push_str("command");
                word_of(&mut out, "", format_args!("{name}:{arguments}:{}", reply.0));
            }
            None => {
                out.push_str("event");
                word_of(&mut out, "", format_args!("{name}:{arguments}"));
            }
        }
        features(&mut out, tables, message.features);
        out.push('\n');
    }
    out.push_str(LAST_LINE);
    out.push('\n');
    out
}

fn word_of(out: &mut String, sign: &str, word: impl fmt::Display) {
    // Writing to a string does not fail.
    let _ = write!(out, " {sign}{word}");
}

fn features(out: &mut String, tables: &Tables, span: Span) {
    for name in tables.features(span) {
        word_of(out, "$", name);
    }
}

fn items(out: &mut String, tables: &Tables, sign: &str, span: Span) {
    for item in tables.items(span) {
        let sign = if item.optional { "*" } else { sign };
        word_of(out, sign, item.name.map_or("", |name| tables.name(name)));
        if let Some(TypeId(id)) = item.ty {
            let _ = write!(out, ":{id}");
        }
        features(out, tables, item.features);
    }
}

/// Reads tables from text.
pub(super) fn read(text: &str) -> Result<Tables, FormatError> {
    let mut builder = Builder::default();
    let mut lines = text.lines().zip(1..);
    match lines.next() {
        Some((FIRST_LINE, _)) => {}
        _ => {
            let problem = format_args!(
                "expected `{FIRST_LINE}`; it is not an introspection, \
                 or another version of the library wrote it"
            );
            return Err(FormatError::new(1, problem));
        }
    }
    let mut end = 2;
    for (line, number) in lines {
        if line == LAST_LINE {
            return Ok(builder.finish()?);
        }
        Line {
            builder: &mut builder,
            number,
        }
        .read(line)
        .map_err(|problem| FormatError::new(number, problem))?;
        end = number + 1;
    }
    let problem = format_args!("expected `{LAST_LINE}`; the rest is missing");
    Err(FormatError::new(end, problem))
}

/// What is wrong with a line.
enum Wrong {
    Entry(Problem),
    Word(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(problem) => problem.fmt(f),
            Self::Word(word) => write!(f, "unexpected {word:?}"),
        }
    }
}

impl From<Problem> for Wrong {
    fn from(problem: Problem) -> Self {
        Self::Entry(problem)
    }
}

fn unexpected(word: &str) -> Wrong {
    Wrong::Word(word.to_owned())
}

struct Line<'b> {
    builder: &'b mut Builder,
    number: usize,
}

impl Line<'_> {
    fn read(&mut self, line: &str) -> Result<(), Wrong> {
        let (kind, words) = line.split_once(' ').unwrap_or((line, ""));
        let mut words = Words(words);
        match kind {
            "command" | "event" => {
                let word = words.next().ok_or_else(|| unexpected(line))?;
                let mut parts = word.split(':');
                let name = parts.next().unwrap_or_default();
                let mut type_of = || parts.next().and_then(type_id);
                let arguments = type_of().ok_or_else(|| unexpected(word))?;
                let reply = type_of();
                if reply.is_some() != (kind == "command") {
                    return Err(unexpected(word));
                }
                let message = Message {
                    name: self.builder.name(name)?,
                    arguments,
                    reply,
                    features: self.features(&mut words)?,
                };
                self.builder.message(self.number, message);
            }
            _ => {
                let features = self.features(&mut words)?;
                let kind = self.kind(kind, &mut words)?;
                self.builder.ty(self.number, Type { kind, features });
            }
        }
        words.next().map_or(Ok(()), |word| Err(unexpected(word)))
    }

    fn kind(&mut self, kind: &str, words: &mut Words<'_>) -> Result<Kind, Wrong> {
        Ok(match kind {
            "builtin" => {
                let word = words.next().unwrap_or_default();
                Kind::Builtin(self.builder.name(word)?)
            }
            "array" => {
                let word = words.next().unwrap_or_default();
                let element = word.strip_prefix(':').and_then(type_id);
                Kind::Array(element.ok_or_else(|| unexpected(word))?)
            }
            "enum" => Kind::Enum(self.items(words, Sort::Value)?),
            "alternate" => Kind::Alternate(self.items(words, Sort::Alternative)?),
            "object" => {
                let members = self.items(words, Sort::Member)?;
                let tag = words.after('=');
                let tag = tag.map(|tag| self.builder.name(tag)).transpose()?;
                let branches = self.items(words, Sort::Branch)?;
                Kind::Object {
                    members,
                    tag,
                    branches,
                }
            }
            _ => return Err(unexpected(kind)),
        })
    }

    fn features(&mut self, words: &mut Words<'_>) -> Result<Span, Wrong> {
        let names: Vec<&str> = std::iter::from_fn(|| words.after('$')).collect();
        Ok(self.builder.features(names)?)
    }

    /// Reads all items of one sort that come next.
    fn items(&mut self, words: &mut Words<'_>, sort: Sort) -> Result<Span, Wrong> {
        let mut items = Vec::new();
        while let Some((word, optional)) = sort.next(words) {
            let (name, ty) = match word.split_once(':') {
                Some((name, id)) => {
                    let id = type_id(id).ok_or_else(|| unexpected(word))?;
                    (name, Some(id))
                }
                None => (word, None),
            };
            if ty.is_none() != matches!(sort, Sort::Value) {
                return Err(unexpected(word));
            }
            let name = match sort {
                Sort::Alternative if name.is_empty() => None,
                _ => Some(self.builder.name(name)?),
            };
            items.push(Item {
                name,
                ty,
                optional,
                features: self.features(words)?,
            });
        }
        Ok(self.builder.items(items)?)
    }
}

#[derive(Clone, Copy)]
enum Sort {
    Member,
    Value,
    Branch,
    Alternative,
}

impl Sort {
    /// Takes the next word if it is an item of this sort. Returns it without its sign,
    /// and whether it is optional.
    fn next<'t>(self, words: &mut Words<'t>) -> Option<(&'t str, bool)> {
        let mandatory = |word| (word, false);
        match self {
            Self::Value => words.after('^').map(mandatory),
            Self::Branch => words.after('+').map(mandatory),
            Self::Alternative => words.next().map(mandatory),
            Self::Member => match words.after('*') {
                Some(word) => Some((word, true)),
                None if words.0.starts_with(['=', '+']) => None,
                None => words.next().map(mandatory),
            },
        }
    }
}

fn type_id(digits: &str) -> Option<TypeId> {
    // `parse` would take a sign, too.
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().ok().map(TypeId))?
}

/// The words of a line that were not taken.
struct Words<'t>(&'t str);

impl<'t> Words<'t> {
    fn next(&mut self) -> Option<&'t str> {
        if self.0.is_empty() {
            return None;
        }
        let (word, rest) = self.0.split_once(' ').unwrap_or((self.0, ""));
        self.0 = rest;
        Some(word)
    }

    /// Takes the next word if it begins with this sign, and returns the rest of it.
    fn after(&mut self, sign: char) -> Option<&'t str> {
        if !self.0.starts_with(sign) {
            return None;
        }
        self.next()?.strip_prefix(sign)
    }
}
