//! What a definition and its members mean: in the schema's words, or in ours
//! where the schema has none.

use std::cell::OnceCell;

use qapi_parser::schema::{Command, Doc, Event, Schema, TypeId, TypeKind};

use super::summaries::{self, Summary};

/// The descriptions that bear on a definition: its own, then those of its bases.
#[derive(Clone, Default)]
pub(super) struct Meaning<'s> {
    /// The definition's name in the schema.
    name: &'s str,
    docs: Vec<Option<&'s Doc>>,
    /// What `docs` say of each member, by name and the nearest first; made when
    /// asked for.
    members: OnceCell<Vec<(&'s str, &'s str)>>,
    summaries: Vec<Option<Summary>>,
}

/// What is said of one member, value or branch.
#[derive(Clone, Copy, Default)]
pub(super) struct Part<'s> {
    /// The name of the definition that it is of.
    pub(super) definition: &'s str,
    /// The schema's reStructuredText.
    pub(super) text: &'s str,
    /// Our sentence.
    pub(super) summary: Option<&'static str>,
}

impl<'s> Meaning<'s> {
    pub(super) fn of_command(command: &'s Command) -> Self {
        Self {
            name: &command.name,
            docs: vec![command.doc.as_ref()],
            summaries: vec![summaries::command(&command.name)],
            ..Self::default()
        }
    }

    pub(super) fn of_event(event: &'s Event) -> Self {
        Self {
            name: &event.name,
            docs: vec![event.doc.as_ref()],
            summaries: vec![summaries::event(&event.name)],
            ..Self::default()
        }
    }

    pub(super) fn of_type(schema: &'s Schema, id: TypeId) -> Self {
        let mut meaning = Self {
            name: &schema[id].name,
            ..Self::default()
        };
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            meaning.docs.push(schema[id].doc.as_ref());
            meaning.summaries.push(summaries::type_(&schema[id].name));
            if let TypeKind::Object(object) = &schema[id].kind
                // No more than there are types, should bases go in circles.
                && meaning.docs.len() <= schema.types.len()
            {
                open.extend(object.base);
                // Their own bases are listed there, too.
                if meaning.docs.len() == 1 {
                    open.extend(object.merged_bases.iter().rev());
                }
            }
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
            let members = docs.flat_map(|doc| &doc.members);
            let mut members: Vec<_> = members.map(|m| (&*m.name, &*m.text)).collect();
            // A stable one.
            members.sort_by_key(|(name, _)| *name);
            members
        });
        let mut summaries = self.summaries.iter().flatten();
        let nearest = members.partition_point(|(other, _)| *other < name);
        let text = members.get(nearest).filter(|(other, _)| *other == name);
        Part {
            definition: self.name,
            text: text.map_or("", |(_, text)| text),
            summary: summaries.find_map(|summary| summary.member(name)),
        }
    }
}
