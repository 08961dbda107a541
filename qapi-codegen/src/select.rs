//! What of a schema is generated: allow-lists, their closure, conditions.

use std::collections::BTreeSet;

use qapi_parser::Schema;
use qapi_parser::conditions::Symbols;
use qapi_parser::schema::{Command, Condition, Event, TypeId, TypeKind};

use crate::error::Error;

/// What the user asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    pub(crate) commands: Vec<String>,
    pub(crate) events: Vec<String>,
    pub(crate) types: Vec<String>,
    pub(crate) symbols: Symbols,
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

impl Selection {
    /// Decides a condition by the symbols whose state the user told.
    pub(crate) fn existence(&self, condition: Option<&Condition>) -> Existence {
        match condition.map(|condition| condition.evaluate(&self.symbols)) {
            None | Some(Some(true)) => Existence::Always,
            Some(Some(false)) => Existence::Never,
            Some(None) => Existence::Depends,
        }
    }

    pub(crate) fn exists(&self, condition: Option<&Condition>) -> bool {
        self.existence(condition) != Existence::Never
    }

    /// Picks the commands, events and types, and all types that they use,
    /// except for what those in `external` use.
    pub(crate) fn apply<'s>(
        &self,
        schema: &'s Schema,
        external: &BTreeSet<TypeId>,
    ) -> Result<Selected<'s>, Error> {
        let all = self.commands.is_empty() && self.events.is_empty() && self.types.is_empty();
        let commands = pick("command", &self.commands, all, &schema.commands, |c| {
            self.exists(c.condition.as_ref()).then_some(c.name.as_str())
        })?;
        let events = pick("event", &self.events, all, &schema.events, |e| {
            self.exists(e.condition.as_ref()).then_some(e.name.as_str())
        })?;
        let ids: Vec<TypeId> = schema.type_ids().collect();
        let types = pick("type", &self.types, all, &ids, |&id| {
            let ty = &schema[id];
            (!ty.implicit && self.exists(ty.condition.as_ref())).then_some(ty.name.as_str())
        })?;

        let mut closure = Closure {
            schema,
            selection: self,
            external,
            types: BTreeSet::new(),
        };
        types.into_iter().for_each(|&id| closure.visit(id));
        for command in &commands {
            command
                .args
                .into_iter()
                .for_each(|id| closure.visit_arguments(id));
            command.ret.into_iter().for_each(|id| closure.visit(id));
        }
        for event in &events {
            event
                .args
                .into_iter()
                .for_each(|id| closure.visit_arguments(id));
        }
        Ok(Selected {
            commands,
            events,
            types: closure.types,
        })
    }
}

fn pick<'s, T>(
    kind: &'static str,
    patterns: &[String],
    all: bool,
    entities: &'s [T],
    name: impl Fn(&'s T) -> Option<&'s str>,
) -> Result<Vec<&'s T>, Error> {
    let mut matched = vec![false; patterns.len()];
    let picked = entities
        .iter()
        .filter(|entity| {
            let Some(name) = name(entity) else {
                return false;
            };
            // No short cut: every pattern is to be seen to match.
            patterns
                .iter()
                .zip(&mut matched)
                .fold(all, |picked, (pattern, seen)| {
                    let matches = glob(pattern.as_bytes(), name.as_bytes());
                    *seen |= matches;
                    picked | matches
                })
        })
        .collect();
    match matched.iter().position(|matched| !matched) {
        Some(index) => Err(Error::no_match(
            kind,
            &patterns[index],
            entities.iter().filter_map(name),
        )),
        None => Ok(picked),
    }
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

struct Closure<'a> {
    schema: &'a Schema,
    selection: &'a Selection,
    external: &'a BTreeSet<TypeId>,
    types: BTreeSet<TypeId>,
}

impl Closure<'_> {
    /// The members of an implicit object become the command's or event's own.
    fn visit_arguments(&mut self, id: TypeId) {
        if self.schema[id].implicit {
            self.visit_parts(id);
        } else {
            self.visit(id);
        }
    }

    fn visit(&mut self, id: TypeId) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if self.external.contains(&id) || !self.types.insert(id) {
                continue;
            }
            self.parts(id, &mut open);
        }
    }

    fn visit_parts(&mut self, id: TypeId) {
        let mut parts = Vec::new();
        self.parts(id, &mut parts);
        parts.into_iter().for_each(|id| self.visit(id));
    }

    fn parts(&self, id: TypeId, parts: &mut Vec<TypeId>) {
        let exists = |condition: &Option<Condition>| self.selection.exists(condition.as_ref());
        match &self.schema[id].kind {
            TypeKind::Builtin(_) | TypeKind::Enum(_) => {}
            TypeKind::Array(element) => parts.push(*element),
            TypeKind::Alternate(alternate) => {
                parts.extend(
                    alternate
                        .branches
                        .iter()
                        .filter(|b| exists(&b.condition))
                        .map(|b| b.ty),
                );
            }
            TypeKind::Object(object) => {
                let variants = object.variants.as_ref();
                // The discriminator's own type is replaced by that of the branches.
                let tag = variants.map(|variants| variants.tag.as_str());
                parts.extend(
                    self.schema
                        .all_members(id)
                        .into_iter()
                        .filter(|member| {
                            exists(&member.condition) && Some(member.name.as_str()) != tag
                        })
                        .map(|member| member.ty),
                );
                let branches = variants.into_iter().flat_map(|variants| &variants.branches);
                parts.extend(branches.filter(|b| exists(&b.condition)).map(|b| b.ty));
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
