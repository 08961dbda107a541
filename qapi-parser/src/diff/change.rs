//! What a comparison finds.

use std::fmt;

use crate::schema::{Builtin, Condition};

/// What a change means for a client that was written for the old schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The client works as before.
    Compatible,
    /// The client may miss something that it receives, or something that it uses
    /// will be removed or may change.
    Care,
    /// The server rejects what the client sends, or the client cannot read what it
    /// receives.
    Breaking,
}

impl Class {
    /// All classes, the worst first.
    pub const WORST_FIRST: [Class; 3] = [Class::Breaking, Class::Care, Class::Compatible];

    /// The name in lower case, as reports have it.
    ///
    /// ```
    /// assert_eq!(qapi_parser::diff::Class::Care.as_str(), "care");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Compatible => "compatible",
            Class::Care => "care",
            Class::Breaking => "breaking",
        }
    }
}

/// Who sends the value that a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The client: commands and their arguments.
    Sent,
    /// The server: replies and events.
    Received,
}

impl Direction {
    /// The name in lower case, as reports have it.
    ///
    /// ```
    /// assert_eq!(qapi_parser::diff::Direction::Sent.as_str(), "sent");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Sent => "sent",
            Direction::Received => "received",
        }
    }
}

/// The shape of a type on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// A built-in type.
    Builtin(Builtin),
    /// A string of an enumeration.
    Enum,
    /// An object.
    Object,
    /// An array.
    Array,
    /// One of several JSON types.
    Alternate,
}

/// Writes the name that the schema language has for it, such as `uint32`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Shape::Enum => "enum",
            Shape::Object => "object",
            Shape::Array => "array",
            Shape::Alternate => "alternate",
            Shape::Builtin(builtin) => match builtin {
                Builtin::Str => "str",
                Builtin::Int => "int",
                Builtin::Int8 => "int8",
                Builtin::Int16 => "int16",
                Builtin::Int32 => "int32",
                Builtin::Int64 => "int64",
                Builtin::Uint8 => "uint8",
                Builtin::Uint16 => "uint16",
                Builtin::Uint32 => "uint32",
                Builtin::Uint64 => "uint64",
                Builtin::Size => "size",
                Builtin::Int128 => "int128",
                Builtin::Number => "number",
                Builtin::Bool => "bool",
                Builtin::Null => "null",
                Builtin::Any | Builtin::Anything => "any",
            },
        })
    }
}

/// What changed at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// The command is new.
    CommandAdded,
    /// The command is gone.
    CommandGone,
    /// The event is new.
    EventAdded,
    /// The event is gone.
    EventGone,
    /// The argument or member is new.
    MemberAdded {
        /// Whether it may be absent.
        optional: bool,
    },
    /// The argument or member is gone.
    MemberGone,
    /// The argument or member was mandatory and is optional now.
    MemberNowOptional,
    /// The argument or member was optional and is mandatory now.
    MemberNowMandatory,
    /// The object became a union, and only some of its branches have the member.
    MemberOnlyInBranches {
        /// The branches that have it.
        branches: Vec<String>,
    },
    /// The enum has a new value.
    ValueAdded,
    /// The enum lost the value.
    ValueGone,
    /// The union has a new branch; its discriminator has the value, too.
    BranchAdded,
    /// The union lost the branch; its discriminator lost the value, too.
    BranchGone,
    /// The object became a union.
    BecameUnion {
        /// The discriminator.
        discriminator: String,
        /// The branches.
        branches: Vec<String>,
        /// What some branches insist on and the object did not have, as
        /// `+branch/member`.
        mandatory: Vec<String>,
    },
    /// The union became an object.
    BecameObject {
        /// What branches had and the object does not, as `+branch/member`.
        gone: Vec<String>,
    },
    /// Another member is the union's discriminator.
    DiscriminatorChanged {
        /// The old one.
        from: String,
        /// The new one.
        to: String,
    },
    /// A value may have another JSON type in addition.
    FormAdded {
        /// The added one.
        form: Shape,
        /// Whether there was a choice before.
        was_alternate: bool,
    },
    /// A value has one JSON type less to choose from.
    FormGone {
        /// The missing one.
        form: Shape,
    },
    /// The type has another shape, or another range of integers.
    TypeChanged {
        /// The old one.
        from: Shape,
        /// The new one.
        to: Shape,
    },
    /// The feature is new. Its name is the end of the path.
    FeatureAdded {
        /// The name.
        feature: String,
    },
    /// The feature is gone. Its name is the end of the path.
    FeatureGone {
        /// The name.
        feature: String,
    },
    /// The condition under which it exists is another one.
    ConditionChanged {
        /// The old one; none if it existed in all builds.
        from: Option<Condition>,
        /// The new one; none if it exists in all builds.
        to: Option<Condition>,
    },
    /// The new schema is an introspection without it. The old schema has it under
    /// this condition, so it may only be missing from this build.
    AbsentFromNewBuild {
        /// The condition.
        condition: Condition,
    },
    /// The old schema is an introspection without it. The new schema has it under
    /// this condition, so it may only have been missing from that build.
    AbsentFromOldBuild {
        /// The condition.
        condition: Condition,
    },
    /// The command can be executed out-of-band now.
    OobAllowed,
    /// The command can no longer be executed out-of-band.
    OobGone,
    /// The command can be executed before the machine is created now.
    PreconfigAllowed,
    /// The command can no longer be executed before the machine is created.
    PreconfigGone,
    /// The success of the command is answered now.
    ResponseAdded,
    /// The success of the command is no longer answered.
    ResponseGone,
}

impl ChangeKind {
    /// The name in lower case with dashes, as JSON has it.
    ///
    /// ```
    /// use qapi_parser::diff::ChangeKind;
    ///
    /// assert_eq!(ChangeKind::CommandGone.as_str(), "command-gone");
    /// ```
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::CommandAdded => "command-added",
            Self::CommandGone => "command-gone",
            Self::EventAdded => "event-added",
            Self::EventGone => "event-gone",
            Self::MemberAdded { .. } => "member-added",
            Self::MemberGone => "member-gone",
            Self::MemberNowOptional => "member-now-optional",
            Self::MemberNowMandatory => "member-now-mandatory",
            Self::MemberOnlyInBranches { .. } => "member-only-in-branches",
            Self::ValueAdded => "value-added",
            Self::ValueGone => "value-gone",
            Self::BranchAdded => "branch-added",
            Self::BranchGone => "branch-gone",
            Self::BecameUnion { .. } => "became-union",
            Self::BecameObject { .. } => "became-object",
            Self::DiscriminatorChanged { .. } => "discriminator-changed",
            Self::FormAdded { .. } => "form-added",
            Self::FormGone { .. } => "form-gone",
            Self::TypeChanged { .. } => "type-changed",
            Self::FeatureAdded { .. } => "feature-added",
            Self::FeatureGone { .. } => "feature-gone",
            Self::ConditionChanged { .. } => "condition-changed",
            Self::AbsentFromNewBuild { .. } => "absent-from-new-build",
            Self::AbsentFromOldBuild { .. } => "absent-from-old-build",
            Self::OobAllowed => "oob-allowed",
            Self::OobGone => "oob-gone",
            Self::PreconfigAllowed => "preconfig-allowed",
            Self::PreconfigGone => "preconfig-gone",
            Self::ResponseAdded => "response-added",
            Self::ResponseGone => "response-gone",
        }
    }
}

/// A place where a change is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path, in the form that libvirt probes introspection with:
    /// `blockdev-add/arg-type/+file/aio/^io_uring`. `+` is a branch, `^` a value
    /// and `$` a feature; arrays and alternates are seen through.
    pub path: String,
    /// Who sends it.
    pub direction: Direction,
    /// What the change means there.
    pub class: Class,
}

/// A change, with all commands and events that it affects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub kind: ChangeKind,
    /// The worst class of all places.
    pub class: Class,
    /// The shortest path from each command and event that meets the change; at
    /// least one. Those of the worst class come first, of these the shortest.
    pub places: Vec<Place>,
}

impl Change {
    /// The path of the first place.
    pub fn path(&self) -> &str {
        self.places.first().map_or("", |place| &place.path)
    }
}

/// The changes from one schema to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The changes, the worst first, of the same class by path.
    pub changes: Vec<Change>,
}

impl Diff {
    /// The worst class of all changes; none if nothing changed.
    pub fn worst(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }

    /// The changes of a class.
    ///
    /// ```
    /// use qapi_parser::Schema;
    /// use qapi_parser::diff::Class;
    ///
    /// let diff = Schema::default().diff(&Schema::default());
    /// assert_eq!(diff.of_class(Class::Breaking).count(), 0);
    /// ```
    pub fn of_class(&self, class: Class) -> impl Iterator<Item = &Change> {
        let changes = self.changes.iter();
        changes.filter(move |change| change.class == class)
    }

    /// Returns a report, which calls the two schemas by these names.
    pub fn report<'d>(&'d self, old: &'d str, new: &'d str) -> super::Report<'d> {
        super::Report::new(self, old, new)
    }
}
