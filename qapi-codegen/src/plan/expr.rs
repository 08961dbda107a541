//! Expressions: how a value is made of others.

use super::types::{Taken, Ty};

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    /// An argument.
    Name(String),
    /// What the struct around one value holds: `value.0`.
    Held(String),
    /// A `String` of a `&str`.
    Owned(String),
    /// Whatever the place wants, made of the value.
    Into(Box<Expr>),
    /// A list of what an argument iterates over.
    Collected {
        argument: String,
        /// Whether each element is converted.
        converted: bool,
    },
    Boxed(Box<Expr>),
    /// A call of a type's own function.
    Call {
        of: Ty,
        function: String,
        arguments: Vec<Expr>,
    },
    /// A variant of an enum, with what it holds.
    Variant {
        of: Ty,
        name: String,
        value: Option<Box<Expr>>,
    },
    /// `Self` around one value.
    Wrapped(Box<Expr>),
    /// `Self` with these fields.
    Fields(Vec<(String, Expr)>),
    /// An optional field that is not set.
    None,
    /// The map of undeclared members, with nothing in it.
    EmptyMap,
}

impl Expr {
    /// A call of a constructor.
    pub(crate) fn new(of: Ty, arguments: Vec<Expr>) -> Self {
        Self::Call {
            of,
            function: "new".to_owned(),
            arguments,
        }
    }

    /// The same on the heap, if it must be.
    pub(crate) fn boxed_if(self, boxed: bool) -> Self {
        if boxed {
            Self::Boxed(Box::new(self))
        } else {
            self
        }
    }
}

impl Taken {
    /// The value, made of the argument of this name.
    pub(crate) fn value(&self, argument: &str) -> Expr {
        let argument = argument.to_owned();
        match self {
            Self::Plain(_) => Expr::Name(argument),
            Self::Into(_) => Expr::Into(Box::new(Expr::Name(argument))),
            Self::Iter(element) => Expr::Collected {
                argument,
                converted: !matches!(**element, Self::Plain(_)),
            },
        }
    }
}
