//! Introspection, the reply to `query-qmp-schema`: written from a schema, and read
//! into one.

mod build_conditions;
mod definitions;
mod info;
mod matching;
mod naming;
mod write;

pub(crate) use info::{InfoKind, InfoMember, Infos};
pub(crate) use matching::{recover, same_shape};

pub use build_conditions::BuildConditions;
pub use definitions::{message_names, recover_names};
pub use info::IntrospectionError;

pub use write::Options;
