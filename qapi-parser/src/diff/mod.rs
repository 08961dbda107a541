//! Compares two schemas: what changed for a client, from one release to the next.
//!
//! [`Schema::diff`] compares by structure and never by the name of a type, since no
//! type's name is ever on the wire. It walks both schemas in step, from commands and
//! events, which are matched by name.
//!
//! `change` is what comes out and `class` what each change means for a client.
//! `compare` walks over pairs of types, with `object` for members and branches, and
//! `forms` for everything that is no object. `places` finds the paths at which each
//! pair is met. `report` writes all of it as text, Markdown or JSON.

mod change;
mod class;
mod compare;
mod forms;
mod object;
mod places;
mod report;

use std::collections::BTreeSet;

pub use change::{Change, ChangeKind, Class, Diff, Direction, Place, Shape};
pub use report::Report;

use crate::schema::Schema;

impl Schema {
    /// Compares this schema with a newer one.
    ///
    /// ```
    /// use qapi_parser::diff::{ChangeKind, Class};
    /// use qapi_parser::schema::{Command, EntityId, CommandId};
    /// use qapi_parser::Schema;
    ///
    /// let newer = Schema::default();
    /// let mut older = Schema::default();
    /// # let command = Command {
    /// #     name: "stop".into(), args: None, ret: None, boxed: false, gen_code: true,
    /// #     success_response: true, allow_oob: false, allow_preconfig: false, coroutine: false,
    /// #     module: None, condition: None, features: Vec::new(), doc: None, span: None,
    /// #     releases: Default::default(),
    /// # };
    /// # older.commands.push(command);
    /// # older.names.insert("stop".into(), EntityId::Command(CommandId(0)));
    /// // `older` declares the command `stop`.
    /// let diff = older.diff(&newer);
    /// assert_eq!(diff.changes[0].path(), "stop");
    /// assert_eq!(diff.changes[0].kind, ChangeKind::CommandGone);
    /// assert_eq!(diff.worst(), Some(Class::Breaking));
    /// ```
    pub fn diff(&self, newer: &Schema) -> Diff {
        Comparison::new(self, newer).diff()
    }
}

/// A comparison of two schemas, with options.
///
/// ```
/// use qapi_parser::Schema;
/// use qapi_parser::diff::Comparison;
///
/// let (older, newer) = (Schema::default(), Schema::default());
/// let diff = Comparison::new(&older, &newer).new_is_introspection(true).diff();
/// assert!(diff.changes.is_empty());
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Comparison<'s> {
    old: &'s Schema,
    new: &'s Schema,
    old_is_introspection: bool,
    new_is_introspection: bool,
    only: Option<Only>,
}

/// The names of what is compared.
#[derive(Clone, Debug)]
struct Only {
    commands: BTreeSet<String>,
    events: BTreeSet<String>,
}

impl<'s> Comparison<'s> {
    /// Creates a comparison of all commands and events.
    pub fn new(old: &'s Schema, new: &'s Schema) -> Self {
        Self {
            old,
            new,
            old_is_introspection: false,
            new_is_introspection: false,
            only: None,
        }
    }

    /// Sets whether the old schema was read from an introspection.
    ///
    /// An introspection shows neither conditions nor the widths of integers, and it
    /// lacks what the conditions of its build excluded. What it cannot show is not
    /// compared. What it lacks and the other schema has under a condition is
    /// reported with this condition.
    pub fn old_is_introspection(mut self, is: bool) -> Self {
        self.old_is_introspection = is;
        self
    }

    /// Sets whether the new schema was read from an introspection, as
    /// [`Comparison::old_is_introspection`] does for the old one.
    pub fn new_is_introspection(mut self, is: bool) -> Self {
        self.new_is_introspection = is;
        self
    }

    /// Restricts the comparison to these commands and events.
    ///
    /// ```
    /// # use qapi_parser::Schema;
    /// # use qapi_parser::diff::Comparison;
    /// # let (older, newer) = (Schema::default(), Schema::default());
    /// let diff = Comparison::new(&older, &newer).only(["blockdev-add"], ["STOP"]).diff();
    /// ```
    pub fn only(
        mut self,
        commands: impl IntoIterator<Item = impl Into<String>>,
        events: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.only = Some(Only {
            commands: commands.into_iter().map(Into::into).collect(),
            events: events.into_iter().map(Into::into).collect(),
        });
        self
    }

    /// Compares.
    pub fn diff(&self) -> Diff {
        places::changes(&compare::compare(self))
    }

    fn wants_command(&self, name: &str) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|only| only.commands.contains(name))
    }

    fn wants_event(&self, name: &str) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|only| only.events.contains(name))
    }
}
