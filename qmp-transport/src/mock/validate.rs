//! Checks the arguments of commands against an introspection.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A schema, as an introspection describes it.
pub(super) struct Schema {
    /// The entities of the introspection, by name.
    entities: BTreeMap<String, Value>,
}

type Checked = Result<(), String>;

impl Schema {
    pub(super) fn new(introspection: &Value) -> Self {
        let entities = introspection.as_array().into_iter().flatten();
        let entities = entities.filter_map(|entity| {
            let name = entity["name"].as_str()?;
            Some((name.to_owned(), entity.clone()))
        });
        Self {
            entities: entities.collect(),
        }
    }

    /// Checks arguments; `None` if there is no such command.
    pub(super) fn check_command(&self, name: &str, arguments: &Value) -> Option<Checked> {
        let command = self.entities.get(name)?;
        if command["meta-type"] != "command" {
            return None;
        }
        Some(self.check(&command["arg-type"], arguments, ""))
    }

    fn check(&self, ty: &Value, value: &Value, path: &str) -> Checked {
        let Some(entity) = ty.as_str().and_then(|name| self.entities.get(name)) else {
            return Err(format!("the schema does not have the type of '{path}'"));
        };
        let expected = |what: &str| {
            let found = json_type(value);
            Err(format!("'{path}': expected {what}, found {found}"))
        };
        match entity["meta-type"].as_str().unwrap_or_default() {
            "builtin" => {
                let json_type = entity["json-type"].as_str().unwrap_or_default();
                match json_type {
                    "string" if value.is_string() => Ok(()),
                    "int" if value.is_i64() || value.is_u64() => Ok(()),
                    "number" if value.is_number() => Ok(()),
                    "boolean" if value.is_boolean() => Ok(()),
                    "null" if value.is_null() => Ok(()),
                    "value" => Ok(()),
                    other => expected(other),
                }
            }
            "enum" => {
                let Some(text) = value.as_str() else {
                    return expected("string");
                };
                // From 6.2 on, `members` has an object for each value.
                let new = entity["members"].as_array().into_iter().flatten();
                let old = entity["values"].as_array().into_iter().flatten();
                let mut names = new.map(|member| &member["name"]).chain(old);
                match names.any(|name| name == text) {
                    true => Ok(()),
                    false => Err(format!("unknown value '{text}' of '{path}'")),
                }
            }
            "array" => match value.as_array() {
                Some(items) => items.iter().enumerate().try_for_each(|(index, item)| {
                    self.check(&entity["element-type"], item, &format!("{path}[{index}]"))
                }),
                None => expected("array"),
            },
            "alternate" => {
                let members = entity["members"].as_array().into_iter().flatten();
                let mut outcomes = members.map(|member| self.check(&member["type"], value, path));
                match outcomes.any(|outcome| outcome.is_ok()) {
                    true => Ok(()),
                    false => expected("a type of the alternate"),
                }
            }
            "object" => match value.as_object() {
                Some(members) => self.check_object(entity, members, path),
                None => expected("object"),
            },
            _ => Err(format!("the schema does not describe the type of '{path}'")),
        }
    }

    fn check_object(&self, entity: &Value, given: &Map<String, Value>, path: &str) -> Checked {
        let mut declared: Vec<&Value> = Vec::new();
        declared.extend(entity["members"].as_array().into_iter().flatten());
        if let Some(tag) = entity["tag"].as_str() {
            let case = given.get(tag);
            let mut variants = entity["variants"].as_array().into_iter().flatten();
            let variant = variants.find(|variant| Some(&variant["case"]) == case);
            let object = variant
                .and_then(|variant| variant["type"].as_str())
                .and_then(|name| self.entities.get(name));
            let members = object.and_then(|object| object["members"].as_array());
            declared.extend(members.into_iter().flatten());
        }
        let at = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        for member in &declared {
            let name = member["name"].as_str().unwrap_or_default();
            match given.get(name) {
                Some(value) => self.check(&member["type"], value, &at(name))?,
                None if member.get("default").is_some() => {}
                None => return Err(format!("missing member '{}'", at(name))),
            }
        }
        match given
            .keys()
            .find(|name| !declared.iter().any(|member| member["name"] == ***name))
        {
            Some(name) => Err(format!("unknown member '{}'", at(name))),
            None => Ok(()),
        }
    }
}

/// The JSON type of a value, in the words of an introspection.
fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "int",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
