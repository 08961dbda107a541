//! Definitions to [`Schema`]: gives every definition and every implicit type
//! its identifier, then resolves and checks them one by one.
//!
//! Both steps follow the order of QEMU's generator, so that its first error is
//! our first, and so that introspection comes out in its order.

mod check;
pub(crate) mod docs;

use std::collections::{HashMap, HashSet};

use crate::releases::Releases;
use crate::schema::{
    Builtin, Command, CommandId, Condition, EntityId, Enum, EnumValue, Event, EventId, Feature,
    Item, Module, ModuleId, Object, ObjectForm, Pragma, Schema, Type, TypeId, TypeKind,
};
use crate::text::definition::{
    Body, BranchDef, CommandDef, Data, Definition, Features, MemberDef, TypeName, UnionDef,
};
use crate::text::diagnostic::{Diagnostic, Kind, Reporter};
use crate::text::dialect::Dialect;
use crate::text::doc::Documentation;
use crate::text::program::{ModuleItem, ModuleSource};
use crate::text::source::Span;
use crate::text::validate::Definitions;

/// The features that QEMU itself handles. Its generator counts them even if a
/// schema does not use them.
const SPECIAL_FEATURES: [&str; 2] = ["deprecated", "unstable"];

const MOST_FEATURES: usize = 64;

/// Resolves all definitions. The schema is sound only if the reporter has no
/// error in the end.
pub(crate) fn resolve(
    definitions: Definitions,
    modules: Vec<ModuleSource>,
    pragma: &Pragma,
    reporter: &mut Reporter,
) -> Schema {
    let mut resolver = Resolver {
        exceptions: Exceptions {
            returns: set(&pragma.command_returns_exceptions),
            documentation: set(&pragma.documentation_exceptions),
        },
        incomplete: reporter.errors() > 0,
        reporter,
        schema: Schema::default(),
        entities: Vec::new(),
        type_entities: Vec::new(),
        other_entities: HashMap::new(),
        pending: Vec::new(),
        pending_arguments: HashMap::new(),
        refused: definitions.refused,
        features: HashSet::new(),
        too_many_features: None,
    };
    resolver.define_builtins();
    let expressions: Vec<Option<EntityId>> = resolver.define_all(definitions.definitions);
    check::check(&mut resolver);
    docs::check(&mut resolver);
    if let Some(diagnostic) = resolver.too_many_features.take() {
        resolver.reporter.error(diagnostic);
    }
    resolver.finish(modules, &expressions)
}

fn set(names: &[String]) -> HashSet<&str> {
    names.iter().map(String::as_str).collect()
}

/// The types of the language, in the order in which QEMU's generator has them.
const BUILTINS: [(&str, Builtin); 15] = [
    ("str", Builtin::Str),
    ("number", Builtin::Number),
    ("int", Builtin::Int),
    ("int8", Builtin::Int8),
    ("int16", Builtin::Int16),
    ("int32", Builtin::Int32),
    ("int64", Builtin::Int64),
    ("uint8", Builtin::Uint8),
    ("uint16", Builtin::Uint16),
    ("uint32", Builtin::Uint32),
    ("uint64", Builtin::Uint64),
    ("size", Builtin::Size),
    ("bool", Builtin::Bool),
    ("any", Builtin::Any),
    ("null", Builtin::Null),
];

/// The names that meant any value before QEMU 2.5, in commands without generated
/// code.
const LEGACY_BUILTINS: [(&str, Builtin); 3] = [
    ("**", Builtin::Anything),
    ("visitor", Builtin::Anything),
    ("dict", Builtin::Anything),
];

/// The predefined enum that alternates select by.
const QTYPE_VALUES: [&str; 7] = [
    "none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool",
];

/// A type where it is used.
#[derive(Clone, Debug)]
enum TypeRef {
    /// An array or an implicit type, made for this use.
    Id(TypeId),
    Name(TypeName),
}

/// The content of a type's definition until [`check`] has resolved it.
#[derive(Debug, Default)]
enum Pending {
    #[default]
    Nothing,
    Array(TypeName),
    Object {
        base: Option<TypeRef>,
        members: Vec<(MemberDef, TypeRef)>,
        union: Option<PendingUnion>,
    },
    Alternate(Vec<(BranchDef, TypeRef)>),
}

#[derive(Debug)]
struct PendingUnion {
    tag: String,
    tag_span: Span,
    branches: Vec<(BranchDef, TypeRef)>,
}

/// The types that a command or an event uses, until [`check`] has resolved them.
#[derive(Debug, Default)]
struct PendingArguments {
    args: Option<TypeRef>,
    ret: Option<TypeRef>,
}

/// Where something is defined. For implicit types, the definition that they
/// were made for.
#[derive(Clone, Copy, Debug)]
struct Place {
    span: Span,
    name_span: Span,
    module: usize,
}

#[derive(Debug)]
struct Entity {
    id: EntityId,
    /// None for what is predefined.
    place: Option<Place>,
    feature_spans: Vec<Span>,
    doc: Option<Documentation>,
}

/// The names for which a pragma makes an exception.
struct Exceptions<'a> {
    returns: HashSet<&'a str>,
    documentation: HashSet<&'a str>,
}

struct Resolver<'a> {
    exceptions: Exceptions<'a>,
    reporter: &'a mut Reporter,
    /// Whether definitions may be missing because of errors. If so, unknown names
    /// are not reported.
    incomplete: bool,
    schema: Schema,
    /// In the order of definition.
    entities: Vec<Entity>,
    /// By type: the index of its entity.
    type_entities: Vec<usize>,
    /// By command or event: the index of its entity.
    other_entities: HashMap<EntityId, usize>,
    /// By type.
    pending: Vec<Pending>,
    pending_arguments: HashMap<EntityId, PendingArguments>,
    refused: HashSet<String>,
    features: HashSet<String>,
    too_many_features: Option<Diagnostic>,
}

impl Resolver<'_> {
    fn define_builtins(&mut self) {
        let legacy: &[_] = match self.reporter.dialect() {
            Dialect::Legacy => &LEGACY_BUILTINS,
            _ => &[],
        };
        for (name, builtin) in BUILTINS.iter().chain(legacy).copied() {
            self.builtin_type(name, TypeKind::Builtin(builtin));
            let name = TypeName {
                name: name.to_owned(),
                is_array: true,
                span: NOWHERE,
            };
            self.array(name, None);
        }
        let empty = TypeKind::Object(Object::default());
        self.builtin_type("q_empty", empty);
        let values = QTYPE_VALUES.map(|name| EnumValue {
            name: name.to_owned(),
            condition: None,
            features: Vec::new(),
            span: None,
            releases: Releases::ALL,
        });
        let qtype = TypeKind::Enum(Enum {
            values: values.into(),
            prefix: None,
        });
        self.builtin_type("QType", qtype);
        self.features.extend(SPECIAL_FEATURES.map(str::to_owned));
    }

    fn builtin_type(&mut self, name: &str, kind: TypeKind) {
        self.implicit_type(name.to_owned(), kind, None, None, Pending::Nothing);
    }

    /// Adds a type that has no definition of its own.
    fn implicit_type(
        &mut self,
        name: String,
        kind: TypeKind,
        condition: Option<Condition>,
        place: Option<Place>,
        pending: Pending,
    ) -> Option<TypeId> {
        let ty = Type {
            name,
            kind,
            implicit: true,
            module: None,
            condition,
            features: Vec::new(),
            doc: None,
            span: None,
            releases: Releases::ALL,
        };
        self.add_type(ty, place, Vec::new(), None, pending)
    }

    fn add_type(
        &mut self,
        ty: Type,
        place: Option<Place>,
        feature_spans: Vec<Span>,
        doc: Option<Documentation>,
        pending: Pending,
    ) -> Option<TypeId> {
        let id = TypeId(self.schema.types.len() as u32);
        let entity = Entity {
            id: EntityId::Type(id),
            place,
            feature_spans,
            doc,
        };
        let index = self.add_entity(&ty.name, entity)?;
        self.schema.types.push(ty);
        self.type_entities.push(index);
        self.pending.push(pending);
        Some(id)
    }

    /// Adds an entity unless its name is taken.
    fn add_entity(&mut self, name: &str, entity: Entity) -> Option<usize> {
        if let Some(other) = self.schema.names.get(name) {
            let other = self.entity_place(*other);
            if let Some(place) = entity.place {
                let message = format!("duplicate definition of '{name}'");
                let diagnostic = Diagnostic::new(Kind::Duplicate, place.name_span, message)
                    .located_at(place.span)
                    .related(other.map(|other| other.name_span), "previous definition");
                self.reporter.error(diagnostic);
            }
            return None;
        }
        self.schema.names.insert(name.to_owned(), entity.id);
        let index = self.entities.len();
        if !matches!(entity.id, EntityId::Type(_)) {
            self.other_entities.insert(entity.id, index);
        }
        self.entities.push(entity);
        Some(index)
    }

    fn entity_place(&self, id: EntityId) -> Option<Place> {
        let index = match id {
            EntityId::Type(id) => Some(self.type_entities[id.0 as usize]),
            _ => self.other_entities.get(&id).copied(),
        };
        index.and_then(|index| self.entities[index].place)
    }

    /// The array of a type, made where it is first needed.
    fn array(&mut self, element: TypeName, place: Option<Place>) -> Option<TypeId> {
        let name = format!("{}List", element.name);
        self.schema.type_named(&name).or_else(|| {
            // The element is not known yet.
            let kind = TypeKind::Array(TypeId(0));
            self.implicit_type(name, kind, None, place, Pending::Array(element))
        })
    }

    fn type_ref(&mut self, name: TypeName, place: Place) -> Option<TypeRef> {
        if name.is_array {
            self.array(name, Some(place)).map(TypeRef::Id)
        } else {
            Some(TypeRef::Name(name))
        }
    }

    /// Gives the entity of each expression, as far as it has one.
    fn define_all(&mut self, definitions: Vec<Definition>) -> Vec<Option<EntityId>> {
        let mut expressions = Vec::new();
        for definition in definitions {
            expressions.resize(definition.expression, None);
            expressions.push(self.define(definition));
        }
        expressions
    }

    fn define(&mut self, definition: Definition) -> Option<EntityId> {
        let place = Place {
            span: definition.span,
            name_span: definition.name_span,
            module: definition.module,
        };
        self.count_features(&definition.features, place);
        let Features { features, spans } = definition.features;
        let module = Some(ModuleId(definition.module as u32));
        let mut ty = Type {
            name: definition.name,
            kind: TypeKind::Enum(Enum::default()),
            implicit: false,
            module,
            condition: definition.condition,
            features,
            doc: None,
            span: Some(definition.span),
            releases: Releases::ALL,
        };
        let pending = match definition.body {
            Body::Command(command) => {
                return self.define_command(ty, command, place, spans, definition.doc);
            }
            Body::Event { data, boxed } => {
                return self.define_event(ty, data, boxed, place, spans, definition.doc);
            }
            Body::Enum { values, prefix } => {
                for value in &values {
                    self.count_feature_list(&value.features, place);
                }
                ty.kind = TypeKind::Enum(Enum { values, prefix });
                Pending::Nothing
            }
            Body::Struct { base, members } => {
                ty.kind = TypeKind::Object(Object::default());
                Pending::Object {
                    base: base.and_then(named),
                    members: self.members(members, &ty.name, place),
                    union: None,
                }
            }
            Body::Union(union) => self.define_union(&mut ty, union, place),
            Body::Alternate { branches } => {
                ty.kind = TypeKind::Alternate(Default::default());
                Pending::Alternate(self.branches(branches, place))
            }
        };
        self.add_type(ty, Some(place), spans, definition.doc, pending)
            .map(EntityId::Type)
    }

    fn define_union(&mut self, ty: &mut Type, union: UnionDef, place: Place) -> Pending {
        let (form, members, tag, tag_span, branches);
        let mut base = None;
        if let Some(data) = union.base {
            base = self.data(data, &ty.name, "base", ty.condition.as_ref(), place);
        }
        if let Some((name, span)) = union.discriminator {
            form = ObjectForm::FlatUnion;
            members = Vec::new();
            (tag, tag_span) = (name, span);
            branches = self.branches(union.branches, place);
        } else {
            form = ObjectForm::SimpleUnion;
            (tag, tag_span) = ("type".to_owned(), place.name_span);
            branches = self.wrappers(union.branches, place);
            members = self.simple_union_tag(ty, &branches, place);
        }
        ty.kind = TypeKind::Object(Object {
            form,
            ..Object::default()
        });
        Pending::Object {
            base,
            members,
            union: Some(PendingUnion {
                tag,
                tag_span,
                branches,
            }),
        }
    }

    /// The objects that wrap the branches of a simple union.
    fn wrappers(&mut self, branches: Vec<BranchDef>, place: Place) -> Vec<(BranchDef, TypeRef)> {
        let branches = self.branches(branches, place);
        let mut wrapped = Vec::with_capacity(branches.len());
        for (branch, ty) in branches {
            let (name, inner) = match &ty {
                TypeRef::Id(id) => (self.schema[*id].name.clone(), Some(*id)),
                TypeRef::Name(name) => (name.name.clone(), self.schema.type_named(&name.name)),
            };
            // QEMU's generator has read only the conditions of preceding types.
            let condition = inner.and_then(|id| self.schema[id].condition.clone());
            let data = MemberDef {
                name: "data".to_owned(),
                span: branch.span,
                optional: false,
                ty: branch.ty.clone(),
                inline: None,
                condition: None,
                features: Features::default(),
            };
            let members = vec![(data, ty)];
            let wrapper = self.implicit_object(&name, "wrapper", condition, members, place);
            wrapped.extend(wrapper.map(|wrapper| (branch, wrapper)));
        }
        wrapped
    }

    fn simple_union_tag(
        &mut self,
        union: &Type,
        branches: &[(BranchDef, TypeRef)],
        place: Place,
    ) -> Vec<(MemberDef, TypeRef)> {
        let values = branches.iter().map(|(branch, _)| EnumValue {
            name: branch.name.clone(),
            condition: branch.condition.clone(),
            features: Vec::new(),
            span: None,
            releases: Releases::ALL,
        });
        let kind = TypeKind::Enum(Enum {
            values: values.collect(),
            prefix: None,
        });
        let name = format!("{}Kind", union.name);
        let condition = union.condition.clone();
        let id = self.implicit_type(name.clone(), kind, condition, Some(place), Pending::Nothing);
        let tag = MemberDef {
            name: "type".to_owned(),
            span: place.name_span,
            optional: false,
            ty: TypeName {
                name,
                is_array: false,
                span: place.name_span,
            },
            inline: None,
            condition: None,
            features: Features::default(),
        };
        id.map(|id| (tag, TypeRef::Id(id))).into_iter().collect()
    }

    fn branches(&mut self, branches: Vec<BranchDef>, place: Place) -> Vec<(BranchDef, TypeRef)> {
        branches
            .into_iter()
            .filter_map(|branch| {
                let ty = self.type_ref(branch.ty.clone(), place)?;
                Some((branch, ty))
            })
            .collect()
    }

    fn members(
        &mut self,
        members: Vec<MemberDef>,
        owner: &str,
        place: Place,
    ) -> Vec<(MemberDef, TypeRef)> {
        members
            .into_iter()
            .filter_map(|mut member| {
                let ty = match member.inline.take() {
                    None => self.type_ref(member.ty.clone(), place)?,
                    Some(inline) => {
                        let inner = format!("{owner}-{}", member.name);
                        let inline = self.members(inline, &inner, place);
                        self.implicit_object(owner, &member.name, None, inline, place)?
                    }
                };
                self.count_features(&member.features, place);
                Some((member, ty))
            })
            .collect()
    }

    fn data(
        &mut self,
        data: Data,
        name: &str,
        role: &str,
        condition: Option<&Condition>,
        place: Place,
    ) -> Option<TypeRef> {
        match data {
            Data::Named(name) => named(name),
            Data::Members(members) => {
                let members = self.members(members, name, place);
                self.implicit_object(name, role, condition.cloned(), members, place)
            }
        }
    }

    /// The implicit object of that role. None where it would be empty.
    fn implicit_object(
        &mut self,
        name: &str,
        role: &str,
        condition: Option<Condition>,
        members: Vec<(MemberDef, TypeRef)>,
        place: Place,
    ) -> Option<TypeRef> {
        if members.is_empty() {
            return None;
        }
        let name = format!("q_obj_{name}-{role}");
        // Wrappers are shared. Anything else is a duplicate definition, which is
        // reported later.
        if let Some(id) = self.schema.type_named(&name) {
            return Some(TypeRef::Id(id));
        }
        let kind = TypeKind::Object(Object::default());
        let pending = Pending::Object {
            base: None,
            members,
            union: None,
        };
        self.implicit_type(name, kind, condition, Some(place), pending)
            .map(TypeRef::Id)
    }

    fn define_command(
        &mut self,
        common: Type,
        command: CommandDef,
        place: Place,
        feature_spans: Vec<Span>,
        doc: Option<Documentation>,
    ) -> Option<EntityId> {
        let condition = common.condition.as_ref();
        let args = command
            .data
            .and_then(|data| self.data(data, &common.name, "arg", condition, place));
        let ret = command
            .returns
            .filter(|name| name.is_array || !name.name.is_empty())
            .and_then(|name| self.type_ref(name, place));
        let id = EntityId::Command(CommandId(self.schema.commands.len() as u32));
        let entity = Entity {
            id,
            place: Some(place),
            feature_spans,
            doc,
        };
        self.add_entity(&common.name, entity)?;
        self.pending_arguments
            .insert(id, PendingArguments { args, ret });
        self.schema.commands.push(Command {
            name: common.name,
            args: None,
            ret: None,
            boxed: command.boxed,
            gen_code: command.gen_code,
            success_response: command.success_response,
            allow_oob: command.allow_oob,
            allow_preconfig: command.allow_preconfig,
            coroutine: command.coroutine,
            module: common.module,
            condition: common.condition,
            features: common.features,
            doc: None,
            span: common.span,
            releases: Releases::ALL,
        });
        Some(id)
    }

    fn define_event(
        &mut self,
        common: Type,
        data: Option<Data>,
        boxed: bool,
        place: Place,
        feature_spans: Vec<Span>,
        doc: Option<Documentation>,
    ) -> Option<EntityId> {
        let condition = common.condition.as_ref();
        let args = data.and_then(|data| self.data(data, &common.name, "arg", condition, place));
        let id = EntityId::Event(EventId(self.schema.events.len() as u32));
        let entity = Entity {
            id,
            place: Some(place),
            feature_spans,
            doc,
        };
        self.add_entity(&common.name, entity)?;
        self.pending_arguments
            .insert(id, PendingArguments { args, ret: None });
        self.schema.events.push(Event {
            name: common.name,
            args: None,
            boxed,
            module: common.module,
            condition: common.condition,
            features: common.features,
            doc: None,
            span: common.span,
            releases: Releases::ALL,
        });
        Some(id)
    }

    fn count_features(&mut self, features: &Features, place: Place) {
        self.count_feature_list(&features.features, place);
    }

    fn count_feature_list(&mut self, features: &[Feature], place: Place) {
        for feature in features {
            if !self.features.contains(&feature.name) {
                self.features.insert(feature.name.clone());
                if self.features.len() == MOST_FEATURES + 1 {
                    let message = format!("a schema may have {MOST_FEATURES} features at most");
                    self.too_many_features = Some(
                        Diagnostic::new(Kind::Feature, place.name_span, message)
                            .located_at(place.span),
                    );
                }
            }
        }
    }

    /// The schema with its modules.
    fn finish(mut self, modules: Vec<ModuleSource>, expressions: &[Option<EntityId>]) -> Schema {
        let places = self.modules_of_entities();
        let mut by_module: Vec<Vec<EntityId>> = vec![Vec::new(); modules.len() + 1];
        for (entity, module) in self.entities.iter().zip(&places) {
            // What is predefined comes first.
            let group = module.map_or(0, |module| module + 1);
            by_module[group].push(entity.id);
        }
        self.schema.order = by_module.concat();
        for (entity, module) in self.entities.into_iter().zip(places) {
            let doc = entity.doc.map(|documentation| documentation.doc);
            match entity.id {
                EntityId::Type(id) => {
                    let ty = &mut self.schema.types[id.0 as usize];
                    ty.doc = doc;
                    ty.module = module.map(|module| ModuleId(module as u32));
                }
                EntityId::Command(id) => self.schema.commands[id.0 as usize].doc = doc,
                EntityId::Event(id) => self.schema.events[id.0 as usize].doc = doc,
            }
        }
        let modules = modules.into_iter().map(|module| Module {
            path: module.path,
            items: module
                .items
                .into_iter()
                .filter_map(|item| finish_item(item, expressions))
                .collect(),
        });
        self.schema.modules = modules.collect();
        self.schema
    }

    /// The module of each entity; an array belongs to its elements' module.
    fn modules_of_entities(&self) -> Vec<Option<usize>> {
        let module = |index: usize| self.entities[index].place.map(|place| place.module);
        let modules = self.entities.iter().enumerate().map(|(index, entity)| {
            if let EntityId::Type(id) = entity.id
                && let TypeKind::Array(element) = self.schema[id].kind
            {
                return module(self.type_entities[element.0 as usize]);
            }
            module(index)
        });
        modules.collect()
    }
}

/// For QEMU's generator, an empty name means no type where the type is optional.
fn named(name: TypeName) -> Option<TypeRef> {
    (!name.name.is_empty()).then_some(TypeRef::Name(name))
}

fn finish_item(item: ModuleItem, expressions: &[Option<EntityId>]) -> Option<Item> {
    Some(match item {
        ModuleItem::Include(path) => Item::Include(path),
        ModuleItem::Pragma(pragma) => Item::Pragma(pragma),
        ModuleItem::Doc(documentation) => Item::Doc(documentation.doc),
        ModuleItem::Expression(index) => Item::Definition((*expressions.get(index)?)?),
    })
}

const NOWHERE: Span = Span {
    file: 0,
    start: 0,
    end: 0,
};
