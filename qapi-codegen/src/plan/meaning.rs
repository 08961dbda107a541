//! What a definition and its members mean: in the schema's words, or in ours
//! where the schema has none.

use std::cell::OnceCell;
use std::collections::HashMap;

use qapi_parser::schema::{Command, Doc, Event, Schema, TypeId, TypeKind};

use super::summaries::{self, Summary};

/// The descriptions that bear on a definition: its own, then those of its bases.
#[derive(Clone, Default)]
pub(super) struct Meaning<'s> {
    docs: Vec<Option<&'s Doc>>,
    /// What `docs` say of each member, the nearest first; made when asked for.
    members: OnceCell<HashMap<&'s str, &'s str>>,
    summaries: Vec<Option<Summary>>,
}

/// What is said of one member, value or branch.
#[derive(Clone, Copy, Default)]
pub(super) struct Part<'s> {
    /// The schema's reStructuredText.
    pub(super) text: &'s str,
    /// Our sentence.
    pub(super) summary: Option<&'static str>,
}

impl<'s> Meaning<'s> {
    pub(super) fn of_command(command: &'s Command) -> Self {
        Self {
            docs: vec![command.doc.as_ref()],
            summaries: vec![summaries::command(&command.name)],
            ..Self::default()
        }
    }

    pub(super) fn of_event(event: &'s Event) -> Self {
        Self {
            docs: vec![event.doc.as_ref()],
            summaries: vec![summaries::event(&event.name)],
            ..Self::default()
        }
    }

    pub(super) fn of_type(schema: &'s Schema, id: TypeId) -> Self {
        let mut meaning = Self::default();
        let mut next = Some(id);
        while let Some(id) = next {
            meaning.docs.push(schema[id].doc.as_ref());
            meaning.summaries.push(summaries::type_(&schema[id].name));
            next = match &schema[id].kind {
                // No more than there are types, should bases go in circles.
                TypeKind::Object(object) if meaning.docs.len() <= schema.types.len() => object.base,
                _ => None,
            };
        }
        meaning
    }

    /// The schema's own documentation of the definition.
    pub(super) fn doc(&self) -> Option<&'s Doc> {
        self.docs.first().copied().flatten()
    }

    /// Our sentence on the definition.
    pub(super) fn summary(&self) -> Option<&'static str> {
        Some((*self.summaries.first()?)?.text())
    }

    pub(super) fn part(&self, name: &str) -> Part<'s> {
        let members = self.members.get_or_init(|| {
            let docs = self.docs.iter().flatten();
            let mut members = HashMap::new();
            for member in docs.flat_map(|doc| &doc.members) {
                members.entry(&*member.name).or_insert(&*member.text);
            }
            members
        });
        let mut summaries = self.summaries.iter().flatten();
        Part {
            text: members.get(name).copied().unwrap_or_default(),
            summary: summaries.find_map(|summary| summary.member(name)),
        }
    }
}
