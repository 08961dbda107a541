//! Schemas of releases before 5.2: every command reads them, and what is generated
//! compiles without a warning and speaks their protocol.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

mod tool;

use std::fs;
use std::path::Path;

use qapi_codegen::{Config, Dialect};
use test_support::programs::of_rust;
use tool::{file, piped, stderr, stdout, tool};

/// One of each form that the language had and lost.
const SCHEMA: &str = "\
# -*- Mode: Python -*-
##
# @Colour:
#
# Colours.
#
# @red: red
#
# Since: 1.0
##
{ 'enum': 'Colour', 'data': [ 'red', 'dark-green', 'blue.sky+sea' ] }
{ 'type': 'Paint', 'data': { 'colour': 'Colour', '*litres': 'number' } }
{ 'type': 'Wall', 'base': 'Paint', 'data': { 'size': 'size', '*doors': [ 'int' ] } }
{ 'union': 'Tool', 'data': { 'brush': 'Paint', 'roller': 'Wall', 'hands': 'Nothing' } }
{ 'type': 'Nothing', 'data': { } }
{ 'type': 'Common', 'data': { 'kind': 'Kind', '*name': 'str' } }
{ 'enum': 'Kind', 'data': [ 'wet', 'dry' ] }
{ 'union': 'Surface', 'base': 'Common', 'discriminator': 'kind',
  'data': { 'wet': 'Paint', 'dry': 'Nothing' } }
{ 'union': 'WallRef', 'discriminator': {}, 'data': { 'definition': 'Wall', 'reference': 'str' } }
{ 'command': 'paint', 'data': { 'wall': 'WallRef', '*tool': 'Tool', 'on': 'Surface' } }
{ 'command': 'query-walls', 'returns': [ 'Wall' ] }
{ 'command': 'mix', 'data': { '*what': '**' }, 'gen': 'no', 'returns': '**' }
{ 'command': 'leave', 'success-response': 'no' }
{ 'event': 'DRY', 'data': { 'wall': 'str' } }
";

#[test]
fn every_command_reads_a_tree_of_an_old_release() {
    // The main file was at the top of the tree.
    let (folder, path) = file("qapi-schema.json", SCHEMA.as_bytes());
    let folder = folder.path().to_str().unwrap();
    let introspection = tool(&["introspect", folder, "--dialect", "legacy"]);
    let (_other, build) = file("build.json", &introspection.stdout);
    for (arguments, part) in [
        (&["generate", folder][..], "pub struct Paint "),
        (&["generate", &path], "pub struct Paint "),
        (&["print", folder], "{ 'struct': 'Wall',"),
        (&["introspect", folder], "\"query-walls\""),
        (&["conditions", folder, &build], ""),
        (&["diff", folder, &build], "no changes"),
        (&["check", folder], ""),
        (&["check", &build], ""),
    ] {
        let output = tool(&[arguments, &["--dialect", "legacy"]].concat());
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        assert!(stdout(&output).contains(part), "{arguments:?}");
        if arguments == ["check", build.as_str()] {
            continue;
        }
        // By default, schemas are of 5.2 or newer.
        let output = tool(arguments);
        let code = if arguments[0] == "diff" { 2 } else { 1 };
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(
            stderr(&output).contains(".json:12:1: error: "),
            "{arguments:?}"
        );
    }
    let output = piped(
        &["print", "/dev/stdin", "--dialect", "legacy"],
        SCHEMA.as_bytes(),
    );
    assert!(stdout(&output).contains("'alternate': 'WallRef'"));
}

const PROGRAM: &str = r##"#![deny(warnings)]
#![allow(dead_code)]
#[rustfmt::skip] mod bindings;

use bindings::{commands, events, types};
use qmp_types::wire;
use serde_json::{Value, json};

fn sent<T: wire::Serialize>(value: &T, expected: Value) {
    assert_eq!(serde_json::to_value(value).unwrap(), expected);
}

fn main() {
    sent(
        &commands::Paint::new("north", types::Surface::dry()),
        json!({ "wall": "north", "on": { "kind": "dry" } }),
    );
    let tool = types::Tool::from(types::Paint::new(types::Colour::DarkGreen));
    sent(&tool, json!({ "type": "brush", "data": { "colour": "dark-green" } }));
    let walls = r#"[{ "colour": "red", "size": 3, "doors": [ 1 ] }]"#;
    let walls: Vec<types::Wall> = wire::from_json(walls).unwrap();
    assert_eq!(walls[0].size, 3);
    let dry: events::Dry = wire::from_json(r#"{ "wall": "north" }"#).unwrap();
    assert_eq!(dry.wall, "north");
    sent(&commands::Mix::new().what(json!([ 1 ])), json!({ "what": [ 1 ] }));
}
"##;

#[test]
fn bindings_of_an_old_schema_compile_and_speak_its_protocol() {
    let (folder, path) = file("qapi-schema.json", SCHEMA.as_bytes());
    let folder = folder.path();
    let config = Config::new().dialect(Dialect::Legacy);
    let bindings = config.schema_file(&path).unwrap();
    bindings.write_to_file(folder.join("bindings.rs")).unwrap();
    fs::write(folder.join("main.rs"), PROGRAM).unwrap();
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let types = package.join("../qmp-types");
    let manifest = folder.join("Cargo.toml");
    fs::write(
        &manifest,
        format!(
            "[package]\nname = \"legacy\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [[bin]]\nname = \"legacy\"\npath = \"main.rs\"\n\
             [dependencies]\nqmp-types = {{ path = {types:?}, default-features = false }}\n\
             serde_json = \"1\"\n[profile.dev]\ndebug = false\n[workspace]\n"
        ),
    )
    .unwrap();
    // The versions that the workspace has are the ones that are at hand.
    fs::copy(package.join("../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let output = of_rust("cargo")
        .args(["run", "--quiet", "--offline", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("legacy"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}
