//! Enumerations that keep values which the schema does not know.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{self, Deserializer, Visitor};

/// An enumeration on the wire: a string.
pub trait OpenEnum: for<'a> From<&'a str> {
    /// The type's name in messages.
    const NAME: &'static str;
}

/// A value that the schema does not know. A later release may have added it.
///
/// It is made by the enumeration's `From<&str>` only, so that a known value is
/// never hidden in here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unrecognized(Box<str>);

impl Unrecognized {
    /// Keeps a value. For generated code, which has compared it with all that
    /// it knows.
    #[doc(hidden)]
    pub fn new(value: &str) -> Self {
        Self(value.into())
    }

    /// The value as it stood on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a value of an enumeration.
///
/// # Errors
/// The input is no string.
pub fn read_enum<'de, T: OpenEnum, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct EnumVisitor<T>(PhantomData<T>);

    impl<T: OpenEnum> Visitor<'_> for EnumVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a string, a value of {}", T::NAME)
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
            Ok(T::from(value))
        }
    }

    deserializer.deserialize_str(EnumVisitor(PhantomData))
}

/// Implements what every open enum has beside `as_str` and `From<&str>`.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    ($name:ident) => {
        impl $crate::wire::OpenEnum for $name {
            const NAME: &'static str = ::core::stringify!($name);
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            #[inline]
            fn from_str(value: &str) -> ::core::result::Result<Self, Self::Err> {
                ::core::result::Result::Ok(<Self as ::core::convert::From<&str>>::from(value))
            }
        }

        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::wire::Serialize for $name {
            fn serialize<S: $crate::wire::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::wire::Deserialize<'de> for $name {
            fn deserialize<D: $crate::wire::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::wire::read_enum(deserializer)
            }
        }
    };
}
