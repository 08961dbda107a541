//! The summaries are well-formed, name what exists, and leave nothing out that a
//! user of the newest release needs.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use qapi_schemas::RELEASES;
use qapi_schemas::summaries::{self, Summary};
use test_support::coverage::{self, Kind};

const FILES: [(&str, &str); 3] = [
    ("commands", include_str!("../summaries/commands.txt")),
    ("events", include_str!("../summaries/events.txt")),
    ("types", include_str!("../summaries/types.txt")),
];

fn all() -> [Vec<Summary>; 3] {
    [
        summaries::commands().collect(),
        summaries::events().collect(),
        summaries::types().collect(),
    ]
}

#[test]
fn nothing_that_a_user_needs_is_left_out() {
    let newest = RELEASES.last().unwrap().name;
    for release in RELEASES {
        let definitions = coverage::definitions(release).unwrap();
        for part in coverage::parts(&definitions) {
            let needed = match part.what {
                "commands" | "events" => true,
                "types taken" => release.name == newest,
                _ => continue,
            };
            assert!(part.total > 10, "{}: {part:?}", release.name);
            assert!(
                !needed || part.missing.is_empty(),
                "{}: {part:#?}",
                release.name
            );
        }
    }
}

#[test]
fn whatever_has_a_summary_exists() {
    let mut known = BTreeMap::<(usize, String), BTreeSet<String>>::new();
    for release in RELEASES {
        for (name, definition) in coverage::definitions(release).unwrap() {
            let file = match definition.kind {
                Kind::Command => 0,
                Kind::Event => 1,
                Kind::Object | Kind::Enum => 2,
            };
            let members = known.entry((file, name)).or_default();
            members.extend(definition.members);
        }
    }
    for (file, entries) in all().into_iter().enumerate() {
        for entry in entries {
            let members = known.get(&(file, entry.name().to_owned()));
            let members = members.unwrap_or_else(|| panic!("{} is unknown", entry.name()));
            for (member, _) in entry.members() {
                assert!(members.contains(member), "{}.{member}", entry.name());
            }
        }
    }
}

/// The text of each file is what its entries say, and nothing else.
#[test]
fn files_are_well_formed() {
    for ((file, text), entries) in FILES.into_iter().zip(all()) {
        let mut written = String::new();
        for entry in &entries {
            written += &format!("{}: {}\n", entry.name(), entry.text());
            let mut seen = BTreeSet::new();
            for (member, text) in entry.members() {
                written += &format!("  {member}: {text}\n");
                assert!(seen.insert(member), "{}.{member} twice", entry.name());
            }
        }
        let difference = text.lines().zip(written.lines()).find(|(a, b)| a != b);
        assert_eq!(difference, None, "{file}");
        assert_eq!(text.len(), written.len(), "{file}");
        let out_of_order = entries
            .windows(2)
            .find(|pair| pair[0].name() >= pair[1].name());
        assert_eq!(out_of_order, None, "{file}");
    }
}

#[test]
fn every_line_is_a_sentence() {
    for (file, text) in FILES {
        for line in text.lines() {
            let sentence = line.split_once(": ").map(|(_, sentence)| sentence);
            assert!(sentence.is_some_and(is_sentence), "{file}: {line:?}");
        }
    }
    for command in summaries::commands() {
        let verb = command.text().split(' ').next().unwrap();
        let verb = verb.trim_end_matches(';');
        assert!(verb.ends_with('s'), "{command:?}");
    }
    for event in summaries::events() {
        assert!(event.text().starts_with("Sent when "), "{event:?}");
    }
}

/// One line of Markdown that rustdoc makes neither a link nor HTML of.
fn is_sentence(text: &str) -> bool {
    let code = text.split('`').skip(1).step_by(2);
    let plain: String = text.split('`').step_by(2).collect();
    let closed = text.matches('`').count().is_multiple_of(2);
    let marked = plain.contains(['[', ']', '<', '>', '*', '_', '\\', '@', '|']);
    closed
        && !marked
        && code.into_iter().all(|code| !code.is_empty())
        && text.ends_with('.')
        && text.trim() == text
        && !text.contains("  ")
        && text.chars().count() <= 140
}

#[test]
fn what_is_a_sentence() {
    for (text, expected) in [
        ("Stops the virtual CPUs.", true),
        ("The address, as `[HOST]:PORT`.", true),
        ("Stops the virtual CPUs", false),
        ("The address, as [HOST]:PORT.", false),
        ("The address, as `HOST.", false),
        ("The `node_name of the image.", false),
        ("The node_name of the image.", false),
        ("Two  spaces.", false),
    ] {
        assert_eq!(is_sentence(text), expected, "{text}");
    }
}

/// Each name is found, and names beside it are not.
#[test]
fn entries_are_found_by_name() {
    type Find = fn(&str) -> Option<Summary>;
    let finds: [Find; 3] = [summaries::command, summaries::event, summaries::type_];
    for (find, entries) in finds.into_iter().zip(all()) {
        for entry in entries {
            assert_eq!(find(entry.name()), Some(entry));
            let name = entry.name();
            for other in [
                format!("{name}!"),
                format!("{name}:"),
                name[1..].to_lowercase(),
            ] {
                assert!(find(&other).is_none_or(|found| found.name() == other));
            }
            for (member, text) in entry.members() {
                assert_eq!(entry.member(member), Some(text));
            }
            assert_eq!(entry.member(""), None);
        }
        assert_eq!(find(""), None);
        assert_eq!(find("~"), None);
    }
}
