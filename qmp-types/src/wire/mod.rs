//! Functions and traits that generated code uses to read and write JSON.
//!
//! Errors have the path of the offending member. Each level adds its member or index
//! in front, as in `.image.virtual-size: invalid type: string "x", expected u64`.
//!
//! The traits are public because code that `qapi-codegen` generates in other crates
//! implements them. They are not meant to be implemented by hand.

mod alternate;
mod debug;
mod deep;
mod deferred;
mod error;
mod input;
mod list;
mod names;
mod object;
mod open_enum;
mod optional;
mod output;
mod tape;
mod union;

pub use alternate::Alternate;
pub use debug::{Shown, debug, debug_unrecognized, debug_variant};
pub use error::DecodeError;
pub use input::read;
pub use list::list;
pub use names::Names;
pub use object::{Members, ReadObject, WriteObject, members_of, nothing, write};
pub use open_enum::{OpenEnum, UnknownValue, Unrecognized, open_value, parse_value, read_enum};
pub use optional::{IntoListFrom, IntoListOf, IntoOption};
pub use output::Output;
pub use serde_core::de::{Deserialize, Deserializer};
pub use serde_core::ser::{Serialize, SerializeMap, Serializer};
pub use serde_json::{Map, Value};
pub use union::{Tag, UnrecognizedBranch};

use serde_core::de::DeserializeOwned;

/// Decodes a value from JSON text, of up to 1024 levels of nesting, as many as QEMU
/// accepts.
///
/// ```
/// let names: Vec<String> = qmp_types::wire::from_json(r#"["a", "b"]"#)?;
/// assert_eq!(names, ["a", "b"]);
/// # Ok::<(), qmp_types::DecodeError>(())
/// ```
///
/// # Errors
/// The text is not JSON, or does not fit the type.
pub fn from_json<T: DeserializeOwned + Send>(json: &str) -> Result<T, DecodeError> {
    from_json_with(json, |value| T::deserialize(value))
}

/// Decodes a value from JSON text with a function. The function may be called twice.
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
    // If it did not fail, the text does not nest too deep.
    let outcome = match outcome {
        Err(_) if deep::is_deep(json) => {
            let deep = deep::with_large_stack(|| {
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
