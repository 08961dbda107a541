//! Writes commands as JSON text, and refuses what JSON or the server cannot read.

mod checked;
mod server_limits;

use serde_core::ser::{Error as _, Serialize};

use crate::error::Unencodable;
use checked::Checked;

/// How the server executes a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// After the in-band commands before it.
    InBand,
    /// At once, ahead of in-band commands.
    OutOfBand,
}

/// The text of a command after its id.
///
/// QEMU does not need the newline, but logs and tools that read lines do.
pub(crate) const END: &[u8] = b"}\n";

/// Appends the text of a command up to its id. The session appends the id, and
/// [`END`]. On an error nothing is appended.
pub(crate) fn command<T: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    lane: Lane,
    name: &str,
    arguments: &T,
) -> Result<(), Unencodable> {
    let before = out.len();
    write_command(out, lane, name, arguments).map_err(|error| {
        out.truncate(before);
        Unencodable {
            command: name.to_owned().into(),
            message: error.to_string(),
        }
    })
}

fn write_command<T: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    lane: Lane,
    name: &str,
    arguments: &T,
) -> Result<(), serde_json::Error> {
    let command = out.len();
    out.extend_from_slice(match lane {
        Lane::InBand => b"{\"execute\":",
        Lane::OutOfBand => b"{\"exec-oob\":",
    });
    serde_json::to_writer(&mut *out, &Checked(name))?;
    let before = out.len();
    out.extend_from_slice(b",\"arguments\":");
    let begin = out.len();
    serde_json::to_writer(&mut *out, &Checked(arguments))?;
    match &out[begin..] {
        b"{}" | b"null" => out.truncate(before),
        [b'{', ..] => {}
        _ => {
            return Err(serde_json::Error::custom(
                "invalid arguments: expected a JSON object",
            ));
        }
    }
    out.extend_from_slice(b",\"id\":");
    server_limits::check(&out[command..], MAX_DIGITS + END.len())
}

/// A buffer for the decimal digits of an id.
#[derive(Debug, Default)]
pub(crate) struct Digits([u8; MAX_DIGITS]);

/// The number of digits of `u64::MAX`.
const MAX_DIGITS: usize = 20;

impl Digits {
    /// Returns the digits of an id.
    pub(crate) fn of(&mut self, mut id: u64) -> &[u8] {
        let mut begin = MAX_DIGITS;
        loop {
            begin -= 1;
            self.0[begin] = b'0' + (id % 10) as u8;
            id /= 10;
            if id == 0 {
                return &self.0[begin..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(super) fn encode(arguments: &impl Serialize) -> Result<String, String> {
        let mut out = Vec::new();
        let result = command(&mut out, Lane::InBand, "x", arguments);
        assert!(result.is_ok() || out.is_empty());
        out.extend_from_slice(Digits::default().of(7));
        out.extend_from_slice(END);
        result.map_err(|error| error.message)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn ids_are_written_in_full() {
        for id in [0, 9, 10, 1024, u64::MAX - 1, u64::MAX] {
            assert_eq!(Digits::default().of(id), id.to_string().as_bytes());
        }
    }

    #[test]
    fn empty_arguments_are_omitted() {
        assert_eq!(
            encode(&json!({})).unwrap(),
            "{\"execute\":\"x\",\"id\":7}\n"
        );
        assert_eq!(encode(&()).unwrap(), "{\"execute\":\"x\",\"id\":7}\n");
        assert_eq!(
            encode(&json!({"a": [1, null]})).unwrap(),
            "{\"execute\":\"x\",\"arguments\":{\"a\":[1,null]},\"id\":7}\n"
        );
    }

    #[test]
    fn arguments_must_be_an_object() {
        for error in [encode(&json!([1])), encode(&1)] {
            let message = "invalid arguments: expected a JSON object";
            assert_eq!(error, Err(message.to_owned()));
        }
    }

    #[test]
    fn raw_json_is_not_changed() {
        let raw = serde_json::value::RawValue::from_string("{\"a\":  1e3}".into()).unwrap();
        assert!(
            encode(&raw)
                .unwrap()
                .contains("\"arguments\":{\"a\":  1e3}")
        );
    }
}
