//! What must not stand in a log.
//!
//! A schema does not mark what is secret, but it shows it by the names of
//! members. So the text of a message is gone through for these names, which
//! works alike for generated commands, for raw ones, and for what is received.
//! A test compares the names with the schemas of all bundled releases, so that a
//! new release cannot bring a secret that is not known here.

/// Members that hold a secret, or what a guest's file holds, whatever message
/// they stand in.
const ANYWHERE: [&str; 9] = [
    "buf-b64",
    "cookie",
    "env",
    "err-data",
    "input-data",
    "out-data",
    "passphrase",
    "password",
    "secret",
];

/// Members that hold a secret in the arguments of one command.
const OF_COMMAND: [(&str, &str); 5] = [
    // The password of a VNC display.
    ("change", "arg"),
    // Any command of the human monitor, such as `set_password`.
    ("human-monitor-command", "command-line"),
    // The data of a `secret`; objects of other types have no such member.
    ("object-add", "data"),
    // Any property of any object.
    ("qom-set", "value"),
    // What the guest reads from a character device.
    ("ringbuf-write", "data"),
];

const LEFT_OUT: &str = "\"(left out)\"";

/// The text of a message, without what is secret. The text may be of any bytes.
pub(super) fn left_out(command: Option<&str>, text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut rest = &*text;
    let mut out = String::with_capacity(text.len());
    while let Some(begin) = rest.find('"') {
        let end = begin + string(&rest[begin..]);
        let (before, after) = rest.split_at(end);
        out.push_str(before);
        rest = after;
        let value = after.trim_start();
        if let Some(value) = value.strip_prefix(':')
            && is_secret(command, &before[begin..])
        {
            let value = value.trim_start();
            out.push(':');
            out.push_str(LEFT_OUT);
            rest = &value[length(value)..];
        }
    }
    out + rest
}

fn is_secret(command: Option<&str>, key: &str) -> bool {
    let decoded: String;
    let name = match key.contains('\\') {
        false => key.trim_matches('"'),
        true => {
            decoded = serde_json::from_str(key).unwrap_or_default();
            &decoded
        }
    };
    ANYWHERE.contains(&name)
        || OF_COMMAND
            .iter()
            .any(|(of, member)| command == Some(*of) && *member == name)
}

/// How long the string is that the text begins with.
fn string(text: &str) -> usize {
    let mut escaped = true;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// How long the value is that the text begins with.
fn length(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => at += string(&text[at..]),
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
        if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_any_shape_are_left_out() {
        for value in [
            r#""hunter2""#,
            r#""a\"hunter2\\""#,
            r#"["hunter2", {"a": "]hunter2"}]"#,
            r#"{"a": ["hunter2"], "}": 1}"#,
            "hunter2",
        ] {
            let text = format!("{{\"password\" : {value}, \"id\": 1}}\n");
            let out = left_out(None, text.as_bytes());
            assert_eq!(out, format!("{{\"password\":{LEFT_OUT}, \"id\": 1}}\n"));
        }
        let half = left_out(None, br#"{"a": {"password": "hunt"#);
        assert_eq!(half, format!("{{\"a\": {{\"password\":{LEFT_OUT}"));
        let escaped = left_out(None, br#"{"pass\u0077ord":"hunter2"}"#);
        assert!(!escaped.contains("hunter2"), "{escaped}");
    }

    #[test]
    fn all_else_stays() {
        for text in [
            r#"{"execute": "x", "arguments": {"data": "password", "a": ["password"]}}"#,
            r#"{"return": "\"password\": 1"}"#,
            "\"",
            "{\"a\\",
            "garbage \"\\\" : 5",
        ] {
            assert_eq!(left_out(Some("x"), text.as_bytes()), text);
        }
    }

    #[test]
    fn what_is_secret_of_one_command_only() {
        let text = br#"{"arguments":{"data":"hunter2"}}"#;
        assert!(!left_out(Some("object-add"), text).contains("hunter2"));
        assert!(left_out(Some("chardev-add"), text).contains("hunter2"));
    }
}
