//! The true names of masked types.

use std::collections::{HashMap, HashSet, VecDeque};

use super::info::{InfoKind, InfoObject, Infos};
use crate::schema::{Branch, Object, Schema, TypeId, TypeKind};

/// Which type of the reference each type of the introspection is.
#[derive(Debug, Default)]
pub(crate) struct Matches<'i> {
    pub(crate) by_name: HashMap<&'i str, TypeId>,
}

/// Walks the introspection in step with a named schema.
///
/// Commands, events, members and branches keep their names in introspection,
/// so that what is found under the same names is taken for the same type.
pub(crate) fn recover<'i>(infos: &'i Infos, reference: &Schema) -> Matches<'i> {
    let mut walk = Walk {
        infos,
        reference,
        matches: Matches::default(),
        taken: HashSet::new(),
        queue: VecDeque::new(),
    };
    for info in &infos.infos {
        match &info.kind {
            InfoKind::Command { args, ret, .. } => {
                if let Some(command) = reference.command_named(&info.name) {
                    walk.pair(args, command.args.or_else(|| empty(reference)));
                    walk.pair(ret, command.ret.or_else(|| empty(reference)));
                }
            }
            InfoKind::Event { args } => {
                if let Some(event) = reference.event_named(&info.name) {
                    walk.pair(args, event.args.or_else(|| empty(reference)));
                }
            }
            _ => {}
        }
    }
    walk.follow();
    walk.match_rest();
    walk.follow();
    walk.matches
}

fn empty(reference: &Schema) -> Option<TypeId> {
    reference.type_named("q_empty")
}

struct Walk<'i, 'r> {
    infos: &'i Infos,
    reference: &'r Schema,
    matches: Matches<'i>,
    /// The types of the reference that are taken.
    taken: HashSet<TypeId>,
    /// Pairs whose parts are not paired yet.
    queue: VecDeque<(&'i str, TypeId)>,
}

impl<'i> Walk<'i, '_> {
    /// Takes two types for the same unless something speaks against it.
    fn pair(&mut self, name: &'i str, id: Option<TypeId>) {
        let Some(id) = id else {
            return;
        };
        if let Some(element) = self.infos.element(name) {
            if let TypeKind::Array(other) = self.reference[id].kind {
                self.pair(element, Some(other));
            }
            return;
        }
        let is_new = !self.matches.by_name.contains_key(name) && !self.taken.contains(&id);
        if is_new && self.is_alike(name, id) {
            self.matches.by_name.insert(name, id);
            self.taken.insert(id);
            self.queue.push_back((name, id));
        }
    }

    fn is_alike(&self, name: &str, id: TypeId) -> bool {
        let Some(info) = self.infos.get(name) else {
            return false;
        };
        match (&info.kind, &self.reference[id].kind) {
            (InfoKind::Object(info), TypeKind::Object(object)) => {
                let is_empty =
                    self.reference.all_members(id).is_empty() && object.variants.is_none();
                info.is_empty() == is_empty
            }
            (InfoKind::Enum(_), TypeKind::Enum(_)) => true,
            (InfoKind::Alternate(_), TypeKind::Alternate(_)) => true,
            _ => false,
        }
    }

    fn follow(&mut self) {
        while let Some((name, id)) = self.queue.pop_front() {
            let info = self.infos.get(name).map(|info| &info.kind);
            match (info, &self.reference[id].kind) {
                (Some(InfoKind::Object(info)), TypeKind::Object(object)) => {
                    self.follow_object(info, id, object);
                }
                (Some(InfoKind::Alternate(types)), TypeKind::Alternate(alternate)) => {
                    for ty in types {
                        let same = alternate
                            .branches
                            .iter()
                            .find(|branch| same_shape(self.infos, ty, self.reference, branch));
                        self.pair(ty, same.map(|branch| branch.ty));
                    }
                }
                _ => {}
            }
        }
    }

    fn follow_object(&mut self, info: &'i InfoObject, id: TypeId, object: &Object) {
        let members: HashMap<&str, TypeId> = self
            .reference
            .all_members(id)
            .into_iter()
            .map(|member| (member.name.as_str(), member.ty))
            .collect();
        for member in &info.members {
            self.pair(&member.ty, members.get(member.name.as_str()).copied());
        }
        let branches: HashMap<&str, TypeId> = object
            .variants
            .iter()
            .flat_map(|variants| &variants.branches)
            .map(|branch| (branch.name.as_str(), branch.ty))
            .collect();
        for (case, ty) in &info.variants {
            self.pair(ty, branches.get(case.as_str()).copied());
        }
    }

    /// Pairs the types that remain where they have exactly the same content,
    /// and nothing else has.
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
                self.pair(&info.name, Some(*id));
            }
        }
    }
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
            TypeKind::Builtin(builtin) => {
                super::write::shown_name(*builtin, &reference[branch.ty].name) == ty
            }
            _ => false,
        },
    }
}
