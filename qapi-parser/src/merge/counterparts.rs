//! Finds which types of the releases are one type.
//!
//! Types of the same name are, if both are objects, enums or alternates. So are types
//! that the same place has in different releases: what a command takes and returns,
//! the data of an event, a member, a branch, an element. The name is then that of the
//! newest release.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::error::Clash;
use super::settle::{Differ, Settled, Use};
use crate::schema::{
    Branch, Command, EnumValue, Event, Member, Object, Schema, Type, TypeId, TypeKind, Variants,
};

/// The kinds of types that have parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    Enum,
    Object,
    Alternate,
}

impl Shape {
    pub(super) fn of(schema: &Schema, ty: TypeId) -> Option<Shape> {
        match &schema[ty].kind {
            TypeKind::Enum(_) => Some(Shape::Enum),
            TypeKind::Object(_) => Some(Shape::Object),
            TypeKind::Alternate(_) => Some(Shape::Alternate),
            TypeKind::Builtin(_) | TypeKind::Array(_) => None,
        }
    }
}

/// Where a merged type comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin<'s> {
    pub(super) release: usize,
    /// None is an object without members.
    pub(super) ty: Option<TypeId>,
    /// The members that count, if these are not all.
    only: Option<BTreeSet<&'s str>>,
}

impl Origin<'_> {
    pub(super) fn new(release: usize, ty: Option<TypeId>) -> Self {
        Self {
            release,
            ty,
            only: None,
        }
    }
}

/// One type of the merged schema.
#[derive(Debug)]
pub(super) struct Merged<'s> {
    pub(super) name: &'s str,
    pub(super) shape: Shape,
    /// What it is in the releases. The newest come first; a release may have several.
    pub(super) origins: Vec<Origin<'s>>,
}

/// A member, value or branch in the releases that have it, the newest first.
pub(super) struct Found<'s, T> {
    pub(super) name: &'s str,
    pub(super) in_releases: Vec<(usize, &'s T)>,
}

/// A struct of some releases that is a union in others.
#[derive(Default)]
struct Structs<'s> {
    /// The discriminator of the union.
    tag: &'s str,
    /// The members that the union has in branches, with these.
    moved: BTreeMap<&'s str, BTreeSet<&'s str>>,
    default_branch: Option<&'s str>,
}

/// All types of all releases.
pub(super) struct Types<'s> {
    /// The oldest comes first.
    pub(super) schemas: Vec<&'s Schema>,
    pub(super) merged: Vec<Merged<'s>>,
    by_name: HashMap<(&'s str, Shape), usize>,
}

/// Finds the counterparts of all types.
pub(super) fn find<'s>(schemas: &[&'s Schema]) -> Result<Types<'s>, Clash> {
    let mut types = Types {
        schemas: schemas.to_vec(),
        merged: Vec::new(),
        by_name: HashMap::new(),
    };
    for (release, schema) in schemas.iter().enumerate().rev() {
        for id in schema.type_ids() {
            if let Some(shape) = Shape::of(schema, id) {
                types.add_by_name(release, id, &schema[id].name, shape);
            }
        }
    }
    types.find_by_use()?;
    Ok(types)
}

impl<'s> Types<'s> {
    fn add_by_name(&mut self, release: usize, id: TypeId, name: &'s str, shape: Shape) {
        let next = self.merged.len();
        let merged = *self.by_name.entry((name, shape)).or_insert(next);
        if merged == next {
            self.merged.push(Merged {
                name,
                shape,
                origins: Vec::new(),
            });
        }
        let origin = Origin::new(release, Some(id));
        self.merged[merged].origins.push(origin);
    }

    /// The merged type with the name of this one.
    pub(super) fn merged_of(&self, (release, ty): Use, shape: Shape) -> usize {
        let name = ty.map_or(EMPTY, |ty| &self.schemas[release][ty].name);
        self.by_name
            .get(&(name, shape))
            .copied()
            .unwrap_or_default()
    }

    fn find_by_use(&mut self) -> Result<(), Clash> {
        let mut found = Vec::new();
        for command in self.commands() {
            self.settle_command(&command, &mut found)?;
        }
        for event in self.events() {
            self.settle_event(&event, &mut found)?;
        }
        let mut open: VecDeque<usize> = (0..self.merged.len()).collect();
        let mut waits = vec![true; self.merged.len()];
        loop {
            self.add(&mut found, &mut open, &mut waits);
            let Some(merged) = open.pop_front() else {
                return Ok(());
            };
            waits[merged] = false;
            self.settle_parts(merged, &mut found)?;
        }
    }

    /// Adds origins, and lists the types that have new ones.
    fn add(
        &mut self,
        found: &mut Vec<(usize, Origin<'s>)>,
        open: &mut VecDeque<usize>,
        waits: &mut [bool],
    ) {
        for (merged, origin) in found.drain(..) {
            let Merged { name, origins, .. } = &mut self.merged[merged];
            // What has no members gets none.
            if *name == EMPTY || origins.contains(&origin) {
                continue;
            }
            let place = origins.partition_point(|other| other.release >= origin.release);
            origins.insert(place, origin);
            if !std::mem::replace(&mut waits[merged], true) {
                open.push_back(merged);
            }
        }
    }

    pub(super) fn commands(&self) -> Vec<Found<'s, Command>> {
        let commands = self.newest_first();
        by_name(commands.flat_map(|(release, schema)| {
            let commands = schema.commands.iter();
            commands.map(move |command| (release, command.name.as_str(), command))
        }))
    }

    pub(super) fn events(&self) -> Vec<Found<'s, Event>> {
        let events = self.newest_first();
        by_name(events.flat_map(|(release, schema)| {
            let events = schema.events.iter();
            events.map(move |event| (release, event.name.as_str(), event))
        }))
    }

    fn newest_first(&self) -> impl Iterator<Item = (usize, &'s Schema)> + use<'s> {
        let schemas: Vec<&'s Schema> = self.schemas.clone();
        schemas.into_iter().enumerate().rev()
    }

    /// What a command takes and returns.
    pub(super) fn settle_command(
        &self,
        command: &Found<'s, Command>,
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<[Option<Settled>; 2], Clash> {
        let place = |what: &str| format!("{what} of command `{}`", command.name);
        let args = command.in_releases.iter().map(|(at, of)| (*at, of.args));
        let returns = command.in_releases.iter().map(|(at, of)| (*at, of.ret));
        let (args, returns): (Vec<Use>, Vec<Use>) = (args.collect(), returns.collect());
        Ok([
            self.settle_some(&args, || place("the arguments"), found)?,
            self.settle_some(&returns, || place("the return value"), found)?,
        ])
    }

    /// The data of an event.
    pub(super) fn settle_event(
        &self,
        event: &Found<'s, Event>,
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<Option<Settled>, Clash> {
        let place = || format!("the data of event `{}`", event.name);
        let uses = event.in_releases.iter();
        let uses: Vec<Use> = uses.map(|(at, of)| (*at, of.args)).collect();
        self.settle_some(&uses, place, found)
    }

    /// Settles a place, unless no release has anything there.
    fn settle_some(
        &self,
        uses: &[Use],
        place: impl FnOnce() -> String,
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<Option<Settled>, Clash> {
        if uses.iter().all(|(_, ty)| ty.is_none()) {
            return Ok(None);
        }
        self.settle_place(uses, place, found).map(Some)
    }

    fn settle_place(
        &self,
        uses: &[Use],
        place: impl FnOnce() -> String,
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<Settled, Clash> {
        self.settle(uses, found)
            .map_err(|Differ(one, other)| Clash {
                place: place(),
                sides: [one, other].map(|at| (uses[at].0, self.describe(uses[at]))),
            })
    }

    fn describe(&self, (release, ty): Use) -> String {
        let schema = self.schemas[release];
        let Some(ty) = ty.map(|ty| &schema[ty]) else {
            return "nothing".to_owned();
        };
        let noun = match &ty.kind {
            TypeKind::Builtin(_) => "type",
            TypeKind::Enum(_) => "enum",
            TypeKind::Object(object) if object.variants.is_some() => "union",
            TypeKind::Object(_) => "struct",
            TypeKind::Alternate(_) => "alternate",
            TypeKind::Array(element) => {
                return format!("an array of {}", self.describe((release, Some(*element))));
            }
        };
        format!("the {noun} `{}`", ty.name)
    }

    /// Settles the members and branches of a merged type.
    fn settle_parts(
        &self,
        merged: usize,
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<(), Clash> {
        match self.merged[merged].shape {
            Shape::Enum => {}
            Shape::Alternate => {
                for branch in self.branches_of_alternate(merged) {
                    self.settle_branch(merged, &branch, found)?;
                }
            }
            Shape::Object => {
                for member in self.members(merged)? {
                    self.settle_member(merged, &member, found)?;
                }
                for branch in self.branches_of_union(merged) {
                    let settled = self.settle_branch(merged, &branch, found)?;
                    self.move_members(merged, branch.name, &settled, found)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn settle_member(
        &self,
        merged: usize,
        member: &Found<'s, Member>,
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<Settled, Clash> {
        let uses = member.in_releases.iter();
        let uses: Vec<Use> = uses.map(|(at, of)| (*at, Some(of.ty))).collect();
        let place = || format!("member `{}` of {}", member.name, self.noun(merged));
        self.settle_place(&uses, place, found)
    }

    pub(super) fn settle_branch(
        &self,
        merged: usize,
        branch: &Found<'s, Branch>,
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<Settled, Clash> {
        let uses = branch.in_releases.iter();
        let uses: Vec<Use> = uses.map(|(at, of)| (*at, Some(of.ty))).collect();
        let place = || format!("branch `{}` of {}", branch.name, self.noun(merged));
        self.settle_place(&uses, place, found)
    }

    /// A type as messages call it.
    fn noun(&self, merged: usize) -> String {
        let name = self.merged[merged].name;
        let arguments = name.strip_prefix("q_obj_");
        match arguments.and_then(|name| name.strip_suffix("-arg")) {
            Some(name) => format!("the arguments of `{name}`"),
            None => format!("`{name}`"),
        }
    }

    fn ty(&self, origin: &Origin<'s>) -> Option<&'s Type> {
        Some(&self.schemas[origin.release][origin.ty?])
    }

    pub(super) fn variants(&self, origin: &Origin<'s>) -> Option<&'s Variants> {
        match &self.ty(origin)?.kind {
            TypeKind::Object(Object { variants, .. }) => variants.as_ref(),
            _ => None,
        }
    }

    /// The branches of an alternate or a union.
    pub(super) fn branches(&self, origin: &Origin<'s>) -> &'s [Branch] {
        match self.ty(origin).map(|ty| &ty.kind) {
            Some(TypeKind::Alternate(alternate)) => &alternate.branches,
            _ => self.variants(origin).map_or(&[], |of| &of.branches),
        }
    }

    /// The members of an object, with those of its bases.
    pub(super) fn all_members(&self, origin: &Origin<'s>) -> Vec<&'s Member> {
        let Some(ty) = origin.ty else {
            return Vec::new();
        };
        let mut members = self.schemas[origin.release].all_members(ty);
        if let Some(only) = &origin.only {
            members.retain(|member| only.contains(member.name.as_str()));
        }
        members
    }

    /// The members of an object, or the common members of a union.
    pub(super) fn members(&self, merged: usize) -> Result<Vec<Found<'s, Member>>, Clash> {
        let structs = self.structs(merged)?;
        let origins = self.merged[merged].origins.iter();
        Ok(by_name(origins.flat_map(|origin| {
            let is_union = self.variants(origin).is_some();
            let members = self.all_members(origin).into_iter();
            let kept =
                members.filter(|of| is_union || !structs.moved.contains_key(of.name.as_str()));
            kept.map(|member| (origin.release, member.name.as_str(), member))
                .collect::<Vec<_>>()
        })))
    }

    pub(super) fn branches_of_union(&self, merged: usize) -> Vec<Found<'s, Branch>> {
        let origins = self.merged[merged].origins.iter();
        by_name(origins.flat_map(|origin| {
            let branches = self.branches(origin).iter();
            branches.map(|branch| (origin.release, branch.name.as_str(), branch))
        }))
    }

    pub(super) fn values(&self, merged: usize) -> Vec<Found<'s, EnumValue>> {
        let origins = self.merged[merged].origins.iter();
        by_name(origins.flat_map(|origin| {
            let values: &[EnumValue] = match self.ty(origin).map(|ty| &ty.kind) {
                Some(TypeKind::Enum(of)) => &of.values,
                _ => &[],
            };
            let values = values.iter();
            values.map(|value| (origin.release, value.name.as_str(), value))
        }))
    }

    /// The branches of an alternate. One may have another name in another release; it
    /// is known by its type in JSON.
    pub(super) fn branches_of_alternate(&self, merged: usize) -> Vec<Found<'s, Branch>> {
        let mut found: Vec<Found<'s, Branch>> = Vec::new();
        for origin in &self.merged[merged].origins {
            for branch in self.branches(origin) {
                let json_type =
                    |(release, of): (usize, &Branch)| self.json_type((release, Some(of.ty)));
                let here = json_type((origin.release, branch));
                match found
                    .iter_mut()
                    .find(|of| json_type(of.in_releases[0]) == here)
                {
                    Some(of) => of.in_releases.push((origin.release, branch)),
                    None => found.push(Found {
                        name: &branch.name,
                        in_releases: vec![(origin.release, branch)],
                    }),
                }
            }
        }
        found
    }

    /// The branch of a value without a discriminator.
    pub(super) fn default_branch(&self, merged: usize) -> Result<Option<&'s str>, Clash> {
        Ok(self.structs(merged)?.default_branch)
    }

    /// Compares the structs among the origins of a union with the union.
    fn structs(&self, merged: usize) -> Result<Structs<'s>, Clash> {
        let origins = &self.merged[merged].origins;
        let mut unions = origins.iter().filter(|of| self.variants(of).is_some());
        let mut structs = Structs::default();
        let Some(newest) = unions.next() else {
            return Ok(structs);
        };
        let Some(variants) = self.variants(newest) else {
            return Ok(structs);
        };
        let tag = variants.tag.as_str();
        structs.tag = tag;
        let common: HashSet<&str> = origins
            .iter()
            .filter(|of| self.variants(of).is_some())
            .flat_map(|of| self.all_members(of))
            .map(|member| member.name.as_str())
            .collect();
        for union in unions {
            let other = self.variants(union).map_or(tag, |of| of.tag.as_str());
            if other != tag {
                let side = |release, tag| (release, format!("by `{tag}`"));
                return Err(Clash {
                    place: format!("the discriminator of {}", self.noun(merged)),
                    sides: [side(newest.release, tag), side(union.release, other)],
                });
            }
        }
        for origin in origins.iter().filter(|of| self.variants(of).is_none()) {
            let members = self.all_members(origin);
            let others = members.iter().map(|member| member.name.as_str());
            let others: BTreeSet<&str> = others.filter(|name| !common.contains(name)).collect();
            let mut fitting = BTreeSet::new();
            for branch in &variants.branches {
                let of_branch = self.schemas[newest.release].all_members(branch.ty);
                let of_branch = of_branch.iter().map(|member| member.name.as_str());
                let shared: BTreeSet<&str> = of_branch.filter(|of| others.contains(of)).collect();
                if !shared.is_empty() && shared == others {
                    fitting.insert(branch.name.as_str());
                }
                for name in shared {
                    let branches = structs.moved.entry(name).or_default();
                    branches.insert(branch.name.as_str());
                }
            }
            if members.iter().any(|member| member.name == tag) || origin.ty.is_none() {
                continue;
            }
            let mut fitting = fitting.into_iter();
            structs.default_branch = match (fitting.next(), fitting.next()) {
                (Some(branch), None) => Some(branch),
                _ => {
                    return Err(Clash {
                        place: self.noun(merged),
                        sides: [
                            (newest.release, self.describe((newest.release, newest.ty))),
                            (origin.release, self.describe((origin.release, origin.ty))),
                        ],
                    });
                }
            };
        }
        Ok(structs)
    }

    /// Makes the structs of some releases origins of a branch, with the members that
    /// the union has in it. What the branch has beyond these, such a release lacks.
    fn move_members(
        &self,
        merged: usize,
        branch: &str,
        settled: &Settled,
        found: &mut Vec<(usize, Origin<'s>)>,
    ) -> Result<(), Clash> {
        let &Settled::Merged(of_branch) = settled else {
            return Ok(());
        };
        let structs = self.structs(merged)?;
        let moved = structs.moved.iter();
        let moved = moved.filter(|(_, branches)| branches.contains(branch));
        let names: BTreeSet<&str> = moved.map(|(name, _)| *name).collect();
        for origin in &self.merged[merged].origins {
            let is_struct = origin.ty.is_some() && self.variants(origin).is_none();
            let mut members = self.all_members(origin).into_iter();
            // Without a discriminator, values are of one branch.
            let has_branch = structs.default_branch == Some(branch)
                || members.any(|member| member.name == structs.tag);
            if is_struct && has_branch && !self.is_open(origin) {
                let origin = Origin {
                    only: Some(names.clone()),
                    ..origin.clone()
                };
                found.push((of_branch, origin));
            }
        }
        Ok(())
    }

    /// Whether members count that are not declared: those of a command that checks its
    /// arguments by itself.
    fn is_open(&self, origin: &Origin<'s>) -> bool {
        let mut commands = self.schemas[origin.release].commands.iter();
        commands.any(|command| !command.gen_code && command.args == origin.ty)
    }
}

/// The type without members, which is part of every schema.
pub(super) const EMPTY: &str = "q_empty";

/// Groups what has the same name, in the order of first occurrence.
pub(super) fn by_name<'s, T>(
    all: impl IntoIterator<Item = (usize, &'s str, &'s T)>,
) -> Vec<Found<'s, T>> {
    let mut found: Vec<Found<'s, T>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (release, name, of) in all {
        let place = *places.entry(name).or_insert(found.len());
        if place == found.len() {
            found.push(Found {
                name,
                in_releases: Vec::new(),
            });
        }
        found[place].in_releases.push((release, of));
    }
    found
}
