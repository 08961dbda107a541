//! Chooses the names of types in a schema that is made from introspection.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::info::{Info, InfoKind, InfoObject, Infos};
use super::matching::Matches;
use crate::schema::{ObjectForm, Schema, TypeKind};
use crate::text::names;

/// The name of each type of the introspection, and the types that have no
/// definition of their own.
pub(super) struct Namer<'i, 'r> {
    pub(super) matches: Matches<'i, 'r>,
    pub(super) names: HashMap<&'i str, String>,
    /// How often each type is referred to.
    uses: HashMap<&'i str, usize>,
    /// The object without members that means no arguments or data.
    pub(super) empty: Option<&'i str>,
    /// Objects that are only one command's arguments or one event's data.
    pub(super) inline: HashSet<&'i str>,
    /// Unions that wrap their branches, as old releases have them.
    pub(super) simple_unions: HashSet<&'i str>,
    /// The types that these imply: wrappers, and the enums of their branches.
    implied: HashSet<&'i str>,
}

impl<'i, 'r> Namer<'i, 'r> {
    pub(super) fn name_all(infos: &'i Infos, references: &[&'r Schema]) -> Self {
        let mut namer = Namer {
            matches: Matches::find(infos, references),
            names: HashMap::new(),
            uses: count_uses(infos, |_| true),
            empty: empty_type(infos),
            inline: HashSet::new(),
            simple_unions: HashSet::new(),
            implied: HashSet::new(),
        };
        namer.take_known(infos);
        namer.find_inline(infos);
        namer.find_simple_unions(infos);
        namer.name_wrappers();
        // A definition cannot have the name of an implicit type.
        namer.names.retain(|_, name| !name.starts_with("q_"));
        namer.name_like_siblings(infos);
        namer.name_wrapped(infos);
        namer.name_by_use(infos);
        namer
    }

    fn take_known(&mut self, infos: &'i Infos) {
        for info in &infos.infos {
            let name = info.name.as_str();
            let is_named = matches!(
                info.kind,
                InfoKind::Enum(_) | InfoKind::Object(_) | InfoKind::Alternate(_)
            );
            if !is_named {
                continue;
            }
            let chosen = match self.matches.get(name) {
                Some((reference, id)) => Some(reference[id].name.clone()),
                None if name.contains(|c: char| !c.is_ascii_digit()) => Some(name.to_owned()),
                None => None,
            };
            self.names.extend(chosen.map(|chosen| (name, chosen)));
        }
    }

    fn is_implicit(&self, name: &str, role: &str) -> bool {
        self.names
            .get(name)
            .is_some_and(|name| name.starts_with("q_obj_") && name.ends_with(role))
    }

    fn find_inline(&mut self, infos: &'i Infos) {
        for info in &infos.infos {
            let (InfoKind::Command { args, .. } | InfoKind::Event { args }) = &info.kind else {
                continue;
            };
            let unnamed = !self.names.contains_key(args.as_str());
            // A type without members would be left out, and features need a
            // definition.
            let fits = infos
                .object(args)
                .is_some_and(|object| object.tag.is_none() && !object.is_empty())
                && infos.get(args).is_some_and(|info| info.features.is_empty());
            if fits
                && self.uses.get(args.as_str()) == Some(&1)
                && (unnamed || self.is_implicit(args, "-arg"))
                && self.empty != Some(args)
            {
                self.inline.insert(args);
                self.names.remove(args.as_str());
            }
        }
    }

    fn find_simple_unions(&mut self, infos: &'i Infos) {
        // Simple unions were removed in the release that added members of enums.
        if infos.has_enum_members {
            return;
        }
        for info in &infos.infos {
            let InfoKind::Object(object) = &info.kind else {
                continue;
            };
            let [tag] = object.members.as_slice() else {
                continue;
            };
            let may_be_simple = match self.matches.get(&info.name) {
                Some((reference, id)) => matches!(
                    &reference[id].kind,
                    TypeKind::Object(object) if object.form == ObjectForm::SimpleUnion
                ),
                None => true,
            };
            let wraps = |ty: &str| {
                let wrapper = infos.object(ty).map(|object| object.members.as_slice());
                self.is_implicit(ty, "-wrapper")
                    && matches!(wrapper, Some([data]) if data.name == "data")
            };
            let kind = self.names.get(info.name.as_str());
            let kind = kind.map(|name| format!("{name}Kind"));
            if may_be_simple
                && object.tag.as_deref() == Some("type")
                && kind.is_some()
                && self.names.get(tag.ty.as_str()) == kind.as_ref()
                && self.uses.get(tag.ty.as_str()) == Some(&1)
                && object.variants.iter().all(|(_, ty)| wraps(ty))
            {
                self.simple_unions.insert(&info.name);
            }
        }
        let from_simple = count_uses(infos, |info| {
            self.simple_unions.contains(info.name.as_str())
        });
        let implied = from_simple
            .into_iter()
            .filter(|(ty, count)| self.uses.get(ty) == Some(count))
            .map(|(ty, _)| ty);
        self.implied.extend(implied);
    }

    /// Gives wrappers that are types of their own in later releases the names of
    /// those releases.
    fn name_wrappers(&mut self) {
        let mut wrappers: Vec<(&str, String)> = self
            .names
            .iter()
            .filter(|(ty, _)| !self.implied.contains(*ty))
            .filter_map(|(ty, name)| {
                let wrapped = name.strip_prefix("q_obj_")?.strip_suffix("-wrapper")?;
                Some((*ty, format!("{}Wrapper", wrapped_name(wrapped))))
            })
            .collect();
        wrappers.sort();
        let mut taken = self.taken();
        for (ty, name) in wrappers {
            if names::stem(&name).is_some() && taken.insert(name.clone()) {
                self.names.insert(ty, name);
            }
        }
    }

    fn taken(&self) -> HashSet<String> {
        self.names.values().cloned().collect()
    }

    /// Names the branches of a union like the majority: if `inet` has the type
    /// `InetSocketAddress`, and `unix` likewise, `fd` has `FdSocketAddress`.
    fn name_like_siblings(&mut self, infos: &'i Infos) {
        let mut taken = self.taken();
        for info in &infos.infos {
            let InfoKind::Object(object) = &info.kind else {
                continue;
            };
            let Some((before, after)) = self.pattern(&object.variants) else {
                continue;
            };
            for (case, ty) in &object.variants {
                let name = format!("{before}{}{after}", camel_case(case));
                let is_unnamed = !self.names.contains_key(ty.as_str())
                    && !self.implied.contains(ty.as_str())
                    && self.empty != Some(ty);
                if is_unnamed && names::stem(&name).is_some() && taken.insert(name.clone()) {
                    self.names.insert(ty, name);
                }
            }
        }
    }

    /// The text that most types of a union's branches have before and after the
    /// name of the branch. At least two must agree.
    fn pattern(&self, variants: &[(String, String)]) -> Option<(String, String)> {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (case, ty) in variants {
            let Some(name) = self.names.get(ty.as_str()) else {
                continue;
            };
            let case = camel_case(case).to_ascii_lowercase();
            if let Some(start) = name.to_ascii_lowercase().find(&case) {
                let around = (&name[..start], &name[start + case.len()..]);
                *counts.entry(around).or_default() += 1;
            }
        }
        let ((before, after), count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        (count > 1).then(|| (before.to_owned(), after.to_owned()))
    }

    /// Names a wrapped type after its wrapper.
    fn name_wrapped(&mut self, infos: &'i Infos) {
        let mut taken = self.taken();
        for info in &infos.infos {
            let Some([data]) = infos.object(&info.name).map(|object| &*object.members) else {
                continue;
            };
            let wrapper = self.names.get(info.name.as_str());
            let wrapped = wrapper.and_then(|name| name.strip_suffix("Wrapper"));
            let Some(wrapped) = wrapped.filter(|_| data.name == "data") else {
                continue;
            };
            let is_unnamed = infos
                .get(&data.ty)
                .is_some_and(|info| !matches!(info.kind, InfoKind::Builtin | InfoKind::Array(_)))
                && !self.names.contains_key(data.ty.as_str())
                && self.empty != Some(&data.ty);
            if is_unnamed && taken.insert(wrapped.to_owned()) {
                let wrapped = wrapped.to_owned();
                self.names.insert(&data.ty, wrapped);
            }
        }
    }

    /// Names the remaining types after their first use.
    fn name_by_use(&mut self, infos: &'i Infos) {
        let mut taken = self.taken();
        let mut numbers = HashMap::new();
        let mut queue: VecDeque<(&str, String)> = VecDeque::new();
        let mut seen: HashSet<&str> = HashSet::new();
        for info in &infos.infos {
            let owner = camel_case(&info.name);
            match &info.kind {
                InfoKind::Command { args, ret, .. } => {
                    queue.push_back((args, arguments_name(infos, &info.name, args)));
                    queue.push_back((ret, format!("{owner}Return")));
                }
                InfoKind::Event { args } => queue.push_back((args, format!("{owner}Data"))),
                _ => {}
            }
        }
        while let Some((ty, proposed)) = queue.pop_front() {
            let ty = infos.element(ty).unwrap_or(ty);
            let Some(info) = infos.get(ty).filter(|_| seen.insert(ty)) else {
                continue;
            };
            let has_none = !self.names.contains_key(ty)
                && !self.inline.contains(ty)
                && !matches!(info.kind, InfoKind::Builtin);
            if has_none {
                let name = free_name(&proposed, &mut taken, &mut numbers);
                self.names.insert(ty, name);
            }
            let owner = match self.names.get(ty) {
                Some(name) => name.clone(),
                None => proposed,
            };
            match &info.kind {
                InfoKind::Object(object) => {
                    for member in &object.members {
                        let is_tag = object.tag.as_ref() == Some(&member.name);
                        let stem = owner.strip_suffix("Options").filter(|_| is_tag);
                        let owner = stem.unwrap_or(&owner);
                        queue.push_back((&member.ty, part_name(owner, &member.name)));
                    }
                    for (case, ty) in &object.variants {
                        queue.push_back((ty, part_name(&owner, case)));
                    }
                }
                InfoKind::Alternate(types) => {
                    for ty in types {
                        queue.push_back((ty, part_name(&owner, "branch")));
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn has_definition(&self, name: &str) -> bool {
        // This enum is built in.
        self.names.get(name).is_some_and(|name| name != "QType")
            && self.empty != Some(name)
            && !self.inline.contains(name)
            && !self.implied.contains(name)
    }
}

/// Counts how often the given elements refer to each type.
fn count_uses(infos: &Infos, wanted: impl Fn(&Info) -> bool) -> HashMap<&str, usize> {
    let mut uses = HashMap::new();
    for info in infos.infos.iter().filter(|info| wanted(info)) {
        // An array as such does not use its elements.
        if let InfoKind::Array(_) = info.kind {
            continue;
        }
        for ty in info.uses() {
            *uses.entry(infos.element(ty).unwrap_or(ty)).or_default() += 1;
        }
    }
    uses
}

/// The object that commands without arguments take: `q_empty`. A schema has no
/// name for it, so that no member is of this type, and the branches that are of
/// it, since the schema leaves them out, come last, as the enum has them.
fn empty_type(infos: &Infos) -> Option<&str> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let mut declared: HashSet<&str> = HashSet::new();
    let is_empty = |ty: &str| {
        infos.object(ty).is_some_and(InfoObject::is_empty)
            && infos.get(ty).is_some_and(|info| info.features.is_empty())
    };
    for info in &infos.infos {
        match &info.kind {
            InfoKind::Command { .. } | InfoKind::Event { .. } => {
                for ty in info.uses().into_iter().filter(|ty| is_empty(ty)) {
                    *uses.entry(ty).or_default() += 1;
                }
            }
            InfoKind::Object(object) => {
                declared.extend(object.members.iter().map(|member| member.ty.as_str()));
                let cases = object.variants.iter();
                let empty: HashSet<&str> = cases
                    .map(|(_, ty)| ty.as_str())
                    .filter(|ty| is_empty(ty))
                    .collect();
                let last = object.variants.last().map(|(_, ty)| ty.as_str());
                let left_out = |ty: &&str| last == Some(ty) && are_left_out(infos, object, ty);
                declared.extend(empty.into_iter().filter(|ty| !left_out(ty)));
            }
            _ => declared.extend(info.uses()),
        }
    }
    uses.retain(|ty, _| !declared.contains(ty));
    if uses.contains_key("q_empty") {
        return Some("q_empty");
    }
    let most_used = uses.into_iter().max_by_key(|(_, count)| *count);
    most_used.map(|(name, _)| name)
}

/// Whether the branches of this type may be those that the schema leaves out.
fn are_left_out(infos: &Infos, object: &InfoObject, ty: &str) -> bool {
    let cases = || object.variants.iter();
    let of_type = |(_, other): &&(String, String)| other == ty;
    let last = cases().skip_while(|case| !of_type(case));
    let left_out: Vec<&str> = last.clone().map(|(case, _)| case.as_str()).collect();
    let left_out_values: HashSet<&str> = left_out.iter().copied().collect();
    let mut tags = object.members.iter();
    let tag = tags.find(|member| object.tag.as_ref() == Some(&member.name));
    match tag
        .and_then(|tag| infos.get(&tag.ty))
        .map(|info| &info.kind)
    {
        Some(InfoKind::Enum(values)) => {
            let in_order = values
                .iter()
                .map(|value| value.name.as_str())
                .filter(|value| left_out_values.contains(value));
            last.clone().all(|case| of_type(&case)) && in_order.eq(left_out.iter().copied())
        }
        _ => false,
    }
}

/// A union that is a command's arguments is its options, as QEMU's developers
/// call them; commands that add something say only what.
fn arguments_name(infos: &Infos, command: &str, args: &str) -> String {
    let is_union = infos.object(args).is_some_and(|args| args.tag.is_some());
    if !is_union {
        return format!("{}Arguments", camel_case(command));
    }
    let added = ["-add", "_add"]
        .iter()
        .find_map(|end| command.strip_suffix(end));
    format!("{}Options", camel_case(added.unwrap_or(command)))
}

/// What is wrapped, in the name of its wrapper.
fn wrapped_name(wrapped: &str) -> String {
    let mut name = match wrapped {
        "str" => "string".to_owned(),
        _ => wrapped.to_owned(),
    };
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// Makes a name for the type of a part, of bounded length.
fn part_name(owner: &str, part: &str) -> String {
    const LONGEST: usize = 200;
    let part = camel_case(part);
    if owner.len() + part.len() > LONGEST {
        // A value may start with a digit, a type may not.
        return format!("Type{part}");
    }
    format!("{owner}{part}")
}

/// Takes the proposed name or, if it is in use, adds a number.
fn free_name(
    proposed: &str,
    taken: &mut HashSet<String>,
    numbers: &mut HashMap<String, usize>,
) -> String {
    // Such names are reserved for arrays.
    let proposed = match proposed.strip_suffix("List") {
        Some(_) => format!("{proposed}Type"),
        None => proposed.to_owned(),
    };
    let mut name = proposed.clone();
    while !taken.insert(name.clone()) {
        let number = numbers.entry(proposed.clone()).or_insert(1);
        *number += 1;
        name = format!("{proposed}{number}");
    }
    name
}

fn camel_case(name: &str) -> String {
    let is_upper = !name.contains(|c: char| c.is_ascii_lowercase());
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let camel = words.map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        let rest = if is_upper {
            rest.to_ascii_lowercase()
        } else {
            rest.to_owned()
        };
        first.to_ascii_uppercase() + &rest
    });
    camel.collect()
}
