//! Reading the members of an object, in any order.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::deferred::Deferred;
use super::error::in_member;
use super::names::Names;
use super::object::{Members, ReadObject};
use super::union::{Tag, TagSeed};

/// Reads an object.
///
/// # Errors
/// The input is not an object, or does not fit the type.
pub fn read<'de, T: ReadObject, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct ObjectVisitor<T>(PhantomData<T>);

    impl<'de, T: ReadObject> Visitor<'de> for ObjectVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "the object {}", T::NAME)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            let mut input = Input::new(map);
            let object = T::read(&mut input)?;
            input.finish()?;
            Ok(object)
        }
    }

    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

/// The members of an object: first those that were deferred, then those of the input.
struct Input<A> {
    map: A,
    /// The name of the current member.
    name: &'static str,
    /// Where the value of the current member is on the tape; `None` if it is in the
    /// input.
    place: Option<usize>,
    /// Members that were read before the discriminator. Only unions have some.
    deferred: Option<Box<Deferred>>,
}

impl<A> Input<A> {
    fn new(map: A) -> Self {
        Self {
            map,
            name: "",
            place: None,
            deferred: None,
        }
    }

    #[inline]
    fn next_deferred(&mut self, names: &'static Names) -> Option<usize> {
        let (index, place) = self.deferred.as_mut()?.next(names)?;
        self.name = names.at(index);
        self.place = Some(place);
        Some(index)
    }
}

impl<'de, A: MapAccess<'de>> Input<A> {
    /// Reads the rest of the input. A type without members has read nothing.
    fn finish(mut self) -> Result<(), A::Error> {
        while self.map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        if let Some(deferred) = self.deferred {
            deferred.recycle();
        }
        Ok(())
    }

    /// Reads the value of the current member.
    #[inline]
    fn current<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let value = match (self.place, &self.deferred) {
            (Some(place), Some(deferred)) => seed.deserialize(&mut deferred.value(place)),
            _ => self.map.next_value_seed(seed),
        };
        value.map_err(|error| in_member(self.name, &error))
    }
}

impl<'de, A: MapAccess<'de>> Members<'de> for Input<A> {
    type Error = A::Error;

    #[inline]
    fn next(&mut self, names: &'static Names) -> Result<Option<usize>, A::Error> {
        if let Some(index) = self.next_deferred(names) {
            return Ok(Some(index));
        }
        while let Some(index) = self.map.next_key_seed(NameIndex(names))? {
            if let Some(index) = index {
                self.name = names.at(index);
                self.place = None;
                return Ok(Some(index));
            }
            self.map.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_or_keep(&mut self, names: &'static Names) -> Result<Option<usize>, A::Error> {
        if let Some(index) = self.next_deferred(names) {
            return Ok(Some(index));
        }
        while let Some(key) = self.map.next_key_seed(NameIndexOrName(names))? {
            match key {
                Ok(index) => {
                    self.name = names.at(index);
                    self.place = None;
                    return Ok(Some(index));
                }
                Err(name) => {
                    let deferred = self.deferred.get_or_insert_with(Deferred::new);
                    deferred.add(&name, &mut self.map)?;
                }
            }
        }
        Ok(None)
    }

    #[inline]
    fn value<T: Deserialize<'de>>(&mut self, into: &mut Option<T>) -> Result<(), A::Error> {
        *into = Some(self.current(PhantomData)?);
        Ok(())
    }

    fn tag(&mut self, names: &'static Names, into: &mut Option<Tag>) -> Result<(), A::Error> {
        *into = Some(self.current(TagSeed(names))?);
        Ok(())
    }

    fn branch<T: ReadObject>(&mut self) -> Result<T, A::Error> {
        if let Some(deferred) = &mut self.deferred {
            deferred.rewind();
        }
        T::read(self)
    }

    fn rest(&mut self) -> Result<Map<String, Value>, A::Error> {
        while self.next_or_keep(const { &Names::new(&[]) })?.is_some() {}
        let mut members = Map::new();
        if let Some(deferred) = &mut self.deferred {
            deferred.drain_into(&mut members)?;
        }
        Ok(members)
    }
}

/// Reads the name of a member, as its index in a list of names.
struct NameIndex(&'static Names);

impl<'de> DeserializeSeed<'de> for NameIndex {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Option<usize>, D::Error> {
        key.deserialize_identifier(self)
    }
}

impl Visitor<'_> for NameIndex {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.find(name))
    }
}

/// Reads the name of a member, as its index in a list of names, or as it is if the
/// list does not have it.
struct NameIndexOrName(&'static Names);

impl<'de> DeserializeSeed<'de> for NameIndexOrName {
    type Value = Result<usize, Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_identifier(self)
    }
}

impl<'de> Visitor<'de> for NameIndexOrName {
    type Value = Result<usize, Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.find(name).ok_or_else(|| name.to_owned().into()))
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(self.0.find(name).ok_or(name.into()))
    }
}
