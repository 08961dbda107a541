//! Secrets in a text, such as the value of a member or a message: user information in
//! URLs, file names that are JSON, command lines, and passwords in options.

use std::borrow::Cow;

use super::{LAST_WORDS, LEFT_OUT, json, last_word};

/// The begin of a file name that is JSON, which may have the password of a driver.
const JSON: &str = "json:";

/// The begin of a command line, in the URI of a migration.
const EXEC: &str = "exec:";

/// The begin of a command line after a port, in the options of a network.
const COMMAND: &str = "-cmd:";

/// The separator in a URL before the user information and the host.
const AUTHORITY: &str = "://";

/// The last words of options that are secret, in addition to those of members:
/// `rbd:pool/image:key=…`, `https://host/disk?token=…`.
const OPTIONS: [&str; 6] = ["credential", "key", "pass", "secret", "sig", "signature"];

/// Returns a text without secrets.
///
/// ```
/// use qmp_types::secrets::text;
///
/// assert_eq!(text("/images/disk.qcow2"), "/images/disk.qcow2");
/// assert_eq!(text("exec:ssh host cat"), "exec:(left out)");
/// assert_eq!(text("rbd:pool/disk:id=me:key=AQBz=="), "rbd:pool/disk:id=me:key=(left out)");
/// ```
pub fn text(text: &str) -> Cow<'_, str> {
    shown(text, false)
}

/// Like [`text`]. If the text was cut off, its end is replaced if it could be the begin
/// of a secret.
pub(super) fn shown(text: &str, is_cut: bool) -> Cow<'_, str> {
    // Most texts have no secret.
    if !text.contains([':', '=']) {
        return Cow::Borrowed(text);
    }
    let mut text = Cow::Borrowed(text);
    for rule in [file_names, commands, options, user_information] {
        if let Some(without) = rule(&text, is_cut).filter(|without| *without != text) {
            text = Cow::Owned(without);
        }
    }
    text
}

/// The text before a value that a decoder quotes in a message.
const QUOTING: [&str; 7] = [
    "string \"",
    "boolean `",
    "character `",
    "floating point `",
    "integer `",
    "unknown field `",
    "unknown variant `",
];

/// Returns the message of a decoder without the value that it quotes.
///
/// ```
/// use qmp_types::secrets::without_value;
///
/// let message = r#"invalid type: string "hunter2", expected i64"#;
/// assert_eq!(without_value(message), r#"invalid type: string "(left out)", expected i64"#);
/// ```
pub fn without_value(message: &str) -> String {
    let begins = QUOTING.iter().filter_map(|quoting| {
        let at = message.find(quoting)?;
        Some(at + quoting.len())
    });
    let Some(begin) = begins.min() else {
        return message.to_owned();
    };
    let (before, value) = message.split_at(begin);
    let quote = &before[begin - 1..];
    let end = value.rfind(quote).unwrap_or(value.len());
    before.to_owned() + LEFT_OUT + &value[end..]
}

/// Returns whether a word can begin after a text.
fn is_boundary(before: &str) -> bool {
    !before.ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == '-')
}

/// Replaces the JSON in file names that are JSON.
fn file_names(text: &str, _is_cut: bool) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(JSON) {
        let (before, json) = rest.split_at(at + JSON.len());
        let begins = out.is_empty() && before.trim_start() == JSON;
        let is_object = json.trim_start().starts_with('{');
        let is_one = begins || is_object && is_boundary(&before[..at]);
        out.push_str(before);
        rest = json;
        if is_one && json.trim() != LEFT_OUT {
            out.push_str(LEFT_OUT);
            // The name may be in a message, which goes on after it.
            rest = if begins {
                ""
            } else {
                &json[json::length(json)..]
            };
        }
    }
    (!out.is_empty()).then(|| out + rest)
}

/// Replaces command lines.
fn commands(text: &str, _is_cut: bool) -> Option<String> {
    let exec = text.match_indices(EXEC).find(|(at, _)| {
        let (before, after) = (&text[..*at], &text[*at + EXEC.len()..]);
        match before.chars().next_back() {
            None | Some('"' | '\'' | '=' | '`') => true,
            Some(last) => last.is_whitespace() && !after.starts_with(' '),
        }
    });
    let (at, found) = exec.or_else(|| text.match_indices(COMMAND).next())?;
    Some(text[..at].to_owned() + found + LEFT_OUT)
}

/// Replaces the user information in URLs.
fn user_information(text: &str, is_cut: bool) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(AUTHORITY) {
        let (before, after) = rest.split_at(at + AUTHORITY.len());
        out.push_str(before);
        rest = after;
        let url = after.find(char::is_whitespace).unwrap_or(after.len());
        let authority = after[..url].find(['/', '?', '#']).unwrap_or(url);
        let end = match after[..authority].rfind('@') {
            Some(end) => Some(end),
            // A password may have characters that should end the authority.
            None if !ends_with_port(&after[..authority]) => {
                after[..url].rfind('@').or_else(|| after.find('@'))
            }
            None => None,
        };
        match end {
            Some(end) => {
                out.push_str(LEFT_OUT);
                rest = &after[end..];
            }
            None if is_cut && url == after.len() && !after.is_empty() => {
                out.push_str(LEFT_OUT);
                rest = "";
            }
            None => {}
        }
    }
    (!out.is_empty()).then(|| out + rest)
}

/// Returns whether the text after the last colon, if any, can be a port rather than a
/// password.
fn ends_with_port(host: &str) -> bool {
    match host.rsplit_once(':') {
        None => true,
        Some((_, port)) => host.ends_with(']') || port.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// Replaces the values of options that are secret.
fn options(text: &str, _is_cut: bool) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('=') {
        let (before, value) = rest.split_at(at + 1);
        out.push_str(before);
        rest = value;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name = before[..at].trim_end_matches(is_name);
        let (before, name) = before[..at].split_at(name.len());
        if is_secret(name) {
            out.push_str(LEFT_OUT);
            rest = &value[option(before.chars().next_back(), value)..];
        }
    }
    (!out.is_empty()).then(|| out + rest)
}

/// Returns whether the option of this name is secret.
fn is_secret(option: &str) -> bool {
    let word = last_word(option);
    let is_one = |words: &[&str]| words.iter().any(|other| word.eq_ignore_ascii_case(other));
    // An option such as `key-secret` has the id of an object.
    let is_id = word.len() < option.len() && word.eq_ignore_ascii_case("secret");
    (is_one(&OPTIONS) || is_one(&LAST_WORDS)) && !is_id
}

/// Returns the length of the value of an option. It ends at the next separator, which is
/// the character before the option.
fn option(before: Option<char>, value: &str) -> usize {
    if value.starts_with(LEFT_OUT) {
        return LEFT_OUT.len();
    }
    let mut chars = value.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let ends = match before {
            None | Some(',') => c == ',',
            Some('?' | '&') => matches!(c, '&' | '#') || c.is_whitespace(),
            Some(before) if before.is_whitespace() => c.is_whitespace(),
            Some(before) => c == before,
        };
        if c == '\\' {
            chars.next();
        } else if ends && c == ',' && chars.peek().is_some_and(|(_, next)| *next == ',') {
            // Two commas stand for one in the value.
            chars.next();
        } else if ends {
            return at;
        }
    }
    value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced() {
        for (with, without) in [
            (
                "https://me:hunter2@host:8080/disk?a=b",
                "https://(left out)@host:8080/disk?a=b",
            ),
            (
                "iscsi://me%hunter2@10.0.0.1/iqn/1",
                "iscsi://(left out)@10.0.0.1/iqn/1",
            ),
            (
                "http://me:hun/ter2@host/disk",
                "http://(left out)@host/disk",
            ),
            (
                "http://me:hun@ter2@host/disk",
                "http://(left out)@host/disk",
            ),
            ("fat:nbd+tcp://hunter2@h", "fat:nbd+tcp://(left out)@h"),
            (
                "a http://x:hunter2@h b ftp://hunter2@h",
                "a http://(left out)@h b ftp://(left out)@h",
            ),
            (
                "http://host/disk?x-access_token=hunter2&y=1",
                "http://host/disk?x-access_token=(left out)&y=1",
            ),
            (r#"json:{"file.password": "hunter2"}"#, "json:(left out)"),
            ("json:hunter2", "json:(left out)"),
            (
                r"Could not open 'json:{'x': '}hunter2'}': No such file",
                "Could not open 'json:(left out)': No such file",
            ),
            ("blkdebug::json:{\"hunter2\"", "blkdebug::json:(left out)"),
            ("exec:cat hunter2", "exec:(left out)"),
            ("exec: cat hunter2", "exec:(left out)"),
            (
                "no such address: 'exec:hunter2'",
                "no such address: 'exec:(left out)",
            ),
            (
                "tcp:10.0.2.100:80-cmd:nc hunter2",
                "tcp:10.0.2.100:80-cmd:(left out)",
            ),
            (
                r"rbd:pool/disk:id=me:key=AQ\:hunter2==:conf=/x",
                "rbd:pool/disk:id=me:key=(left out):conf=/x",
            ),
            (
                "a=b,password=hun,,ter2,key-secret=sec0",
                "a=b,password=(left out),key-secret=sec0",
            ),
            (
                "cannot do password=hunter2 here",
                "cannot do password=(left out) here",
            ),
        ] {
            assert_eq!(text(with), without);
            // Once is enough.
            assert_eq!(text(without), without);
        }
    }

    #[test]
    fn other_text_is_not_changed() {
        for harmless in [
            "",
            "node0",
            "/images/a@b:c=d.qcow2",
            "nbd://10.0.0.1:10809/export@1",
            "nbd+unix:///disk?socket=/run/nbd.sock",
            "http://[::1]:80/a@b",
            "tcp:0:4444",
            "fd:exec",
            "qom-exec:3",
            "cannot exec: no such file",
            "dataset.json:3",
            "key-secret=sec0,keyid=key0",
            "file.driver=nbd,file.export=disk",
            "host:key",
        ] {
            assert_eq!(text(harmless), harmless);
        }
    }

    #[test]
    fn an_end_that_is_cut_off_can_be_a_secret() {
        assert_eq!(shown("a http://me:hun", true), "a http://(left out)");
        assert_eq!(shown("http://host/x y", true), "http://host/x y");
    }
}
