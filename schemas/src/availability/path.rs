//! Paths into a schema, in the form that libvirt uses for probing.

use std::error::Error;
use std::fmt;

use super::releases::Releases;
use super::table::{Definition, Kind, PartKind, Table};

/// The error of a path that is malformed, whatever a release has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    path: String,
    /// The number of the segment at fault.
    segment: usize,
    problem: &'static str,
}

impl PathError {
    /// The segment at fault.
    pub fn segment(&self) -> &str {
        self.path.split('/').nth(self.segment).unwrap_or_default()
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "malformed path `{}`: `{}` {}",
            self.path,
            self.segment(),
            self.problem
        )
    }
}

impl Error for PathError {}

/// Something that is one segment below a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Below<'t> {
    /// The segment.
    pub segment: String,
    /// The releases that have it.
    pub releases: Releases<'t>,
    /// The releases in which it may not be absent. It is empty for whatever is no
    /// member.
    pub mandatory: Releases<'t>,
}

/// One segment of a path.
#[derive(Clone, Copy)]
enum Segment<'p> {
    ArgType,
    RetType,
    Member { name: &'p str, optional: bool },
    Branch(&'p str),
    Value(&'p str),
    Json(&'p str),
    Feature(&'p str),
}

/// Where a path has come to, in each release.
struct State<'s> {
    /// The releases that have what the path names.
    releases: Releases<'s>,
    /// Those of them in which it is a member that may not be absent.
    mandatory: Releases<'s>,
    /// What it is: a definition, or a member or value of one, which has features of its
    /// own.
    owners: Vec<(Definition<'s>, Owner<'s>, Releases<'s>)>,
    /// Of which types it is, by their names.
    types: Vec<(&'s str, Releases<'s>)>,
}

#[derive(Clone, Copy)]
enum Owner<'s> {
    Definition,
    Member(&'s str),
    Value(&'s str),
}

impl<'t> Table<'t> {
    /// The releases that have what a path names.
    ///
    /// A path begins with a command or an event. What follows a `/` is
    ///
    /// * `arg-type`, `ret-type`: the arguments, the reply; `arg-type` of an event is
    ///   its data. They exist even if there are no arguments,
    /// * `NAME`: a member; if its name begins with one of the characters below, a space
    ///   stands before it,
    /// * `*NAME`: a member that may be absent,
    /// * `+VALUE`: the branch of a union,
    /// * `^VALUE`: a value of an enum,
    /// * `!TYPE`: what it is in JSON, `string`, `int`, `number`, `boolean`, `null` or
    ///   `value` for any,
    /// * `$FEATURE`: a feature of the command, event, type, member or value. Behind a
    ///   member, that of its type will do.
    ///
    /// Nothing follows a type of JSON or a feature, and only a feature follows a value.
    /// Arrays are passed through. An alternate has no segment of its own: what follows
    /// may be in any of its branches.
    ///
    /// This is what libvirt's `virQEMUQAPISchemaPathGet` accepts, and features of
    /// members in addition.
    ///
    /// A path that no release has, be it misspelt, gives the empty set.
    ///
    /// # Errors
    ///
    /// Returns an error if the path can name nothing in any schema.
    ///
    /// ```
    /// let table = qapi_schemas::availability("qmp").unwrap();
    /// let releases = |path| table.resolve(path).unwrap().to_string();
    /// assert_eq!(releases("query-cpus-fast/ret-type/qom-type"), "10.2-");
    /// assert_eq!(releases("block-commit/arg-type/*top"), "2.0-");
    /// assert_eq!(releases("block-commit/arg-type/topp"), "");
    /// assert!(table.resolve("block-commit/top").is_err());
    /// ```
    pub fn resolve(&self, path: &str) -> Result<Releases<'_>, PathError> {
        Ok(self.walk(path)?.releases)
    }

    /// The releases in which a path names a member that may not be absent.
    ///
    /// # Errors
    ///
    /// As [`Table::resolve`].
    ///
    /// ```
    /// let table = qapi_schemas::availability("qmp").unwrap();
    /// let mandatory = table.mandatory("block-commit/arg-type/top")?;
    /// assert_eq!(mandatory.to_string(), "1.3-1.7");
    /// # Ok::<(), qapi_schemas::availability::PathError>(())
    /// ```
    pub fn mandatory(&self, path: &str) -> Result<Releases<'_>, PathError> {
        Ok(self.walk(path)?.mandatory)
    }

    /// What is one segment below a path, in any release: members, branches, values and
    /// features.
    ///
    /// # Errors
    ///
    /// As [`Table::resolve`].
    ///
    /// ```
    /// let table = qapi_schemas::availability("qmp").unwrap();
    /// let below = table.below("block-commit/arg-type")?;
    /// let top = below.iter().find(|below| below.segment == "top").unwrap();
    /// assert_eq!(top.releases.to_string(), "1.3-");
    /// assert_eq!(top.mandatory.to_string(), "1.3-1.7");
    /// # Ok::<(), qapi_schemas::availability::PathError>(())
    /// ```
    pub fn below(&self, path: &str) -> Result<Vec<Below<'_>>, PathError> {
        let state = self.walk(path)?;
        let mut found = Found(Vec::new());
        for (definition, owner, all) in &state.owners {
            for part in definition.parts() {
                let releases = all.intersection(part.releases);
                match (owner, part.kind) {
                    // They are there in all releases, though maybe empty.
                    (Owner::Definition, PartKind::ArgType) => found.add("", "arg-type", *all),
                    (Owner::Definition, PartKind::RetType) => found.add("", "ret-type", *all),
                    (Owner::Definition, PartKind::Feature) => found.add("$", part.name, releases),
                    (Owner::Member(name), PartKind::MemberFeature)
                    | (Owner::Value(name), PartKind::ValueFeature)
                        if *name == part.name =>
                    {
                        found.add("$", part.feature, releases);
                    }
                    _ => {}
                }
            }
        }
        for (definition, releases) in self.entered(&state.types) {
            for part in definition.parts() {
                let releases = releases.intersection(part.releases);
                match part.kind {
                    PartKind::Member { optional } => {
                        // A sign in front would be read as the kind of the segment.
                        let space = if plain(part.name) { "" } else { " " };
                        found.add(space, part.name, releases);
                        if !optional {
                            found.add_mandatory(space, part.name, releases);
                        }
                    }
                    PartKind::Branch => found.add("+", part.name, releases),
                    PartKind::Value => found.add("^", part.name, releases),
                    PartKind::Feature => found.add("$", part.name, releases),
                    _ => {}
                }
            }
        }
        Ok(found.0)
    }

    fn walk(&self, path: &str) -> Result<State<'_>, PathError> {
        let (name, segments) = parse(path)?;
        let none = Releases::none(self.releases().all());
        let mut state = State {
            releases: none,
            mandatory: none,
            owners: Vec::new(),
            types: Vec::new(),
        };
        if let Some(definition) = self.definition(name) {
            let kinds = definition.kinds().into_iter();
            let called = kinds.filter(|(kind, _)| matches!(kind, Kind::Command | Kind::Event));
            let sets = called.map(|(_, releases)| releases);
            state.releases = sets.fold(none, Releases::union);
            state.owners = vec![(definition, Owner::Definition, state.releases)];
        }
        for segment in segments {
            state = self.step(&state, segment);
        }
        Ok(state)
    }

    fn step<'s>(&'s self, state: &State<'s>, segment: Segment<'_>) -> State<'s> {
        let none = state.releases.difference(state.releases);
        let mut next = State {
            releases: none,
            mandatory: none,
            owners: Vec::new(),
            types: Vec::new(),
        };
        for (definition, owner, releases) in &state.owners {
            if let (Owner::Definition, Segment::ArgType) = (owner, segment) {
                next.releases = *releases;
            }
            let mut called = definition.kinds().into_iter();
            let command = called.find(|(kind, _)| *kind == Kind::Command);
            if let (Owner::Definition, Segment::RetType, Some((_, of))) = (owner, segment, command)
            {
                next.releases = releases.intersection(of);
            }
            for part in definition.parts() {
                let releases = releases.intersection(part.releases);
                match (segment, owner, part.kind) {
                    (Segment::ArgType, Owner::Definition, PartKind::ArgType)
                    | (Segment::RetType, Owner::Definition, PartKind::RetType) => {
                        next.types.push((part.ty, releases));
                    }
                    (Segment::Feature(name), Owner::Definition, PartKind::Feature)
                        if name == part.name =>
                    {
                        next.releases = next.releases.union(releases);
                    }
                    (Segment::Feature(name), Owner::Member(of), PartKind::MemberFeature)
                    | (Segment::Feature(name), Owner::Value(of), PartKind::ValueFeature)
                        if name == part.feature && *of == part.name =>
                    {
                        next.releases = next.releases.union(releases);
                    }
                    _ => {}
                }
            }
        }
        if let Segment::Json(json) = segment {
            for (ty, releases) in self.leaves(&state.types) {
                if json_type(ty) == Some(json) {
                    next.releases = next.releases.union(releases);
                }
            }
        }
        for (definition, releases) in self.entered(&state.types) {
            for part in definition.parts() {
                let releases = releases.intersection(part.releases);
                if releases.is_empty() {
                    continue;
                }
                match (segment, part.kind) {
                    (Segment::Member { name, optional }, PartKind::Member { optional: is })
                        if name == part.name && (is || !optional) =>
                    {
                        if !is {
                            next.mandatory = next.mandatory.union(releases);
                        }
                        let owner = Owner::Member(part.name);
                        next.owners.push((definition, owner, releases));
                        next.types.push((part.ty, releases));
                    }
                    (Segment::Branch(name), PartKind::Branch) if name == part.name => {
                        next.types.push((part.ty, releases));
                    }
                    (Segment::Value(name), PartKind::Value) if name == part.name => {
                        let owner = Owner::Value(part.name);
                        next.owners.push((definition, owner, releases));
                    }
                    (Segment::Feature(name), PartKind::Feature) if name == part.name => {}
                    _ => continue,
                }
                next.releases = next.releases.union(releases);
            }
        }
        next
    }

    /// The types without arrays, and in place of alternates these and all their
    /// branches.
    fn leaves<'s>(&'s self, types: &[(&'s str, Releases<'s>)]) -> Vec<(&'s str, Releases<'s>)> {
        let mut leaves = Vec::new();
        for (ty, releases) in types {
            let ty = element(ty);
            leaves.push((ty, *releases));
            let parts = self.definition(ty).into_iter().flat_map(Definition::parts);
            let branches = parts.filter(|part| part.kind == PartKind::Alternative);
            leaves.extend(branches.map(|branch| {
                // An alternate is no branch of another.
                (element(branch.ty), releases.intersection(branch.releases))
            }));
        }
        leaves
    }

    /// The definitions of these types.
    fn entered<'s>(
        &'s self,
        types: &[(&'s str, Releases<'s>)],
    ) -> Vec<(Definition<'s>, Releases<'s>)> {
        let leaves = self.leaves(types).into_iter();
        leaves
            .filter_map(|(ty, releases)| Some((self.definition(ty)?, releases)))
            .collect()
    }
}

/// What is below a path.
struct Found<'s>(Vec<Below<'s>>);

impl<'s> Found<'s> {
    fn add(&mut self, sign: &str, name: &str, releases: Releases<'s>) {
        if !releases.is_empty() {
            let below = self.entry(sign, name, releases);
            below.releases = below.releases.union(releases);
        }
    }

    fn add_mandatory(&mut self, sign: &str, name: &str, releases: Releases<'s>) {
        if !releases.is_empty() {
            let below = self.entry(sign, name, releases);
            below.mandatory = below.mandatory.union(releases);
        }
    }

    fn entry(&mut self, sign: &str, name: &str, releases: Releases<'s>) -> &mut Below<'s> {
        let segment = format!("{sign}{name}");
        let known = self.0.iter().position(|below| below.segment == segment);
        let index = known.unwrap_or_else(|| {
            self.0.push(Below {
                segment,
                releases: releases.difference(releases),
                mandatory: releases.difference(releases),
            });
            self.0.len() - 1
        });
        &mut self.0[index]
    }
}

/// Splits a path into the command or event and the segments behind it.
fn parse(path: &str) -> Result<(&str, Vec<Segment<'_>>), PathError> {
    let error = |segment, problem| {
        Err(PathError {
            path: path.to_owned(),
            segment,
            problem,
        })
    };
    let mut texts = path.split('/').enumerate();
    let name = texts.next().map_or("", |(_, name)| name);
    if !plain(name) {
        return error(0, "is no name of a command or an event");
    }
    let mut segments: Vec<Segment<'_>> = Vec::new();
    for (index, text) in texts {
        let rest = text.get(1..).unwrap_or_default();
        let segment = match (text.bytes().next(), segments.last()) {
            (Some(b'$'), None) => Segment::Feature(rest),
            (_, None) => match text {
                "arg-type" => Segment::ArgType,
                "ret-type" => Segment::RetType,
                _ => return error(index, "is not `arg-type`, `ret-type` or a feature"),
            },
            (_, Some(Segment::Feature(_))) => return error(index, "follows a feature"),
            (_, Some(Segment::Json(_))) => return error(index, "follows a type of JSON"),
            (Some(b'$'), _) => Segment::Feature(rest),
            (_, Some(Segment::Value(_))) => {
                return error(index, "follows a value, and is no feature");
            }
            (Some(b'*'), _) => Segment::Member {
                name: rest,
                optional: true,
            },
            (Some(b' '), _) => Segment::Member {
                name: rest,
                optional: false,
            },
            (Some(b'+'), _) => Segment::Branch(rest),
            (Some(b'^'), _) => Segment::Value(rest),
            (Some(b'!'), _) if !JSON_TYPES.contains(&rest) => {
                return error(
                    index,
                    "is no type of JSON: `string`, `int`, `number`, `boolean`, `null` or `value`",
                );
            }
            (Some(b'!'), _) => Segment::Json(rest),
            (None, _) => return error(index, "is empty"),
            _ => Segment::Member {
                name: text,
                optional: false,
            },
        };
        if let Segment::Member { name: "", .. }
        | Segment::Branch("")
        | Segment::Value("")
        | Segment::Feature("") = segment
        {
            return error(index, "has no name");
        }
        segments.push(segment);
    }
    Ok((name, segments))
}

/// Whether a name needs no space in front of it.
fn plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
}

const JSON_TYPES: [&str; 6] = ["string", "int", "number", "boolean", "null", "value"];

/// What a built-in type is in JSON.
fn json_type(ty: &str) -> Option<&'static str> {
    match ty {
        "str" => Some("string"),
        "int" => Some("int"),
        "number" => Some("number"),
        "bool" => Some("boolean"),
        "null" => Some("null"),
        "any" | "**" | "visitor" | "dict" => Some("value"),
        _ => None,
    }
}

/// The innermost element type of an array.
fn element(ty: &str) -> &str {
    ty.trim_start_matches('[').trim_end_matches(']')
}
