//! Errors of decoding, and the paths in them.

use std::fmt;

use serde_core::de;

use crate::secrets::{self, Scope};

/// JSON that does not fit its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    message: String,
}

impl DecodeError {
    /// Splits the message of an error that was raised while decoding.
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

    /// The offending member's path, such as `[3].image.virtual-size`; empty for
    /// the value as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
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

/// Puts a member in front of an error's path.
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

/// Puts an index in front of an error's path.
#[cold]
pub(super) fn in_list<E: de::Error>(index: usize, error: &E) -> E {
    let inner = error.to_string();
    if inner.starts_with('.') {
        E::custom(format_args!("[{index}]{inner}"))
    } else {
        E::custom(format_args!("[{index}]: {inner}"))
    }
}
