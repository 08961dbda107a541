//! Objects: structs, unions, the arguments of commands, the data of events.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_core::ser::{self, Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::debug::members;
use super::error::{in_list, in_member};
use super::names::Names;
use super::tape::{Tape, Text};
use crate::secrets::{self, Scope};

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

/// The members of an object that is being written. After an error nothing is
/// written any more; that keeps what is generated for each type small.
#[derive(Debug)]
pub struct Output<M: SerializeMap> {
    map: M,
    error: Option<M::Error>,
}

impl<M: SerializeMap> Output<M> {
    /// Writes a member.
    pub fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        if self.error.is_none() {
            self.error = self.map.serialize_entry(name, value).err();
        }
    }

    /// Writes an optional member: absent where there is no value.
    pub fn optional<T: Serialize>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.member(name, value);
        }
    }

    /// Writes the members that were added to a command beside those that it
    /// declares. `declared` says which these are, and whether they are written:
    /// a member that is there twice is an error, as servers refuse it.
    pub fn extra(
        &mut self,
        command: &str,
        declared: &[(&str, bool)],
        members: &Map<String, Value>,
    ) {
        let is_written = |name: &str| declared.contains(&(name, true));
        for (name, member) in members.iter().filter(|(name, _)| !is_written(name)) {
            self.member(name, member);
        }
        let twice = members.keys().find(|name| is_written(name));
        if let (Some(name), None) = (twice, &self.error) {
            self.error = Some(ser::Error::custom(format_args!(
                ".{name}: given twice, as a member that `{command}` declares and by `extra`; \
                 leave out one of them"
            )));
        }
    }

    /// Writes members that no type declares.
    pub fn rest(&mut self, members: &Map<String, Value>) {
        for (name, value) in members {
            self.member(name, value);
        }
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
    fn next(&mut self, names: &'static Names) -> Result<Option<usize>, Self::Error>;

    /// Like [`Members::next`], but keeps the other members for the branch of a
    /// union, which is not known before the discriminator is.
    ///
    /// # Errors
    /// The input is broken.
    fn next_or_keep(&mut self, names: &'static Names) -> Result<Option<usize>, Self::Error>;

    /// Reads the value of the current member into a place that is `None` until
    /// then.
    ///
    /// # Errors
    /// It does not fit its type.
    fn value<T: Deserialize<'de>>(&mut self, into: &mut Option<T>) -> Result<(), Self::Error>;

    /// Reads the current member's value, an array.
    ///
    /// # Errors
    /// It does not fit its type.
    fn list<T: Deserialize<'de>>(&mut self, into: &mut Option<Vec<T>>) -> Result<(), Self::Error> {
        let mut list = None;
        self.value::<List<T>>(&mut list)?;
        *into = list.map(|list| list.0);
        Ok(())
    }

    /// Reads the current member's value, a union's discriminator: one of these.
    ///
    /// # Errors
    /// It is no string.
    fn tag(&mut self, names: &'static Names, into: &mut Option<Tag>) -> Result<(), Self::Error>;

    /// Reads the branch of a union: from the members that were kept, and from
    /// those that are still to come.
    ///
    /// # Errors
    /// They do not fit the branch.
    fn branch<T: ReadObject>(&mut self) -> Result<T, Self::Error>;

    /// Reads all other members: those that were kept, and those that are still to
    /// come.
    ///
    /// # Errors
    /// The input is broken.
    fn rest(&mut self) -> Result<Map<String, Value>, Self::Error>;

    /// Reads the branch of a union whose discriminator has a value that the
    /// schema does not know.
    ///
    /// # Errors
    /// The input is broken.
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

    /// What the absence of a mandatory member makes of the object.
    ///
    /// # Errors
    /// Always.
    fn missing<T>(&self, name: &'static str) -> Result<T, Self::Error> {
        Err(de::Error::custom(format_args!(
            ".{name}: missing mandatory member"
        )))
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
            let mut input = Input {
                map,
                name: "",
                place: None,
                kept: None,
            };
            let object = T::read(&mut input)?;
            // A type without members reads none; the input must end all the same.
            while input.map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            if let Some(kept) = input.kept {
                kept.spare();
            }
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

/// The members of an object as values.
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
            // All that is written fits into JSON; what is given twice is there once.
            output.map.end()
        });
    match written {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
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
#[derive(Clone, PartialEq, Eq, Hash)]
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
    pub fn write<M: SerializeMap>(&self, members: &mut Output<M>) {
        members.rest(&self.members);
    }
}

impl fmt::Debug for UnrecognizedBranch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnrecognizedBranch")
            .field("tag", &secrets::text(&self.tag))
            .field("members", &members(Scope::Named(&self.tag), &self.members))
            .finish()
    }
}

/// The value of a union's discriminator.
#[derive(Debug)]
pub enum Tag {
    /// The index of one that the schema knows.
    Known(usize),
    /// Any other.
    Unknown(String),
}

/// Reads a discriminator as one of these.
struct OneOf(&'static Names);

impl<'de> DeserializeSeed<'de> for OneOf {
    type Value = Tag;

    fn deserialize<D: Deserializer<'de>>(self, tag: D) -> Result<Tag, D::Error> {
        tag.deserialize_str(self)
    }
}

impl Visitor<'_> for OneOf {
    type Value = Tag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, tag: &str) -> Result<Tag, E> {
        Ok(match self.0.find(tag) {
            Some(index) => Tag::Known(index),
            None => Tag::Unknown(tag.to_owned()),
        })
    }
}

/// The members of an object: those of a union that had to wait for its
/// discriminator, and then the input's.
struct Input<A> {
    map: A,
    /// The current member.
    name: &'static str,
    /// Where its value is on the tape, if it was kept.
    place: Option<usize>,
    /// Few objects are unions.
    kept: Option<Box<Kept>>,
}

/// Members that wait until it is known what they are.
#[derive(Default)]
struct Kept {
    /// Names, and where the values are on the tape. None once they are read.
    members: Vec<Option<(Text, usize)>>,
    /// Which is to be looked at next.
    next: usize,
    tape: Tape,
}

/// The most memory that is held for the next union.
const SPARE: usize = 1 << 16;

thread_local! {
    /// What the last union of this thread needed, for the next: replies are full
    /// of unions, and to allocate for each is a good part of all work.
    static LAST: Cell<Option<Box<Kept>>> = const { Cell::new(None) };
}

impl Kept {
    fn new() -> Box<Self> {
        LAST.take().unwrap_or_default()
    }

    fn spare(mut self: Box<Self>) {
        if self.tape.size() <= SPARE {
            self.members.clear();
            self.next = 0;
            self.tape.clear();
            LAST.set(Some(self));
        }
    }

    /// Moves on to a member that is among `names`, and keeps it no longer. Tells
    /// its index and its place.
    fn next(&mut self, names: &Names) -> Option<(usize, usize)> {
        while let Some(member) = self.members.get_mut(self.next) {
            self.next += 1;
            let index = member
                .as_ref()
                .and_then(|(name, _)| names.find(self.tape.text(*name)));
            if let (Some(index), Some((_, place))) = (index, member.take_if(|_| index.is_some())) {
                return Some((index, place));
            }
        }
        None
    }

    /// Keeps a member of the input.
    fn keep<'de, A: MapAccess<'de>>(&mut self, name: &str, input: &mut A) -> Result<(), A::Error> {
        let place = self.tape.end();
        let text = self.tape.keep(name)?;
        input
            .next_value_seed(self.tape.record())
            .map_err(|error| in_member(name, &error))?;
        self.members.push(Some((text, place)));
        self.next = self.members.len();
        Ok(())
    }
}

impl<A> Input<A> {
    #[inline]
    fn next_kept(&mut self, names: &'static Names) -> Option<usize> {
        let (index, place) = self.kept.as_mut()?.next(names)?;
        self.name = names.at(index);
        self.place = Some(place);
        Some(index)
    }
}

impl<'de, A: MapAccess<'de>> Input<A> {
    /// Reads the value of the current member.
    #[inline]
    fn current<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let value = match (self.place, &self.kept) {
            (Some(place), Some(kept)) => seed.deserialize(&mut kept.tape.replay(place)),
            _ => self.map.next_value_seed(seed),
        };
        value.map_err(|error| in_member(self.name, &error))
    }
}

impl<'de, A: MapAccess<'de>> Members<'de> for Input<A> {
    type Error = A::Error;

    #[inline]
    fn next(&mut self, names: &'static Names) -> Result<Option<usize>, A::Error> {
        if let Some(index) = self.next_kept(names) {
            return Ok(Some(index));
        }
        while let Some(index) = self.map.next_key_seed(Known(names))? {
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
        if let Some(index) = self.next_kept(names) {
            return Ok(Some(index));
        }
        while let Some(key) = self.map.next_key_seed(KnownOrKept(names))? {
            match key {
                Ok(index) => {
                    self.name = names.at(index);
                    self.place = None;
                    return Ok(Some(index));
                }
                Err(name) => {
                    let kept = self.kept.get_or_insert_with(Kept::new);
                    kept.keep(&name, &mut self.map)?;
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
        *into = Some(self.current(OneOf(names))?);
        Ok(())
    }

    fn branch<T: ReadObject>(&mut self) -> Result<T, A::Error> {
        if let Some(kept) = &mut self.kept {
            kept.next = 0;
        }
        T::read(self)
    }

    fn rest(&mut self) -> Result<Map<String, Value>, A::Error> {
        while self.next_or_keep(const { &Names::new(&[]) })?.is_some() {}
        let mut members = Map::new();
        if let Some(kept) = &mut self.kept {
            for (name, place) in kept.members.drain(..).flatten() {
                let value = Value::deserialize(&mut kept.tape.replay(place))?;
                members.insert(kept.tape.text(name).to_owned(), value);
            }
        }
        Ok(members)
    }
}

/// Reads a member's name as its index among known names, without keeping it.
struct Known(&'static Names);

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
        Ok(self.0.find(name))
    }
}

/// Reads a member's name as its index among known names, or keeps it.
struct KnownOrKept(&'static Names);

impl<'de> DeserializeSeed<'de> for KnownOrKept {
    type Value = Result<usize, Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_identifier(self)
    }
}

impl<'de> Visitor<'de> for KnownOrKept {
    type Value = Result<usize, Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.find(name).ok_or_else(|| name.to_owned().into()))
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(self.0.find(name).ok_or(name.into()))
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
                // No more than a page before there is proof of so many.
                let most = 4096 / size_of::<T>().max(1);
                let mut list = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(most));
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
