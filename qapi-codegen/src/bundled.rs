//! The schemas of the bundled releases.

use qapi_parser::Schema;
#[cfg(feature = "introspection")]
use qapi_parser::introspect::{IntrospectionError, recover_names};
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

/// Reads an introspection, and names its types after those of the bundled
/// releases: first the one that has the most of them, which it comes from or is
/// near, then the next.
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
    let mut references = Vec::new();
    for release in qapi_schemas::RELEASES {
        // What is bundled is there; a test sees to that.
        let Ok(schema) = schema(release, Protocol::Qmp) else {
            continue;
        };
        let recovered = recover_names(json, &schema)?.len();
        references.push((recovered, schema));
    }
    // Of equals the newest, as the more likely one.
    references.sort_by_key(|(recovered, _)| *recovered);
    let nearest_first = references.iter().rev().map(|(_, schema)| schema);
    Schema::from_introspection(json, nearest_first)
}
