//! The rules that need other definitions, and the resolution of type names.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem;

use super::{Pending, PendingUnion, Place, Resolver, SPECIAL_FEATURES, TypeRef};
use crate::definition::{BranchDef, Features, MemberDef, TypeName};
use crate::diagnostic::{Diagnostic, Kind};
use crate::dialect::Dialect;
use crate::names::c_name;
use crate::schema::{
    Branch, Builtin, EntityId, Feature, Member, ObjectForm, TypeId, TypeKind, Variants,
};
use crate::source::Span;

/// Objects that contain each other more deeply are a mistake, and each level
/// takes stack.
const DEEPEST_TYPES: usize = 200;

/// A discriminator's enum and a base may be shared by many types, so that what
/// they imply can outgrow the text by far. Real schemas need a few thousand.
const MOST_IMPLIED_BRANCHES: usize = 100_000;
const MOST_INHERITED_MEMBERS: usize = 100_000;
const MOST_COMPARISONS: usize = 3_000_000;

/// Checks every entity, and right after each its documentation.
pub(super) fn check(resolver: &mut Resolver<'_>) {
    let types = resolver.schema.types.len();
    let mut checker = Checker {
        states: vec![State::Unchecked; types],
        levels: vec![0; types],
        member_counts: vec![0; types],
        member_names: vec![HashMap::new(); types],
        has_conditional_members: vec![false; types],
        lookalikes: HashMap::new(),
        enum_values: HashMap::new(),
        disjoint: HashSet::new(),
        implied_branches: 0,
        inherited_members: 0,
        comparisons: 0,
        exceeded: HashSet::new(),
        resolver,
    };
    checker.resolve_arrays();
    for index in 0..checker.resolver.entities.len() {
        if checker.entity(index) {
            super::docs::connect(checker.resolver, index);
        }
    }
    checker.inherit_array_conditions();
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Unchecked,
    /// Its check has begun. To meet it again is to find it inside itself.
    Open,
    Sound,
    Faulty,
}

struct Checker<'r, 'a> {
    resolver: &'r mut Resolver<'a>,
    /// By type.
    states: Vec<State>,
    /// By type: how many objects are in a row, each the base or a branch of the
    /// next, up to this one.
    levels: Vec<usize>,
    /// By type: how many members it has, inherited ones included.
    member_counts: Vec<usize>,
    /// By type: the C names of an object's own members, with their indices.
    member_names: Vec<HashMap<String, usize>>,
    /// By type: whether a member, own or inherited, has a condition.
    has_conditional_members: Vec<bool>,
    /// By enum: the JSON types other than a string that its values look like.
    lookalikes: HashMap<TypeId, Vec<JsonType>>,
    /// By enum: its values, as far as a union has asked.
    enum_values: HashMap<TypeId, BTreeSet<String>>,
    /// Pairs of objects whose own members were found not to clash.
    disjoint: HashSet<(TypeId, TypeId)>,
    implied_branches: usize,
    inherited_members: usize,
    comparisons: usize,
    /// The bounds that were reported: once is enough.
    exceeded: HashSet<&'static str>,
}

/// What an alternate can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum JsonType {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Checker<'_, '_> {
    fn report(&mut self, kind: Kind, at: Span, place: Place, message: String) -> bool {
        let diagnostic = Diagnostic::new(kind, at, message).located_at(place.span);
        self.resolver.reporter.error(diagnostic);
        false
    }

    fn place(&self, id: TypeId) -> Option<Place> {
        let index = self.resolver.type_entities[id.0 as usize];
        self.resolver.entities[index].place
    }

    fn kind(&self, id: TypeId) -> &TypeKind {
        &self.resolver.schema[id].kind
    }

    /// The type as messages name it.
    fn describe(&self, id: TypeId) -> String {
        let schema = &self.resolver.schema;
        let name = &schema[id].name;
        match &schema[id].kind {
            TypeKind::Builtin(_) => format!("built-in type '{name}'"),
            TypeKind::Enum(_) => format!("enum type '{name}'"),
            TypeKind::Alternate(_) => format!("alternate type '{name}'"),
            TypeKind::Array(element) => format!("array type ['{}']", schema[*element].name),
            TypeKind::Object(object) => match object.form {
                ObjectForm::Struct => format!("struct type '{name}'"),
                _ => format!("union type '{name}'"),
            },
        }
    }

    /// An array is its element's in all respects, so that its element must be
    /// known before anything is checked. That one is unknown is reported when
    /// the array's turn comes.
    fn resolve_arrays(&mut self) {
        for id in self.resolver.schema.type_ids() {
            if let Pending::Array(element) = &self.resolver.pending[id.0 as usize]
                && let Some(element) = self.resolver.schema.type_named(&element.name)
            {
                self.resolver.schema.types[id.0 as usize].kind = TypeKind::Array(element);
                self.resolver.pending[id.0 as usize] = Pending::Nothing;
            }
        }
    }

    fn inherit_array_conditions(&mut self) {
        for id in self.resolver.schema.type_ids() {
            if let TypeKind::Array(element) = *self.kind(id) {
                let condition = self.resolver.schema[element].condition.clone();
                self.resolver.schema.types[id.0 as usize].condition = condition;
            }
        }
    }

    fn entity(&mut self, index: usize) -> bool {
        let entity = &self.resolver.entities[index];
        let Some(place) = entity.place else {
            return true;
        };
        match entity.id {
            EntityId::Type(id) if matches!(self.kind(id), TypeKind::Object(_)) => {
                self.object(id, 0)
            }
            EntityId::Type(id) => self.plain_type(id, index, place),
            id => self.command_or_event(id, index, place),
        }
    }

    fn plain_type(&mut self, id: TypeId, index: usize, place: Place) -> bool {
        let sound = self.definition_features(index, place, true);
        match mem::take(&mut self.resolver.pending[id.0 as usize]) {
            Pending::Array(element) => {
                let user = self.resolver.schema[id].name.clone();
                self.resolve_name(&element, &format!("array '{user}'"), place)
                    .is_some()
                    && sound
            }
            Pending::Alternate(branches) => self.alternate(id, branches, place) && sound,
            _ => self.distinct_values(id, place) && sound,
        }
    }

    /// The features of the definition itself.
    fn definition_features(&mut self, index: usize, place: Place, is_type: bool) -> bool {
        let schema = &self.resolver.schema;
        let entity = &self.resolver.entities[index];
        let features = match entity.id {
            EntityId::Type(id) => &schema[id].features,
            EntityId::Command(id) => &schema[id].features,
            EntityId::Event(id) => &schema[id].features,
        };
        if features.is_empty() {
            return true;
        }
        let features = Features {
            features: features.clone(),
            spans: entity.feature_spans.clone(),
        };
        let mut sound = self.distinct_features(&features, place);
        for (feature, span) in features.features.iter().zip(&features.spans) {
            if is_type && SPECIAL_FEATURES.contains(&feature.name.as_str()) {
                let message = format!("a type cannot have the feature '{}'", feature.name);
                sound = self.report(Kind::Feature, *span, place, message);
            }
        }
        sound
    }

    fn distinct_features(&mut self, features: &Features, place: Place) -> bool {
        let mut seen: HashMap<String, &Feature> = HashMap::new();
        let mut sound = true;
        for (feature, span) in features.features.iter().zip(&features.spans) {
            if let Some(other) = seen.insert(c_name(&feature.name), feature) {
                let message = format!(
                    "the features '{}' and '{}' have the same name in C",
                    feature.name, other.name
                );
                sound = self.report(Kind::Duplicate, *span, place, message);
            }
        }
        sound
    }

    fn distinct_values(&mut self, id: TypeId, place: Place) -> bool {
        let TypeKind::Enum(declared) = self.kind(id) else {
            return true;
        };
        let mut seen: HashMap<String, &str> = HashMap::new();
        let mut clashes = Vec::new();
        for value in &declared.values {
            if let Some(other) = seen.insert(c_name(&value.name), &value.name) {
                let message = format!(
                    "the values '{}' and '{other}' have the same name in C",
                    value.name
                );
                clashes.push((value.span.unwrap_or(place.name_span), message));
            }
        }
        let sound = clashes.is_empty();
        for (span, message) in clashes {
            self.report(Kind::Duplicate, span, place, message);
        }
        sound
    }

    /// The type that is meant. `user` says what uses it.
    fn resolve(&mut self, ty: &TypeRef, user: &str, place: Place) -> Option<TypeId> {
        match ty {
            // That its element is unknown is the array's to report.
            TypeRef::Id(id) => match self.resolver.pending[id.0 as usize] {
                Pending::Array(_) => None,
                _ => Some(*id),
            },
            TypeRef::Name(name) => self.resolve_name(name, user, place),
        }
    }

    fn resolve_name(&mut self, name: &TypeName, user: &str, place: Place) -> Option<TypeId> {
        let schema = &self.resolver.schema;
        if let Some(id) = schema.type_named(&name.name) {
            return Some(id);
        }
        if self.resolver.incomplete || self.resolver.refused.contains(&name.name) {
            return None;
        }
        let message = format!("{user}: there is no type '{}'", name.name);
        let explicit = schema
            .types
            .iter()
            .filter(|ty| !ty.implicit || matches!(ty.kind, TypeKind::Builtin(_)));
        let diagnostic = Diagnostic::new(Kind::Type, name.span, message).located_at(place.span);
        let reporter = &mut *self.resolver.reporter;
        let known = explicit.map(|ty| ty.name.as_str());
        let diagnostic = reporter.suggest(diagnostic, &name.name, known);
        reporter.error(diagnostic);
        None
    }

    fn object(&mut self, id: TypeId, depth: usize) -> bool {
        let Some(place) = self.place(id) else {
            // q_empty
            return true;
        };
        match self.states[id.0 as usize] {
            State::Sound => return true,
            State::Faulty => return false,
            State::Open => {
                let message = format!("'{}' would contain itself", self.resolver.schema[id].name);
                return self.report(Kind::Type, place.name_span, place, message);
            }
            State::Unchecked => {}
        }
        if depth > DEEPEST_TYPES {
            return self.too_deep(place);
        }
        self.states[id.0 as usize] = State::Open;
        let sound = self.object_content(id, place, depth);
        self.states[id.0 as usize] = if sound { State::Sound } else { State::Faulty };
        sound
    }

    fn too_deep(&mut self, place: Place) -> bool {
        let message = format!(
            "more than {DEEPEST_TYPES} objects in a row are each the base or a branch of the next"
        );
        self.report(Kind::Type, place.name_span, place, message)
    }

    /// Puts an object above its base or branch.
    fn raise(&mut self, id: TypeId, inner: TypeId, place: Place) -> bool {
        let level = self.levels[inner.0 as usize] + 1;
        self.levels[id.0 as usize] = self.levels[id.0 as usize].max(level);
        level <= DEEPEST_TYPES || self.too_deep(place)
    }

    /// Reports a bound of the whole schema.
    fn exceed(&mut self, message: &'static str, place: Place) -> bool {
        if self.exceeded.insert(message) {
            self.report(Kind::Type, place.name_span, place, message.to_owned());
        }
        false
    }

    /// Counts the members that a definition has from another.
    fn inherit(&mut self, from: TypeId, place: Place) -> bool {
        self.inherited_members += self.member_counts[from.0 as usize];
        if self.inherited_members > MOST_INHERITED_MEMBERS {
            let message = "the schema's definitions have too many members from others in all";
            return self.exceed(message, place);
        }
        true
    }

    fn object_content(&mut self, id: TypeId, place: Place, depth: usize) -> bool {
        let entity = self.resolver.type_entities[id.0 as usize];
        let mut sound = self.definition_features(entity, place, true);
        let pending = mem::take(&mut self.resolver.pending[id.0 as usize]);
        let Pending::Object {
            base,
            members,
            union,
        } = pending
        else {
            return sound;
        };
        if let Some(base) = base {
            match self.base(&base, place, depth) {
                Some(base) => {
                    self.set_base(id, base);
                    if !self.raise(id, base, place) || !self.inherit(base, place) {
                        return false;
                    }
                }
                None => return false,
            }
        }
        sound &= self.members(id, members, place);
        if let Some(union) = union {
            sound &= self.union(id, union, place, depth);
        }
        sound
    }

    fn base(&mut self, base: &TypeRef, place: Place, depth: usize) -> Option<TypeId> {
        let id = self.resolve(base, "'base'", place)?;
        let is_struct = matches!(
            self.kind(id),
            TypeKind::Object(object) if object.form == ObjectForm::Struct
        );
        if !is_struct {
            let at = match base {
                TypeRef::Name(name) => name.span,
                TypeRef::Id(_) => place.name_span,
            };
            let message = format!("only a struct can be 'base', not the {}", self.describe(id));
            self.report(Kind::Type, at, place, message);
            return None;
        }
        self.object(id, depth + 1).then_some(id)
    }

    fn set_base(&mut self, id: TypeId, base: TypeId) {
        if let TypeKind::Object(object) = &mut self.resolver.schema.types[id.0 as usize].kind {
            object.base = Some(base);
        }
        self.has_conditional_members[id.0 as usize] = self.has_conditional_members[base.0 as usize];
        self.member_counts[id.0 as usize] = self.member_counts[base.0 as usize];
    }

    /// An object and the objects that it inherits from.
    fn chain(&self, id: TypeId) -> Vec<TypeId> {
        let base = |id: &TypeId| match self.kind(*id) {
            TypeKind::Object(object) => object.base,
            _ => None,
        };
        std::iter::successors(Some(id), base).collect()
    }

    /// Those of the chain that have members of their own.
    fn chain_with_members(&self, id: TypeId) -> Vec<TypeId> {
        let mut chain = self.chain(id);
        chain.retain(|id| !self.member_names[id.0 as usize].is_empty());
        chain
    }

    fn members(&mut self, id: TypeId, members: Vec<(MemberDef, TypeRef)>, place: Place) -> bool {
        let chain = self.chain(id);
        let mut resolved = Vec::with_capacity(members.len());
        let mut names: HashMap<String, usize> = HashMap::with_capacity(members.len());
        let mut sound = true;
        for (member, ty) in members {
            let described = self.describe_member(id, &member.name);
            let ty = self.resolve(&ty, &described, place);
            sound &= self.distinct_features(&member.features, place);
            let c_name = c_name(&member.name);
            let own = names.get(&c_name).map(|index: &usize| {
                let other: &Member = &resolved[*index];
                (format!("member '{}'", other.name), other.span)
            });
            if let Some((other, span)) = own.or_else(|| self.inherited(&chain, &c_name)) {
                let message = format!("{described} has the same name in C as {other}");
                let diagnostic = Diagnostic::new(Kind::Duplicate, member.span, message)
                    .located_at(place.span)
                    .related(span, "the other one");
                self.resolver.reporter.error(diagnostic);
                sound = false;
                continue;
            }
            let Some(ty) = ty else {
                sound = false;
                continue;
            };
            self.has_conditional_members[id.0 as usize] |= member.condition.is_some();
            names.insert(c_name, resolved.len());
            resolved.push(Member {
                name: member.name,
                ty,
                optional: member.optional,
                condition: member.condition,
                features: member.features.features,
                span: Some(member.span),
            });
        }
        self.member_counts[id.0 as usize] += resolved.len();
        self.member_names[id.0 as usize] = names;
        if let TypeKind::Object(object) = &mut self.resolver.schema.types[id.0 as usize].kind {
            object.members = resolved;
        }
        sound
    }

    fn describe_member(&self, id: TypeId, name: &str) -> String {
        let role = match self.resolver.schema[id].name.strip_prefix("q_obj_") {
            Some(implicit) if implicit.ends_with("-arg") => "parameter",
            Some(implicit) if implicit.ends_with("-base") => "base member",
            _ => "member",
        };
        format!("{role} '{name}'")
    }

    fn inherited(&self, chain: &[TypeId], c_name: &str) -> Option<(String, Option<Span>)> {
        let (owner, member) = self.find_member(chain, c_name)?;
        let owner = &self.resolver.schema[owner].name;
        Some((
            format!("member '{}' of type '{owner}'", member.name),
            member.span,
        ))
    }

    fn find_member(&self, chain: &[TypeId], c_name: &str) -> Option<(TypeId, &Member)> {
        chain.iter().find_map(|id| {
            let index = self.member_names[id.0 as usize].get(c_name)?;
            match self.kind(*id) {
                TypeKind::Object(object) => Some((*id, &object.members[*index])),
                _ => None,
            }
        })
    }

    fn union(&mut self, id: TypeId, union: PendingUnion, place: Place, depth: usize) -> bool {
        let Some(tag_type) = self.tag_type(id, &union, place) else {
            return false;
        };
        let mut branches = Vec::with_capacity(union.branches.len());
        let mut sound = true;
        for (branch, ty) in union.branches {
            match self.union_branch(branch, &ty, tag_type, place, depth) {
                Some(branch) if self.raise(id, branch.ty, place) => branches.push(branch),
                _ => sound = false,
            }
        }
        if !self.imply_branches(&mut branches, tag_type, place) {
            return false;
        }
        if branches.is_empty() && sound {
            let message =
                "the union's discriminator has no value, and so the union no branch".to_owned();
            return self.report(Kind::Shape, place.name_span, place, message);
        }
        sound = sound && self.branches_fit(id, &branches, place);
        if let TypeKind::Object(object) = &mut self.resolver.schema.types[id.0 as usize].kind {
            object.variants = Some(Variants {
                tag: union.tag,
                branches,
            });
        }
        sound
    }

    /// The discriminator's enum.
    fn tag_type(&mut self, id: TypeId, union: &PendingUnion, place: Place) -> Option<TypeId> {
        let tag = &union.tag;
        let chain = self.chain(id);
        let found = self.find_member(&chain, &c_name(tag));
        let Some((owner, member)) = found.filter(|(_, member)| member.name == *tag) else {
            let message = format!("the base has no member '{tag}' that could be the discriminator");
            let known = self.resolver.schema.all_members(id);
            let diagnostic =
                Diagnostic::new(Kind::Type, union.tag_span, message).located_at(place.span);
            let known = known.iter().map(|member| member.name.as_str());
            let diagnostic = self.resolver.reporter.suggest(diagnostic, tag, known);
            self.resolver.reporter.error(diagnostic);
            return None;
        };
        let owner = &self.resolver.schema[owner];
        let base = if owner.implicit {
            "'base'".to_owned()
        } else {
            format!("base type '{}'", owner.name)
        };
        let was_string = self.resolver.reporter.dialect() == Dialect::Legacy
            && matches!(self.kind(member.ty), TypeKind::Builtin(Builtin::Str));
        let wrong = if !matches!(self.kind(member.ty), TypeKind::Enum(_)) && !was_string {
            "is not an enum"
        } else if member.optional {
            "is optional, and so may not tell the branch"
        } else if member.condition.is_some() {
            "has a condition, and so may not tell the branch"
        } else {
            return Some(member.ty);
        };
        let message = format!("the discriminator '{tag}' of {base} {wrong}");
        let diagnostic = Diagnostic::new(Kind::Type, union.tag_span, message)
            .located_at(place.span)
            .related(member.span, "the member");
        self.resolver.reporter.error(diagnostic);
        None
    }

    fn union_branch(
        &mut self,
        branch: BranchDef,
        ty: &TypeRef,
        tag_type: TypeId,
        place: Place,
        depth: usize,
    ) -> Option<Branch> {
        let described = format!("branch '{}'", branch.name);
        let ty = self.resolve(ty, &described, place)?;
        let is_enum = matches!(self.kind(tag_type), TypeKind::Enum(_));
        if is_enum && !self.is_enum_value(tag_type, &branch.name) {
            let message = format!(
                "{described} is none of the values of {}",
                self.describe(tag_type)
            );
            let diagnostic =
                Diagnostic::new(Kind::Type, branch.span, message).located_at(place.span);
            let values = self.enum_values[&tag_type].iter().map(String::as_str);
            let reporter = &mut *self.resolver.reporter;
            let diagnostic = reporter.suggest(diagnostic, &branch.name, values);
            self.resolver.reporter.error(diagnostic);
            return None;
        }
        if !matches!(self.kind(ty), TypeKind::Object(_)) {
            let message = format!("{described} cannot hold the {}", self.describe(ty));
            self.report(Kind::Type, branch.ty.span, place, message);
            return None;
        }
        self.object(ty, depth + 1).then_some(Branch {
            name: branch.name,
            ty,
            condition: branch.condition,
            span: Some(branch.span),
        })
    }

    fn is_enum_value(&mut self, id: TypeId, name: &str) -> bool {
        if !self.enum_values.contains_key(&id) {
            let values = match self.kind(id) {
                TypeKind::Enum(declared) => {
                    declared.values.iter().map(|v| v.name.clone()).collect()
                }
                _ => BTreeSet::new(),
            };
            self.enum_values.insert(id, values);
        }
        self.enum_values[&id].contains(name)
    }

    /// Adds the branches without members, for the values that have none.
    fn imply_branches(
        &mut self,
        branches: &mut Vec<Branch>,
        tag_type: TypeId,
        place: Place,
    ) -> bool {
        let schema = &self.resolver.schema;
        let (TypeKind::Enum(tag), Some(empty)) =
            (&schema[tag_type].kind, schema.type_named("q_empty"))
        else {
            return true;
        };
        let declared: HashSet<&str> = branches.iter().map(|b| b.name.as_str()).collect();
        let implied: Vec<Branch> = tag
            .values
            .iter()
            .filter(|value| !declared.contains(value.name.as_str()))
            .take(MOST_IMPLIED_BRANCHES - self.implied_branches + 1)
            .map(|value| Branch {
                name: value.name.clone(),
                ty: empty,
                condition: value.condition.clone(),
                span: None,
            })
            .collect();
        if self.implied_branches + implied.len() > MOST_IMPLIED_BRANCHES {
            let message = "the schema's unions have too many branches in all";
            return self.exceed(message, place);
        }
        self.implied_branches += implied.len();
        branches.extend(implied);
        true
    }

    /// Whether the members of each branch can stand beside the union's own.
    fn branches_fit(&mut self, id: TypeId, branches: &[Branch], place: Place) -> bool {
        let chain = self.chain_with_members(id);
        let mut seen = HashSet::new();
        branches.iter().all(|branch| {
            let at = branch.span.unwrap_or(place.name_span);
            self.fits(&chain, branch.ty, &mut seen, at, place)
        })
    }

    fn fits(
        &mut self,
        chain: &[TypeId],
        branch: TypeId,
        seen: &mut HashSet<TypeId>,
        at: Span,
        place: Place,
    ) -> bool {
        if !seen.insert(branch) {
            return true;
        }
        if self.comparisons > MOST_COMPARISONS {
            let message = "the schema's unions have too many branches and members in all";
            return self.exceed(message, place);
        }
        self.comparisons += 1;
        for inner in self.chain_with_members(branch) {
            for outer in chain {
                if let Some(message) = self.clash(*outer, inner) {
                    return self.report(Kind::Duplicate, at, place, message);
                }
            }
        }
        let nested: Vec<TypeId> = match self.kind(branch) {
            TypeKind::Object(object) => object
                .variants
                .iter()
                .flat_map(|variants| variants.branches.iter().map(|branch| branch.ty))
                .collect(),
            _ => Vec::new(),
        };
        self.comparisons += nested.len();
        nested
            .into_iter()
            .all(|branch| self.fits(chain, branch, seen, at, place))
    }

    /// How the own members of two objects clash, if they do.
    fn clash(&mut self, outer: TypeId, inner: TypeId) -> Option<String> {
        let (a, b) = (
            &self.member_names[outer.0 as usize],
            &self.member_names[inner.0 as usize],
        );
        if self.disjoint.contains(&(outer, inner)) {
            return None;
        }
        let smaller = a.len().min(b.len());
        self.comparisons += smaller;
        let (few, many) = if a.len() == smaller { (a, b) } else { (b, a) };
        let Some(shared) = few.keys().find(|name| many.contains_key(*name)) else {
            self.disjoint.insert((outer, inner));
            return None;
        };
        let describe = |id: TypeId| {
            let (owner, member) = self.find_member(&[id], shared)?;
            let owner = &self.resolver.schema[owner].name;
            Some(format!("member '{}' of type '{owner}'", member.name))
        };
        Some(format!(
            "{} has the same name in C as {}",
            describe(inner)?,
            describe(outer)?
        ))
    }

    fn alternate(&mut self, id: TypeId, branches: Vec<(BranchDef, TypeRef)>, place: Place) -> bool {
        let mut resolved: Vec<Branch> = Vec::with_capacity(branches.len());
        let mut sound = true;
        for (branch, ty) in branches {
            let described = format!("branch '{}'", branch.name);
            match self.resolve(&ty, &described, place) {
                Some(ty) => resolved.push(Branch {
                    name: branch.name,
                    ty,
                    condition: branch.condition,
                    span: Some(branch.span),
                }),
                None => sound = false,
            }
        }
        let mut names: HashMap<String, usize> = HashMap::new();
        let mut json_types: HashMap<JsonType, usize> = HashMap::new();
        for (index, branch) in resolved.iter().enumerate() {
            let wrong = if let Some(other) = names.insert(c_name(&branch.name), index) {
                let message = format!(
                    "the branches '{}' and '{}' have the same name in C",
                    branch.name, resolved[other].name
                );
                Some((message, other))
            } else {
                match self.json_types(branch.ty) {
                    None => {
                        let message = format!(
                            "the branch '{}' cannot hold the {}",
                            branch.name,
                            self.describe(branch.ty)
                        );
                        Some((message, index))
                    }
                    Some(types) => types
                        .into_iter()
                        .filter_map(|json_type| json_types.insert(json_type, index))
                        .next()
                        .map(|other| {
                            let message = format!(
                                "a value of the branch '{}' may look like one of '{}'",
                                branch.name, resolved[other].name
                            );
                            (message, other)
                        }),
                }
            };
            if let Some((message, other)) = wrong {
                let other = resolved[other].span.filter(|_| other != index);
                let at = branch.span.unwrap_or(place.name_span);
                let diagnostic = Diagnostic::new(Kind::Type, at, message)
                    .located_at(place.span)
                    .related(other, "the other branch");
                self.resolver.reporter.error(diagnostic);
                sound = false;
            }
        }
        if let TypeKind::Alternate(alternate) = &mut self.resolver.schema.types[id.0 as usize].kind
        {
            alternate.branches = resolved;
        }
        sound
    }

    /// What a value of the type may look like in JSON, as far as an alternate
    /// must tell. None where the type may not be a branch.
    fn json_types(&mut self, id: TypeId) -> Option<Vec<JsonType>> {
        let is_legacy = self.resolver.reporter.dialect() == Dialect::Legacy;
        let own = match self.kind(id) {
            // What could be typed for it on a command line did not matter.
            TypeKind::Enum(_) | TypeKind::Builtin(Builtin::Str) if is_legacy => JsonType::String,
            TypeKind::Enum(_) => {
                let mut types = vec![JsonType::String];
                types.extend(self.lookalikes(id));
                return Some(types);
            }
            TypeKind::Builtin(Builtin::Str) => {
                return Some(vec![JsonType::String, JsonType::Number, JsonType::Boolean]);
            }
            TypeKind::Builtin(Builtin::Any | Builtin::Anything) | TypeKind::Alternate(_) => {
                return None;
            }
            TypeKind::Builtin(Builtin::Null) => JsonType::Null,
            TypeKind::Builtin(Builtin::Bool) => JsonType::Boolean,
            TypeKind::Builtin(_) => JsonType::Number,
            TypeKind::Array(_) => JsonType::Array,
            TypeKind::Object(_) => JsonType::Object,
        };
        Some(vec![own])
    }

    /// What the values of an enum look like on a command line.
    fn lookalikes(&mut self, id: TypeId) -> Vec<JsonType> {
        if let Some(known) = self.lookalikes.get(&id) {
            return known.clone();
        }
        let mut types = Vec::new();
        if let TypeKind::Enum(declared) = self.kind(id) {
            let values = || declared.values.iter().map(|value| value.name.as_str());
            if values().any(|value| matches!(value, "on" | "off")) {
                types.push(JsonType::Boolean);
            }
            let numeric = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.');
            if values().any(|value| value.starts_with(numeric)) {
                types.push(JsonType::Number);
            }
        }
        self.lookalikes.insert(id, types.clone());
        types
    }

    fn command_or_event(&mut self, id: EntityId, index: usize, place: Place) -> bool {
        let mut sound = self.definition_features(index, place, false);
        let pending = self
            .resolver
            .pending_arguments
            .remove(&id)
            .unwrap_or_default();
        let (what, boxed) = match id {
            EntityId::Command(id) => ("a command", self.resolver.schema[id].boxed),
            EntityId::Event(id) => ("an event", self.resolver.schema[id].boxed),
            EntityId::Type(_) => return sound,
        };
        let mut args = None;
        if let Some(ty) = &pending.args {
            args = self.arguments(ty, what, boxed, place);
            sound &= args.is_some();
        }
        let mut ret = None;
        if let Some(ty) = &pending.ret {
            ret = self.returns(ty, id, place);
            sound &= ret.is_some();
        }
        match id {
            EntityId::Command(id) => {
                let command = &mut self.resolver.schema.commands[id.0 as usize];
                (command.args, command.ret) = (args, ret);
            }
            EntityId::Event(id) => self.resolver.schema.events[id.0 as usize].args = args,
            EntityId::Type(_) => {}
        }
        sound
    }

    fn arguments(&mut self, ty: &TypeRef, what: &str, boxed: bool, place: Place) -> Option<TypeId> {
        let at = match ty {
            TypeRef::Name(name) => name.span,
            TypeRef::Id(_) => place.name_span,
        };
        let id = self.resolve(ty, &format!("the 'data' of {what}"), place)?;
        let TypeKind::Object(object) = self.kind(id) else {
            let message = format!("the 'data' of {what} cannot be the {}", self.describe(id));
            self.report(Kind::Type, at, place, message);
            return None;
        };
        if object.form != ObjectForm::Struct && !boxed {
            let message = format!(
                "the 'data' of {what} can be the {} only where it is 'boxed'",
                self.describe(id)
            );
            self.report(Kind::Type, at, place, message);
            return None;
        }
        let is_own = self.resolver.schema[id].implicit;
        if !self.object(id, 0) || !(is_own || self.inherit(id, place)) {
            return None;
        }
        if self.has_conditional_members[id.0 as usize] && !boxed {
            let message =
                format!("members of {what}'s 'data' can have conditions only where it is 'boxed'");
            let diagnostic = Diagnostic::new(Kind::Type, at, message).located_at(place.span);
            // Only since QEMU 8.2.
            self.resolver.reporter.style(diagnostic);
        }
        Some(id)
    }

    fn returns(&mut self, ty: &TypeRef, command: EntityId, place: Place) -> Option<TypeId> {
        let id = self.resolve(ty, "the 'returns' of a command", place)?;
        let element = match self.kind(id) {
            TypeKind::Array(element) => *element,
            _ => id,
        };
        let name = match command {
            EntityId::Command(id) => &self.resolver.schema[id].name,
            _ => return None,
        };
        let exceptions = &self.resolver.exceptions;
        if matches!(self.kind(element), TypeKind::Object(_)) || exceptions.returns.contains(&**name)
        {
            return Some(id);
        }
        let at = match ty {
            TypeRef::Name(name) => name.span,
            TypeRef::Id(_) => place.name_span,
        };
        let message = format!("a command cannot return the {}", self.describe(id));
        let diagnostic = Diagnostic::new(Kind::Type, at, message)
            .located_at(place.span)
            .hint("list the command in pragma 'command-returns-exceptions'");
        if self.resolver.reporter.dialect() == Dialect::Legacy {
            return Some(id);
        }
        self.resolver.reporter.error(diagnostic);
        None
    }
}
