//! Reads QAPI schemas into one typed representation, [`Schema`].
//!
//! [`Parser`] reads the schema's own language, in one of three dialects
//! ([`Dialect`]).

mod condition;
#[cfg(feature = "diff")]
pub mod diff;
#[cfg(feature = "json")]
pub mod introspect;
mod merge;
mod nearest;
mod releases;
pub mod schema;
mod since;
mod snapshot;
mod span;
#[cfg(feature = "text")]
mod text;
mod visible;

pub use condition::Symbols;
pub use merge::{MergeError, Side};
pub use schema::Schema;
pub use snapshot::SnapshotError;
pub use span::Span;
#[cfg(feature = "text")]
pub use text::{Diagnostic, Dialect, Failure, Parsed, Parser, diagnostic, loader, source};
pub use visible::visible;

/// What the crates of this workspace share. It is no part of the interface.
#[doc(hidden)]
pub mod shared {
    pub use crate::nearest::nearest;
}
