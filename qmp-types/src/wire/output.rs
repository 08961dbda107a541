//! Writing the members of an object.

use serde_core::ser::{self, Serialize, SerializeMap};
use serde_json::{Map, Value};

/// The members of an object that is being written.
///
/// It keeps the first error and writes nothing after it. So generated code does not
/// handle errors, which makes it smaller.
#[derive(Debug)]
pub struct Output<M: SerializeMap> {
    pub(super) map: M,
    pub(super) error: Option<M::Error>,
}

impl<M: SerializeMap> Output<M> {
    /// Writes a member.
    pub fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        if self.error.is_none() {
            self.error = self.map.serialize_entry(name, value).err();
        }
    }

    /// Writes an optional member, if it has a value.
    pub fn optional<T: Serialize>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.member(name, value);
        }
    }

    /// Writes arguments that were added to those that a command declares. `declared`
    /// has the declared ones, and whether each is written. An argument that is
    /// written twice is an error, because servers reject it.
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
        let duplicate = members.keys().find(|name| is_written(name));
        if let (Some(name), None) = (duplicate, &self.error) {
            self.error = Some(ser::Error::custom(format_args!(
                ".{name}: duplicate argument, declared by `{command}` and added with `extra`; \
                 remove one of them"
            )));
        }
    }

    /// Writes members that the schema does not declare.
    pub fn rest(&mut self, members: &Map<String, Value>) {
        for (name, value) in members {
            self.member(name, value);
        }
    }
}
