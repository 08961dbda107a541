//! What generated code calls to read and write JSON.
//!
//! Errors say where: each level adds its member or index in front, so that a
//! message reads `.image.virtual-size: invalid type: string "x", expected u64`.
//!
//! The traits here are the seam between this crate and the code that
//! `qapi-codegen` writes. They are public for that code, which lives in other
//! crates, too; nobody implements them by hand.

mod alternate;
mod debug;
mod deep;
mod error;
mod names;
mod object;
mod open_enum;
mod optional;
mod tape;

pub use alternate::Alternate;
pub use debug::{Shown, debug, debug_unrecognized, debug_variant};
pub use error::DecodeError;
pub use names::Names;
pub use object::{
    Members, Output, ReadObject, Tag, UnrecognizedBranch, WriteObject, list, members_of, nothing,
    read, write,
};
pub use open_enum::{OpenEnum, UnknownValue, Unrecognized, open_value, parse_value, read_enum};
pub use optional::{IntoListFrom, IntoListOf, IntoOption};
pub use serde_core::de::{Deserialize, Deserializer};
pub use serde_core::ser::{Serialize, SerializeMap, Serializer};
pub use serde_json::{Map, Value};

use serde_core::de::DeserializeOwned;

/// Decodes a value from JSON text, which may nest as deep as QEMU reads: 1024
/// levels.
///
/// # Errors
/// The text is not JSON, or does not fit the type.
pub fn from_json<T: DeserializeOwned + Send>(json: &str) -> Result<T, DecodeError> {
    from_json_with(json, |value| T::deserialize(value))
}

/// Decodes a value from JSON text with a function of the caller's. It may be
/// called twice.
///
/// # Errors
/// The text is not JSON, or the function fails.
pub fn from_json_with<'a, T: Send>(
    json: &'a str,
    decode: impl Fn(
        &mut serde_json::Deserializer<serde_json::de::StrRead<'a>>,
    ) -> Result<T, serde_json::Error>
    + Sync,
) -> Result<T, DecodeError> {
    let run = |mut deserializer: serde_json::Deserializer<_>| -> serde_json::Result<T> {
        let value = decode(&mut deserializer)?;
        deserializer.end()?;
        Ok(value)
    };
    let outcome = run(serde_json::Deserializer::from_str(json));
    // Only where that fails does it matter how deep the text nests.
    let outcome = match outcome {
        Err(_) if deep::is_deep(json) => {
            let deep = deep::with_room(|| {
                let mut deserializer = serde_json::Deserializer::from_str(json);
                deserializer.disable_recursion_limit();
                run(deserializer)
            });
            deep.unwrap_or(outcome)
        }
        outcome => outcome,
    };
    outcome.map_err(|error| DecodeError::new(&error))
}
