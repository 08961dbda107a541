//! What is secret in a message, by its text: it may be of any bytes, and what is
//! no JSON is gone through, too.

use std::borrow::Cow;

use super::text::shown;
use super::{LEFT_OUT, RETURN, Scope};

/// The text of a message without what is secret in it.
pub fn message(scope: Scope<'_>, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut filter = Filter::new(scope, &text, usize::MAX);
    while filter.at < text.len() {
        filter.step();
    }
    filter.out
}

/// The text of what a command returned, without what is secret in it.
///
/// ```
/// use qmp_types::secrets::{self, Scope};
///
/// let json = r#""hunter2""#;
/// assert_eq!(secrets::reply(Scope::of("qom-get"), json), r#""(left out)""#);
/// ```
pub fn reply(scope: Scope<'_>, json: &str) -> String {
    if scope.hides_in_text(RETURN, json) {
        format!("\"{LEFT_OUT}\"")
    } else {
        message(scope, json.as_bytes())
    }
}

/// The text of a message around an offset, without what is secret in it and no
/// longer than a limit. Where text is missing, there is `…`.
///
/// ```
/// use qmp_types::secrets::{self, Scope};
///
/// let reply = br#"{"return": {"name": "x", "password": "hunter2", "size": ?}}"#;
/// let at = reply.iter().position(|sign| *sign == b'?').unwrap();
/// assert_eq!(
///     secrets::excerpt(Scope::AnyReply, reply, at, 50),
///     r#"…d":"(left out)", "size": ?}}"#,
/// );
/// ```
pub fn excerpt(scope: Scope<'_>, bytes: &[u8], at: usize, limit: usize) -> String {
    let (before, after) = bytes.split_at(at.min(bytes.len()));
    let mut text = String::from_utf8_lossy(before).into_owned();
    let at = text.len();
    text.push_str(&String::from_utf8_lossy(after));

    let mut filter = Filter::new(scope, &text, at);
    while filter.at < text.len() && filter.at < at.saturating_add(limit) {
        filter.step();
    }
    let is_whole = filter.at == text.len();
    let (out, at) = (filter.out, filter.mark);

    let boundary = |mut at: usize| {
        while !out.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let begin = boundary(at.min(out.len()).saturating_sub(limit / 2));
    let end = boundary(out.len().min(begin + limit));
    let cut = |cut: bool| if cut { "…" } else { "" };
    let (first, last) = (cut(begin > 0), cut(end < out.len() || !is_whole));
    format!("{first}{}{last}", &out[begin..end])
}

/// Goes through a text, token by token.
struct Filter<'t> {
    scope: Scope<'t>,
    text: &'t str,
    at: usize,
    /// How deep in objects and arrays that is.
    depth: usize,
    out: String,
    /// An offset in the text, until it is reached; then the same in what is put
    /// out.
    mark: usize,
    is_marked: bool,
}

impl<'t> Filter<'t> {
    fn new(scope: Scope<'t>, text: &'t str, mark: usize) -> Self {
        Self {
            scope,
            text,
            at: 0,
            depth: 0,
            out: String::with_capacity(text.len().min(1 << 16)),
            mark,
            is_marked: false,
        }
    }

    fn step(&mut self) {
        let (begin, put_out) = (self.at, self.out.len());
        let rest = &self.text[self.at..];
        match rest.as_bytes()[0] {
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            quote @ (b'"' | b'\'') if quote == b'"' || self.depth > 0 => {
                self.string();
                return self.mark(begin, put_out);
            }
            sign if is_bare(sign) => {
                self.word();
                return self.mark(begin, put_out);
            }
            _ => {}
        }
        let length = rest.chars().next().map_or(1, char::len_utf8);
        self.copy(length);
        self.mark(begin, put_out);
    }

    /// Notes where the mark is, if it was reached.
    fn mark(&mut self, begin: usize, put_out: usize) {
        if !self.is_marked && self.at >= self.mark {
            self.mark = (put_out + (self.mark - begin)).min(self.out.len());
            self.is_marked = true;
        }
    }

    fn copy(&mut self, length: usize) {
        self.out.push_str(&self.text[self.at..][..length]);
        self.at += length;
    }

    fn string(&mut self) {
        let rest = &self.text[self.at..];
        let (length, is_whole) = string(rest);
        let content = unescaped(&rest[1..length - usize::from(is_whole)]);
        if let Cow::Owned(without) = shown(&content, !is_whole) {
            self.at += length;
            self.out
                .push_str(&serde_json::Value::from(without).to_string());
        } else {
            self.copy(length);
        }
        if !self.member(&content) && is_whole && self.depth > 0 {
            self.expect_end();
        }
    }

    /// Text that is not in quotes: a literal, a number, or no JSON.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(|sign| !is_bare(sign));
        let word = &rest[..length.unwrap_or(rest.len())];
        if let Some((name, _)) = word.split_once(':')
            && self.scope.hides(name)
        {
            self.copy(name.len());
            self.member(name);
            return;
        }
        match shown(word, length.is_none()) {
            Cow::Owned(without) => {
                self.at += word.len();
                self.out.push_str(&without);
            }
            Cow::Borrowed(_) => self.copy(word.len()),
        }
        self.member(word);
    }

    /// Passes over a member's value where that is secret. Tells whether what was
    /// passed last is a member's name at all.
    fn member(&mut self, name: &str) -> bool {
        let rest = &self.text[self.at..];
        let Some(value) = rest.trim_start().strip_prefix(':') else {
            return false;
        };
        let value = value.trim_start();
        if self.scope.hides_in_text(name, value) {
            self.out.push_str(":\"");
            self.out.push_str(LEFT_OUT);
            self.out.push('"');
            self.at = self.text.len() - value.len() + length(value);
            self.expect_end();
        }
        true
    }

    /// Nobody knows what the text means that goes on behind a string, or behind a
    /// value that was left out, as JSON does not.
    fn expect_end(&mut self) {
        let rest = self.text[self.at..].trim_start();
        if !rest.is_empty() && !rest.starts_with([',', '}', ']']) {
            self.out.push_str(LEFT_OUT);
            self.at = self.text.len();
        }
    }
}

/// Whether text that is in no quotes goes on with this: URLs are kept in one
/// piece.
fn is_bare(sign: u8) -> bool {
    !sign.is_ascii_whitespace() && !matches!(sign, b'"' | b'\'' | b'{' | b'}' | b'[' | b']' | b',')
}

/// How long the string is that the text begins with, and whether it ends.
fn string(text: &str) -> (usize, bool) {
    let quote = text.bytes().next();
    let mut is_escaped = true;
    for (at, sign) in text.bytes().enumerate() {
        match sign {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            _ if Some(sign) == quote => return (at + 1, true),
            _ => {}
        }
    }
    (text.len(), false)
}

/// How long the value is that the text begins with.
pub(super) fn length(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(sign) = text.as_bytes().get(at) {
        match sign {
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
        if depth == 0 && matches!(sign, b'"' | b'\'' | b'}' | b']') {
            return at;
        }
    }
    text.len()
}

/// The text that the inside of a string stands for, as far as it can be told.
fn unescaped(inner: &str) -> Cow<'_, str> {
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut signs = inner.chars();
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            out.push(sign);
            continue;
        }
        match signs.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('u') => {
                let digits = signs.as_str().get(..4);
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                if code.is_some() {
                    signs.by_ref().nth(3);
                }
                // Pairs of surrogates matter to no rule.
                let sign = code.and_then(char::from_u32);
                out.push(sign.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLY: Scope<'_> = Scope::AnyReply;

    #[test]
    fn values_of_any_shape_are_left_out() {
        for value in [
            r#""hunter2""#,
            r#""a\"hunter2\\""#,
            r#"["hunter2", {"a": "]hunter2"}]"#,
            r#"{"a": ["hunter2"], "}": 1}"#,
            "hunter2",
            "'hunter2'",
        ] {
            let text = format!("{{\"password\" : {value}, \"id\": 1}}\n");
            let out = message(Scope::Plain, text.as_bytes());
            assert_eq!(out, "{\"password\":\"(left out)\", \"id\": 1}\n");
        }
        for text in [
            r#"{"a": {"password": "hunter2"#,
            r#"{"pass\u0077ord":"hunter2"}"#,
            r#"{"password": "x"hunter2"}"#,
            r#"{"a": "x"hunter2"}"#,
            "{'password': 'hunter2'}",
            "{password: hunter2}",
            "{password:hunter2}",
            "Cookie: hunter2",
            r#"{"return": {"a": "json:{\"x\": \"hunter2\"}"}}"#,
            r#"{"file": "nbd:\/\/me:hunter2@host"}"#,
            r#"{"file": "nbd://me:hunter2"#,
            r#"["nbd://me:hunter2@host"]"#,
        ] {
            let out = message(Scope::Plain, text.as_bytes());
            assert!(!out.contains("hunter2") && out.contains(LEFT_OUT), "{out}");
        }
    }

    #[test]
    fn all_else_stays() {
        for text in [
            r#"{"execute": "x", "arguments": {"data": "password", "a": ["password"]}}"#,
            r#"{"return": "\"password\": 1"}"#,
            r#"{"return": [{"name": "password", "type": "str", "a": -1.5e3, "b": null}]}"#,
            "\"",
            "{\"a\\",
            "garbage \"\\\" : 5",
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n",
            "can't",
            "é\u{1f600} ",
        ] {
            assert_eq!(message(Scope::of("x"), text.as_bytes()), text);
        }
    }

    #[test]
    fn what_is_secret_of_one_command_only() {
        let text = br#"{"arguments":{"data":"hunter2"}}"#;
        assert!(!message(Scope::of("object-add"), text).contains("hunter2"));
        assert!(message(Scope::of("chardev-add"), text).contains("hunter2"));
        for value in [r#""hunter2""#, r#"[ "hunter2"]"#, r#"{"a": "hunter2"}"#] {
            let text = format!("{{\"return\": {value}, \"id\": 7}}");
            let out = message(Scope::of("qom-get"), text.as_bytes());
            assert_eq!(out, "{\"return\":\"(left out)\", \"id\": 7}");
            let out = message(Scope::of("query-name"), text.as_bytes());
            assert_eq!(out, text);
            let out = message(REPLY, text.as_bytes());
            assert_eq!(out.contains("hunter2"), value.starts_with('{'));
        }
    }

    #[test]
    fn an_excerpt_is_around_the_place() {
        let text = format!(
            "{{\"a\": [{}], \"password\": \"hunter2\", é?",
            "1, ".repeat(100)
        );
        let at = text.find('?').unwrap();
        for limit in 0..text.len() {
            let out = excerpt(REPLY, text.as_bytes(), at, limit);
            assert!(out.len() <= limit + 6 && !out.contains("hunter"), "{out}");
        }
        let out = excerpt(REPLY, text.as_bytes(), at, 60);
        assert_eq!(out, "…], \"password\":\"(left out)\", é?");
        assert_eq!(excerpt(REPLY, b"{\"a\": \xff", 99, 9), "… \u{fffd}");
    }

    #[test]
    fn a_secret_is_left_out_wherever_the_text_ends() {
        let text = r#"{"return": [{"password": "hunter2"}, "nbd://me:hunter2@host"], "x": ["y"#;
        for end in 0..=text.len() {
            for at in 0..=end {
                let out = excerpt(REPLY, &text.as_bytes()[..end], at, 20);
                assert!(!out.contains("hun"), "{end} {at}: {out}");
            }
        }
    }
}
