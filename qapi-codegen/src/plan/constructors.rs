//! Constructors of unions, one for each branch. They exist also for branches whose
//! types do not determine the branch.

use qapi_parser::schema::TypeId;

use super::conversions::in_variant;
use super::expr::Expr;
use super::features::is_deprecated;
use super::item::{Argument, Function, FunctionKind};
use super::layout::{Arm, Slot};
use super::planner::Planner;
use super::types::Ty;
use crate::names::{self, Scope};

/// The arguments of a constructor, as they are collected.
struct Arguments {
    scope: Scope,
    list: Vec<Argument>,
}

impl Arguments {
    /// Adds an argument, and returns the expression that hands it on.
    fn add(&mut self, name: &str, ty: &Ty) -> Expr {
        let name = self.scope.claim(name.to_owned());
        self.list.push(Argument {
            name: name.clone(),
            taken: ty.taken(),
        });
        Expr::Name(name)
    }

    /// Adds the required members of a struct, and returns the expression that builds
    /// it.
    fn add_struct(&mut self, ty: &Ty, slots: &[Slot<'_>]) -> Expr {
        let mandatory = slots.iter().filter(|slot| !slot.optional);
        let names = mandatory.map(|slot| self.add(&slot.name, &slot.ty));
        let names = names.collect();
        Expr::new(ty.clone(), names)
    }
}

impl Planner<'_> {
    /// The constructors of a union.
    pub(super) fn constructors(&self, id: TypeId) -> Vec<Function> {
        // Clients do not build types that only servers send.
        if self.layout.is_only_received(id) && !self.both_directions {
            return Vec::new();
        }
        self.by_branch(id)
    }

    /// For a struct around a union, the constructors that the union has.
    pub(super) fn delegated_constructors(&self, id: TypeId, inner: &Ty) -> Vec<Function> {
        let mut functions = self.by_branch(id);
        for function in &mut functions {
            if let FunctionKind::Constructor { arguments, value } = &mut function.kind {
                let names = arguments.iter().map(|argument| argument.name.clone());
                *value = Expr::Wrapped(Box::new(Expr::Call {
                    of: inner.clone(),
                    function: function.name.clone(),
                    arguments: names.map(Expr::Name).collect(),
                }));
            }
        }
        functions
    }

    /// The constructors of a union; none of what is not one.
    fn by_branch(&self, id: TypeId) -> Vec<Function> {
        let layout = self.layout;
        let Some(tag) = layout.tag(id).filter(|_| !layout.is_external(id)) else {
            return Vec::new();
        };
        let slots = layout.slots(id);
        let is_tag = |slot: &Slot<'_>| slot.member.name == tag;
        // A constructor cannot set the branch without the discriminator.
        if slots.iter().any(|slot| is_tag(slot) && slot.optional) {
            return Vec::new();
        }
        let names = names::constructors(layout.schema, id);
        let branches = Ty::Convertible(layout.names.of_branches(id).to_owned());
        let constructor = |arm: &Arm<'_>| {
            let mut arguments = Arguments {
                scope: Scope::with_reserved(&[]),
                list: Vec::new(),
            };
            let value = if slots.len() == 1 {
                self.branch(Ty::own(), arm, &mut arguments)
            } else {
                // Common members come first, wherever the discriminator is.
                let values: Vec<Option<Expr>> = slots
                    .iter()
                    .filter(|slot| !slot.optional)
                    .map(|slot| (!is_tag(slot)).then(|| arguments.add(&slot.name, &slot.ty)))
                    .collect();
                let branch = self.branch(branches.clone(), arm, &mut arguments);
                let values = values.into_iter();
                let values = values.map(|value| value.unwrap_or_else(|| branch.clone()));
                Expr::new(Ty::own(), values.collect())
            };
            Function {
                name: names[arm.branch.name.as_str()].clone(),
                docs: format!(
                    "Creates the branch `{}` from its required members.",
                    arm.branch.name
                ),
                deprecated: is_deprecated(arm.features),
                kind: FunctionKind::Constructor {
                    arguments: arguments.list,
                    value,
                },
            }
        };
        layout.arms(id).iter().map(constructor).collect()
    }

    /// The expression that builds a branch from its required members. If its type only
    /// wraps a struct, these are the members of that struct.
    fn branch(&self, of: Ty, arm: &Arm<'_>, arguments: &mut Arguments) -> Expr {
        let layout = self.layout;
        let Some(ty) = &arm.ty else {
            return Expr::Variant {
                of,
                name: arm.name.clone(),
                value: None,
            };
        };
        let id = arm.branch.ty;
        let value = match (ty, layout.wrapped(id)) {
            (Ty::Plain(_), Some(slot)) => {
                let inner = match &slot.ty {
                    Ty::Plain(_) => arguments.add_struct(&slot.ty, &layout.slots(slot.member.ty)),
                    other => arguments.add(&slot.name, other),
                };
                Expr::new(ty.clone(), vec![inner])
            }
            (Ty::Plain(_), None) => arguments.add_struct(ty, &layout.slots(id)),
            _ => match arguments.add("branch", ty) {
                Expr::Name(name) => ty.taken().value(&name),
                other => other,
            },
        };
        in_variant(of, arm, value)
    }
}
