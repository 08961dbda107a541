//! Every rule of the language, one case each, in `rules/*.txt`.
//!
//! A case starts with `=== DIALECT: what it is about`, then the schema, then
//! after `---` the diagnostics that are expected. `@@ PATH` starts another
//! file of the schema. `UPDATE_EXPECT=1 cargo test` writes what is found.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use qapi_parser::diagnostic::Style;
use qapi_parser::loader::Memory;
use qapi_parser::{Diagnostic, Dialect, Parser};
use serde_json::Value;

const MAIN: &str = "main.json";

struct Case<'t> {
    title: &'t str,
    dialect: Dialect,
    schema: &'t str,
    expected: &'t str,
}

fn parse_case(text: &str) -> Case<'_> {
    let (title, rest) = text.split_once('\n').unwrap();
    let (schema, expected) = rest.split_once("---\n").unwrap();
    let dialect = match title.split_once(": ").unwrap().0 {
        "strict" => Dialect::Strict,
        "current" => Dialect::Current,
        "legacy" => Dialect::Legacy,
        other => panic!("unknown dialect {other}"),
    };
    Case {
        title,
        dialect,
        schema,
        expected,
    }
}

fn files(schema: &str) -> Memory<'_> {
    let mut files = Memory::default();
    let mut parts = schema.split("@@ ");
    files.insert(MAIN, parts.next().unwrap());
    for part in parts {
        let (path, text) = part.split_once('\n').unwrap();
        files.insert(path, text);
    }
    files
}

/// The headline of each diagnostic, with its hint.
fn found(case: &Case<'_>) -> String {
    let files = files(case.schema);
    let result = Parser::new().dialect(case.dialect).parse(&files, MAIN);
    let (diagnostics, sources): (Vec<Diagnostic>, _) = match result {
        Ok(parsed) => (parsed.warnings, parsed.sources),
        Err(failure) => (failure.diagnostics, failure.sources),
    };
    let mut text = String::new();
    for diagnostic in diagnostics {
        let headline = diagnostic.headline(&sources);
        assert_eq!(headline, headline_of(&diagnostic.to_json(&sources)));
        let report = diagnostic.render(&sources, Style::Plain);
        assert_eq!(Some(headline.as_str()), report.lines().next());
        write!(text, "{headline}").unwrap();
        if let Some(hint) = diagnostic.hint {
            write!(text, " ({hint})").unwrap();
        }
        text.push('\n');
    }
    text
}

/// What tools are told says the same as what people are told.
fn headline_of(diagnostic: &Value) -> String {
    let text = |key: &str| diagnostic[key].as_str().unwrap();
    let number = |key: &str| diagnostic[key].as_u64().unwrap();
    format!(
        "{}:{}:{}: {}: {}",
        text("file"),
        number("line"),
        number("column"),
        text("severity"),
        text("message")
    )
}

fn check(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let update = env::var_os("UPDATE_EXPECT").is_some();
    let mut updated = String::new();
    for case in text.split("=== ").filter(|case| !case.is_empty()) {
        let case = parse_case(case);
        let found = found(&case);
        if update {
            write!(updated, "=== {}\n{}---\n{found}", case.title, case.schema).unwrap();
        } else {
            assert_eq!(found, case.expected, "{}: {}", path.display(), case.title);
        }
    }
    if update {
        fs::write(path, updated).unwrap();
    }
}

#[test]
fn rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        check(&entry.unwrap().path());
        count += 1;
    }
    assert_eq!(count, 9);
}
