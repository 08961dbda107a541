//! Secrets in the text of a message. The message can be any bytes: text that is not
//! JSON is searched, too.

use std::borrow::Cow;

use super::json::{length, string, unescaped};
use super::text::shown;
use super::{LEFT_OUT, RETURN, Scope};

/// Returns the text of a message without secrets.
pub fn message(scope: Scope<'_>, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut filter = Filter::new(scope, &text, usize::MAX);
    while filter.at < text.len() {
        filter.step();
    }
    filter.out
}

/// Returns the text of a reply without secrets.
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

/// Returns the text of a message around an offset, without secrets. It is not longer
/// than `limit` bytes, but for a `…` at each end where text is missing.
///
/// ```
/// use qmp_types::secrets::{self, Scope};
///
/// let reply = br#"{"return": {"name": "x", "password": "hunter2", "size": ?}}"#;
/// let at = reply.iter().position(|byte| *byte == b'?').unwrap();
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

/// Copies a text token by token, and replaces secrets.
struct Filter<'t> {
    scope: Scope<'t>,
    text: &'t str,
    /// How many bytes of the text were copied or replaced.
    at: usize,
    /// How many objects and arrays are open there.
    depth: usize,
    out: String,
    /// An offset in the text. When it is reached, it becomes the same place in `out`,
    /// and `is_marked` is set.
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

    /// Copies or replaces the next token.
    fn step(&mut self) {
        let (begin, out_begin) = (self.at, self.out.len());
        let rest = &self.text[self.at..];
        match rest.as_bytes()[0] {
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            quote @ (b'"' | b'\'') if quote == b'"' || self.depth > 0 => {
                self.string();
                return self.mark(begin, out_begin);
            }
            byte if is_bare(byte) => {
                self.word();
                return self.mark(begin, out_begin);
            }
            _ => {}
        }
        let length = rest.chars().next().map_or(1, char::len_utf8);
        self.copy(length);
        self.mark(begin, out_begin);
    }

    /// Sets the mark, if the token that began at these offsets has reached it.
    fn mark(&mut self, begin: usize, out_begin: usize) {
        if !self.is_marked && self.at >= self.mark {
            self.mark = (out_begin + (self.mark - begin)).min(self.out.len());
            self.is_marked = true;
        }
    }

    fn copy(&mut self, length: usize) {
        self.out.push_str(&self.text[self.at..][..length]);
        self.at += length;
    }

    /// Copies a string in quotes, without secrets.
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

    /// Copies text without quotes: a literal, a number, or something that is not JSON.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(|byte| !is_bare(byte));
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

    /// Replaces the value of a member, if it is secret. Returns whether the token
    /// before was the name of a member.
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

    /// Replaces the rest of the text, if JSON does not allow what follows a string or a
    /// value that was replaced. It could be a part of the secret.
    fn expect_end(&mut self) {
        let rest = self.text[self.at..].trim_start();
        if !rest.is_empty() && !rest.starts_with([',', '}', ']']) {
            self.out.push_str(LEFT_OUT);
            self.at = self.text.len();
        }
    }
}

/// Returns whether a byte can be in text without quotes. A URL is one such text.
fn is_bare(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'{' | b'}' | b'[' | b']' | b',')
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
