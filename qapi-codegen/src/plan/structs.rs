//! Structs: those of the schema, unions with common members, the arguments of
//! commands, the data of events.

use qapi_parser::schema::TypeId;

use super::attributes::OfUser;
use super::docs::{self, Members};
use super::expr::Expr;
use super::features::is_deprecated;
use super::item::{Adder, Argument, Extra, Field, Function, FunctionKind, Newtype, Struct, Wire};
use super::layout::Slot;
use super::meaning::Meaning;
use super::planner::Planner;
use super::types::{Setting, Taken, Ty};
use crate::item::ItemKind;
use crate::names::{EXTRA, EXTRA_OF};

/// The description of a struct.
pub(super) struct Record<'a, 'l> {
    pub(super) name: &'a str,
    pub(super) kind: ItemKind,
    pub(super) docs: String,
    pub(super) features: &'a [qapi_parser::schema::Feature],
    pub(super) meaning: &'a Meaning<'l>,
    pub(super) slots: &'a [Slot<'l>],
    /// For a union: the discriminator and the enum of the branches.
    pub(super) union: Option<Tag<'a>>,
    /// The command to which undeclared members can be added, for `'gen': false`.
    pub(super) extra: Option<&'a str>,
    pub(super) wire: Wire,
}

/// A union's discriminator.
#[derive(Clone, Copy)]
pub(super) struct Tag<'a> {
    /// The name on the wire.
    pub(super) name: &'a str,
    /// The enum of the branches.
    pub(super) branches: &'a str,
    /// The variant that is read where there is no discriminator.
    pub(super) default_branch: Option<usize>,
}

/// How the constructor takes a member.
fn taken(slot: &Slot<'_>, union: Option<Tag<'_>>) -> Taken {
    match union {
        Some(tag) if tag.name == slot.member.name => {
            Ty::Convertible(tag.branches.to_owned()).taken()
        }
        _ => slot.ty.taken(),
    }
}

impl<'l> Planner<'l> {
    /// A struct of the schema.
    pub(super) fn structure(
        &self,
        id: TypeId,
        name: &str,
        meaning: &Meaning<'l>,
        of_user: &OfUser,
    ) -> Struct {
        let record = Record {
            name,
            kind: ItemKind::Struct,
            docs: self.document(&self.subject(ItemKind::Struct, id, meaning), ""),
            features: &self.layout.schema[id].features,
            meaning,
            slots: &self.layout.slots(id),
            union: None,
            extra: None,
            wire: Wire {
                read: true,
                write: true,
            },
        };
        self.record(record, of_user)
    }

    /// A struct with its constructor and its setters.
    pub(super) fn record(&self, record: Record<'_, 'l>, of_user: &OfUser) -> Struct {
        let Record {
            slots,
            union,
            extra,
            ..
        } = record;
        let has_default = slots.iter().all(|slot| slot.optional);
        // Without fields, there are no secrets.
        let own_debug = !slots.is_empty() || extra.is_some();
        let (derives, given): (&[_], &[_]) = match (own_debug, has_default) {
            (false, _) => (&["Clone", "Debug", "PartialEq", "Default"], &[]),
            (true, true) => (&["Clone", "PartialEq", "Default"], &["Debug"]),
            (true, false) => (&["Clone", "PartialEq"], &["Debug"]),
        };
        let optional = slots.iter().filter(|slot| slot.optional);
        Struct {
            head: of_user.head(record.name, record.docs, record.features, derives, given),
            fields: slots
                .iter()
                .map(|slot| self.field(record.meaning, slot, union))
                .collect(),
            extra: extra.map(|command| Box::new(Extra {
                command: command.to_owned(),
                name: EXTRA,
                docs: "Members that the schema does not declare.",
                add: Adder {
                    name: EXTRA,
                    docs: "Adds a member that the schema does not declare. One that is declared and set, \
                           too, is an error when the command is sent.",
                },
                add_all: Adder {
                    name: EXTRA_OF,
                    docs: "Adds the members of an object that the schema does not declare.",
                },
            })),
            own_debug,
            new: constructor_of_fields((record.name, record.kind), slots, union, extra.is_some()),
            setters: optional
                .map(|slot| {
                    let setting = slot.ty.setting();
                    self.setter(
                        record.meaning,
                        slot,
                        FunctionKind::Setter {
                            field: slot.name.clone(),
                            setting,
                            boxed: slot.boxed,
                        },
                    )
                })
                .collect(),
            wire: record.wire,
        }
    }

    fn field(&self, meaning: &Meaning<'_>, slot: &Slot<'_>, union: Option<Tag<'_>>) -> Field {
        let tag = union.filter(|tag| tag.name == slot.member.name);
        Field {
            wire: slot.member.name.clone(),
            name: slot.name.clone(),
            docs: self.document_field(meaning, slot),
            deprecated: is_deprecated(&slot.member.features),
            ty: tag.map_or_else(
                || slot.ty.clone(),
                |tag| Ty::Beside(tag.branches.to_owned()),
            ),
            boxed: slot.boxed && tag.is_none(),
            optional: slot.optional,
            is_tag: tag.is_some(),
            default_branch: tag.and_then(|tag| tag.default_branch),
        }
    }

    /// A struct around a type of the schema. It has the constructor and the setters of
    /// that type, so that users need not name both.
    pub(super) fn newtype(
        &self,
        (name, kind): (&str, ItemKind),
        docs: String,
        features: &[qapi_parser::schema::Feature],
        id: TypeId,
        wire: Wire,
        of_user: &OfUser,
    ) -> Newtype {
        let layout = self.layout;
        let derives: &[_] = if layout.has_default(id) {
            &["Clone", "Debug", "PartialEq", "Default"]
        } else {
            &["Clone", "Debug", "PartialEq"]
        };
        let ty = layout.ty(id);
        let mut functions = Vec::new();
        if wire.write {
            functions = self.functions_around((name, kind), id, &ty);
            functions.extend(self.delegated_constructors(id, &ty));
        }
        Newtype {
            head: of_user.head(name, docs, features, derives, &[]),
            docs: self.wraps(id),
            ty,
            functions,
            wire,
        }
    }

    /// The constructor and the setters of the type inside a struct.
    fn functions_around(
        &self,
        (name, kind): (&str, ItemKind),
        id: TypeId,
        ty: &Ty,
    ) -> Vec<Function> {
        let layout = self.layout;
        let slots = layout.slots(id);
        if layout.is_external(id) || slots.is_empty() || layout.is_bare_union(id) {
            let taken = Taken::Into(ty.clone());
            let value = Expr::Wrapped(Box::new(taken.value("value")));
            return vec![Function {
                name: "new".to_owned(),
                docs: docs::constructor(name, kind, Members::Required),
                deprecated: false,
                kind: FunctionKind::Constructor {
                    arguments: vec![Argument {
                        name: "value".to_owned(),
                        taken,
                    }],
                    value,
                },
            }];
        }
        let union = layout.tag(id).map(|name| Tag {
            name,
            branches: layout.names.of_branches(id),
            default_branch: layout.default_branch(id),
        });
        let arguments = arguments(&slots, union);
        let names = arguments.iter().map(|argument| argument.name.clone());
        let inner = Expr::new(ty.clone(), names.map(Expr::Name).collect());
        let value = Expr::Wrapped(Box::new(inner));
        let mut functions = vec![constructor((name, kind), true, arguments, value)];
        let meaning = Meaning::of_type(layout.schema, id);
        let optional = slots.iter().filter(|slot| slot.optional);
        functions.extend(optional.map(|slot| {
            let setting: Setting = slot.ty.setting();
            self.setter(
                &meaning,
                slot,
                FunctionKind::Delegate {
                    argument: slot.name.clone(),
                    setting,
                },
            )
        }));
        functions
    }

    fn setter(&self, meaning: &Meaning<'_>, slot: &Slot<'_>, kind: FunctionKind) -> Function {
        Function {
            name: slot.setter.clone(),
            docs: self.document_setter(meaning, slot),
            deprecated: false,
            kind,
        }
    }
}

/// The arguments of a constructor: the required members.
fn arguments(slots: &[Slot<'_>], union: Option<Tag<'_>>) -> Vec<Argument> {
    let mandatory = slots.iter().filter(|slot| !slot.optional);
    mandatory
        .map(|slot| Argument {
            name: slot.name.clone(),
            taken: taken(slot, union),
        })
        .collect()
}

/// The constructor that fills the fields.
fn constructor_of_fields(
    of: (&str, ItemKind),
    slots: &[Slot<'_>],
    union: Option<Tag<'_>>,
    extra: bool,
) -> Function {
    let fields = slots.iter().map(|slot| {
        let value = if slot.optional {
            Expr::None
        } else {
            let value = taken(slot, union).value(&slot.name);
            value.boxed_if(slot.boxed)
        };
        (slot.name.clone(), value)
    });
    let has_members = extra || !slots.is_empty();
    let extra = extra.then(|| (EXTRA.to_owned(), Expr::EmptyMap));
    let fields = fields.chain(extra).collect();
    constructor(
        of,
        has_members,
        arguments(slots, union),
        Expr::Fields(fields),
    )
}

fn constructor(
    (name, kind): (&str, ItemKind),
    has_members: bool,
    arguments: Vec<Argument>,
    value: Expr,
) -> Function {
    let members = match (arguments.is_empty(), has_members) {
        (false, _) => Members::Required,
        (true, true) => Members::Optional,
        (true, false) => Members::None,
    };
    let docs = docs::constructor(name, kind, members);
    Function {
        name: "new".to_owned(),
        docs,
        deprecated: false,
        kind: FunctionKind::Constructor { arguments, value },
    }
}
