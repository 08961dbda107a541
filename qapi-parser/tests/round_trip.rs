//! Schemas survive being printed and read again.

use std::path::{Path, PathBuf};
use std::{env, fs};

use qapi_parser::introspect::Options;
use qapi_parser::loader::Memory;
use qapi_parser::schema::{Doc, EntityId, Item, TypeKind};
use qapi_parser::{Dialect, Parser, Schema};

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas")
}

fn facts_of_doc(doc: &mut Option<Doc>) {
    let Some(doc) = doc else {
        return;
    };
    let since = doc.since().map(str::to_owned);
    for member in doc.members.iter_mut().chain(&mut doc.features) {
        member.text = member.since().unwrap_or_default().to_owned();
    }
    doc.body = since.unwrap_or_default();
    doc.sections.clear();
    doc.span = None;
}

/// What must survive: everything but places and documentation's text.
fn facts(mut schema: Schema) -> String {
    for ty in &mut schema.types {
        ty.span = None;
        facts_of_doc(&mut ty.doc);
        match &mut ty.kind {
            TypeKind::Enum(declared) => {
                declared
                    .values
                    .iter_mut()
                    .for_each(|value| value.span = None);
            }
            TypeKind::Object(object) => {
                object
                    .members
                    .iter_mut()
                    .for_each(|member| member.span = None);
                let branches = object.variants.iter_mut();
                branches
                    .flat_map(|variants| &mut variants.branches)
                    .for_each(|branch| branch.span = None);
            }
            TypeKind::Alternate(alternate) => {
                alternate
                    .branches
                    .iter_mut()
                    .for_each(|branch| branch.span = None);
            }
            _ => {}
        }
    }
    for command in &mut schema.commands {
        command.span = None;
        facts_of_doc(&mut command.doc);
    }
    for event in &mut schema.events {
        event.span = None;
        facts_of_doc(&mut event.doc);
    }
    for module in &mut schema.modules {
        module.items.retain(|item| !matches!(item, Item::Doc(_)));
    }
    format!(
        "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}",
        schema.modules, schema.types, schema.commands, schema.events, schema.order
    )
}

fn check_round_trip(path: &Path) {
    let parsed = Parser::new()
        .parse_file(path)
        .unwrap_or_else(|failure| panic!("{failure}"));
    let printed = parsed.schema.to_normal_form();
    let files = Memory::from_iter(printed.iter().map(|(path, text)| (path, text.as_str())));
    let main = &parsed.schema.modules[0].path;
    let again = Parser::new()
        .parse(&files, main)
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(
        again.schema.to_normal_form() == printed,
        "{}: the normal form is no fixed point",
        path.display()
    );
    let (before, after) = (facts(parsed.schema), facts(again.schema));
    for (before, after) in before.lines().zip(after.lines()) {
        assert_eq!(before, after, "{}", path.display());
    }
    assert_eq!(before.len(), after.len());
}

#[test]
fn own_schema() {
    check_round_trip(&schemas().join("main.json"));
}

#[test]
fn own_schema_is_strict() {
    let parsed = Parser::new()
        .dialect(Dialect::Strict)
        .parse_file(schemas().join("main.json"))
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(parsed.warnings, []);
    assert_eq!(parsed.sources.iter().count(), 3);
}

#[test]
fn normal_form_is_the_expected_text() {
    let parsed = Parser::new()
        .parse_file(schemas().join("main.json"))
        .unwrap();
    for (path, text) in parsed.schema.to_normal_form() {
        let golden = schemas().join("normal").join(path);
        if env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(golden.parent().unwrap()).unwrap();
            fs::write(&golden, &text).unwrap();
        }
        assert_eq!(text, fs::read_to_string(golden).unwrap());
    }
}

#[test]
fn introspection_is_the_expected_json() {
    let parsed = Parser::new()
        .parse_file(schemas().join("main.json"))
        .unwrap();
    let introspection = parsed.schema.to_introspection(&Options::new().unmask(true));
    let text = format!("{introspection:#}\n");
    let golden = schemas().join("introspection.json");
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&golden, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(golden).unwrap());
}

/// Every definition that a module holds is one of the schema's entities.
#[test]
fn modules_hold_all_definitions() {
    let parsed = Parser::new()
        .parse_file(schemas().join("main.json"))
        .unwrap();
    let schema = &parsed.schema;
    let held = schema.modules.iter().flat_map(|module| &module.items);
    let held = held
        .filter(|item| matches!(item, Item::Definition(_)))
        .count();
    let declared = schema.order.iter().filter(|id| match id {
        EntityId::Type(id) => !schema[*id].implicit,
        _ => true,
    });
    assert_eq!(held, declared.count());
}
