//! What each change means for a client.

use super::change::{ChangeKind, Class, Direction, Shape};
use crate::schema::{Builtin, Condition};

/// The features that QEMU itself knows.
pub(super) const DEPRECATED: &str = "deprecated";
pub(super) const UNSTABLE: &str = "unstable";

impl ChangeKind {
    /// What the change means where the client sends or receives it.
    pub(super) fn class(&self, direction: Direction) -> Class {
        use ChangeKind as Kind;
        // Most changes are mirrored: what harms a sender helps a receiver.
        let if_sent = |sent, received| match direction {
            Direction::Sent => sent,
            Direction::Received => received,
        };
        match self {
            Kind::CommandAdded
            | Kind::EventAdded
            | Kind::ValueAdded
            | Kind::BranchAdded
            | Kind::OobAllowed
            | Kind::PreconfigAllowed
            | Kind::MemberAdded { optional: true }
            | Kind::AbsentFromOldBuild { .. } => Class::Compatible,
            Kind::EventGone | Kind::AbsentFromNewBuild { .. } | Kind::ResponseAdded => Class::Care,
            Kind::CommandGone
            | Kind::OobGone
            | Kind::PreconfigGone
            | Kind::ResponseGone
            | Kind::DiscriminatorChanged { .. } => Class::Breaking,
            Kind::MemberAdded { optional: false } | Kind::MemberNowMandatory => {
                if_sent(Class::Breaking, Class::Compatible)
            }
            Kind::MemberNowOptional => if_sent(Class::Compatible, Class::Care),
            Kind::MemberGone
            | Kind::MemberOnlyInBranches { .. }
            | Kind::ValueGone
            | Kind::BranchGone
            | Kind::FormGone { .. } => if_sent(Class::Breaking, Class::Care),
            Kind::BecameUnion { mandatory, .. } if mandatory.is_empty() => Class::Compatible,
            Kind::BecameUnion { .. } => if_sent(Class::Breaking, Class::Compatible),
            Kind::BecameObject { gone } if gone.is_empty() => Class::Compatible,
            Kind::BecameObject { .. } => if_sent(Class::Breaking, Class::Care),
            // A client that already expects one of several JSON types can keep one
            // that it does not know.
            Kind::FormAdded { was_alternate, .. } => if_sent(
                Class::Compatible,
                if *was_alternate {
                    Class::Care
                } else {
                    Class::Breaking
                },
            ),
            Kind::TypeChanged { from, to } => type_changed(*from, *to, direction),
            Kind::FeatureAdded { feature } if is_warning(feature) => Class::Care,
            Kind::FeatureGone { feature } if !is_warning(feature) => Class::Care,
            Kind::FeatureAdded { .. } | Kind::FeatureGone { .. } => Class::Compatible,
            Kind::ConditionChanged { from, to } => match (from, to) {
                (_, None) => Class::Compatible,
                (Some(from), Some(to)) if implies(from, to) => Class::Compatible,
                _ => Class::Care,
            },
        }
    }
}

/// Whether a condition holds in all builds in which another one does, as far as this
/// shows in how they are written.
fn implies(from: &Condition, to: &Condition) -> bool {
    match (from, to) {
        _ if from == to => true,
        (Condition::Any(each), _) => each.iter().all(|each| implies(each, to)),
        (_, Condition::All(each)) => each.iter().all(|each| implies(from, each)),
        (_, Condition::Any(some)) => some.iter().any(|some| implies(from, some)),
        (Condition::All(some), _) => some.iter().any(|some| implies(some, to)),
        _ => false,
    }
}

/// Whether a feature warns of using what has it.
fn is_warning(feature: &str) -> bool {
    feature == DEPRECATED || feature == UNSTABLE
}

fn type_changed(from: Shape, to: Shape, direction: Direction) -> Class {
    use Shape::Enum;
    const STRING: Shape = Shape::Builtin(Builtin::Str);
    match direction {
        // The server has always checked the string, and now tells the values.
        Direction::Sent if (from, to) == (STRING, Enum) => Class::Care,
        Direction::Sent if includes(to, from) => Class::Compatible,
        Direction::Received if includes(from, to) => Class::Compatible,
        // A string that is none of the values, or an integer that is out of range.
        Direction::Received if (from, to) == (Enum, STRING) => Class::Care,
        Direction::Received if range(from).is_some() && range(to).is_some() => Class::Care,
        _ => Class::Breaking,
    }
}

/// Whether one shape has all values of the other.
fn includes(wide: Shape, narrow: Shape) -> bool {
    if let (Some((least, most)), Some((low, high))) = (range(wide), range(narrow)) {
        return least <= low && high <= most;
    }
    match (wide, narrow) {
        _ if wide == narrow => true,
        (Shape::Builtin(Builtin::Any | Builtin::Anything), _) => true,
        (Shape::Builtin(Builtin::Str), Shape::Enum) => true,
        (Shape::Builtin(Builtin::Number), narrow) => range(narrow).is_some(),
        _ => false,
    }
}

/// Whether two shapes have the same values on the wire.
pub(super) fn same_values(one: Shape, other: Shape) -> bool {
    includes(one, other) && includes(other, one)
}

/// The least and the greatest integer of a type of integers.
pub(super) fn range(shape: Shape) -> Option<(i128, i128)> {
    let Shape::Builtin(builtin) = shape else {
        return None;
    };
    builtin.integer_range()
}
