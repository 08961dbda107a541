//! Random values of every type survive being read and written.

#![allow(clippy::unwrap_used)]

#[path = "../../../qapi-codegen/tests/support/introspection.rs"]
mod introspection;

use introspection::Introspection;
use proptest::prelude::Rng as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use qapi_codegen::{Protocol, bundled};
use qapi_parser::Schema;
use qapi_parser::schema::{Builtin, TypeId, TypeKind};
use qmp_types_live::TYPES;
use serde_json::{Map, Number, Value, json};

/// Deeper than this, values are as small as their types allow.
const DEPTH: usize = 4;

struct Random<'s> {
    schema: &'s Schema,
    rng: TestRng,
}

impl Random<'_> {
    fn below(&mut self, count: usize) -> usize {
        (self.rng.next_u32() as usize) % count.max(1)
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn value(&mut self, id: TypeId, depth: usize) -> Value {
        match &self.schema[id].kind {
            TypeKind::Builtin(builtin) => self.builtin(*builtin, &self.schema[id].name),
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
                .one(&["", "text", "é\"\\\n\u{1f600}", "a: b", "null"])
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

#[test]
fn every_type_makes_the_round_trip() {
    let release = qapi_schemas::RELEASES.last().unwrap();
    let schema = bundled::parse(release, Protocol::Qmp.schema_path())
        .unwrap()
        .schema;
    let introspection = Introspection::of(release, Protocol::Qmp);
    assert!(TYPES.len() > 700, "{} types", TYPES.len());
    // What only the compiler uses has no types that go over the wire.
    let unknown = TYPES
        .iter()
        .filter(|(name, _)| schema.type_named(name).is_none());
    assert_eq!(unknown.count(), 0);

    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let mut random = Random {
        schema: &schema,
        rng: runner.new_rng(),
    };
    for (name, round_trip) in TYPES {
        let id = schema.type_named(name).unwrap();
        let is_used = introspection.entities.contains_key(*name);
        for _ in 0..cases.unwrap_or(24) {
            let value = random.value(id, 0);
            let text = random.text(&value);
            let (encoded, same) = match round_trip(&text) {
                Ok(trip) => trip,
                Err(error) => panic!("{name}: {error}\n{text}"),
            };
            let back: Value = serde_json::from_str(&encoded).unwrap();
            assert_eq!(back, value, "{name}");
            assert!(same, "{name}: {text}");
            if is_used {
                introspection.check(&back, name, name);
            }
        }
    }
}
