//! What is bundled is in normal form, whole, and without anybody's prose.

use std::collections::BTreeSet;
use std::path::Path;

use qapi_parser::introspect::Options;
use qapi_parser::loader::Memory;
use qapi_parser::{Parser, Schema};
use qapi_schemas::{RELEASES, Release};

/// The main files of a release's schemas.
fn mains(release: &'static Release) -> impl Iterator<Item = &'static str> {
    release.snapshots.iter().map(|(main, _)| *main)
}

/// The parser's printer gives each file back as it is.
#[test]
fn every_file_is_in_normal_form() {
    for release in RELEASES {
        let files = Memory::from_iter(release.files.iter().copied());
        let mut seen = BTreeSet::new();
        for main in mains(release) {
            let parsed = Parser::new().parse(&files, main).unwrap();
            let folder = Path::new(main).parent().unwrap();
            for (path, text) in parsed.schema.to_normal_form() {
                let path = folder
                    .join(path)
                    .display()
                    .to_string()
                    .replace("storage-daemon/qapi/../../", "");
                assert!(
                    release.file(&path) == Some(text.as_str()),
                    "{} {path}",
                    release.name
                );
                seen.insert(path);
            }
        }
        let unseen = release.files.iter().find(|(path, _)| !seen.contains(*path));
        assert_eq!(unseen, None, "{}", release.name);
    }
}

/// Whoever reads a snapshot gets what the parser makes of the files.
/// `cargo xtask schemas snapshots` writes them again.
#[test]
fn every_snapshot_is_of_the_files() {
    for release in RELEASES {
        let files = Memory::from_iter(release.files.iter().copied());
        for main in mains(release) {
            let snapshot = release.snapshot(main).unwrap();
            let parsed = Parser::new().parse(&files, main).unwrap().schema;
            let name = release.name;
            assert!(parsed.to_snapshot() == snapshot, "{name} {main}");

            let read = Schema::from_snapshot(snapshot).unwrap();
            assert!(read.to_snapshot() == snapshot, "{name} {main}");
            assert_eq!(read.to_normal_form(), parsed.to_normal_form());
            let options = Options::new().unmask(true);
            let introspection = read.to_introspection(&options);
            assert!(introspection == parsed.to_introspection(&options));
            assert_eq!(read.names, parsed.names);
        }
    }
}

/// A release without the storage daemon's schema is one whose schema is not at hand.
#[test]
fn every_release_has_qmp_and_the_guest_agent() {
    for release in RELEASES {
        let mains: Vec<_> = mains(release).collect();
        let name = release.name;
        assert_eq!(
            mains[..2],
            ["qapi/qapi-schema.json", "qga/qapi-schema.json"],
            "{name}"
        );
        let has_daemon = ["5.2", "7.2", "10.0", "10.2", "11.1"].contains(&name);
        assert!(!has_daemon || mains.len() == 3, "{name}");
    }
}

/// Comments hold names and versions, and nothing else.
#[test]
fn no_prose_survives() {
    for release in RELEASES {
        for (path, text) in release.files {
            for line in text.lines().filter(|line| line.starts_with('#')) {
                assert!(is_fact(line), "{} {path}: {line}", release.name);
            }
        }
    }
}

fn is_fact(line: &str) -> bool {
    let line = line.trim_start_matches('#').trim_start();
    let version =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if let Some(rest) = line.strip_prefix('@') {
        let Some((name, rest)) = rest.split_once(':') else {
            return false;
        };
        let named = name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        let since = rest
            .trim()
            .strip_prefix("(since ")
            .and_then(|rest| rest.strip_suffix(')'));
        return named && (rest.is_empty() || since.is_some_and(version));
    }
    line.is_empty() || line == "Features:" || line.strip_prefix("Since: ").is_some_and(version)
}

#[test]
fn what_is_a_fact() {
    for (line, expected) in [
        ("##", true),
        ("# @name:", true),
        ("# @x-name: (since 2.5)", true),
        ("# Since: 11.1", true),
        ("# @name: the name", false),
        ("# @name: (since the beginning)", false),
        ("# Returns: something", false),
        ("# text", false),
    ] {
        assert_eq!(is_fact(line), expected, "{line}");
    }
}

#[test]
fn releases_are_in_order_and_found_by_name() {
    let key =
        |name: &str| -> Vec<u32> { name.split('.').map(|part| part.parse().unwrap()).collect() };
    assert!(RELEASES.is_sorted_by_key(|release| key(release.name)));
    for release in RELEASES {
        assert!(release.version.starts_with(&format!("{}.", release.name)));
        assert!(release.files.is_sorted_by_key(|(path, _)| path));
        assert_eq!(
            qapi_schemas::release(release.name).map(|found| found.version),
            Some(release.version)
        );
    }
}
