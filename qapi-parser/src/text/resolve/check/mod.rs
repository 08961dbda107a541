//! The rules that need other definitions, and the resolution of type names.

mod alternate;
mod command;
mod object;
mod union;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem;

use super::{Pending, Place, Resolver, SPECIAL_FEATURES, TypeRef};
use crate::schema::{EntityId, Feature, ObjectForm, TypeId, TypeKind};
use crate::text::definition::{Features, TypeName};
use crate::text::diagnostic::{Diagnostic, Kind};
use crate::text::names::c_name;
use crate::text::source::Span;
use crate::text::valid::{Invalid, Valid};

/// How deep objects may contain each other. Deeper nesting is a mistake, and
/// each level needs stack.
const DEEPEST_TYPES: usize = 200;

/// Many types can share one base or the enum of one discriminator, so that a
/// short text can imply a huge schema. Real schemas need a few thousand.
const MOST_IMPLIED_BRANCHES: usize = 100_000;
const MOST_INHERITED_MEMBERS: usize = 100_000;
const MOST_COMPARISONS: usize = 3_000_000;

/// Checks every entity, each followed by its documentation.
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
        if checker.entity(index).is_ok() {
            super::docs::connect(checker.resolver, index);
        }
    }
    checker.inherit_array_conditions();
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Unchecked,
    /// Its check has begun. Reaching it again means that it contains itself.
    Open,
    Sound,
    Faulty,
}

struct Checker<'r, 'a> {
    resolver: &'r mut Resolver<'a>,
    /// By type.
    states: Vec<State>,
    /// By type: how deep its bases and branches are nested.
    levels: Vec<usize>,
    /// By type: how many members it has, inherited ones included.
    member_counts: Vec<usize>,
    /// By type: the C names of an object's own members, with their indices.
    member_names: Vec<HashMap<String, usize>>,
    /// By type: whether a member, own or inherited, has a condition.
    has_conditional_members: Vec<bool>,
    /// By enum: the JSON types other than a string that its values look like.
    lookalikes: HashMap<TypeId, Vec<alternate::JsonType>>,
    /// By enum: its values, as far as a union has asked.
    enum_values: HashMap<TypeId, BTreeSet<String>>,
    /// Pairs of objects whose own members have no name in common.
    disjoint: HashSet<(TypeId, TypeId)>,
    implied_branches: usize,
    inherited_members: usize,
    comparisons: usize,
    /// The limits whose violation was reported. Each is reported once.
    exceeded: HashSet<&'static str>,
}

impl Checker<'_, '_> {
    fn invalid<T>(&mut self, kind: Kind, at: Span, place: Place, message: String) -> Valid<T> {
        let diagnostic = Diagnostic::new(kind, at, message).located_at(place.span);
        self.resolver.reporter.error(diagnostic);
        Err(Invalid)
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

    /// Resolves the elements of arrays before anything is checked, since the
    /// checks look through arrays. An unknown element is reported later, in the
    /// order of QEMU's generator.
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

    fn entity(&mut self, index: usize) -> Valid<()> {
        let entity = &self.resolver.entities[index];
        let Some(place) = entity.place else {
            return Ok(());
        };
        match entity.id {
            EntityId::Type(id) if matches!(self.kind(id), TypeKind::Object(_)) => {
                self.object(id, 0)
            }
            EntityId::Type(id) => self.plain_type(id, index, place),
            id => self.command_or_event(id, index, place),
        }
    }

    fn plain_type(&mut self, id: TypeId, index: usize, place: Place) -> Valid<()> {
        let features = self.definition_features(index, place, true);
        let content = match mem::take(&mut self.resolver.pending[id.0 as usize]) {
            Pending::Array(element) => {
                let user = self.resolver.schema[id].name.clone();
                let element = self.resolve_name(&element, &format!("array '{user}'"), place);
                element.map(drop)
            }
            Pending::Alternate(branches) => self.alternate(id, branches, place),
            _ => self.distinct_values(id, place),
        };
        features.and(content)
    }

    /// The features of the definition itself.
    fn definition_features(&mut self, index: usize, place: Place, is_type: bool) -> Valid<()> {
        let schema = &self.resolver.schema;
        let entity = &self.resolver.entities[index];
        let features = match entity.id {
            EntityId::Type(id) => &schema[id].features,
            EntityId::Command(id) => &schema[id].features,
            EntityId::Event(id) => &schema[id].features,
        };
        if features.is_empty() {
            return Ok(());
        }
        let features = Features {
            features: features.clone(),
            spans: entity.feature_spans.clone(),
        };
        let mut outcome = self.distinct_features(&features, place);
        for (feature, span) in features.features.iter().zip(&features.spans) {
            if is_type && SPECIAL_FEATURES.contains(&feature.name.as_str()) {
                let message = format!("feature '{}' is not valid for a type", feature.name);
                outcome = self.invalid(Kind::Feature, *span, place, message);
            }
        }
        outcome
    }

    fn distinct_features(&mut self, features: &Features, place: Place) -> Valid<()> {
        let mut seen: HashMap<String, &Feature> = HashMap::new();
        let mut outcome = Ok(());
        for (feature, span) in features.features.iter().zip(&features.spans) {
            if let Some(other) = seen.insert(c_name(&feature.name), feature) {
                let message = format!(
                    "the features '{}' and '{}' have the same name in C",
                    feature.name, other.name
                );
                outcome = self.invalid(Kind::Duplicate, *span, place, message);
            }
        }
        outcome
    }

    fn distinct_values(&mut self, id: TypeId, place: Place) -> Valid<()> {
        let TypeKind::Enum(declared) = self.kind(id) else {
            return Ok(());
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
        let mut outcome = Ok(());
        for (span, message) in clashes {
            outcome = self.invalid(Kind::Duplicate, span, place, message);
        }
        outcome
    }

    /// Resolves a type. `user` describes what uses it.
    fn resolve(&mut self, ty: &TypeRef, user: &str, place: Place) -> Valid<TypeId> {
        match ty {
            // The array itself reports that its element is unknown.
            TypeRef::Id(id) => match self.resolver.pending[id.0 as usize] {
                Pending::Array(_) => Err(Invalid),
                _ => Ok(*id),
            },
            TypeRef::Name(name) => self.resolve_name(name, user, place),
        }
    }

    fn resolve_name(&mut self, name: &TypeName, user: &str, place: Place) -> Valid<TypeId> {
        let schema = &self.resolver.schema;
        if let Some(id) = schema.type_named(&name.name) {
            return Ok(id);
        }
        if self.resolver.incomplete || self.resolver.refused.contains(&name.name) {
            return Err(Invalid);
        }
        let message = format!("{user}: unknown type '{}'", name.name);
        let explicit = schema
            .types
            .iter()
            .filter(|ty| !ty.implicit || matches!(ty.kind, TypeKind::Builtin(_)));
        let diagnostic = Diagnostic::new(Kind::Type, name.span, message).located_at(place.span);
        let reporter = &mut *self.resolver.reporter;
        let names = explicit.map(|ty| ty.name.as_str());
        let diagnostic = reporter.suggest(diagnostic, &name.name, names);
        reporter.error(diagnostic);
        Err(Invalid)
    }

    /// Reports that the schema exceeds a limit.
    fn exceed(&mut self, message: &'static str, place: Place) -> Valid<()> {
        if self.exceeded.insert(message) {
            return self.invalid(Kind::Type, place.name_span, place, message.to_owned());
        }
        Err(Invalid)
    }
}
