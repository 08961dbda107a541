//! What of a schema is generated: allow and deny lists, their closure, branches,
//! conditions, stability.

mod closure;
#[cfg(feature = "cli")]
mod matching;
mod pattern;
mod pick;
mod selection;

#[cfg(feature = "cli")]
pub use matching::{Kind, names_matching};
pub(crate) use pattern::matches;
pub(crate) use selection::{Existence, Selection};
