//! Typed QMP commands, events and types for each QEMU release.
//!
//! There is a module for each release whose feature is on, with three in it:
//! `commands`, `events` and `types`; `qga` and `qsd` have the same for the
//! guest agent and the storage daemon. A command's struct holds its arguments,
//! its [`Command`] impl names what it returns. A transport such as
//! `qmp-transport` sends it.
//!
//! ```
//! # #[cfg(feature = "v11_1")] {
//! use qmp_types::v11_1::commands::BlockdevAdd;
//! use qmp_types::v11_1::types::{BlockdevOptionsFile, BlockdevOptionsQcow2};
//!
//! let image = BlockdevOptionsQcow2::new(BlockdevOptionsFile::new("/images/disk.qcow2"));
//! let add = BlockdevAdd::new(image).node_name("disk");
//! assert_eq!(
//!     serde_json::to_string(&add)?,
//!     r#"{"driver":"qcow2","file":{"driver":"file","filename":"/images/disk.qcow2"},"node-name":"disk"}"#,
//! );
//! # }
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! What a newer QEMU sends is no error: unknown members are ignored, unknown
//! values, branches and events are kept.
//!
//! # Features
//!
//! `v5_2`, `v7_2`, `v10_0`, `v10_2`, `v11_1` (the default): the bindings of that
//! release. They can be combined. `qga`, `qsd`: the guest agent's and the
//! storage daemon's bindings of those releases. Without any, the crate is the
//! traits and the wire helpers, for crates that generate their own bindings
//! with `qapi-codegen`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod event;
mod protocol;
pub mod secrets;
pub mod wire;

pub use event::{AnyEvent, RawEvent, Timestamp};
pub use protocol::{AnyCommand, Command, Event, Protocol, Qga, Qmp, Qsd, ServeCommand};
pub use wire::DecodeError;

// The path by which generated code names this crate holds in here, too.
#[cfg(feature = "_bindings")]
extern crate self as qmp_types;

#[cfg(feature = "_bindings")]
include!(concat!(env!("OUT_DIR"), "/releases.rs"));
