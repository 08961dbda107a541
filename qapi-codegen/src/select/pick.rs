//! Picks what is asked for and not denied, and all types that it needs.

use std::collections::{BTreeMap, BTreeSet};

use qapi_parser::Schema;
use qapi_parser::schema::{Command, Condition, Event, Feature, TypeId};

use super::closure::{Closure, User};
use super::pattern::matches;
use super::selection::Selection;
use crate::error::Error;
use crate::options::{Patterns, Request};

/// What is generated.
pub(crate) struct Selected<'s> {
    pub(crate) commands: Vec<&'s Command>,
    pub(crate) events: Vec<&'s Event>,
    pub(crate) types: BTreeSet<TypeId>,
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
