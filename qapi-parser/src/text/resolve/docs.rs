//! Checks documentation against the definition that it describes.

use std::collections::HashSet;

use super::{Place, Resolver};
use crate::schema::{DocMember, EntityId, Feature, Schema, TypeId, TypeKind};
use crate::text::diagnostic::{Diagnostic, Kind, Reporter};
use crate::text::dialect::Dialect;
use crate::text::doc::Documentation;
use crate::text::source::Span;

/// The members and features that a documentation comment may or must describe.
#[derive(Default)]
struct Subjects<'s> {
    members: Vec<Subject<'s>>,
    features: Vec<(&'s str, Option<Span>)>,
}

struct Subject<'s> {
    role: &'static str,
    name: &'s str,
    span: Option<Span>,
}

impl<'s> Subjects<'s> {
    fn of(schema: &'s Schema, id: EntityId) -> Subjects<'s> {
        let mut subjects = Subjects::default();
        match id {
            EntityId::Type(id) => {
                subjects.features(&schema[id].features, None);
                subjects.of_type(schema, id);
            }
            EntityId::Command(id) => {
                subjects.features(&schema[id].features, None);
                subjects.arguments(schema, schema[id].args);
            }
            EntityId::Event(id) => {
                subjects.features(&schema[id].features, None);
                subjects.arguments(schema, schema[id].args);
            }
        }
        subjects
    }

    fn features(&mut self, features: &'s [Feature], span: Option<Span>) {
        let names = features.iter().map(|feature| (feature.name.as_str(), span));
        self.features.extend(names);
    }

    fn member(
        &mut self,
        role: &'static str,
        name: &'s str,
        features: &'s [Feature],
        span: Option<Span>,
    ) {
        self.members.push(Subject { role, name, span });
        self.features(features, span);
    }

    fn arguments(&mut self, schema: &'s Schema, args: Option<TypeId>) {
        if let Some(args) = args.filter(|args| schema[*args].implicit) {
            self.own_members(schema, args, "parameter");
        }
    }

    fn of_type(&mut self, schema: &'s Schema, id: TypeId) {
        match &schema[id].kind {
            TypeKind::Enum(declared) => {
                for value in &declared.values {
                    self.member("value", &value.name, &value.features, value.span);
                }
            }
            TypeKind::Alternate(alternate) => {
                for branch in &alternate.branches {
                    self.member("branch", &branch.name, &[], branch.span);
                }
            }
            TypeKind::Object(object) => {
                if let Some(base) = object.base.filter(|base| schema[*base].implicit) {
                    self.own_members(schema, base, "base member");
                }
                self.own_members(schema, id, "member");
            }
            _ => {}
        }
    }

    fn own_members(&mut self, schema: &'s Schema, id: TypeId, role: &'static str) {
        if let TypeKind::Object(object) = &schema[id].kind {
            for member in &object.members {
                self.member(role, &member.name, &member.features, member.span);
            }
        }
    }
}

/// Reports members and features that a definition's comment does not describe.
pub(super) fn connect(resolver: &mut Resolver<'_>, index: usize) {
    let entity = &resolver.entities[index];
    // Before QEMU 9.0 nothing had to be described.
    if resolver.reporter.dialect() == Dialect::Legacy {
        return;
    }
    let (Some(documentation), Some(place)) = (&entity.doc, entity.place) else {
        return;
    };
    let doc = &documentation.doc;
    let subjects = Subjects::of(&resolver.schema, entity.id);
    let symbol = doc.symbol.as_deref().unwrap_or_default();
    let members_optional = resolver.exceptions.documentation.contains(symbol);
    let described = names(&doc.members);
    let missing_members = subjects
        .members
        .iter()
        .filter(|subject| !members_optional && !described.contains(subject.name))
        .map(|subject| {
            let message = format!(
                "missing documentation for {} '{}'",
                subject.role, subject.name
            );
            lacking(subject.span, place, message)
        });
    let described = names(&doc.features);
    let missing_features = subjects
        .features
        .iter()
        .filter(|(name, _)| !described.contains(name))
        .map(|(name, span)| {
            lacking(
                *span,
                place,
                format!("missing documentation for feature '{name}'"),
            )
        });
    let missing: Vec<Diagnostic> = missing_members.chain(missing_features).collect();
    for diagnostic in missing {
        resolver.reporter.style(diagnostic);
    }
}

fn names(described: &[DocMember]) -> HashSet<&str> {
    described
        .iter()
        .map(|member| member.name.as_str())
        .collect()
}

fn lacking(span: Option<Span>, place: Place, message: String) -> Diagnostic {
    let at = span.unwrap_or(place.name_span);
    Diagnostic::new(Kind::DocumentationStyle, at, message).located_at(place.span)
}

/// Drops the descriptions of members and features that do not exist.
#[cfg(feature = "json")]
pub(crate) fn retain_existing(schema: &Schema, id: EntityId, doc: &mut crate::schema::Doc) {
    let subjects = Subjects::of(schema, id);
    let members: HashSet<&str> = subjects
        .members
        .iter()
        .map(|subject| subject.name)
        .collect();
    let features: HashSet<&str> = subjects.features.iter().map(|(name, _)| *name).collect();
    doc.members
        .retain(|member| members.contains(member.name.as_str()));
    doc.features
        .retain(|feature| features.contains(feature.name.as_str()));
}

/// Reports descriptions of members and features that do not exist.
pub(super) fn check(resolver: &mut Resolver<'_>) {
    let mut wrong = Vec::new();
    for entity in &resolver.entities {
        let Some(documentation) = &entity.doc else {
            continue;
        };
        let subjects = Subjects::of(&resolver.schema, entity.id);
        let Documentation {
            doc,
            members,
            features,
            ..
        } = documentation;
        let names = subjects
            .members
            .iter()
            .map(|subject| subject.name)
            .collect();
        let reporter = &mut *resolver.reporter;
        wrong.extend(bogus("member", &doc.members, members, &names, reporter));
        let names = subjects.features.iter().map(|(name, _)| *name).collect();
        wrong.extend(bogus("feature", &doc.features, features, &names, reporter));
    }
    for diagnostic in wrong {
        resolver.reporter.style(diagnostic);
    }
}

fn bogus(
    what: &str,
    described: &[DocMember],
    spans: &[Span],
    names: &HashSet<&str>,
    reporter: &mut Reporter,
) -> Vec<Diagnostic> {
    described
        .iter()
        .zip(spans)
        .filter(|(member, _)| !names.contains(member.name.as_str()))
        .map(|(member, span)| {
            let message = format!(
                "the comment describes {what} '{}', which does not exist",
                member.name
            );
            let diagnostic = Diagnostic::new(Kind::DocumentationStyle, *span, message);
            reporter.suggest(diagnostic, &member.name, names.iter().copied())
        })
        .collect()
}
