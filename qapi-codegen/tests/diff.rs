//! `qapi-codegen diff`, run as a user runs it, and the differences between releases
//! and what real QEMUs of them tell.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

mod tool;

use qapi_codegen::{Protocol, bundled};
use qapi_parser::diff::{ChangeKind, Class, Comparison};
use qapi_schemas::RELEASES;
use serde_json::Value;
use tool::{file, piped, stderr, stdout, tool};

const OLD: &[u8] = b"{ 'command': 'dig', 'data': { 'depth': 'int', '*wide': 'bool' } }
{ 'command': 'rest', 'returns': 'Rest' } { 'struct': 'Rest', 'data': { 'long': 'bool' } }
{ 'event': 'DONE', 'if': 'CONFIG_DONE' }";
const NEW: &[u8] = b"{ 'command': 'dig', 'data': { 'depth': 'int', '*slow': 'bool' } }
{ 'command': 'rest', 'returns': 'Break' } { 'struct': 'Break', 'data': { '*long': 'bool' } }
{ 'event': 'DONE', 'if': 'CONFIG_DONE' }";

#[test]
fn the_exit_status_is_that_of_the_worst_class() {
    let ((_a, old), (_b, new)) = (file("old.json", OLD), file("new.json", NEW));
    for (options, code) in [
        (&[][..], 1),
        (&["--fail-on", "care"], 1),
        (&["--command", "rest"], 0),
        (&["--command", "rest", "--fail-on", "care"], 1),
        (&["--event", "DONE", "--fail-on", "compatible"], 0),
        (&["--command", "d*", "--fail-on", "compatible"], 1),
        (&["--command", "Dig"], 1),
    ] {
        let output = tool(&[&["diff", &old, &new], options].concat());
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{options:?}: {said}");
    }
    assert_eq!(
        tool(&["diff", &old, &old, "--fail-on", "compatible"])
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn a_diff_is_text_or_json_or_markdown() {
    let ((_a, old), (_b, new)) = (file("old.json", OLD), file("new.json", NEW));
    assert_eq!(
        stdout(&tool(&["diff", &old, &new])),
        format!(
            "{old} -> {new}: 1 breaking, 1 that need care, 1 compatible\n\n\
             Breaking:\n  dig/arg-type/wide: the argument is gone\n\n\
             Needs care:\n  rest/ret-type/long: the member is optional now\n\n\
             Compatible:\n  dig/arg-type/slow: the optional argument is new\n"
        )
    );
    let markdown = stdout(&tool(&["diff", &old, &new, "--format", "markdown"]));
    assert!(
        markdown.contains("\n## Breaking\n\n* `dig/arg-type/wide`: the argument is gone\n"),
        "{markdown}"
    );
    let json = stdout(&tool(&["diff", &old, &new, "--format", "json"]));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["breaking"][0]["path"], "dig/arg-type/wide");
    assert_eq!(json["breaking"][0]["kind"], "member-gone");
    assert_eq!(json["care"][0]["kind"], "member-now-optional");
    assert_eq!(json["compatible"][0]["details"]["optional"], true);
}

#[test]
fn both_inputs_may_be_anything() {
    let (folder, old) = file("qapi/qapi-schema.json", OLD);
    let (_b, new) = file("new.json", NEW);
    let folder = folder.path().to_str().unwrap();
    let introspection = tool(&["introspect", &new, "--undefine", "CONFIG_DONE"]).stdout;
    let (_c, build) = file("build.json", &introspection);
    for (from, to) in [
        (folder, new.as_str()),
        (folder, "/dev/stdin"),
        ("/dev/stdin", folder),
        (&old, &build),
        (&build, &old),
    ] {
        let output = piped(&["diff", from, to, "--command", "dig"], &introspection);
        assert_eq!(output.status.code(), Some(1), "{from} {to}");
        let text = stdout(&output);
        assert!(
            text.contains("Breaking:\n  dig/arg-type/wide: the argument is gone\n")
                || text.contains("Breaking:\n  dig/arg-type/slow: the argument is gone\n"),
            "{text}"
        );
    }
    // What only this build lacks is not gone.
    let text = stdout(&tool(&["diff", &new, &build]));
    assert!(
        text.ends_with(
            "Needs care:\n  DONE: the new build does not have it; it exists only if \
             `defined(CONFIG_DONE)`\n"
        ),
        "{text}"
    );
}

#[test]
fn trouble_is_no_difference() {
    let (folder, old) = file("old.json", OLD);
    let (_b, bad) = file("bad.json", b"{ 'command': 'dig', 'data': 'Nothing' }");
    let introspection = tool(&["introspect", &old]).stdout;
    let (_c, cut) = file("cut.json", &introspection[..introspection.len() - 9]);
    let folder = folder.path().to_str().unwrap();
    for (arguments, expected) in [
        (
            vec![&*old, "no-such-file.json"],
            "no-such-file.json:1:1: error: ",
        ),
        (
            vec![&old, folder],
            "the folder has no schema; there is no qapi/qapi-schema.json",
        ),
        (vec!["9.9", &old], "error: QEMU 9.9 is not bundled; "),
        (vec![&old, &bad], "bad.json:1:"),
        (
            vec![&cut, &old],
            "cut.json: the introspection is not valid JSON: ",
        ),
        (vec![&old, "/dev/zero"], "it is a device"),
        (
            vec![&old, &old, "--command", "digg"],
            "no command matches `digg`; did you mean `dig`?",
        ),
        (
            vec![&old, &old, "--event", "NONE"],
            "no event matches `NONE`; did you mean `DONE`?",
        ),
        (
            vec![&old],
            "the following required arguments were not provided",
        ),
        (vec![&old, &old, "--fail-on", "any"], "invalid value 'any'"),
    ] {
        let output = tool(&[&["diff"], arguments.as_slice()].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let said = stderr(&output);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

/// Real QEMUs differ from the schema that they were built from by their conditions.
#[test]
fn a_recording_differs_from_its_release_by_conditions_alone() {
    let mut compared = 0;
    for release in RELEASES {
        let Some(recording) = release.introspection else {
            continue;
        };
        compared += 1;
        let schema = bundled::schema(release, Protocol::Qmp).unwrap();
        let build = bundled::read_introspection(recording).unwrap();
        let forth = Comparison::new(&schema, &build).new_is_introspection(true);
        for change in &forth.diff().changes {
            assert!(
                matches!(change.kind, ChangeKind::AbsentFromNewBuild { .. }),
                "{}: {change:?}",
                release.name
            );
        }
        let back = Comparison::new(&build, &schema).old_is_introspection(true);
        for change in &back.diff().changes {
            assert_eq!(
                change.class,
                Class::Compatible,
                "{}: {change:?}",
                release.name
            );
        }
    }
    assert!(compared >= 4, "{compared} recordings");
}

/// What QEMU's list of removed features says of 6.0 to 7.2.
#[test]
fn what_qemu_removed_is_breaking_or_needs_care() {
    let [old, new] = ["5.2", "7.2"]
        .map(|name| bundled::schema(qapi_schemas::release(name).unwrap(), Protocol::Qmp).unwrap());
    let diff = old.diff(&new);
    for (path, class) in [
        ("block_passwd", Class::Breaking),
        ("change", Class::Breaking),
        ("query-cpus", Class::Breaking),
        ("query-events", Class::Breaking),
        ("migrate_set_speed", Class::Breaking),
        ("object-add/arg-type/props", Class::Breaking),
        ("query-block/ret-type/dirty-bitmaps", Class::Care),
        ("query-cpus-fast/ret-type/arch", Class::Care),
        ("block-export-add/arg-type/+fuse", Class::Compatible),
    ] {
        let found = diff.changes.iter().find(|change| change.path() == path);
        assert_eq!(found.map(|change| change.class), Some(class), "{path}");
    }
}
