//! The tables of availability are whole, tell what the schemas tell, and are cheap to
//! ask.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use qapi_parser::Schema;
use qapi_parser::introspect::Options;
use qapi_schemas::availability::{Definition, Kind, PartKind, Releases, Table};
use qapi_schemas::{RELEASES, availability};
use serde_json::{Value, json};

const PROTOCOLS: [(&str, &str, &str); 3] = [
    (
        "qmp",
        "qapi/qapi-schema.json",
        include_str!("../availability/qmp.txt"),
    ),
    (
        "qga",
        "qga/qapi-schema.json",
        include_str!("../availability/qga.txt"),
    ),
    (
        "qsd",
        "storage-daemon/qapi/qapi-schema.json",
        include_str!("../availability/qsd.txt"),
    ),
];

#[test]
fn every_table_is_well_formed_and_tells_of_every_bundled_release() {
    for (protocol, main, text) in PROTOCOLS {
        let table = Table::parse(text).unwrap();
        for release in RELEASES {
            let has = release.snapshot(main).is_some();
            let name = release.name;
            assert_eq!(table.releases().contains(name), has, "{protocol} {name}");
        }
    }
    let qmp = availability("qmp").unwrap().releases();
    assert_eq!((qmp.first(), qmp.last()), (Some("1.0"), Some("11.1")));
    assert_eq!(qmp.len(), 44);
}

/// What the table says of a release, as introspection would say it.
fn rebuild(table: &Table<'_>, release: &str) -> BTreeMap<String, Value> {
    let mut entities = BTreeMap::new();
    for definition in table.definitions() {
        let mut kinds = definition.kinds().into_iter();
        let kind = kinds.find(|(_, releases)| releases.contains(release));
        if let Some((kind, _)) = kind {
            let entity = entity(definition, kind, release);
            entities.insert(definition.name().to_owned(), entity);
        }
    }
    entities
}

fn entity(definition: Definition<'_>, kind: Kind, release: &str) -> Value {
    let mut entity = json!({ "name": definition.name(), "meta-type": kind.as_str() });
    let (mut members, mut branches, mut features) = (Vec::new(), Vec::new(), Vec::new());
    let parts = definition.parts();
    let mut of_members: Vec<(&str, &str)> = Vec::new();
    match kind {
        Kind::Command => {
            entity["arg-type"] = json!("q_empty");
            entity["ret-type"] = json!("q_empty");
        }
        Kind::Event => entity["arg-type"] = json!("q_empty"),
        _ => {}
    }
    for part in parts.filter(|part| part.releases.contains(release)) {
        match part.kind {
            PartKind::ArgType => entity["arg-type"] = json!(part.ty),
            PartKind::RetType => entity["ret-type"] = json!(part.ty),
            PartKind::OutOfBand => entity["allow-oob"] = json!(true),
            PartKind::Tag => entity["tag"] = json!(part.name),
            PartKind::Member { optional: false } => {
                members.push(json!({ "name": part.name, "type": part.ty }));
            }
            PartKind::Member { optional: true } => {
                members.push(json!({ "name": part.name, "type": part.ty, "default": null }));
            }
            PartKind::Alternative => members.push(json!({ "type": part.ty })),
            PartKind::Value => members.push(json!({ "name": part.name })),
            PartKind::Branch => branches.push(json!({ "case": part.name, "type": part.ty })),
            PartKind::Feature => features.push(part.name),
            PartKind::MemberFeature | PartKind::ValueFeature => {
                of_members.push((part.name, part.feature));
            }
            PartKind::Was => {}
        }
    }
    for (name, feature) in of_members {
        let member = members.iter_mut().find(|member| member["name"] == name);
        let member = member.unwrap();
        if member["features"].is_null() {
            member["features"] = json!([]);
        }
        member["features"]
            .as_array_mut()
            .unwrap()
            .push(json!(feature));
    }
    if !matches!(kind, Kind::Command | Kind::Event) {
        entity["members"] = json!(members);
    }
    if !branches.is_empty() {
        entity["variants"] = json!(branches);
    }
    if !features.is_empty() {
        entity["features"] = json!(features);
    }
    entity
}

/// Sorts whatever has no order on the wire.
fn sorted(mut entity: Value) -> Value {
    let sort = |list: &mut Value| {
        if let Some(list) = list.as_array_mut() {
            list.sort_by_key(ToString::to_string);
        }
    };
    entity.as_object_mut().unwrap().remove("values");
    for member in entity["members"].as_array_mut().into_iter().flatten() {
        sort(&mut member["features"]);
        if member["features"].is_null() {
            member.as_object_mut().unwrap().remove("features");
        }
    }
    for list in ["members", "variants", "features"] {
        sort(&mut entity[list]);
        if entity[list].is_null() {
            entity.as_object_mut().unwrap().remove(list);
        }
    }
    entity
}

#[test]
fn the_wire_of_each_bundled_release_is_built_from_the_table_again() {
    let options = Options::new().unmask(true).enum_members(true);
    let mut compared = 0;
    for release in RELEASES {
        for (protocol, main, _) in PROTOCOLS {
            let Some(snapshot) = release.snapshot(main) else {
                continue;
            };
            let schema = Schema::from_snapshot(snapshot).unwrap();
            let mut rebuilt = rebuild(availability(protocol).unwrap(), release.name);
            for entity in schema.to_introspection(&options).as_array().unwrap() {
                if ["builtin", "array"].contains(&entity["meta-type"].as_str().unwrap()) {
                    continue;
                }
                let name = entity["name"].as_str().unwrap();
                let found = rebuilt.remove(name).unwrap();
                let place = format!("{protocol} {} {name}", release.name);
                assert_eq!(sorted(found), sorted(entity.clone()), "{place}");
                compared += 1;
            }
            assert!(
                rebuilt.is_empty(),
                "{protocol} {}: {rebuilt:?}",
                release.name
            );
        }
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
fn every_definition_is_found_by_its_name() {
    for (protocol, _, _) in PROTOCOLS {
        let table = availability(protocol).unwrap();
        let mut count = 0;
        for definition in table.definitions() {
            let name = definition.name();
            let found = table.definition(name).unwrap();
            assert_eq!(found.name(), name);
            assert_eq!(found.parts().count(), definition.parts().count());
            for other in [format!("{name}!"), name[1..].to_owned(), format!(" {name}")] {
                let found = table.definition(&other);
                assert!(found.is_none_or(|found| found.name() == other), "{other}");
            }
            count += 1;
        }
        assert!(count > 50, "{protocol}");
        assert!(table.definition("").is_none());
        assert!(table.definition("~").is_none());
    }
}

#[test]
fn corrupt_tables_are_errors_that_name_the_line() {
    for (text, line, expected) in [
        ("", 1, "the list of releases"),
        ("# comment\n", 2, "the list of releases"),
        ("STOP event -\n", 1, "the list of releases"),
        ("releases 1.1 1.0\n", 1, "oldest first"),
        ("releases 1.0 two\n", 1, "oldest first"),
        ("releases 1.0 1.1\n .member str\n", 2, "a definition"),
        ("releases 1.0 1.1\nSTOP event\n", 2, "its kind"),
        ("releases 1.0 1.1\nSTOP thing -\n", 2, "its kind"),
        ("releases 1.0 1.1\nSTOP event 1.2-\n", 2, "its kind"),
        ("releases 1.0 1.1\n\n", 2, "its kind"),
        (
            "releases 1.0 1.1\nB event -\nA event -\n",
            3,
            "out of order",
        ),
        (
            "releases 1.0 1.1\nB event -\nB event -\n",
            3,
            "out of order",
        ),
        ("releases 1.0 1.1\nB object -\n .member\n", 3, "a part"),
        ("releases 1.0 1.1\nB object -\n . str\n", 3, "a part"),
        ("releases 1.0 1.1\nB object -\n ?member str\n", 3, "a part"),
        (
            "releases 1.0 1.1\nB object -\n .member str 1.1-1.0\n",
            3,
            "a part",
        ),
        (
            "releases 1.0 1.1\nB object -\n .member str - -\n",
            3,
            "a part",
        ),
        ("releases 1.0 1.1\nB object -", 2, "has no end"),
    ] {
        let error = Table::parse(text).unwrap_err();
        assert_eq!(error.line(), line, "{text:?}: {error}");
        assert!(error.to_string().contains(expected), "{text:?}: {error}");
    }
    let mut releases = "releases 1.0".to_owned();
    for minor in 1..=128 {
        write!(releases, " 1.{minor}").unwrap();
    }
    let error = Table::parse(&(releases + "\n")).unwrap_err();
    assert!(error.to_string().contains("too many releases"), "{error}");
}

fn resolve(path: &str) -> String {
    let table = availability("qmp").unwrap();
    table.resolve(path).unwrap().to_string()
}

/// Each was looked up in the schemas of the releases.
#[test]
fn paths_are_found_as_libvirt_finds_them() {
    for (path, expected) in [
        ("block-commit", "1.3-"),
        ("block-commit/arg-type", "1.3-"),
        ("block-commit/arg-type/top", "1.3-"),
        ("block-commit/arg-type/*top", "2.0-"),
        ("blockdev-add/arg-type/+file/aio/^io_uring", "5.0-"),
        (
            "blockdev-add/arg-type/+file/$dynamic-auto-read-only",
            "4.1-",
        ),
        (
            "blockdev-add/arg-type/+qcow2/encrypt/+luks/key-secret",
            "2.10-",
        ),
        ("query-cpus-fast/ret-type/qom-type", "10.2-"),
        ("query-hotpluggable-cpus", "2.7-"),
        // Arrays are passed through, and so are alternates.
        ("query-iothreads/ret-type/poll-max-ns", "2.9-"),
        (
            "blockdev-add/arg-type/+qcow2/file/+nbd/server/+inet/host",
            "2.9-",
        ),
        ("blockdev-add/arg-type/+qcow2/file/!string", "2.8-"),
        ("blockdev-add/arg-type/+qcow2/backing/!null", "2.10-"),
        ("blockdev-add/arg-type/+qcow2/size/!string", ""),
        // Events.
        ("SHUTDOWN/arg-type/guest", "2.10-"),
        ("SHUTDOWN/ret-type", ""),
        ("stop/ret-type", "-"),
        // Features of a command, a type, a member and a value.
        ("query-cpu-model-expansion/$deprecated", ""),
        ("savevm-monitor-nodes/$savevm-monitor-nodes", ""),
        ("block-commit/arg-type/base/$deprecated", "5.0-"),
        ("x-blockdev-change/$unstable", "6.2-"),
        (
            "query-block/ret-type/inserted/encryption_key_missing/$deprecated",
            "5.0-5.2",
        ),
        // What no release has.
        ("blockdev-add/arg-type/+file/aio/^io-uring", ""),
        ("no-such-command/arg-type/*member", ""),
        ("BlockInfo/arg-type", ""),
    ] {
        assert_eq!(resolve(path), expected, "{path}");
    }
}

#[test]
fn malformed_paths_are_errors_that_say_where() {
    let table = availability("qmp").unwrap();
    for (path, segment, expected) in [
        ("", "", "is no name of a command"),
        ("/arg-type", "", "is no name of a command"),
        ("+file", "+file", "is no name of a command"),
        ("block-commit/", "", "is not `arg-type`"),
        ("block-commit/top", "top", "is not `arg-type`"),
        ("block-commit/+top", "+top", "is not `arg-type`"),
        ("block-commit/arg-type/", "", "is empty"),
        ("block-commit/arg-type//top", "", "is empty"),
        ("block-commit/arg-type/*", "*", "has no name"),
        ("block-commit/arg-type/+", "+", "has no name"),
        ("block-commit/$", "$", "has no name"),
        ("block-commit/$f/top", "top", "follows a feature"),
        (
            "block-commit/arg-type/top/!str",
            "!str",
            "is no type of JSON",
        ),
        (
            "block-commit/arg-type/top/!string/$f",
            "$f",
            "follows a type of JSON",
        ),
        ("block-commit/arg-type/top/^a/b", "b", "follows a value"),
    ] {
        let error = table.resolve(path).unwrap_err();
        assert_eq!(error.segment(), segment, "{path}");
        let text = error.to_string();
        assert!(text.contains(expected), "{path}: {text}");
        assert!(text.contains(&format!("`{path}`")), "{text}");
        assert_eq!(table.below(path).unwrap_err(), error);
    }
}

/// Whatever is listed below a path is found under the path that it makes.
#[test]
fn what_is_below_a_path_is_found() {
    let table = availability("qmp").unwrap();
    let mut listed = 0;
    let mut paths: Vec<String> = ["block-commit", "blockdev-add", "query-block", "SHUTDOWN"]
        .map(str::to_owned)
        .into();
    let mut seen = BTreeSet::new();
    while let Some(path) = paths.pop() {
        for below in table.below(&path).unwrap() {
            let path = format!("{path}/{}", below.segment);
            assert_eq!(table.resolve(&path).unwrap(), below.releases, "{path}");
            assert_eq!(table.mandatory(&path).unwrap(), below.mandatory, "{path}");
            listed += 1;
            // Drivers are within drivers.
            if path.split('/').count() < 5 && seen.insert(path.clone()) {
                paths.push(path);
            }
        }
    }
    assert!(listed > 1000, "{listed}");
}

#[test]
fn a_release_that_is_not_in_the_table_is_in_no_set() {
    let all: Releases<'_> = availability("qmp").unwrap().releases();
    assert!(all.contains("9.2"));
    for other in ["10.1", "11.0", "0.15", "", "11.1.1"] {
        assert!(!all.contains(other), "{other}");
    }
}
