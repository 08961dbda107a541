//! Decides what exists: branches, conditions, stability.

use std::collections::{BTreeMap, HashSet};

use qapi_parser::schema::{Branch, Condition, Feature, Member, TypeId};
use qapi_parser::{Schema, Symbols};

use super::pattern::matches;
use crate::error::Error;
use crate::names::Names;
use crate::options::Request;
use crate::unions::{branches_of, tag_features, tag_of};

/// What the user asks for, of one schema.
pub(crate) struct Selection<'r> {
    pub(super) request: &'r Request,
    pub(super) names: &'r Names,
    symbols: Symbols,
    /// The branches that the user leaves out by name.
    pub(super) pruned: HashSet<(TypeId, String)>,
}

/// Whether something exists in the builds that the bindings are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existence {
    Always,
    Never,
    /// Some builds have it.
    Depends,
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
    pub(super) fn absence(
        &self,
        condition: Option<&Condition>,
        features: &[Feature],
    ) -> Option<String> {
        if let (Existence::Never, Some(condition)) = (self.existence(condition), condition) {
            return Some(format!("excluded, since its condition is {condition}"));
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
        .map(|(feature, _)| format!("excluded, since it is {feature}"))
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
}
