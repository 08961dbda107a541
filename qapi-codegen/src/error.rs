//! What can go wrong between a schema and its bindings.

use std::fmt::{self, Write as _};
use std::io;
use std::path::{Path, PathBuf};

#[cfg(feature = "files")]
use qapi_parser::Failure;
use qapi_parser::shared::nearest;
use qapi_parser::visible;

#[cfg(feature = "introspection")]
use qapi_parser::introspect::IntrospectionError;

/// The error of bindings that cannot be generated or written.
///
/// `Debug` writes the message and its causes, since that is how a build script
/// reports the error that its `main` returns.
#[non_exhaustive]
pub enum Error {
    /// The schema has errors. The message lists all of them.
    #[cfg(feature = "files")]
    Schema(Failure),
    /// The snapshot of a bundled release is of another version of `qapi-parser`
    /// than the one in use.
    #[cfg(feature = "bundled")]
    Snapshot(qapi_parser::SnapshotError),
    /// The introspection cannot be read.
    #[cfg(feature = "introspection")]
    Introspection {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: IntrospectionError,
    },
    /// A pattern or a name matches nothing in the schema.
    NoMatch {
        /// `command`, `event`, `type` or `union`.
        kind: &'static str,
        /// The pattern or name.
        pattern: String,
        /// The nearest name that exists.
        suggestion: Option<String>,
    },
    /// A pattern matches no branch of a union.
    NoBranch {
        /// The union, or a pattern of unions.
        union: String,
        /// The pattern or name.
        pattern: String,
        /// The nearest branch that exists.
        suggestion: Option<String>,
    },
    /// A name is selected by one option and excluded by another.
    LeftOut {
        /// `command`, `event`, `type` or `branch`.
        kind: &'static str,
        /// The pattern or name that asks for it.
        pattern: String,
        /// What matches; there may be more.
        name: String,
        /// What leaves it out.
        why: String,
    },
    /// A type is denied that something else needs.
    Denied {
        /// The type.
        name: String,
        /// What was asked for, and what of it needs what, down to the type.
        users: Vec<String>,
    },
    /// The options leave out everything.
    NothingLeft,
    /// Two options say different things of the same name.
    Contradiction {
        /// What both are about.
        name: String,
        /// What one says.
        first: String,
        /// What the other says.
        second: String,
    },
    /// A path or an attribute that the user brings is no Rust.
    InvalidRust {
        /// `path` or `attribute`.
        kind: &'static str,
        /// The text.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// Modules by schema file are asked for, but an introspection has no files.
    NoSchemaModules,
    /// No such release is bundled.
    UnknownRelease {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// The range of releases ends before it starts.
    BackwardRange {
        /// The release that it starts with.
        first: String,
        /// The release that it ends with.
        last: String,
    },
    /// The schemas of several releases cannot be merged.
    Merge(qapi_parser::MergeError),
    /// The release does not have a schema for the protocol.
    NoProtocol {
        /// The release.
        release: String,
        /// The protocol.
        protocol: &'static str,
    },
    /// A file or a directory cannot be read or written.
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `OUT_DIR` is not set: this is no build script.
    NoOutDir,
    /// The generated code cannot be formatted.
    Format(String),
}

impl Error {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn contradiction(
        name: &str,
        first: impl Into<String>,
        second: impl Into<String>,
    ) -> Self {
        Self::Contradiction {
            name: name.to_owned(),
            first: first.into(),
            second: second.into(),
        }
    }

    pub(crate) fn no_match<'a>(
        kind: &'static str,
        pattern: &str,
        names: impl Iterator<Item = &'a str>,
    ) -> Self {
        let suggestion = nearest(pattern, names).map(str::to_owned);
        Self::NoMatch {
            kind,
            pattern: pattern.to_owned(),
            suggestion,
        }
    }

    pub(crate) fn no_branch<'a>(
        union: &str,
        pattern: &str,
        names: impl Iterator<Item = &'a str>,
    ) -> Self {
        Self::NoBranch {
            union: union.to_owned(),
            pattern: pattern.to_owned(),
            suggestion: nearest(pattern, names).map(str::to_owned),
        }
    }
}

impl Error {
    /// The error as it is worded.
    fn message(&self, f: &mut String) -> fmt::Result {
        match self {
            #[cfg(feature = "files")]
            Self::Schema(failure) => write!(f, "{failure}"),
            #[cfg(feature = "bundled")]
            Self::Snapshot(error) => write!(f, "invalid bundled schema: {error}"),
            #[cfg(feature = "introspection")]
            Self::Introspection { path, error } => write!(f, "{}: {error}", path.display()),
            Self::NoMatch {
                kind,
                pattern,
                suggestion,
            } => {
                write!(f, "no {kind} matches `{pattern}`")?;
                match suggestion {
                    Some(name) => write!(f, "; did you mean `{name}`?"),
                    None => write!(
                        f,
                        "; names are written as in the schema, `*` stands for any text"
                    ),
                }
            }
            Self::NoBranch {
                union,
                pattern,
                suggestion,
            } => {
                write!(f, "no branch of `{union}` matches `{pattern}`")?;
                match suggestion {
                    Some(name) => write!(f, "; did you mean `{name}`?"),
                    None => write!(f, "; branches are named by the values of the discriminator"),
                }
            }
            Self::LeftOut {
                kind,
                pattern,
                name,
                why,
            } => {
                write!(f, "the {kind} `{name}` is selected")?;
                if pattern != name {
                    write!(f, " by `{pattern}`")?;
                }
                write!(f, ", but {why}; remove one of the two options")
            }
            Self::Denied { name, users } => {
                write!(f, "the type `{name}` is denied, but needed by ")?;
                let users: Vec<&str> = users.iter().rev().map(String::as_str).collect();
                f.write_str(&users.join(", needed by "))?;
                write!(
                    f,
                    "; also deny the types and commands that need it, or replace it with extern_path"
                )
            }
            Self::NothingLeft => write!(
                f,
                "nothing to generate: the options exclude everything that the schema declares"
            ),
            Self::Contradiction {
                name,
                first,
                second,
            } => write!(f, "{name} is both {first} and {second}; choose one"),
            Self::InvalidRust { kind, text, why } => {
                write!(f, "invalid {kind} `{text}`: {why}")
            }
            Self::NoSchemaModules => write!(
                f,
                "introspection has no schema modules; \
                 generate from schema files, or choose modules by kind"
            ),
            Self::UnknownRelease { name, known } => write!(
                f,
                "QEMU {name} is not bundled; generate from its schema files, or choose one of {}",
                known.join(", ")
            ),
            Self::BackwardRange { first, last } => write!(
                f,
                "QEMU {first} is newer than {last}; write the older release first"
            ),
            Self::Merge(_) => f.write_str("the schemas of these releases cannot be merged"),
            Self::NoProtocol { release, protocol } => {
                write!(
                    f,
                    "QEMU {release} has no schema for the protocol {protocol}"
                )
            }
            Self::Io { path, .. } => write!(f, "cannot read or write {}", path.display()),
            Self::NoOutDir => write!(
                f,
                "the environment variable OUT_DIR is not set; outside of a build script, \
                 name the file to write"
            ),
            Self::Format(message) => {
                write!(
                    f,
                    "cannot format the generated code: {message}; please report this"
                )
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.message(&mut text)?;
        match self {
            // A report in lines, which escapes for itself.
            #[cfg(feature = "files")]
            Self::Schema(_) => f.write_str(&text),
            // Names and paths are others' words.
            _ => f.write_str(&visible(&text)),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(f, ": {}", visible(&error.to_string()))?;
            cause = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // `Display` has the error itself, but not its cause.
            #[cfg(feature = "introspection")]
            Self::Introspection { error, .. } => error.source(),
            Self::Merge(error) => Some(error),
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_said_once() {
        let path = PathBuf::from("schema.json");
        let source = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let error = Error::Io { path, source };
        assert_eq!(
            test_support::causes(&error),
            ["cannot read or write schema.json", "no such file"]
        );
        assert_eq!(
            format!("{error:?}"),
            "cannot read or write schema.json: no such file"
        );
    }

    #[cfg(feature = "introspection")]
    #[test]
    fn the_cause_of_introspection_that_is_not_json_is_said_once() {
        let error = qapi_parser::Schema::from_introspection("{", None).unwrap_err();
        let path = PathBuf::from("introspection.json");
        let error = Error::Introspection { path, error };
        let [message, cause] = &test_support::causes(&error)[..] else {
            panic!("{error:?}");
        };
        assert_eq!(
            message,
            "introspection.json: the introspection is not valid JSON"
        );
        assert!(cause.contains("line 1"), "{cause}");
    }

    #[test]
    fn near_names_are_suggested() {
        let names = ["block-commit", "query-block", "stop"];
        for (pattern, expected) in [
            (
                "block-comit",
                "no command matches `block-comit`; did you mean `block-commit`?",
            ),
            (
                "xyz*",
                "no command matches `xyz*`; names are written as in the schema, `*` stands for any text",
            ),
        ] {
            assert_eq!(
                Error::no_match("command", pattern, names.into_iter()).to_string(),
                expected
            );
        }
    }
}
