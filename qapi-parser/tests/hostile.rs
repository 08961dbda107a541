//! What others wrote is shown so that it does nothing: no name, comment, path
//! or introspection acts on a terminal or passes for something else.

#![allow(clippy::unwrap_used)]

use qapi_parser::diagnostic::Style;
use qapi_parser::introspect::IntrospectionError;
use qapi_parser::loader::Memory;
use qapi_parser::{Dialect, Parser, Schema};
use serde_json::{Value, json};

/// Names that no schema may have, and what makes them dangerous.
const NAMES: [&str; 18] = [
    "",
    " ",
    "a b",
    "a\nb",
    "a\rb",
    "a\u{1b}[2Jb",
    "a\u{9b}b",
    "a\u{7f}b",
    "a\u{0}b",
    "\u{202e}ba",
    "a\u{2066}b",
    "a\u{200b}b",
    "a\u{2028}b",
    "{}",
    "a\n```\nfn main() { evil() }\n",
    "a`b",
    "](http://example.org)",
    "q_obj",
];

/// An introspection that is sound, and has a name in each place.
fn sound() -> Value {
    json!([
        { "name": "query-door", "meta-type": "command", "arg-type": "0", "ret-type": "1",
          "features": ["quick"] },
        { "name": "DOOR", "meta-type": "event", "arg-type": "0" },
        { "name": "0", "meta-type": "object", "members": [] },
        { "name": "1", "meta-type": "object", "tag": "kind",
          "members": [{ "name": "kind", "type": "2", "features": ["unstable"] },
                      { "name": "doors", "type": "[3]", "default": null }],
          "variants": [{ "case": "front", "type": "0" }] },
        { "name": "2", "meta-type": "enum", "values": ["front", "2nd"],
          "members": [{ "name": "front" }, { "name": "2nd", "features": ["unstable"] }] },
        { "name": "[3]", "meta-type": "array", "element-type": "3" },
        { "name": "3", "meta-type": "alternate", "members": [{ "type": "str" }, { "type": "2" }] },
        { "name": "4", "meta-type": "enum", "values": ["old"] },
        { "name": "str", "meta-type": "builtin", "json-type": "string" }
    ])
}

#[test]
fn names_of_introspection_are_held_to_the_rules_of_a_schema() {
    let introspection = |value: &Value| Schema::from_introspection(&value.to_string(), None);
    // Two branches may look alike, which is another matter.
    let mut plain = sound();
    plain[6]["members"] = json!([{ "type": "str" }, { "type": "0" }]);
    introspection(&plain).unwrap();
    for (place, role, entity) in [
        ("/0/name", "command", None),
        ("/0/features/0", "feature", Some("query-door")),
        ("/1/name", "event", None),
        ("/3/tag", "tag", Some("1")),
        ("/3/members/1/name", "member", Some("1")),
        ("/3/members/0/features/0", "feature", Some("1")),
        ("/3/variants/0/case", "case", Some("1")),
        ("/4/members/0/name", "value", Some("2")),
        ("/4/members/1/features/0", "feature", Some("2")),
        ("/5/name", "type", None),
        ("/7/name", "type", None),
        ("/7/values/0", "value", Some("4")),
    ] {
        for name in NAMES {
            // An unmasked implicit type.
            if role == "type" && name.starts_with("q_") {
                continue;
            }
            let mut hostile = plain.clone();
            *hostile.pointer_mut(place).unwrap() = name.into();
            let error = introspection(&hostile).unwrap_err();
            match &error {
                IntrospectionError::Name {
                    entity: in_entity,
                    role: of_role,
                    name: of_name,
                } => {
                    assert_eq!((*of_role, of_name.as_str()), (role, name), "{place}");
                    assert_eq!(in_entity, entity.unwrap_or(name), "{place}");
                }
                other => panic!("{place} {name:?}: {other}"),
            }
            assert_harmless(&error.to_string());
        }
        for name in ["__com.redhat_drive", "x-door", "drive"] {
            let mut downstream = plain.clone();
            *downstream.pointer_mut(place).unwrap() = name.into();
            if let Err(error) = introspection(&downstream) {
                // Something that is in use was renamed.
                let is_name = matches!(error, IntrospectionError::Name { .. });
                assert!(!is_name, "{place}: {error}");
            }
        }
    }
}

#[test]
fn a_union_has_each_branch_once() {
    let mut twice = sound();
    let case = twice[3]["variants"][0].clone();
    twice[3]["variants"].as_array_mut().unwrap().push(case);
    let error = Schema::from_introspection(&twice.to_string(), None).unwrap_err();
    assert!(
        error.to_string().ends_with("'1': duplicate branch 'front'"),
        "{error}"
    );
}

#[test]
fn other_words_of_introspection_are_shown_harmlessly() {
    for name in NAMES {
        for (place, key) in [
            ("/0", "meta-type"),
            ("/0", "arg-type"),
            ("/5", "element-type"),
        ] {
            let mut hostile = sound();
            hostile.pointer_mut(place).unwrap()[key] = name.into();
            let error = Schema::from_introspection(&hostile.to_string(), None).unwrap_err();
            assert_harmless(&error.to_string());
        }
    }
}

/// No character acts on a terminal.
#[track_caller]
fn assert_harmless(text: &str) {
    assert_eq!(qapi_parser::visible(text), text);
}

#[test]
fn diagnostics_are_shown_harmlessly() {
    for name in NAMES.into_iter().filter(|name| !name.contains('\'')) {
        let texts = [
            format!("##\n# @{name}:\n##\n{{ 'command': 'stop' }}\n"),
            format!(
                "##\n# @stop:\n#\n# @{name}: x\n# {name} x\n##\n{{ 'command': 'stop', 'x': [] }}\n"
            ),
            format!("{{ 'command': 'stop' }} {name}\n"),
            format!("{{ 'command': 'stop', 'data': {{ '{name}': 'str' }} }}\n"),
            format!("{{ 'include': '{name}.json' }}\n"),
            format!("{{ 'pragma': {{ '{name}': [] }} }}\n"),
        ];
        for text in texts {
            let path = format!("{name}.json");
            let files = Memory::from_iter([(path.as_str(), text.as_str())]);
            for dialect in [Dialect::Current, Dialect::Strict, Dialect::Legacy] {
                let parsed = Parser::new().dialect(dialect).parse(&files, &path);
                let (diagnostics, sources) = match parsed {
                    Ok(parsed) => (parsed.warnings, parsed.sources),
                    Err(failure) => (failure.diagnostics, failure.sources),
                };
                for diagnostic in diagnostics {
                    assert_harmless(&diagnostic.headline(&sources));
                    for line in diagnostic.render(&sources, Style::Plain).lines() {
                        assert_harmless(line);
                    }
                }
            }
        }
    }
}

#[test]
fn the_mark_stands_under_what_it_marks() {
    let text = "##\n# @stop:\n#\n# \u{202e}\t@\x1b[31m: One. Two.\n##\n{ 'command': 'stop' }\n";
    let files = Memory::from_iter([("main.json", text)]);
    let parsed = Parser::new().parse(&files, "main.json").unwrap();
    let report = parsed.warnings[0].render(&parsed.sources, Style::Plain);
    let lines: Vec<&str> = report.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.contains("One. Two."))
        .unwrap();
    // All of it is ASCII now, and the mark stands under the full stop.
    let stop = lines[at].find(". Two").unwrap();
    assert_eq!(lines[at + 1].find('^'), Some(stop), "{report}");
}

#[test]
fn reports_are_of_bounded_length() {
    let name = "x".repeat(1 << 20);
    let text = format!("{{ '{name}': 'stop' }}");
    let files = Memory::from_iter([("main.json", text.as_str())]);
    let failure = Parser::new().parse(&files, "main.json").unwrap_err();
    assert!(failure.to_string().len() < 10_000);
    let json = json!([{ "name": name, "meta-type": name }]).to_string();
    let error = Schema::from_introspection(&json, None).unwrap_err();
    assert!(error.to_string().len() < 10_000);
}

#[test]
fn the_normal_form_is_plain_text() {
    let text = "##\n# @stop:\n#\n# @\u{1b}[31mx: y\n##\n{ 'command': 'stop' }\n";
    let files = Memory::from_iter([("main.json", text)]);
    let schema = Parser::new().parse(&files, "main.json").unwrap().schema;
    let normal = schema.to_normal_form();
    assert!(
        normal["main.json"]
            .lines()
            .all(|line| qapi_parser::visible(line) == line)
    );
}
