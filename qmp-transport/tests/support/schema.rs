//! The bundled schemas, as QEMU would tell them.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use qapi_parser::Parser;
use qapi_parser::introspect::Options;
use qapi_parser::loader::Memory;
use qapi_schemas::Release;
use serde_json::Value;

/// What `query-qmp-schema` returns of a release's schema, with all types named;
/// none where the release has no such schema.
pub fn introspection(release: &Release, path: &str) -> Option<Value> {
    release.file(path)?;
    let files = Memory::from_iter(release.files.iter().copied());
    let parsed = Parser::new().parse(&files, path).unwrap();
    let options = Options::new().unmask(true);
    Some(parsed.schema.to_introspection(&options))
}
