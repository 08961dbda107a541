//! Compares objects: their members, those of bases included, and their branches.

use std::collections::HashMap;

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
    /// The same by name.
    by_name: HashMap<&'s str, Declared<'s>>,
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
        let members: Vec<Declared<'s>> = members.collect();
        let names = members.iter();
        let by_name = names.map(|declared| (declared.member.name.as_str(), *declared));
        Self {
            schema,
            by_name: by_name.collect(),
            members,
            variants,
        }
    }

    fn member(&self, name: &str) -> Option<Declared<'s>> {
        self.by_name.get(name).copied()
    }

    /// The enum of a discriminator. Before QEMU 2.0, it may be a string.
    fn enum_of(&self, variants: &Variants) -> Option<TypeId> {
        let tag = self.member(&variants.tag)?.member.ty;
        matches!(self.schema[tag].kind, TypeKind::Enum(_)).then_some(tag)
    }

    /// The conditions of the branches, by name. Some only stand at the value.
    fn conditions(&self, variants: &'s Variants) -> HashMap<&'s str, &'s Condition> {
        let mut conditions = HashMap::new();
        if let Some(tag) = self.enum_of(variants)
            && let TypeKind::Enum(declared) = &self.schema[tag].kind
        {
            for value in &declared.values {
                let condition = value.condition.iter();
                conditions.extend(condition.map(|condition| (value.name.as_str(), condition)));
            }
        }
        for branch in &variants.branches {
            let condition = branch.condition.iter();
            conditions.extend(condition.map(|condition| (branch.name.as_str(), condition)));
        }
        conditions
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
    let (old_by_name, new_by_name) = (by_name(old), by_name(new));
    let conditions = old_view.conditions(old);
    for older in &old.branches {
        let site = site.at(segment(older));
        match new_by_name.get(older.name.as_str()) {
            Some(newer) => walk.relate(&site, Some(older.ty), Some(newer.ty)),
            None => {
                let condition = conditions.get(older.name.as_str()).copied();
                let missing = Missing::New { condition };
                walk.branch_differs(&site, old_view.enum_of(old), &missing);
            }
        }
    }
    let conditions = new_view.conditions(new);
    for newer in &new.branches {
        if !old_by_name.contains_key(newer.name.as_str()) {
            let site = site.at(segment(newer));
            let condition = conditions.get(newer.name.as_str()).copied();
            let missing = Missing::Old { condition };
            walk.branch_differs(&site, new_view.enum_of(new), &missing);
        }
    }
}

fn by_name(variants: &Variants) -> HashMap<&str, &Branch> {
    let branches = variants.branches.iter();
    branches
        .map(|branch| (branch.name.as_str(), branch))
        .collect()
}

/// For each member of a branch: the branches that have it, with the member there.
type Holders<'s> = HashMap<&'s str, Vec<(&'s Branch, Declared<'s>)>>;

fn holders<'s>(schema: &'s Schema, variants: &'s Variants) -> Holders<'s> {
    let mut holders: Holders<'s> = HashMap::new();
    for branch in &variants.branches {
        for declared in of_branch(schema, branch).members {
            let name = declared.member.name.as_str();
            holders.entry(name).or_default().push((branch, declared));
        }
    }
    holders
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
    let mut holders = holders(new.schema, variants);
    for older in &old.members {
        let name = older.member.name.as_str();
        if let Some(newer) = new.member(name) {
            member(walk, site, *older, newer);
            continue;
        }
        let Some(holders) = holders.remove(name) else {
            member_gone(walk, site, *older);
            continue;
        };
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
    let mut holders = holders(old.schema, variants);
    for newer in &new.members {
        let name = newer.member.name.as_str();
        if old.member(name).is_some() {
            continue;
        }
        let holders = holders.remove(name).unwrap_or_default();
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
