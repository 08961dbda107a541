//! The documentation of generated items.

use std::fmt::Write as _;

use qapi_parser::schema::{Command, Condition, Feature, ModuleId, SectionKind, TypeId};

use super::Renderer;
use crate::layout::{Field, Ty};
use crate::meaning::{Meaning, Part};
use crate::prose;
use crate::select::Existence;

/// What an item's documentation is made from.
pub(super) struct Subject<'a> {
    /// `command`, `event` and so on.
    pub(super) kind: &'static str,
    /// The name in the schema.
    pub(super) name: &'a str,
    pub(super) meaning: Meaning<'a>,
    /// What the manual calls the kind.
    pub(super) manual: &'static str,
    pub(super) module: Option<ModuleId>,
    /// What goes over the wire.
    pub(super) example: Option<String>,
    pub(super) condition: Option<&'a Condition>,
    pub(super) features: &'a [Feature],
}

impl Renderer<'_> {
    /// Writes the documentation of a definition and its `#[deprecated]`.
    /// `more` is put before the facts.
    pub(super) fn document(&mut self, subject: &Subject<'_>, more: &str) {
        let mut text = format!("The {} {}.", subject.kind, prose::code(subject.name));
        let doc = subject.meaning.doc();
        let prose = doc.map(|doc| self.markdown(&doc.body)).unwrap_or_default();
        let body = if prose.is_empty() {
            subject.meaning.summary().unwrap_or_default().to_owned()
        } else {
            prose
        };
        if !body.is_empty() {
            // The first paragraph is what overviews show: the schema's own is
            // worth more there than ours.
            text = format!("{body}\n\n{text}");
        }
        paragraph(&mut text, more);
        if let Some(doc) = doc {
            for section in &doc.sections {
                let prose = self.markdown(&section.text);
                if prose.is_empty() {
                    continue;
                }
                let more = match section.kind {
                    SectionKind::Since | SectionKind::Returns | SectionKind::Todo => continue,
                    SectionKind::Plain => prose,
                    SectionKind::Errors => format!("# Errors\n\n{prose}"),
                    SectionKind::Note => prose::introduced("**Note:**", &prose),
                    SectionKind::Example => prose::fenced(&section.text),
                };
                paragraph(&mut text, &more);
            }
        }
        if let Some(example) = subject.example.as_ref().filter(|_| !text.contains("-> {")) {
            paragraph(&mut text, &prose::fenced(example));
        }
        let mut facts = facts(subject, self.open(subject.condition));
        let schema = self.layout.schema;
        facts.extend(crate::manual::link(
            schema,
            self.protocol,
            subject.module,
            subject.manual,
            subject.name,
        ));
        paragraph(&mut text, &facts.join(" "));
        self.w.doc(&text);
        self.deprecated(subject.features);
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
                format!("[`{name}`]({}{name})", self.types)
            }
            Ty::Value => "any JSON value".to_owned(),
            other => format!(
                "`{}`",
                other.path("").rsplit("::").next().unwrap_or_default()
            ),
        }
    }

    /// Writes the documentation of a field and its `#[deprecated]`.
    pub(super) fn document_field(&mut self, meaning: &Meaning<'_>, field: &Field<'_>) {
        let part = meaning.part(&field.member.name);
        let condition = field.member.condition.as_ref();
        self.document_part(
            "member",
            &field.member.name,
            part,
            condition,
            &field.member.features,
        );
    }

    /// Writes the documentation of a member, a value or a branch, and its
    /// `#[deprecated]`.
    pub(super) fn document_part(
        &mut self,
        kind: &str,
        name: &str,
        part: Part<'_>,
        condition: Option<&Condition>,
        features: &[Feature],
    ) {
        let prose = self.markdown(part.text);
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
        let name = prose::code(name);
        let mut facts = Vec::new();
        let mut text = match (since, part.summary) {
            (Some(since), Some(summary)) => {
                facts.push(format!("Since QEMU {since}."));
                format!("{name}: {summary}")
            }
            (Some(since), None) => format!("The {kind} {name}, since {since}."),
            (None, Some(summary)) if prose.is_empty() => format!("{name}: {summary}"),
            (None, None) if prose.is_empty() => format!("The {kind} {name}."),
            (None, _) => prose::introduced(&format!("{name}:"), &prose),
        };
        facts.extend(self.open(condition).map(exists_where));
        facts.extend(features.iter().filter_map(feature_fact));
        let facts = facts.join(" ");
        if text.contains('\n') {
            paragraph(&mut text, &facts);
        } else if !facts.is_empty() {
            text.push(' ');
            text.push_str(&facts);
        }
        self.w.doc(&text);
        self.deprecated(features);
    }

    /// What a definition is for, in a line.
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
        let schema = self.layout.schema;
        let mut text = String::new();
        let mut count = 0;
        for (module, index) in schema.modules.iter().zip(0..) {
            let is_here = |other: Option<ModuleId>| other.unwrap_or(ModuleId(0)) == ModuleId(index);
            let here: Vec<_> = items.iter().filter(|(other, ..)| is_here(*other)).collect();
            if here.is_empty() {
                continue;
            }
            count += 1;
            let name = module.path.rsplit('/').next().unwrap_or_default();
            let name = name.strip_suffix(".json").unwrap_or(name);
            let _ = write!(text, "\n\n## {}\n", prose::code(name));
            for (_, place, meaning) in here {
                let gist = self.gist(meaning);
                let shown = place.rsplit("::").next().unwrap_or_default();
                let colon = if gist.is_empty() { "" } else { ": " };
                let _ = write!(text, "\n- [`{shown}`]({place}){colon}{gist}");
            }
        }
        if count > 1 { text } else { String::new() }
    }

    /// Converts the schema's prose.
    fn markdown(&self, text: &str) -> String {
        prose::markdown(text, &|name| self.place(name))
    }

    /// Where the item is that the schema calls so.
    fn place(&self, name: &str) -> Option<String> {
        let layout = self.layout;
        let modules = self.types.strip_suffix("types::")?;
        if layout.schema.command_named(name).is_some() {
            let (_, rust) = layout.commands.iter().find(|(c, _)| c.name == name)?;
            return Some(format!("{modules}commands::{rust}"));
        }
        if layout.schema.event_named(name).is_some() {
            let (_, rust) = layout.events.iter().find(|(e, _)| e.name == name)?;
            return Some(format!("{modules}events::{rust}"));
        }
        let id = layout.schema.type_named(name)?;
        layout
            .types
            .contains(&id)
            .then(|| format!("{modules}types::{}", layout.type_name(id)))
    }

    /// The condition, unless it is known whether it holds.
    fn open<'c>(&self, condition: Option<&'c Condition>) -> Option<&'c Condition> {
        condition.filter(|condition| {
            self.layout.selection.existence(Some(condition)) == Existence::Depends
        })
    }

    pub(super) fn deprecated(&mut self, features: &[Feature]) {
        if is_deprecated(features) {
            crate::writer::line!(self.w, "#[deprecated]");
        }
    }

    /// The documentation of the type that an event or a command wraps.
    pub(super) fn wraps(&self, id: TypeId) -> String {
        format!("Holds {}.", self.link(&self.layout.ty(id)))
    }
}

pub(super) fn is_deprecated(features: &[Feature]) -> bool {
    features.iter().any(|feature| feature.name == "deprecated")
}

pub(super) fn is_unstable(features: &[Feature]) -> bool {
    features.iter().any(|feature| feature.name == "unstable")
}

fn paragraph(text: &mut String, more: &str) {
    if !more.is_empty() {
        text.push_str("\n\n");
        text.push_str(more);
    }
}

fn facts(subject: &Subject<'_>, condition: Option<&Condition>) -> Vec<String> {
    let mut facts = Vec::new();
    let doc = subject.meaning.doc();
    let since = doc.and_then(|doc| doc.section(SectionKind::Since));
    let since = since.map(|since| prose::paragraph(since, &|_| None));
    facts.extend(since.map(|since| format!("Since QEMU {since}.")));
    facts.extend(condition.map(exists_where));
    facts.extend(subject.features.iter().filter_map(feature_fact));
    facts
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
