//! Strings and values in text that is JSON, or nearly so.

use std::borrow::Cow;

/// Returns the length of the string that a text begins with, and whether it has an end.
pub(super) fn string(text: &str) -> (usize, bool) {
    let quote = text.bytes().next();
    let mut is_escaped = true;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            _ if Some(byte) == quote => return (at + 1, true),
            _ => {}
        }
    }
    (text.len(), false)
}

/// Returns the length of the value that a text begins with.
pub(super) fn length(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' | b'\'' => at += string(&text[at..]).0,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            _ => at += 1,
        }
        if depth == 0 && matches!(byte, b'"' | b'\'' | b'}' | b']') {
            return at;
        }
    }
    text.len()
}

/// Resolves the escapes in a string, as far as they are valid.
pub(super) fn unescaped(inner: &str) -> Cow<'_, str> {
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('u') => {
                let digits = chars.as_str().get(..4);
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                if code.is_some() {
                    chars.by_ref().nth(3);
                }
                // No rule depends on surrogate pairs.
                let c = code.and_then(char::from_u32);
                out.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    Cow::Owned(out)
}
