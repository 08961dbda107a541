//! The members of a union that come before its discriminator.

use std::cell::Cell;

use serde_core::de::{self, Deserialize, MapAccess};
use serde_json::{Map, Value};

use super::error::in_member;
use super::names::Names;
use super::tape::{Replay, Tape, Text};

/// Members that cannot be decoded before the discriminator is read.
#[derive(Default)]
pub(super) struct Deferred {
    /// The name of each member, and where its value is on the tape. `None` for a
    /// member that was read.
    members: Vec<Option<(Text, usize)>>,
    /// The index in `members` where the search goes on.
    next: usize,
    tape: Tape,
}

/// The most memory that is kept for the next union, in bytes.
const MAX_RECYCLED_SIZE: usize = 1 << 16;

thread_local! {
    /// The memory of the last union of this thread, for the next one. Replies can
    /// have many unions, and allocating for each takes a considerable part of the
    /// time.
    static RECYCLED: Cell<Option<Box<Deferred>>> = const { Cell::new(None) };
}

impl Deferred {
    /// Returns an empty list, with the memory of an earlier one.
    pub(super) fn new() -> Box<Self> {
        RECYCLED.take().unwrap_or_default()
    }

    /// Keeps the memory for the next union.
    pub(super) fn recycle(mut self: Box<Self>) {
        if self.tape.size() <= MAX_RECYCLED_SIZE {
            self.members.clear();
            self.next = 0;
            self.tape.clear();
            RECYCLED.set(Some(self));
        }
    }

    /// Removes the next member that is in `names`. Returns its index there, and its
    /// place on the tape.
    pub(super) fn next(&mut self, names: &Names) -> Option<(usize, usize)> {
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

    /// Adds the current member of the input.
    pub(super) fn add<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        input: &mut A,
    ) -> Result<(), A::Error> {
        let place = self.tape.end();
        let text = self.tape.keep(name)?;
        input
            .next_value_seed(self.tape.record())
            .map_err(|error| in_member(name, &error))?;
        self.members.push(Some((text, place)));
        self.next = self.members.len();
        Ok(())
    }

    /// Begins the search for members again.
    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }

    /// Returns the value at a place on the tape.
    #[inline]
    pub(super) fn value<E: de::Error>(&self, place: usize) -> Replay<'_, E> {
        self.tape.replay(place)
    }

    /// Removes all members, as values.
    pub(super) fn drain_into<E: de::Error>(
        &mut self,
        members: &mut Map<String, Value>,
    ) -> Result<(), E> {
        for (name, place) in self.members.drain(..).flatten() {
            let value = Value::deserialize(&mut self.tape.replay(place))?;
            members.insert(self.tape.text(name).to_owned(), value);
        }
        Ok(())
    }
}
