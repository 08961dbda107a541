//! Typed QMP commands, events and types for each QEMU release.
//!
//! Each release whose feature is enabled has a module with `commands`, `events` and
//! `types`. `qga` and `qsd` have the same for the guest agent and the storage daemon.
//! The struct of a command has its arguments, and its [`Command`] impl has the type of
//! its reply. A transport such as `qmp-transport` sends it.
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
//! Messages of a newer QEMU are not errors: unknown members are ignored, and unknown
//! values, branches and events are kept.
//!
//! # Features
//!
//! * `v5_2`, `v7_2`, `v10_0`, `v10_2`, `v11_1` (the default): the bindings of that
//!   release. They can be combined.
//! * `qga`, `qsd`: the bindings of the guest agent and of the storage daemon, for those
//!   releases.
//!
//! Without features, the crate has only the traits and [`wire`], for crates that
//! generate their own bindings with `qapi-codegen`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod declarations;
mod event;
mod protocol;
pub mod secrets;
pub mod wire;

pub use declarations::Declarations;
pub use event::{AnyEvent, RawEvent, Timestamp};
pub use protocol::{
    AnyCommand, Command, Event, Introspectable, Protocol, Qga, Qmp, Qsd, ServeCommand,
};
pub use wire::DecodeError;

// Generated code in this crate refers to it by the same path as in other crates.
#[cfg(feature = "_bindings")]
extern crate self as qmp_types;

#[cfg(feature = "_bindings")]
include!(concat!(env!("OUT_DIR"), "/releases.rs"));
