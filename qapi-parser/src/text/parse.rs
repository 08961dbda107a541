//! Text to syntax tree.

use std::collections::HashMap;

use pest::Parser as _;
use pest::iterators::Pair;

use crate::text::diagnostic::{Diagnostic, Kind};
use crate::text::dialect::Dialect;
use crate::text::grammar::{QapiParser, Rule};
use crate::text::source::Span;
use crate::text::tree::{Block, Entry, Node, Value};

/// More than any schema needs, and few enough for the stack.
const DEEPEST_NESTING: usize = 100;

/// The maximum number of syntax errors that are reported for a file.
const MOST_SYNTAX_ERRORS: usize = 20;

/// Something at the top level of a file.
#[derive(Debug)]
pub(crate) enum Item {
    Doc(Block),
    Value(Node),
    Error(SyntaxError),
}

#[derive(Debug)]
pub(crate) struct SyntaxError {
    pub(crate) diagnostic: Diagnostic,
    /// Whether the text cannot even be cut into tokens here. As QEMU's
    /// generator reads one token ahead, it meets such an error before it
    /// looks at what the item before it says.
    pub(crate) lexical: bool,
}

impl Item {
    pub(crate) fn is_lexical_error(&self) -> bool {
        matches!(self, Item::Error(error) if error.lexical)
    }
}

/// Reads a file. After a syntax error, it continues with the next line that
/// looks like the start of a definition or a comment.
pub(crate) fn parse(file: u32, text: &str, dialect: Dialect) -> Vec<Item> {
    let mut reader = FileParser {
        is_legacy: dialect == Dialect::Legacy,
        file,
        text,
        base: 0,
        item: 0,
        items: Vec::new(),
    };
    if let Some(diagnostic) = too_deep(file, text) {
        reader.error(diagnostic, false);
        return reader.items;
    }
    let mut errors = 0;
    while let Some(stop) = reader.read_schema() {
        let resume = reader.explain(stop);
        errors += 1;
        if errors == MOST_SYNTAX_ERRORS {
            break;
        }
        reader.base = resume;
    }
    reader.items
}

/// pest's parser and ours are recursive, so that nesting must be bounded
/// before either runs. Counts brackets as they would, or more.
fn too_deep(file: u32, text: &str) -> Option<Diagnostic> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => {
                depth += 1;
                if depth > DEEPEST_NESTING {
                    let message =
                        format!("values are nested more than {DEEPEST_NESTING} levels deep");
                    let span = span(file, at, at + 1);
                    return Some(Diagnostic::new(Kind::Syntax, span, message));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'#' => at = end_of_line(text, at),
            b'\'' => at = end_of_string(bytes, at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn end_of_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |found| at + found)
}

/// The closing quote, or the end of the line where there is none.
fn end_of_string(bytes: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while at < bytes.len() && !matches!(bytes[at], b'\'' | b'\n') {
        at += 1 + usize::from(bytes[at..].starts_with(b"\\\\"));
    }
    at
}

fn span(file: u32, start: usize, end: usize) -> Span {
    Span {
        file,
        start: start as u32,
        end: end as u32,
    }
}

struct FileParser<'t> {
    file: u32,
    text: &'t str,
    is_legacy: bool,
    /// Where the text starts that pest is given; its offsets count from here.
    base: usize,
    /// Where the current item starts.
    item: u32,
    items: Vec<Item>,
}

impl FileParser<'_> {
    fn error(&mut self, diagnostic: Diagnostic, lexical: bool) {
        let error = SyntaxError {
            diagnostic,
            lexical,
        };
        self.items.push(Item::Error(error));
    }

    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let place = pair.as_span();
        span(
            self.file,
            self.base + place.start(),
            self.base + place.end(),
        )
    }

    /// Reads up to the end or up to an unexpected token, and returns its place.
    fn read_schema(&mut self) -> Option<usize> {
        let rest = &self.text[self.base..];
        let rule = if self.is_legacy {
            Rule::legacy_schema
        } else {
            Rule::schema
        };
        // Both match every text.
        let pairs = QapiParser::parse(rule, rest).ok()?;
        let mut pairs = pairs.flat_map(Pair::into_inner).peekable();
        while let Some(pair) = pairs.next() {
            match pair.as_rule() {
                Rule::stop => {
                    let at = self.base + pair.as_span().start();
                    return (at < self.text.len()).then_some(at);
                }
                Rule::doc => {
                    let next = pairs
                        .peek()
                        .map_or(self.text.len(), |next| self.base + next.as_span().start());
                    let block = self.block(pair, next);
                    self.items.push(Item::Doc(block));
                }
                _ => {
                    self.item = self.span(&pair).start;
                    let node = self.node(pair);
                    self.items.push(Item::Value(node));
                }
            }
        }
        None
    }

    fn block(&self, pair: Pair<'_, Rule>, next: usize) -> Block {
        let mut lines = Vec::new();
        let mut close = None;
        for line in pair.into_inner() {
            match line.as_rule() {
                Rule::doc_close => close = Some(self.span(&line)),
                _ => lines.push(self.span(&line)),
            }
        }
        Block {
            lines,
            close,
            next: span(self.file, next, self.text.len().min(next + 1)),
        }
    }

    fn node(&mut self, pair: Pair<'_, Rule>) -> Node {
        let span = self.span(&pair);
        let value = match pair.as_rule() {
            Rule::object | Rule::legacy_object => Value::Object(self.entries(pair)),
            Rule::array | Rule::legacy_array => {
                Value::Array(pair.into_inner().map(|inner| self.node(inner)).collect())
            }
            Rule::boolean => Value::Boolean(pair.as_str() == "true"),
            _ => {
                self.check_string(&pair, span);
                Value::String(unquote(pair.as_str()))
            }
        };
        Node { value, span }
    }

    fn check_string(&mut self, pair: &Pair<'_, Rule>, span: Span) {
        if !is_printable(pair.as_str()) {
            let is_first = span.start == self.item;
            self.error(lexical_error(pair.as_str(), span), is_first);
        }
    }

    fn entries(&mut self, object: Pair<'_, Rule>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for member in object.into_inner() {
            let mut parts = member.into_inner();
            let (Some(key), Some(value)) = (parts.next(), parts.next()) else {
                continue;
            };
            let key_span = self.span(&key);
            self.check_string(&key, key_span);
            if let Some(first) = seen.get(key.as_str()) {
                let name = unquote(key.as_str());
                let duplicate = duplicate_key(&name, key_span, self.span(&value), *first);
                self.error(duplicate, false);
                self.node(value);
            } else {
                seen.insert(key.as_str(), key_span);
                let node = self.node(value);
                let key = unquote(key.as_str());
                entries.push(Entry {
                    key,
                    key_span,
                    node,
                });
            }
        }
        entries
    }

    /// Reports the syntax error that stopped pest, and returns the place to
    /// continue from. pest knows the place of the error, but neither what QEMU's
    /// generator reports, nor duplicate keys before that place.
    fn explain(&mut self, stop: usize) -> usize {
        let mut explainer = Explainer {
            is_legacy: self.is_legacy,
            containers: Vec::new(),
        };
        let end = span(self.file, self.text.len(), self.text.len());
        let mut found = None;
        let mut duplicates = Vec::new();
        for (rule, text, at) in self.tokens(stop) {
            match explainer.token(rule, text, at) {
                Ok(None) => {}
                Ok(Some(duplicate)) => duplicates.push(duplicate),
                Err(diagnostic) => {
                    found = Some((*diagnostic, !is_token(rule, text)));
                    break;
                }
            }
        }
        for duplicate in duplicates {
            self.error(duplicate, false);
        }
        let (diagnostic, lexical) =
            found.unwrap_or_else(|| (explainer.unexpected("end of file", end), false));
        let failure = diagnostic.location.start as usize;
        self.error(diagnostic, lexical && failure == stop);
        self.next_start(if failure > stop { failure } else { stop + 1 })
    }

    /// The tokens from a place on. As none spans lines, only the lines that
    /// the caller gets to are cut.
    fn tokens(&self, from: usize) -> impl Iterator<Item = (Rule, &str, Span)> {
        let file = self.file;
        let mut base = from;
        let lines = self.text[from..].split_inclusive('\n').map(move |line| {
            let start = base;
            base += line.len();
            (start, line)
        });
        lines.flat_map(move |(start, line)| {
            // `tokens` matches every text.
            let pairs = QapiParser::parse(Rule::tokens, line).into_iter();
            let tokens = pairs.flat_map(|pairs| pairs.flat_map(Pair::into_inner));
            tokens.map(move |pair| {
                let place = pair.as_span();
                let at = span(file, start + place.start(), start + place.end());
                (pair.as_rule(), pair.as_str(), at)
            })
        })
    }

    /// The next line that starts like a definition or a comment block.
    fn next_start(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let starts = |at: &usize| {
            (*at == 0 || bytes[at - 1] == b'\n')
                && (bytes[*at] == b'{' || bytes[*at..].starts_with(b"##"))
        };
        (from..bytes.len()).find(starts).unwrap_or(bytes.len())
    }
}

fn duplicate_key(key: &str, key_span: Span, value: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Kind::Duplicate, key_span, format!("duplicate key '{key}'"))
        .located_at(value)
        .related(Some(first), "first used here")
}

fn is_token(rule: Rule, text: &str) -> bool {
    rule != Rule::lexical_error && (!text.starts_with('\'') || is_printable(text))
}

fn is_printable(string: &str) -> bool {
    string.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The content of a string token.
fn unquote(token: &str) -> String {
    let content = token.get(1..token.len() - 1).unwrap_or_default();
    if content.contains('\\') {
        content.replace("\\\\", "\\")
    } else {
        content.to_owned()
    }
}

/// A container that is open, and what may come next in it.
struct Container {
    kind: ContainerKind,
    expected: Expected,
}

enum ContainerKind {
    Array,
    Object {
        keys: HashMap<String, Span>,
        /// The last key if it is a duplicate, and where the first one is.
        duplicate: Option<(String, Span, Span)>,
    },
}

#[derive(Clone, Copy, PartialEq)]
enum Expected {
    FirstOrClose,
    Key,
    Colon,
    Value,
    CommaOrClose,
}

/// Follows the tokens of a malformed value to the first unexpected one.
struct Explainer {
    is_legacy: bool,
    containers: Vec<Container>,
}

impl Explainer {
    /// Takes a token. Returns the duplicate key that it completes, if any.
    fn token(
        &mut self,
        rule: Rule,
        text: &str,
        at: Span,
    ) -> Result<Option<Diagnostic>, Box<Diagnostic>> {
        if !is_token(rule, text) {
            return Err(Box::new(lexical_error(text, at)));
        }
        let Some(container) = self.containers.last_mut() else {
            return self.value(text, at).map(|()| None);
        };
        let is_object = matches!(container.kind, ContainerKind::Object { .. });
        let close = if is_object { "}" } else { "]" };
        if self.is_legacy && container.expected == Expected::CommaOrClose && text != "," {
            container.expected = Expected::FirstOrClose;
        }
        match container.expected {
            Expected::FirstOrClose | Expected::CommaOrClose if text == close => {
                self.containers.pop();
            }
            Expected::CommaOrClose if text == "," => {
                container.expected = if self.is_legacy {
                    Expected::FirstOrClose
                } else if is_object {
                    Expected::Key
                } else {
                    Expected::Value
                };
            }
            Expected::FirstOrClose | Expected::Key if is_object && text.starts_with('\'') => {
                container.key(unquote(text), at);
            }
            Expected::Colon if text == ":" => container.expected = Expected::Value,
            Expected::Value => {
                let duplicate = container.take_duplicate(at);
                self.value(text, at)?;
                return Ok(duplicate);
            }
            Expected::FirstOrClose if !is_object => self.value(text, at)?,
            _ => return Err(Box::new(self.unexpected(text, at))),
        }
        Ok(None)
    }

    fn value(&mut self, text: &str, at: Span) -> Result<(), Box<Diagnostic>> {
        let kind = match text {
            "{" => Some(ContainerKind::Object {
                keys: HashMap::new(),
                duplicate: None,
            }),
            "[" => Some(ContainerKind::Array),
            "true" | "false" => None,
            _ if text.starts_with('\'') => None,
            _ => return Err(Box::new(self.unexpected(text, at))),
        };
        if let Some(container) = self.containers.last_mut() {
            container.expected = Expected::CommaOrClose;
        }
        self.containers.extend(kind.map(|kind| Container {
            kind,
            expected: Expected::FirstOrClose,
        }));
        Ok(())
    }

    fn unexpected(&self, found: &str, at: Span) -> Diagnostic {
        let message = match self.containers.last() {
            None => "expected a value: an object, an array, a string or a boolean",
            Some(container) => container.expectation(),
        };
        let found = match found.chars().next() {
            Some('#') => "documentation comment",
            Some('\'') => "string",
            _ => found,
        };
        Diagnostic::new(Kind::Syntax, at, message).label(format!("found {found}"))
    }
}

impl Container {
    fn key(&mut self, key: String, at: Span) {
        if let ContainerKind::Object { keys, duplicate } = &mut self.kind {
            match keys.get(&key) {
                Some(first) => *duplicate = Some((key, at, *first)),
                None => _ = keys.insert(key, at),
            }
        }
        self.expected = Expected::Colon;
    }

    fn take_duplicate(&mut self, value: Span) -> Option<Diagnostic> {
        let ContainerKind::Object { duplicate, .. } = &mut self.kind else {
            return None;
        };
        let (key, at, first) = duplicate.take()?;
        Some(duplicate_key(&key, at, value, first))
    }

    fn expectation(&self) -> &'static str {
        let is_object = matches!(self.kind, ContainerKind::Object { .. });
        match (self.expected, is_object) {
            (Expected::FirstOrClose, true) => "expected a key or '}'",
            (Expected::FirstOrClose, false) => "expected a value or ']'",
            (Expected::Key, _) => "expected a key",
            (Expected::Colon, _) => "expected ':' after the key",
            (Expected::Value, _) => "expected a value: an object, an array, a string or a boolean",
            (Expected::CommaOrClose, true) => "expected ',' or '}' after the member",
            (Expected::CommaOrClose, false) => "expected ',' or ']' after the element",
        }
    }
}

/// Describes the error in a text that is not a token.
fn lexical_error(text: &str, at: Span) -> Diagnostic {
    let error = |offset: usize, length: usize, message: String| {
        let start = at.start + offset as u32;
        let place = Span {
            start,
            end: start + length as u32,
            ..at
        };
        Diagnostic::new(Kind::Syntax, place, message).located_at(at)
    };
    if !text.starts_with('\'') {
        return error(0, text.len(), format!("unexpected '{text}'"));
    }
    let mut characters = text.char_indices().skip(1);
    while let Some((offset, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, '\\')) => {}
                Some((_, other)) => {
                    let length = 1 + other.len_utf8();
                    return error(offset, length, format!("unknown escape '\\{other}'"))
                        .hint("only '\\\\' is an escape in QAPI");
                }
                None => break,
            },
            '\'' => break,
            ' '..='~' => {}
            _ => {
                return error(
                    offset,
                    character.len_utf8(),
                    "invalid character in a string".to_owned(),
                )
                .hint("strings can contain only printable ASCII characters");
            }
        }
    }
    error(
        0,
        text.len(),
        "no \"'\" ends the string on its line".to_owned(),
    )
}
