//! The guide in `docs/generated-code.md`: the Rust in it is what its schemas
//! give.
//!
//! `UPDATE_GOLDEN=1 cargo test -p qapi-codegen` writes the Rust anew.

#![deny(warnings)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use qapi_codegen::Config;
use qapi_parser::loader::Memory;
use qapi_parser::{Parser, Schema};

/// What the guide spells shorter than generated code, which may rely on no name
/// but those.
const SHORTER: &[(&str, &str)] = &[
    ("::core::primitive::", ""),
    ("::core::option::", ""),
    ("::core::convert::", ""),
    ("::core::iter::", ""),
    ("::std::string::", ""),
    ("::std::boxed::", ""),
    ("::std::vec::", ""),
    ("::qmp_types::wire::", ""),
    ("::qmp_types::", ""),
    ("super::types::", ""),
    ("&'static str", "&str"),
    ("(mut self", "(self"),
];

fn guide() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/generated-code.md")
}

/// Generated code without what a user does not see of it.
fn shape(code: &str) -> String {
    let mut out = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        // Items stand one level deep, in the modules.
        let Some(item) = line
            .strip_prefix("    ")
            .filter(|item| !item.starts_with(' '))
        else {
            continue;
        };
        let is = |start: &str| item.starts_with(start);
        let conversion = is("impl ::core::convert::From<");
        let inherent = is("impl ") && !item.contains(" for ");
        let described = is("impl ::qmp_types::Command ") || is("impl ::qmp_types::Event ");
        let definition = is("pub struct ") || is("pub enum ");
        if is("#[deprecated]") {
            out.push_str("#[deprecated]\n");
        }
        if definition && item.ends_with("{}") {
            out.push_str(&format!("{item}\n"));
        }
        if !item.ends_with(['{', '(']) {
            continue;
        }
        let content: Vec<&str> = lines
            .by_ref()
            .take_while(|line| !["    }", "    );"].contains(line))
            .collect();
        if conversion {
            out.push_str(&format!("{};\n", item.trim_end_matches(" {")));
        } else if definition || described || inherent {
            let members = members(&content, inherent);
            let end = if item.ends_with('(') { ");" } else { "}" };
            let wanted = |line: &&String| {
                definition || inherent || line.contains("type Return") || line.contains("const ")
            };
            let members: String = members.iter().filter(wanted).map(String::as_str).collect();
            if members.is_empty() {
                out.push_str(&format!("{item}{end}\n"));
            } else {
                out.push_str(&format!("{item}\n{members}{end}\n"));
            }
        }
    }
    for (long, short) in SHORTER {
        out = out.replace(long, short);
    }
    out
}

/// The members of a definition or the signatures in an impl, a line each.
fn members(content: &[&str], inherent: bool) -> Vec<String> {
    let mut members = Vec::new();
    let lines = content
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| line.strip_prefix("    ").unwrap());
    for line in lines {
        let member = line.trim_start();
        let deep = line.len() - member.len() > 4;
        if member.starts_with("///") {
            continue;
        }
        if !inherent {
            // The members of a variant stand deeper, the bodies of functions too.
            if !deep || member.starts_with("name: ") || member.starts_with("data: ") {
                members.push(format!("{line}\n"));
            }
        } else if !deep && member.starts_with("pub fn ") {
            let signature = member.trim_end_matches(" {");
            members.push(format!("    {signature};\n"));
        }
    }
    members
}

/// What a schema gives, by module, or those of several releases.
fn generated(schemas: &[&str]) -> String {
    let parsed: Vec<(String, Schema)> = (1..)
        .zip(schemas)
        .map(|(release, text)| {
            let files = Memory::from_iter([("schema.json", *text)]);
            match Parser::new().parse(&files, "schema.json") {
                Ok(parsed) => (format!("{release}.0"), parsed.schema),
                Err(failure) => panic!("{failure}\n{text}"),
            }
        })
        .collect();
    let merged = match parsed.as_slice() {
        [(_, only)] => only.clone(),
        several => {
            let several = several.iter();
            Schema::merge(several.map(|(name, schema)| (name.as_str(), schema))).unwrap()
        }
    };
    let bindings = Config::new().schema(&merged).unwrap();
    let mut parts = Vec::new();
    for (module, rest) in bindings
        .as_str()
        .split("\npub mod ")
        .skip(1)
        .filter_map(|part| part.split_once(" {\n"))
    {
        // The enum of all events is there even if there are none.
        let has_items = bindings.items().iter().any(|item| {
            let (place, _) = item.path().split_once("::").unwrap();
            place == module
        });
        let shape = shape(rest);
        if has_items && !shape.is_empty() {
            parts.push(format!("// {module}\n{shape}"));
        }
    }
    parts.join("\n")
}

#[test]
fn the_guide_shows_what_is_generated() {
    let text = fs::read_to_string(guide()).unwrap();
    let mut rest = text.as_str();
    let mut renewed = String::new();
    let mut pairs = 0;
    while let Some((before, schema)) = rest.split_once("```qapi\n") {
        let (both, rust) = schema.split_once("```rust\n").unwrap();
        let schemas: Vec<&str> = both
            .split("```qapi\n")
            .map(|block| {
                let (schema, between) = block.split_once("```\n").unwrap();
                assert_eq!(between.trim(), "", "the Rust must stand behind its schema");
                schema
            })
            .collect();
        let after = rust.split_once("```\n").unwrap().1;
        let generated = generated(&schemas);
        renewed.push_str(&format!("{before}```qapi\n{both}```rust\n{generated}```\n"));
        rest = after;
        pairs += 1;
    }
    renewed.push_str(rest);
    let sections = text.lines().filter(|line| line.starts_with("## ")).count();
    assert_eq!(pairs, sections, "each section has a pair");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(guide(), renewed).unwrap();
    } else {
        let mut lines = text.lines().zip(renewed.lines()).enumerate();
        let difference = lines.find(|(_, (old, new))| old != new);
        assert!(
            renewed == text,
            "the guide is not true any more, see UPDATE_GOLDEN=1; first at {difference:?}"
        );
    }
}
