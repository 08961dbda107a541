//! Which definitions of a release have a summary, and which do not.

use std::collections::{BTreeMap, BTreeSet};

use qapi_parser::loader::Memory;
use qapi_parser::schema::{TypeId, TypeKind};
use qapi_parser::{Failure, Parser, Schema};
use qapi_schemas::Release;
use qapi_schemas::summaries::{self, Summary};

/// A definition of a release, as far as summaries go.
#[derive(Debug)]
pub struct Definition {
    /// What it is.
    pub kind: Kind,
    /// Whether commands take it, directly or within others.
    taken: bool,
    /// What it declares: arguments, members, branches or values.
    pub members: BTreeSet<String>,
}

/// The kind of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A command.
    Command,
    /// An event.
    Event,
    /// A struct or a union.
    Object,
    /// An enum.
    Enum,
}

impl Definition {
    fn summary(&self, name: &str) -> Option<Summary> {
        match self.kind {
            Kind::Command => summaries::command(name),
            Kind::Event => summaries::event(name),
            Kind::Object | Kind::Enum => summaries::type_(name),
        }
    }

    /// The parts that it and its members count for.
    fn parts(&self) -> [&'static str; 2] {
        match (self.kind, self.taken) {
            (Kind::Command, _) => ["commands", "arguments"],
            (Kind::Event, _) => ["events", "members of events"],
            (Kind::Object, true) => ["types taken", "members taken"],
            (Kind::Enum, true) => ["types taken", "values taken"],
            (Kind::Object, false) => ["other types", "other members"],
            (Kind::Enum, false) => ["other types", "other values"],
        }
    }
}

/// How many names of one sort a release has, and which lack a summary.
#[derive(Debug)]
pub struct Part {
    /// What is counted.
    pub what: &'static str,
    /// The number of names.
    pub total: usize,
    /// Names; those of members stand behind that of the definition and a dot.
    pub missing: Vec<String>,
}

/// All definitions of a release, of all protocols, by name.
pub fn definitions(release: &Release) -> Result<BTreeMap<String, Definition>, Failure> {
    let files = Memory::from_iter(release.files.iter().copied());
    let mut definitions = BTreeMap::new();
    let mains = release
        .files
        .iter()
        .filter(|(path, _)| path.ends_with("/qapi-schema.json"));
    for (main, _) in mains {
        let parsed = Parser::new().parse(&files, main)?;
        collect(&parsed.schema, &mut definitions);
    }
    Ok(definitions)
}

/// What has a summary and what has none, by sort.
pub fn parts(definitions: &BTreeMap<String, Definition>) -> Vec<Part> {
    let whats = [
        "commands",
        "events",
        "types taken",
        "other types",
        "arguments",
        "members of events",
        "members taken",
        "values taken",
        "other members",
        "other values",
    ];
    let mut parts = whats.map(|what| Part {
        what,
        total: 0,
        missing: Vec::new(),
    });
    let mut count = |what, missing, name: &dyn Fn() -> String| {
        for part in parts.iter_mut().filter(|part| part.what == what) {
            part.total += 1;
            if missing {
                part.missing.push(name());
            }
        }
    };
    for (name, definition) in definitions {
        let [what, members] = definition.parts();
        let summary = definition.summary(name);
        count(what, summary.is_none(), &|| name.clone());
        for member in &definition.members {
            let missing = summary.is_none_or(|summary| summary.member(member).is_none());
            count(members, missing, &|| format!("{name}.{member}"));
        }
    }
    parts.into()
}

fn collect(schema: &Schema, definitions: &mut BTreeMap<String, Definition>) {
    let mut add = |name: &str, kind, taken, members: BTreeSet<String>| {
        let empty = Definition {
            kind,
            taken: false,
            members: BTreeSet::new(),
        };
        let definition = definitions.entry(name.to_owned()).or_insert(empty);
        definition.taken |= taken;
        definition.members.extend(members);
    };

    let mut taken = BTreeSet::new();
    for command in &schema.commands {
        command
            .args
            .into_iter()
            .for_each(|id| visit(schema, id, &mut taken));
        add(
            &command.name,
            Kind::Command,
            false,
            declared_in_place(schema, command.args),
        );
    }
    for event in &schema.events {
        add(
            &event.name,
            Kind::Event,
            false,
            declared_in_place(schema, event.args),
        );
    }
    for id in schema.type_ids().filter(|&id| !schema[id].implicit) {
        let kind = match schema[id].kind {
            TypeKind::Enum(_) => Kind::Enum,
            TypeKind::Object(_) | TypeKind::Alternate(_) => Kind::Object,
            TypeKind::Builtin(_) | TypeKind::Array(_) => continue,
        };
        add(
            &schema[id].name,
            kind,
            taken.contains(&id),
            members(schema, id),
        );
    }
}

/// What a type declares, together with a base that is declared in place.
fn members(schema: &Schema, id: TypeId) -> BTreeSet<String> {
    match &schema[id].kind {
        TypeKind::Enum(of) => of.values.iter().map(|value| value.name.clone()).collect(),
        TypeKind::Alternate(of) => of.branches.iter().map(|of| of.name.clone()).collect(),
        TypeKind::Object(object) => {
            let mut names = declared_in_place(schema, object.base);
            names.extend(object.members.iter().map(|member| member.name.clone()));
            names
        }
        TypeKind::Builtin(_) | TypeKind::Array(_) => BTreeSet::new(),
    }
}

fn declared_in_place(schema: &Schema, id: Option<TypeId>) -> BTreeSet<String> {
    id.filter(|&id| schema[id].implicit)
        .map(|id| members(schema, id))
        .unwrap_or_default()
}

fn visit(schema: &Schema, id: TypeId, seen: &mut BTreeSet<TypeId>) {
    if !seen.insert(id) {
        return;
    }
    match &schema[id].kind {
        TypeKind::Builtin(_) | TypeKind::Enum(_) => {}
        TypeKind::Array(element) => visit(schema, *element, seen),
        TypeKind::Alternate(alternate) => {
            for branch in &alternate.branches {
                visit(schema, branch.ty, seen);
            }
        }
        TypeKind::Object(object) => {
            let branches = object.variants.iter().flat_map(|of| &of.branches);
            let used = object.base.into_iter();
            used.chain(object.members.iter().map(|member| member.ty))
                .chain(branches.map(|branch| branch.ty))
                .for_each(|id| visit(schema, id, seen));
        }
    }
}
