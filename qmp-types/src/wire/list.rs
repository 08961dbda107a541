//! Arrays.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{Deserialize, Deserializer, SeqAccess, Visitor};

use super::error::in_list;

/// Reads an array. Errors have the index of the offending element.
///
/// # Errors
/// The input is not an array, or an element does not fit its type.
pub fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    List::deserialize(deserializer).map(|list| list.0)
}

/// An array. Errors have the index of the offending element.
pub(super) struct List<T>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                // The hint may be wrong, so no more than a page is allocated before
                // elements were read.
                let max_capacity = 4096 / size_of::<T>().max(1);
                let mut list = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(max_capacity));
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
