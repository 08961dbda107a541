//! Objects: bases, members and what is inherited.

use std::collections::HashMap;
use std::mem;

use super::{Checker, DEEPEST_TYPES, MOST_INHERITED_MEMBERS, State};
use crate::releases::Releases;
use crate::schema::{Member, ObjectForm, TypeId, TypeKind};
use crate::text::definition::MemberDef;
use crate::text::diagnostic::{Diagnostic, Kind};
use crate::text::names::c_name;
use crate::text::resolve::{Pending, Place, TypeRef};
use crate::text::source::Span;
use crate::text::valid::{Invalid, Valid};

impl Checker<'_, '_> {
    pub(super) fn object(&mut self, id: TypeId, depth: usize) -> Valid<()> {
        let Some(place) = self.place(id) else {
            // q_empty
            return Ok(());
        };
        match self.states[id.0 as usize] {
            State::Sound => return Ok(()),
            State::Faulty => return Err(Invalid),
            State::Open => {
                let message = format!("'{}' contains itself", self.resolver.schema[id].name);
                return self.invalid(Kind::Type, place.name_span, place, message);
            }
            State::Unchecked => {}
        }
        if depth > DEEPEST_TYPES {
            return self.too_deep(place);
        }
        self.states[id.0 as usize] = State::Open;
        let outcome = self.object_content(id, place, depth);
        self.states[id.0 as usize] = match outcome {
            Ok(()) => State::Sound,
            Err(Invalid) => State::Faulty,
        };
        outcome
    }

    fn too_deep(&mut self, place: Place) -> Valid<()> {
        let message =
            format!("bases and branches are nested more than {DEEPEST_TYPES} levels deep");
        self.invalid(Kind::Type, place.name_span, place, message)
    }

    /// Records that an object contains its base or branch, and checks the depth.
    pub(super) fn raise(&mut self, id: TypeId, inner: TypeId, place: Place) -> Valid<()> {
        let level = self.levels[inner.0 as usize] + 1;
        self.levels[id.0 as usize] = self.levels[id.0 as usize].max(level);
        if level > DEEPEST_TYPES {
            return self.too_deep(place);
        }
        Ok(())
    }

    /// Counts the members that a definition inherits.
    pub(super) fn inherit(&mut self, from: TypeId, place: Place) -> Valid<()> {
        self.inherited_members += self.member_counts[from.0 as usize];
        if self.inherited_members > MOST_INHERITED_MEMBERS {
            let message = "the definitions of the schema inherit too many members in total";
            return self.exceed(message, place);
        }
        Ok(())
    }

    fn object_content(&mut self, id: TypeId, place: Place, depth: usize) -> Valid<()> {
        let entity = self.resolver.type_entities[id.0 as usize];
        let features = self.definition_features(entity, place, true);
        let pending = mem::take(&mut self.resolver.pending[id.0 as usize]);
        let Pending::Object {
            base,
            members,
            union,
        } = pending
        else {
            return features;
        };
        if let Some(base) = base {
            let base = self.base(&base, place, depth)?;
            self.set_base(id, base);
            self.raise(id, base, place)?;
            self.inherit(base, place)?;
        }
        let members = self.members(id, members, place);
        let union = union.map_or(Ok(()), |union| self.union(id, union, place, depth));
        features.and(members).and(union)
    }

    fn base(&mut self, base: &TypeRef, place: Place, depth: usize) -> Valid<TypeId> {
        let id = self.resolve(base, "'base'", place)?;
        let is_struct = matches!(
            self.kind(id),
            TypeKind::Object(object) if object.form == ObjectForm::Struct
        );
        if !is_struct {
            let at = match base {
                TypeRef::Name(name) => name.span,
                TypeRef::Id(_) => place.name_span,
            };
            let message = format!("'base' must be a struct, found the {}", self.describe(id));
            return self.invalid(Kind::Type, at, place, message);
        }
        self.object(id, depth + 1).map(|()| id)
    }

    fn set_base(&mut self, id: TypeId, base: TypeId) {
        if let TypeKind::Object(object) = &mut self.resolver.schema.types[id.0 as usize].kind {
            object.base = Some(base);
        }
        self.has_conditional_members[id.0 as usize] = self.has_conditional_members[base.0 as usize];
        self.member_counts[id.0 as usize] = self.member_counts[base.0 as usize];
    }

    /// An object and the objects that it inherits from.
    pub(super) fn chain(&self, id: TypeId) -> Vec<TypeId> {
        let base = |id: &TypeId| match self.kind(*id) {
            TypeKind::Object(object) => object.base,
            _ => None,
        };
        std::iter::successors(Some(id), base).collect()
    }

    /// Those of the chain that have members of their own.
    pub(super) fn chain_with_members(&self, id: TypeId) -> Vec<TypeId> {
        let mut chain = self.chain(id);
        chain.retain(|id| !self.member_names[id.0 as usize].is_empty());
        chain
    }

    fn members(
        &mut self,
        id: TypeId,
        members: Vec<(MemberDef, TypeRef)>,
        place: Place,
    ) -> Valid<()> {
        let chain = self.chain(id);
        let mut resolved = Vec::with_capacity(members.len());
        let mut names: HashMap<String, usize> = HashMap::with_capacity(members.len());
        let mut outcome = Ok(());
        for (member, ty) in members {
            let described = self.describe_member(id, &member.name);
            let ty = self.resolve(&ty, &described, place);
            outcome = outcome.and(self.distinct_features(&member.features, place));
            let c_name = c_name(&member.name);
            let own = names.get(&c_name).map(|index: &usize| {
                let other: &Member = &resolved[*index];
                (format!("member '{}'", other.name), other.span)
            });
            if let Some((other, span)) = own.or_else(|| self.inherited(&chain, &c_name)) {
                let message = format!("{described} has the same name in C as {other}");
                let diagnostic = Diagnostic::new(Kind::Duplicate, member.span, message)
                    .located_at(place.span)
                    .related(span, "the other definition");
                self.resolver.reporter.error(diagnostic);
                outcome = Err(Invalid);
                continue;
            }
            let Ok(ty) = ty else {
                outcome = Err(Invalid);
                continue;
            };
            self.has_conditional_members[id.0 as usize] |= member.condition.is_some();
            names.insert(c_name, resolved.len());
            resolved.push(Member {
                name: member.name,
                ty,
                optional: member.optional,
                condition: member.condition,
                features: member.features.features,
                span: Some(member.span),
                releases: Releases::ALL,
                mandatory_in: if member.optional {
                    Releases::NONE
                } else {
                    Releases::ALL
                },
            });
        }
        self.member_counts[id.0 as usize] += resolved.len();
        self.member_names[id.0 as usize] = names;
        if let TypeKind::Object(object) = &mut self.resolver.schema.types[id.0 as usize].kind {
            object.members = resolved;
        }
        outcome
    }

    fn describe_member(&self, id: TypeId, name: &str) -> String {
        let role = match self.resolver.schema[id].name.strip_prefix("q_obj_") {
            Some(implicit) if implicit.ends_with("-arg") => "parameter",
            Some(implicit) if implicit.ends_with("-base") => "base member",
            _ => "member",
        };
        format!("{role} '{name}'")
    }

    fn inherited(&self, chain: &[TypeId], c_name: &str) -> Option<(String, Option<Span>)> {
        let (owner, member) = self.find_member(chain, c_name)?;
        let owner = &self.resolver.schema[owner].name;
        Some((
            format!("member '{}' of type '{owner}'", member.name),
            member.span,
        ))
    }

    pub(super) fn find_member(&self, chain: &[TypeId], c_name: &str) -> Option<(TypeId, &Member)> {
        chain.iter().find_map(|id| {
            let index = self.member_names[id.0 as usize].get(c_name)?;
            match self.kind(*id) {
                TypeKind::Object(object) => Some((*id, &object.members[*index])),
                _ => None,
            }
        })
    }
}
