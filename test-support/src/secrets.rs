//! What is secret in a schema, by its names: reviewed by hand, and knowing
//! nothing of the table that it is compared with.

/// What must never be seen.
pub const MARKER: &str = "hunter2";

/// Members whose names look like secrets and are none.
const HARMLESS: &[&str] = &[
    // Ids of objects that hold the secret.
    "cookie-secret",
    "key-secret",
    "keyid",
    "new-secret",
    "old-secret",
    "password-secret",
    "passwordid",
    "proxy-password-secret",
    "tls-authz",
    "tls-creds",
    // How a display asks who there is.
    "auth",
    // What a confidential guest is measured by, and the signature of it.
    "host-data",
    "id-auth",
    // Public keys, and keys of a keyboard.
    "key",
    "keys",
    // A file.
    "data-file",
    // What only looks so.
    "block-bitmap-mapping",
];

/// Members that hold a secret in some commands and types, and in no others.
const SOMETIMES: &[(&str, &[&str])] = &[
    ("arg", &["change", "guest-exec"]),
    ("data", &["object-add", "ringbuf-write", "SecretProperties"]),
    ("path", &["guest-exec"]),
    (
        "value",
        &["qom-get", "qom-set", "qom-list-get", "ObjectPropertyValue"],
    ),
];

/// Parts of names that suggest a secret, or contents.
const SUSPICIOUS: &[&str] = &[
    "args",
    "auth",
    "b64",
    "command-line",
    "cookie",
    "cred",
    "data",
    "env",
    "exec-command",
    "key",
    "pass",
    "pin",
    "secret",
    "token",
];

/// Whether a member of a command's arguments or reply, or of a type, is secret.
pub fn is_secret(of: &str, member: &str) -> bool {
    match SOMETIMES.iter().find(|(name, _)| *name == member) {
        Some((_, scopes)) => scopes.contains(&of),
        None => SUSPICIOUS.iter().any(|part| member.contains(part)) && !HARMLESS.contains(&member),
    }
}

/// Texts that hold a secret, wherever they stand, and what is seen of them.
pub const TEXTS: &[(&str, &str)] = &[
    ("nbd://me:hunter2@host1/disk", "@host1/disk"),
    ("https://hunter2@host2:80/", "@host2:80/"),
    ("json:{\"file.url\": \"x\", \"a\": [\"hunter2\"]}", "json:"),
    ("exec:ssh hunter2", "exec:"),
    ("rbd:pool/image:id=me:key=hunter2:conf=x", ":conf=x"),
    ("tcp:10.0.2.100:1234-cmd:nc hunter2", "tcp:10.0.2.100:1234"),
];
