//! Compares objects: their members, those of bases included, and their branches.

use super::change::ChangeKind;
use super::compare::{Missing, Owner, Site, Walk};
use crate::schema::{Branch, Condition, Member, Object, Schema, TypeId, TypeKind, Variants};

/// Compares two objects. None is the empty one.
pub(super) fn compare(walk: &mut Walk<'_>, site: &Site, old: Option<TypeId>, new: Option<TypeId>) {
    let old = View::of(walk.old, old);
    let new = View::of(walk.new, new);
    match (old.variants, new.variants) {
        (Some(older), Some(newer)) => {
            members(walk, site, &old, &new);
            branches(walk, site, (&old, older), (&new, newer));
        }
        (None, None) => members(walk, site, &old, &new),
        (None, Some(newer)) => became_union(walk, site, &old, &new, newer),
        (Some(older), None) => became_object(walk, site, &old, older, &new),
    }
}

/// An object, with the members of its bases.
struct View<'s> {
    schema: &'s Schema,
    members: Vec<Declared<'s>>,
    variants: Option<&'s Variants>,
}

/// A member, with the type that declares it.
#[derive(Clone, Copy)]
struct Declared<'s> {
    owner: TypeId,
    member: &'s Member,
}

impl<'s> View<'s> {
    fn of(schema: &'s Schema, id: Option<TypeId>) -> Self {
        let object_of = |id: TypeId| match &schema[id].kind {
            TypeKind::Object(object) => Some(object),
            _ => None,
        };
        let mut chain: Vec<(TypeId, &Object)> = Vec::new();
        let mut next = id;
        while let Some(id) = next {
            let Some(object) = object_of(id) else {
                break;
            };
            chain.push((id, object));
            // A cycle of bases is an error of the schema; do not follow it.
            next = object.base.filter(|_| chain.len() <= schema.types.len());
        }
        let variants = chain
            .first()
            .and_then(|(_, object)| object.variants.as_ref());
        let members = chain.iter().rev().flat_map(|&(owner, object)| {
            let members = object.members.iter();
            members.map(move |member| Declared { owner, member })
        });
        Self {
            schema,
            members: members.collect(),
            variants,
        }
    }

    fn member(&self, name: &str) -> Option<Declared<'s>> {
        let mut members = self.members.iter();
        members
            .find(|declared| declared.member.name == name)
            .copied()
    }

    /// The enum of a discriminator. Before QEMU 2.0, it may be a string.
    fn enum_of(&self, variants: &Variants) -> Option<TypeId> {
        let tag = self.member(&variants.tag)?.member.ty;
        matches!(self.schema[tag].kind, TypeKind::Enum(_)).then_some(tag)
    }

    /// The condition of a branch, or of its value.
    fn condition_of(&self, variants: &Variants, branch: &'s Branch) -> Option<&'s Condition> {
        let of_value = || {
            let TypeKind::Enum(declared) = &self.schema[self.enum_of(variants)?].kind else {
                return None;
            };
            let mut values = declared.values.iter();
            let value = values.find(|value| value.name == branch.name)?;
            value.condition.as_ref()
        };
        branch.condition.as_ref().or_else(of_value)
    }
}

/// The members of a branch.
fn of_branch<'s>(schema: &'s Schema, branch: &Branch) -> View<'s> {
    View::of(schema, Some(branch.ty))
}

fn members(walk: &mut Walk<'_>, site: &Site, old: &View<'_>, new: &View<'_>) {
    for older in &old.members {
        match new.member(&older.member.name) {
            Some(newer) => member(walk, site, *older, newer),
            None => member_gone(walk, site, *older),
        }
    }
    for newer in &new.members {
        if old.member(&newer.member.name).is_none() {
            member_added(walk, site, *newer);
        }
    }
}

fn member_gone(walk: &mut Walk<'_>, site: &Site, old: Declared<'_>) {
    let site = Site {
        owner: Owner::Types(Some(old.owner), None),
        ..site.at(&old.member.name)
    };
    walk.gone(&site, ChangeKind::MemberGone, old.member.condition.as_ref());
}

fn member_added(walk: &mut Walk<'_>, site: &Site, new: Declared<'_>) {
    let site = Site {
        owner: Owner::Types(None, Some(new.owner)),
        ..site.at(&new.member.name)
    };
    let kind = ChangeKind::MemberAdded {
        optional: new.member.optional,
    };
    walk.added(&site, kind, new.member.condition.as_ref());
}

/// Compares a member that both have.
fn member(walk: &mut Walk<'_>, site: &Site, old: Declared<'_>, new: Declared<'_>) {
    let name = &old.member.name;
    member_at(walk, site.at(name), old, new);
}

fn member_at(walk: &mut Walk<'_>, site: Site, old: Declared<'_>, new: Declared<'_>) {
    let site = Site {
        owner: Owner::Types(Some(old.owner), Some(new.owner)),
        ..site
    };
    let (old, new) = (old.member, new.member);
    match (old.optional, new.optional) {
        (false, true) => walk.found(&site, ChangeKind::MemberNowOptional),
        (true, false) => walk.found(&site, ChangeKind::MemberNowMandatory),
        _ => {}
    }
    walk.condition(&site, old.condition.as_ref(), new.condition.as_ref());
    walk.features(&site, &old.features, &new.features);
    walk.relate(&site, Some(old.ty), Some(new.ty));
}

fn branches(
    walk: &mut Walk<'_>,
    site: &Site,
    (old_view, old): (&View<'_>, &Variants),
    (new_view, new): (&View<'_>, &Variants),
) {
    if old.tag != new.tag {
        let kind = ChangeKind::DiscriminatorChanged {
            from: old.tag.clone(),
            to: new.tag.clone(),
        };
        return walk.found(site, kind);
    }
    let segment = |branch: &Branch| format!("+{}", branch.name);
    for older in &old.branches {
        let site = site.at(segment(older));
        match find(new, &older.name) {
            Some(newer) => walk.relate(&site, Some(older.ty), Some(newer.ty)),
            None => {
                let condition = old_view.condition_of(old, older);
                let missing = Missing::New { condition };
                walk.branch_differs(&site, old_view.enum_of(old), &missing);
            }
        }
    }
    for newer in &new.branches {
        if find(old, &newer.name).is_none() {
            let condition = new_view.condition_of(new, newer);
            let missing = Missing::Old { condition };
            walk.branch_differs(&site.at(segment(newer)), new_view.enum_of(new), &missing);
        }
    }
}

fn find<'s>(variants: &'s Variants, name: &str) -> Option<&'s Branch> {
    let mut branches = variants.branches.iter();
    branches.find(|branch| branch.name == name)
}

/// The branches that have a member, with the member there.
fn with_member<'s>(
    schema: &'s Schema,
    variants: &'s Variants,
    name: &str,
) -> Vec<(&'s Branch, Declared<'s>)> {
    let branches = variants.branches.iter();
    branches
        .filter_map(|branch| Some((branch, of_branch(schema, branch).member(name)?)))
        .collect()
}

/// Compares an object with the union that it became. What was a member may be one of
/// some branches now.
fn became_union(
    walk: &mut Walk<'_>,
    site: &Site,
    old: &View<'_>,
    new: &View<'_>,
    variants: &Variants,
) {
    for older in &old.members {
        let name = &older.member.name;
        if let Some(newer) = new.member(name) {
            member(walk, site, *older, newer);
            continue;
        }
        let holders = with_member(new.schema, variants, name);
        if holders.is_empty() {
            member_gone(walk, site, *older);
            continue;
        }
        if holders.len() < variants.branches.len() {
            let branches = holders.iter().map(|(branch, _)| branch.name.clone());
            let kind = ChangeKind::MemberOnlyInBranches {
                branches: branches.collect(),
            };
            let site = Site {
                owner: Owner::Types(Some(older.owner), None),
                ..site.at(name)
            };
            walk.found(&site, kind);
        }
        for (branch, newer) in holders {
            let site = site.at(format!("+{}/{name}", branch.name));
            member_at(walk, site, *older, newer);
        }
    }
    for newer in &new.members {
        if old.member(&newer.member.name).is_none() {
            member_added(walk, site, *newer);
        }
    }
    let kind = ChangeKind::BecameUnion {
        discriminator: variants.tag.clone(),
        branches: variants
            .branches
            .iter()
            .map(|branch| branch.name.clone())
            .collect(),
        mandatory: unknown_members(new.schema, variants, old, |member| !member.optional),
    };
    walk.found(site, kind);
}

/// Compares a union with the object that it became. What was a member of some
/// branches may be one of the object now.
fn became_object(
    walk: &mut Walk<'_>,
    site: &Site,
    old: &View<'_>,
    variants: &Variants,
    new: &View<'_>,
) {
    for older in &old.members {
        match new.member(&older.member.name) {
            Some(newer) => member(walk, site, *older, newer),
            None => member_gone(walk, site, *older),
        }
    }
    for newer in &new.members {
        let name = &newer.member.name;
        if old.member(name).is_some() {
            continue;
        }
        let holders = with_member(old.schema, variants, name);
        if holders.len() < variants.branches.len() {
            member_added(walk, site, *newer);
        }
        for (branch, older) in holders {
            let site = site.at(format!("+{}/{name}", branch.name));
            member_at(walk, site, older, *newer);
        }
    }
    let gone = unknown_members(old.schema, variants, new, |_| true);
    walk.found(site, ChangeKind::BecameObject { gone });
}

/// The members of branches that an object does not have, as `+branch/member`.
fn unknown_members(
    schema: &Schema,
    variants: &Variants,
    object: &View<'_>,
    counts: impl Fn(&Member) -> bool,
) -> Vec<String> {
    let mut unknown = Vec::new();
    for branch in &variants.branches {
        for declared in of_branch(schema, branch).members {
            let member = declared.member;
            if counts(member) && object.member(&member.name).is_none() {
                unknown.push(format!("+{}/{}", branch.name, member.name));
            }
        }
    }
    unknown
}
