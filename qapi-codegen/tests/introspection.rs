//! The bundled schemas against what real QEMUs tell of themselves.

#![cfg(feature = "introspection")]
#![allow(clippy::unwrap_used)]

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use qapi_codegen::{Protocol, bundled};
use qapi_parser::Schema;
use qapi_parser::introspect::{Options, recover_names};
use qapi_schemas::RELEASES;
use serde_json::Value;

fn schema(release: &str) -> Schema {
    let release = qapi_schemas::release(release).unwrap();
    bundled::schema(release, Protocol::Qmp).unwrap()
}

/// The releases that were recorded, with the recordings.
fn recordings() -> impl Iterator<Item = (&'static str, &'static str)> {
    let recorded = RELEASES.iter();
    recorded.filter_map(|release| Some((release.name, release.introspection?)))
}

#[test]
fn each_recording_is_what_its_release_declares() {
    for (release, recording) in recordings() {
        let schema = schema(release);
        let found = schema.find_conditions(recording).unwrap();
        assert!(found.contradictions.is_empty(), "{release}");
        let options = Options::new().symbols(found.consistent_symbols());
        let ours = schema.to_introspection(&options);
        let theirs: Value = serde_json::from_str(recording).unwrap();
        let (ours, theirs) = (ours.as_array().unwrap(), theirs.as_array().unwrap());
        // Whole arrays would be no help in a message.
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert_eq!(ours, theirs, "{release}");
        }
        assert_eq!(ours.len(), theirs.len(), "{release}");
    }
}

#[test]
fn reading_loses_nothing_and_writing_is_a_fixed_point() {
    for (release, recording) in recordings() {
        let first = bundled::read_introspection(recording).unwrap();
        let json = first.to_introspection(&Options::new());
        let recorded: Value = serde_json::from_str(recording).unwrap();
        let (ours, theirs) = (shapes(&json), shapes(&recorded));
        let difference: Vec<_> = ours.symmetric_difference(&theirs).collect();
        assert!(difference.is_empty(), "{release}: {difference:#?}");
        let again = bundled::read_introspection(&json.to_string()).unwrap();
        assert!(
            json == again.to_introspection(&Options::new()),
            "{release} differs when read twice"
        );
    }
}

/// What commands and events are made of, without the names of types.
fn shapes(introspection: &Value) -> BTreeSet<String> {
    // A type that only a missing branch has is told, but nothing uses it.
    reached(&by_name(introspection))
        .map(|entity| {
            let mut entity = entity.clone();
            let members = entity.as_object_mut().unwrap();
            for key in ["arg-type", "ret-type", "element-type"] {
                members.remove(key);
            }
            if !matches!(members["meta-type"].as_str(), Some("command" | "event")) {
                members.remove("name");
            }
            // Only new releases tell the features of values.
            members.remove("values");
            for key in ["members", "variants"] {
                for part in members
                    .get_mut(key)
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .flatten()
                {
                    part.as_object_mut().unwrap().remove("type");
                }
            }
            entity.to_string()
        })
        .collect()
}

/// The entities that commands and events use, themselves included.
fn reached<'e>(entities: &BTreeMap<&str, &'e Value>) -> impl Iterator<Item = &'e Value> {
    let mut reached = BTreeMap::new();
    let mut queue: Vec<&str> = roots(entities).collect();
    while let Some(name) = queue.pop() {
        let entity = entities[name];
        if reached.insert(name, entity).is_none() {
            queue.extend(uses(entity));
        }
    }
    reached.into_values().collect::<Vec<_>>().into_iter()
}

/// The names of commands and events.
fn roots<'e>(entities: &BTreeMap<&'e str, &Value>) -> impl Iterator<Item = &'e str> {
    let is_root =
        |entity: &Value| matches!(entity["meta-type"].as_str(), Some("command" | "event"));
    let roots = entities.iter().filter(move |(_, entity)| is_root(entity));
    roots.map(|(name, _)| *name).collect::<Vec<_>>().into_iter()
}

/// The true names of a recording's types, and those that other releases give
/// them, by a walk over both.
fn names(release: &str, recording: &str, others: &[Schema]) -> Vec<(String, String)> {
    let truth = recover_names(recording, &schema(release)).unwrap();
    let recorded: Value = serde_json::from_str(recording).unwrap();
    let options = Options::new().unmask(true);
    let guess = Schema::from_introspection(recording, others).unwrap();
    let guess = guess.to_introspection(&options);
    let (recorded, guess) = (by_name(&recorded), by_name(&guess));

    let mut names = BTreeMap::new();
    let mut queue: VecDeque<(&str, &str)> = roots(&recorded).map(|name| (name, name)).collect();
    while let Some((masked, named)) = queue.pop_front() {
        if names.insert(masked, named).is_none() {
            queue.extend(uses(recorded[masked]).zip(uses(guess[named])));
        }
    }
    names
        .into_iter()
        .filter_map(|(masked, named)| Some((truth.get(masked)?.clone(), named.to_owned())))
        .filter(|(truth, _)| !truth.starts_with("q_"))
        .collect()
}

fn by_name(introspection: &Value) -> BTreeMap<&str, &Value> {
    let entities = introspection.as_array().unwrap().iter();
    entities
        .map(|entity| (entity["name"].as_str().unwrap(), entity))
        .collect()
}

/// The types that an entity uses, in an order that does not depend on their
/// names.
fn uses(entity: &Value) -> impl Iterator<Item = &str> {
    let direct = ["arg-type", "ret-type", "element-type"];
    let direct = direct.into_iter().filter_map(|key| entity[key].as_str());
    let parts = ["members", "variants"].into_iter().flat_map(|key| {
        let mut parts: Vec<&Value> = entity[key].as_array().into_iter().flatten().collect();
        parts.sort_by_key(|part| (part["name"].as_str(), part["case"].as_str()));
        parts
    });
    direct.chain(parts.filter_map(|part| part["type"].as_str()))
}

/// How many of a hundred types get their true name.
fn share_named(release: &str, references: &[&str]) -> f64 {
    let (_, recording) = recordings().find(|(name, _)| *name == release).unwrap();
    let references: Vec<Schema> = references.iter().map(|name| schema(name)).collect();
    let names = names(release, recording, &references);
    assert!(names.len() > 380, "{release} has {} types", names.len());
    let right = names.iter().filter(|(truth, named)| truth == named);
    let (right, all) = (right.count() as f64, names.len() as f64);
    100.0 * right / all
}

#[test]
fn the_own_release_names_every_type() {
    for (release, _) in recordings() {
        assert_eq!(share_named(release, &[release]), 100.0, "{release}");
    }
}

#[test]
fn an_older_release_names_most_types() {
    assert!(share_named("11.1", &["10.2"]) >= 97.0);
    assert!(share_named("11.1", &["10.0"]) >= 95.0);
    assert!(share_named("10.0", &["7.2"]) >= 90.0);
    // A third of the types of 7.2 are newer than 5.2; it has all but one of the
    // others, and some of the new ones are named like their siblings.
    assert!(share_named("7.2", &["5.2"]) >= 79.0);
}

#[test]
fn the_other_bundled_releases_together_name_nearly_every_type() {
    for (release, at_least) in [("5.2", 95.0), ("7.2", 98.0), ("10.0", 98.0), ("11.1", 97.0)] {
        let (_, recording) = recordings().find(|(name, _)| *name == release).unwrap();
        let mut others: Vec<&str> = RELEASES.iter().map(|release| release.name).collect();
        others.retain(|name| *name != release);
        // The nearest first.
        others.sort_by_key(|name| Reverse(recover_names(recording, &schema(name)).unwrap().len()));
        let share = share_named(release, &others);
        assert!(share >= at_least, "{release}: {share}");
    }
}
