//! Errors of decoding, with the path of the offending member.

use std::fmt;

use serde_core::de;

use crate::secrets::{self, Scope};

/// JSON does not fit its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    message: String,
}

impl DecodeError {
    /// Creates an error from that of a decoder, whose message may begin with a path.
    pub fn new(error: &impl fmt::Display) -> Self {
        let text = error.to_string();
        let text = secrets::text(&text);
        match text.split_once(": ") {
            Some((path, message)) if path.starts_with(['.', '[']) => Self {
                path: path.to_owned(),
                message: message.to_owned(),
            },
            _ => Self {
                path: String::new(),
                message: text.into_owned(),
            },
        }
    }

    /// Returns the path of the offending member, such as `[3].image.virtual-size`. It
    /// is empty if the value as a whole does not fit.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what is wrong there.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for DecodeError {}

/// Adds a member in front of the path of an error.
#[cold]
pub(super) fn in_member<E: de::Error>(name: &str, error: &E) -> E {
    let inner = error.to_string();
    let inner = if Scope::Plain.hides(name) {
        secrets::without_value(&inner)
    } else {
        inner
    };
    if inner.starts_with(['.', '[']) {
        E::custom(format_args!(".{name}{inner}"))
    } else {
        E::custom(format_args!(".{name}: {inner}"))
    }
}

/// Adds an index in front of the path of an error.
#[cold]
pub(super) fn in_list<E: de::Error>(index: usize, error: &E) -> E {
    let inner = error.to_string();
    if inner.starts_with('.') {
        E::custom(format_args!("[{index}]{inner}"))
    } else {
        E::custom(format_args!("[{index}]: {inner}"))
    }
}
