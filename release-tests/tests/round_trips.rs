//! Random values of every type survive being read and written.

#![allow(clippy::unwrap_used)]

use proptest::prelude::Rng as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use qapi_codegen::{Protocol, bundled};
use qapi_parser::Schema;
use qapi_parser::schema::{Builtin, TypeId, TypeKind};
use qapi_schemas::RELEASES;
use release_tests::{ROUND_TRIPS, RoundTrip, RoundTrips};
use serde_json::{Map, Number, Value, json};
use test_support::introspection::{Introspection, schema_of_bindings};

/// Deeper than this, values are as small as their types allow.
const DEPTH: usize = 4;

/// A member that no type has, and that is not kept.
const IGNORED: &str = "x-ignored";

struct Random<'s> {
    schema: &'s Schema,
    rng: &'s mut TestRng,
    /// Whether there are members, values and branches that the schema lacks.
    from_tomorrow: bool,
}

impl Random<'_> {
    fn below(&mut self, count: usize) -> usize {
        (self.rng.next_u32() as usize) % count.max(1)
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn is_unknown(&mut self) -> bool {
        self.from_tomorrow && self.below(8) == 0
    }

    fn value(&mut self, id: TypeId, depth: usize) -> Value {
        match &self.schema[id].kind {
            TypeKind::Builtin(builtin) => self.builtin(*builtin, &self.schema[id].name),
            TypeKind::Enum(_) if self.is_unknown() => json!("x-tomorrow"),
            TypeKind::Enum(declared) => {
                let index = self.below(declared.values.len());
                json!(declared.values[index].name)
            }
            TypeKind::Array(_) if depth > DEPTH => json!([]),
            TypeKind::Array(element) => {
                let count = self.below(4);
                (0..count)
                    .map(|_| self.value(*element, depth + 1))
                    .collect()
            }
            TypeKind::Alternate(alternate) => {
                let is_flat = |id: TypeId| !matches!(self.schema[id].kind, TypeKind::Object(_));
                let flat = alternate.branches.iter().find(|branch| is_flat(branch.ty));
                let branch = match flat {
                    Some(flat) if depth > DEPTH => flat,
                    _ => &alternate.branches[self.below(alternate.branches.len())],
                };
                self.value(branch.ty, depth + 1)
            }
            TypeKind::Object(_) => self.object(id, depth).into(),
        }
    }

    fn object(&mut self, id: TypeId, depth: usize) -> Map<String, Value> {
        let schema = self.schema;
        let TypeKind::Object(object) = &schema[id].kind else {
            return Map::new();
        };
        let mut result = Map::new();
        for member in schema.all_members(id) {
            if !member.optional || (depth <= DEPTH && self.below(2) == 0) {
                let value = self.value(member.ty, depth + 1);
                result.insert(member.name.clone(), value);
            }
        }
        if let Some(variants) = &object.variants {
            if self.is_unknown() {
                result.insert(variants.tag.clone(), json!("x-tomorrow"));
                result.insert("x-kept".to_owned(), json!([{ "a": 1 }, null]));
                return result;
            }
            let mandatory = |id: TypeId| {
                let members = schema.all_members(id);
                members.iter().filter(|member| !member.optional).count()
            };
            let branch = if depth > DEPTH {
                variants
                    .branches
                    .iter()
                    .min_by_key(|branch| mandatory(branch.ty))
            } else {
                let index = self.below(variants.branches.len());
                variants.branches.get(index)
            };
            if let Some(branch) = branch {
                result.insert(variants.tag.clone(), json!(branch.name));
                result.extend(self.object(branch.ty, depth + 1));
            }
        } else if self.is_unknown() {
            result.insert(IGNORED.to_owned(), json!({ "a": [1] }));
        }
        result
    }

    fn builtin(&mut self, builtin: Builtin, name: &str) -> Value {
        let between = |low: i64, high: u64, this: &mut Self| -> Value {
            let random = this.rng.next_u64();
            let inside = match (low, high) {
                (0, u64::MAX) => Number::from(random),
                (i64::MIN, _) => Number::from(random.cast_signed()),
                (low, high) => {
                    let span = high.cast_signed() - low + 1;
                    Number::from(low + (random >> 1).cast_signed() % span)
                }
            };
            let edges = [
                Number::from(low),
                Number::from(high),
                Number::from(0),
                inside.clone(),
            ];
            this.one(&[edges.to_vec(), vec![inside]].concat()).into()
        };
        match (builtin, name) {
            (Builtin::Str, _) => self
                // The last are values of enums that some releases do not have.
                .one(&[
                    "",
                    "text",
                    "é\"\\\n\u{1f600}",
                    "a: b",
                    "null",
                    "mirror",
                    "vnc",
                ])
                .into(),
            (Builtin::Bool, _) => (self.below(2) == 0).into(),
            (Builtin::Null, _) => Value::Null,
            (Builtin::Number, _) => self.one(&[0.0, -1.5, 1e300, 5e-324]).into(),
            (Builtin::Any, _) => self.one(&[
                json!(null),
                json!([1, { "a": "b" }, null]),
                json!({ "type": -1, "": [] }),
                json!("text"),
            ]),
            (_, "int8") => between(i8::MIN.into(), 127, self),
            (_, "int16") => between(i16::MIN.into(), 32767, self),
            (_, "int32") => between(i32::MIN.into(), 2_147_483_647, self),
            (_, "uint8") => between(0, u8::MAX.into(), self),
            (_, "uint16") => between(0, u16::MAX.into(), self),
            (_, "uint32") => between(0, u32::MAX.into(), self),
            // The values of `int` and of `uint64`.
            (Builtin::Int128, _) => match self.below(2) {
                0 => between(i64::MIN, i64::MAX.cast_unsigned(), self),
                _ => between(0, u64::MAX, self),
            },
            (_, "uint64" | "size") => between(0, u64::MAX, self),
            _ => between(i64::MIN, i64::MAX.cast_unsigned(), self),
        }
    }

    /// The text of a value with the members in any order, as QEMU sends them.
    fn text(&mut self, value: &Value) -> String {
        match value {
            Value::Array(elements) => {
                let elements: Vec<String> = elements.iter().map(|e| self.text(e)).collect();
                format!("[{}]", elements.join(", "))
            }
            Value::Object(members) => {
                let mut members: Vec<String> = members
                    .iter()
                    .map(|(name, value)| format!("{}: {}", json!(name), self.text(value)))
                    .collect();
                for last in (1..members.len()).rev() {
                    let other = self.below(last + 1);
                    members.swap(last, other);
                }
                format!("{{{}}}", members.join(", "))
            }
            other => other.to_string(),
        }
    }
}

/// One entry of the tables.
struct Trip<'s> {
    name: String,
    trip: RoundTrip,
    /// None for what has no members.
    ty: Option<TypeId>,
    /// The type's name in the introspection, where it is used there.
    introspected: Option<&'s str>,
    /// Whether it takes members that no schema declares, and keeps them.
    is_open: bool,
}

fn trips<'s>(
    schema: &Schema,
    introspection: &'s Introspection,
    tables: &RoundTrips,
) -> Vec<Trip<'s>> {
    let command = |name: &str| schema.commands.iter().find(|c| c.name == name).unwrap();
    let event = |name: &str| schema.events.iter().find(|e| e.name == name).unwrap();
    let mut trips = Vec::new();
    for &(name, trip) in tables.types {
        let mut names = introspection.entities.keys();
        trips.push(Trip {
            name: name.to_owned(),
            trip,
            ty: Some(schema.type_named(name).unwrap()),
            introspected: names.find(|entity| *entity == name).map(String::as_str),
            is_open: false,
        });
    }
    let mut push = |what: &str, name: &str, trip, ty, key: &str, is_open| {
        trips.push(Trip {
            name: format!("{what} of {name}"),
            trip,
            ty,
            introspected: introspection.entities[name][key].as_str(),
            is_open,
        });
    };
    for &(name, trip) in tables.commands {
        let is_open = !command(name).gen_code;
        push(
            "arguments",
            name,
            trip,
            command(name).args,
            "arg-type",
            is_open,
        );
    }
    for &(name, trip) in tables.returns {
        push("return", name, trip, command(name).ret, "ret-type", false);
    }
    for &(name, trip) in tables.events {
        push("data", name, trip, event(name).args, "arg-type", false);
    }
    trips
}

fn protocol_of(tables: &RoundTrips) -> Protocol {
    let is_named = |protocol: &Protocol| protocol.name() == tables.protocol;
    Protocol::ALL.into_iter().find(is_named).unwrap()
}

/// How many values are made of each type.
fn cases() -> usize {
    let cases = std::env::var("PROPTEST_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(24)
}

/// Random numbers that are the same each time.
fn rng() -> TestRng {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(Config::default(), rng).new_rng()
}

/// Makes values of all that the tables have, and sends each round. What comes
/// back is handed on together with what was sent.
fn for_each_value(from_tomorrow: bool, check: impl Fn(&Introspection, &Trip<'_>, Value, Value)) {
    let mut rng = rng();
    for tables in ROUND_TRIPS {
        let schema = schema_of_bindings(tables.bindings, protocol_of(tables));
        let introspection = Introspection::of(&schema);
        for trip in trips(&schema, &introspection, tables) {
            for _ in 0..cases() {
                let mut random = Random {
                    schema: &schema,
                    rng: &mut rng,
                    from_tomorrow,
                };
                let sent = match trip.ty {
                    Some(ty) => random.value(ty, 0),
                    None => json!({}),
                };
                let text = random.text(&sent);
                let (encoded, is_same) = match (trip.trip)(&text, &mut |_| {}) {
                    Ok(back) => back,
                    Err(error) => panic!("{}: {error}\n{text}", trip.name),
                };
                assert!(is_same, "{}: {text}", trip.name);
                let back = serde_json::from_str(&encoded).unwrap();
                check(&introspection, &trip, sent, back);
            }
        }
    }
}

#[test]
fn every_type_is_in_the_tables() {
    for tables in ROUND_TRIPS {
        let protocol = protocol_of(tables);
        let schema = schema_of_bindings(tables.bindings, protocol);
        let introspection = Introspection::of(&schema);
        for (meta_type, table) in [
            ("enum", tables.types),
            ("object", tables.types),
            ("alternate", tables.types),
            ("command", tables.commands),
            ("command", tables.returns),
            ("event", tables.events),
        ] {
            let names = introspection.names_of(meta_type).into_iter();
            let missing: Vec<&str> = names
                // What the schema does not name has no type of its own in Rust.
                .filter(|name| {
                    let ty = schema.type_named(name);
                    ty.is_none_or(|ty| !schema[ty].implicit)
                })
                .filter(|name| !table.iter().any(|(there, _)| there == name))
                .collect();
            assert!(missing.is_empty(), "{}: {missing:?}", protocol.name());
        }
    }
}

#[test]
fn every_value_makes_the_round_trip() {
    for_each_value(false, |introspection, trip, sent, back| {
        assert_eq!(back, sent, "{}", trip.name);
        if let Some(ty) = trip.introspected {
            introspection.check(&back, ty, &trip.name);
        }
    });
}

#[test]
fn what_no_schema_knows_yet_is_kept_or_ignored() {
    for_each_value(true, |_, trip, mut sent, back| {
        if !trip.is_open {
            forget(&mut sent);
        }
        assert_eq!(back, sent, "{}", trip.name);
    });
}

#[test]
fn whatever_a_release_sends_or_takes_fits_the_bindings_of_all() {
    let mut rng = rng();
    let of_all = ROUND_TRIPS.iter().filter(|of| of.bindings == "compat");
    let mut values = 0;
    for tables in of_all {
        let protocol = protocol_of(tables);
        let main = protocol.schema_path();
        for release in RELEASES.iter().filter(|of| of.snapshot(main).is_some()) {
            let schema = bundled::schema(release, protocol).unwrap();
            let commands = schema.commands.iter().flat_map(|of| {
                let args = (&of.name, tables.commands, of.args);
                [args, (&of.name, tables.returns, of.ret)]
            });
            let events = schema.events.iter();
            let events = events.map(|of| (&of.name, tables.events, of.args));
            for (name, table, ty) in commands.chain(events) {
                let trip = table.iter().find(|(there, _)| there == name);
                let (_, trip) = trip.unwrap();
                for _ in 0..cases() / 4 {
                    let mut random = Random {
                        schema: &schema,
                        rng: &mut rng,
                        from_tomorrow: false,
                    };
                    let sent = ty.map_or(json!({}), |ty| random.value(ty, 0));
                    let text = random.text(&sent);
                    let (encoded, is_same) = match trip(&text, &mut |_| {}) {
                        Ok(back) => back,
                        Err(error) => panic!("{name} of {}: {error}\n{text}", release.name),
                    };
                    assert!(is_same, "{name} of {}: {text}", release.name);
                    let back = serde_json::from_str(&encoded).unwrap();
                    assert!(
                        holds(&back, &sent),
                        "{name} of {}: {text} became {encoded}",
                        release.name
                    );
                    values += 1;
                }
            }
        }
    }
    assert!(values > 20_000, "only {values}");
}

/// Whether nothing of a value is lost. A discriminator that the release does not have
/// may come in addition.
fn holds(back: &Value, sent: &Value) -> bool {
    match (back, sent) {
        (Value::Array(back), Value::Array(sent)) => {
            let mut pairs = back.iter().zip(sent);
            back.len() == sent.len() && pairs.all(|(back, sent)| holds(back, sent))
        }
        (Value::Object(back), Value::Object(sent)) => {
            let mut members = sent.iter();
            members.all(|(name, sent)| back.get(name).is_some_and(|back| holds(back, sent)))
        }
        (back, sent) => back == sent,
    }
}

/// Removes the members that are ignored.
fn forget(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(forget),
        Value::Object(members) => {
            members.remove(IGNORED);
            members.values_mut().for_each(forget);
        }
        _ => {}
    }
}
