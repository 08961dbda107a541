//! Introspection: what QEMU answers to `query-qmp-schema`, out of a schema and
//! into one.

mod info;
mod matching;
mod naming;
mod read;
mod write;

pub(crate) use info::{InfoKind, InfoMember, Infos};
pub(crate) use matching::{recover, same_shape};

pub use info::IntrospectionError;
pub use read::recover_names;
pub use write::Options;
