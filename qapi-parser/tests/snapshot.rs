//! Schemas as bytes, whole and damaged.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use qapi_parser::loader::Memory;
use qapi_parser::{Parser, Schema};

/// One of each thing that a schema can hold.
const EVERYTHING: &str = "\
{ 'include': 'other.json' }
{ 'pragma': { 'command-name-exceptions': [ 'old_one' ] } }
##
# = Title
##

##
# @Key:
#
# @one: first (since 2.0)
#
# Features:
#
# @kept: for now
#
# Since: 1.0
##
{ 'enum': 'Key', 'prefix': 'KEY',
  'data': [ 'one', { 'name': 'two', 'if': 'B', 'features': [ 'unstable' ] } ],
  'if': { 'all': [ 'A', { 'not': { 'any': [ 'B', 'C' ] } } ] },
  'features': [ 'kept' ] }
{ 'struct': 'Base', 'data': { 'key': 'Key', '*list': [ 'int8' ] } }
{ 'union': 'Flat', 'base': 'Base', 'discriminator': 'key',
  'data': { 'one': 'Part' } }
{ 'struct': 'Part', 'base': 'Empty', 'data': { 'a': { 'type': 'any', 'if': 'A' } } }
{ 'struct': 'Empty', 'data': {} }
{ 'alternate': 'Either', 'data': { 'text': 'str', 'part': 'Part' } }
{ 'command': 'old_one', 'data': { '*e': 'Either' }, 'returns': [ 'Flat' ],
  'allow-oob': true, 'features': [ { 'name': 'f', 'if': 'B' } ] }
{ 'event': 'CAME', 'data': 'Base', 'boxed': true }
";

fn parse(text: &str) -> Schema {
    let files = Memory::from_iter([
        ("main.json", text),
        ("other.json", "{ 'command': 'there' }"),
    ]);
    match Parser::new().parse(&files, "main.json") {
        Ok(parsed) => parsed.schema,
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn a_snapshot_holds_everything() {
    let schema = parse(EVERYTHING);
    let read = Schema::from_snapshot(&schema.to_snapshot()).unwrap();
    assert_eq!(read.names, schema.names);
    assert_eq!(read.order, schema.order);
    assert_eq!(read.to_normal_form(), schema.to_normal_form());
    assert_eq!(read.modules.len(), 2);
    let key = |schema: &Schema| schema[schema.type_named("Key").unwrap()].clone();
    let doc = key(&read).doc.unwrap();
    assert_eq!(doc.since(), Some("1.0"));
    assert_eq!(doc.members, key(&schema).doc.unwrap().members);
    // Places are left out: there are no sources.
    assert!(key(&schema).span.is_some());
    assert!(key(&read).span.is_none());
}

#[test]
fn what_is_no_snapshot_is_refused() {
    for bytes in [&b""[..], b"{}", b"qapi-snapshot 0\n\0\0\0\0\0\0"] {
        let error = Schema::from_snapshot(bytes).unwrap_err();
        assert_eq!(error.at, 0);
        assert!(
            error.to_string().contains("not a schema snapshot"),
            "{error}"
        );
    }
    let whole = parse(EVERYTHING).to_snapshot();
    for length in 0..whole.len() {
        Schema::from_snapshot(&whole[..length]).unwrap_err();
    }
    let longer = [whole.as_slice(), b"\0"].concat();
    let error = Schema::from_snapshot(&longer).unwrap_err();
    assert!(error.to_string().contains("damaged at byte"), "{error}");
}

proptest! {
    /// What is accepted can be walked without leading nowhere.
    #[test]
    fn damage_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = parse(EVERYTHING).to_snapshot();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(schema) = Schema::from_snapshot(&bytes) {
            for id in schema.type_ids() {
                schema.all_members(id);
            }
            schema.to_snapshot();
        }
    }
}
