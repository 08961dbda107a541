//! Reads QAPI schemas into one typed representation, [`Schema`].
pub mod schema;
pub mod source;
pub use schema::Schema;
