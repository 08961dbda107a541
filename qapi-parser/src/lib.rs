//! Reads QAPI schemas into one typed representation, [`Schema`].
//!
//! [`Parser`] reads the schema's own language, in one of three dialects
//! ([`Dialect`]).

mod condition;
#[cfg(feature = "json")]
pub mod conditions;
mod definition;
pub mod diagnostic;
mod dialect;
mod doc;
#[allow(dead_code, missing_docs, unreachable_pub, clippy::all)]
#[rustfmt::skip]
mod grammar;
#[cfg(feature = "json")]
pub mod introspect;
pub mod loader;
mod names;
mod parse;
mod parser;
mod print;
mod read;
mod resolve;
pub mod schema;
mod since;
pub mod source;
mod tree;
mod validate;

pub use condition::Symbols;
pub use diagnostic::Diagnostic;
pub use dialect::Dialect;
pub use parser::{Failure, Parsed, Parser};
pub use schema::Schema;
