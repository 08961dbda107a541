//! `schemas/origins.txt` and the `SOURCES.md` that is made of it: where each
//! release comes from.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use super::release_name::ReleaseName;

/// The file, from the workspace's folder.
pub(super) const PATH: &str = "schemas/origins.txt";

/// Where the releases come from.
pub(super) type Origins = BTreeMap<ReleaseName, Origin>;

/// Where a release comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The exact version.
    pub(super) version: String,
    pub(super) source: Source,
    /// The SHA-256 of the schema files or of the recording.
    pub(super) checksum: String,
}

impl Origin {
    /// Whether the version is a release candidate, such as `9.2.0-rc2`.
    pub(super) fn is_candidate(&self) -> bool {
        self.version.contains('-')
    }
}

/// What a release is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The sources as QEMU publishes them.
    Qemu,
    /// The sources as Debian packages them.
    Debian,
    /// What a binary tells of itself.
    Recording,
}

impl Source {
    const ALL: [Self; 3] = [Self::Qemu, Self::Debian, Self::Recording];

    fn as_str(self) -> &'static str {
        match self {
            Self::Qemu => "qemu",
            Self::Debian => "debian",
            Self::Recording => "recording",
        }
    }
}

/// Reads the file: a line for each release.
pub(super) fn parse(text: &str) -> Result<Origins> {
    let mut origins = Origins::new();
    for (index, line) in text.lines().enumerate() {
        let place = || format!("{PATH}:{}", index + 1);
        let words: Vec<&str> = line.split(' ').collect();
        let [release, version, source, checksum] = words[..] else {
            bail!(
                "{}: expected a release, a version, a source and a checksum",
                place()
            );
        };
        let release: ReleaseName = release.parse().with_context(place)?;
        if ReleaseName::of_version(version).with_context(place)? != release {
            bail!("{}: {version} is not of the release {release}", place());
        }
        let Some(source) = Source::ALL.into_iter().find(|of| of.as_str() == source) else {
            bail!("{}: {source:?} is no source", place());
        };
        let hexadecimal = checksum.bytes().all(|byte| byte.is_ascii_hexdigit());
        if checksum.len() != 64 || !hexadecimal {
            bail!("{}: {checksum:?} is no SHA-256", place());
        }
        let origin = Origin {
            version: version.to_owned(),
            source,
            checksum: checksum.to_owned(),
        };
        if origins.insert(release.clone(), origin).is_some() {
            bail!("{}: there is another line for {release}", place());
        }
    }
    Ok(origins)
}

/// Writes the file.
pub(super) fn print(origins: &Origins) -> String {
    let mut text = String::new();
    for (release, origin) in origins {
        let source = origin.source.as_str();
        _ = writeln!(
            text,
            "{release} {} {source} {}",
            origin.version, origin.checksum
        );
    }
    text
}

/// Writes `SOURCES.md`.
pub(super) fn to_markdown(origins: &Origins, is_bundled: impl Fn(&ReleaseName) -> bool) -> String {
    let mut text = String::from(HEAD);
    for (release, origin) in origins.iter().filter(|(release, _)| is_bundled(release)) {
        text += &row(release, origin, "");
    }
    text += TABLE_ONLY;
    for (release, origin) in origins.iter().filter(|(release, _)| !is_bundled(release)) {
        text += &row(release, origin, " --table-only");
    }
    text += TAIL;
    text
}

fn row(release: &ReleaseName, origin: &Origin, option: &str) -> String {
    let version = &origin.version;
    let (source, from) = match origin.source {
        Source::Qemu => ("QEMU's sources", format!("--from qemu-{version}")),
        Source::Debian => ("Debian's source package", "--from debian".to_owned()),
        Source::Recording => (
            "a recording",
            format!("--from-recording {release}.json --version {version}"),
        ),
    };
    let command = format!("--release {release} {from}{option}");
    format!(
        "| {release} | {version} | {source} | `{command}` | `{}` |\n",
        origin.checksum
    )
}

const HEAD: &str = "\
<!-- Written by `cargo xtask schemas import`. Do not edit. -->

# Where the schemas come from

Each folder holds what one QEMU release declares in `qapi/`, `qga/` and `storage-daemon/qapi/`, in
the normal form that `qapi-parser` prints: declarations, and of the documentation comments the
names, the versions and the features. None of QEMU's prose is in it; a test sees to that. A release
whose storage daemon's schema is not at hand has none.

Each row has what follows `cargo xtask schemas import` in the command that writes the release. In
place of the folder, `--from` takes an archive of QEMU's sources and the word `debian`. The checksum
is what `sha256sum FILE… | sha256sum` prints in QEMU's source tree, where the files are the schema
files that the release's folder has as well, sorted by path byte by byte. For a recording it is the
checksum of the file.

| release | version | from | command | SHA-256 |
|---|---|---|---|---|
";

const TABLE_ONLY: &str = "
The releases below are not bundled. What they declare is in the tables of `availability/` only. Their
checksums cover the same files: those that the schemas consist of. A release candidate stands for its
release in the tables, since what it has is what the release before or the one after has, too.

A release has what the version above has. What was brought to an older branch afterwards is there, so
that it may be in 10.0 and 11.1, and not in 10.2.

| release | version | from | command | SHA-256 |
|---|---|---|---|---|
";

const TAIL: &str = "
`summaries/` is not made from QEMU. It says in our own words what the commands, events and types are
for, once for all releases.
";

#[cfg(test)]
mod tests {
    use super::*;

    const SUM: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn what_is_printed_reads_the_same() {
        let text = format!("9.2 9.2.0-rc2 qemu {SUM}\n10.0 10.0.13 debian {SUM}\n");
        assert_eq!(print(&parse(&text).unwrap()), text);
    }

    #[test]
    fn a_corrupt_line_is_an_error_that_names_it() {
        for (line, expected) in [
            ("10.0 10.0.13 qemu".to_owned(), "expected a release"),
            (format!("10 10.0.13 qemu {SUM}"), "is no release"),
            (format!("10.0 10.1.0 qemu {SUM}"), "not of the release 10.0"),
            (format!("10.0 10.0.13 ubuntu {SUM}"), "is no source"),
            ("10.0 10.0.13 qemu 12".to_owned(), "is no SHA-256"),
            (format!("9.1 9.1.1 qemu {SUM}"), "another line for 9.1"),
        ] {
            let text = format!("9.1 9.1.0 qemu {SUM}\n{line}\n");
            let error = format!("{:#}", parse(&text).unwrap_err());
            assert!(error.starts_with("schemas/origins.txt:2: "), "{error}");
            assert!(error.contains(expected), "{error}");
        }
    }
}
