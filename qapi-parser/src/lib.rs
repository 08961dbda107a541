//! Reads QAPI schemas into one typed representation, [`Schema`].
//!
//! [`Parser`] reads the schema's own language, in one of three dialects
//! ([`Dialect`]).

#[cfg(feature = "text")]
mod c_text;
mod condition;
#[cfg(feature = "json")]
pub mod conditions;
#[cfg(feature = "text")]
mod definition;
#[cfg(feature = "text")]
pub mod diagnostic;
#[cfg(feature = "text")]
mod dialect;
#[cfg(feature = "text")]
mod doc;
#[cfg(feature = "text")]
#[allow(dead_code, missing_docs, unreachable_pub, clippy::all)]
#[rustfmt::skip]
mod grammar;
#[cfg(feature = "json")]
pub mod introspect;
#[cfg(feature = "text")]
pub mod loader;
#[cfg(feature = "text")]
mod names;
mod nearest;
#[cfg(feature = "text")]
mod parse;
#[cfg(feature = "text")]
mod parser;
#[cfg(feature = "text")]
mod print;
#[cfg(feature = "text")]
mod read;
#[cfg(feature = "text")]
mod resolve;
pub mod schema;
mod since;
mod snapshot;
#[cfg(feature = "text")]
pub mod source;
mod span;
#[cfg(feature = "text")]
mod tree;
#[cfg(feature = "text")]
mod validate;
mod visible;

pub use condition::Symbols;
#[cfg(feature = "text")]
pub use diagnostic::Diagnostic;
#[cfg(feature = "text")]
pub use dialect::Dialect;
pub use nearest::nearest;
#[cfg(feature = "text")]
pub use parser::{Failure, Parsed, Parser};
pub use schema::Schema;
pub use snapshot::SnapshotError;
pub use span::Span;
pub use visible::visible;
