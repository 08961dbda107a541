//! Introspection to schema.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::info::{
    Info, InfoKind, InfoMember, InfoObject, InfoValue, Infos, IntrospectionError, is_builtin,
};
use super::matching::{recover, same_shape};
use super::naming::Namer;
use super::write::shown_name;
use crate::releases::Releases;
use crate::schema::{EntityId, EnumValue, Feature, Pragma, Schema, TypeId, TypeKind};
use crate::text::Dialect;
use crate::text::definition::{
    Body, BranchDef, CommandDef, Data, Definition, Features, MemberDef, TypeName, UnionDef,
};
use crate::text::diagnostic::Reporter;
use crate::text::program::{ModuleItem, ModuleSource};
use crate::text::resolve;
use crate::text::source::Span;
use crate::text::validate::Definitions;

/// The path of the only module.
const MODULE: &str = "schema.json";

impl Schema {
    /// Reads what QEMU answers to `query-qmp-schema`: the bare array, or the
    /// whole reply.
    ///
    /// Introspection has numbers in place of the names of types. The names, the
    /// documentation and the properties of commands that introspection lacks are
    /// taken from the references, where commands, events, members and branches
    /// have the same names. What the first reference does not know is taken from
    /// the next. The best reference is the schema of the same release, the second
    /// best that of a similar release. Remaining branches of unions are named like
    /// the other branches, and other types after their first use: the type that
    /// `query-foo` returns becomes `QueryFooReturn`.
    ///
    /// ```
    /// use qapi_parser::Schema;
    ///
    /// let json = r#"[
    ///     { "name": "query-door", "meta-type": "command", "arg-type": "0", "ret-type": "1" },
    ///     { "name": "0", "meta-type": "object", "members": [] },
    ///     { "name": "1", "meta-type": "object", "members": [
    ///         { "name": "open", "type": "bool" } ] },
    ///     { "name": "bool", "meta-type": "builtin", "json-type": "boolean" } ]"#;
    /// let schema = Schema::from_introspection(json, None).unwrap();
    /// let door = schema.command_named("query-door").unwrap().ret.unwrap();
    /// assert_eq!(schema[door].name, "QueryDoorReturn");
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not JSON, not introspection, or describes
    /// something that a schema cannot declare.
    pub fn from_introspection<'r>(
        json: &str,
        references: impl IntoIterator<Item = &'r Schema>,
    ) -> Result<Schema, IntrospectionError> {
        let infos = Infos::parse(json)?;
        let references: Vec<&Schema> = references.into_iter().collect();
        let namer = Namer::name_all(&infos, &references);
        let builder = Builder {
            infos: &infos,
            references: &references,
            namer: &namer,
        };
        builder.schema()
    }
}

/// Returns the names of the commands and events in an introspection. They are never
/// masked, so they tell which release it is near.
///
/// ```
/// let json = r#"[{ "name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "0" },
///                { "name": "0", "meta-type": "object", "members": [] }]"#;
/// let names = qapi_parser::introspect::message_names(json)?;
/// assert!(names.iter().eq(["stop"]));
/// # Ok::<(), qapi_parser::introspect::IntrospectionError>(())
/// ```
///
/// # Errors
///
/// The same as those of [`Schema::from_introspection`].
pub fn message_names(json: &str) -> Result<BTreeSet<String>, IntrospectionError> {
    let infos = Infos::parse(json)?.infos.into_iter();
    let messages = infos.filter(|info| {
        let kind = &info.kind;
        matches!(kind, InfoKind::Command { .. } | InfoKind::Event { .. })
    });
    Ok(messages.map(|info| info.name).collect())
}

/// Returns the names that [`Schema::from_introspection`] takes from a reference,
/// by the names in the introspection.
///
/// # Errors
///
/// The same as those of [`Schema::from_introspection`].
pub fn recover_names(
    json: &str,
    reference: &Schema,
) -> Result<BTreeMap<String, String>, IntrospectionError> {
    let infos = Infos::parse(json)?;
    Ok(recover(&infos, reference)
        .into_iter()
        .map(|(name, id)| (name.to_owned(), reference[id].name.clone()))
        .collect())
}

impl Schema {
    fn forget_places(&mut self) {
        for ty in &mut self.types {
            ty.span = None;
            match &mut ty.kind {
                TypeKind::Enum(declared) => {
                    for value in &mut declared.values {
                        value.span = None;
                    }
                }
                TypeKind::Object(object) => {
                    for member in &mut object.members {
                        member.span = None;
                    }
                    let variants = object.variants.iter_mut();
                    for branch in variants.flat_map(|variants| &mut variants.branches) {
                        branch.span = None;
                    }
                }
                TypeKind::Alternate(alternate) => {
                    for branch in &mut alternate.branches {
                        branch.span = None;
                    }
                }
                TypeKind::Builtin(_) | TypeKind::Array(_) => {}
            }
        }
        for command in &mut self.commands {
            command.span = None;
        }
        for event in &mut self.events {
            event.span = None;
        }
    }

    /// Copies the documentation of entities with the same name, unless they have
    /// some.
    fn take_docs(&mut self, reference: &Schema) {
        for id in self.order.clone() {
            let name = match id {
                EntityId::Type(id) => &self[id].name,
                EntityId::Command(id) => &self[id].name,
                EntityId::Event(id) => &self[id].name,
            };
            let has_doc = match id {
                EntityId::Type(id) => self[id].doc.is_some(),
                EntityId::Command(id) => self[id].doc.is_some(),
                EntityId::Event(id) => self[id].doc.is_some(),
            };
            if has_doc {
                continue;
            }
            let doc = match (id, reference.names.get(name)) {
                (EntityId::Type(_), Some(EntityId::Type(id))) => &reference[*id].doc,
                (EntityId::Command(_), Some(EntityId::Command(id))) => &reference[*id].doc,
                (EntityId::Event(_), Some(EntityId::Event(id))) => &reference[*id].doc,
                _ => continue,
            };
            let Some(mut doc) = doc.clone() else {
                continue;
            };
            doc.span = None;
            resolve::docs::retain_existing(self, id, &mut doc);
            let place = match id {
                EntityId::Type(id) => &mut self.types[id.0 as usize].doc,
                EntityId::Command(id) => &mut self.commands[id.0 as usize].doc,
                EntityId::Event(id) => &mut self.events[id.0 as usize].doc,
            };
            *place = Some(doc);
        }
    }
}

/// Makes definitions of it, as if they had been read from a file.
struct Builder<'i, 'r> {
    infos: &'i Infos,
    references: &'i [&'r Schema],
    namer: &'i Namer<'i, 'r>,
}

/// Nothing has a place in a file.
const NOWHERE: Span = Span {
    file: 0,
    start: 0,
    end: 0,
};

impl<'r> Builder<'_, 'r> {
    fn schema(&self) -> Result<Schema, IntrospectionError> {
        let mut definitions = Definitions::default();
        for info in &self.infos.infos {
            if let Some((name, body)) = self.definition(info) {
                definitions.definitions.push(Definition {
                    name,
                    name_span: NOWHERE,
                    span: NOWHERE,
                    expression: definitions.definitions.len(),
                    module: 0,
                    doc: None,
                    condition: None,
                    features: features(&info.features),
                    body,
                });
            }
        }
        let module = ModuleSource {
            path: MODULE.to_owned(),
            items: self.items(&definitions.definitions),
        };
        // Introspection does not tell how the schema is written, so that what
        // was never an error is all that can be one.
        let mut reporter = Reporter::new(Dialect::Legacy);
        let mut schema =
            resolve::resolve(definitions, vec![module], &Pragma::default(), &mut reporter);
        if let Some(first) = reporter.finish().into_iter().next() {
            return Err(IntrospectionError::Unsound(first.message));
        }
        schema.forget_places();
        for reference in self.references {
            schema.take_docs(reference);
        }
        Ok(schema)
    }

    /// The module's items. Commands that return no object need an exception.
    fn items(&self, definitions: &[Definition]) -> Vec<ModuleItem> {
        let returns_no_object = |info: &&Info| match &info.kind {
            InfoKind::Command { ret, .. } => {
                let ret = self.infos.element(ret).unwrap_or(ret);
                self.infos.object(ret).is_none()
            }
            _ => false,
        };
        let exceptions = self.infos.infos.iter().filter(returns_no_object);
        let pragma = Pragma {
            command_returns_exceptions: exceptions.map(|info| info.name.clone()).collect(),
            ..Pragma::default()
        };
        let definitions = (0..definitions.len()).map(ModuleItem::Expression);
        std::iter::once(ModuleItem::Pragma(pragma))
            .chain(definitions)
            .collect()
    }

    fn definition(&self, info: &Info) -> Option<(String, Body)> {
        let body = match &info.kind {
            InfoKind::Command {
                args,
                ret,
                allow_oob,
            } => Body::Command(self.command(&info.name, args, ret, *allow_oob)),
            InfoKind::Event { args } => Body::Event {
                data: self.arguments(args),
                boxed: self.is_union(args),
            },
            _ if !self.namer.has_definition(&info.name) => return None,
            InfoKind::Enum(values) => Body::Enum {
                values: values.iter().map(enum_value).collect(),
                prefix: None,
            },
            InfoKind::Object(object) if object.tag.is_none() => Body::Struct {
                base: None,
                members: self.members(object, self.matched(&info.name)),
            },
            InfoKind::Object(object) => Body::Union(self.union(info, object)),
            InfoKind::Alternate(types) => Body::Alternate {
                branches: self.alternate(types, self.matched(&info.name)),
            },
            InfoKind::Builtin | InfoKind::Array(_) => return None,
        };
        let name = self.namer.names.get(info.name.as_str());
        Some((name.unwrap_or(&info.name).clone(), body))
    }

    /// The type of the reference that a type is.
    fn matched(&self, name: &str) -> Option<(&'r Schema, TypeId)> {
        self.namer.matches.get(name)
    }

    fn is_union(&self, name: &str) -> bool {
        self.infos
            .object(name)
            .is_some_and(|object| object.tag.is_some())
    }

    fn command(&self, name: &str, args: &str, ret: &str, allow_oob: bool) -> CommandDef {
        let found = self.references.iter().find_map(|reference| {
            let command = reference.command_named(name)?;
            Some((*reference, command))
        });
        let reference = found.map(|(_, command)| command);
        let data = self.arguments(args);
        let is_named = matches!(data, Some(Data::Named(_)));
        let was_boxed = reference.is_some_and(|command| command.boxed);
        let ret_type = found.and_then(|(schema, command)| Some((schema, command.ret?)));
        CommandDef {
            data,
            returns: (self.namer.empty != Some(ret)).then(|| self.type_name(ret, ret_type)),
            boxed: self.is_union(args) || (is_named && was_boxed),
            gen_code: reference.is_none_or(|command| command.gen_code),
            success_response: reference.is_none_or(|command| command.success_response),
            allow_oob,
            allow_preconfig: reference.is_some_and(|command| command.allow_preconfig),
            coroutine: !allow_oob && reference.is_some_and(|command| command.coroutine),
        }
    }

    fn arguments(&self, args: &str) -> Option<Data> {
        if self.namer.empty == Some(args) {
            return None;
        }
        match self.infos.object(args) {
            Some(object) if self.namer.inline.contains(args) => {
                Some(Data::Members(self.members(object, self.matched(args))))
            }
            _ => Some(Data::Named(self.type_name(args, None))),
        }
    }

    /// A type where it is used. `matched` is what the reference has there: it
    /// tells integers apart.
    fn type_name(&self, ty: &str, matched: Option<(&Schema, TypeId)>) -> TypeName {
        let element = self.infos.element(ty);
        let is_array = element.is_some();
        let name = element.unwrap_or(ty);
        let name = match self.namer.names.get(name) {
            _ if is_builtin(name) => matched
                .and_then(|(schema, id)| exact_builtin(schema, id, name, is_array))
                .unwrap_or(name)
                .to_owned(),
            _ if self.namer.empty == Some(name) => "q_empty".to_owned(),
            Some(name) => name.clone(),
            None => name.to_owned(),
        };
        TypeName {
            name,
            is_array,
            span: NOWHERE,
        }
    }

    fn members(&self, object: &InfoObject, matched: Option<(&Schema, TypeId)>) -> Vec<MemberDef> {
        let types: HashMap<&str, (&Schema, TypeId)> = match matched {
            Some((reference, id)) => reference
                .all_members(id)
                .into_iter()
                .map(|member| (member.name.as_str(), (reference, member.ty)))
                .collect(),
            None => HashMap::new(),
        };
        let members = object.members.iter().map(|member| {
            let matched = types.get(member.name.as_str());
            self.member(member, matched.copied())
        });
        members.collect()
    }

    fn member(&self, member: &InfoMember, matched: Option<(&Schema, TypeId)>) -> MemberDef {
        MemberDef {
            name: member.name.clone(),
            span: NOWHERE,
            optional: member.optional,
            ty: self.type_name(&member.ty, matched),
            inline: None,
            condition: None,
            features: features(&member.features),
        }
    }

    fn union(&self, info: &Info, object: &InfoObject) -> UnionDef {
        let matched = self.matched(&info.name);
        let is_simple = self.namer.simple_unions.contains(info.name.as_str());
        let branches = object
            .variants
            .iter()
            .filter(|(_, ty)| self.namer.empty != Some(ty))
            .map(|(case, ty)| BranchDef {
                name: case.clone(),
                span: NOWHERE,
                ty: self.branch_type(ty, is_simple),
                condition: None,
            })
            .collect();
        if is_simple {
            return UnionDef {
                base: None,
                discriminator: None,
                branches,
            };
        }
        let tag = object.tag.clone().unwrap_or_default();
        UnionDef {
            base: Some(Data::Members(self.members(object, matched))),
            discriminator: Some((tag, NOWHERE)),
            branches,
        }
    }

    fn branch_type(&self, ty: &str, is_simple: bool) -> TypeName {
        let wrapper = self.infos.object(ty).filter(|_| is_simple);
        match wrapper.and_then(|wrapper| wrapper.members.first()) {
            Some(data) => {
                let matched = self.matched(ty).and_then(|(reference, id)| {
                    let members = reference.all_members(id);
                    Some((reference, members.first()?.ty))
                });
                self.type_name(&data.ty, matched)
            }
            None => self.type_name(ty, None),
        }
    }

    fn alternate(&self, types: &[String], matched: Option<(&Schema, TypeId)>) -> Vec<BranchDef> {
        let branches = types.iter().map(|ty| {
            let same = matched.and_then(|(reference, id)| match &reference[id].kind {
                TypeKind::Alternate(alternate) => {
                    let mut branches = alternate.branches.iter();
                    let same =
                        branches.find(|branch| same_shape(self.infos, ty, reference, branch));
                    Some((reference, same?))
                }
                _ => None,
            });
            let matched = same.map(|(reference, branch)| (reference, branch.ty));
            BranchDef {
                name: match same {
                    Some((_, branch)) => branch.name.clone(),
                    None => self.branch_name(ty).to_owned(),
                },
                span: NOWHERE,
                ty: self.type_name(ty, matched),
                condition: None,
            }
        });
        branches.collect()
    }

    /// A name for a branch by what tells it apart: the JSON type.
    fn branch_name(&self, ty: &str) -> &'static str {
        if self.infos.element(ty).is_some() {
            return "array";
        }
        match (self.infos.get(ty).map(|info| &info.kind), ty) {
            (Some(InfoKind::Object(_)), _) => "object",
            (Some(InfoKind::Enum(_)), _) | (_, "str") => "string",
            (_, "bool") => "boolean",
            (_, "null") => "null",
            _ => "number",
        }
    }
}

/// The built-in type of the reference, where introspection shows it as that
/// name.
fn exact_builtin<'r>(
    reference: &'r Schema,
    id: TypeId,
    shown: &str,
    is_array: bool,
) -> Option<&'r str> {
    let id = match reference[id].kind {
        TypeKind::Array(element) if is_array => element,
        _ if is_array => return None,
        _ => id,
    };
    match reference[id].kind {
        TypeKind::Builtin(builtin) => {
            let name = reference[id].name.as_str();
            (shown_name(builtin, name) == shown).then_some(name)
        }
        _ => None,
    }
}

fn features(names: &[String]) -> Features {
    Features {
        features: names.iter().map(|name| feature(name)).collect(),
        spans: vec![NOWHERE; names.len()],
    }
}

fn feature(name: &str) -> Feature {
    Feature {
        name: name.to_owned(),
        condition: None,
        releases: Releases::ALL,
    }
}

fn enum_value(value: &InfoValue) -> EnumValue {
    EnumValue {
        name: value.name.clone(),
        condition: None,
        features: value.features.iter().map(|name| feature(name)).collect(),
        span: None,
        releases: Releases::ALL,
    }
}
