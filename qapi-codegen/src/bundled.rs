//! The schemas of the bundled releases, parsed.

use qapi_parser::introspect::{IntrospectionError, recover_names};
use qapi_parser::loader::Memory;
use qapi_parser::{Failure, Parsed, Parser, Schema};
use qapi_schemas::{RELEASES, Release};

use crate::config::Protocol;

/// Parses the schema of a release from its main file on.
///
/// # Errors
/// The release has no such file.
///
/// ```
/// let release = qapi_schemas::release("11.1").unwrap();
/// let schema = qapi_codegen::bundled::parse(release, "qapi/qapi-schema.json")?.schema;
/// assert!(schema.command_named("query-status").is_some());
/// # Ok::<(), qapi_parser::Failure>(())
/// ```
pub fn parse(release: &Release, main: &str) -> Result<Parsed, Failure> {
    Parser::new().parse(&Memory::from_iter(release.files.iter().copied()), main)
}

/// Reads an introspection, and names its types after those of the release that
/// has the most of them: the one it comes from, or the nearest.
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
pub fn read_introspection(json: &str) -> Result<Schema, IntrospectionError> {
    let mut best: Option<(usize, Schema)> = None;
    for release in RELEASES {
        // What is bundled parses; a test sees to that.
        let Ok(parsed) = parse(release, Protocol::Qmp.schema_path()) else {
            continue;
        };
        let recovered = recover_names(json, &parsed.schema)?.len();
        // Of equals the newest, as the more likely one.
        if best.as_ref().is_none_or(|(most, _)| recovered >= *most) {
            best = Some((recovered, parsed.schema));
        }
    }
    Schema::from_introspection(json, best.as_ref().map(|(_, schema)| schema))
}
