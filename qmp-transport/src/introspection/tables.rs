//! What an introspection holds: tables that refer to each other by index.

use std::collections::{HashMap, HashSet};
use std::fmt;

/// The index of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Name(u32);

/// The index of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TypeId(pub(super) u32);

/// Consecutive entries of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn of<T>(self, table: &[T]) -> &[T] {
        // Only a builder makes spans, and always of entries that it has added.
        table
            .get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }
}

/// A command or an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) name: Name,
    /// The arguments of the command, or the data of the event.
    pub(super) arguments: TypeId,
    /// The reply to a command; `None` for an event.
    pub(super) reply: Option<TypeId>,
    pub(super) features: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) kind: Kind,
    pub(super) features: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A type of JSON, such as `string`.
    Builtin(Name),
    /// The values.
    Enum(Span),
    Array(TypeId),
    Object {
        members: Span,
        /// The discriminator of a union.
        tag: Option<Name>,
        branches: Span,
    },
    /// The alternatives.
    Alternate(Span),
}

/// A member, a value, a branch or an alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// `None` for an alternative.
    pub(super) name: Option<Name>,
    /// `None` for a value.
    pub(super) ty: Option<TypeId>,
    pub(super) optional: bool,
    pub(super) features: Span,
}

/// The tables.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tables {
    /// All names, one after another.
    text: Box<str>,
    /// Where each name ends.
    ends: Box<[u32]>,
    /// Sorted by name.
    messages: Box<[Message]>,
    types: Box<[Type]>,
    items: Box<[Item]>,
    features: Box<[Name]>,
}

impl Tables {
    pub(super) fn name(&self, name: Name) -> &str {
        let index = name.0 as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[index] as usize]
    }

    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    pub(super) fn message(&self, name: &str) -> Option<&Message> {
        let index = self
            .messages
            .binary_search_by(|message| self.name(message.name).cmp(name));
        Some(&self.messages[index.ok()?])
    }

    pub(super) fn types(&self) -> &[Type] {
        &self.types
    }

    pub(super) fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    pub(super) fn items(&self, span: Span) -> &[Item] {
        span.of(&self.items)
    }

    /// Returns the item of this name.
    pub(super) fn item(&self, span: Span, name: &str) -> Option<&Item> {
        let is_it = |item: &&Item| item.name.is_some_and(|own| self.name(own) == name);
        self.items(span).iter().find(is_it)
    }

    pub(super) fn features(&self, span: Span) -> impl Iterator<Item = &str> {
        span.of(&self.features).iter().map(|&name| self.name(name))
    }
}

/// What is wrong with an entry.
#[derive(Debug)]
pub(super) struct Fault {
    /// Which entry it is, as the reader counts them.
    pub(super) entry: usize,
    pub(super) problem: Problem,
}

#[derive(Debug)]
pub(super) enum Problem {
    Name(String),
    UnknownType(TypeId),
    NotAnObject,
    CycleOfArrays,
    Duplicate(String),
    TooLarge,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name:?} is not a name"),
            Self::UnknownType(id) => write!(f, "there is no type {}", id.0),
            Self::NotAnObject => {
                f.write_str("the arguments, or the members of a branch, are not an object")
            }
            Self::CycleOfArrays => f.write_str("an array cannot be its own element"),
            Self::Duplicate(name) => write!(f, "{name:?} is declared twice"),
            Self::TooLarge => f.write_str("there are too many entries"),
        }
    }
}

/// Makes tables.
#[derive(Default)]
pub(super) struct Builder {
    known: HashMap<String, Name>,
    text: String,
    ends: Vec<u32>,
    messages: Vec<(usize, Message)>,
    types: Vec<(usize, Type)>,
    items: Vec<Item>,
    features: Vec<Name>,
}

/// Returns whether a name cannot be taken for anything else in a path or in a line.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

fn index(length: usize) -> Result<u32, Problem> {
    u32::try_from(length).map_err(|_| Problem::TooLarge)
}

fn extend<T>(table: &mut Vec<T>, more: impl IntoIterator<Item = T>) -> Result<Span, Problem> {
    let start = index(table.len())?;
    table.extend(more);
    let end = index(table.len())?;
    Ok(Span { start, end })
}

impl Builder {
    pub(super) fn name(&mut self, name: &str) -> Result<Name, Problem> {
        if let Some(&known) = self.known.get(name) {
            return Ok(known);
        }
        if !is_name(name) {
            return Err(Problem::Name(name.to_owned()));
        }
        let new = Name(index(self.ends.len())?);
        self.text.push_str(name);
        self.ends.push(index(self.text.len())?);
        self.known.insert(name.to_owned(), new);
        Ok(new)
    }

    pub(super) fn features<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Span, Problem> {
        let names: Result<Vec<_>, _> = names.into_iter().map(|name| self.name(name)).collect();
        extend(&mut self.features, names?)
    }

    pub(super) fn items(&mut self, items: impl IntoIterator<Item = Item>) -> Result<Span, Problem> {
        extend(&mut self.items, items)
    }

    /// Adds a type. Types are numbered in the order in which they are added.
    pub(super) fn ty(&mut self, entry: usize, ty: Type) {
        self.types.push((entry, ty));
    }

    pub(super) fn message(&mut self, entry: usize, message: Message) {
        self.messages.push((entry, message));
    }

    /// Checks that all references can be followed, and that following them ends.
    pub(super) fn finish(self) -> Result<Tables, Fault> {
        let at = |entry| move |problem| Fault { entry, problem };
        for &(entry, message) in &self.messages {
            self.check_object(message.arguments).map_err(at(entry))?;
            message
                .reply
                .map_or(Ok(()), |reply| self.check(reply))
                .map_err(at(entry))?;
        }
        for &(entry, ty) in &self.types {
            self.check_kind(ty.kind).map_err(at(entry))?;
        }
        self.check_arrays()?;
        let Self {
            text,
            ends,
            mut messages,
            types,
            items,
            features,
            ..
        } = self;
        let mut tables = Tables {
            text: text.into(),
            ends: ends.into(),
            messages: Box::default(),
            types: types.into_iter().map(|(_, ty)| ty).collect(),
            items: items.into(),
            features: features.into(),
        };
        messages.sort_by(|(_, a), (_, b)| tables.name(a.name).cmp(tables.name(b.name)));
        let mut names = HashSet::new();
        for (entry, message) in &messages {
            if !names.insert(message.name) {
                let name = tables.name(message.name).to_owned();
                return Err(at(*entry)(Problem::Duplicate(name)));
            }
        }
        tables.messages = messages.into_iter().map(|(_, message)| message).collect();
        Ok(tables)
    }

    fn kind(&self, id: TypeId) -> Result<Kind, Problem> {
        let ty = self.types.get(id.0 as usize);
        ty.map(|(_, ty)| ty.kind).ok_or(Problem::UnknownType(id))
    }

    fn check(&self, id: TypeId) -> Result<(), Problem> {
        self.kind(id).map(drop)
    }

    fn check_object(&self, id: TypeId) -> Result<(), Problem> {
        match self.kind(id)? {
            Kind::Object { .. } => Ok(()),
            _ => Err(Problem::NotAnObject),
        }
    }

    fn check_kind(&self, kind: Kind) -> Result<(), Problem> {
        let types = |span: Span| span.of(&self.items).iter().filter_map(|item| item.ty);
        match kind {
            Kind::Builtin(_) | Kind::Enum(_) => Ok(()),
            Kind::Array(element) => self.check(element),
            Kind::Alternate(span) => types(span).try_for_each(|id| self.check(id)),
            Kind::Object {
                members, branches, ..
            } => {
                types(members).try_for_each(|id| self.check(id))?;
                types(branches).try_for_each(|id| self.check_object(id))
            }
        }
    }

    fn check_arrays(&self) -> Result<(), Fault> {
        // For each type, the array from which it was first reached.
        let mut reached_from = vec![None; self.types.len()];
        for (start, &(entry, _)) in self.types.iter().enumerate() {
            let mut index = start;
            while let Kind::Array(element) = self.types[index].1.kind {
                match reached_from[index] {
                    Some(from) if from == start => {
                        let problem = Problem::CycleOfArrays;
                        return Err(Fault { entry, problem });
                    }
                    Some(_) => break,
                    None => reached_from[index] = Some(start),
                }
                index = element.0 as usize;
            }
        }
        Ok(())
    }
}
