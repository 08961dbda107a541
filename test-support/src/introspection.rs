//! Values held against what QEMU would tell of a schema: a check that shares
//! nothing with the code that reads and writes them.

use std::collections::{BTreeMap, BTreeSet};

use qapi_codegen::{Protocol, bundled};
use qapi_parser::Schema;
use qapi_parser::introspect::Options;
use qapi_parser::schema::TypeKind;
use serde_json::{Map, Value};

/// The schema of the bindings of this name: `compat`, or a bundled release.
pub fn schema_of_bindings(name: &str, protocol: Protocol) -> Schema {
    let schema = match qapi_schemas::release(name) {
        Some(release) => bundled::schema(release, protocol),
        None => bundled::merged(qapi_schemas::RELEASES, protocol),
    };
    schema.unwrap()
}

/// What QEMU would tell of a schema with every condition kept.
pub struct Introspection {
    /// The elements of the introspection, by name.
    pub entities: BTreeMap<String, Value>,
    /// Members that only some builds have, by name.
    conditional: BTreeSet<String>,
}

impl Introspection {
    /// Takes the introspection of a schema.
    pub fn of(schema: &Schema) -> Self {
        let json = schema.to_introspection(&Options::new().unmask(true));
        let entities = json.as_array().unwrap().iter();
        let members = schema.types.iter().flat_map(|ty| match &ty.kind {
            TypeKind::Object(object) => object.members.as_slice(),
            _ => &[],
        });
        let conditional = members.filter(|member| member.condition.is_some());
        Self {
            entities: entities
                .map(|entity| (entity["name"].as_str().unwrap().to_owned(), entity.clone()))
                .collect(),
            conditional: conditional.map(|member| member.name.clone()).collect(),
        }
    }

    /// Returns the names of all elements of a kind, such as `command`.
    pub fn names_of(&self, meta_type: &str) -> Vec<&str> {
        let is_wanted = |entity: &Value| entity["meta-type"] == meta_type;
        let entities = self.entities.iter().filter(|(_, entity)| is_wanted(entity));
        entities.map(|(name, _)| name.as_str()).collect()
    }

    /// Panics unless the value is of the type.
    pub fn check(&self, value: &Value, ty: &str, path: &str) {
        let entity = &self.entities[ty];
        let text = |key: &str| entity[key].as_str().unwrap();
        match text("meta-type") {
            "builtin" => {
                let fits = match text("json-type") {
                    "string" => value.is_string(),
                    "int" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    _ => true,
                };
                assert!(fits, "{path}: {value} is no {ty}");
            }
            "enum" => {
                let values = entity["values"].as_array().unwrap();
                assert!(values.contains(value), "{path}: {value} is no {ty}");
            }
            "array" => {
                for element in value.as_array().unwrap() {
                    self.check(element, text("element-type"), path);
                }
            }
            "object" => self.check_object(value.as_object().unwrap(), entity, path),
            "alternate" => {
                let members = entity["members"].as_array().unwrap();
                let types = members
                    .iter()
                    .map(|member| member["type"].as_str().unwrap());
                let fits = types.into_iter().find(|ty| self.kind(ty) == kind(value));
                match fits {
                    Some(ty) => self.check(value, ty, path),
                    None => panic!("{path}: {value} is no {ty}"),
                }
            }
            other => panic!("{path}: {other}"),
        }
    }

    fn check_object(&self, object: &Map<String, Value>, entity: &Value, path: &str) {
        let mut left = object.clone();
        let mut entity = entity;
        loop {
            for member in entity["members"].as_array().unwrap() {
                let name = member["name"].as_str().unwrap();
                let path = format!("{path}.{name}");
                match left.remove(name) {
                    Some(value) => self.check(&value, member["type"].as_str().unwrap(), &path),
                    None => assert!(
                        member.get("default").is_some() || self.conditional.contains(name),
                        "{path} is missing"
                    ),
                }
            }
            let Some(tag) = entity.get("tag") else {
                break;
            };
            let case = &object[tag.as_str().unwrap()];
            let variants = entity["variants"].as_array().unwrap();
            let variant = variants.iter().find(|variant| variant["case"] == *case);
            entity = &self.entities[variant.unwrap()["type"].as_str().unwrap()];
        }
        assert!(left.is_empty(), "{path}: unknown {left:?}");
    }

    /// The JSON type of a branch.
    fn kind(&self, ty: &str) -> &str {
        let entity = &self.entities[ty];
        match entity["meta-type"].as_str().unwrap() {
            "builtin" => match entity["json-type"].as_str().unwrap() {
                "int" => "number",
                other => other,
            },
            "enum" => "string",
            other => other,
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
