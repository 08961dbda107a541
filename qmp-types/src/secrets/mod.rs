//! Secrets, which must be neither in a log nor in `Debug` output.
//!
//! A schema does not mark secrets. They are recognised by the names of members, of
//! which there is a table here, or else by the form of a text, such as a URL with a
//! password. The `Debug` of generated types follows these rules, and so do the log and
//! the errors of `qmp-transport`.
//!
//! ```
//! use qmp_types::secrets::{self, Scope};
//!
//! let sent = br#"{"execute":"object-add","arguments":{"id":"key0","data":"hunter2"}}"#;
//! assert_eq!(
//!     secrets::message(Scope::of("object-add"), sent),
//!     r#"{"execute":"object-add","arguments":{"id":"key0","data":"(left out)"}}"#,
//! );
//! assert_eq!(secrets::text("nbd://me:hunter2@host/disk"), "nbd://(left out)@host/disk");
//! ```

mod json;
mod message;
mod text;

use std::borrow::Cow;

use serde_json::{Map, Value};

pub use message::{excerpt, message, reply};
pub use text::{text, without_value};

/// The text in place of a secret.
pub const LEFT_OUT: &str = "(left out)";

/// Members that are secret in every command and type. The content of a guest's files
/// counts as secret.
const MEMBERS: [&str; 8] = [
    // The arguments of a program, as in `guest-exec`, and its environment.
    "args",
    "cpr-exec-command",
    "env",
    // The input or output of a program, or the content of a file, in the guest.
    "buf-b64",
    "err-data",
    "input-data",
    "out-data",
    // But not `key-secret` and the like, which are ids of objects.
    "secret",
];

/// The last words of the names of members that are secret in every command and type,
/// of any schema.
const LAST_WORDS: [&str; 6] = [
    "cookie",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "token",
];

/// Members that are secret in some commands, types and branches only.
const MEMBERS_OF: [(&str, &[&str]); 6] = [
    // The password of a VNC display; the arguments of a program.
    ("arg", &["change", "guest-exec"]),
    // A command of the human monitor, such as `set_password`.
    ("command-line", &["human-monitor-command"]),
    // The content of a `secret` object, or the input of a character device.
    (
        "data",
        &["object-add", "ringbuf-write", "secret", "SecretProperties"],
    ),
    // The program, which may be a whole command line.
    ("path", &["guest-exec"]),
    // A property of an object, which may be any.
    ("value", &["qom-set"]),
    ("value", REPLIES_WITH_VALUES),
];

/// Commands and types with a list of properties and their values.
const REPLIES_WITH_VALUES: &[&str] = &["qom-list-get", "ObjectPropertyValue"];

/// Commands whose whole reply is secret: a property of an object, the output of the
/// human monitor, or what the guest has written to a character device.
const REPLIES: [&str; 3] = ["human-monitor-command", "qom-get", "ringbuf-read"];

/// The member of a message that has the reply.
const RETURN: &str = "return";

/// Where a member is: in a command or its reply, in a type, or in a branch of a union.
///
/// Names can be spelled as in the schema or as in Rust: `object-add`, `ObjectAdd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// In the command, type or branch of this name.
    Named(&'a str),
    /// In something that has no additional secrets, such as an event.
    Plain,
    /// In the reply to an unknown command.
    AnyReply,
}

impl Scope<'static> {
    /// Returns the scope of a command and its reply. It does not borrow the name, so it
    /// can be kept until the reply arrives.
    pub fn of(command: &str) -> Self {
        let scopes = MEMBERS_OF.iter().flat_map(|(_, scopes)| *scopes);
        let found = scopes
            .chain(&REPLIES)
            .find(|scope| same_name(scope, command));
        found.map_or(Self::Plain, |scope| Self::Named(scope))
    }
}

impl Scope<'_> {
    /// Returns whether a whole member is secret.
    ///
    /// ```
    /// use qmp_types::secrets::Scope;
    ///
    /// assert!(Scope::Plain.hides("password"));
    /// assert!(Scope::Named("SecretProperties").hides("data"));
    /// assert!(!Scope::Named("BlockdevBackup").hides("target"));
    /// ```
    pub fn hides(self, member: &str) -> bool {
        let is_one = |name: &&str| same_name(name, member);
        let is_in = |scopes: &[&str]| match self {
            Self::Named(name) => scopes.iter().any(|scope| same_name(scope, name)),
            Self::Plain => false,
            Self::AnyReply => scopes == REPLIES_WITH_VALUES,
        };
        MEMBERS.iter().any(is_one)
            || LAST_WORDS
                .iter()
                .any(|word| same_name(word, last_word(member)))
            || MEMBERS_OF
                .iter()
                .any(|(name, scopes)| is_one(name) && is_in(scopes))
            || member == RETURN && self != Self::AnyReply && is_in(&REPLIES)
    }

    /// Returns whether the whole reply is secret.
    pub fn hides_reply(self) -> bool {
        self.hides(RETURN)
    }

    /// Returns whether a whole member of a message is secret. `value` is text that
    /// begins with its value.
    fn hides_in_text(self, member: &str, value: &str) -> bool {
        // Replies are objects or lists of objects, except those of `REPLIES` and a
        // few that are numbers.
        let is_text = || {
            let inner = value.trim_start_matches(|c: char| c == '[' || c.is_whitespace());
            inner.starts_with(['"', '\''])
        };
        self.hides(member) || self == Self::AnyReply && member == RETURN && is_text()
    }
}

/// Replaces secrets in a value of any type.
///
/// ```
/// use qmp_types::secrets::{self, Scope};
/// use serde_json::json;
///
/// let mut value = json!({"id": "key0", "data": "hunter2"});
/// secrets::leave_out(Scope::of("object-add"), &mut value);
/// assert_eq!(value, json!({"id": "key0", "data": "(left out)"}));
/// ```
pub fn leave_out(scope: Scope<'_>, value: &mut Value) {
    match value {
        Value::String(string) => {
            if let Cow::Owned(without) = text(string) {
                *string = without;
            }
        }
        Value::Array(elements) => {
            for element in elements {
                leave_out(scope, element);
            }
        }
        Value::Object(members) => leave_out_of(scope, members),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Like [`leave_out`], for the members of an object.
pub(crate) fn leave_out_of(scope: Scope<'_>, members: &mut Map<String, Value>) {
    for (name, value) in members {
        if scope.hides(name) {
            *value = LEFT_OUT.into();
        } else {
            leave_out(scope, value);
        }
    }
}

/// Returns whether two names are the same, in the spelling of Rust or of the schema.
fn same_name(a: &str, b: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = u8> {
        let letters = name.bytes().filter(|byte| !matches!(byte, b'-' | b'_'));
        letters.map(|byte| byte.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}

/// Returns the last word of a name: `password` of `proxy-password`, `Password` of
/// `vncPassword`.
fn last_word(name: &str) -> &str {
    let name = name.trim_end_matches('_');
    let word = name.rsplit(['-', '_', '.']).next().unwrap_or(name);
    let is_first = |at: usize| {
        let (before, after) = word.split_at(at);
        before.ends_with(|last: char| last.is_ascii_lowercase())
            && after.starts_with(|first: char| first.is_ascii_uppercase())
    };
    let mut places = word.char_indices().rev().map(|(at, _)| at);
    places
        .find(|at| is_first(*at))
        .map_or(word, |at| &word[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_the_schema_and_as_rust_spell_them() {
        for member in [
            "buf_b64",
            "vnc-password",
            "x.password",
            "vncPassword",
            "Cookie",
        ] {
            assert!(Scope::Plain.hides(member), "{member}");
        }
        for member in ["password-secret", "passwordid", "keyid", "data", "return"] {
            assert!(!Scope::Plain.hides(member), "{member}");
        }
        for scope in ["object-add", "ObjectAdd", "secret", "SecretProperties"] {
            assert!(Scope::Named(scope).hides("data"), "{scope}");
            assert_ne!(Scope::of(scope), Scope::Plain);
        }
        assert_eq!(Scope::of("query-status"), Scope::Plain);
    }

    #[test]
    fn replies_that_are_secret_as_a_whole() {
        for command in REPLIES {
            assert!(Scope::of(command).hides_reply(), "{command}");
        }
        for command in ["query-status", "guest-exec-status", "qom-list-get"] {
            assert!(!Scope::of(command).hides_reply(), "{command}");
        }
        assert!(Scope::of("qom-list-get").hides("value"));
        assert!(Scope::AnyReply.hides("value") && !Scope::AnyReply.hides("data"));
    }
}
