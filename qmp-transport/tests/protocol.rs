//! PROTOCOL.md names the tests that exist.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The number of rules.
const RULES: u32 = 40;

/// The number of a rule, the file of a test without its extension, and the test.
type Tested = (u32, String, String);

/// Returns the tests in PROTOCOL.md, and the numbers of its rules in order.
fn documented() -> (BTreeSet<Tested>, Vec<u32>) {
    let text = fs::read_to_string(root().join("PROTOCOL.md")).unwrap();
    let mut tests = BTreeSet::new();
    let mut numbers = Vec::new();
    for row in text.lines() {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [number, _, named] = cells[..] else {
            continue;
        };
        let Ok(number) = number.trim_start_matches("| ").parse() else {
            continue;
        };
        numbers.push(number);
        for name in named.split('`').skip(1).step_by(2) {
            let (file, test) = name.split_once("::").unwrap();
            tests.insert((number, file.to_owned(), test.to_owned()));
        }
    }
    (tests, numbers)
}

/// Returns the test functions with the number of a rule in their names.
fn written() -> BTreeSet<Tested> {
    let mut files = Vec::new();
    rust_files(&root().join("tests"), &mut files);
    rust_files(&root().join("src"), &mut files);
    let mut tests = BTreeSet::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let file = path.file_stem().unwrap().to_str().unwrap();
        for line in text.lines() {
            let Some((_, after)) = line.split_once("fn item_") else {
                continue;
            };
            if file == "protocol" {
                continue;
            }
            let name = format!("item_{}", after.split('(').next().unwrap());
            for part in name.split("item_").skip(1) {
                let number: String = part.chars().take_while(char::is_ascii_digit).collect();
                tests.insert((number.parse().unwrap(), file.to_owned(), name.clone()));
            }
        }
    }
    tests
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_rule_is_listed_once_with_its_tests() {
    let (documented, numbers) = documented();
    assert_eq!(numbers, (1..=RULES).collect::<Vec<_>>());
    for number in 1..=RULES {
        assert!(documented.iter().any(|(of, ..)| *of == number), "{number}");
    }
    let written = written();
    let lacking: Vec<_> = documented.difference(&written).collect();
    assert!(
        lacking.is_empty(),
        "PROTOCOL.md names tests that do not exist: {lacking:#?}"
    );
    let unlisted: Vec<_> = written.difference(&documented).collect();
    assert!(
        unlisted.is_empty(),
        "tests missing in PROTOCOL.md: {unlisted:#?}"
    );
}
