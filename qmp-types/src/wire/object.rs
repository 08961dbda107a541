//! Objects: structs, unions, the arguments of commands, the data of events.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_core::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::error::{in_list, in_member};

/// A type that is read from a JSON object, or from members that stand in
/// another object: that is how a union holds its branch.
pub trait ReadObject: Sized {
    /// The type's name in messages.
    const NAME: &'static str;

    /// Reads the members.
    ///
    /// # Errors
    /// A member does not fit its type, or a mandatory one is missing.
    fn read<'de, M: Members<'de>>(members: &mut M) -> Result<Self, M::Error>;
}

/// A type that is written as a JSON object, or as members of another object.
pub trait WriteObject {
    /// Writes the members.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error>;
}

impl<T: ReadObject> ReadObject for Box<T> {
    const NAME: &'static str = T::NAME;

    fn read<'de, M: Members<'de>>(members: &mut M) -> Result<Self, M::Error> {
        T::read(members).map(Box::new)
    }
}

impl<T: WriteObject> WriteObject for Box<T> {
    fn write<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
        T::write(self, members)
    }
}

/// The members of an object that is being read.
pub trait Members<'de> {
    /// The error of the format.
    type Error: de::Error;

    /// Moves on to the next member that is among `names`, and tells its index.
    /// Others are skipped: a later release may have added them.
    ///
    /// # Errors
    /// The input is broken.
    fn next(&mut self, names: &'static [&'static str]) -> Result<Option<usize>, Self::Error>;

    /// Like [`Members::next`], but keeps the other members for the branch of a
    /// union, which is not known before the discriminator is.
    ///
    /// # Errors
    /// The input is broken.
    fn next_or_keep(
        &mut self,
        names: &'static [&'static str],
    ) -> Result<Option<usize>, Self::Error>;

    /// Reads the value of the current member.
    ///
    /// # Errors
    /// It does not fit its type.
    fn value<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, Self::Error>;

    /// Reads the current member's value, an array.
    ///
    /// # Errors
    /// It does not fit its type.
    fn list<T: Deserialize<'de>>(&mut self) -> Result<Option<Vec<T>>, Self::Error> {
        Ok(self.value::<List<T>>()?.map(|list| list.0))
    }

    /// Takes the members that [`Members::next_or_keep`] kept.
    fn kept(&mut self) -> Vec<(String, Value)>;

    /// Reads the branch of a union from the members that were kept.
    ///
    /// # Errors
    /// They do not fit the branch.
    fn branch<T: ReadObject>(&mut self) -> Result<T, Self::Error> {
        T::read(&mut Kept {
            members: self.kept().into_iter(),
            current: None,
            kept: Vec::new(),
            error: PhantomData::<Self::Error>,
        })
    }

    /// The branch of a union whose discriminator has a value that the schema
    /// does not know.
    fn unrecognized(&mut self, tag: String) -> UnrecognizedBranch {
        UnrecognizedBranch {
            tag,
            members: self.kept().into_iter().collect(),
        }
    }

    /// Unwraps a mandatory member.
    ///
    /// # Errors
    /// It was absent.
    fn required<T>(&self, value: Option<T>, name: &'static str) -> Result<T, Self::Error> {
        value.ok_or_else(|| de::Error::custom(format_args!(".{name}: missing mandatory member")))
    }
}

/// Reads an object.
///
/// # Errors
/// The input is no object, or does not fit the type.
pub fn read<'de, T: ReadObject, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct ObjectVisitor<T>(PhantomData<T>);

    impl<'de, T: ReadObject> Visitor<'de> for ObjectVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "the object {}", T::NAME)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            let mut live = Live {
                map,
                current: "",
                kept: Vec::new(),
            };
            let object = T::read(&mut live)?;
            // A type without members reads none; the input must end all the same.
            while live.map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(object)
        }
    }

    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

/// Writes an object.
///
/// # Errors
/// Those of the serializer.
pub fn write<T: WriteObject, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    object.write(&mut map)?;
    map.end()
}

/// The members of an object as values.
///
/// ```
/// # use qmp_types::wire::{self, SerializeMap, WriteObject};
/// struct Slot(i64);
///
/// impl WriteObject for Slot {
///     fn write<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
///         members.serialize_entry("socket-id", &self.0)
///     }
/// }
/// assert_eq!(wire::members_of(&Slot(1))["socket-id"], 1);
/// ```
pub fn members_of<T: WriteObject>(object: &T) -> Map<String, Value> {
    match write(object, serde_json::value::Serializer) {
        Ok(Value::Object(members)) => members,
        // What the schema declares is always an object of JSON values.
        Ok(_) | Err(_) => Map::new(),
    }
}

/// Writes an optional member: absent where there is no value.
///
/// # Errors
/// Those of the serializer.
pub fn optional<M: SerializeMap, T: Serialize>(
    members: &mut M,
    name: &'static str,
    value: &Option<T>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => members.serialize_entry(name, value),
        None => Ok(()),
    }
}

/// Reads an array, with the index of the offending element in errors.
///
/// # Errors
/// The input is no array, or an element does not fit.
pub fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    List::deserialize(deserializer).map(|list| list.0)
}

/// Reads the reply of a command that returns nothing: whatever it holds is
/// ignored, since a later release may return something.
///
/// # Errors
/// The input is not well-formed.
pub fn nothing<'de, D: Deserializer<'de>>(reply: D) -> Result<(), D::Error> {
    reply.deserialize_ignored_any(IgnoredAny).map(|_| ())
}

/// The members of a union's branch that the schema does not know, with the
/// discriminator's value. A later release may have added it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnrecognizedBranch {
    tag: String,
    members: Map<String, Value>,
}

impl UnrecognizedBranch {
    /// The discriminator's value.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The members beside those that all branches share.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// Writes the members, without the discriminator.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn write<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
        self.members
            .iter()
            .try_for_each(|(name, value)| members.serialize_entry(name, value))
    }
}

/// Members that come straight from the input.
struct Live<A> {
    map: A,
    current: &'static str,
    kept: Vec<(String, Value)>,
}

impl<'de, A: MapAccess<'de>> Members<'de> for Live<A> {
    type Error = A::Error;

    fn next(&mut self, names: &'static [&'static str]) -> Result<Option<usize>, A::Error> {
        while let Some(index) = self.map.next_key_seed(Known(names))? {
            if let Some(index) = index {
                self.current = names[index];
                return Ok(Some(index));
            }
            self.map.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_or_keep(&mut self, names: &'static [&'static str]) -> Result<Option<usize>, A::Error> {
        while let Some(key) = self.map.next_key_seed(KnownOrKept(names))? {
            match key {
                Ok(index) => {
                    self.current = names[index];
                    return Ok(Some(index));
                }
                Err(name) => {
                    let value = self
                        .map
                        .next_value()
                        .map_err(|error| in_member(&name, &error))?;
                    self.kept.push((name, value));
                }
            }
        }
        Ok(None)
    }

    fn value<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.map
            .next_value()
            .map(Some)
            .map_err(|error| in_member(self.current, &error))
    }

    fn kept(&mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.kept)
    }
}

/// Members that were kept until the discriminator was known.
struct Kept<E> {
    members: std::vec::IntoIter<(String, Value)>,
    current: Option<(&'static str, Value)>,
    kept: Vec<(String, Value)>,
    error: PhantomData<E>,
}

impl<'de, E: de::Error> Members<'de> for Kept<E> {
    type Error = E;

    fn next(&mut self, names: &'static [&'static str]) -> Result<Option<usize>, E> {
        for (name, value) in self.members.by_ref() {
            if let Some(index) = position(names, &name) {
                self.current = Some((names[index], value));
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn next_or_keep(&mut self, names: &'static [&'static str]) -> Result<Option<usize>, E> {
        for (name, value) in self.members.by_ref() {
            if let Some(index) = position(names, &name) {
                self.current = Some((names[index], value));
                return Ok(Some(index));
            }
            self.kept.push((name, value));
        }
        Ok(None)
    }

    fn value<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, E> {
        let Some((name, value)) = self.current.take() else {
            return Ok(None);
        };
        T::deserialize(value)
            .map(Some)
            .map_err(|error| in_member(name, &E::custom(error)))
    }

    fn kept(&mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.kept)
    }
}

fn position(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|known| *known == name)
}

/// Reads a member's name as its index among known names, without keeping it.
struct Known(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Known {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Option<usize>, D::Error> {
        key.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Known {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(position(self.0, name))
    }
}

/// Reads a member's name as its index among known names, or keeps it.
struct KnownOrKept(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KnownOrKept {
    type Value = Result<usize, String>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KnownOrKept {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(position(self.0, name).ok_or_else(|| name.to_owned()))
    }
}

/// An array whose errors name the index.
struct List<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(element) = seq
                    .next_element()
                    .map_err(|error| in_list(list.len(), &error))?
                {
                    list.push(element);
                }
                Ok(List(list))
            }
        }

        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

/// Implements serde's traits for what reads and writes an object.
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
