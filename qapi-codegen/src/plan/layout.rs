//! How the selected definitions look in Rust: fields, variants, types, boxes. The
//! other stages of the plan ask it about the types of a definition's parts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use qapi_parser::Schema;
use qapi_parser::schema::{Branch, Builtin, Command, Event, Feature, Member, TypeId, TypeKind};

use super::boxing::{Part, boxed_parts};
use super::types::Ty;
use crate::error::Error;
use crate::names::{self, Names};
use crate::select::{Existence, Selection};
use crate::unions::{branches_of, default_branch_of, tag_of};
use crate::user_rust::UserRust;

/// What is generated, and how its parts look.
pub(super) struct Layout<'s> {
    pub(super) schema: &'s Schema,
    pub(super) selection: &'s Selection<'s>,
    pub(super) names: &'s Names,
    pub(super) commands: Vec<&'s Command>,
    pub(super) events: Vec<&'s Event>,
    pub(super) types: Vec<TypeId>,
    external: BTreeMap<TypeId, UserRust>,
    boxed: HashSet<Part>,
    only_received: HashSet<TypeId>,
    slots: RefCell<HashMap<TypeId, Rc<[Slot<'s>]>>>,
    variants: RefCell<HashMap<TypeId, Rc<[Arm<'s>]>>>,
}

/// A member of an object, as it looks in Rust.
#[derive(Clone)]
pub(super) struct Slot<'s> {
    pub(super) member: &'s Member,
    /// The field's name.
    pub(super) name: String,
    pub(super) setter: String,
    pub(super) ty: Ty,
    pub(super) boxed: bool,
    /// Whether it can be absent.
    pub(super) optional: bool,
}

/// A branch of a union or an alternate, as it looks in Rust.
pub(super) struct Arm<'s> {
    pub(super) branch: &'s Branch,
    /// The variant's name.
    pub(super) name: String,
    /// None for a branch without members.
    pub(super) ty: Option<Ty>,
    /// The type inside the branch's type, if that only wraps it.
    pub(super) wrapped: Option<Ty>,
    pub(super) boxed: bool,
    pub(super) features: &'s [Feature],
}

impl<'s> Layout<'s> {
    pub(super) fn new(
        schema: &'s Schema,
        selection: &'s Selection<'s>,
        names: &'s Names,
        extern_paths: &[(String, UserRust)],
    ) -> Result<Self, Error> {
        let external = external(schema, names, extern_paths)?;
        let selected = selection.apply(schema, &external.keys().copied().collect())?;
        let boxed = boxed_parts(schema, &selected.types);
        let mut layout = Self {
            schema,
            selection,
            names,
            commands: selected.commands,
            events: selected.events,
            types: Vec::new(),
            external,
            boxed,
            only_received: only_received(schema),
            slots: RefCell::default(),
            variants: RefCell::default(),
        };
        layout.types = layout.definitions(&selected.types);
        Ok(layout)
    }

    /// The types that become definitions.
    fn definitions(&self, selected: &BTreeSet<TypeId>) -> Vec<TypeId> {
        // A branch without members is a variant without a value.
        let is_variant_alone = |id: TypeId| self.schema[id].implicit && self.is_empty(id);
        let types = selected.iter().copied();
        types
            .filter(|&id| self.names.has_type(id) && !is_variant_alone(id))
            .collect()
    }

    /// How a type is written.
    pub(super) fn ty(&self, id: TypeId) -> Ty {
        if let Some(path) = self.external.get(&id) {
            return Ty::External(path.clone());
        }
        let name = || self.names.of_type(id).to_owned();
        match &self.schema[id].kind {
            TypeKind::Builtin(builtin) => match builtin {
                Builtin::Str => Ty::String,
                Builtin::Int | Builtin::Int64 => Ty::Scalar("i64"),
                Builtin::Int8 => Ty::Scalar("i8"),
                Builtin::Int16 => Ty::Scalar("i16"),
                Builtin::Int32 => Ty::Scalar("i32"),
                Builtin::Uint8 => Ty::Scalar("u8"),
                Builtin::Uint16 => Ty::Scalar("u16"),
                Builtin::Uint32 => Ty::Scalar("u32"),
                Builtin::Uint64 | Builtin::Size => Ty::Scalar("u64"),
                Builtin::Int128 => Ty::WIDE,
                Builtin::Number => Ty::Scalar("f64"),
                Builtin::Bool => Ty::Scalar("bool"),
                Builtin::Null => Ty::Unit,
                Builtin::Any | Builtin::Anything => Ty::Value,
            },
            TypeKind::Array(element) => Ty::List(Box::new(self.ty(*element))),
            TypeKind::Enum(_) => Ty::Enum(name()),
            TypeKind::Alternate(_) => Ty::Convertible(name()),
            TypeKind::Object(object) if object.variants.is_some() => Ty::Convertible(name()),
            TypeKind::Object(_) => Ty::Plain(name()),
        }
    }

    /// Whether an object type has no members at all.
    fn is_empty(&self, id: TypeId) -> bool {
        match &self.schema[id].kind {
            TypeKind::Object(object) => object.variants.is_none() && self.slots(id).is_empty(),
            _ => false,
        }
    }

    /// The members of an object type, its bases' included. The discriminator of a
    /// union is among them.
    pub(super) fn slots(&self, id: TypeId) -> Rc<[Slot<'s>]> {
        if let Some(slots) = self.slots.borrow().get(&id) {
            return Rc::clone(slots);
        }
        let slots: Rc<[_]> = self.slots_of(id, false).into();
        self.slots.borrow_mut().insert(id, Rc::clone(&slots));
        slots
    }

    /// The members of an object that is in one struct with the map of undeclared
    /// members.
    pub(super) fn slots_beside_extra(&self, id: TypeId) -> Rc<[Slot<'s>]> {
        self.slots_of(id, true).into()
    }

    fn slots_of(&self, id: TypeId, beside_extra: bool) -> Vec<Slot<'s>> {
        let names = names::members(self.schema, id, beside_extra);
        let members = self.schema.all_members(id).into_iter().zip(names);
        let selected = members.filter(|(member, _)| self.selection.has_member(member));
        let slots = selected.map(|(member, names)| {
            let conditional =
                self.selection.existence(member.condition.as_ref()) == Existence::Depends;
            Slot {
                member,
                name: names.field,
                setter: names.setter,
                ty: self.ty(member.ty),
                boxed: self.boxed.contains(&(id, member.name.clone())),
                optional: member.optional || conditional,
            }
        });
        slots.collect()
    }

    /// The branches of a union or an alternate.
    pub(super) fn arms(&self, id: TypeId) -> Rc<[Arm<'s>]> {
        if let Some(arms) = self.variants.borrow().get(&id) {
            return Rc::clone(arms);
        }
        let names = names::variants(branches_of(self.schema, id).iter().map(|b| b.name.as_str()));
        let branches = self.selection.branches(self.schema, id).into_iter();
        let arms: Rc<[_]> = branches
            .map(|(branch, features)| Arm {
                branch,
                name: names[branch.name.as_str()].clone(),
                ty: (!self.is_empty(branch.ty))
                    .then(|| self.ty(branch.ty))
                    .filter(|ty| *ty != Ty::Unit),
                wrapped: self.wrapped(branch.ty).map(|slot| slot.ty),
                boxed: self.boxed.contains(&(id, branch.name.clone())),
                features,
            })
            .collect();
        self.variants.borrow_mut().insert(id, Rc::clone(&arms));
        arms
    }

    /// The branch that is read where there is no discriminator, by its place.
    pub(super) fn default_branch(&self, id: TypeId) -> Option<usize> {
        let name = default_branch_of(self.schema, id)?;
        self.arms(id).iter().position(|arm| arm.branch.name == name)
    }

    /// Whether a client only ever receives values of the type.
    pub(super) fn is_only_received(&self, id: TypeId) -> bool {
        self.only_received.contains(&id)
    }

    /// The name of a union's discriminator.
    pub(super) fn tag(&self, id: TypeId) -> Option<&'s str> {
        tag_of(self.schema, id)
    }

    /// Whether values of a union have no common member but the discriminator.
    pub(super) fn is_bare_union(&self, id: TypeId) -> bool {
        self.tag(id).is_some() && self.slots(id).len() == 1
    }

    /// The member of a struct that only wraps something. The branches of a union
    /// are such structs where QEMU once had them without a name: what they hold
    /// is in the one member `data`.
    pub(super) fn wrapped(&self, id: TypeId) -> Option<Slot<'s>> {
        if self.tag(id).is_some() || self.is_external(id) {
            return None;
        }
        match &*self.slots(id) {
            [slot] if slot.member.name == "data" && !slot.optional => Some(slot.clone()),
            _ => None,
        }
    }

    /// Whether the type is a struct without mandatory members.
    pub(super) fn has_default(&self, id: TypeId) -> bool {
        matches!(self.ty(id), Ty::Plain(_)) && self.slots(id).iter().all(|slot| slot.optional)
    }

    /// Whether arguments are a type of their own, and not the members of an
    /// object that the schema left without a name.
    pub(super) fn is_named(&self, id: TypeId) -> bool {
        !self.schema[id].implicit || self.is_external(id)
    }

    /// Whether the type lives in the user's crate.
    pub(super) fn is_external(&self, id: TypeId) -> bool {
        self.external.contains_key(&id)
    }
}

/// The types that the user replaces.
fn external(
    schema: &Schema,
    names: &Names,
    extern_paths: &[(String, UserRust)],
) -> Result<BTreeMap<TypeId, UserRust>, Error> {
    let mut external = BTreeMap::new();
    for (name, path) in extern_paths {
        let in_rust = || schema.type_ids().find(|&id| names.of_type(id) == name);
        let id = schema.type_named(name).or_else(in_rust).ok_or_else(|| {
            Error::no_match("type", name, schema.types.iter().map(|ty| ty.name.as_str()))
        })?;
        external.insert(id, path.clone());
    }
    Ok(external)
}

/// The types that a client receives and does not send, in the whole schema.
fn only_received(schema: &Schema) -> HashSet<TypeId> {
    let commands = schema.commands.iter();
    let returned = commands.clone().filter_map(|command| command.ret);
    let events = schema.events.iter().filter_map(|event| event.args);
    let sent = reach(schema, commands.filter_map(|command| command.args));
    let mut received = reach(schema, returned.chain(events));
    received.retain(|id| !sent.contains(id));
    received
}

/// Returns these types, and all types of their members and branches.
fn reach(schema: &Schema, from: impl Iterator<Item = TypeId>) -> HashSet<TypeId> {
    let mut open: Vec<TypeId> = from.collect();
    let mut reached = HashSet::new();
    while let Some(id) = open.pop() {
        if !reached.insert(id) {
            continue;
        }
        if let TypeKind::Array(element) = schema[id].kind {
            open.push(element);
        }
        open.extend(branches_of(schema, id).iter().map(|branch| branch.ty));
        open.extend(schema.all_members(id).iter().map(|member| member.ty));
    }
    reached
}
