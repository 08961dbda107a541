//! What generated code calls to read and write JSON.
//!
//! Errors say where: each level adds its member or index in front, so that a
//! message reads `.image.virtual-size: invalid type: string "x", expected u64`.

use std::fmt;

use serde_core::de::{DeserializeOwned, Deserializer, IgnoredAny};

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
        match text.split_once(": ") {
            Some((path, message)) if path.starts_with(['.', '[']) => Self {
                path: path.to_owned(),
                message: message.to_owned(),
            },
            _ => Self {
                path: String::new(),
                message: text,
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

/// Decodes a value from JSON text.
///
/// # Errors
/// The text is not JSON, or does not fit the type.
pub fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, DecodeError> {
    from_json_with(json, |value| T::deserialize(value))
}

/// Decodes a value from JSON text with a function of the caller's.
///
/// # Errors
/// The text is not JSON, or the function fails.
pub fn from_json_with<'a, T>(
    json: &'a str,
    decode: impl FnOnce(
        &mut serde_json::Deserializer<serde_json::de::StrRead<'a>>,
    ) -> Result<T, serde_json::Error>,
) -> Result<T, DecodeError> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    decode(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| DecodeError::new(&error))
}

/// Decodes the reply of a command that returns nothing: whatever it holds is
/// ignored, since a later release may return something.
///
/// # Errors
/// The input is not JSON.
pub fn nothing<'de, D: Deserializer<'de>>(reply: D) -> Result<(), D::Error> {
    reply.deserialize_ignored_any(IgnoredAny).map(|_| ())
}
