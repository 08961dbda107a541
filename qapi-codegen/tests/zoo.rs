//! One schema with everything in it: its bindings are compared with the file
//! in `zoo/`, compiled without a warning, and used.
//!
//! `UPDATE_GOLDEN=1 cargo test -p qapi-codegen` writes the file anew.

#![deny(warnings)]
// The tests use what the schema calls deprecated, too.
#![allow(deprecated)]
#![allow(clippy::needless_pass_by_value, clippy::unwrap_used)]

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use qapi_codegen::{Config, Error};
use qmp_types::{AnyEvent, Command, DecodeError, Event as _, RawEvent, wire};
use serde_json::{Value, json};

use bindings::commands::{
    AddAnimal, CountLegs, DoChores, Event, Feed, NameAll, NewThing, ReplaceAnimal, ShutDown,
    UsePrelude,
};
use bindings::events::{AnimalEscaped, AnimalSeen, Event_};
use bindings::types::{
    Amount, Animal, AnimalBranch, AnimalKind, AnimalRef, BigCage, Cat, Chore, Diet, Dog, Feast,
    Meal, Option as ZooOption, Parcel, Some_, String as ZooString, Visitor,
};

#[path = "zoo/bindings.rs"]
#[rustfmt::skip]
mod bindings;

fn schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo/schema.json")
}

#[test]
fn bindings_are_as_they_were() -> Result<(), Error> {
    let golden = schema().with_file_name("bindings.rs");
    let bindings = Config::new().schema_file(schema())?;
    // The first line names the schema's path, which is not the same everywhere.
    let text: String = bindings
        .as_str()
        .lines()
        .skip(1)
        .flat_map(|line| [line, "\n"])
        .collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &text).map_err(|source| Error::Io {
            path: golden,
            source,
        })?;
    } else {
        assert!(
            std::fs::read_to_string(golden).unwrap() == text,
            "the output has changed; see what UPDATE_GOLDEN=1 makes of tests/zoo/bindings.rs"
        );
    }
    Ok(())
}

/// A value is written as this JSON, and read back from it.
#[track_caller]
fn check<T: wire::Serialize + for<'de> wire::Deserialize<'de> + Send + PartialEq + Debug>(
    value: &T,
    json: Value,
) {
    assert_eq!(serde_json::to_value(value).unwrap(), json);
    assert_eq!(&wire::from_json::<T>(&json.to_string()).unwrap(), value);
}

#[track_caller]
fn fails<T: for<'de> wire::Deserialize<'de> + Send + Debug>(
    json: &Value,
    path: &str,
    message: &str,
) {
    let error: DecodeError = wire::from_json::<T>(&json.to_string()).unwrap_err();
    assert_eq!(
        (error.path(), error.message().split(" at line").next()),
        (path, Some(message))
    );
}

fn cat() -> Cat {
    Cat::new(9)
}

#[test]
fn structs() {
    check(&cat(), json!({ "lives": 9 }));
    let cage = BigCage::new(7)
        .r#type("iron")
        .new_(true)
        .lock(0.5)
        .tags(["a", "b"])
        .weights([-128, 127]);
    check(
        &cage,
        json!({ "width": 7, "type": "iron", "new": true, "lock": 0.5, "tags": ["a", "b"], "weights": [-128, 127] }),
    );
    // Members that are new to us are ignored; integers may stand for numbers.
    let read: BigCage = wire::from_json(r#"{ "more": [{}], "lock": 1, "width": 7 }"#).unwrap();
    assert_eq!(read, BigCage::new(7).lock(1.0));
    check(
        &ZooString::new().a_b(1).a_b_(2),
        json!({ "a-b": 1, "aB": 2 }),
    );
    // What is null is not absent.
    check(&ZooOption::new().vec(Value::Null), json!({ "vec": null }));
    check(&Some_::new(ZooOption::new()), json!({ "box": {} }));
    fails::<Cat>(&json!({}), ".lives", "missing mandatory member");
    fails::<BigCage>(
        &json!({ "width": -1 }),
        ".width",
        "invalid value: integer `-1`, expected u16",
    );
    fails::<BigCage>(
        &json!({ "width": 1, "inhabitants": [{ "kind": "egg" }, { "kind": "cat", "lives": "x" }] }),
        ".inhabitants[1].lives",
        "invalid type: string \"x\", expected i64",
    );
    fails::<Cat>(
        &json!([1]),
        "",
        "invalid type: sequence, expected the object Cat",
    );
}

#[test]
fn setters_take_a_value_or_an_option_of_one() {
    fn cage(width: u16, lock: Option<f64>, iron: Option<&str>, tags: Option<Vec<&str>>) -> BigCage {
        BigCage::new(width)
            .lock(lock)
            .r#type(iron)
            .tags(tags)
            .weights(lock.map(|_| [1, 2]))
            .inhabitants(iron.map(|_| [cat(), cat()]))
    }
    check(&cage(1, None, None, None), json!({ "width": 1 }));
    let cats = json!([{ "kind": "cat", "lives": 9 }, { "kind": "cat", "lives": 9 }]);
    check(
        &cage(1, Some(0.5), Some("iron"), Some(vec!["a"])),
        json!({ "width": 1, "type": "iron", "lock": 0.5, "tags": ["a"], "weights": [1, 2], "inhabitants": cats }),
    );
    // What converts into the type is taken by itself, in an `Option`, and boxed.
    let friend: Option<Cat> = None;
    assert_eq!(Dog::new(1_u64).friend(friend), Dog::new(1_u64));
    assert_eq!(
        Dog::new(1_u64).friend(Some("Tom")),
        Dog::new(1_u64).friend("Tom")
    );
    assert_eq!(Cat::new(1).kitten(Some(cat())), Cat::new(1).kitten(cat()));
    assert_eq!(
        Feed::new("Tom").food(Some(Diet::Plants)),
        Feed::new("Tom").food(Diet::Plants)
    );
    // A value that was set may be taken back.
    assert_eq!(BigCage::new(1).lock(0.5).lock(None), BigCage::new(1));
    let amount: AddAnimal = AddAnimal::new("tom").amount(Some(3)).amount(None::<Amount>);
    assert_eq!(amount, AddAnimal::new("tom"));
    let animal = ReplaceAnimal::new(cat()).name(None::<String>);
    assert_eq!(animal, ReplaceAnimal::new(cat()));
    // A member may be called like a function that is there anyhow.
    let cage = BigCage::new(1).new_(true);
    assert_eq!(cage.clone().new, Some(true));
}

#[test]
fn enums() {
    check(&Diet::Plants, json!("plants"));
    check(&Diet::_144, json!("144"));
    check(&Diet::Unrecognized_, json!("unrecognized"));
    check(&Diet::from("rocks"), json!("rocks"));
    assert!(matches!(Diet::from("rocks"), Diet::Unrecognized(value) if value.as_str() == "rocks"));
    assert_eq!("x-meat".parse(), Ok(Diet::XMeat));
    assert_eq!(Diet::from("rocks".to_owned()), Diet::from("rocks"));
    assert_eq!(format!("{:>8}", Diet::Plants), "  plants");
    assert!(Diet::Unrecognized_.is_recognized() && !Diet::from("rocks").is_recognized());
    fails::<Diet>(
        &json!(1),
        "",
        "invalid type: integer `1`, expected a string, a value of Diet",
    );
    assert_eq!(AnimalKind::Ghost.as_str(), "ghost");
}

#[test]
fn text_is_parsed_strictly() {
    for (text, expected) in [
        (
            "plant",
            "unknown value `plant` of Diet; did you mean `plants`?",
        ),
        (
            "rocks",
            "unknown value `rocks` of Diet, expected one of `plants`, `x-meat`, `ANYTHING`, `144`, `unrecognized`, `self`",
        ),
        (
            "\u{1b}[31m",
            "unknown value `\\u{1b}[31m` of Diet, expected one of `plants`, `x-meat`, `ANYTHING`, `144`, `unrecognized`, `self`",
        ),
    ] {
        let error = text.parse::<Diet>().unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.value(), text);
        // What a server sends is kept all the same.
        assert_eq!(
            wire::from_json::<Diet>(&json!(text).to_string())
                .unwrap()
                .as_str(),
            text
        );
    }
    assert_eq!(
        "Plants".parse::<Diet>().unwrap_err().suggestion(),
        Some("plants")
    );
    for known in "rocks".parse::<Diet>().unwrap_err().expected() {
        assert_eq!(known.parse::<Diet>().unwrap().as_str(), *known);
    }
}

#[test]
fn unions() {
    let animal = Animal::new(cat()).name("Tom");
    check(&animal, json!({ "name": "Tom", "kind": "cat", "lives": 9 }));
    assert_eq!(animal.kind.as_str(), "cat");
    check(&Animal::new(AnimalBranch::Egg), json!({ "kind": "egg" }));
    check(
        &Visitor::from(Dog::new(u64::MAX)),
        json!({ "kind": "dog", "bark": u64::MAX }),
    );
    check(&Visitor::Ghost, json!({ "kind": "ghost" }));
    let bird = json!({ "kind": "bird", "name": "Tweety", "wings": 2 });
    let read: Animal = wire::from_json(&bird.to_string()).unwrap();
    match &read.kind {
        AnimalBranch::Unrecognized(branch) => {
            assert_eq!(
                (branch.tag(), branch.members()["wings"].as_u64()),
                ("bird", Some(2))
            );
        }
        other => panic!("{other:?}"),
    }
    check(&read, bird);
    fails::<Animal>(&json!({ "lives": 1 }), ".kind", "missing mandatory member");
    fails::<Visitor>(
        &json!({ "kind": "dog" }),
        ".bark",
        "missing mandatory member",
    );
}

#[test]
fn branches_have_constructors() {
    check(
        &Animal::cat(9).name("Tom"),
        json!({ "name": "Tom", "kind": "cat", "lives": 9 }),
    );
    check(&Animal::egg(), json!({ "kind": "egg" }));
    check(&Visitor::dog(1_u64), json!({ "kind": "dog", "bark": 1 }));
    check(&Visitor::ghost(), json!({ "kind": "ghost" }));
    // Two branches of one type are told apart by name, and wrappers seen through.
    check(
        &Parcel::dog(1_u64),
        json!({ "kind": "dog", "data": { "bark": 1 } }),
    );
    check(
        &Parcel::ghost(1_u64),
        json!({ "kind": "ghost", "data": { "bark": 1 } }),
    );
    check(
        &Chore::feed("Tom"),
        json!({ "type": "feed", "data": { "name": "Tom" } }),
    );
    check(&Chore::rest(), json!({ "type": "rest" }));
    // A command around a union has its constructors.
    assert_eq!(
        ReplaceAnimal::cat(9).name("Tom"),
        ReplaceAnimal::new(cat()).name("Tom")
    );
    // What the branches share comes first, and what is called like a setter or like
    // a function that there is anyhow gets an underscore.
    check(
        &Meal::plants("noon", "hay").cold(true).note("x"),
        json!({ "when": "noon", "kind": "plants", "what": "hay", "cold": true, "note": "x" }),
    );
    check(
        &Meal::new_("noon", 3),
        json!({ "when": "noon", "kind": "new", "number": 3 }),
    );
    check(
        &Meal::cold_("noon", "ice"),
        json!({ "when": "noon", "kind": "cold", "what": "ice" }),
    );
    // A branch that is a union itself is given as a whole.
    check(
        &Feast::new_(Visitor::ghost()),
        json!({ "meal": "new", "kind": "ghost" }),
    );
    check(&Feast::plants(), json!({ "meal": "plants" }));
}

#[test]
fn what_only_wraps_is_seen_through() {
    check(
        &Parcel::from(cat()),
        json!({ "kind": "cat", "data": { "lives": 9 } }),
    );
    // Two branches hold a dog; one of them is named for it.
    check(
        &Parcel::from(Dog::new(1_u64)),
        json!({ "kind": "dog", "data": { "bark": 1 } }),
    );
    check(
        &Parcel::Ghost(Dog::new(1_u64).into()),
        json!({ "kind": "ghost", "data": { "bark": 1 } }),
    );
}

#[test]
fn alternates() {
    check(&AnimalRef::from("tom"), json!("tom"));
    check(&AnimalRef::None, json!(null));
    check(
        &AnimalRef::from(Animal::new(cat())),
        json!({ "kind": "cat", "lives": 9 }),
    );
    // A union that insists on nothing but its branch is made from one.
    assert_eq!(Animal::from(cat()), Animal::new(cat()));
    assert_eq!(AnimalRef::from(cat()), AnimalRef::from(Animal::new(cat())));
    check(&AnimalRef::Unrecognized(json!([1])), json!([1]));
    check(&Amount::from(-3), json!(-3));
    check(&Amount::from(true), json!(true));
    check(&Amount::List(vec![1, 2]), json!([1, 2]));
    check(&Amount::from(cat()), json!({ "lives": 9 }));
    fails::<Amount>(
        &json!([1, "x"]),
        "[1]",
        "invalid type: string \"x\", expected i64",
    );
    fails::<AnimalRef>(
        &json!({ "kind": "cat" }),
        ".lives",
        "missing mandatory member",
    );
    // Three states: absent, null, a value.
    check(&Dog::new(1_u64), json!({ "bark": 1 }));
    check(
        &Dog::new(1_u64).friend(AnimalRef::None),
        json!({ "bark": 1, "friend": null }),
    );
}

#[track_caller]
fn sends(command: &impl Command, name: &str, arguments: Value) {
    fn named<C: Command>(_: &C) -> &'static str {
        C::NAME
    }
    assert_eq!(
        (named(command), serde_json::to_value(command).unwrap()),
        (name, arguments)
    );
}

fn returns<C: Command>(json: &str) -> Result<C::Return, DecodeError> {
    wire::from_json_with(json, |reply| C::decode_return(reply))
}

#[test]
fn commands() {
    sends(
        &AddAnimal::new("tom").amount(3),
        "add_animal",
        json!({ "animal": "tom", "amount": 3 }),
    );
    sends(
        &ReplaceAnimal(Animal::new(cat())),
        "replace-animal",
        json!({ "kind": "cat", "lives": 9 }),
    );
    // The struct around a type can be made without naming the type.
    assert_eq!(
        ReplaceAnimal::new(cat()).name("Tom"),
        ReplaceAnimal(Animal::new(cat()).name("Tom"))
    );
    // What may also be done among others is made from the command of its name.
    let chores = [Feed::new("Tom").food(Diet::Plants).into(), Chore::Rest];
    sends(
        &DoChores::new(chores),
        "do-chores",
        json!({ "chores": [
            { "type": "feed", "data": { "name": "Tom", "food": "plants" } },
            { "type": "rest" },
        ] }),
    );
    sends(
        &UsePrelude::new().value(1),
        "use-prelude",
        json!({ "value": 1 }),
    );
    sends(
        &NewThing::new("x")
            .extra_(1)
            .extra("size", 2)
            .extra("name", "n"),
        "new-thing",
        json!({ "driver": "x", "extra": 1, "size": 2, "name": "n" }),
    );
    sends(
        &NewThing::new("x").extra_of(&cat()),
        "new-thing",
        json!({ "driver": "x", "lives": 9 }),
    );
    // No member goes out twice.
    for (twice, member) in [
        (NewThing::new("x").extra("driver", "y"), "driver"),
        (NewThing::new("x").extra_(1).extra("extra", 1), "extra"),
    ] {
        let error = serde_json::to_string(&twice).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                ".{member}: duplicate argument, declared by `new-thing` and added with `extra`; remove one of them"
            )
        );
    }
    sends(
        &NewThing::new("x").extra("extra", 1),
        "new-thing",
        json!({ "driver": "x", "extra": 1 }),
    );
    const _: () =
        assert!(AddAnimal::ALLOW_OOB && !AddAnimal::ALLOW_PRECONFIG && AddAnimal::SUCCESS_RESPONSE);
    const _: () = assert!(!ShutDown::SUCCESS_RESPONSE && ShutDown::ALLOW_PRECONFIG);
    const _: () = assert!(
        CountLegs::UNSTABLE && !CountLegs::DEPRECATED && !Event::UNSTABLE && Event::DEPRECATED
    );
    assert_eq!(returns::<AddAnimal>(r#"{"lives": 1}"#), Ok(Cat::new(1)));
    assert_eq!(returns::<CountLegs>("4"), Ok(4));
    assert_eq!(
        returns::<ReplaceAnimal>(r#"{"later": "a release returns something"}"#),
        Ok(())
    );
    let error = returns::<NameAll>(r#"[{"lives": 1}, {"lives": {}}]"#).unwrap_err();
    assert_eq!(error.path(), "[1].lives");
}

fn event(name: &str, data: &str) -> RawEvent {
    let data = serde_json::value::RawValue::from_string(data.to_owned()).unwrap();
    RawEvent {
        name: name.to_owned(),
        data: Some(data),
        timestamp: None,
    }
}

#[test]
fn events() {
    let escaped = event("ANIMAL_ESCAPED", r#"{"name": "Tom", "cage": {"width": 3}}"#);
    let decoded = escaped.decode::<AnimalEscaped>().unwrap().unwrap();
    assert_eq!(
        (decoded.name.as_str(), decoded.cage),
        ("Tom", Some(BigCage::new(3)))
    );
    assert_eq!(escaped.decode::<AnimalSeen>(), Ok(None));
    assert_eq!(AnimalSeen::NAME, "ANIMAL_SEEN");
    let any: Event_ = event("ANIMAL_SEEN", r#"{"kind": "egg"}"#)
        .decode_any()
        .unwrap();
    assert_eq!(any, AnimalSeen(Animal::new(AnimalBranch::Egg)).into());
    let unknown: Event_ = event("LATER", r#"{"x": 1}"#).decode_any().unwrap();
    assert_eq!(unknown.name(), "LATER");
    assert!(matches!(unknown, Event_::Unrecognized { data, .. } if data == json!({ "x": 1 })));
}

#[test]
fn conditions_that_are_known_are_decided() -> Result<(), Error> {
    let text = |config: Config| {
        config
            .schema_file(schema())
            .map(|bindings| bindings.to_string())
    };
    let with = text(Config::new().type_("Cage").define("CONFIG_LOCKS", true))?;
    assert!(with.contains("pub lock: ::core::primitive::f64,"), "{with}");
    let without = text(Config::new().type_("Cage").define("CONFIG_LOCKS", false))?;
    assert!(!without.contains("lock"), "{without}");
    let cats = text(
        Config::new()
            .type_("Visitor")
            .define("CONFIG_CATS_ONLY", true),
    )?;
    assert!(
        cats.contains("pub struct Dog"),
        "the visitor's branch has no condition: {cats}"
    );
    let events = text(Config::new().event("*").define("CONFIG_EVENTS", false))?;
    assert!(!events.contains("UNRECOGNIZED"), "{events}");
    Ok(())
}

#[test]
fn an_allow_list_takes_what_it_needs_and_no_more() -> Result<(), Error> {
    let bindings = Config::new().command("name-*").schema_file(schema())?;
    let text = bindings.as_str();
    for needed in [
        "pub struct NameAll",
        "pub struct Cat",
        "pub struct Animal",
        "pub enum AnimalRef",
        "pub struct Dog",
    ] {
        assert!(text.contains(needed), "{needed} is missing");
    }
    for other in [
        "AddAnimal",
        "BigCage",
        "AnimalEscaped",
        "Visitor",
        "enum Diet",
    ] {
        assert!(!text.contains(other), "{other} is not needed");
    }
    assert_eq!(
        (bindings.generated().commands, bindings.generated().events),
        (1, 0)
    );
    Ok(())
}

#[test]
fn what_matches_nothing_is_an_error() {
    for (config, expected) in [
        (
            Config::new().command("add-animal"),
            "no command matches `add-animal`; did you mean `add_animal`?",
        ),
        (
            Config::new().event("ANIMAL_SEE"),
            "no event matches `ANIMAL_SEE`; did you mean `ANIMAL_SEEN`?",
        ),
        (
            Config::new().type_("Animals"),
            "no type matches `Animals`; did you mean `Animal`?",
        ),
        (
            Config::new().extern_path("Animol", "x"),
            "no type matches `Animol`; did you mean `Animal`?",
        ),
    ] {
        assert_eq!(
            config.schema_file(schema()).unwrap_err().to_string(),
            expected
        );
    }
}

#[test]
fn a_type_of_the_users_stands_in() -> Result<(), Error> {
    let bindings = Config::new()
        .command("add_animal")
        .command("replace-animal")
        .extern_path("Animal", "::my::Animal")
        .schema_file(schema())?;
    let text = bindings.as_str();
    assert!(text.contains("pub struct ReplaceAnimal(\n"), "{text}");
    assert!(text.contains("    pub ::my::Animal,"), "{text}");
    assert!(text.contains("Definition(::my::Animal)"), "{text}");
    assert!(!text.contains("pub struct Animal "), "{text}");
    Ok(())
}

#[test]
fn unchanged_output_keeps_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.rs");
    let bindings = Config::new().type_("Cat").schema_file(schema()).unwrap();
    bindings.write_to_file(&path).unwrap();
    let written = || std::fs::metadata(&path).unwrap().modified().unwrap();
    let before = written();
    std::thread::sleep(std::time::Duration::from_millis(20));
    bindings.write_to_file(&path).unwrap();
    assert_eq!(written(), before);
    let error = bindings
        .write_to_file(folder.path().join("no/such/folder.rs"))
        .unwrap_err();
    assert!(error.to_string().ends_with("folder.rs"), "{error}");
    assert_eq!(bindings.files(), [schema()]);
}

#[test]
fn the_same_schema_gives_the_same_text() -> Result<(), Error> {
    let text = || {
        Config::new()
            .schema_file(schema())
            .map(|bindings| bindings.to_string())
    };
    assert_eq!(text()?, text()?);
    Ok(())
}
