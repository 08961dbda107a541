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

/// Bundle a release: write its schemas in normal form, and all that follows from
/// there being such a release.
///
/// If anything fails, nothing is written. Importing a release again replaces it.
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
}

impl Import {
    pub(super) fn run(&self, root: &Path) -> Result<()> {
        let changed = self.import(root)?;
        for path in &changed {
            println!("{path}");
        }
        println!("QEMU {}: {} files changed", self.release, changed.len());
        Ok(())
    }

    /// Returns the paths of what changed.
    fn import(&self, root: &Path) -> Result<Vec<String>> {
        let mut bundle = Bundle::read(root, Some(&self.release))?;
        let (schemas, origin) = self.schemas()?;
        let oldest: ReleaseName = "5.2".parse()?;
        if self.release < oldest {
            bail!("releases before {oldest} cannot be bundled");
        }
        let texts = normal_form::print(&schemas)?;
        bundle.releases.insert(self.release.clone(), texts);
        bundle.origins.insert(self.release.clone(), origin);
        write(root, &bundle)
    }

    fn schemas(&self) -> Result<(Schemas, Origin)> {
        let release = &self.release;
        let version = self.version.as_deref();
        match (&self.from, &self.from_recording, version) {
            (Some(from), _, _) => {
                let tree = Tree::open(from, version)?;
                tree.must_be(release)?;
                let (schemas, files) = normal_form::read_tree(&tree, release)?;
                let origin = Origin {
                    checksum: tree.checksum(&files)?,
                    source: tree.source,
                    version: tree.version,
                };
                Ok((schemas, origin))
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

/// Writes everything again that follows from the releases' files.
pub(super) fn write_again(root: &Path) -> Result<()> {
    let changed = write(root, &Bundle::read(root, None)?)?;
    for path in &changed {
        println!("{path}");
    }
    println!("{} files changed", changed.len());
    Ok(())
}

fn write(root: &Path, bundle: &Bundle) -> Result<Vec<String>> {
    let files = bundle.files()?;
    let strays = bundle.strays(&files)?;
    replace(root, &files, &strays)
}
