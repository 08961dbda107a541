//! Reading what `query-qmp-schema` returns.

use std::collections::HashMap;

use qmp_types::wire::{self, Members, Names, ReadObject};
use serde_core::de::{Deserialize, Deserializer, Error as _, IgnoredAny};

use super::tables::{Builder, Fault, Item, Kind, Message, Problem, Span, Tables, Type, TypeId};

/// Reads a reply.
///
/// # Errors
/// The reply does not have the form that QEMU's manual describes, or it names a type
/// that it does not have.
pub(super) fn read<'de, D: Deserializer<'de>>(reply: D) -> Result<Tables, D::Error> {
    let entities = wire::list::<Entity, D>(reply)?;
    tables(&entities).map_err(|fault| {
        let Wrong {
            entry,
            member,
            problem,
        } = fault;
        D::Error::custom(format_args!("[{entry}]{member}: {problem}"))
    })
}

/// An element of the reply.
struct Entity {
    name: String,
    meta_type: String,
    arg_type: Option<String>,
    ret_type: Option<String>,
    features: Vec<String>,
    members: Vec<Part>,
    variants: Vec<Part>,
    tag: Option<String>,
    values: Vec<String>,
    element_type: Option<String>,
    json_type: Option<String>,
}

impl ReadObject for Entity {
    const NAME: &'static str = "SchemaInfo";

    fn read<'de, M: Members<'de>>(members: &mut M) -> Result<Self, M::Error> {
        const NAMES: &Names = &Names::new(&[
            "name",
            "meta-type",
            "arg-type",
            "ret-type",
            "features",
            "members",
            "variants",
            "tag",
            "values",
            "element-type",
            "json-type",
        ]);
        let (mut name, mut meta_type, mut arg_type, mut ret_type) = (None, None, None, None);
        let (mut features, mut parts, mut variants, mut tag) = (None, None, None, None);
        let (mut values, mut element_type, mut json_type) = (None, None, None);
        while let Some(index) = members.next(NAMES)? {
            match index {
                0 => members.value(&mut name)?,
                1 => members.value(&mut meta_type)?,
                2 => members.value(&mut arg_type)?,
                3 => members.value(&mut ret_type)?,
                4 => members.list(&mut features)?,
                5 => members.list(&mut parts)?,
                6 => members.list(&mut variants)?,
                7 => members.value(&mut tag)?,
                8 => members.list(&mut values)?,
                9 => members.value(&mut element_type)?,
                _ => members.value(&mut json_type)?,
            }
        }
        Ok(Self {
            name: name.map_or_else(|| members.missing("name"), Ok)?,
            meta_type: meta_type.map_or_else(|| members.missing("meta-type"), Ok)?,
            arg_type,
            ret_type,
            features: features.unwrap_or_default(),
            members: parts.unwrap_or_default(),
            variants: variants.unwrap_or_default(),
            tag,
            values: values.unwrap_or_default(),
            element_type,
            json_type,
        })
    }
}

impl<'de> Deserialize<'de> for Entity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        wire::read(deserializer)
    }
}

/// A member, a value, a branch or an alternative.
struct Part {
    name: Option<String>,
    ty: Option<String>,
    optional: bool,
    features: Vec<String>,
}

impl ReadObject for Part {
    const NAME: &'static str = "SchemaInfoObjectMember";

    fn read<'de, M: Members<'de>>(members: &mut M) -> Result<Self, M::Error> {
        const NAMES: &Names = &Names::new(&["name", "case", "type", "default", "features"]);
        let (mut name, mut ty, mut default, mut features) = (None, None, None, None);
        while let Some(index) = members.next(NAMES)? {
            match index {
                // Only a branch has the second one.
                0 | 1 => members.value(&mut name)?,
                2 => members.value(&mut ty)?,
                3 => members.value::<IgnoredAny>(&mut default)?,
                _ => members.list(&mut features)?,
            }
        }
        Ok(Self {
            name,
            ty,
            optional: default.is_some(),
            features: features.unwrap_or_default(),
        })
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        wire::read(deserializer)
    }
}

/// What is wrong, and where.
struct Wrong {
    entry: usize,
    /// The member, after a dot; empty for the element as a whole.
    member: &'static str,
    problem: String,
}

impl From<Fault> for Wrong {
    fn from(Fault { entry, problem }: Fault) -> Self {
        Self {
            entry,
            member: "",
            problem: problem.to_string(),
        }
    }
}

/// Reads one element after the other into tables.
struct Reader<'e> {
    builder: Builder,
    types: HashMap<&'e str, TypeId>,
    /// The index of the element.
    entry: usize,
}

fn is_message(entity: &Entity) -> bool {
    matches!(entity.meta_type.as_str(), "command" | "event")
}

fn tables(entities: &[Entity]) -> Result<Tables, Wrong> {
    let mut types = HashMap::new();
    let named = entities.iter().enumerate();
    for (entry, entity) in named.filter(|(_, entity)| !is_message(entity)) {
        let wrong = |problem: Problem| Wrong::from(Fault { entry, problem });
        let id = u32::try_from(types.len()).map_err(|_| wrong(Problem::TooLarge))?;
        if types.insert(entity.name.as_str(), TypeId(id)).is_some() {
            return Err(wrong(Problem::Duplicate(entity.name.clone())));
        }
    }
    let mut reader = Reader {
        builder: Builder::default(),
        types,
        entry: 0,
    };
    for (entry, entity) in entities.iter().enumerate() {
        reader.entry = entry;
        reader.entity(entity)?;
    }
    Ok(reader.builder.finish()?)
}

impl Reader<'_> {
    fn entity(&mut self, entity: &Entity) -> Result<(), Wrong> {
        let features = self.features(&entity.features)?;
        if is_message(entity) {
            let name = self.builder.name(&entity.name);
            let message = Message {
                name: name.map_err(|problem| self.wrong(".name", &problem))?,
                arguments: self.type_of(".arg-type", entity.arg_type.as_deref())?,
                reply: match entity.meta_type.as_str() {
                    "event" => None,
                    _ => Some(self.type_of(".ret-type", entity.ret_type.as_deref())?),
                },
                features,
            };
            self.builder.message(self.entry, message);
            return Ok(());
        }
        let kind = match entity.meta_type.as_str() {
            "builtin" => {
                let name = Self::present(self.entry, ".json-type", entity.json_type.as_deref())?;
                let name = self.builder.name(name);
                Kind::Builtin(name.map_err(|problem| self.wrong(".json-type", &problem))?)
            }
            "enum" => Kind::Enum(self.values(entity)?),
            "array" => Kind::Array(self.type_of(".element-type", entity.element_type.as_deref())?),
            "object" => Kind::Object {
                members: self.parts(".members", &entity.members, true)?,
                tag: match &entity.tag {
                    None => None,
                    Some(tag) => {
                        let tag = self.builder.name(tag);
                        Some(tag.map_err(|problem| self.wrong(".tag", &problem))?)
                    }
                },
                branches: self.parts(".variants", &entity.variants, true)?,
            },
            "alternate" => Kind::Alternate(self.parts(".members", &entity.members, false)?),
            other => {
                let problem = format!("{other:?} is not a kind of entity that is known");
                return Err(self.wrong(".meta-type", &problem));
            }
        };
        self.builder.ty(self.entry, Type { kind, features });
        Ok(())
    }

    fn wrong(&self, member: &'static str, problem: &impl ToString) -> Wrong {
        Wrong {
            entry: self.entry,
            member,
            problem: problem.to_string(),
        }
    }

    fn present<'a>(
        entry: usize,
        member: &'static str,
        value: Option<&'a str>,
    ) -> Result<&'a str, Wrong> {
        value.ok_or_else(|| Wrong {
            entry,
            member,
            problem: "missing mandatory member".to_owned(),
        })
    }

    fn type_of(&self, member: &'static str, name: Option<&str>) -> Result<TypeId, Wrong> {
        let name = Self::present(self.entry, member, name)?;
        let id = self.types.get(name).copied();
        id.ok_or_else(|| self.wrong(member, &format_args!("there is no type {name:?}")))
    }

    fn features(&mut self, features: &[String]) -> Result<Span, Wrong> {
        let span = self.builder.features(features.iter().map(String::as_str));
        span.map_err(|problem| self.wrong(".features", &problem))
    }

    /// The values of an enum. Releases before 7.0 only have `values`, and later ones
    /// also have `members`, with the features of each.
    fn values(&mut self, entity: &Entity) -> Result<Span, Wrong> {
        let mut items = Vec::new();
        for part in &entity.members {
            items.push(self.item(".members", part.name.as_deref(), None, part)?);
        }
        if items.is_empty() {
            for value in &entity.values {
                let name = self.builder.name(value);
                items.push(Item {
                    name: Some(name.map_err(|problem| self.wrong(".values", &problem))?),
                    ty: None,
                    optional: false,
                    features: Span::default(),
                });
            }
        }
        self.builder
            .items(items)
            .map_err(|problem| self.wrong(".values", &problem))
    }

    /// Members, branches or alternatives.
    fn parts(&mut self, member: &'static str, parts: &[Part], named: bool) -> Result<Span, Wrong> {
        let mut items = Vec::with_capacity(parts.len());
        for part in parts {
            let name = match named {
                true => Some(Self::present(self.entry, member, part.name.as_deref())?),
                false => None,
            };
            let ty = self.type_of(member, part.ty.as_deref())?;
            items.push(self.item(member, name, Some(ty), part)?);
        }
        self.builder
            .items(items)
            .map_err(|problem| self.wrong(member, &problem))
    }

    fn item(
        &mut self,
        member: &'static str,
        name: Option<&str>,
        ty: Option<TypeId>,
        part: &Part,
    ) -> Result<Item, Wrong> {
        let name = name.map(|name| self.builder.name(name)).transpose();
        Ok(Item {
            name: name.map_err(|problem| self.wrong(member, &problem))?,
            ty,
            optional: part.optional,
            features: self.features(&part.features)?,
        })
    }
}
