//! The bundled schemas, as QEMU would tell them.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use qapi_parser::Schema;
use qapi_parser::introspect::Options;
use qapi_schemas::Release;
use serde_json::Value;

/// What `query-qmp-schema` returns of a release's schema, with all types named;
/// none where the release has no such schema.
pub fn introspection(release: &Release, path: &str) -> Option<Value> {
    let schema = Schema::from_snapshot(release.snapshot(path)?).unwrap();
    let options = Options::new().unmask(true);
    Some(schema.to_introspection(&options))
}
