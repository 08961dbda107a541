//! Alternates: the JSON type of a value selects the branch.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde_core::de::{
    self, Deserialize, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

/// An alternate. Each method reads the branch of one JSON type. If the schema does
/// not declare a branch of that type, the value is kept as it is.
pub trait Alternate: Sized {
    /// Keeps a value whose JSON type has no branch.
    fn unrecognized(value: Value) -> Self;

    /// Reads a string.
    ///
    /// # Errors
    /// The value does not fit the branch.
    fn string<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        keep(value)
    }

    /// Reads a number.
    ///
    /// # Errors
    /// The value does not fit the branch.
    fn number<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        keep(value)
    }

    /// Reads a boolean.
    ///
    /// # Errors
    /// The value does not fit the branch.
    fn boolean<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        keep(value)
    }

    /// Reads a `null`.
    ///
    /// # Errors
    /// The value does not fit the branch.
    fn null<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        keep(value)
    }

    /// Reads an array.
    ///
    /// # Errors
    /// The value does not fit the branch.
    fn array<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        keep(value)
    }

    /// Reads an object.
    ///
    /// # Errors
    /// The value does not fit the branch.
    fn object<'de, D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        keep(value)
    }

    /// Reads the branch that the JSON type of the input selects.
    ///
    /// # Errors
    /// The value does not fit the branch.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AlternateVisitor(PhantomData))
    }
}

fn keep<'de, T: Alternate, D: Deserializer<'de>>(value: D) -> Result<T, D::Error> {
    Value::deserialize(value).map(T::unrecognized)
}

struct AlternateVisitor<T>(PhantomData<T>);

impl<'de, T: Alternate> Visitor<'de> for AlternateVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        T::string(value.into_deserializer())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        T::number(value.into_deserializer())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        T::number(value.into_deserializer())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        T::number(value.into_deserializer())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        T::boolean(value.into_deserializer())
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        T::null(().into_deserializer())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        T::array(SeqAccessDeserializer::new(seq))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::object(MapAccessDeserializer::new(map))
    }
}

/// Implements serde's `Deserialize` for an [`Alternate`](crate::wire::Alternate).
#[doc(hidden)]
#[macro_export]
macro_rules! __alternate {
    ($name:ident) => {
        impl<'de> $crate::wire::Deserialize<'de> for $name {
            fn deserialize<D: $crate::wire::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <Self as $crate::wire::Alternate>::read(deserializer)
            }
        }
    };
}
