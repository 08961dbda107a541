//! The limits of the server's parser.
//!
//! A server answers a command beyond them with several errors that do not name the
//! command, and that would be taken for answers to later commands.

use serde_core::ser::Error as _;

const MAX_NESTING: usize = 1024;
const MAX_BYTES: usize = 64 << 20;
const MAX_TOKENS: usize = 2 << 20;

/// Checks the text of a command, of which so many bytes are still missing: the id
/// and the last bracket.
pub(super) fn check(text: &[u8], missing: usize) -> Result<(), serde_json::Error> {
    // A shorter text cannot have that many brackets.
    if text.len() < 2 * MAX_NESTING {
        return Ok(());
    }
    let (nesting, tokens) = count(text);
    let limits = [
        (nesting, MAX_NESTING, "levels of nesting"),
        (text.len() + missing, MAX_BYTES, "bytes"),
        // What is missing is two tokens.
        (tokens + 2, MAX_TOKENS, "tokens"),
    ];
    match limits.iter().find(|(count, max, _)| count > max) {
        None => Ok(()),
        Some((count, max, what)) => Err(serde_json::Error::custom(format_args!(
            "the command has {count} {what}, but the server accepts at most {max}"
        ))),
    }
}

/// Counts the levels of nesting and the tokens of a JSON text.
fn count(text: &[u8]) -> (usize, usize) {
    let (mut depth, mut deepest, mut tokens, mut at) = (0_usize, 0_usize, 0_usize, 0_usize);
    while let Some(byte) = text.get(at) {
        at += 1;
        tokens += 1;
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(skip) = memchr::memchr2(b'"', b'\\', &text[at..]) {
                    at += skip + 1;
                    if text[at - 1] == b'"' {
                        break;
                    }
                    at += 1;
                }
            }
            b',' | b':' => {}
            b' ' | b'\t' | b'\r' | b'\n' => tokens -= 1,
            _ => {
                let scalar = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                at += text[at..].iter().take_while(scalar).count();
            }
        }
    }
    (deepest, tokens)
}

#[cfg(test)]
mod tests {
    use serde_core::ser::Serialize;
    use serde_json::json;

    use super::super::{Lane, command};
    use super::*;

    fn encode(arguments: &impl Serialize) -> Result<(), String> {
        let outcome = command(&mut Vec::new(), Lane::InBand, "x", arguments);
        outcome.map_err(|error| error.message)
    }

    #[test]
    fn item_15_what_the_server_does_not_read_is_refused() {
        let nested = |depth| {
            let text = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
            encode(&serde_json::value::RawValue::from_string(text).unwrap())
        };
        assert!(nested(1022).is_ok());
        let error = nested(1023).unwrap_err();
        assert!(error.contains("1025 levels of nesting"), "{error}");

        assert!(encode(&json!({"a": "[\\\"[".repeat(2000)})).is_ok());
        let error = encode(&json!({"a": "x".repeat(64 << 20)})).unwrap_err();
        assert!(error.contains("bytes"), "{error}");

        // A list of n has 2n - 1 tokens beside its brackets, the rest has 18.
        let list = |length: usize| encode(&json!({"a": vec![-1.5; length]}));
        assert!(list((MAX_TOKENS - 17) / 2).is_ok());
        let error = list((MAX_TOKENS - 17) / 2 + 1).unwrap_err();
        assert!(error.contains("2097153 tokens"), "{error}");
    }
}
