//! What of a schema is generated: allow and deny lists, their closure,
//! conditions, stability.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use qapi_parser::schema::{Branch, Command, Condition, Event, Feature, Member, TypeId, TypeKind};
use qapi_parser::{Schema, Symbols};

use crate::error::Error;
use crate::names::Names;
use crate::options::{Patterns, Request};
use crate::unions::{branches_of, tag_features, tag_of};

/// What the user asks for, of one schema.
pub(crate) struct Selection<'r> {
    request: &'r Request,
    names: &'r Names,
    symbols: Symbols,
    /// The branches that the user leaves out by name.
    pruned: HashSet<(TypeId, String)>,
}

/// What is generated.
pub(crate) struct Selected<'s> {
    pub(crate) commands: Vec<&'s Command>,
    pub(crate) events: Vec<&'s Event>,
    pub(crate) types: BTreeSet<TypeId>,
}

/// Whether something exists in the builds that the bindings are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existence {
    Always,
    Never,
    /// Some builds have it.
    Depends,
}

/// What can be allowed or denied, as the schema describes it.
struct Entity<'s, 'n> {
    name: &'s str,
    /// The name in Rust.
    rust: &'n str,
    condition: Option<&'s Condition>,
    features: &'s [Feature],
}

/// What patterns have picked.
struct Picked<'s, T> {
    kept: Vec<&'s T>,
    denied: Vec<&'s T>,
}

impl<'r> Selection<'r> {
    /// Checks the request as far as this can be done without looking for what
    /// it names.
    pub(crate) fn new(
        request: &'r Request,
        schema: &Schema,
        names: &'r Names,
    ) -> Result<Self, Error> {
        let mut symbols = Symbols::new();
        let known = schema.symbols();
        for (symbol, defined) in &request.defines {
            if request.defines.contains(&(symbol.clone(), !defined)) {
                return Err(Error::contradiction(symbol, "defined", "undefined"));
            }
            if !known.contains(symbol) {
                return Err(Error::no_match(
                    "condition",
                    symbol,
                    known.iter().map(String::as_str),
                ));
            }
            symbols = if *defined {
                symbols.define(symbol)
            } else {
                symbols.undefine(symbol)
            };
        }
        let mut selection = Self {
            request,
            names,
            symbols,
            pruned: HashSet::new(),
        };
        selection.pruned = selection.prune(schema)?;
        Ok(selection)
    }

    /// Finds the branches that are denied, or are not among those asked for. A
    /// union of which none is asked for keeps all.
    fn prune(&self, schema: &Schema) -> Result<HashSet<(TypeId, String)>, Error> {
        let mut pruned = HashSet::new();
        for (union, pattern) in &self.request.denied_branches {
            for (id, branch) in self.matching_branches(schema, union, pattern)? {
                pruned.insert((id, branch.name.clone()));
            }
        }
        let mut asked: BTreeMap<TypeId, HashSet<&str>> = BTreeMap::new();
        for (union, pattern) in &self.request.branches {
            for id in self.unions(schema, union)? {
                asked.entry(id).or_default();
            }
            let mut left_out = None;
            let mut kept = false;
            for (id, branch) in self.matching_branches(schema, union, pattern)? {
                let name = branch.name.as_str();
                asked.entry(id).or_default().insert(name);
                let features = tag_features(schema, id);
                let features = features.get(name).copied().unwrap_or_default();
                let denied = pruned
                    .contains(&(id, branch.name.clone()))
                    .then(|| format!("denied in `{}`", schema[id].name));
                match denied.or_else(|| self.absence(branch.condition.as_ref(), features)) {
                    Some(why) => left_out = Some((name, why)),
                    None => kept = true,
                }
            }
            if let (Some((name, why)), false) = (left_out, kept) {
                return Err(Error::LeftOut {
                    kind: "branch",
                    pattern: pattern.clone(),
                    name: name.to_owned(),
                    why,
                });
            }
        }
        for (id, names) in asked {
            let others = branches_of(schema, id)
                .iter()
                .filter(|branch| !names.contains(branch.name.as_str()));
            pruned.extend(others.map(|branch| (id, branch.name.clone())));
        }
        Ok(pruned)
    }

    /// The unions of this name.
    fn unions(&self, schema: &Schema, pattern: &str) -> Result<Vec<TypeId>, Error> {
        let all = || schema.type_ids().filter(|&id| tag_of(schema, id).is_some());
        let mut unions: Vec<TypeId> = all()
            .filter(|&id| matches(pattern, &schema[id].name))
            .collect();
        if unions.is_empty() {
            unions = all()
                .filter(|&id| matches(pattern, self.names.of_type(id)))
                .collect();
        }
        if unions.is_empty() {
            let names = all().map(|id| schema[id].name.as_str());
            return Err(Error::no_match("union", pattern, names));
        }
        Ok(unions)
    }

    /// The branches of this name of the unions of that.
    fn matching_branches<'s>(
        &self,
        schema: &'s Schema,
        union: &str,
        pattern: &str,
    ) -> Result<Vec<(TypeId, &'s Branch)>, Error> {
        let unions = self.unions(schema, union)?;
        let all = || {
            unions.iter().flat_map(|&id| {
                branches_of(schema, id)
                    .iter()
                    .map(move |branch| (id, branch))
            })
        };
        let found: Vec<_> = all()
            .filter(|(_, branch)| matches(pattern, &branch.name))
            .collect();
        if found.is_empty() {
            let names = all().map(|(_, branch)| branch.name.as_str());
            return Err(Error::no_branch(union, pattern, names));
        }
        Ok(found)
    }

    /// Decides a condition by the symbols whose state the user told.
    pub(crate) fn existence(&self, condition: Option<&Condition>) -> Existence {
        match condition.map(|condition| condition.evaluate(&self.symbols)) {
            None | Some(Some(true)) => Existence::Always,
            Some(Some(false)) => Existence::Never,
            Some(None) => Existence::Depends,
        }
    }

    /// Why something is left out, whatever its name is.
    fn absence(&self, condition: Option<&Condition>, features: &[Feature]) -> Option<String> {
        if let (Existence::Never, Some(condition)) = (self.existence(condition), condition) {
            return Some(format!("left out, as its condition is {condition}"));
        }
        let has = |name: &str| {
            features.iter().any(|feature| {
                feature.name == name
                    && self.existence(feature.condition.as_ref()) != Existence::Never
            })
        };
        [
            ("unstable", self.request.without_unstable),
            ("deprecated", self.request.without_deprecated),
        ]
        .into_iter()
        .find(|(feature, left_out)| *left_out && has(feature))
        .map(|(feature, _)| format!("left out, as it is {feature}"))
    }

    pub(crate) fn exists(&self, condition: Option<&Condition>, features: &[Feature]) -> bool {
        self.absence(condition, features).is_none()
    }

    /// Whether a member is generated. One that QEMU insists on always is.
    pub(crate) fn has_member(&self, member: &Member) -> bool {
        let features = if member.optional {
            member.features.as_slice()
        } else {
            &[]
        };
        self.exists(member.condition.as_ref(), features)
    }

    /// The branches of a union or an alternate, with the features that the values
    /// of a discriminator have.
    pub(crate) fn branches<'s>(
        &self,
        schema: &'s Schema,
        id: TypeId,
    ) -> Vec<(&'s Branch, &'s [Feature])> {
        let features = tag_features(schema, id);
        let features_of = |branch: &Branch| features.get(branch.name.as_str()).copied();
        branches_of(schema, id)
            .iter()
            .map(|branch| (branch, features_of(branch).unwrap_or_default()))
            .filter(|(branch, features)| {
                self.exists(branch.condition.as_ref(), features)
                    && !self.pruned.contains(&(id, branch.name.clone()))
            })
            .collect()
    }

    /// Picks the commands, events and types, and all types that they use,
    /// except for what those in `external` use.
    pub(crate) fn apply<'s>(
        &self,
        schema: &'s Schema,
        external: &BTreeSet<TypeId>,
    ) -> Result<Selected<'s>, Error> {
        let Request {
            commands,
            events,
            types,
            ..
        } = self.request;
        let all = [commands, events, types]
            .iter()
            .all(|patterns| patterns.allow.is_empty());
        let commands = self.pick("command", commands, all, &schema.commands, |command| {
            Some(Entity {
                name: &command.name,
                rust: self.names.of_command(&command.name),
                condition: command.condition.as_ref(),
                features: &command.features,
            })
        })?;
        let events = self.pick("event", events, all, &schema.events, |event| {
            Some(Entity {
                name: &event.name,
                rust: self.names.of_event(&event.name),
                condition: event.condition.as_ref(),
                features: &event.features,
            })
        })?;
        let ids: Vec<TypeId> = schema.type_ids().collect();
        let types = self.pick("type", types, all, &ids, |&id| {
            let ty = &schema[id];
            (!ty.implicit).then(|| Entity {
                name: &ty.name,
                rust: self.names.of_type(id),
                condition: ty.condition.as_ref(),
                features: &ty.features,
            })
        })?;

        let mut closure = Closure {
            schema,
            selection: self,
            external,
            denied: types.denied.into_iter().copied().collect(),
            users: BTreeMap::new(),
        };
        for command in &commands.kept {
            let user = User::Command(&command.name);
            if let Some(id) = command.args {
                closure.visit_arguments(id, user)?;
            }
            if let Some(id) = command.ret {
                closure.visit(id, user)?;
            }
        }
        for event in &events.kept {
            if let Some(id) = event.args {
                closure.visit_arguments(id, User::Event(&event.name))?;
            }
        }
        // Where nothing is allowed by name, types are there to go with the rest: those
        // that hold what is denied go with it, and those that are of branches which
        // are left out stay only if something else holds them.
        let mut unasked = BTreeSet::new();
        if all {
            unasked = closure.holders_of_denied();
            unasked.extend(closure.of_pruned_branches());
        }
        for &&id in types.kept.iter().filter(|id| !unasked.contains(id)) {
            closure.visit(id, User::Request)?;
        }
        let selected = Selected {
            commands: commands.kept,
            events: events.kept,
            types: closure.users.into_keys().collect(),
        };
        let empty = selected.commands.is_empty()
            && selected.events.is_empty()
            && !selected.types.iter().any(|&id| !schema[id].implicit);
        let declares = !schema.commands.is_empty()
            || !schema.events.is_empty()
            || schema.types.iter().any(|ty| !ty.implicit);
        if empty && declares {
            return Err(Error::NothingLeft);
        }
        Ok(selected)
    }

    /// Picks what is allowed and not denied. Every pattern must match, and every
    /// one that allows must allow something.
    fn pick<'s, T>(
        &self,
        kind: &'static str,
        patterns: &Patterns,
        all: bool,
        entities: &'s [T],
        describe: impl Fn(&'s T) -> Option<Entity<'s, 'r>>,
    ) -> Result<Picked<'s, T>, Error> {
        // Names are the schema's. Only a pattern that matches none is one of names
        // in Rust.
        let in_rust = |patterns: &[String]| -> Vec<bool> {
            let names = || entities.iter().filter_map(&describe);
            let is_known = |pattern: &String| names().any(|e| matches(pattern, e.name));
            patterns.iter().map(|pattern| !is_known(pattern)).collect()
        };
        let spelt = |pattern: &str, entity: &Entity<'_, '_>, in_rust: bool| {
            matches(pattern, if in_rust { entity.rust } else { entity.name })
        };
        let (allow_in_rust, deny_in_rust) = (in_rust(&patterns.allow), in_rust(&patterns.deny));
        let mut picked = Picked {
            kept: Vec::new(),
            denied: Vec::new(),
        };
        let mut denying = vec![false; patterns.deny.len()];
        // What each pattern that allows has picked, or what it has not and why.
        let mut allowing: Vec<Option<Result<(), (&str, String)>>> =
            vec![None; patterns.allow.len()];
        for item in entities {
            let Some(entity) = describe(item) else {
                continue;
            };
            let mut why = None;
            for ((pattern, seen), &in_rust) in
                patterns.deny.iter().zip(&mut denying).zip(&deny_in_rust)
            {
                if spelt(pattern, &entity, in_rust) {
                    *seen = true;
                    why = Some(format!("denied by `{pattern}`"));
                }
            }
            if why.is_some() {
                picked.denied.push(item);
            }
            let why = why.or_else(|| self.absence(entity.condition, entity.features));
            let mut allowed = all;
            for ((pattern, outcome), &in_rust) in
                patterns.allow.iter().zip(&mut allowing).zip(&allow_in_rust)
            {
                if spelt(pattern, &entity, in_rust) {
                    allowed = true;
                    match &why {
                        None => *outcome = Some(Ok(())),
                        Some(why) if outcome.is_none() => {
                            *outcome = Some(Err((entity.name, why.clone())));
                        }
                        Some(_) => {}
                    }
                }
            }
            if allowed && why.is_none() {
                picked.kept.push(item);
            }
        }
        let no_match = |pattern: &str| {
            let names = entities.iter().filter_map(&describe);
            Error::no_match(kind, pattern, names.map(|entity| entity.name))
        };
        if let Some(index) = denying.iter().position(|seen| !seen) {
            return Err(no_match(&patterns.deny[index]));
        }
        for (pattern, outcome) in patterns.allow.iter().zip(allowing) {
            match outcome {
                None => return Err(no_match(pattern)),
                Some(Ok(())) => {}
                Some(Err((name, why))) => {
                    return Err(Error::LeftOut {
                        kind,
                        pattern: pattern.clone(),
                        name: name.to_owned(),
                        why,
                    });
                }
            }
        }
        Ok(picked)
    }
}

/// Whether a name matches a pattern.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    glob(pattern.as_bytes(), name.as_bytes())
}

/// Matches a pattern in which `*` stands for any text and `?` for one
/// character. Schema names are ASCII.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&sign) if sign == b'?' || sign == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&sign| sign == b'*')
}

/// What uses a type.
#[derive(Clone, Copy)]
enum User<'s> {
    Command(&'s str),
    Event(&'s str),
    Type(TypeId),
    /// The user asks for it by name.
    Request,
}

struct Closure<'a, 's> {
    schema: &'s Schema,
    selection: &'a Selection<'a>,
    external: &'a BTreeSet<TypeId>,
    denied: BTreeSet<TypeId>,
    /// The types that are needed, with what was first to need them.
    users: BTreeMap<TypeId, User<'s>>,
}

impl<'s> Closure<'_, 's> {
    /// The members of an implicit object become the command's or event's own.
    fn visit_arguments(&mut self, id: TypeId, user: User<'s>) -> Result<(), Error> {
        if self.schema[id].implicit {
            self.parts(id)
                .into_iter()
                .try_for_each(|id| self.visit(id, user))
        } else {
            self.visit(id, user)
        }
    }

    fn visit(&mut self, id: TypeId, user: User<'s>) -> Result<(), Error> {
        let mut open = vec![(id, user)];
        while let Some((id, user)) = open.pop() {
            if self.external.contains(&id) || self.users.contains_key(&id) {
                continue;
            }
            if self.denied.contains(&id) {
                return Err(Error::Denied {
                    name: self.schema[id].name.clone(),
                    users: self.chain(user),
                });
            }
            self.users.insert(id, user);
            open.extend(
                self.parts(id)
                    .into_iter()
                    .map(|part| (part, User::Type(id))),
            );
        }
        Ok(())
    }

    /// What needs what, from what the user asked for down to `user`.
    fn chain(&self, mut user: User<'s>) -> Vec<String> {
        let mut chain = Vec::new();
        loop {
            match user {
                User::Command(name) => chain.push(format!("command `{name}`")),
                User::Event(name) => chain.push(format!("event `{name}`")),
                User::Request => {}
                User::Type(id) => {
                    let ty = &self.schema[id];
                    if !ty.implicit {
                        chain.push(format!("type `{}`", ty.name));
                    }
                    user = self.users[&id];
                    continue;
                }
            }
            chain.reverse();
            return chain;
        }
    }

    /// The types that hold a denied one, however deep.
    fn holders_of_denied(&self) -> BTreeSet<TypeId> {
        let mut holding = self.denied.clone();
        let mut before = 0;
        while before < holding.len() {
            before = holding.len();
            let holds = |id: &TypeId| {
                !self.external.contains(id)
                    && self.parts(*id).iter().any(|part| holding.contains(part))
            };
            let more: Vec<TypeId> = self.schema.type_ids().filter(holds).collect();
            holding.extend(more);
        }
        holding
    }

    /// The types that are, or are in, branches which the user leaves out.
    fn of_pruned_branches(&self) -> BTreeSet<TypeId> {
        let mut found = BTreeSet::new();
        let pruned = &self.selection.pruned;
        let mut open: Vec<TypeId> = pruned
            .iter()
            .flat_map(|(id, name)| {
                let branches = branches_of(self.schema, *id).iter();
                branches.filter(|branch| branch.name == *name)
            })
            .map(|branch| branch.ty)
            .collect();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(self.parts(id));
            }
        }
        found
    }

    /// The types that stand in a type.
    fn parts(&self, id: TypeId) -> Vec<TypeId> {
        match &self.schema[id].kind {
            TypeKind::Builtin(_) | TypeKind::Enum(_) => Vec::new(),
            TypeKind::Array(element) => vec![*element],
            TypeKind::Alternate(_) | TypeKind::Object(_) => {
                // The discriminator's own type is replaced by that of the branches.
                let tag = tag_of(self.schema, id);
                let members = self.schema.all_members(id).into_iter().filter(|member| {
                    self.selection.has_member(member) && Some(member.name.as_str()) != tag
                });
                let branches = self.selection.branches(self.schema, id);
                members
                    .map(|member| member.ty)
                    .chain(branches.into_iter().map(|(branch, _)| branch.ty))
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("query-*", "query-block", true),
            ("query-*", "x-query-block", false),
            ("*", "", true),
            ("*-*-*", "a-b", false),
            ("*a*b", "xaxbxb", true),
            ("?top", "stop", true),
            ("?top", "top", false),
            ("stop", "stop", true),
            ("stop", "stopped", false),
        ] {
            assert_eq!(
                glob(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} on {name}"
            );
        }
    }
}
