//! What must stand neither in a log nor in `Debug`.
//!
//! A schema does not mark what is secret, but it shows it by the names of
//! members: those are in one table, here. What a member's name does not tell, its
//! text does: the password in a URL, say. Generated types follow these rules in
//! their `Debug`, and `qmp-transport` does in what it logs and in its errors.
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

mod message;
mod text;

use std::borrow::Cow;

use serde_json::{Map, Value};

pub use message::{excerpt, message, reply};
pub use text::{text, without_value};

/// What stands in the place of a secret.
pub const LEFT_OUT: &str = "(left out)";

/// Members that hold a secret, or what a guest's file holds, wherever they are.
const MEMBERS: [&str; 8] = [
    // The arguments of a program, as in `guest-exec`, and its environment.
    "args",
    "cpr-exec-command",
    "env",
    // What a program or a file in the guest holds.
    "buf-b64",
    "err-data",
    "input-data",
    "out-data",
    // Not `key-secret` and its like, which are ids of objects.
    "secret",
];

/// The last words of the names of members that hold a secret wherever they are,
/// in this or another schema.
const LAST_WORDS: [&str; 6] = [
    "cookie",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "token",
];

/// Members that hold a secret in some commands, types and branches only.
const MEMBERS_OF: [(&str, &[&str]); 6] = [
    // The password of a VNC display; the arguments of a program.
    ("arg", &["change", "guest-exec"]),
    // Any command of the human monitor, such as `set_password`.
    ("command-line", &["human-monitor-command"]),
    // What a `secret` is made of, what the guest reads from a character device.
    (
        "data",
        &["object-add", "ringbuf-write", "secret", "SecretProperties"],
    ),
    // The program, which may be all of a command line.
    ("path", &["guest-exec"]),
    // Any property of any object.
    ("value", &["qom-set"]),
    ("value", REPLIES_WITH_VALUES),
];

/// A list of properties with their values.
const REPLIES_WITH_VALUES: &[&str] = &["qom-list-get", "ObjectPropertyValue"];

/// Commands whose reply is a secret as a whole: any property of any object, what
/// the human monitor says, what the guest has written.
const REPLIES: [&str; 3] = ["human-monitor-command", "qom-get", "ringbuf-read"];

/// The member of a message that holds a reply.
const RETURN: &str = "return";

/// What a member stands in: a command or its reply, a type, a union's branch.
///
/// Names are taken as the schema spells them or as Rust does: `object-add`,
/// `ObjectAdd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Of this name.
    Named(&'a str),
    /// Something without secrets of its own, such as an event.
    Plain,
    /// The reply to a command that is not known.
    AnyReply,
}

impl Scope<'static> {
    /// The scope of a command, or of its reply, without its name: it can be kept
    /// until the reply comes.
    pub fn of(command: &str) -> Self {
        let scopes = MEMBERS_OF.iter().flat_map(|(_, scopes)| *scopes);
        let found = scopes.chain(&REPLIES).find(|scope| alike(scope, command));
        found.map_or(Self::Plain, |scope| Self::Named(scope))
    }
}

impl Scope<'_> {
    /// Whether a member is a secret as a whole.
    ///
    /// ```
    /// use qmp_types::secrets::Scope;
    ///
    /// assert!(Scope::Plain.hides("password"));
    /// assert!(Scope::Named("SecretProperties").hides("data"));
    /// assert!(!Scope::Named("BlockdevBackup").hides("target"));
    /// ```
    pub fn hides(self, member: &str) -> bool {
        let is_one = |known: &&str| alike(known, member);
        let is_in = |scopes: &[&str]| match self {
            Self::Named(name) => scopes.iter().any(|scope| alike(scope, name)),
            Self::Plain => false,
            Self::AnyReply => scopes == REPLIES_WITH_VALUES,
        };
        MEMBERS.iter().any(is_one)
            || LAST_WORDS.iter().any(|word| alike(word, last_word(member)))
            || MEMBERS_OF
                .iter()
                .any(|(known, scopes)| is_one(known) && is_in(scopes))
            || member == RETURN && self != Self::AnyReply && is_in(&REPLIES)
    }

    /// Whether the reply is a secret as a whole.
    pub fn hides_reply(self) -> bool {
        self.hides(RETURN)
    }

    /// Whether a member of a message is a secret as a whole. `value` is the text
    /// of its value, and perhaps more.
    fn hides_in_text(self, member: &str, value: &str) -> bool {
        // Replies are objects and lists of objects, but for those of `REPLIES`
        // and of a few that give numbers.
        let is_text = || {
            let inner = value.trim_start_matches(|sign: char| sign == '[' || sign.is_whitespace());
            inner.starts_with(['"', '\''])
        };
        self.hides(member) || self == Self::AnyReply && member == RETURN && is_text()
    }
}

/// Leaves out what is secret in a value of any type.
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

/// Whether two names are the same but for their spelling in Rust or in the schema.
fn alike(a: &str, b: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = u8> {
        let signs = name.bytes().filter(|sign| !matches!(sign, b'-' | b'_'));
        signs.map(|sign| sign.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}

/// What a name ends with: `password` of `proxy-password`, `Password` of
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
