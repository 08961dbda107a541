//! What each QEMU release declares in its QAPI schemas.
//!
//! The files are declarations in a normal form of ours, with the names, the
//! versions and the features that QEMU's documentation comments tell, and none
//! of their prose. `SOURCES.md` says where each release came from. What commands,
//! events and types are for, [`summaries`] says in our own words. In which releases
//! there is what, since QEMU 1.0, is in the tables of [`availability`](mod@availability).
//!
//! Beside the files, each release has a snapshot for each protocol, which is the
//! schema parsed. Without the default features `files` and `recordings` there
//! are only these, and builds are quicker.
//!
//! ```
//! let release = qapi_schemas::release("11.1").unwrap();
//! assert!(release.file("qapi/qapi-schema.json").unwrap().contains("'include'"));
//! ```

pub mod availability;
#[rustfmt::skip]
mod releases;
pub mod summaries;

pub use availability::availability;
pub use releases::RELEASES;

/// The schemas of one QEMU release.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Release {
    /// The release's name, `MAJOR.MINOR`.
    pub name: &'static str,
    /// The exact version that the files were made from.
    pub version: &'static str,
    /// The schemas of its protocols, parsed: paths of main files in QEMU's tree,
    /// sorted, and what `qapi_parser::Schema::from_snapshot` reads.
    pub snapshots: &'static [(&'static str, &'static [u8])],
    /// Paths in QEMU's tree and contents, sorted by path.
    #[cfg(feature = "files")]
    pub files: &'static [(&'static str, &'static str)],
    /// What a QEMU of the release answers to `query-qmp-schema`: x86-64, as
    /// Debian builds it.
    #[cfg(feature = "recordings")]
    pub introspection: Option<&'static str>,
}

impl Release {
    /// The release's name as an identifier of Rust: its module in `qmp-types`, and
    /// the feature that brings it.
    ///
    /// ```
    /// assert_eq!(qapi_schemas::release("11.1").unwrap().module(), "v11_1");
    /// ```
    pub fn module(&self) -> String {
        module(self.name)
    }

    /// A file by its path in QEMU's tree.
    ///
    /// ```
    /// let release = qapi_schemas::release("11.1").unwrap();
    /// assert!(release.file("qga/qapi-schema.json").is_some());
    /// assert!(release.file("README").is_none());
    /// ```
    #[cfg(feature = "files")]
    pub fn file(&self, path: &str) -> Option<&'static str> {
        find(self.files, path)
    }

    /// The schema of which this is the main file, parsed: what
    /// `qapi_parser::Schema::from_snapshot` reads.
    ///
    /// ```
    /// let release = qapi_schemas::release("11.1").unwrap();
    /// assert!(release.snapshot("qga/qapi-schema.json").is_some());
    /// assert!(release.snapshot("qapi/block.json").is_none());
    /// ```
    pub fn snapshot(&self, main: &str) -> Option<&'static [u8]> {
        find(self.snapshots, main)
    }
}

fn find<T: Copy>(files: &[(&str, T)], path: &str) -> Option<T> {
    let index = files.binary_search_by_key(&path, |(path, _)| path).ok()?;
    Some(files[index].1)
}

/// The identifier of a release of this name, as [`Release::module`] is of a bundled
/// one.
///
/// ```
/// assert_eq!(qapi_schemas::module("11.1"), "v11_1");
/// ```
pub fn module(release: &str) -> String {
    format!("v{}", release.replace('.', "_"))
}

/// A bundled release by its name, such as `11.1`.
///
/// ```
/// assert_eq!(qapi_schemas::release("11.1").unwrap().name, "11.1");
/// assert!(qapi_schemas::release("0.9").is_none());
/// ```
pub fn release(name: &str) -> Option<&'static Release> {
    RELEASES.iter().find(|release| release.name == name)
}
