//! The documentation of generated items, and what is deprecated.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use qapi_parser::schema::{Command, Condition, Feature, ModuleId, Releases, SectionKind, TypeId};

use super::history::{Documented, in_releases};
use super::layout::Slot;
use super::manual;
use super::meaning::{Meaning, Part};
use super::planner::Planner;
use super::prose::{self, Prose};
use super::types::Ty;
use crate::item::ItemKind;
use crate::select::Existence;

/// What an item's documentation is made from.
pub(super) struct Subject<'a, 's> {
    pub(super) kind: ItemKind,
    /// The name in the schema.
    pub(super) name: &'a str,
    pub(super) meaning: &'a Meaning<'s>,
    pub(super) module: Option<ModuleId>,
    /// What goes over the wire.
    pub(super) example: Option<String>,
    pub(super) presence: Presence<'a>,
}

/// Where a definition or a part exists.
#[derive(Clone, Copy)]
pub(super) struct Presence<'a> {
    /// The releases of a merged schema that have it.
    pub(super) releases: Releases,
    /// Those in which it is mandatory.
    pub(super) mandatory_in: Releases,
    pub(super) condition: Option<&'a Condition>,
    pub(super) features: &'a [Feature],
}

impl<'l> Planner<'l> {
    /// What the documentation of a type is made from.
    pub(super) fn subject<'m>(
        &self,
        kind: ItemKind,
        id: TypeId,
        meaning: &'m Meaning<'l>,
    ) -> Subject<'m, 'l> {
        let ty = &self.layout.schema[id];
        Subject {
            kind,
            name: &ty.name,
            meaning,
            module: ty.module,
            example: None,
            presence: Presence {
                releases: ty.releases,
                mandatory_in: Releases::NONE,
                condition: ty.condition.as_ref(),
                features: &ty.features,
            },
        }
    }

    /// The documentation of a definition. `more` is put before the facts.
    pub(super) fn document(&self, subject: &Subject<'_, '_>, more: &str) -> String {
        let mut text = format!("The {} {}.", noun(subject.kind), prose::code(subject.name));
        let doc = subject.meaning.doc();
        let mut shows_wire = false;
        let prose = doc.map(|doc| self.prose(&doc.body)).unwrap_or_default();
        let body = if prose.text.is_empty() {
            subject.meaning.summary().unwrap_or_default().to_owned()
        } else {
            shows_wire |= prose.shows_wire;
            prose.text
        };
        if !body.is_empty() {
            // The first paragraph is what overviews show: the schema's own is
            // worth more there than ours.
            text = format!("{body}\n\n{text}");
        }
        paragraph(&mut text, more);
        for section in doc.iter().flat_map(|doc| &doc.sections) {
            if matches!(
                section.kind,
                SectionKind::Since | SectionKind::Returns | SectionKind::Todo
            ) {
                continue;
            }
            let prose = match section.kind {
                SectionKind::Example => prose::example(&section.text),
                _ => self.prose(&section.text),
            };
            if prose.text.is_empty() {
                continue;
            }
            shows_wire |= prose.shows_wire;
            let more = match section.kind {
                SectionKind::Errors => format!("# Errors\n\n{}", prose.text),
                SectionKind::Note => prose::introduced("**Note:**", &prose),
                _ => prose.text,
            };
            paragraph(&mut text, &more);
        }
        if let Some(example) = subject.example.as_ref().filter(|_| !shows_wire) {
            paragraph(&mut text, &prose::fenced(example));
        }
        let mut facts = self.facts(subject);
        facts.extend(manual::link(
            self.layout.schema,
            self.protocol,
            subject.module,
            manual_kind(subject.kind),
            subject.name,
        ));
        paragraph(&mut text, &facts.join(" "));
        text
    }

    /// What a command returns, with a link to the type.
    pub(super) fn returns(&self, command: &Command) -> String {
        let mut text = match command.ret {
            None => "Returns nothing.".to_owned(),
            Some(id) => format!("Returns {}.", self.link(&self.layout.ty(id))),
        };
        let prose = command
            .doc
            .as_ref()
            .and_then(|doc| doc.section(SectionKind::Returns));
        if let Some(prose) = prose
            .map(|text| prose::paragraph(text, &|name| self.place(name)))
            .filter(|prose| !prose.is_empty())
        {
            let _ = write!(text, " {prose}");
        }
        if !command.success_response {
            text = "Answers only if it fails.".to_owned();
        }
        if command.allow_oob {
            text.push_str(" May be executed out-of-band.");
        }
        if command.allow_preconfig {
            text.push_str(" Available before the machine is created.");
        }
        text
    }

    fn link(&self, ty: &Ty) -> String {
        match ty {
            Ty::List(element) => format!("a list of {}", self.link(element)),
            Ty::Enum(name) | Ty::Plain(name) | Ty::Convertible(name) => {
                format!("[`{name}`]({}types::{name})", self.root)
            }
            Ty::Beside(name) => format!("`{name}`"),
            Ty::External(path) => {
                let name = path.as_str().rsplit("::").next();
                format!("`{}`", name.unwrap_or_default())
            }
            Ty::Value => "any JSON value".to_owned(),
            Ty::Scalar(name) => format!("`{name}`"),
            Ty::Unit => "`()`".to_owned(),
            Ty::Str => "`str`".to_owned(),
            Ty::String => "`String`".to_owned(),
        }
    }

    /// The documentation of a field.
    pub(super) fn document_field(&self, meaning: &Meaning<'_>, slot: &Slot<'_>) -> String {
        let member = slot.member;
        let part = meaning.part(&member.name);
        let presence = Presence {
            releases: member.releases,
            mandatory_in: member.mandatory_in,
            condition: member.condition.as_ref(),
            features: &member.features,
        };
        self.document_part(Documented::Member(&member.name), part, presence)
    }

    /// The documentation of the setter of an optional member: its description.
    pub(super) fn document_setter(&self, meaning: &Meaning<'_>, slot: &Slot<'_>) -> String {
        let docs = self.document_field(meaning, slot);
        let first = docs.split("\n\n").next().unwrap_or_default();
        let description = first.strip_prefix("The member ").unwrap_or(first);
        match description.strip_suffix(':') {
            // The description is a list, which a setter does not repeat.
            Some(name) => format!("Sets {name}."),
            None => format!("Sets {description}"),
        }
    }

    /// The documentation of a member, a value or a branch.
    pub(super) fn document_part(
        &self,
        documented: Documented<'_>,
        part: Part<'_>,
        presence: Presence<'_>,
    ) -> String {
        let prose = self.prose(part.text);
        let since = part
            .text
            .trim()
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'))
            .and_then(|text| {
                text.get(..5)
                    .is_some_and(|word| word.eq_ignore_ascii_case("since"))
                    .then(|| prose::paragraph(text[5..].trim(), &|_| None))
            });
        let since = self.histories.since(part.definition, documented, since);
        let (kind, name) = match documented {
            Documented::Definition => ("definition", part.definition),
            Documented::Member(name) => ("member", name),
            Documented::Branch(name) => ("branch", name),
            Documented::Value(name) => ("value", name),
        };
        let name = prose::code(name);
        let mut facts = Vec::new();
        let mut text = match (since, part.summary) {
            (Some(since), Some(summary)) => {
                facts.push(format!("Since QEMU {since}."));
                format!("{name}: {summary}")
            }
            (Some(since), None) => format!("The {kind} {name}, since {since}."),
            (None, Some(summary)) if prose.text.is_empty() => format!("{name}: {summary}"),
            (None, None) if prose.text.is_empty() => format!("The {kind} {name}."),
            (None, _) => prose::introduced(&format!("{name}:"), &prose),
        };
        facts.extend(self.facts_of(presence));
        let facts = facts.join(" ");
        if text.contains('\n') {
            paragraph(&mut text, &facts);
        } else if !facts.is_empty() {
            text.push(' ');
            text.push_str(&facts);
        }
        text
    }

    /// A line that describes a definition.
    fn gist(&self, meaning: &Meaning<'_>) -> String {
        let prose = meaning
            .doc()
            .map(|doc| prose::paragraph(doc.body.trim(), &|_| None))
            .unwrap_or_default();
        if prose.is_empty() {
            meaning.summary().unwrap_or_default().to_owned()
        } else {
            prose
        }
    }

    /// A list of what each of the schema's modules declares of a kind, or nothing
    /// where there is only one. The items come with their module and their place.
    pub(super) fn index(&self, items: &[(Option<ModuleId>, String, Meaning<'_>)]) -> String {
        let mut by_module: BTreeMap<ModuleId, Vec<_>> = BTreeMap::new();
        for (module, place, meaning) in items {
            let here = by_module.entry(module.unwrap_or(ModuleId(0))).or_default();
            here.push((place, meaning));
        }
        if by_module.len() < 2 {
            return String::new();
        }
        let mut text = String::new();
        for (module, here) in by_module {
            let module = self.layout.schema.modules.get(module.0 as usize);
            let path = module.map_or("", |module| &module.path);
            let name = path.rsplit('/').next().unwrap_or_default();
            let name = name.strip_suffix(".json").unwrap_or(name);
            let _ = write!(text, "\n\n## {}\n", prose::code(name));
            for (place, meaning) in here {
                let gist = self.gist(meaning);
                let shown = place.rsplit("::").next().unwrap_or_default();
                let colon = if gist.is_empty() { "" } else { ": " };
                let _ = write!(text, "\n- [`{shown}`]({place}){colon}{gist}");
            }
        }
        text
    }

    /// Converts the schema's prose.
    fn prose(&self, text: &str) -> Prose {
        prose::markdown(text, &|name| self.place(name))
    }

    /// The path of the item with this name in the schema.
    fn place(&self, name: &str) -> Option<String> {
        self.places.get(name).cloned()
    }

    /// Since when and where it exists, and its features.
    fn facts(&self, subject: &Subject<'_, '_>) -> Vec<String> {
        let mut facts = Vec::new();
        let doc = subject.meaning.doc();
        let since = doc.and_then(|doc| doc.section(SectionKind::Since));
        let since = since.map(|since| prose::paragraph(since, &|_| None));
        let documented = Documented::Definition;
        let since = self.histories.since(subject.name, documented, since);
        facts.extend(since.map(|since| format!("Since QEMU {since}.")));
        facts.extend(self.facts_of(subject.presence));
        facts
    }

    fn facts_of(&self, presence: Presence<'_>) -> Vec<String> {
        let mut facts = Vec::new();
        // The histories of QEMU's releases tell more.
        if self.releases.is_none_or(|releases| !releases.bundled) {
            let names = &self.layout.schema.releases;
            facts.extend(in_releases(names, presence.releases, presence.mandatory_in));
        }
        facts.extend(self.open(presence.condition).map(exists_where));
        facts.extend(presence.features.iter().filter_map(feature_fact));
        facts
    }

    /// The condition, unless it is known whether it holds.
    fn open<'c>(&self, condition: Option<&'c Condition>) -> Option<&'c Condition> {
        condition.filter(|condition| {
            self.layout.selection.existence(Some(condition)) == Existence::Depends
        })
    }

    /// The documentation of the type that an event or a command wraps.
    pub(super) fn wraps(&self, id: TypeId) -> String {
        format!("Holds {}.", self.link(&self.layout.ty(id)))
    }
}

/// The word of the schema language for it.
fn noun(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Command => "command",
        ItemKind::Event => "event",
        ItemKind::Enum => "enum",
        ItemKind::Struct => "struct",
        ItemKind::Union | ItemKind::Branches => "union",
        ItemKind::Alternate => "alternate",
    }
}

/// The documentation of the constructor `new`.
pub(super) fn constructor(name: &str, kind: ItemKind, members: Members) -> String {
    let (subject, noun) = match kind {
        ItemKind::Command => ("the command".to_owned(), "arguments"),
        ItemKind::Event => ("the event".to_owned(), "data"),
        _ => (format!("a new `{name}`"), "members"),
    };
    match members {
        Members::None => format!("Creates {subject}."),
        Members::Optional => format!("Creates {subject} without optional {noun}."),
        Members::Required => format!("Creates {subject} from its required {noun}."),
    }
}

/// Which members a type has.
#[derive(Clone, Copy)]
pub(super) enum Members {
    /// It has none.
    None,
    /// All are optional.
    Optional,
    /// Some are required.
    Required,
}

/// The word of QEMU's manual for it.
fn manual_kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Struct | ItemKind::Union | ItemKind::Branches => "object",
        kind => noun(kind),
    }
}

fn paragraph(text: &mut String, more: &str) {
    if !more.is_empty() {
        text.push_str("\n\n");
        text.push_str(more);
    }
}

fn feature_fact(feature: &Feature) -> Option<String> {
    match feature.name.as_str() {
        // Rustdoc shows it.
        "deprecated" => None,
        "unstable" => Some("**Unstable**: it may change or vanish in any release.".to_owned()),
        name => Some(format!("Feature {}.", prose::code(name))),
    }
}

fn exists_where(condition: &Condition) -> String {
    format!(
        "Only where QEMU is built with {}.",
        condition_text(condition)
    )
}

fn condition_text(condition: &Condition) -> String {
    let join = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| match part {
                Condition::All(_) | Condition::Any(_) => format!("({})", condition_text(part)),
                _ => condition_text(part),
            })
            .collect();
        parts.join(word)
    };
    match condition {
        Condition::Defined(text) | Condition::Text(text) => prose::code(text),
        Condition::All(parts) => join(parts, " and "),
        Condition::Any(parts) => join(parts, " or "),
        Condition::Not(inner) => match **inner {
            Condition::All(_) | Condition::Any(_) => format!("not ({})", condition_text(inner)),
            _ => format!("not {}", condition_text(inner)),
        },
    }
}
