//! What the commands read: a file, a folder, an introspection or a bundled
//! release.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::{Args, ValueEnum};
use qapi_codegen::{Bindings, Config, Error, Protocol, bundled};
use qapi_parser::introspect::IntrospectionError;
use qapi_parser::loader::{self, FileSystem, Loader, Memory};
use qapi_parser::{Dialect, Parsed, Parser, Schema};

use super::Failure;

#[derive(Debug, Args)]
pub(super) struct Input {
    /// A bundled release (11.1), a range of them (6.2..11.1), a schema file, a
    /// folder with QEMU's tree, or the output of query-qmp-schema.
    schema: String,
    #[command(flatten)]
    reading: Reading,
    /// What `schema` is; a pipe can be read only once.
    #[arg(skip)]
    place: OnceCell<Place>,
}

/// How a schema is read.
#[derive(Clone, Debug, Args)]
pub(super) struct Reading {
    /// The protocol that the schema declares; by default it follows from the
    /// schema's path.
    #[arg(long, value_enum)]
    protocol: Option<ProtocolName>,
    /// The language that schema files are written in.
    #[arg(long, value_enum, default_value = "current")]
    dialect: DialectName,
    /// Where the input is the output of query-qmp-schema: a schema to name its
    /// types after; again for what the first does not know. By default all
    /// bundled releases, first the one that has the most of the types.
    #[arg(long, value_name = "SCHEMA")]
    names_from: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DialectName {
    /// The schema of every release since 5.2, as released.
    Current,
    /// Exactly what QEMU's newest generator accepts.
    Strict,
    /// The schema of every release since 1.0.
    Legacy,
}

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Self {
        match name {
            DialectName::Current => Self::Current,
            DialectName::Strict => Self::Strict,
            DialectName::Legacy => Self::Legacy,
        }
    }
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
pub(super) enum ProtocolName {
    /// QMP, as QEMU speaks it.
    Qmp,
    /// The guest agent's protocol.
    Qga,
    /// QMP, as the storage daemon speaks it.
    Qsd,
}

impl ProtocolName {
    pub(super) fn protocol(self) -> Protocol {
        match self {
            Self::Qmp => Protocol::Qmp,
            Self::Qga => Protocol::Qga,
            Self::Qsd => Protocol::Qsd,
        }
    }
}

/// Where a schema is.
#[derive(Clone, Debug)]
enum Place {
    Release(&'static qapi_schemas::Release),
    /// All bundled releases from one to another.
    Range(String, String),
    File(PathBuf),
    Introspection(PathBuf),
    /// What came through a pipe.
    Piped(PathBuf, Rc<str>),
}

impl Input {
    /// The input of this name.
    pub(super) fn new(schema: String, reading: Reading) -> Self {
        Self {
            schema,
            reading,
            place: OnceCell::new(),
        }
    }

    /// The input as messages call it.
    pub(super) fn name(&self) -> String {
        match qapi_schemas::release(&self.schema) {
            Some(release) => format!("QEMU {} (bundled)", release.version),
            None => self.schema.clone(),
        }
    }

    fn protocol(&self) -> Option<Protocol> {
        self.reading.protocol.map(ProtocolName::protocol)
    }

    /// The language that schema files are written in.
    pub(super) fn dialect(&self) -> Dialect {
        self.reading.dialect.into()
    }

    fn place(&self) -> Result<Place, Failure> {
        if let Some(place) = self.place.get() {
            return Ok(place.clone());
        }
        let place = self.place_of(&self.schema)?;
        Ok(self.place.get_or_init(|| place).clone())
    }

    fn place_of(&self, schema: &str) -> Result<Place, Failure> {
        let path = Path::new(schema);
        if let Some(release) = qapi_schemas::release(schema) {
            return Ok(Place::Release(release));
        }
        if let Some((first, last)) = schema.split_once("..")
            && is_release(first)
            && !path.exists()
        {
            bundled::range(first, last)?;
            return Ok(Place::Range(first.to_owned(), last.to_owned()));
        }
        if path.is_dir() {
            let main = main_file(path, self.protocol().unwrap_or_default())?;
            return Ok(Place::File(main));
        }
        // `11.2` is a release that is not bundled, not a file that is missing.
        if is_release(schema) && !path.exists() {
            return Err(bundled::unknown(schema).into());
        }
        if is_pipe(path) {
            return Ok(Place::Piped(path.to_owned(), read(path)?.into()));
        }
        // What cannot be read is reported when it is to be used.
        if loader::read_file(path).is_ok_and(|text| is_introspection(&text)) {
            return Ok(Place::Introspection(path.to_owned()));
        }
        Ok(Place::File(path.to_owned()))
    }

    /// Generates bindings from the input.
    pub(super) fn generate(&self, config: Config) -> Result<Bindings, Failure> {
        let mut config = config.dialect(self.dialect());
        if let Some(protocol) = self.protocol() {
            config = config.protocol(protocol);
        }
        for reference in self.references()? {
            config = config.names_from(reference);
        }
        Ok(match self.place()? {
            Place::Release(release) => config.release(release.name),
            Place::Range(first, last) => config.releases(&first, &last),
            Place::File(path) => config.schema_file(path),
            Place::Introspection(path) => config.introspection_file(path),
            Place::Piped(..) => config.schema(&self.schema()?),
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
            Place::Piped(path, text) if !is_introspection(text.as_bytes()) => {
                let path = path.to_string_lossy();
                let main = Main {
                    path: &path,
                    text: &text,
                };
                Ok(parser.parse(&main, &path)?)
            }
            Place::Range(..) => {
                let range = &self.schema;
                let message = "this is a range of releases, which has no schema files";
                Err(format!("{range}: {message}; name one release").into())
            }
            Place::Introspection(path) | Place::Piped(path, _) => {
                let message = "this is the output of query-qmp-schema, not a schema file";
                Err(format!("{}: {message}", path.display()).into())
            }
        }
    }

    /// The schema that the input describes.
    pub(super) fn schema(&self) -> Result<Schema, Failure> {
        match self.place()? {
            Place::Introspection(path) => self.introspected(&path, &read(&path)?),
            Place::Piped(path, text) if is_introspection(text.as_bytes()) => {
                self.introspected(&path, &text)
            }
            Place::Release(release) => {
                let protocol = self.protocol().unwrap_or_default();
                Ok(bundled::schema(release, protocol)?)
            }
            Place::Range(first, last) => {
                let releases = bundled::range(&first, &last)?;
                let protocol = self.protocol().unwrap_or_default();
                Ok(bundled::merged(releases, protocol)?)
            }
            place => Ok(self.parse_place(place, self.dialect())?.schema),
        }
    }

    fn introspected(&self, path: &Path, text: &str) -> Result<Schema, Failure> {
        let references = self.references()?;
        let schema = if references.is_empty() {
            bundled::read_introspection(text)
        } else {
            Schema::from_introspection(text, &references)
        };
        Ok(schema.map_err(|error| unreadable(path, error))?)
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

    /// Whether the input is the output of query-qmp-schema.
    pub(super) fn is_introspection(&self) -> Result<bool, Failure> {
        Ok(match self.place()? {
            Place::Introspection(_) => true,
            Place::Piped(_, text) => is_introspection(text.as_bytes()),
            Place::Release(_) | Place::Range(..) | Place::File(_) => false,
        })
    }

    /// The schemas that an introspection's types are to be named after.
    fn references(&self) -> Result<Vec<Schema>, Failure> {
        if !self.reading.names_from.is_empty() && !self.is_introspection()? {
            let name = self.name();
            let message = "its types have their names, since it is no output of query-qmp-schema; \
                           leave out --names-from";
            return Err(format!("{name}: {message}").into());
        }
        let places = self.reading.names_from.iter().map(|schema| {
            let parsed = self.parse_place(self.place_of(schema)?, Dialect::Legacy)?;
            Ok(parsed.schema)
        });
        places.collect()
    }
}

/// The main file of a protocol's schema in a folder with QEMU's tree.
fn main_file(folder: &Path, protocol: Protocol) -> Result<PathBuf, Failure> {
    let paths = protocol.schema_paths();
    let mut files = paths.iter().map(|path| folder.join(path));
    match files.find(|file| file.is_file()) {
        Some(file) => Ok(file),
        None => Err(format!(
            "{}: the folder has no schema; there is no {} in it; \
             choose the folder with QEMU's sources, or a schema file",
            folder.display(),
            paths.join(" and no ")
        )
        .into()),
    }
}

/// Reads a file or a pipe that is text.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let bytes = if is_pipe(path) {
        File::open(path).and_then(loader::read_all)
    } else {
        loader::read_file(path)
    };
    let text = bytes.and_then(|bytes| {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        String::from_utf8(bytes).map_err(invalid)
    });
    let path = path.to_owned();
    Ok(text.map_err(|source| Error::Io { path, source })?)
}

/// The error of a file that is not introspection.
pub(super) fn unreadable(path: &Path, error: IntrospectionError) -> Error {
    Error::Introspection {
        path: path.to_owned(),
        error,
    }
}

/// Whether it is written as the name of a release, such as `11.2`.
fn is_release(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().all(fits)
}

/// Whether it is a descriptor that the tool was started with, as a shell gives
/// it for `<(…)`, and no file. A pipe that has a name may have no other end.
fn is_pipe(path: &Path) -> bool {
    let is_descriptor = path == Path::new("/dev/stdin")
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc/self/fd");
    is_descriptor && fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir())
}

/// A schema whose main file is at hand.
struct Main<'a> {
    path: &'a str,
    text: &'a str,
}

impl Loader for Main<'_> {
    fn load(&self, path: &str) -> io::Result<Cow<'_, [u8]>> {
        if path == self.path {
            return Ok(Cow::Borrowed(self.text.as_bytes()));
        }
        FileSystem.load(path)
    }

    fn identity(&self, path: &str) -> String {
        FileSystem.identity(path)
    }
}

/// Introspection is JSON, an array or an object, and tells the kind of each
/// entity. The schema language has no double quotes.
fn is_introspection(text: &[u8]) -> bool {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    let key = b"\"meta-type\"";
    matches!(first, Some(b'[' | b'{')) && text.windows(key.len()).any(|window| window == key)
}
