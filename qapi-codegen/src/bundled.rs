//! The schemas of the bundled releases, parsed.

#[cfg(feature = "introspection")]
use qapi_parser::Schema;
#[cfg(feature = "introspection")]
use qapi_parser::introspect::{IntrospectionError, recover_names};
use qapi_parser::loader::Memory;
use qapi_parser::{Failure, Parsed, Parser};
use qapi_schemas::Release;

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
        // What is bundled parses; a test sees to that.
        let Ok(parsed) = parse(release, crate::Protocol::Qmp.schema_path()) else {
            continue;
        };
        let recovered = recover_names(json, &parsed.schema)?.len();
        references.push((recovered, parsed.schema));
    }
    // Of equals the newest, as the more likely one.
    references.sort_by_key(|(recovered, _)| *recovered);
    let nearest_first = references.iter().rev().map(|(_, schema)| schema);
    Schema::from_introspection(json, nearest_first)
}
