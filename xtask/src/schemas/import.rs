//! `cargo xtask schemas import`

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use super::bundle::Bundle;
use super::normal_form::{self, Schemas};
use super::origins::{Origin, Source};
use super::release_name::ReleaseName;
use super::replace::replace;
use super::source::{Tree, sha256};

/// The oldest release whose schema the generator takes without being told its dialect.
const OLDEST: &str = "5.2";

/// Bundle a release: write its schemas in normal form, and all that follows from
/// there being such a release.
///
/// If anything fails, nothing is changed. Importing a release again replaces it.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The release's name, MAJOR.MINOR.
    #[arg(long)]
    release: ReleaseName,
    /// The release's sources: a folder, an archive that `tar` can read, or the word
    /// `debian` for the source package of the Debian in use.
    #[arg(
        long,
        value_name = "DIR|TARBALL|debian",
        required_unless_present = "from_recording"
    )]
    from: Option<PathBuf>,
    /// What `schemas record` recorded of a binary whose sources are not at hand. Names
    /// of types that a binary does not tell are taken from the nearest releases.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "from",
        requires = "version"
    )]
    from_recording: Option<PathBuf>,
    /// The exact version. By default, what the sources' file VERSION says, or else the
    /// name of the folder or archive.
    #[arg(long)]
    version: Option<String>,
    /// Write what the release has into the tables of availability, and do not bundle
    /// it.
    #[arg(long)]
    table_only: bool,
}

impl Import {
    pub(super) fn run(&self, root: &Path) -> Result<()> {
        report(&self.import(root)?, &format!("QEMU {}", self.release));
        Ok(())
    }

    /// Returns the paths of what changed.
    fn import(&self, root: &Path) -> Result<Vec<String>> {
        let release = &self.release;
        let mut bundle = Bundle::read(root, (!self.table_only).then_some(release))?;
        let (schemas, origin) = self.schemas()?;
        bundle.add_to_tables(release, &schemas)?;
        bundle.origins.insert(release.clone(), origin);
        if self.table_only {
            if bundle.releases.contains_key(release) {
                bail!("{release} is bundled, so it is in the tables; leave out --table-only");
            }
        } else if *release < OLDEST.parse()? {
            bail!("releases before {OLDEST} are not bundled; --table-only adds them to the tables");
        } else if bundle.origins[release].is_candidate() {
            bail!(
                "{} is no release yet; --table-only adds it to the tables",
                bundle.origins[release].version
            );
        } else {
            let texts = normal_form::print(&schemas)?;
            normal_form::must_mean_the_same(&schemas, &texts)?;
            bundle.releases.insert(release.clone(), texts);
        }
        write(root, &bundle)
    }

    fn schemas(&self) -> Result<(Schemas, Origin)> {
        let release = &self.release;
        let version = self.version.as_deref();
        match (&self.from, &self.from_recording, version) {
            (Some(from), _, _) => {
                let tree = Tree::open(from, version)?;
                tree.must_be(release)?;
                read(tree, release)
            }
            (None, Some(recording), Some(version)) => {
                if ReleaseName::of_version(version)? != *release {
                    bail!("{version} is not a version of {release}");
                }
                let schemas = normal_form::read_recording(recording)?;
                let bytes = std::fs::read(recording)
                    .with_context(|| format!("{}: cannot be read", recording.display()))?;
                let origin = Origin {
                    version: version.to_owned(),
                    source: Source::Recording,
                    checksum: sha256(&bytes)?,
                };
                Ok((schemas, origin))
            }
            _ => bail!("--from or --from-recording with --version says what to import"),
        }
    }
}

/// Reads a source tree.
pub(super) fn read(tree: Tree, release: &ReleaseName) -> Result<(Schemas, Origin)> {
    let (schemas, files) = normal_form::read_tree(&tree, release)
        .with_context(|| format!("QEMU {} cannot be imported", tree.version))?;
    let origin = Origin {
        checksum: tree.checksum(&files)?,
        source: tree.source,
        version: tree.version,
    };
    Ok((schemas, origin))
}

/// Writes everything again that follows from the releases' files.
pub(super) fn write_again(root: &Path) -> Result<()> {
    report(&write(root, &Bundle::read(root, None)?)?, "snapshots");
    Ok(())
}

/// Says what was changed.
pub(super) fn report(changed: &[String], what: &str) {
    for path in changed {
        println!("{path}");
    }
    println!("{what}: {} files changed", changed.len());
}

/// Writes everything that follows from the releases. Returns the paths of what changed.
pub(super) fn write(root: &Path, bundle: &Bundle) -> Result<Vec<String>> {
    let files = bundle.files()?;
    let strays = bundle.strays(&files)?;
    replace(root, &files, &strays)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use qapi_codegen::{Protocol, bundled};
    use tempfile::TempDir;

    use super::super::check::differences;
    use super::super::{all_files, replace::Files};
    use super::*;

    /// A workspace with some of the bundled releases, in which everything is in step.
    fn workspace(releases: &[&str]) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        let copy = |path: &str| {
            let to = root.path().join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(crate::root().join(path), to).unwrap();
        };
        for folder in [releases, &["availability"]].concat() {
            let folder = format!("schemas/{folder}");
            for file in all_files(&crate::root().join(&folder), "").unwrap() {
                copy(&format!("{folder}/{file}"));
            }
        }
        for file in [
            "README.md",
            "qmp-types/Cargo.toml",
            "qmp-types/src/lib.rs",
            "schemas/SOURCES.md",
            "schemas/origins.txt",
            "schemas/src/releases.rs",
        ] {
            copy(file);
        }
        write_again(root.path()).unwrap();
        root
    }

    fn contents(root: &Path) -> Files {
        let files = all_files(root, "").unwrap().into_iter();
        files
            .map(|path| (path.clone(), fs::read(root.join(path)).unwrap()))
            .collect()
    }

    fn import(release: &str, from: &Path) -> Import {
        Import {
            release: release.parse().unwrap(),
            from: Some(from.to_owned()),
            from_recording: None,
            version: None,
            table_only: false,
        }
    }

    /// The normal form of a release is a source tree, too.
    fn sources(release: &str) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let from = crate::root().join("schemas").join(release);
        for path in all_files(&from, "").unwrap() {
            let to = folder.path().join("qemu").join(&path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from.join(path), to).unwrap();
        }
        folder
    }

    #[test]
    fn a_release_that_was_removed_is_imported_as_it_was() {
        let root = workspace(&["10.0", "10.2"]);
        let root = root.path();
        let sources = sources("10.2");
        let tree = sources.path().join("qemu");
        // The checksum is that of other files than before.
        import("10.2", &tree).import(root).unwrap();
        let before = contents(root);
        assert_eq!(differences(root).unwrap(), [""; 0]);

        fs::remove_dir_all(root.join("schemas/10.2")).unwrap();
        write_again(root).unwrap();
        assert!(contents(root).len() < before.len());
        import("10.2", &tree).import(root).unwrap();
        assert!(contents(root) == before);
        assert_eq!(import("10.2", &tree).import(root).unwrap(), [""; 0]);

        let archive = sources.path().join("qemu.tar.gz");
        let mut tar = Command::new("tar");
        tar.current_dir(sources.path()).arg("-czf").arg(&archive);
        assert!(tar.arg("qemu").status().unwrap().success());
        fs::remove_dir_all(root.join("schemas/10.2")).unwrap();
        import("10.2", &archive).import(root).unwrap();
        assert!(contents(root) == before);
    }

    #[test]
    fn what_cannot_be_imported_leaves_the_tree_as_it_was() {
        let root = workspace(&["10.0"]);
        let root = root.path();
        let before = contents(root);
        let failing = |import: &Import, expected: &str| {
            let error = format!("{:#}", import.import(root).unwrap_err());
            assert!(error.contains(expected), "{expected:?} is not in: {error}");
            assert!(contents(root) == before, "{expected}");
        };
        let sources = sources("10.2");
        let tree = sources.path().join("qemu");

        let missing = import("10.2", Path::new("/nowhere/qemu"));
        failing(&missing, "/nowhere/qemu: cannot be opened");
        failing(&import("10.2", sources.path()), "not a QEMU source tree");
        failing(&import("10.1", &tree), "give --release 10.2");
        let text = sources.path().join("text");
        fs::write(&text, "no archive").unwrap();
        failing(&import("10.2", &text), "not an archive that `tar` can read");

        let mut old = import("4.2", &tree);
        old.version = Some("4.2.0".to_owned());
        failing(&old, "--table-only adds them to the tables");
        let mut candidate = import("10.3", &tree);
        candidate.version = Some("10.3.0-rc1".to_owned());
        failing(&candidate, "10.3.0-rc1 is no release yet");
        fs::write(tree.join("VERSION"), "10.2.91\n").unwrap();
        failing(&import("10.3", &tree), "is on the way to the next release");
        fs::write(tree.join("VERSION"), "ten\n").unwrap();
        failing(&import("10.2", &tree), "it should tell QEMU's version");
        fs::remove_file(tree.join("VERSION")).unwrap();
        failing(&import("10.2", &tree), "say which it is with --version");

        let main = tree.join(Protocol::Qga.schema_path());
        let schema = fs::read_to_string(&main).unwrap();
        fs::write(&main, schema + "{ 'interface': 'Novel' }\n").unwrap();
        let mut novel = import("10.2", &tree);
        novel.version = Some("10.2.9".to_owned());
        failing(&novel, "the parser does not understand this schema");
        failing(&novel, "qga/qapi-schema.json");

        let recording = Import {
            from: None,
            from_recording: Some(text),
            ..novel
        };
        failing(&recording, "not what query-qmp-schema returns");
    }

    #[test]
    fn whatever_is_corrupt_is_named_and_nothing_is_written() {
        let root = workspace(&["10.0", "11.1"]);
        let root = root.path();
        let sources = sources("11.1");
        let tree = sources.path().join("qemu");
        for (path, text, expected) in [
            ("schemas/origins.txt", "11.1\n", "schemas/origins.txt:1: "),
            (
                "schemas/availability/qga.txt",
                "releases 1\n",
                "qga.txt: line 1: ",
            ),
            ("schemas/10.0/qapi/qapi-schema.json", "{", "schemas/10.0: "),
            ("qmp-types/src/lib.rs", "", "qmp-types/src/lib.rs: "),
        ] {
            let file = root.join(path);
            let good = fs::read(&file).unwrap();
            fs::write(&file, text).unwrap();
            let before = contents(root);
            let error = import("11.1", &tree).import(root).unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains(expected), "{error}");
            assert!(contents(root) == before, "{path}");
            let error = format!("{:#}", differences(root).unwrap_err());
            assert!(error.contains(expected), "{error}");
            fs::write(&file, good).unwrap();
        }

        // Half of a release: it is named, and mended by importing it again.
        let main = "schemas/11.1/qapi/qapi-schema.json";
        fs::remove_file(root.join(main)).unwrap();
        let error = format!("{:#}", differences(root).unwrap_err());
        assert!(
            error.contains("schemas/11.1 has no qapi/qapi-schema.json"),
            "{error}"
        );
        assert!(error.contains("import the release again"), "{error}");
        import("11.1", &tree).import(root).unwrap();
        assert_eq!(differences(root).unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_out_of_step_is_named() {
        let root = workspace(&["11.1"]);
        let root = root.path();
        fs::write(root.join("schemas/11.1/qga.snapshot"), "").unwrap();
        fs::write(root.join("schemas/11.1/qapi/more.txt"), "").unwrap();
        fs::remove_file(root.join("schemas/SOURCES.md")).unwrap();
        let table = root.join("schemas/availability/qmp.txt");
        let text = fs::read_to_string(&table).unwrap();
        fs::write(
            &table,
            text.replacen("STOP event 2.1-\n", "STOP event 2.1-10.0\n", 1),
        )
        .unwrap();
        let differences = differences(root).unwrap();
        let paths = differences
            .iter()
            .map(|line| line.split(' ').next().unwrap());
        let expected = [
            "schemas/11.1/qga.snapshot",
            "schemas/SOURCES.md",
            "schemas/availability/qmp.txt",
            "schemas/11.1/qapi/more.txt",
        ];
        assert_eq!(paths.collect::<Vec<_>>(), expected);
    }

    /// A binary does not tell what its types are called, and has none of QEMU's
    /// conditions: what it tells is in the bundled release all the same.
    #[test]
    fn a_release_that_is_known_by_its_binary_alone_is_bundled() {
        let root = workspace(&["10.0"]);
        let root = root.path();
        let recording = crate::root().join("schemas/recordings/10.0.json");
        let import = Import {
            release: "10.1".parse().unwrap(),
            from: None,
            from_recording: Some(recording.clone()),
            version: Some("10.1.0".to_owned()),
            table_only: false,
        };
        import.import(root).unwrap();
        assert_eq!(differences(root).unwrap(), [""; 0]);
        let folder = root.join("schemas/10.1");
        let files = all_files(&folder, "").unwrap();
        assert_eq!(files, ["VERSION", "qapi/qapi-schema.json", "qmp.snapshot"]);

        let json = fs::read_to_string(recording).unwrap();
        let told = bundled::read_introspection(&json).unwrap();
        let snapshot = fs::read(folder.join("qmp.snapshot")).unwrap();
        let bundled = qapi_parser::Schema::from_snapshot(&snapshot).unwrap();
        let options = qapi_parser::introspect::Options::new().unmask(true);
        let expected = told.to_introspection(&options);
        assert!(bundled.to_introspection(&options) == expected);
        let manifest = fs::read_to_string(root.join("qmp-types/Cargo.toml")).unwrap();
        assert!(manifest.contains("v10_1 = [\"_bindings\"]"));
    }
}
