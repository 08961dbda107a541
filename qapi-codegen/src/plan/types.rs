//! Types in Rust, and how functions take values of them.

use crate::user_rust::UserRust;

/// A type in Rust.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ty {
    /// `i64`, `bool` and the like.
    Scalar(&'static str),
    /// `()`
    Unit,
    /// A `&str`, which some conversions take.
    Str,
    String,
    /// Any JSON value.
    Value,
    /// An open enum of the module of types.
    Enum(String),
    /// A struct of the module of types.
    Plain(String),
    /// A union or an alternate of the module of types: something that others
    /// convert into.
    Convertible(String),
    /// A definition that is in the same module, or `Self`.
    Beside(String),
    /// A type of the user's.
    External(UserRust),
    List(Box<Ty>),
}

/// How a function takes a value that must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// As it is.
    Plain(Ty),
    /// What converts into it.
    Into(Ty),
    /// What iterates over such.
    Iter(Box<Taken>),
}

/// How a setter takes the value of an optional member: the value, or an `Option`
/// of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// What converts into `any`, of which nothing is a value, too: no `Option`.
    Any,
    /// What converts into an `Option` of it. A number without a type gets its type
    /// from this, and from no more.
    Option(Ty),
    /// What converts into it, or an `Option` of that.
    IntoOption(Ty),
    /// A list of these, or an `Option` of one.
    ListOf(Ty),
    /// A list of what converts into these, or an `Option` of one.
    ListFrom(Ty),
}

impl Ty {
    /// An integer with the values of both `i64` and `u64`.
    pub(crate) const WIDE: Self = Self::Scalar("i128");

    /// `Self`
    pub(crate) fn own() -> Self {
        Self::Beside("Self".to_owned())
    }

    /// The name of what a schema or a user declares, as it is written without a
    /// path of ours.
    pub(crate) fn declared_name(&self) -> Option<&str> {
        match self {
            Self::Enum(name) | Self::Plain(name) | Self::Convertible(name) => Some(name),
            Self::External(path) => Some(path.as_str()),
            _ => None,
        }
    }

    /// Whether it is a struct, a union or an alternate of the module of types.
    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Self::Plain(_) | Self::Convertible(_))
    }

    /// Whether functions take what converts into it.
    fn is_converted(&self) -> bool {
        matches!(
            self,
            Self::String | Self::Value | Self::Convertible(_) | Self::External(_)
        ) || *self == Self::WIDE
    }

    /// How a function takes a value of it that must be there.
    pub(crate) fn taken(&self) -> Taken {
        match self {
            Self::List(element) => Taken::Iter(Box::new(element.taken())),
            ty if ty.is_converted() => Taken::Into(ty.clone()),
            ty => Taken::Plain(ty.clone()),
        }
    }

    /// How a setter takes a value of it.
    pub(crate) fn setting(&self) -> Setting {
        match self {
            Self::Value => Setting::Any,
            Self::List(element) if element.is_converted() => Setting::ListFrom((**element).clone()),
            Self::List(element) => Setting::ListOf((**element).clone()),
            ty if ty.is_converted() => Setting::IntoOption(ty.clone()),
            ty => Setting::Option(ty.clone()),
        }
    }
}
