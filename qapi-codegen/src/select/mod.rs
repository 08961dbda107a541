//! What of a schema is generated: allow and deny lists, their closure, branches,
//! conditions, stability.

mod closure;
mod pattern;
mod pick;
mod selection;

pub(crate) use pattern::matches;
pub(crate) use selection::{Existence, Selection};
