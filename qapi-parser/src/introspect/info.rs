//! Introspection as JSON.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fmt;

use serde_json::{Value, json};

use crate::text::names::{self, Role};
use crate::visible::shown;

/// The error of introspection that cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum IntrospectionError {
    /// It is not JSON.
    Json(serde_json::Error),
    /// It is JSON, but not an array of `SchemaInfo`, nor a reply that returns
    /// one.
    Malformed(String),
    /// A name is invalid.
    Name {
        /// The command, event or type with this name, or the one that contains it.
        entity: String,
        /// What has the name: `command`, `event`, `type`, `member`, `tag`,
        /// `value`, `case` or `feature`.
        role: &'static str,
        /// The name.
        name: String,
    },
    /// It breaks a rule of the language.
    Unsound(String),
}

impl fmt::Display for IntrospectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // These words come from the input and were not checked.
        let text = match self {
            Self::Json(_) => "the introspection is not valid JSON".to_owned(),
            Self::Malformed(what) => format!("malformed introspection: {what}"),
            Self::Name { entity, role, name } => format!(
                "the introspection is malformed: '{entity}': the language allows no {role} \
                 the name '{name}'; names are made of letters, digits, '-' and '_', and \
                 start with a letter"
            ),
            Self::Unsound(what) => format!("invalid introspection: {what}"),
        };
        f.write_str(&shown(&text))
    }
}

impl Error for IntrospectionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            Self::Malformed(_) | Self::Name { .. } | Self::Unsound(_) => None,
        }
    }
}

impl From<serde_json::Error> for IntrospectionError {
    fn from(error: serde_json::Error) -> IntrospectionError {
        IntrospectionError::Json(error)
    }
}

impl IntrospectionError {
    /// The error for tools, with the same keys as
    /// [`Diagnostic::to_json`](crate::Diagnostic::to_json): `file`, `line`, `column`,
    /// `severity`, `kind` and `message`. `path` is the file that was read.
    ///
    /// ```
    /// let error = qapi_parser::Schema::from_introspection("[\n}", None).unwrap_err();
    /// assert_eq!(error.to_json("schema.json")["line"], 2);
    /// ```
    pub fn to_json(&self, path: &str) -> Value {
        let mut message = self.to_string();
        let (mut line, mut column) = (1, 1);
        if let Self::Json(error) = self {
            (line, column) = (error.line(), error.column());
            message = format!("{message}: {error}");
        }
        json!({
            "file": path,
            "line": line,
            "column": column,
            "severity": "error",
            "kind": "introspection",
            "message": message,
        })
    }

    fn at(name: &str, what: &str) -> IntrospectionError {
        IntrospectionError::Malformed(format!("'{name}': {what}"))
    }
}

/// The elements of introspection, in their order.
#[derive(Debug, Default)]
pub(crate) struct Infos {
    pub(crate) infos: Vec<Info>,
    types: HashMap<String, usize>,
    /// Commands and events, which have their own names.
    named: HashMap<String, usize>,
    /// Whether an enum has members, not only values.
    pub(crate) has_enum_members: bool,
}

#[derive(Debug)]
pub(crate) struct Info {
    pub(crate) name: String,
    pub(crate) features: Vec<String>,
    pub(crate) kind: InfoKind,
}

#[derive(Debug)]
pub(crate) enum InfoKind {
    Command {
        args: String,
        ret: String,
        allow_oob: bool,
    },
    Event {
        args: String,
    },
    Builtin,
    Enum(Vec<InfoValue>),
    Object(InfoObject),
    Alternate(Vec<String>),
    Array(String),
}

#[derive(Debug)]
pub(crate) struct InfoValue {
    pub(crate) name: String,
    pub(crate) features: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct InfoObject {
    pub(crate) members: Vec<InfoMember>,
    pub(crate) tag: Option<String>,
    /// The cases with their types.
    pub(crate) variants: Vec<(String, String)>,
}

impl InfoObject {
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.variants.is_empty()
    }
}

#[derive(Debug)]
pub(crate) struct InfoMember {
    pub(crate) name: String,
    pub(crate) ty: String,
    pub(crate) optional: bool,
    pub(crate) features: Vec<String>,
}

impl Infos {
    /// Reads the array, or the whole reply that holds it.
    pub(crate) fn parse(json: &str) -> Result<Infos, IntrospectionError> {
        let value: Value = serde_json::from_str(json)?;
        let array = value.get("return").unwrap_or(&value);
        let Some(array) = array.as_array() else {
            let message = "expected an array, or a reply that returns one";
            return Err(IntrospectionError::Malformed(message.to_owned()));
        };
        let mut infos = Infos::default();
        for value in array {
            let info = ElementReader::info(value)?;
            if let InfoKind::Enum(_) = info.kind {
                infos.has_enum_members |= value.get("members").is_some();
            }
            let is_type = !matches!(info.kind, InfoKind::Command { .. } | InfoKind::Event { .. });
            let names = if is_type {
                &mut infos.types
            } else {
                &mut infos.named
            };
            names.insert(info.name.clone(), infos.infos.len());
            infos.infos.push(info);
        }
        infos.check_references()?;
        Ok(infos)
    }

    /// The type of this name. None for built-in types and arrays that are not
    /// listed.
    pub(crate) fn get(&self, name: &str) -> Option<&Info> {
        self.types.get(name).map(|index| &self.infos[*index])
    }

    pub(crate) fn command_or_event(&self, name: &str) -> Option<&Info> {
        self.named.get(name).map(|index| &self.infos[*index])
    }

    pub(crate) fn object(&self, name: &str) -> Option<&InfoObject> {
        match &self.get(name)?.kind {
            InfoKind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// What an array holds.
    pub(crate) fn element<'n>(&'n self, name: &'n str) -> Option<&'n str> {
        match self.get(name).map(|info| &info.kind) {
            Some(InfoKind::Array(element)) => Some(element),
            _ => name.strip_prefix('[')?.strip_suffix(']'),
        }
    }

    fn check_references(&self) -> Result<(), IntrospectionError> {
        for info in &self.infos {
            for ty in info.uses() {
                let element = self.element(ty).unwrap_or(ty);
                let is_known = self.get(element).is_some() || is_builtin(element);
                if !is_known || self.element(element).is_some() {
                    let what = format!("uses unknown type '{ty}'");
                    return Err(IntrospectionError::at(&info.name, &what));
                }
            }
        }
        Ok(())
    }
}

/// The names that built-in types have in introspection.
pub(crate) fn is_builtin(name: &str) -> bool {
    matches!(
        name,
        "str" | "int" | "number" | "bool" | "null" | "any" | "size"
    )
}

/// Whether a type may be called so: a number, unless `-u` kept its name, or
/// brackets around what an array holds.
fn is_type_name(name: &str) -> bool {
    let element = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
    let name = element.unwrap_or(name);
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    is_number || names::is_valid(Role::Plain, name) || names::is_implicit(name)
}

impl Info {
    /// The names of the types that it refers to, in order.
    pub(crate) fn uses(&self) -> Vec<&str> {
        match &self.kind {
            InfoKind::Command { args, ret, .. } => vec![args, ret],
            InfoKind::Event { args } => vec![args],
            InfoKind::Object(object) => {
                let members = object.members.iter().map(|member| member.ty.as_str());
                let variants = object.variants.iter().map(|(_, ty)| ty.as_str());
                members.chain(variants).collect()
            }
            InfoKind::Alternate(types) => types.iter().map(String::as_str).collect(),
            InfoKind::Array(element) => vec![element],
            InfoKind::Builtin | InfoKind::Enum(_) => Vec::new(),
        }
    }
}

/// Reads one part of the JSON. Its owner is named in messages.
struct ElementReader<'v> {
    value: &'v Value,
    owner: &'v str,
}

impl<'v> ElementReader<'v> {
    fn info(value: &'v Value) -> Result<Info, IntrospectionError> {
        let owner = value.get("name").and_then(Value::as_str).ok_or_else(|| {
            let message = "expected objects with a name".to_owned();
            IntrospectionError::Malformed(message)
        })?;
        let reader = ElementReader { value, owner };
        let kind = match reader.string("meta-type")? {
            "command" => InfoKind::Command {
                args: reader.owned("arg-type")?,
                ret: reader.owned("ret-type")?,
                allow_oob: value.get("allow-oob") == Some(&Value::Bool(true)),
            },
            "event" => InfoKind::Event {
                args: reader.owned("arg-type")?,
            },
            "builtin" => InfoKind::Builtin,
            "enum" => InfoKind::Enum(reader.values()?),
            "object" => InfoKind::Object(InfoObject {
                members: reader.each("members", |member| member.member())?,
                tag: match value.get("tag") {
                    None => None,
                    Some(_) => Some(reader.name("tag", "tag", Role::Member)?),
                },
                variants: match value.get("variants") {
                    None => Vec::new(),
                    Some(_) => reader.distinct_cases(|variant| {
                        let case = variant.name("case", "case", Role::Value)?;
                        Ok((case, variant.owned("type")?))
                    })?,
                },
            }),
            "alternate" => InfoKind::Alternate(reader.each("members", |m| m.owned("type"))?),
            "array" => InfoKind::Array(reader.owned("element-type")?),
            other => {
                let what = format!("unknown meta-type '{other}'");
                return Err(IntrospectionError::at(owner, &what));
            }
        };
        let name = match kind {
            InfoKind::Command { .. } => reader.name("name", "command", Role::Plain)?,
            InfoKind::Event { .. } => reader.name("name", "event", Role::Plain)?,
            _ if is_type_name(owner) => owner.to_owned(),
            _ => return Err(reader.not_allowed("type", owner)),
        };
        Ok(Info {
            name,
            features: reader.features()?,
            kind,
        })
    }

    fn string(&self, key: &str) -> Result<&'v str, IntrospectionError> {
        let string = self.value.get(key).and_then(Value::as_str);
        string
            .ok_or_else(|| IntrospectionError::at(self.owner, &format!("'{key}' must be a string")))
    }

    fn owned(&self, key: &str) -> Result<String, IntrospectionError> {
        self.string(key).map(str::to_owned)
    }

    /// A name of the schema's own.
    fn name(
        &self,
        key: &str,
        what: &'static str,
        role: Role,
    ) -> Result<String, IntrospectionError> {
        self.valid(self.string(key)?, what, role)
    }

    fn valid(
        &self,
        name: &str,
        what: &'static str,
        role: Role,
    ) -> Result<String, IntrospectionError> {
        match names::is_valid(role, name) {
            true => Ok(name.to_owned()),
            false => Err(self.not_allowed(what, name)),
        }
    }

    fn not_allowed(&self, role: &'static str, name: &str) -> IntrospectionError {
        IntrospectionError::Name {
            entity: self.owner.to_owned(),
            role,
            name: name.to_owned(),
        }
    }

    fn each<T>(
        &self,
        key: &str,
        read: impl Fn(ElementReader<'v>) -> Result<T, IntrospectionError>,
    ) -> Result<Vec<T>, IntrospectionError> {
        let Some(values) = self.value.get(key).and_then(Value::as_array) else {
            let what = format!("'{key}' must be an array");
            return Err(IntrospectionError::at(self.owner, &what));
        };
        let readers = values.iter().map(|value| ElementReader {
            value,
            owner: self.owner,
        });
        readers.map(read).collect()
    }

    /// The branches of a union. They are the keys of an object in a schema, so
    /// duplicates are errors.
    fn distinct_cases(
        &self,
        read: impl Fn(ElementReader<'v>) -> Result<(String, String), IntrospectionError>,
    ) -> Result<Vec<(String, String)>, IntrospectionError> {
        let cases = self.each("variants", read)?;
        let mut seen = HashSet::new();
        match cases.iter().find(|(case, _)| !seen.insert(case)) {
            None => Ok(cases),
            Some((case, _)) => {
                let what = format!("duplicate branch '{case}'");
                Err(IntrospectionError::at(self.owner, &what))
            }
        }
    }

    fn member(&self) -> Result<InfoMember, IntrospectionError> {
        Ok(InfoMember {
            name: self.name("name", "member", Role::Member)?,
            ty: self.owned("type")?,
            optional: self.value.get("default").is_some(),
            features: self.features()?,
        })
    }

    fn features(&self) -> Result<Vec<String>, IntrospectionError> {
        if self.value.get("features").is_none() {
            return Ok(Vec::new());
        }
        let names = self.strings("features")?.into_iter();
        names
            .map(|name| self.valid(&name, "feature", Role::Plain))
            .collect()
    }

    fn strings(&self, key: &str) -> Result<Vec<String>, IntrospectionError> {
        let wrap = |name: &Value| name.as_str().map(str::to_owned);
        let values = self.value.get(key).and_then(Value::as_array);
        let strings = values.and_then(|values| values.iter().map(wrap).collect());
        strings.ok_or_else(|| {
            let what = format!("'{key}' must be an array of strings");
            IntrospectionError::at(self.owner, &what)
        })
    }

    /// An enum's values; before QEMU 6.2 these were strings only.
    fn values(&self) -> Result<Vec<InfoValue>, IntrospectionError> {
        if self.value.get("members").is_some() {
            return self.each("members", |member| {
                Ok(InfoValue {
                    name: member.name("name", "value", Role::Value)?,
                    features: member.features()?,
                })
            });
        }
        let names = self.strings("values")?;
        let values = names.into_iter().map(|name| {
            Ok(InfoValue {
                name: self.valid(&name, "value", Role::Value)?,
                features: Vec::new(),
            })
        });
        values.collect()
    }
}
