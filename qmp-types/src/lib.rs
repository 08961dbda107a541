//! Typed QMP commands, events and types for each QEMU release.

mod event;
mod protocol;
pub mod wire;

pub use event::{AnyEvent, RawEvent, Timestamp};
pub use protocol::{Command, Event, Protocol, Qga, Qmp, Qsd};
pub use wire::DecodeError;
