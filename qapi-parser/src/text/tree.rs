//! The syntax tree: what the text says, before it is known to make sense.

use crate::text::source::Span;

/// A value with its place.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum Value {
    Object(Vec<Entry>),
    Array(Vec<Node>),
    String(String),
    Boolean(bool),
}

/// A key with its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) node: Node,
}

/// A documentation comment, cut into lines.
#[derive(Debug)]
pub(crate) struct Block {
    /// The lines, each from its `#` to its end. The first is the opening one.
    pub(crate) lines: Vec<Span>,
    /// The closing line.
    pub(crate) close: Option<Span>,
    /// Where the token after the block stands.
    pub(crate) next: Span,
}

impl Node {
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}
