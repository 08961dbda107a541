//! What a server sent that is not QMP.

use std::fmt;

use qmp_types::secrets::{self, Scope};

/// How much of the offending text an error keeps.
const EXCERPT: usize = 160;

/// The server sent what is not QMP.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Broken {
    /// What is wrong.
    pub reason: Reason,
    /// The text around it, without what is secret; bytes that are not UTF-8 are
    /// replaced.
    pub excerpt: String,
}

/// In what way a server broke the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A message must be a JSON object, and something else stands there.
    NotAnObject,
    /// The message is not JSON, or one of its members has the wrong type.
    NotJson {
        /// What the JSON parser says.
        message: String,
    },
    /// The object is neither greeting, nor event, nor answer.
    UnknownMessage,
    /// The nesting passes the limit.
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A message that answers no command passes the limit on size.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl Broken {
    /// With the text around an offset.
    pub(crate) fn new(reason: Reason, text: &[u8], at: usize) -> Self {
        // What cannot be read does not say which command it answers.
        let excerpt = secrets::excerpt(Scope::AnyReply, text, at, EXCERPT);
        Self { reason, excerpt }
    }

    pub(crate) fn not_json(error: &serde_json::Error, text: &[u8]) -> Self {
        let message = error.to_string();
        // The parser's column is of no use to a reader who sees an excerpt.
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
            Reason::NotAnObject => f.write_str("a message is no JSON object")?,
            Reason::NotJson { message } => f.write_str(message)?,
            Reason::UnknownMessage => {
                f.write_str("a message is neither greeting, nor event, nor answer")?;
            }
            Reason::TooDeep { limit } => write!(f, "a message nests deeper than {limit}")?,
            Reason::TooLarge { limit } => write!(
                f,
                "a message that answers no command is larger than the limit of {limit} bytes"
            )?,
        }
        write!(f, ": {:?}; is this a QMP socket?", self.excerpt)
    }
}

impl std::error::Error for Broken {}
