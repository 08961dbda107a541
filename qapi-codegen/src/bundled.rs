//! The schemas of the bundled releases.

use qapi_parser::Schema;
#[cfg(feature = "introspection")]
use qapi_parser::introspect::{IntrospectionError, message_names};
use qapi_schemas::Release;

use crate::{Error, Protocol};

/// The schema of a protocol of a release.
///
/// # Errors
/// The release has no schema for the protocol.
///
/// ```
/// use qapi_codegen::{Protocol, bundled};
///
/// let release = qapi_schemas::release("11.1").unwrap();
/// let schema = bundled::schema(release, Protocol::Qmp)?;
/// assert!(schema.command_named("query-status").is_some());
/// # Ok::<(), qapi_codegen::Error>(())
/// ```
pub fn schema(release: &Release, protocol: Protocol) -> Result<Schema, Error> {
    let no_protocol = || Error::NoProtocol {
        release: release.name.to_owned(),
        protocol: protocol.marker(),
    };
    let snapshot = release
        .snapshot(protocol.schema_path())
        .ok_or_else(no_protocol)?;
    Schema::from_snapshot(snapshot).map_err(Error::Snapshot)
}

/// The releases of a range, from one bundled release to another.
///
/// ```
/// let range = qapi_codegen::bundled::range("7.2", "10.0")?;
/// assert_eq!(range.first().map(|release| release.name), Some("7.2"));
/// assert_eq!(range.last().map(|release| release.name), Some("10.0"));
/// # Ok::<(), qapi_codegen::Error>(())
/// ```
///
/// # Errors
/// One of them is not bundled, or the first is newer than the last.
pub fn range(first: &str, last: &str) -> Result<&'static [Release], Error> {
    let place = |name: &str| {
        let releases = qapi_schemas::RELEASES.iter();
        releases
            .enumerate()
            .find(|(_, release)| release.name == name)
            .map(|(place, _)| place)
            .ok_or_else(|| unknown(name))
    };
    let (start, end) = (place(first)?, place(last)?);
    if start > end {
        return Err(Error::BackwardRange {
            first: first.to_owned(),
            last: last.to_owned(),
        });
    }
    Ok(&qapi_schemas::RELEASES[start..=end])
}

/// The error of a release that is not bundled.
pub fn unknown(name: &str) -> Error {
    Error::UnknownRelease {
        name: name.to_owned(),
        known: qapi_schemas::RELEASES.iter().map(|of| of.name).collect(),
    }
}

/// The merged schema of a protocol of several releases. Those that have no schema for
/// the protocol are left out.
///
/// ```
/// use qapi_codegen::{Protocol, bundled};
///
/// let schema = bundled::merged(bundled::range("5.2", "7.2")?, Protocol::Qmp)?;
/// let status = schema.command_named("query-status").unwrap();
/// assert!(schema.releases.contains(&"7.2".to_owned()) && status.releases.contains(0));
/// # Ok::<(), qapi_codegen::Error>(())
/// ```
///
/// # Errors
/// None of the releases has a schema for the protocol.
pub fn merged(releases: &[Release], protocol: Protocol) -> Result<Schema, Error> {
    let all = releases;
    let has_protocol = |of: &&Release| of.snapshot(protocol.schema_path()).is_some();
    let releases: Vec<&Release> = all.iter().filter(has_protocol).collect();
    if releases.is_empty() {
        let names: Vec<&str> = all.iter().map(|release| release.name).collect();
        return Err(Error::NoProtocol {
            release: names.join(", "),
            protocol: protocol.marker(),
        });
    }
    let schemas = releases.iter().map(|release| schema(release, protocol));
    let schemas = schemas.collect::<Result<Vec<_>, Error>>()?;
    let names = releases.iter().map(|release| release.name);
    Schema::merge(names.zip(&schemas)).map_err(Error::Merge)
}

/// Reads an introspection, and names its types after those of the bundled releases:
/// first the one whose commands and events are nearest, then the next.
///
/// # Errors
/// The text is no introspection.
///
/// ```
/// let json = r#"[{ "name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "0" },
///                { "name": "0", "meta-type": "object", "members": [] }]"#;
/// let schema = qapi_codegen::bundled::read_introspection(json)?;
/// assert!(schema.command_named("stop").is_some());
/// # Ok::<(), qapi_parser::introspect::IntrospectionError>(())
/// ```
#[cfg(feature = "introspection")]
pub fn read_introspection(json: &str) -> Result<Schema, IntrospectionError> {
    let messages = message_names(json)?;
    let mut references = Vec::new();
    for release in qapi_schemas::RELEASES {
        // What is bundled is there; a test sees to that.
        let Ok(schema) = schema(release, Protocol::Qmp) else {
            continue;
        };
        let commands = schema.commands.iter().map(|command| &command.name);
        let events = schema.events.iter().map(|event| &event.name);
        let (known, unknown): (Vec<_>, Vec<_>) = commands
            .chain(events)
            .partition(|name| messages.contains(*name));
        let differences = unknown.len() + messages.len() - known.len();
        references.push((differences, schema));
    }
    // Of equals the newest, as the more likely one.
    references.reverse();
    references.sort_by_key(|(differences, _)| *differences);
    Schema::from_introspection(json, references.iter().map(|(_, schema)| schema))
}
