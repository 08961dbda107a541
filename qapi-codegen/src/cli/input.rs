//! What the commands read: a file, a folder or a bundled release.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use qapi_codegen::{Bindings, Config, Error, Protocol};
use qapi_parser::loader::Memory;
use qapi_parser::{Dialect, Parsed, Parser};

#[derive(Debug, Args)]
pub(super) struct Input {
    /// A bundled release (11.1), a schema file, or a folder with QEMU's tree.
    schema: String,
    /// The protocol that the schema declares; by default it follows from the
    /// schema's path.
    #[arg(long, value_enum)]
    protocol: Option<ProtocolName>,
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
        let path = Path::new(&self.schema);
        if let Some(release) = qapi_schemas::release(&self.schema) {
            return Ok(Place::Release(release));
        }
        if path.is_dir() {
            return Ok(Place::File(
                path.join(self.protocol().unwrap_or_default().schema_path()),
            ));
        }
        // `11.2` is a release that is not bundled, not a file that is missing.
        let release = self
            .schema
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        if release && !path.exists() {
            let known = qapi_schemas::RELEASES
                .iter()
                .map(|release| release.name)
                .collect();
            return Err(Error::UnknownRelease {
                name: self.schema.clone(),
                known,
            });
        }
        Ok(Place::File(path.to_owned()))
    }

    /// Generates bindings from the input.
    pub(super) fn generate(&self, mut config: Config) -> Result<Bindings, Error> {
        if let Some(protocol) = self.protocol() {
            config = config.protocol(protocol);
        }
        match self.place()? {
            Place::Release(release) => config.release(release.name),
            Place::File(path) => config.schema_file(path),
        }
    }

    /// Parses the input, which must be schema text.
    pub(super) fn parse(&self, dialect: Dialect) -> Result<Parsed, super::Failure> {
        let parser = Parser::new().dialect(dialect);
        match self.place()? {
            Place::Release(release) => {
                let main = self.protocol().unwrap_or_default().schema_path();
                Ok(parser.parse(&Memory::from_iter(release.files.iter().copied()), main)?)
            }
            Place::File(path) => Ok(parser.parse_file(path)?),
        }
    }
}
