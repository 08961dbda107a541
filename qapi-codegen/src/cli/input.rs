//! What the commands read: a file, a folder, an introspection or a bundled
//! release.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use qapi_codegen::{Bindings, Config, Error, Protocol, bundled};
use qapi_parser::loader::Memory;
use qapi_parser::{Dialect, Parsed, Parser, Schema};

use super::Failure;

#[derive(Debug, Args)]
pub(super) struct Input {
    /// A bundled release (11.1), a schema file, a folder with QEMU's tree, or
    /// the output of query-qmp-schema.
    schema: String,
    /// The protocol that the schema declares; by default it follows from the
    /// schema's path.
    #[arg(long, value_enum)]
    protocol: Option<ProtocolName>,
    /// Where the input is the output of query-qmp-schema: a schema to name its
    /// types after; again for what the first does not know. By default all
    /// bundled releases, first the one that has the most of the types.
    #[arg(long, value_name = "SCHEMA")]
    names_from: Vec<String>,
}

/// What is known of a build.
#[derive(Debug, Args)]
pub(super) struct SymbolArgs {
    /// Take a symbol that conditions name as defined.
    #[arg(long = "define", value_name = "SYMBOL")]
    pub(super) defines: Vec<String>,
    /// Take a symbol that conditions name as not defined.
    #[arg(long = "undefine", value_name = "SYMBOL")]
    pub(super) undefines: Vec<String>,
}

impl SymbolArgs {
    /// Refuses symbols that are said to be both.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match self
            .defines
            .iter()
            .find(|symbol| self.undefines.contains(symbol))
        {
            Some(symbol) => {
                Err(format!("{symbol} is both defined and undefined; choose one").into())
            }
            None => Ok(()),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProtocolName {
    /// QMP, as QEMU speaks it.
    Qmp,
    /// The guest agent's protocol.
    Qga,
    /// QMP, as the storage daemon speaks it.
    Qsd,
}

/// Where a schema is.
enum Place {
    Release(&'static qapi_schemas::Release),
    File(PathBuf),
    Introspection(PathBuf),
}

impl Input {
    /// The input as messages call it.
    pub(super) fn name(&self) -> String {
        match qapi_schemas::release(&self.schema) {
            Some(release) => format!("QEMU {} (bundled)", release.version),
            None => self.schema.clone(),
        }
    }

    fn protocol(&self) -> Option<Protocol> {
        self.protocol.map(|protocol| match protocol {
            ProtocolName::Qmp => Protocol::Qmp,
            ProtocolName::Qga => Protocol::Qga,
            ProtocolName::Qsd => Protocol::Qsd,
        })
    }

    fn place(&self) -> Result<Place, Error> {
        self.place_of(&self.schema)
    }

    fn place_of(&self, schema: &str) -> Result<Place, Error> {
        let path = Path::new(schema);
        if let Some(release) = qapi_schemas::release(schema) {
            return Ok(Place::Release(release));
        }
        if path.is_dir() {
            return Ok(Place::File(
                path.join(self.protocol().unwrap_or_default().schema_path()),
            ));
        }
        // `11.2` is a release that is not bundled, not a file that is missing.
        let release = schema
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        if release && !path.exists() {
            let known = qapi_schemas::RELEASES
                .iter()
                .map(|release| release.name)
                .collect();
            return Err(Error::UnknownRelease {
                name: schema.to_owned(),
                known,
            });
        }
        if is_introspection(path) {
            return Ok(Place::Introspection(path.to_owned()));
        }
        Ok(Place::File(path.to_owned()))
    }

    /// Generates bindings from the input.
    pub(super) fn generate(&self, mut config: Config) -> Result<Bindings, Failure> {
        if let Some(protocol) = self.protocol() {
            config = config.protocol(protocol);
        }
        for reference in self.references()? {
            config = config.names_from(reference);
        }
        Ok(match self.place()? {
            Place::Release(release) => config.release(release.name),
            Place::File(path) => config.schema_file(path),
            Place::Introspection(path) => config.introspection_file(path),
        }?)
    }

    /// Parses the input, which must be schema text.
    pub(super) fn parse(&self, dialect: Dialect) -> Result<Parsed, Failure> {
        self.parse_place(self.place()?, dialect)
    }

    fn parse_place(&self, place: Place, dialect: Dialect) -> Result<Parsed, Failure> {
        let parser = Parser::new().dialect(dialect);
        match place {
            Place::Release(release) => {
                let main = self.protocol().unwrap_or_default().schema_path();
                Ok(parser.parse(&Memory::from_iter(release.files.iter().copied()), main)?)
            }
            Place::File(path) => Ok(parser.parse_file(path)?),
            Place::Introspection(path) => {
                let message = "this is the output of query-qmp-schema, not a schema file";
                Err(format!("{}: {message}", path.display()).into())
            }
        }
    }

    /// The schema that the input describes.
    pub(super) fn schema(&self) -> Result<Schema, Failure> {
        match self.place()? {
            Place::Introspection(path) => {
                let text = read(&path)?;
                let references = self.references()?;
                let schema = if references.is_empty() {
                    bundled::read_introspection(&text)
                } else {
                    Schema::from_introspection(&text, &references)
                };
                Ok(schema.map_err(|error| format!("{}: {error}", path.display()))?)
            }
            Place::Release(release) => {
                let protocol = self.protocol().unwrap_or_default();
                Ok(bundled::schema(release, protocol)?)
            }
            place => Ok(self.parse_place(place, Dialect::Current)?.schema),
        }
    }

    /// Another schema file of the same release or tree, if there is one.
    pub(super) fn beside(&self, path: &str) -> Result<Option<Schema>, Failure> {
        let parser = Parser::new().dialect(Dialect::Legacy);
        let parsed = match self.place()? {
            Place::Release(release) if release.file(path).is_some() => {
                parser.parse(&Memory::from_iter(release.files.iter().copied()), path)?
            }
            Place::File(main) => {
                let mut folders = main.ancestors().skip(1);
                match folders.find(|folder| folder.join(path).is_file()) {
                    Some(folder) => parser.parse_file(folder.join(path))?,
                    None => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(parsed.schema))
    }

    /// The schemas that an introspection's types are to be named after.
    fn references(&self) -> Result<Vec<Schema>, Failure> {
        if !self.names_from.is_empty() && !matches!(self.place()?, Place::Introspection(_)) {
            let name = self.name();
            let message = "its types have their names, since it is no output of query-qmp-schema; \
                           leave out --names-from";
            return Err(format!("{name}: {message}").into());
        }
        let places = self.names_from.iter().map(|schema| {
            let parsed = self.parse_place(self.place_of(schema)?, Dialect::Legacy)?;
            Ok(parsed.schema)
        });
        places.collect()
    }
}

/// Reads a text file.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    Ok(std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Introspection is JSON, an array or an object, and tells the kind of each
/// entity. The schema language has no double quotes.
fn is_introspection(path: &Path) -> bool {
    let Ok(text) = std::fs::read(path) else {
        return false;
    };
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    let key = b"\"meta-type\"";
    matches!(first, Some(b'[' | b'{')) && text.windows(key.len()).any(|window| window == key)
}
