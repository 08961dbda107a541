//! Walks two schemas in step, pair of types by pair of types.
//!
//! A pair that was compared is not compared again. So the result is a graph: its
//! nodes have the changes of a pair, its edges the segments of paths to other pairs.

use std::collections::HashMap;

use super::change::{ChangeKind, Direction};
use super::{Comparison, object};
use crate::schema::{Command, Condition, Event, Feature, Schema, TypeId, TypeKind};

/// The nodes of all pairs.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// The nodes of commands and events, by their names.
    pub(super) roots: Vec<(String, usize)>,
}

#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) changes: Vec<Found>,
    pub(super) edges: Vec<Edge>,
}

#[derive(Debug)]
pub(super) struct Edge {
    /// The segment of a path; empty if the path stays the same.
    pub(super) segment: String,
    pub(super) to: usize,
}

/// A change in a pair.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) segment: String,
    pub(super) kind: ChangeKind,
    pub(super) direction: Direction,
    pub(super) key: Key,
}

/// Tells apart what changed. Changes with the same key are one change, which is met
/// in several pairs: a base belongs to many objects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    owner: Owner,
    segment: String,
    kind: &'static str,
}

/// What declares something, in both schemas.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// A command or an event.
    Root(String),
    /// A type of each schema; none on the side that lacks it.
    Types(Option<TypeId>, Option<TypeId>),
}

/// Where something is compared.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) node: usize,
    pub(super) segment: String,
    pub(super) direction: Direction,
    pub(super) owner: Owner,
}

impl Site {
    /// The same place with another segment, of the same owner.
    pub(super) fn at(&self, segment: impl Into<String>) -> Site {
        Site {
            segment: segment.into(),
            ..self.clone()
        }
    }

    /// A part of this place.
    pub(super) fn part(&self, part: &str) -> Site {
        if self.segment.is_empty() {
            self.at(part)
        } else {
            self.at(format!("{}/{part}", self.segment))
        }
    }
}

/// Two types, one of each schema, that are in the same place. None is the empty
/// object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    pub(super) old: Option<TypeId>,
    pub(super) new: Option<TypeId>,
    pub(super) direction: Direction,
}

pub(super) struct Walk<'s> {
    pub(super) old: &'s Schema,
    pub(super) new: &'s Schema,
    pub(super) options: &'s Comparison<'s>,
    pub(super) graph: Graph,
    known: HashMap<Pair, usize>,
    /// Pairs that are known and not compared yet, with their nodes.
    waiting: Vec<(Pair, usize)>,
    /// Whether both schemas can show the features of values.
    value_features: bool,
}

pub(super) fn compare(options: &Comparison<'_>) -> Graph {
    let mut walk = Walk {
        old: options.old,
        new: options.new,
        options,
        graph: Graph::default(),
        known: HashMap::new(),
        waiting: Vec::new(),
        value_features: (!options.old_is_introspection || shows_value_features(options.old))
            && (!options.new_is_introspection || shows_value_features(options.new)),
    };
    walk.commands();
    walk.events();
    while let Some((pair, node)) = walk.waiting.pop() {
        walk.pair(pair, node);
    }
    walk.graph
}

/// Whether the introspection of this schema tells the features of values. It does
/// since QEMU 6.2.
fn shows_value_features(schema: &Schema) -> bool {
    let element = |id: TypeId| match schema[id].kind {
        TypeKind::Array(element) => element,
        _ => id,
    };
    let query = schema.command_named("query-qmp-schema");
    let Some(info) = query.and_then(|query| query.ret).map(element) else {
        return true;
    };
    let TypeKind::Object(info) = &schema[info].kind else {
        return true;
    };
    let mut branches = info.variants.iter().flat_map(|union| &union.branches);
    let declared = branches.find(|branch| branch.name == "enum");
    declared.is_none_or(|branch| {
        let members = schema.all_members(branch.ty);
        members.iter().any(|member| member.name == "members")
    })
}

impl<'s> Walk<'s> {
    fn root(&mut self, name: &str, direction: Direction) -> Site {
        let node = self.graph.nodes.len();
        self.graph.nodes.push(Node::default());
        self.graph.roots.push((name.to_owned(), node));
        Site {
            node,
            segment: String::new(),
            direction,
            owner: Owner::Root(name.to_owned()),
        }
    }

    fn commands(&mut self) {
        let (old, new) = (self.old, self.new);
        for command in &old.commands {
            if !self.options.wants_command(&command.name) {
                continue;
            }
            let site = self.root(&command.name, Direction::Sent);
            match new.command_named(&command.name) {
                Some(newer) => self.command(&site, command, newer),
                None => self.gone(&site, ChangeKind::CommandGone, command.condition.as_ref()),
            }
        }
        for command in &new.commands {
            if self.options.wants_command(&command.name)
                && old.command_named(&command.name).is_none()
            {
                let site = self.root(&command.name, Direction::Sent);
                self.added(&site, ChangeKind::CommandAdded, command.condition.as_ref());
            }
        }
    }

    fn command(&mut self, site: &Site, old: &'s Command, new: &'s Command) {
        self.condition(site, old.condition.as_ref(), new.condition.as_ref());
        self.features(site, &old.features, &new.features);
        let flag = |old: bool, new: bool, set: ChangeKind, unset: ChangeKind| match (old, new) {
            (false, true) => Some(set),
            (true, false) => Some(unset),
            _ => None,
        };
        let oob = flag(
            old.allow_oob,
            new.allow_oob,
            ChangeKind::OobAllowed,
            ChangeKind::OobGone,
        );
        let preconfig = flag(
            old.allow_preconfig,
            new.allow_preconfig,
            ChangeKind::PreconfigAllowed,
            ChangeKind::PreconfigGone,
        );
        let response = flag(
            old.success_response,
            new.success_response,
            ChangeKind::ResponseAdded,
            ChangeKind::ResponseGone,
        );
        let shown = self.both_are_schemas();
        for kind in oob
            .into_iter()
            .chain(preconfig.filter(|_| shown))
            .chain(response.filter(|_| shown))
        {
            self.found(site, kind);
        }
        self.relate(&site.at("arg-type"), old.args, new.args);
        let ret = Site {
            direction: Direction::Received,
            ..site.at("ret-type")
        };
        self.relate(&ret, old.ret, new.ret);
    }

    fn events(&mut self) {
        let (old, new) = (self.old, self.new);
        for event in &old.events {
            if !self.options.wants_event(&event.name) {
                continue;
            }
            let site = self.root(&event.name, Direction::Received);
            match new.event_named(&event.name) {
                Some(newer) => self.event(&site, event, newer),
                None => self.gone(&site, ChangeKind::EventGone, event.condition.as_ref()),
            }
        }
        for event in &new.events {
            if self.options.wants_event(&event.name) && old.event_named(&event.name).is_none() {
                let site = self.root(&event.name, Direction::Received);
                self.added(&site, ChangeKind::EventAdded, event.condition.as_ref());
            }
        }
    }

    fn event(&mut self, site: &Site, old: &'s Event, new: &'s Event) {
        self.condition(site, old.condition.as_ref(), new.condition.as_ref());
        self.features(site, &old.features, &new.features);
        self.relate(&site.at("arg-type"), old.args, new.args);
    }

    /// The node of a pair, which is compared later if it was not yet.
    pub(super) fn node(&mut self, pair: Pair) -> usize {
        if let Some(node) = self.known.get(&pair) {
            return *node;
        }
        let node = self.graph.nodes.len();
        self.graph.nodes.push(Node::default());
        self.known.insert(pair, node);
        self.waiting.push((pair, node));
        node
    }

    pub(super) fn edge(&mut self, site: &Site, pair: Pair) {
        let to = self.node(pair);
        let segment = site.segment.clone();
        self.graph.nodes[site.node].edges.push(Edge { segment, to });
    }

    fn pair(&mut self, pair: Pair, node: usize) {
        let site = Site {
            node,
            segment: String::new(),
            direction: pair.direction,
            owner: Owner::Types(pair.old, pair.new),
        };
        let (old, new) = (self.old, self.new);
        if let (Some(older), Some(newer)) = (pair.old, pair.new) {
            self.features(&site, &old[older].features, &new[newer].features);
            match (&old[older].kind, &new[newer].kind) {
                (TypeKind::Enum(older), TypeKind::Enum(newer)) => {
                    return self.values(&site, older, newer);
                }
                (TypeKind::Alternate(_), TypeKind::Alternate(_)) => {
                    return self.forms(&site, older, newer);
                }
                _ => {}
            }
        }
        object::compare(self, &site, pair.old, pair.new);
    }

    /// Records a change.
    pub(super) fn found(&mut self, site: &Site, kind: ChangeKind) {
        let key = Key {
            owner: site.owner.clone(),
            segment: site.segment.clone(),
            kind: kind.as_str(),
        };
        self.found_as(site, kind, key);
    }

    fn found_as(&mut self, site: &Site, kind: ChangeKind, key: Key) {
        self.graph.nodes[site.node].changes.push(Found {
            segment: site.segment.clone(),
            kind,
            direction: site.direction,
            key,
        });
    }

    /// Records that the new schema lacks something.
    pub(super) fn gone(&mut self, site: &Site, kind: ChangeKind, condition: Option<&Condition>) {
        let kind = match condition {
            Some(condition) if self.options.new_is_introspection => {
                let condition = condition.clone();
                ChangeKind::AbsentFromNewBuild { condition }
            }
            _ => kind,
        };
        self.found(site, kind);
    }

    /// Records that the old schema lacks something.
    pub(super) fn added(&mut self, site: &Site, kind: ChangeKind, condition: Option<&Condition>) {
        let kind = match condition {
            Some(condition) if self.options.old_is_introspection => {
                let condition = condition.clone();
                ChangeKind::AbsentFromOldBuild { condition }
            }
            _ => kind,
        };
        self.found(site, kind);
    }

    /// Records a branch that one schema lacks. If the enum of the discriminator
    /// lacks the value, too, it is one change with that.
    pub(super) fn branch_differs(
        &mut self,
        site: &Site,
        tag: Option<TypeId>,
        branch: &Missing<'_>,
    ) {
        let before = self.graph.nodes[site.node].changes.len();
        let (owner, value) = match *branch {
            Missing::New { condition } => {
                self.gone(site, ChangeKind::BranchGone, condition);
                (Owner::Types(tag, None), ChangeKind::ValueGone)
            }
            Missing::Old { condition } => {
                self.added(site, ChangeKind::BranchAdded, condition);
                (Owner::Types(None, tag), ChangeKind::ValueAdded)
            }
        };
        let found = self.graph.nodes[site.node].changes.get_mut(before);
        if let (Some(found), true) = (found, tag.is_some()) {
            let is_branch = matches!(found.kind, ChangeKind::BranchGone | ChangeKind::BranchAdded);
            let kind = if is_branch { value } else { found.kind.clone() };
            found.key = Key {
                owner,
                segment: found.segment.replacen('+', "^", 1),
                kind: kind.as_str(),
            };
        }
    }

    /// Compares the conditions under which something exists.
    pub(super) fn condition(
        &mut self,
        site: &Site,
        from: Option<&Condition>,
        to: Option<&Condition>,
    ) {
        if from != to && self.both_are_schemas() {
            let kind = ChangeKind::ConditionChanged {
                from: from.cloned(),
                to: to.cloned(),
            };
            self.found(site, kind);
        }
    }

    pub(super) fn features(&mut self, site: &Site, old: &[Feature], new: &[Feature]) {
        let missing_in = |all: &[Feature], feature: &Feature| {
            let mut names = all.iter().map(|other| &other.name);
            names.all(|name| *name != feature.name)
        };
        for feature in old.iter().filter(|feature| missing_in(new, feature)) {
            let kind = ChangeKind::FeatureGone {
                feature: feature.name.clone(),
            };
            let site = site.part(&format!("${}", feature.name));
            self.gone(&site, kind, feature.condition.as_ref());
        }
        for feature in new.iter().filter(|feature| missing_in(old, feature)) {
            let kind = ChangeKind::FeatureAdded {
                feature: feature.name.clone(),
            };
            let site = site.part(&format!("${}", feature.name));
            self.added(&site, kind, feature.condition.as_ref());
        }
    }

    pub(super) fn value_features(&mut self, site: &Site, old: &[Feature], new: &[Feature]) {
        if self.value_features {
            self.features(site, old, new);
        }
    }

    /// Whether both show what no introspection shows.
    pub(super) fn both_are_schemas(&self) -> bool {
        !self.options.old_is_introspection && !self.options.new_is_introspection
    }
}

/// Which schema lacks a branch, and under which condition the other one has it.
pub(super) enum Missing<'c> {
    New { condition: Option<&'c Condition> },
    Old { condition: Option<&'c Condition> },
}
