//! Generates typed Rust bindings from QAPI schemas.
//!
//! From a build script, where `qapi-codegen` is a build-dependency and
//! `qmp-types` (with `default-features = false`) a dependency:
//!
//! ```no_run
//! qapi_codegen::Config::new()
//!     .command("query-*")
//!     .command("blockdev-add")
//!     .event("JOB_*")
//!     .release("11.1")?
//!     .write_to_out_dir("qmp.rs")?;
//! # Ok::<(), qapi_codegen::Error>(())
//! ```
//!
//! and in the crate:
//!
//! ```text
//! mod qmp {
//!     include!(concat!(env!("OUT_DIR"), "/qmp.rs"));
//! }
//! ```
//!
//! With `default-features = false, features = ["bundled"]` the crate builds
//! several times as fast, and generates from bundled releases only.
//!
//! The generated code has three modules, `commands`, `events` and `types`, and
//! names nothing but `core`, `std` and `qmp_types`.

mod bindings;
#[cfg(feature = "bundled")]
pub mod bundled;
mod config;
mod error;
#[cfg(feature = "format")]
mod format;
mod generate;
mod item;
mod names;
mod options;
mod plan;
mod releases;
mod render;
mod select;
mod tokens;
mod unions;
mod user_rust;

pub use bindings::{Bindings, Counts, Stage};
pub use config::Config;
pub use error::Error;
pub use item::{Item, ItemKind};
pub use options::{Modules, Protocol};
#[cfg(feature = "files")]
pub use qapi_parser::Dialect;

/// What the command-line tool shares. It is no part of the interface.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod shared {
    pub use crate::select::{Kind, names_matching};
}
