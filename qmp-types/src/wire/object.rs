//! Objects: structs, unions, the arguments of commands, the data of events.

use serde_core::de::{self, Deserialize, Deserializer, IgnoredAny};
use serde_core::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::list::List;
use super::names::Names;
use super::output::Output;
use super::union::{Tag, UnrecognizedBranch};

/// A type that is read from a JSON object, or from members of another object, as the
/// branch of a union is.
pub trait ReadObject: Sized {
    /// The name of the type, for messages.
    const NAME: &'static str;

    /// Reads the members.
    ///
    /// # Errors
    /// A member does not fit its type, or a mandatory member is missing.
    fn read<'de, M: Members<'de>>(members: &mut M) -> Result<Self, M::Error>;
}

/// A type that is written as a JSON object, or as members of another object.
pub trait WriteObject {
    /// Writes the members.
    fn write<M: SerializeMap>(&self, members: &mut Output<M>);
}

impl<T: ReadObject> ReadObject for Box<T> {
    const NAME: &'static str = T::NAME;

    fn read<'de, M: Members<'de>>(members: &mut M) -> Result<Self, M::Error> {
        T::read(members).map(Box::new)
    }
}

impl<T: WriteObject> WriteObject for Box<T> {
    fn write<M: SerializeMap>(&self, members: &mut Output<M>) {
        T::write(self, members);
    }
}

/// The members of an object that is being read.
pub trait Members<'de> {
    /// The error type of the deserializer.
    type Error: de::Error;

    /// Moves to the next member that is in `names`, and returns its index. Other
    /// members are skipped: a later release may have added them.
    ///
    /// # Errors
    /// The input is malformed.
    fn next(&mut self, names: &'static Names) -> Result<Option<usize>, Self::Error>;

    /// Like [`Members::next`], but keeps the other members for the branch of a union.
    /// Which branch that is depends on the discriminator, which may come later.
    ///
    /// # Errors
    /// The input is malformed.
    fn next_or_keep(&mut self, names: &'static Names) -> Result<Option<usize>, Self::Error>;

    /// Reads the value of the current member into a variable that was `None`.
    ///
    /// # Errors
    /// The value does not fit its type.
    fn value<T: Deserialize<'de>>(&mut self, into: &mut Option<T>) -> Result<(), Self::Error>;

    /// Reads the value of the current member, which is an array.
    ///
    /// # Errors
    /// The value does not fit its type.
    fn list<T: Deserialize<'de>>(&mut self, into: &mut Option<Vec<T>>) -> Result<(), Self::Error> {
        let mut list = None;
        self.value::<List<T>>(&mut list)?;
        *into = list.map(|list| list.0);
        Ok(())
    }

    /// Reads the value of the current member, which is the discriminator of a union
    /// with branches of these names.
    ///
    /// # Errors
    /// The value is not a string.
    fn tag(&mut self, names: &'static Names, into: &mut Option<Tag>) -> Result<(), Self::Error>;

    /// Reads the branch of a union, from the members that were kept and from the
    /// rest of the input.
    ///
    /// # Errors
    /// The members do not fit the branch.
    fn branch<T: ReadObject>(&mut self) -> Result<T, Self::Error>;

    /// Reads all other members: those that were kept, and the rest of the input.
    ///
    /// # Errors
    /// The input is malformed.
    fn rest(&mut self) -> Result<Map<String, Value>, Self::Error>;

    /// Reads the branch of a union whose discriminator has a value that the schema
    /// does not declare.
    ///
    /// # Errors
    /// The input is malformed.
    fn unrecognized(
        &mut self,
        names: &'static Names,
        tag: Tag,
    ) -> Result<UnrecognizedBranch, Self::Error> {
        let members = self.rest()?;
        let tag = match tag {
            Tag::Known(index) => names.at(index).to_owned(),
            Tag::Unknown(tag) => tag,
        };
        Ok(UnrecognizedBranch { tag, members })
    }

    /// Returns the error of an object without a mandatory member.
    ///
    /// # Errors
    /// Always.
    fn missing<T>(&self, name: &'static str) -> Result<T, Self::Error> {
        Err(de::Error::custom(format_args!(
            ".{name}: missing mandatory member"
        )))
    }
}

/// Writes an object.
///
/// # Errors
/// Those of the serializer.
pub fn write<T: WriteObject, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut output = Output {
        map: serializer.serialize_map(None)?,
        error: None,
    };
    object.write(&mut output);
    match output.error {
        Some(error) => Err(error),
        None => output.map.end(),
    }
}

/// Returns the members of an object as values.
///
/// ```
/// # use qmp_types::wire::{self, Output, SerializeMap, WriteObject};
/// struct Slot(i64);
///
/// impl WriteObject for Slot {
///     fn write<M: SerializeMap>(&self, members: &mut Output<M>) {
///         members.member("socket-id", &self.0);
///     }
/// }
/// assert_eq!(wire::members_of(&Slot(1))["socket-id"], 1);
/// ```
pub fn members_of<T: WriteObject>(object: &T) -> Map<String, Value> {
    let written = serde_json::value::Serializer
        .serialize_map(None)
        .and_then(|map| {
            let mut output = Output { map, error: None };
            object.write(&mut output);
            // Values always fit into JSON, and a duplicate member is kept once.
            output.map.end()
        });
    match written {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    }
}

/// Reads the reply of a command that returns nothing. Its content is ignored, because
/// a later release may return something.
///
/// # Errors
/// The input is malformed.
pub fn nothing<'de, D: Deserializer<'de>>(reply: D) -> Result<(), D::Error> {
    reply.deserialize_ignored_any(IgnoredAny).map(|_| ())
}

/// Implements serde's traits for a type that reads or writes an object.
#[doc(hidden)]
#[macro_export]
macro_rules! __object {
    ($name:ident) => {
        $crate::__object!($name: read);
        $crate::__object!($name: write);
    };
    ($name:ident: read) => {
        impl<'de> $crate::wire::Deserialize<'de> for $name {
            fn deserialize<D: $crate::wire::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::wire::read(deserializer)
            }
        }
    };
    ($name:ident: write) => {
        impl $crate::wire::Serialize for $name {
            fn serialize<S: $crate::wire::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::wire::write(self, serializer)
            }
        }
    };
}
