//! Conversions: the impls of `From`.

use std::collections::{HashMap, HashSet};

use qapi_parser::schema::TypeId;

use super::expr::Expr;
use super::item::Conversion;
use super::layout::Arm;
use super::planner::Planner;
use super::types::Ty;

/// A type that stands for a branch.
struct Source<'v, 's> {
    ty: &'v Ty,
    arm: &'v Arm<'s>,
    /// What the branch holds, where that only wraps the type.
    through: Option<&'v Ty>,
}

/// How many branches hold a type, and how many of these it is named for.
#[derive(Default)]
struct Holders {
    all: usize,
    named: usize,
}

impl Planner<'_> {
    /// Returns the conversion into a struct from the only value that it wraps, if it
    /// wraps one.
    pub(super) fn conversions_of_wrapper(&self, id: TypeId) -> Vec<Conversion> {
        let wrapped = self.layout.wrapped(id).into_iter();
        wrapped
            .map(|slot| conversion(slot.ty, Expr::new(Ty::own(), vec![value()])))
            .collect()
    }

    /// Returns the conversions into the enum of a union's branches: from each type that
    /// stands for a branch, and from what such a type only wraps.
    pub(super) fn conversions_of_branches(&self, id: TypeId) -> Vec<Conversion> {
        let arms = self.layout.arms(id);
        sources(&arms).iter().map(Source::conversion).collect()
    }

    /// Returns the conversions into a union that is a struct: from each type that stands
    /// for a branch, if no other member is mandatory.
    pub(super) fn conversions_of_union(&self, id: TypeId) -> Vec<Conversion> {
        let sources = self.sources_of_union(id).into_iter();
        sources
            .map(|ty| conversion(ty, Expr::new(Ty::own(), vec![value()])))
            .collect()
    }

    /// Returns the conversions into an alternate: those that a union would have; from
    /// each type that converts into a union which a branch holds; and from a `&str`.
    pub(super) fn conversions_of_alternate(&self, id: TypeId) -> Vec<Conversion> {
        let arms = self.layout.arms(id);
        let mut conversions: Vec<_> = sources(&arms).iter().map(Source::conversion).collect();
        let mut known: HashSet<Ty> = arms.iter().filter_map(|arm| arm.ty.clone()).collect();
        for arm in arms.iter() {
            if self.layout.is_external(arm.branch.ty) {
                continue;
            }
            for ty in self.sources_of_union(arm.branch.ty) {
                if known.insert(ty.clone()) {
                    let value = Expr::Into(Box::new(value()));
                    conversions.push(conversion(ty, in_variant(Ty::own(), arm, value)));
                }
            }
        }
        if let Some(arm) = arms.iter().find(|arm| arm.ty == Some(Ty::String)) {
            let text = Expr::Owned(ARGUMENT.to_owned());
            conversions.push(conversion(Ty::Str, in_variant(Ty::own(), arm, text)));
        }
        conversions
    }

    /// Returns the conversions from a command into each union that has a branch of its
    /// name and arguments.
    pub(super) fn conversions_of_command(
        &self,
        command: &str,
        name: &str,
        args: TypeId,
    ) -> Vec<Conversion> {
        let layout = self.layout;
        let args = layout.ty(args);
        let unions = self.actions.of_command(command).iter();
        let conversions = unions.filter_map(|&union| {
            let arms = layout.arms(union);
            let arm = arms.iter().find(|arm| arm.branch.name == command)?;
            let held = Expr::Held(ARGUMENT.to_owned());
            let value = match &arm.ty {
                Some(ty) if *ty == args => held,
                Some(ty) if arm.wrapped.as_ref() == Some(&args) => {
                    Expr::new(ty.clone(), vec![held])
                }
                _ => return None,
            };
            Some(Conversion {
                from: Ty::Beside(name.to_owned()),
                to: layout.ty(union),
                value: in_variant(Ty::own(), arm, value),
            })
        });
        conversions.collect()
    }

    /// Returns the types that a union can be made from: those that stand for its
    /// branches, if no other member is mandatory.
    fn sources_of_union(&self, id: TypeId) -> Vec<Ty> {
        let Some(tag) = self.layout.tag(id) else {
            return Vec::new();
        };
        let slots = self.layout.slots(id);
        if slots
            .iter()
            .any(|slot| !slot.optional && slot.member.name != tag)
        {
            return Vec::new();
        }
        let arms = self.layout.arms(id);
        let sources = sources(&arms).into_iter();
        sources.map(|source| source.ty.clone()).collect()
    }
}

impl Source<'_, '_> {
    fn conversion(&self) -> Conversion {
        let value = match self.through {
            Some(wrapper) => Expr::new(wrapper.clone(), vec![value()]),
            None => value(),
        };
        conversion(self.ty.clone(), in_variant(Ty::own(), self.arm, value))
    }
}

/// The argument of each `From`.
pub(super) const ARGUMENT: &str = "value";

fn value() -> Expr {
    Expr::Name(ARGUMENT.to_owned())
}

fn conversion(from: Ty, value: Expr) -> Conversion {
    Conversion {
        from,
        to: Ty::own(),
        value,
    }
}

/// Returns the types that stand for a branch.
fn sources<'v, 's>(arms: &'v [Arm<'s>]) -> Vec<Source<'v, 's>> {
    let held = holders(arms, |arm| arm.ty.as_ref());
    let wrapped = holders(arms, |arm| arm.wrapped.as_ref());
    let mut sources = Vec::new();
    for arm in arms {
        let Some(ty) = &arm.ty else { continue };
        if stands_for(ty, arm, &held) {
            sources.push(Source {
                ty,
                arm,
                through: None,
            });
        }
        let Some(inner) = arm.wrapped.as_ref().filter(|inner| inner.is_object()) else {
            continue;
        };
        if !held.contains_key(inner) && stands_for(inner, arm, &wrapped) {
            sources.push(Source {
                ty: inner,
                arm,
                through: Some(ty),
            });
        }
    }
    sources
}

/// Counts the branches by what they hold.
fn holders<'v, 's>(
    arms: &'v [Arm<'s>],
    held: impl Fn(&'v Arm<'s>) -> Option<&'v Ty>,
) -> HashMap<&'v Ty, Holders> {
    let mut holders: HashMap<_, Holders> = HashMap::new();
    for arm in arms {
        if let Some(ty) = held(arm) {
            let holders = holders.entry(ty).or_default();
            holders.all += 1;
            holders.named += usize::from(is_named_for(ty, arm));
        }
    }
    holders
}

/// Whether a value of the type means this branch: it is the only one that holds
/// the type, or the only one of those that the type is named for, as
/// `BlockdevOptionsFile` is for `file` and not for `host_device`.
fn stands_for(ty: &Ty, arm: &Arm<'_>, holders: &HashMap<&Ty, Holders>) -> bool {
    let Some(holders) = holders.get(ty) else {
        return false;
    };
    holders.all == 1 || holders.named == 1 && is_named_for(ty, arm)
}

fn is_named_for(ty: &Ty, arm: &Arm<'_>) -> bool {
    ty.declared_name()
        .is_some_and(|name| name.ends_with(&arm.name))
}

/// The expression that puts a value into the branch's variant.
pub(super) fn in_variant(of: Ty, arm: &Arm<'_>, value: Expr) -> Expr {
    Expr::Variant {
        of,
        name: arm.name.clone(),
        value: Some(Box::new(value.boxed_if(arm.boxed))),
    }
}
