//! Where a release comes from: a source tree, an archive of one, Debian's source
//! package, or a recording.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use qapi_codegen::Protocol;
use tempfile::TempDir;

use super::origins::Source;
use super::release_name::ReleaseName;

/// The main file of QMP's schema before QEMU 2.12, in the tree's root.
const OLD_QMP: &str = "qapi-schema.json";

/// QEMU's sources, or what of them the schema needs.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    /// The exact version.
    pub(super) version: String,
    pub(super) source: Source,
    /// Where the tree was unpacked. It is removed when this is dropped.
    _unpacked: Option<TempDir>,
}

impl Tree {
    /// Opens a folder, an archive, or with the word `debian` the source package of
    /// the Debian in use.
    pub(super) fn open(from: &Path, version: Option<&str>) -> Result<Tree> {
        let metadata = match from.to_str() {
            Some("debian") if !from.exists() => return debian(version),
            _ => fs::metadata(from)
                .with_context(|| format!("{}: cannot be opened", from.display()))?,
        };
        if metadata.is_dir() {
            let root = from.to_owned();
            return Tree::new(root, None, version, from);
        }
        archive(from, version)
    }

    fn new(
        root: PathBuf,
        unpacked: Option<TempDir>,
        version: Option<&str>,
        from: &Path,
    ) -> Result<Tree> {
        if !root.join(OLD_QMP).is_file() && !root.join(Protocol::Qmp.schema_path()).is_file() {
            bail!(
                "{}: not a QEMU source tree, since it has no {} and no {OLD_QMP}",
                from.display(),
                Protocol::Qmp.schema_path()
            );
        }
        let version = match version {
            Some(version) => version.to_owned(),
            None => version_of(&root, from)?,
        };
        Ok(Tree {
            root,
            version,
            source: Source::Qemu,
            _unpacked: unpacked,
        })
    }

    /// Fails if the tree is of another release.
    pub(super) fn must_be(&self, release: &ReleaseName) -> Result<()> {
        let found = ReleaseName::of_version(&self.version)?;
        if found != *release {
            bail!(
                "the sources are those of QEMU {}, not of {release}; \
                 give --release {found}, or sources of {release}",
                self.version
            );
        }
        Ok(())
    }

    /// The main file of a protocol's schema, if the release has the protocol.
    pub(super) fn main(&self, protocol: Protocol) -> Option<PathBuf> {
        let mut mains = vec![protocol.schema_path()];
        if protocol == Protocol::Qmp {
            mains.push(OLD_QMP);
        }
        let mut mains = mains.into_iter().map(|main| self.root.join(main));
        mains.find(|main| main.is_file())
    }

    /// What `sha256sum FILE… | sha256sum` prints in the tree's root, where the files
    /// are those of the schemas, sorted by path.
    pub(super) fn checksum(&self, files: &BTreeSet<String>) -> Result<String> {
        let listing = run(Command::new("sha256sum")
            .args(files)
            .env("LC_ALL", "C")
            .current_dir(&self.root))?;
        sha256(&listing)
    }

    /// The path of a file below the root, with `/` and without `..`.
    pub(super) fn relative(&self, path: &str) -> Result<String> {
        let path = Path::new(path);
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        Ok(resolve(path))
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> Result<String> {
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("`sha256sum` cannot be started; it is one of coreutils")?;
    let mut input = child.stdin.take().context("it was asked for")?;
    input.write_all(bytes)?;
    drop(input);
    let output = String::from_utf8(child.wait_with_output()?.stdout)?;
    let sum = output.split(' ').next().unwrap_or_default();
    if sum.len() != 64 {
        bail!("`sha256sum` printed {output:?}");
    }
    Ok(sum.to_owned())
}

/// A path without `..`, with `/`.
pub(super) fn resolve(path: &Path) -> String {
    let mut parts = Vec::new();
    for part in path.components() {
        match part.as_os_str().to_str() {
            Some("..") => drop(parts.pop()),
            Some(part) => parts.push(part),
            None => {}
        }
    }
    parts.join("/")
}

/// What the file VERSION says, or else the name of the folder or the archive.
fn version_of(root: &Path, from: &Path) -> Result<String> {
    let name = from.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let name = name.trim_start_matches("qemu-").trim_start_matches("qemu_");
    let name = name.split(".tar").next().unwrap_or_default();
    let named = ReleaseName::of_version(name)
        .is_ok()
        .then(|| name.to_owned());

    let Ok(text) = fs::read_to_string(root.join("VERSION")) else {
        return named.with_context(|| {
            format!(
                "{}: it has no file VERSION, and its name is no version; \
                 say which it is with --version",
                from.display()
            )
        });
    };
    // QEMU 1.0.1 says `1.0,1`.
    let version = text.trim().replace(',', ".");
    let file = || from.join("VERSION").display().to_string();
    ReleaseName::of_version(&version)
        .with_context(|| format!("{}: it should tell QEMU's version", file()))?;
    // 9.1.50 and up are on the way from 9.1 to the next release, which may be 9.2 or 10.0.
    let last = version
        .rsplit('.')
        .next()
        .and_then(|last| last.parse().ok());
    if last.is_some_and(|last: u32| last >= 50) {
        return named.with_context(|| {
            format!(
                "{}: {version} is on the way to the next release; \
                 say which with --version, such as --version 9.2.0-rc2",
                file()
            )
        });
    }
    Ok(version)
}

/// Unpacks the files of an archive that a schema may consist of.
fn archive(from: &Path, version: Option<&str>) -> Result<Tree> {
    let from = &from.canonicalize()?;
    let listing = run(Command::new("tar").arg("-tf").arg(from))
        .with_context(|| format!("{}: not an archive that `tar` can read", from.display()))?;
    let listing = String::from_utf8_lossy(&listing);
    let root = listing
        .lines()
        .filter_map(|name| {
            let new = name.strip_suffix(Protocol::Qmp.schema_path());
            new.or_else(|| name.strip_suffix(OLD_QMP))
        })
        .filter(|root| root.is_empty() || root.ends_with('/'))
        .min_by_key(|root| root.len());
    let Some(root) = root else {
        bail!(
            "{}: not an archive of QEMU's sources, since it has no {} and no {OLD_QMP}",
            from.display(),
            Protocol::Qmp.schema_path()
        );
    };
    let folders = ["qapi/", "qga/", "storage-daemon/qapi/"];
    let wanted = listing.lines().filter(|name| {
        name.strip_prefix(root).is_some_and(|path| {
            let in_folder = folders.iter().any(|folder| path.starts_with(folder));
            path == "VERSION" || path == OLD_QMP || (in_folder && path.ends_with(".json"))
        })
    });
    let unpacked = tempfile::tempdir()?;
    run(Command::new("tar")
        .arg("-xf")
        .arg(from)
        .arg("-C")
        .arg(unpacked.path())
        .arg("--")
        .args(wanted))?;
    let root = unpacked.path().join(root);
    Tree::new(root, Some(unpacked), version, from)
}

/// Downloads QEMU's source package with apt.
fn debian(version: Option<&str>) -> Result<Tree> {
    let folder = tempfile::tempdir()?;
    let words = ["source", "--download-only", "qemu"];
    run(Command::new("apt-get").args(words).current_dir(&folder)).context(
        "apt cannot fetch QEMU's source package; does a file in /etc/apt/sources.list.d \
         have the type `deb-src`, and was `apt-get update` run?",
    )?;
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if name.contains(".orig.tar.") && !name.ends_with(".asc") {
            let mut tree = archive(&path, version)?;
            tree.source = Source::Debian;
            return Ok(tree);
        }
    }
    bail!("QEMU's source package in Debian has no archive of QEMU's sources");
}

/// Runs a program and returns what it prints.
fn run(command: &mut Command) -> Result<Vec<u8>> {
    // All the files of a schema would be too many words.
    let words = std::iter::once(command.get_program()).chain(command.get_args().take(3));
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    let words = words.join(" ");
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("`{words}` cannot be started"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{words}` failed: {}", said.trim());
    }
    Ok(output.stdout)
}
