//! Paths into an introspection, in the form that libvirt uses.

use std::collections::HashSet;
use std::error::Error as StdError;
use std::fmt;

use super::tables::{Item, Kind, Span, Tables, TypeId, is_name};

/// A path is not of a form that can be answered.
///
/// ```
/// use qmp_transport::introspection::{Introspection, PathProblem};
///
/// let introspection = Introspection::from_json("[]")?;
/// let error = introspection.has("stop/arguments/id").unwrap_err();
/// assert_eq!(error.problem(), PathProblem::NeitherArgumentsNorReply);
/// assert_eq!(error.segment(), "arguments");
/// # Ok::<(), qmp_types::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    path: String,
    segment: String,
    problem: PathProblem,
}

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathProblem {
    /// A segment has no name, or something else in its place.
    NotAName,
    /// The second segment is none of `arg-type`, `ret-type` and `$feature`.
    NeitherArgumentsNorReply,
    /// A segment follows a feature or a built-in type, or a segment that is not a
    /// feature follows a value. Nothing is inside of these.
    NothingInside,
}

impl PathError {
    /// Returns the path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the segment that is wrong.
    pub fn segment(&self) -> &str {
        &self.segment
    }

    /// Returns what is wrong with it.
    pub fn problem(&self) -> PathProblem {
        self.problem
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, segment, .. } = self;
        write!(f, "invalid path {path:?}: ")?;
        match self.problem {
            PathProblem::NotAName => write!(f, "expected a name, found {segment:?}"),
            PathProblem::NeitherArgumentsNorReply => write!(
                f,
                "expected `arg-type`, `ret-type` or `$feature` after the command or event, \
                 found {segment:?}"
            ),
            PathProblem::NothingInside => write!(
                f,
                "{segment:?} follows a feature, a value or a built-in type, \
                 and nothing is inside of these"
            ),
        }
    }
}

impl StdError for PathError {}

/// A step from a type to what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step<'p> {
    Member(&'p str),
    Optional(&'p str),
    Branch(&'p str),
    Value(&'p str),
    /// The type is this one of JSON.
    Builtin(&'p str),
    Feature(&'p str),
}

impl<'p> Step<'p> {
    fn parse(segment: &'p str) -> Option<Self> {
        let rest = segment.get(1..).unwrap_or_default();
        let (make, name): (fn(&'p str) -> Self, _) = match segment.as_bytes().first()? {
            b'*' => (Self::Optional, rest),
            b'+' => (Self::Branch, rest),
            b'^' => (Self::Value, rest),
            b'!' => (Self::Builtin, rest),
            b'$' => (Self::Feature, rest),
            // libvirt writes a space before a member that begins with no letter.
            b' ' => (Self::Member, rest),
            _ => (Self::Member, segment),
        };
        is_name(name).then(|| make(name))
    }

    fn may_follow(self, before: Self) -> bool {
        match before {
            Self::Member(_) | Self::Optional(_) | Self::Branch(_) => true,
            Self::Value(_) => matches!(self, Self::Feature(_)),
            Self::Builtin(_) | Self::Feature(_) => false,
        }
    }
}

/// Which part of a message a path leads into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'p> {
    Whole,
    Feature(&'p str),
    Arguments,
    Reply,
}

/// A path, taken apart.
#[derive(Debug)]
pub(super) struct Path<'p> {
    message: &'p str,
    part: Part<'p>,
    steps: Vec<Step<'p>>,
}

impl<'p> Path<'p> {
    pub(super) fn parse(path: &'p str) -> Result<Self, PathError> {
        let error = |segment: &str, problem| PathError {
            path: path.to_owned(),
            segment: segment.to_owned(),
            problem,
        };
        let (message, rest) = match path.split_once('/') {
            Some((message, rest)) => (message, Some(rest)),
            None => (path, None),
        };
        if !is_name(message) {
            return Err(error(message, PathProblem::NotAName));
        }
        let mut segments = rest.into_iter().flat_map(|rest| rest.split('/'));
        let mut before = None;
        let part = match segments.next() {
            None => Part::Whole,
            Some("arg-type") => Part::Arguments,
            Some("ret-type") => Part::Reply,
            Some(segment) => match Step::parse(segment) {
                Some(step @ Step::Feature(name)) => {
                    before = Some(step);
                    Part::Feature(name)
                }
                _ => return Err(error(segment, PathProblem::NeitherArgumentsNorReply)),
            },
        };
        let mut steps = Vec::new();
        for segment in segments {
            let step = Step::parse(segment);
            let step = step.ok_or_else(|| error(segment, PathProblem::NotAName))?;
            if before.is_some_and(|before| !step.may_follow(before)) {
                return Err(error(segment, PathProblem::NothingInside));
            }
            before = Some(step);
            steps.push(step);
        }
        Ok(Self {
            message,
            part,
            steps,
        })
    }

    /// Returns whether the path leads to something.
    pub(super) fn is_in(&self, tables: &Tables) -> bool {
        let Some(message) = tables.message(self.message) else {
            return false;
        };
        let start = match self.part {
            Part::Whole => return true,
            Part::Feature(name) => return tables.features(message.features).any(|of| of == name),
            Part::Arguments => Some(message.arguments),
            Part::Reply => message.reply,
        };
        let Some(start) = start else {
            return false;
        };
        let mut place = Place::default();
        place.enter(tables, start);
        self.steps
            .iter()
            .all(|&step| match place.step(tables, step) {
                Some(next) => {
                    place = next;
                    true
                }
                None => false,
            })
    }
}

/// Where a path has led to. Arrays and alternates are seen through, so it can be several
/// types at once.
#[derive(Default)]
struct Place {
    types: Vec<TypeId>,
    seen: HashSet<TypeId>,
    /// The features of the members or values that led here.
    features: Vec<Span>,
}

impl Place {
    /// Adds a type, and what is seen through it.
    fn enter(&mut self, tables: &Tables, id: TypeId) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if !self.seen.insert(id) {
                continue;
            }
            self.types.push(id);
            match tables.ty(id).kind {
                Kind::Array(element) => open.push(element),
                Kind::Alternate(span) => {
                    open.extend(tables.items(span).iter().filter_map(|item| item.ty));
                }
                Kind::Builtin(_) | Kind::Enum(_) | Kind::Object { .. } => {}
            }
        }
    }

    /// Goes one step further; `None` if it leads nowhere.
    fn step(&self, tables: &Tables, step: Step<'_>) -> Option<Self> {
        let mut next = Self::default();
        let mut found = false;
        for &id in &self.types {
            let ty = tables.ty(id);
            let item: Option<&Item> = match (step, ty.kind) {
                (Step::Member(name), Kind::Object { members, .. }) => tables.item(members, name),
                (Step::Optional(name), Kind::Object { members, .. }) => {
                    tables.item(members, name).filter(|item| item.optional)
                }
                (Step::Branch(name), Kind::Object { branches, .. }) => tables.item(branches, name),
                (Step::Value(name), Kind::Enum(values)) => tables.item(values, name),
                (Step::Builtin(name), Kind::Builtin(own)) => {
                    found |= tables.name(own) == name;
                    None
                }
                (Step::Feature(name), _) => {
                    found |= tables.features(ty.features).any(|own| own == name);
                    None
                }
                _ => None,
            };
            if let Some(item) = item {
                found = true;
                next.features.push(item.features);
                if let Some(ty) = item.ty {
                    next.enter(tables, ty);
                }
            }
        }
        if let Step::Feature(name) = step {
            let mut own = self.features.iter();
            found |= own.any(|&span| tables.features(span).any(|own| own == name));
        }
        found.then_some(next)
    }
}
