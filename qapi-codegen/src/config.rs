//! What to generate, from what: the options of build scripts.

use std::collections::BTreeMap;
use std::path::Path;
#[cfg(feature = "introspection")]
use std::sync::Arc;
use std::time::Instant;

use qapi_parser::Parser;
#[cfg(feature = "introspection")]
use qapi_parser::Schema;

use crate::bindings::{Bindings, Input};
#[cfg(feature = "bundled")]
use crate::bundled;
use crate::error::Error;
use crate::select::Selection;

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

    /// The name of the type in `qmp-types` that stands for the protocol.
    pub(crate) fn marker(self) -> &'static str {
        match self {
            Self::Qmp => "Qmp",
            Self::Qga => "Qga",
            Self::Qsd => "Qsd",
        }
    }

    /// The protocol whose schema QEMU's tree has at such a path.
    fn of_schema(path: &Path) -> Self {
        let is = |protocol: &Self| path.ends_with(protocol.schema_path());
        // The storage daemon's path ends like QMP's.
        [Self::Qsd, Self::Qga]
            .into_iter()
            .find(is)
            .unwrap_or_default()
    }
}

/// The options of the generator. The last call names the schema and generates.
///
/// Where no command, event or type is named, everything is generated; else what
/// is named and all types that it needs. Names are the schema's; `*` stands for
/// any text and `?` for one character. A name that matches nothing is an error.
///
/// ```
/// let bindings = qapi_codegen::Config::new()
///     .command("query-status")
///     .event("STOP")
///     .release("11.1")?;
/// assert!(bindings.as_str().contains("pub struct QueryStatus"));
/// # Ok::<(), qapi_codegen::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Config {
    pub(crate) selection: Selection,
    pub(crate) extern_paths: BTreeMap<String, String>,
    #[cfg(feature = "format")]
    pub(crate) format: bool,
    protocol: Option<Protocol>,
    #[cfg(feature = "introspection")]
    names_from: Vec<Arc<Schema>>,
}

impl Config {
    /// Generates everything that the schema declares.
    pub fn new() -> Self {
        Self::default()
    }

    /// Generates the commands of this name, and what they need.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new().command("query-block*").release("11.1")?;
    /// assert!(bindings.as_str().contains("pub struct QueryBlockstats"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn command(mut self, pattern: impl Into<String>) -> Self {
        self.selection.commands.push(pattern.into());
        self
    }

    /// Generates the events of this name, and what they need.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new().event("JOB_*").release("11.1")?;
    /// assert!(bindings.as_str().contains("pub struct JobStatusChange"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn event(mut self, pattern: impl Into<String>) -> Self {
        self.selection.events.push(pattern.into());
        self
    }

    /// Generates the types of this name, and what they need.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new().type_("SocketAddress").release("11.1")?;
    /// assert!(bindings.as_str().contains("pub enum SocketAddress"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn type_(mut self, pattern: impl Into<String>) -> Self {
        self.selection.types.push(pattern.into());
        self
    }

    /// Tells whether a symbol that conditions name is defined. What can then
    /// not exist is left out, and what must exist is mandatory again. All other
    /// conditions are kept: the bindings fit every build.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .define("CONFIG_SPICE", false)
    ///     .release("11.1")?;
    /// assert!(!bindings.as_str().contains("pub struct QuerySpice"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn define(mut self, symbol: impl Into<String>, defined: bool) -> Self {
        let symbols = self.selection.symbols;
        self.selection.symbols = if defined {
            symbols.define(symbol)
        } else {
            symbols.undefine(symbol)
        };
        self
    }

    /// Uses a type of the caller's in place of a schema type. It must be
    /// `Clone`, `Debug`, `PartialEq` and implement serde's traits; as the
    /// arguments of a command or the branch of a union also
    /// `qmp_types::wire::{ReadObject, WriteObject}`.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .command("query-uuid")
    ///     .extern_path("UuidInfo", "::my::UuidInfo")
    ///     .release("11.1")?;
    /// assert!(bindings.as_str().contains("type Return = ::my::UuidInfo;"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn extern_path(mut self, type_name: impl Into<String>, path: impl Into<String>) -> Self {
        self.extern_paths.insert(type_name.into(), path.into());
        self
    }

    /// The protocol that the schema declares. By default it follows from the
    /// schema's path in QEMU's tree, and is QMP for a release.
    ///
    /// ```
    /// use qapi_codegen::{Config, Protocol};
    ///
    /// let bindings = Config::new().protocol(Protocol::Qga).command("guest-ping").release("11.1")?;
    /// assert!(bindings.as_str().contains("pub struct GuestPing"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = Some(protocol);
        self
    }

    /// Names the types of an introspection after those of this schema, and what
    /// it does not know after those of the next. By default that is all bundled
    /// releases, first the one that has the most of the types.
    ///
    /// ```
    /// let mine = "{ 'command': 'dig', 'returns': 'Hole' } { 'struct': 'Hole', 'data': {} }";
    /// let files = qapi_parser::loader::Memory::from_iter([("mine.json", mine)]);
    /// let schema = qapi_parser::Parser::new().parse(&files, "mine.json")?.schema;
    /// let config = qapi_codegen::Config::new().names_from(schema);
    /// # Ok::<(), qapi_parser::Failure>(())
    /// ```
    #[cfg(feature = "introspection")]
    pub fn names_from(mut self, schema: Schema) -> Self {
        self.names_from.push(Arc::new(schema));
        self
    }

    /// Formats the output as rustfmt would. That takes several times as long as
    /// all the rest.
    #[cfg(feature = "format")]
    pub fn format(mut self, format: bool) -> Self {
        self.format = format;
        self
    }

    /// Generates from the schema of a bundled QEMU release, such as `11.1`.
    ///
    /// # Errors
    /// The release is not bundled, or a name matches nothing.
    #[cfg(feature = "bundled")]
    pub fn release(&self, name: &str) -> Result<Bindings, Error> {
        let start = Instant::now();
        let release = qapi_schemas::release(name).ok_or_else(|| Error::UnknownRelease {
            name: name.to_owned(),
            known: qapi_schemas::RELEASES
                .iter()
                .map(|release| release.name)
                .collect(),
        })?;
        let protocol = self.protocol.unwrap_or_default();
        let main = protocol.schema_path();
        if release.file(main).is_none() {
            return Err(Error::NoProtocol {
                release: name.to_owned(),
                protocol: protocol.marker(),
            });
        }
        let parsed = bundled::parse(release, main).map_err(Error::Schema)?;
        let input = Input {
            made_by: format!("the schema of QEMU {}", release.version),
            files: Vec::new(),
            file_count: parsed.sources.iter().count(),
            protocol,
            parse_time: start.elapsed(),
        };
        Bindings::generate(self, &parsed.schema, input)
    }

    /// Generates from a schema file, such as `qapi/qapi-schema.json` in QEMU's
    /// tree, and the files that it includes.
    ///
    /// # Errors
    /// A file cannot be read, the schema has errors, or a name matches nothing.
    pub fn schema_file(&self, path: impl AsRef<Path>) -> Result<Bindings, Error> {
        let start = Instant::now();
        let path = path.as_ref();
        let parsed = Parser::new().parse_file(path).map_err(Error::Schema)?;
        let input = Input {
            made_by: path.display().to_string(),
            files: parsed.sources.paths().collect(),
            file_count: parsed.sources.iter().count(),
            protocol: self.protocol.unwrap_or_else(|| Protocol::of_schema(path)),
            parse_time: start.elapsed(),
        };
        Bindings::generate(self, &parsed.schema, input)
    }

    /// Generates from the output of `query-qmp-schema`: the array, or the whole
    /// reply. Type names are not in it; those that the bundled releases tell
    /// are recovered, the others are named for their use.
    ///
    /// # Errors
    /// The file cannot be read or is no introspection, or a name matches
    /// nothing.
    #[cfg(feature = "introspection")]
    pub fn introspection_file(&self, path: impl AsRef<Path>) -> Result<Bindings, Error> {
        let start = Instant::now();
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|source| Error::io(path, source))?;
        let schema = if self.names_from.is_empty() {
            bundled::read_introspection(&text)
        } else {
            Schema::from_introspection(&text, self.names_from.iter().map(Arc::as_ref))
        };
        let schema = schema.map_err(|error| Error::Introspection {
            path: path.to_owned(),
            error,
        })?;
        let input = Input {
            made_by: path.display().to_string(),
            files: vec![path.to_owned()],
            file_count: 1,
            protocol: self.protocol.unwrap_or_default(),
            parse_time: start.elapsed(),
        };
        Bindings::generate(self, &schema, input)
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
            ("mine.json", Protocol::Qmp),
        ] {
            assert_eq!(Protocol::of_schema(Path::new(path)), expected, "{path}");
        }
    }
}
