//! Typed QMP commands, events and types, for all QEMU releases and for each of them.
//!
//! `compat` has the modules `commands`, `events` and `types` for every bundled release,
//! and so has the module of each release whose feature is enabled for that release
//! alone. `qga` and `qsd` have the same for the guest agent and the storage daemon.
//! The struct of a command has its arguments, and its [`Command`] impl has the type of
//! its reply. A transport such as `qmp-transport` sends it.
//!
//! ```
//! # #[cfg(feature = "compat")] {
//! use qmp_types::compat::commands::BlockdevAdd;
//! use qmp_types::compat::types::{BlockdevOptionsFile, BlockdevOptionsQcow2};
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
//! * `compat` (the default): bindings for all bundled releases, in `compat`. A program
//!   that does not ship its own QEMU needs these: each of the releases understands what
//!   they send, and they read whatever it answers. What some of the releases lack is
//!   optional, and its documentation says which have it.
//! * `qga`, `qsd`: the bindings of the guest agent and of the storage daemon, for
//!   `compat` and those releases that are enabled.
//!
//! One release each:
//!
//! * `v5_2`, `v6_0`, `v6_1`, `v6_2`, `v7_0`, `v7_1`, `v7_2`, `v8_0`, `v8_1`, `v8_2`,
//!   `v9_0`, `v9_1`, `v10_0`, `v10_2`, `v11_1`: the bindings of that release. They can
//!   be combined.
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
