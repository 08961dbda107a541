//! The options of the generator: plain data, and the checks that need no schema.

#[cfg(feature = "files")]
use std::path::Path;

#[cfg(feature = "files")]
use qapi_parser::Dialect;

use crate::error::Error;
use crate::user_rust::UserRust;

/// The protocol that a schema declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// QMP, as QEMU itself speaks it.
    #[default]
    Qmp,
    /// The guest agent's protocol.
    Qga,
    /// QMP, as the storage daemon speaks it.
    Qsd,
}

impl Protocol {
    /// All of them.
    ///
    /// ```
    /// use qapi_codegen::Protocol;
    ///
    /// assert!(Protocol::ALL.contains(&Protocol::default()));
    /// ```
    pub const ALL: [Self; 3] = [Self::Qmp, Self::Qga, Self::Qsd];

    /// The protocol's schema within QEMU's tree.
    ///
    /// ```
    /// assert_eq!(qapi_codegen::Protocol::Qga.schema_path(), "qga/qapi-schema.json");
    /// ```
    pub fn schema_path(self) -> &'static str {
        match self {
            Self::Qmp => "qapi/qapi-schema.json",
            Self::Qga => "qga/qapi-schema.json",
            Self::Qsd => "storage-daemon/qapi/qapi-schema.json",
        }
    }

    /// The paths at which QEMU's trees have had the protocol's schema, the newest
    /// first.
    ///
    /// ```
    /// use qapi_codegen::Protocol;
    ///
    /// let paths = Protocol::Qmp.schema_paths();
    /// assert_eq!(paths, ["qapi/qapi-schema.json", "qapi-schema.json"]);
    /// ```
    pub fn schema_paths(self) -> &'static [&'static str] {
        match self {
            Self::Qmp => &["qapi/qapi-schema.json", "qapi-schema.json"],
            Self::Qga => &["qga/qapi-schema.json", "qapi-schema-guest.json"],
            Self::Qsd => &["storage-daemon/qapi/qapi-schema.json"],
        }
    }

    /// The protocol's name in lower case, as modules, files and options have it.
    ///
    /// ```
    /// assert_eq!(qapi_codegen::Protocol::Qga.name(), "qga");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Qmp => "qmp",
            Self::Qga => "qga",
            Self::Qsd => "qsd",
        }
    }

    /// The name of the type in `qmp-types` that stands for the protocol.
    pub(crate) fn marker(self) -> &'static str {
        match self {
            Self::Qmp => "Qmp",
            Self::Qga => "Qga",
            Self::Qsd => "Qsd",
        }
    }

    /// The protocol whose schema QEMU's tree has at such a path.
    #[cfg(feature = "files")]
    pub(crate) fn of_schema(path: &Path) -> Self {
        let is = |protocol: &Self| {
            let mut paths = protocol.schema_paths().iter();
            paths.any(|end| path.ends_with(end))
        };
        // The storage daemon's path ends like QMP's.
        [Self::Qsd, Self::Qga]
            .into_iter()
            .find(is)
            .unwrap_or_default()
    }
}

/// The modules that the bindings have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Modules {
    /// `commands`, `events` and `types`.
    #[default]
    Kinds,
    /// A module for each file of the schema, such as `block_core`, which contains
    /// `commands`, `events` and `types`. Three modules at the top with these names
    /// re-export everything, so paths by kind are valid as well.
    Schema,
}

/// All options of the generator. The schema is not one of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) request: Request,
    /// Types of the schema, each with the path of the user's type that replaces it.
    pub(crate) extern_paths: Vec<(String, String)>,
    pub(crate) attributes: Vec<Attribute<String>>,
    pub(crate) both_directions: bool,
    pub(crate) modules: Modules,
    /// None where it follows from the schema's path.
    pub(crate) protocol: Option<Protocol>,
    /// The language that schema files are written in.
    #[cfg(feature = "files")]
    pub(crate) dialect: Dialect,
    #[cfg(feature = "format")]
    pub(crate) format: bool,
}

/// What the user selects of the schema.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) commands: Patterns,
    pub(crate) events: Patterns,
    pub(crate) types: Patterns,
    /// The branches of unions: the pattern of unions, then that of branches.
    pub(crate) branches: Vec<(String, String)>,
    pub(crate) denied_branches: Vec<(String, String)>,
    pub(crate) defines: Vec<(String, bool)>,
    pub(crate) without_unstable: bool,
    pub(crate) without_deprecated: bool,
}

/// Patterns of names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patterns {
    pub(crate) allow: Vec<String>,
    pub(crate) deny: Vec<String>,
}

/// An attribute or a derive for the definitions whose names match a pattern. `R` is
/// its Rust: text, or tokens once it was checked.
#[derive(Clone, Debug)]
pub(crate) struct Attribute<R> {
    pub(crate) pattern: String,
    pub(crate) kind: AttributeKind,
    /// A path for a derive, else the attribute as a whole.
    pub(crate) rust: R,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttributeKind {
    Derive,
    Attribute,
}

/// The paths and attributes of the options, after they were read as Rust.
pub(crate) struct Checked {
    pub(crate) extern_paths: Vec<(String, UserRust)>,
    pub(crate) attributes: Vec<Attribute<UserRust>>,
}

impl Options {
    /// Checks the options as far as this needs no schema: that none contradict each
    /// other, and that paths and attributes are Rust.
    pub(crate) fn check(&self) -> Result<Checked, Error> {
        let invalid = |kind, text: &str, why| Error::InvalidRust {
            kind,
            text: text.to_owned(),
            why,
        };
        let mut extern_paths = Vec::new();
        for (index, (name, text)) in self.extern_paths.iter().enumerate() {
            let path = UserRust::path(text).map_err(|why| invalid("path", text, why))?;
            extern_paths.push((name.clone(), path));
            let others = &self.extern_paths[..index];
            if let Some((_, other)) = others
                .iter()
                .find(|other| other.0 == *name && other.1 != *text)
            {
                return Err(Error::contradiction(name, other, text));
            }
            let lists = [
                (&self.request.types.deny, "denied"),
                (&self.request.types.allow, "asked for"),
            ];
            if let Some((_, state)) = lists.iter().find(|(list, _)| list.contains(name)) {
                return Err(Error::contradiction(
                    name,
                    *state,
                    format!("your own {text}"),
                ));
            }
        }
        let attributes = self.attributes.iter().map(|attribute| {
            let text = &attribute.rust;
            let (kind, rust) = match attribute.kind {
                AttributeKind::Derive => ("path", UserRust::path(text)),
                AttributeKind::Attribute => ("attribute", UserRust::attribute(text)),
            };
            Ok(Attribute {
                pattern: attribute.pattern.clone(),
                kind: attribute.kind,
                rust: rust.map_err(|why| invalid(kind, text, why))?,
            })
        });
        Ok(Checked {
            extern_paths,
            attributes: attributes.collect::<Result<_, Error>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocol_follows_from_the_path() {
        for (path, expected) in [
            ("/src/qemu/qapi/qapi-schema.json", Protocol::Qmp),
            ("qga/qapi-schema.json", Protocol::Qga),
            ("qemu/storage-daemon/qapi/qapi-schema.json", Protocol::Qsd),
            ("qemu-1.0/qapi-schema-guest.json", Protocol::Qga),
            ("mine.json", Protocol::Qmp),
        ] {
            assert_eq!(Protocol::of_schema(Path::new(path)), expected, "{path}");
        }
    }
}
