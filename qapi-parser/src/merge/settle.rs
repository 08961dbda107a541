//! Decides what a place is whose type differs between releases.

use super::counterparts::{EMPTY, Origin, Shape, Types};
use crate::schema::{Builtin, TypeId, TypeKind};

/// What a place holds after merging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    Builtin(Builtin),
    Array(Box<Settled>),
    /// One of [`Types::merged`].
    Merged(usize),
}

/// The type that a place has in a release. None is an object without members, as the
/// arguments of a command without any.
pub(super) type Use = (usize, Option<TypeId>);

/// Two uses of a place that no type can hold, as indices of them.
pub(super) struct Differ(pub(super) usize, pub(super) usize);

/// The values that a type has in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonType {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
    Any,
}

impl<'s> Types<'s> {
    /// Decides for a place that is used so, with the newest release first. What else
    /// becomes an origin of which type then is added to `found`.
    pub(super) fn settle(
        &self,
        uses: &[Use],
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<Settled, Differ> {
        let shapes: Vec<Option<Shape>> = uses.iter().map(|of| self.shape(*of)).collect();
        if let Some(at) = self.newest(uses, &shapes, Shape::Alternate) {
            return self.alternate(at, uses, &shapes, found);
        }
        if self.newest(uses, &shapes, Shape::Object).is_some() {
            return self.object(uses, &shapes, found);
        }
        if let Some(at) = self.newest(uses, &shapes, Shape::Enum) {
            return self.enumeration(at, uses, &shapes, found);
        }
        if let Some(other) = uses.iter().position(|(_, ty)| ty.is_none()) {
            // Something that is no object, and nothing.
            let first = uses.iter().position(|(_, ty)| ty.is_some());
            return Err(Differ(other, first.unwrap_or(other)));
        }
        self.plain(uses, found)
    }

    fn shape(&self, (release, ty): Use) -> Option<Shape> {
        match ty {
            Some(ty) => Shape::of(self.schemas[release], ty),
            None => Some(Shape::Object),
        }
    }

    /// The newest use of this shape.
    fn newest(&self, uses: &[Use], shapes: &[Option<Shape>], shape: Shape) -> Option<usize> {
        let is = |(at, _): &(usize, &Use)| shapes[*at] == Some(shape);
        let mut found = uses.iter().enumerate().filter(is);
        if shape == Shape::Object {
            // What has no members has no name to give.
            let uses = uses.iter().enumerate();
            let mut named = uses.filter(is).filter(|(_, of)| !self.is_empty(**of));
            if let Some((at, _)) = named.next() {
                return Some(at);
            }
        }
        found.next().map(|(at, _)| at)
    }

    fn is_empty(&self, (release, ty): Use) -> bool {
        ty.is_none_or(|ty| self.schemas[release][ty].name == EMPTY)
    }

    fn object(
        &self,
        uses: &[Use],
        shapes: &[Option<Shape>],
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<Settled, Differ> {
        let at = self.newest(uses, shapes, Shape::Object).unwrap_or_default();
        if let Some(other) = shapes
            .iter()
            .position(|shape| *shape != Some(Shape::Object))
        {
            return Err(Differ(at, other));
        }
        let merged = self.merged_of(uses[at], Shape::Object);
        for (release, ty) in uses.iter().copied() {
            found.push((merged, Origin::new(release, ty)));
        }
        Ok(Settled::Merged(merged))
    }

    fn enumeration(
        &self,
        at: usize,
        uses: &[Use],
        shapes: &[Option<Shape>],
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<Settled, Differ> {
        let merged = self.merged_of(uses[at], Shape::Enum);
        for (other, &(release, ty)) in uses.iter().enumerate() {
            if shapes[other] == Some(Shape::Enum) {
                found.push((merged, Origin::new(release, ty)));
            } else if self.json_type(uses[other]) != JsonType::String {
                return Err(Differ(at, other));
            }
        }
        Ok(Settled::Merged(merged))
    }

    /// Other types must fit one of the alternate's branches.
    fn alternate(
        &self,
        at: usize,
        uses: &[Use],
        shapes: &[Option<Shape>],
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<Settled, Differ> {
        let merged = self.merged_of(uses[at], Shape::Alternate);
        for (other, &(release, ty)) in uses.iter().enumerate() {
            if shapes[other] == Some(Shape::Alternate) {
                found.push((merged, Origin::new(release, ty)));
                continue;
            }
            let json_type = self.json_type(uses[other]);
            let branches = self.merged[merged].origins.iter().flat_map(|origin| {
                let branches = self.branches(origin).iter();
                branches.map(|branch| (origin.release, Some(branch.ty)))
            });
            let branches: Vec<Use> = branches
                .filter(|of| self.json_type(*of) == json_type)
                .collect();
            let Some(&branch) = branches.first() else {
                return Err(Differ(at, other));
            };
            self.settle(&[branch, (release, ty)], found)
                .map_err(|Differ(..)| Differ(at, other))?;
        }
        Ok(Settled::Merged(merged))
    }

    /// Arrays and built-in types.
    fn plain(&self, uses: &[Use], found: &mut Vec<(usize, Origin<'s>)>) -> Result<Settled, Differ> {
        let mut elements = Vec::new();
        let mut builtin = None;
        for (at, &(release, ty)) in uses.iter().enumerate() {
            let Some(ty) = ty else { continue };
            match &self.schemas[release][ty].kind {
                TypeKind::Array(element) if builtin.is_none() => {
                    elements.push((release, Some(*element)));
                }
                TypeKind::Builtin(other) if elements.is_empty() => {
                    builtin = Some(match builtin {
                        None => *other,
                        Some(first) => widest(first, *other).ok_or(Differ(0, at))?,
                    });
                }
                _ => return Err(Differ(0, at)),
            }
        }
        match builtin {
            Some(builtin) => Ok(Settled::Builtin(builtin)),
            None => {
                let element = self.settle(&elements, found)?;
                Ok(Settled::Array(Box::new(element)))
            }
        }
    }

    pub(super) fn json_type(&self, (release, ty): Use) -> JsonType {
        let Some(ty) = ty else {
            return JsonType::Object;
        };
        match &self.schemas[release][ty].kind {
            TypeKind::Enum(_) | TypeKind::Builtin(Builtin::Str) => JsonType::String,
            TypeKind::Object(_) => JsonType::Object,
            TypeKind::Array(_) => JsonType::Array,
            TypeKind::Builtin(Builtin::Null) => JsonType::Null,
            TypeKind::Builtin(Builtin::Bool) => JsonType::Bool,
            TypeKind::Builtin(Builtin::Any | Builtin::Anything) | TypeKind::Alternate(_) => {
                JsonType::Any
            }
            TypeKind::Builtin(_) => JsonType::Number,
        }
    }
}

/// The type that has the values of both, if there is one.
fn widest(one: Builtin, other: Builtin) -> Option<Builtin> {
    use Builtin::{Any, Anything, Int16, Int32, Int64, Int128, Number};
    if one == other {
        return Some(one);
    }
    match (one, other) {
        (Any | Anything, Any | Anything) => Some(Any),
        (Number, integer) | (integer, Number) => integer.integer_range().map(|_| Number),
        _ => {
            let (low, high) = one.integer_range()?;
            let (other_low, other_high) = other.integer_range()?;
            let (low, high) = (low.min(other_low), high.max(other_high));
            let holds = |ty: &Builtin| {
                ty.integer_range()
                    .is_some_and(|range| range.0 <= low && high <= range.1)
            };
            [one, other, Int16, Int32, Int64, Int128]
                .into_iter()
                .find(holds)
        }
    }
}
