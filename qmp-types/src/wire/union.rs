//! Unions: the discriminator, and branches that the schema does not declare.

use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Visitor};
use serde_core::ser::SerializeMap;
use serde_json::{Map, Value};

use super::debug::members;
use super::names::Names;
use super::output::Output;
use crate::secrets::{self, Scope};

/// A branch of a union that the schema does not declare: the value of the
/// discriminator, and the members. A later release may have added it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnrecognizedBranch {
    pub(super) tag: String,
    pub(super) members: Map<String, Value>,
}

impl UnrecognizedBranch {
    /// Returns the value of the discriminator.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Returns the members, without those that all branches have.
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

/// The value of the discriminator of a union.
#[derive(Debug)]
pub enum Tag {
    /// The index of a branch that the schema declares.
    Known(usize),
    /// Any other value.
    Unknown(String),
}

/// Reads a discriminator, given the names of the branches.
pub(super) struct TagSeed(pub(super) &'static Names);

impl<'de> DeserializeSeed<'de> for TagSeed {
    type Value = Tag;

    fn deserialize<D: Deserializer<'de>>(self, tag: D) -> Result<Tag, D::Error> {
        tag.deserialize_str(self)
    }
}

impl Visitor<'_> for TagSeed {
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
