//! The schema's language: files to [`Schema`](crate::Schema), a file per stage,
//! and back.

mod c_condition;
pub(crate) mod definition;
pub mod diagnostic;
mod dialect;
mod doc;
#[allow(dead_code, missing_docs, unreachable_pub, clippy::all)]
#[rustfmt::skip]
mod grammar;
pub mod loader;
pub(crate) mod names;
mod parse;
mod pipeline;
mod print;
pub(crate) mod program;
pub(crate) mod resolve;
pub mod source;
mod tree;
mod valid;
pub(crate) mod validate;

pub use diagnostic::Diagnostic;
pub use dialect::Dialect;
pub use pipeline::{Failure, Parsed, Parser};
