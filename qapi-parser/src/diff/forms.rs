//! Compares types that are no objects: built-in types, enums, arrays, alternates.

use std::collections::HashMap;

use super::change::{ChangeKind, Shape};
use super::class::{range, same_values};
use super::compare::{Owner, Pair, Site, Walk};
use crate::schema::{Builtin, Enum, EnumValue, Schema, TypeId, TypeKind};

/// A JSON type. An alternate has at most one branch of each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Json {
    String,
    Number,
    Bool,
    Null,
    Object,
    Array,
    Any,
}

/// One of the types that a value may have.
#[derive(Clone, Copy)]
struct Form {
    json: Json,
    shape: Shape,
    ty: Option<TypeId>,
}

impl<'s> Walk<'s> {
    /// Compares two types that are in the same place. None is the empty object.
    pub(super) fn relate(&mut self, site: &Site, old: Option<TypeId>, new: Option<TypeId>) {
        let (old, new) = self.elements(old, new);
        let pair = Pair {
            old,
            new,
            direction: site.direction,
        };
        match (shape(self.old, old), shape(self.new, new)) {
            (Shape::Object, Shape::Object)
            | (Shape::Enum, Shape::Enum)
            | (Shape::Alternate, Shape::Alternate) => self.edge(site, pair),
            (Shape::Alternate, to) => self.became_one(site, pair, to),
            (from, Shape::Alternate) => self.became_several(site, pair, from),
            (from, to) => self.shapes(site, from, to),
        }
    }

    /// Looks into arrays as long as both are arrays.
    fn elements(
        &self,
        mut old: Option<TypeId>,
        mut new: Option<TypeId>,
    ) -> (Option<TypeId>, Option<TypeId>) {
        // An array that is its own element is an error of the schema; do not follow it.
        for _ in 0..self.old.types.len() {
            let (Some(older), Some(newer)) = (old, new) else {
                break;
            };
            let (TypeKind::Array(older), TypeKind::Array(newer)) =
                (&self.old[older].kind, &self.new[newer].kind)
            else {
                break;
            };
            (old, new) = (Some(*older), Some(*newer));
        }
        (old, new)
    }

    fn shapes(&mut self, site: &Site, from: Shape, to: Shape) {
        let (from, to) = (self.shown(from), self.shown(to));
        if !same_values(from, to) {
            self.found(site, ChangeKind::TypeChanged { from, to });
        }
    }

    /// A shape as both sides show it: introspection has one type for all integers.
    fn shown(&self, shape: Shape) -> Shape {
        if range(shape).is_some() && !self.both_are_schemas() {
            Shape::Builtin(Builtin::Int)
        } else {
            shape
        }
    }

    /// An alternate that has become one of its types, or another one.
    fn became_one(&mut self, site: &Site, pair: Pair, to: Shape) {
        let old = pair.old.map_or_else(Vec::new, |id| forms(self.old, id));
        let new = form(self.new, pair.new);
        if old.iter().any(|form| form.json == new.json) {
            self.alternatives(site, &old, &[new], true);
        } else {
            let from = Shape::Alternate;
            self.found(site, ChangeKind::TypeChanged { from, to });
        }
    }

    /// A type that has become one of several, or something else.
    fn became_several(&mut self, site: &Site, pair: Pair, from: Shape) {
        let old = form(self.old, pair.old);
        let new = pair.new.map_or_else(Vec::new, |id| forms(self.new, id));
        if new.iter().any(|form| form.json == old.json) {
            self.alternatives(site, &[old], &new, false);
        } else {
            let to = Shape::Alternate;
            self.found(site, ChangeKind::TypeChanged { from, to });
        }
    }

    /// Compares two alternates.
    pub(super) fn forms(&mut self, site: &Site, old: TypeId, new: TypeId) {
        let (old, new) = (forms(self.old, old), forms(self.new, new));
        self.alternatives(site, &old, &new, true);
    }

    fn alternatives(&mut self, site: &Site, old: &[Form], new: &[Form], was_alternate: bool) {
        for older in old {
            match new.iter().find(|newer| newer.json == older.json) {
                Some(newer) => self.relate(site, older.ty, newer.ty),
                None => self.found(site, ChangeKind::FormGone { form: older.shape }),
            }
        }
        for newer in new {
            if old.iter().all(|older| older.json != newer.json) {
                let kind = ChangeKind::FormAdded {
                    form: newer.shape,
                    was_alternate,
                };
                self.found(site, kind);
            }
        }
    }

    /// Compares two enums.
    pub(super) fn values(&mut self, site: &Site, old: &'s Enum, new: &'s Enum) {
        let &Owner::Types(old_id, new_id) = &site.owner else {
            return;
        };
        let by_name = |declared: &'s Enum| -> HashMap<&'s str, &'s EnumValue> {
            let values = declared.values.iter();
            values.map(|value| (value.name.as_str(), value)).collect()
        };
        let (old_by_name, new_by_name) = (by_name(old), by_name(new));
        for value in &old.values {
            let mut site = site.at(format!("^{}", value.name));
            match new_by_name.get(value.name.as_str()) {
                Some(newer) => {
                    self.condition(&site, value.condition.as_ref(), newer.condition.as_ref());
                    self.value_features(&site, &value.features, &newer.features);
                }
                None => {
                    site.owner = Owner::Types(old_id, None);
                    self.gone(&site, ChangeKind::ValueGone, value.condition.as_ref());
                }
            }
        }
        for value in &new.values {
            if !old_by_name.contains_key(value.name.as_str()) {
                let mut site = site.at(format!("^{}", value.name));
                site.owner = Owner::Types(None, new_id);
                self.added(&site, ChangeKind::ValueAdded, value.condition.as_ref());
            }
        }
    }
}

/// The types that an alternate chooses from.
fn forms(schema: &Schema, id: TypeId) -> Vec<Form> {
    match &schema[id].kind {
        TypeKind::Alternate(alternate) => {
            let types = alternate.branches.iter().map(|branch| branch.ty);
            types.map(|ty| form(schema, Some(ty))).collect()
        }
        _ => Vec::new(),
    }
}

fn form(schema: &Schema, ty: Option<TypeId>) -> Form {
    let shape = shape(schema, ty);
    let json = match shape {
        Shape::Enum | Shape::Builtin(Builtin::Str) => Json::String,
        Shape::Object => Json::Object,
        Shape::Array => Json::Array,
        Shape::Builtin(Builtin::Bool) => Json::Bool,
        Shape::Builtin(Builtin::Null) => Json::Null,
        Shape::Builtin(Builtin::Any | Builtin::Anything) | Shape::Alternate => Json::Any,
        Shape::Builtin(_) => Json::Number,
    };
    Form { json, shape, ty }
}

fn shape(schema: &Schema, id: Option<TypeId>) -> Shape {
    match id.map(|id| &schema[id].kind) {
        Some(TypeKind::Builtin(builtin)) => Shape::Builtin(*builtin),
        Some(TypeKind::Enum(_)) => Shape::Enum,
        Some(TypeKind::Alternate(_)) => Shape::Alternate,
        Some(TypeKind::Array(_)) => Shape::Array,
        Some(TypeKind::Object(_)) | None => Shape::Object,
    }
}
