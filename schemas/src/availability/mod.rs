//! In which releases there is what on the wire: every command, argument, member,
//! value, branch, event and feature of QEMU 1.0 to the newest bundled release.
//!
//! There is a table for each protocol, `availability/qmp.txt`, `qga.txt` and
//! `qsd.txt`. It has what introspection without masks would tell of each release if
//! QEMU were built with everything: bases are flattened, the arguments of a command
//! are an object, and all integers are `int`. So the wire of each release can be built
//! from it again.
//!
//! ```text
//! releases 1.0 1.1 1.2 1.3 …
//! block-commit command 1.3-
//!  arg-type q_obj_block-commit-arg
//! q_obj_block-commit-arg object 1.3-
//!  .device str
//!  .top str 1.3-1.7
//!  *top str 2.0-
//! ```
//!
//! A definition has its kind and its releases, and below it a row for each part that
//! begins with a space. What the row begins with says what it is:
//!
//! | row | part |
//! |---|---|
//! | `arg-type TYPE`, `ret-type TYPE` | what a command takes and returns, what an event has; `q_empty` if there is no row |
//! | `allow-oob` | the command may be executed out-of-band |
//! | `tag MEMBER` | the discriminator of a union |
//! | `.MEMBER TYPE`, `*MEMBER TYPE` | a member; `*` says that it may be absent |
//! | `.MEMBER/$FEATURE` | a feature of a member |
//! | `+VALUE TYPE` | a branch of a union |
//! | `\|TYPE` | a branch of an alternate |
//! | `^VALUE`, `^VALUE/$FEATURE` | a value of an enum, and a feature of it |
//! | `$FEATURE` | a feature of the definition |
//! | `was NAME RELEASE` | what the definition was called where it is used, up to that release |
//!
//! Behind it are the releases as ranges, see [`Releases`]; without them, they are those
//! of the definition. Definitions are sorted by name, byte by byte.
//!
//! A path in the form that libvirt uses finds out since when there is something:
//!
//! ```
//! let table = qapi_schemas::availability("qmp").unwrap();
//! let releases = table.resolve("blockdev-add/arg-type/+file/aio/^io_uring")?;
//! assert_eq!(releases.to_string(), "5.0-");
//! # Ok::<(), qapi_schemas::availability::PathError>(())
//! ```

mod history;
mod path;
mod releases;
mod table;

use std::sync::OnceLock;

pub use history::{History, Of, Past};
pub use path::{Below, PathError};
pub use releases::Releases;
pub use table::{Definition, Kind, Part, PartKind, Table, TableError};

const TEXTS: [(&str, &str); 3] = [
    ("qmp", include_str!("../../availability/qmp.txt")),
    ("qga", include_str!("../../availability/qga.txt")),
    ("qsd", include_str!("../../availability/qsd.txt")),
];

/// The table of a protocol: `qmp`, `qga` or `qsd`.
///
/// ```
/// let table = qapi_schemas::availability("qga").unwrap();
/// let ping = table.definition("guest-ping").unwrap();
/// assert_eq!(ping.releases().last(), table.releases().last());
/// assert!(qapi_schemas::availability("vnc").is_none());
/// ```
pub fn availability(protocol: &str) -> Option<&'static Table<'static>> {
    static TABLES: [OnceLock<Option<Table<'static>>>; 3] = [const { OnceLock::new() }; 3];
    let index = TEXTS.iter().position(|(name, _)| *name == protocol)?;
    // A test sees to it that they are whole.
    let table = TABLES[index].get_or_init(|| Table::open(TEXTS[index].1).ok());
    table.as_ref()
}
