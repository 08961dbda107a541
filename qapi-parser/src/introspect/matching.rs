//! Finds the types of a named schema that match the masked types of an
//! introspection.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use super::info::{InfoKind, InfoObject, Infos};
use super::write::shown_name;
use crate::schema::{Branch, Object, Schema, TypeId, TypeKind};

/// The matching type of a reference for each type of the introspection.
#[derive(Debug, Default)]
pub(crate) struct Matches<'i, 'r> {
    by_name: BTreeMap<&'i str, (&'r Schema, TypeId)>,
}

impl<'i, 'r> Matches<'i, 'r> {
    /// Looks for each type in the first reference, and for the remaining ones in
    /// the others, in order.
    pub(crate) fn find(infos: &'i Infos, references: &[&'r Schema]) -> Self {
        let mut matches = Self::default();
        let mut names: HashSet<&str> = HashSet::new();
        let is_known = |matches: &Self| {
            let mut types = infos.infos.iter().filter(|info| {
                let kind = &info.kind;
                matches!(
                    kind,
                    InfoKind::Enum(_) | InfoKind::Object(_) | InfoKind::Alternate(_)
                )
            });
            types.all(|info| matches.by_name.contains_key(info.name.as_str()))
        };
        for reference in references {
            if is_known(&matches) {
                break;
            }
            let found: Vec<_> = recover(infos, reference)
                .into_iter()
                .filter(|(name, id)| {
                    let is_taken = names.contains(reference[*id].name.as_str());
                    !matches.by_name.contains_key(name) && !is_taken
                })
                .collect();
            names.extend(found.iter().map(|(_, id)| reference[*id].name.as_str()));
            let found = found.into_iter();
            matches
                .by_name
                .extend(found.map(|(name, id)| (name, (*reference, id))));
        }
        matches
    }

    pub(crate) fn get(&self, name: &str) -> Option<(&'r Schema, TypeId)> {
        self.by_name.get(name).copied()
    }
}

/// Walks the introspection in step with a named schema.
///
/// Commands, events, members and branches keep their names in introspection, so
/// that types at the same place may be the same. If two places disagree, the
/// types that are more similar match.
pub(crate) fn recover<'i>(infos: &'i Infos, reference: &Schema) -> BTreeMap<&'i str, TypeId> {
    let mut walk = Walk {
        infos,
        reference,
        likeness: Likeness {
            infos,
            reference,
            similarities: HashMap::new(),
        },
        matches: BTreeMap::new(),
        taken: HashSet::new(),
        candidates: BinaryHeap::new(),
        proposed: 0,
    };
    let empty = reference.type_named("q_empty");
    for info in &infos.infos {
        match &info.kind {
            InfoKind::Command { args, ret, .. } => {
                if let Some(command) = reference.command_named(&info.name) {
                    walk.propose(args, command.args.or(empty));
                    walk.propose(ret, command.ret.or(empty));
                }
            }
            InfoKind::Event { args } => {
                if let Some(event) = reference.event_named(&info.name) {
                    walk.propose(args, event.args.or(empty));
                }
            }
            _ => {}
        }
    }
    walk.choose();
    walk.match_rest();
    walk.choose();
    walk.matches
}

/// Two types that may match. The best pair comes first, of equal ones the
/// earlier.
type Candidate<'i> = (u32, Reverse<usize>, &'i str, TypeId);

struct Walk<'i, 'r> {
    infos: &'i Infos,
    reference: &'r Schema,
    likeness: Likeness<'i, 'r>,
    matches: BTreeMap<&'i str, TypeId>,
    /// The types of the reference that are taken.
    taken: HashSet<TypeId>,
    candidates: BinaryHeap<Candidate<'i>>,
    /// The number of earlier pairs, which orders equal ones.
    proposed: usize,
}

impl<'i> Walk<'i, '_> {
    fn propose(&mut self, name: &'i str, id: Option<TypeId>) {
        let Some(id) = id else {
            return;
        };
        if let Some(element) = self.infos.element(name) {
            if let TypeKind::Array(other) = self.reference[id].kind {
                self.propose(element, Some(other));
            }
            return;
        }
        let may_match = !matches!(
            self.reference[id].kind,
            TypeKind::Builtin(_) | TypeKind::Array(_)
        );
        if may_match && !self.matches.contains_key(name) && !self.taken.contains(&id) {
            let alike = self.likeness.of(name, id, DEPTH);
            if alike > 0 {
                self.proposed += 1;
                let order = Reverse(self.proposed);
                self.candidates.push((alike, order, name, id));
            }
        }
    }

    fn choose(&mut self) {
        while let Some((_, _, name, id)) = self.candidates.pop() {
            if self.matches.contains_key(name) || !self.taken.insert(id) {
                continue;
            }
            self.matches.insert(name, id);
            let info = self.infos.get(name).map(|info| &info.kind);
            match (info, &self.reference[id].kind) {
                (Some(InfoKind::Object(info)), TypeKind::Object(object)) => {
                    self.follow_object(info, id, object);
                }
                (Some(InfoKind::Alternate(types)), TypeKind::Alternate(alternate)) => {
                    for ty in types {
                        let mut branches = alternate.branches.iter();
                        let same = branches
                            .find(|branch| same_shape(self.infos, ty, self.reference, branch));
                        self.propose(ty, same.map(|branch| branch.ty));
                    }
                }
                _ => {}
            }
        }
    }

    fn follow_object(&mut self, info: &'i InfoObject, id: TypeId, object: &Object) {
        let (members, branches) = parts(self.reference, id, object);
        for member in &info.members {
            self.propose(&member.ty, members.get(member.name.as_str()).copied());
        }
        for (case, ty) in &info.variants {
            self.propose(ty, branches.get(case.as_str()).copied());
        }
    }

    /// Matches remaining types that have the same content, if it is unique.
    fn match_rest(&mut self) {
        let mut candidates: HashMap<String, Vec<TypeId>> = HashMap::new();
        for id in self.reference.type_ids() {
            if !self.taken.contains(&id)
                && let Some(content) = reference_content(self.reference, id)
            {
                candidates.entry(content).or_default().push(id);
            }
        }
        for info in &self.infos.infos {
            if let Some(content) = info_content(&info.kind)
                && let Some([id]) = candidates.get(&content).map(Vec::as_slice)
            {
                self.propose(&info.name, Some(*id));
            }
        }
    }
}

type Parts<'r> = HashMap<&'r str, TypeId>;

/// The members, the base's included, and the branches.
fn parts<'r>(reference: &'r Schema, id: TypeId, object: &'r Object) -> (Parts<'r>, Parts<'r>) {
    let members = reference.all_members(id).into_iter();
    let branches = object
        .variants
        .iter()
        .flat_map(|variants| &variants.branches);
    (
        members
            .map(|member| (member.name.as_str(), member.ty))
            .collect(),
        branches
            .map(|branch| (branch.name.as_str(), branch.ty))
            .collect(),
    )
}

/// How many levels of types are compared. Wrappers look the same, and only
/// their content distinguishes them.
const DEPTH: u32 = 2;

/// The similarity of types that are the same.
const SAME: u32 = 1000;

/// The similarity of a type of the introspection and one of the reference, from
/// 0 for nothing in common to [`SAME`].
struct Likeness<'i, 'r> {
    infos: &'i Infos,
    reference: &'r Schema,
    similarities: HashMap<(&'i str, TypeId, u32), u32>,
}

impl<'i, 'r> Likeness<'i, 'r> {
    fn of(&mut self, name: &'i str, id: TypeId, depth: u32) -> u32 {
        if let Some(similarity) = self.similarities.get(&(name, id, depth)) {
            return *similarity;
        }
        let alike = self.compare(name, id, depth);
        self.similarities.insert((name, id, depth), alike);
        alike
    }

    fn compare(&mut self, name: &'i str, id: TypeId, depth: u32) -> u32 {
        let kind = &self.reference[id].kind;
        if let Some(element) = self.infos.element(name) {
            return match kind {
                TypeKind::Array(other) => self.of(element, *other, depth),
                _ => 0,
            };
        }
        match (self.infos.get(name).map(|info| &info.kind), kind) {
            (Some(InfoKind::Object(info)), TypeKind::Object(object)) => {
                self.objects(info, id, object, depth)
            }
            (Some(InfoKind::Enum(values)), TypeKind::Enum(declared)) => {
                if is_far_more(values.len(), declared.values.len()) {
                    return 1;
                }
                let names: HashSet<&str> = declared
                    .values
                    .iter()
                    .map(|value| value.name.as_str())
                    .collect();
                let common = values
                    .iter()
                    .filter(|value| names.contains(value.name.as_str()));
                share(SAME * count(common), values.len(), names.len())
            }
            (Some(InfoKind::Alternate(_)), TypeKind::Alternate(_)) => SAME,
            (None | Some(InfoKind::Builtin), TypeKind::Builtin(builtin)) => {
                let shown = shown_name(*builtin, &self.reference[id].name);
                if shown == name { SAME } else { 0 }
            }
            _ => 0,
        }
    }

    fn objects(&mut self, info: &'i InfoObject, id: TypeId, object: &'r Object, depth: u32) -> u32 {
        let (members, branches) = parts(self.reference, id, object);
        let size = info.members.len() + info.variants.len();
        let other_size = members.len() + branches.len();
        if size == 0 && other_size == 0 {
            return SAME;
        }
        if is_far_more(size, other_size) {
            return 1;
        }
        let pairs = info
            .members
            .iter()
            .map(|member| (member.ty.as_str(), members.get(member.name.as_str())))
            .chain(
                info.variants
                    .iter()
                    .map(|(case, ty)| (ty.as_str(), branches.get(case.as_str()))),
            );
        let mut sum = 0;
        for (ty, id) in pairs {
            sum += match id {
                None => 0,
                Some(_) if depth == 0 => SAME,
                Some(id) => self.of(ty, *id, depth - 1),
            };
        }
        share(sum, size, other_size)
    }
}

/// Bounds the work for hostile input.
fn is_far_more(size: usize, other_size: usize) -> bool {
    size / 4 > other_size + 4
}

fn share(common: u32, size: usize, other_size: usize) -> u32 {
    let all = u32::try_from(size + other_size).unwrap_or(u32::MAX);
    (2 * common).checked_div(all).unwrap_or(SAME)
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX / (2 * SAME))
}

fn info_content(kind: &InfoKind) -> Option<String> {
    match kind {
        InfoKind::Enum(values) => {
            let names = values.iter().map(|value| value.name.as_str());
            Some(content("enum", names, std::iter::empty()))
        }
        InfoKind::Object(object) if !object.is_empty() => {
            let members = object.members.iter().map(|member| member.name.as_str());
            let cases = object.variants.iter().map(|(case, _)| case.as_str());
            Some(content("object", members, cases))
        }
        _ => None,
    }
}

fn reference_content(reference: &Schema, id: TypeId) -> Option<String> {
    match &reference[id].kind {
        TypeKind::Enum(declared) => {
            let names = declared.values.iter().map(|value| value.name.as_str());
            Some(content("enum", names, std::iter::empty()))
        }
        TypeKind::Object(object) => {
            let members = reference.all_members(id).into_iter();
            let branches = object
                .variants
                .iter()
                .flat_map(|variants| &variants.branches);
            Some(content(
                "object",
                members.map(|member| member.name.as_str()),
                branches.map(|branch| branch.name.as_str()),
            ))
        }
        _ => None,
    }
}

fn content<'n>(
    kind: &'static str,
    names: impl Iterator<Item = &'n str>,
    cases: impl Iterator<Item = &'n str>,
) -> String {
    let mut words: Vec<&str> = vec![kind];
    words.extend(names);
    // No name holds a space, so that this cannot be mistaken for one.
    words.push(" ");
    words.extend(cases);
    words.join(" ")
}

/// Whether a type may be that branch of an alternate, which has no name in
/// introspection.
pub(crate) fn same_shape(infos: &Infos, ty: &str, reference: &Schema, branch: &Branch) -> bool {
    let kind = &reference[branch.ty].kind;
    if infos.element(ty).is_some() {
        return matches!(kind, TypeKind::Array(_));
    }
    match infos.get(ty).map(|info| &info.kind) {
        Some(InfoKind::Enum(_)) => matches!(kind, TypeKind::Enum(_)),
        Some(InfoKind::Object(_)) => matches!(kind, TypeKind::Object(_)),
        _ => match kind {
            TypeKind::Builtin(builtin) => shown_name(*builtin, &reference[branch.ty].name) == ty,
            _ => false,
        },
    }
}
