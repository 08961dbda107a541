//! Violations of the protocol.

use std::fmt;

use qmp_types::secrets::{self, Scope};

/// The length of an excerpt, in bytes.
const EXCERPT_LENGTH: usize = 160;

/// The server sent something that is not QMP.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Broken {
    /// What is wrong.
    pub reason: Reason,
    /// The text around it, without secrets. Bytes that are not UTF-8 are replaced.
    pub excerpt: String,
}

/// The way in which a server broke the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A message is not a JSON object.
    NotAnObject,
    /// The message is not JSON, or one of its members has the wrong type.
    NotJson {
        /// The message of the JSON parser.
        message: String,
    },
    /// The object is neither a greeting, nor an event, nor an answer.
    UnknownMessage,
    /// The nesting is deeper than the limit.
    TooDeep {
        /// The limit in levels.
        limit: usize,
    },
    /// A message that does not answer a command is larger than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl Broken {
    /// Creates an error with an excerpt of the text around an offset.
    pub(crate) fn new(reason: Reason, text: &[u8], at: usize) -> Self {
        // It is unknown which command the text answers.
        let excerpt = secrets::excerpt(Scope::AnyReply, text, at, EXCERPT_LENGTH);
        Self { reason, excerpt }
    }

    pub(crate) fn not_json(error: &serde_json::Error, text: &[u8]) -> Self {
        let message = error.to_string();
        // The parser's line and column do not fit the excerpt.
        let message = match message.rfind(" at line ") {
            Some(end) => message[..end].to_owned(),
            None => message,
        };
        let message = secrets::without_value(&message);
        let lines = text.split_inclusive(|byte| *byte == b'\n');
        let before: usize = lines
            .take(error.line().saturating_sub(1))
            .map(<[u8]>::len)
            .sum();
        Self::new(Reason::NotJson { message }, text, before + error.column())
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server broke the protocol: ")?;
        match &self.reason {
            Reason::NotAnObject => f.write_str("expected a JSON object")?,
            Reason::NotJson { message } => f.write_str(message)?,
            Reason::UnknownMessage => {
                f.write_str("unknown kind of message: expected a greeting, an event or an answer")?;
            }
            Reason::TooDeep { limit } => write!(f, "a message nests deeper than {limit} levels")?,
            Reason::TooLarge { limit } => write!(
                f,
                "a message that does not answer a command is larger than the limit of {limit} bytes"
            )?,
        }
        write!(f, ": {:?}; is this a QMP socket?", self.excerpt)
    }
}

impl std::error::Error for Broken {}
