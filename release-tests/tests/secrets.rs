//! `Debug` of every type shows what it holds, but for secrets.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use qapi_codegen::Protocol;
use qmp_types::compat::commands::{Balloon, DeviceAdd, SetLink, Stop};
use qmp_types::compat::events::Event;
use qmp_types::compat::types::{BlockdevRef, ImageInfo, SecretProperties};
use qmp_types::{RawEvent, wire};
use release_tests::{ROUND_TRIPS, RoundTrip};
use serde_json::{Map, Value, json};
use test_support::introspection::{Introspection, schema_of_bindings};
use test_support::secrets::{MARKER, TEXTS, is_secret};

/// Deeper than this, optional members are left away.
const DEPTH: usize = 2;

/// Values with something in each place.
struct Filled<'s> {
    schema: &'s Introspection,
    /// What a text is made of that no member's name makes a secret; none for one
    /// that is none either.
    text: Option<(&'s str, &'s str)>,
    /// What must be seen.
    visible: BTreeSet<String>,
}

impl Filled<'_> {
    /// Values of a type: one for each branch, where there are some.
    fn all(&mut self, ty: &str, of: &str) -> Vec<Value> {
        let entity = &self.schema.entities[ty];
        let cases = match entity["meta-type"].as_str().unwrap() {
            "object" => entity.get("variants"),
            "alternate" => entity.get("members"),
            _ => None,
        };
        let count = cases.map_or(1, |cases| cases.as_array().unwrap().len());
        (0..count)
            .map(|case| self.value(ty, of, false, 0, Some(case)))
            .collect()
    }

    fn value(
        &mut self,
        ty: &str,
        of: &str,
        is_hidden: bool,
        depth: usize,
        case: Option<usize>,
    ) -> Value {
        let schema = self.schema;
        let entity = &schema.entities[ty];
        let text = |key: &str| entity[key].as_str().unwrap();
        match text("meta-type") {
            "builtin" => match text("json-type") {
                "string" => self.string(is_hidden).into(),
                "int" | "number" => json!(7),
                "boolean" => json!(true),
                "null" => Value::Null,
                _ if is_hidden => json!({"a": [MARKER]}),
                _ => json!([{"password": MARKER, "a": self.string(false)}]),
            },
            "enum" => entity["values"][0].clone(),
            "array" => {
                let ty = text("element-type");
                json!([self.value(ty, ty, is_hidden, depth, None)])
            }
            "alternate" => {
                let members = entity["members"].as_array().unwrap();
                let is_flat = |member: &&Value| {
                    let ty = member["type"].as_str().unwrap();
                    schema.entities[ty]["meta-type"] != "object"
                };
                let member = match case {
                    Some(case) => &members[case],
                    None => members.iter().find(is_flat).unwrap_or(&members[0]),
                };
                self.value(member["type"].as_str().unwrap(), ty, is_hidden, depth, None)
            }
            _ => self.object(entity, of, is_hidden, depth, case).into(),
        }
    }

    fn string(&mut self, is_hidden: bool) -> String {
        match self.text {
            _ if is_hidden => MARKER.to_owned(),
            Some((text, visible)) => {
                self.visible.insert(visible.to_owned());
                text.to_owned()
            }
            None => {
                let text = format!("plain{}.", self.visible.len());
                self.visible.insert(text.clone());
                text
            }
        }
    }

    fn object(
        &mut self,
        entity: &Value,
        of: &str,
        is_hidden: bool,
        depth: usize,
        case: Option<usize>,
    ) -> Map<String, Value> {
        let schema = self.schema;
        let mut members = Map::new();
        for member in entity["members"].as_array().unwrap() {
            let (name, ty) = (
                member["name"].as_str().unwrap(),
                member["type"].as_str().unwrap(),
            );
            if depth > DEPTH && member.get("default").is_some() {
                continue;
            }
            let is_hidden = is_hidden || is_secret(of, name);
            let value = self.value(ty, ty, is_hidden, depth + 1, None);
            members.insert(name.to_owned(), value);
        }
        if let Some(variants) = entity.get("variants") {
            let variants = variants.as_array().unwrap();
            let size = |variant: &&Value| {
                let entity = &schema.entities[variant["type"].as_str().unwrap()];
                entity["members"].as_array().unwrap().len()
                    + 9 * usize::from(entity.get("variants").is_some())
            };
            let variant = match case {
                Some(case) => &variants[case],
                None => variants.iter().min_by_key(size).unwrap(),
            };
            members.insert(
                entity["tag"].as_str().unwrap().to_owned(),
                variant["case"].clone(),
            );
            let ty = variant["type"].as_str().unwrap();
            let branch = &schema.entities[ty];
            members.extend(self.object(branch, ty, is_hidden, depth, None));
        }
        members
    }
}

/// Makes values of all that the tables have, with each of these texts, and shows
/// them. Tells how many secrets were in them.
fn show_all(texts: &[Option<(&str, &str)>]) -> usize {
    let mut secrets = 0;
    let mut wrong = BTreeSet::new();
    for tables in ROUND_TRIPS {
        let is_named = |protocol: &Protocol| protocol.name() == tables.protocol;
        let protocol = Protocol::ALL.into_iter().find(is_named).unwrap();
        let schema = schema_of_bindings(tables.bindings, protocol);
        let introspection = Introspection::of(&schema);
        let mut check_with = |text, name: &str, ty: &str, trip: RoundTrip| {
            let mut filled = Filled {
                schema: &introspection,
                text,
                visible: BTreeSet::new(),
            };
            for value in filled.all(ty, name) {
                let json = value.to_string();
                secrets += json.matches(MARKER).count();
                let mut shown = Vec::new();
                let result = trip(&json, &mut |value| {
                    shown = vec![format!("{value:?}"), format!("{value:#?}")];
                });
                assert!(result.is_ok(), "{name}: {result:?}\n{json}");
                for shown in shown {
                    if shown.contains(MARKER) {
                        wrong.insert(format!("a secret of {name}: {shown}"));
                    }
                    for visible in &filled.visible {
                        if json.contains(visible) && !shown.contains(visible) {
                            wrong.insert(format!("no {visible} of {name}: {shown}"));
                        }
                    }
                }
            }
        };
        let mut check = |name: &str, ty: &str, trip: RoundTrip| {
            for text in texts {
                check_with(*text, name, ty, trip);
            }
        };
        for (name, trip) in tables.types {
            if introspection.entities.contains_key(*name) {
                check(name, name, *trip);
            }
        }
        let of_command = |name: &str, key: &str| {
            let entity = &introspection.entities[name];
            entity[key].as_str().unwrap().to_owned()
        };
        let is_named = |ty: &str| schema.type_named(ty).is_some_and(|ty| !schema[ty].implicit);
        for (key, table) in [
            ("arg-type", tables.commands),
            ("ret-type", tables.returns),
            ("arg-type", tables.events),
        ] {
            for (name, trip) in table {
                let ty = of_command(name, key);
                // A bare text or value is shown as its own type shows it.
                if ["str", "any"].contains(&ty.as_str()) {
                    continue;
                }
                let of = if is_named(&ty) { &ty } else { *name };
                check(of, &ty, *trip);
            }
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    secrets
}

#[test]
fn no_type_shows_a_secret() {
    assert!(show_all(&[None]) > 100);
}

#[test]
fn no_type_shows_a_secret_in_a_text() {
    let texts: Vec<_> = TEXTS.iter().copied().map(Some).collect();
    assert!(show_all(&texts) > 1000);
}

#[test]
fn what_is_no_secret_is_shown_as_it_is() {
    let link = SetLink::new("net0", true);
    assert_eq!(format!("{link:?}"), r#"SetLink { name: "net0", up: true }"#);
    assert_eq!(
        format!("{link:#?}"),
        "SetLink {\n    name: \"net0\",\n    up: true,\n}"
    );
    assert_eq!(
        format!("{:04x?}", Balloon::new(255)),
        "Balloon { value: 00ff }"
    );
    assert_eq!(format!("{:?}", Stop::new()), "Stop");
    let secret = SecretProperties::new().keyid("key0").data(MARKER);
    assert_eq!(
        format!("{secret:?}"),
        "SecretProperties { format: None, keyid: Some(\"key0\"), iv: None, \
         data: (left out), file: None, loaded: None }"
    );
    let none = SecretProperties::new().file("/key");
    assert!(format!("{none:?}").contains("data: None, file: Some(\"/key\")"));
    let device = DeviceAdd::new("virtio-blk")
        .extra("drive", "disk0")
        .extra("x-password", MARKER)
        .extra("x-file", json!({"url": "nbd://me:hunter2@host"}));
    let shown = format!("{device:?}");
    assert!(!shown.contains(MARKER), "{shown}");
    assert!(
        shown.contains("disk0") && shown.contains("(left out)@host"),
        "{shown}"
    );
    let reference = BlockdevRef::from("node0");
    assert_eq!(format!("{reference:?}"), r#"Reference("node0")"#);
    let unknown = RawEvent {
        name: "TOMORROW".to_owned(),
        data: serde_json::value::to_raw_value(&json!({"a": 1, "password": MARKER})).ok(),
        timestamp: None,
    };
    assert_eq!(
        format!("{unknown:?}"),
        r#"RawEvent { name: "TOMORROW", data: Some(RawValue({"a":1,"password":"(left out)"})), timestamp: None }"#
    );
    let unknown = unknown.decode_any::<Event>().unwrap();
    assert_eq!(
        format!("{unknown:?}"),
        r#"Unrecognized { name: "TOMORROW", data: Object {"a": Number(1), "password": String("(left out)")} }"#
    );
}

#[test]
fn a_secret_is_in_no_decoding_error() {
    let error = wire::from_json::<SecretKeyring>(r#"{"password": "hunter2"}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#".password: invalid type: string "(left out)", expected i64 at line 1 column 22"#
    );
}

/// A type of a user's, with a secret that is no text.
#[derive(Debug)]
struct SecretKeyring;

impl<'de> wire::Deserialize<'de> for SecretKeyring {
    fn deserialize<D: wire::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        wire::read(deserializer)
    }
}

impl wire::ReadObject for SecretKeyring {
    const NAME: &'static str = "SecretKeyring";

    fn read<'de, M: wire::Members<'de>>(members: &mut M) -> Result<Self, M::Error> {
        let mut number: Option<i64> = None;
        while members
            .next(const { &wire::Names::new(&["password"]) })?
            .is_some()
        {
            members.value(&mut number)?;
        }
        Ok(Self)
    }
}

#[test]
fn what_is_nested_as_deeply_as_a_reply_may_be_can_be_shown() {
    // As much stack as a thread has.
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let show = || {
        let mut image = ImageInfo::new("/images/0", "raw", 1);
        for overlay in 1..500 {
            image = ImageInfo::new(format!("/images/{overlay}"), "qcow2", 1).backing_image(image);
        }
        format!("{image:?}").len()
    };
    assert!(thread.spawn(show).unwrap().join().unwrap() > 50_000);
}
