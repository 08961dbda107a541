//! The documentation of generated items.

use std::fmt::Write as _;

use qapi_parser::schema::{Command, Condition, Doc, Feature, SectionKind, TypeId};

use super::Renderer;
use crate::layout::{Field, Ty};
use crate::prose;
use crate::select::Existence;

/// What an item's documentation is made from.
pub(super) struct Subject<'a> {
    /// `command`, `event` and so on.
    pub(super) kind: &'static str,
    /// The name in the schema.
    pub(super) name: &'a str,
    pub(super) doc: Option<&'a Doc>,
    pub(super) condition: Option<&'a Condition>,
    pub(super) features: &'a [Feature],
}

impl Renderer<'_> {
    /// Writes the documentation of a definition and its `#[deprecated]`.
    /// `more` is put before the facts.
    pub(super) fn document(&mut self, subject: &Subject<'_>, more: &str) {
        let mut text = format!("The {} `{}`.", subject.kind, subject.name);
        let body = subject
            .doc
            .map(|doc| prose::markdown(&doc.body))
            .unwrap_or_default();
        if !body.is_empty() {
            // The first paragraph is what overviews show: the schema's own is
            // worth more there than ours.
            text = format!("{body}\n\n{text}");
        }
        paragraph(&mut text, more);
        if let Some(doc) = subject.doc {
            for section in &doc.sections {
                let prose = prose::markdown(&section.text);
                if prose.is_empty() {
                    continue;
                }
                let title = match section.kind {
                    SectionKind::Since | SectionKind::Returns | SectionKind::Todo => continue,
                    SectionKind::Plain => "",
                    SectionKind::Errors => "# Errors\n\n",
                    SectionKind::Note => "**Note:** ",
                    SectionKind::Example => {
                        paragraph(&mut text, &fenced(&section.text));
                        continue;
                    }
                };
                paragraph(&mut text, &format!("{title}{prose}"));
            }
        }
        paragraph(&mut text, &facts(subject, self.open(subject.condition)));
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
            .map(prose::paragraph)
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
    pub(super) fn document_field(&mut self, doc: Option<&Doc>, field: &Field<'_>) {
        let text = doc
            .and_then(|doc| doc.member(&field.member.name))
            .unwrap_or_default();
        let condition = field.member.condition.as_ref();
        self.document_part(
            "member",
            &field.member.name,
            text,
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
        text: &str,
        condition: Option<&Condition>,
        features: &[Feature],
    ) {
        let prose = prose::markdown(text);
        let since = text
            .trim()
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'));
        let mut text = match since.filter(|since| since.to_ascii_lowercase().starts_with("since")) {
            Some(since) => format!(
                "The {kind} `{name}`, {}.",
                since.replacen("Since", "since", 1)
            ),
            None if prose.is_empty() => format!("The {kind} `{name}`."),
            None => format!("`{name}`: {prose}"),
        };
        let mut facts = Vec::new();
        facts.extend(self.open(condition).map(exists_where));
        facts.extend(features.iter().filter_map(feature_fact));
        paragraph(&mut text, &facts.join(" "));
        self.w.doc(&text);
        self.deprecated(features);
    }

    /// The condition, unless it is known whether it holds.
    fn open<'c>(&self, condition: Option<&'c Condition>) -> Option<&'c Condition> {
        condition.filter(|condition| {
            self.layout.selection.existence(Some(condition)) == Existence::Depends
        })
    }

    fn deprecated(&mut self, features: &[Feature]) {
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

fn fenced(text: &str) -> String {
    format!(
        "```text\n{}\n```",
        text.trim_matches('\n').replace("```", "'''")
    )
}

fn facts(subject: &Subject<'_>, condition: Option<&Condition>) -> String {
    let mut facts = Vec::new();
    let since = subject.doc.and_then(|doc| doc.section(SectionKind::Since));
    facts.extend(since.map(|since| format!("Since QEMU {}.", prose::paragraph(since))));
    facts.extend(condition.map(exists_where));
    facts.extend(subject.features.iter().filter_map(feature_fact));
    facts.join(" ")
}

fn feature_fact(feature: &Feature) -> Option<String> {
    match feature.name.as_str() {
        // Rustdoc shows it.
        "deprecated" => None,
        "unstable" => Some("**Unstable**: it may change or vanish in any release.".to_owned()),
        name => Some(format!("Feature `{name}`.")),
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
        Condition::Defined(symbol) => format!("`{symbol}`"),
        Condition::Text(text) => format!("`{}`", text.replace('`', "'")),
        Condition::All(parts) => join(parts, " and "),
        Condition::Any(parts) => join(parts, " or "),
        Condition::Not(inner) => match **inner {
            Condition::All(_) | Condition::Any(_) => format!("not ({})", condition_text(inner)),
            _ => format!("not {}", condition_text(inner)),
        },
    }
}
