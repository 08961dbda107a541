//! Unions: the discriminator, and the branches that its values select.

use std::collections::{BTreeSet, HashSet};

use super::{Checker, MOST_COMPARISONS, MOST_IMPLIED_BRANCHES};
use crate::releases::Releases;
use crate::schema::{Branch, Builtin, TypeId, TypeKind, Variants};
use crate::text::definition::BranchDef;
use crate::text::diagnostic::{Diagnostic, Kind};
use crate::text::dialect::Dialect;
use crate::text::names::c_name;
use crate::text::resolve::{PendingUnion, Place, TypeRef};
use crate::text::source::Span;
use crate::text::valid::{Invalid, Valid};

impl Checker<'_, '_> {
    pub(super) fn union(
        &mut self,
        id: TypeId,
        union: PendingUnion,
        place: Place,
        depth: usize,
    ) -> Valid<()> {
        let tag_type = self.tag_type(id, &union, place)?;
        let mut branches = Vec::with_capacity(union.branches.len());
        let mut outcome = Ok(());
        for (branch, ty) in union.branches {
            let branch = self
                .union_branch(branch, &ty, tag_type, place, depth)
                .and_then(|branch| self.raise(id, branch.ty, place).map(|()| branch));
            match branch {
                Ok(branch) => branches.push(branch),
                Err(Invalid) => outcome = Err(Invalid),
            }
        }
        self.imply_branches(&mut branches, tag_type, place)?;
        if branches.is_empty() && outcome.is_ok() {
            let message =
                "the union has no branches, since the enum of its discriminator has no values"
                    .to_owned();
            return self.invalid(Kind::Shape, place.name_span, place, message);
        }
        let outcome = outcome.and_then(|()| self.branches_fit(id, &branches, place));
        if let TypeKind::Object(object) = &mut self.resolver.schema.types[id.0 as usize].kind {
            object.variants = Some(Variants {
                tag: union.tag,
                branches,
                default_branch: None,
            });
        }
        outcome
    }

    /// Returns the enum of the discriminator.
    fn tag_type(&mut self, id: TypeId, union: &PendingUnion, place: Place) -> Valid<TypeId> {
        let tag = &union.tag;
        let chain = self.chain(id);
        let found = self.find_member(&chain, &c_name(tag));
        let Some((owner, member)) = found.filter(|(_, member)| member.name == *tag) else {
            let message = format!("the discriminator '{tag}' is not a member of the base");
            let members = self.resolver.schema.all_members(id);
            let diagnostic =
                Diagnostic::new(Kind::Type, union.tag_span, message).located_at(place.span);
            let names = members.iter().map(|member| member.name.as_str());
            let diagnostic = self.resolver.reporter.suggest(diagnostic, tag, names);
            self.resolver.reporter.error(diagnostic);
            return Err(Invalid);
        };
        let owner = &self.resolver.schema[owner];
        let base = if owner.implicit {
            "'base'".to_owned()
        } else {
            format!("base type '{}'", owner.name)
        };
        let was_string = self.resolver.reporter.dialect() == Dialect::Legacy
            && matches!(self.kind(member.ty), TypeKind::Builtin(Builtin::Str));
        let wrong = if !matches!(self.kind(member.ty), TypeKind::Enum(_)) && !was_string {
            "must be an enum"
        } else if member.optional {
            "must not be optional"
        } else if member.condition.is_some() {
            "must not be conditional"
        } else {
            return Ok(member.ty);
        };
        let message = format!("the discriminator '{tag}' of {base} {wrong}");
        let diagnostic = Diagnostic::new(Kind::Type, union.tag_span, message)
            .located_at(place.span)
            .related(member.span, "the member");
        self.resolver.reporter.error(diagnostic);
        Err(Invalid)
    }

    fn union_branch(
        &mut self,
        branch: BranchDef,
        ty: &TypeRef,
        tag_type: TypeId,
        place: Place,
        depth: usize,
    ) -> Valid<Branch> {
        let described = format!("branch '{}'", branch.name);
        let ty = self.resolve(ty, &described, place)?;
        let is_enum = matches!(self.kind(tag_type), TypeKind::Enum(_));
        if is_enum && !self.is_enum_value(tag_type, &branch.name) {
            let message = format!(
                "{described} is not a value of the {}",
                self.describe(tag_type)
            );
            let diagnostic =
                Diagnostic::new(Kind::Type, branch.span, message).located_at(place.span);
            let values = self.enum_values[&tag_type].iter().map(String::as_str);
            let reporter = &mut *self.resolver.reporter;
            let diagnostic = reporter.suggest(diagnostic, &branch.name, values);
            self.resolver.reporter.error(diagnostic);
            return Err(Invalid);
        }
        if !matches!(self.kind(ty), TypeKind::Object(_)) {
            let message = format!(
                "{described} must be a struct or a union, found the {}",
                self.describe(ty)
            );
            return self.invalid(Kind::Type, branch.ty.span, place, message);
        }
        self.object(ty, depth + 1).map(|()| Branch {
            name: branch.name,
            ty,
            condition: branch.condition,
            span: Some(branch.span),
            releases: Releases::ALL,
        })
    }

    fn is_enum_value(&mut self, id: TypeId, name: &str) -> bool {
        if !self.enum_values.contains_key(&id) {
            let values = match self.kind(id) {
                TypeKind::Enum(declared) => {
                    declared.values.iter().map(|v| v.name.clone()).collect()
                }
                _ => BTreeSet::new(),
            };
            self.enum_values.insert(id, values);
        }
        self.enum_values[&id].contains(name)
    }

    /// Adds an empty branch for each value without a branch.
    fn imply_branches(
        &mut self,
        branches: &mut Vec<Branch>,
        tag_type: TypeId,
        place: Place,
    ) -> Valid<()> {
        let schema = &self.resolver.schema;
        let (TypeKind::Enum(tag), Some(empty)) =
            (&schema[tag_type].kind, schema.type_named("q_empty"))
        else {
            return Ok(());
        };
        let declared: HashSet<&str> = branches.iter().map(|b| b.name.as_str()).collect();
        let implied: Vec<Branch> = tag
            .values
            .iter()
            .filter(|value| !declared.contains(value.name.as_str()))
            .take(MOST_IMPLIED_BRANCHES - self.implied_branches + 1)
            .map(|value| Branch {
                name: value.name.clone(),
                ty: empty,
                condition: value.condition.clone(),
                span: None,
                releases: Releases::ALL,
            })
            .collect();
        if self.implied_branches + implied.len() > MOST_IMPLIED_BRANCHES {
            let message = "the unions of the schema have too many branches in total";
            return self.exceed(message, place);
        }
        self.implied_branches += implied.len();
        branches.extend(implied);
        Ok(())
    }

    /// Checks that no branch has a member of the same name as the union.
    fn branches_fit(&mut self, id: TypeId, branches: &[Branch], place: Place) -> Valid<()> {
        let chain = self.chain_with_members(id);
        let mut seen = HashSet::new();
        branches.iter().try_for_each(|branch| {
            let at = branch.span.unwrap_or(place.name_span);
            self.fits(&chain, branch.ty, &mut seen, at, place)
        })
    }

    fn fits(
        &mut self,
        chain: &[TypeId],
        branch: TypeId,
        seen: &mut HashSet<TypeId>,
        at: Span,
        place: Place,
    ) -> Valid<()> {
        if !seen.insert(branch) {
            return Ok(());
        }
        if self.comparisons > MOST_COMPARISONS {
            let message = "the unions of the schema have too many branches and members in total";
            return self.exceed(message, place);
        }
        self.comparisons += 1;
        for inner in self.chain_with_members(branch) {
            for outer in chain {
                if let Some(message) = self.clash(*outer, inner) {
                    return self.invalid(Kind::Duplicate, at, place, message);
                }
            }
        }
        let nested: Vec<TypeId> = match self.kind(branch) {
            TypeKind::Object(object) => object
                .variants
                .iter()
                .flat_map(|variants| variants.branches.iter().map(|branch| branch.ty))
                .collect(),
            _ => Vec::new(),
        };
        self.comparisons += nested.len();
        nested
            .into_iter()
            .try_for_each(|branch| self.fits(chain, branch, seen, at, place))
    }

    /// Describes a name that the own members of two objects have in common.
    fn clash(&mut self, outer: TypeId, inner: TypeId) -> Option<String> {
        let (a, b) = (
            &self.member_names[outer.0 as usize],
            &self.member_names[inner.0 as usize],
        );
        if self.disjoint.contains(&(outer, inner)) {
            return None;
        }
        let smaller = a.len().min(b.len());
        self.comparisons += smaller;
        let (few, many) = if a.len() == smaller { (a, b) } else { (b, a) };
        let Some(shared) = few.keys().find(|name| many.contains_key(*name)) else {
            self.disjoint.insert((outer, inner));
            return None;
        };
        let describe = |id: TypeId| {
            let (owner, member) = self.find_member(&[id], shared)?;
            let owner = &self.resolver.schema[owner].name;
            Some(format!("member '{}' of type '{owner}'", member.name))
        };
        Some(format!(
            "{} has the same name in C as {}",
            describe(inner)?,
            describe(outer)?
        ))
    }
}
