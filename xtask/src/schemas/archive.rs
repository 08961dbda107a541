//! `cargo xtask schemas availability`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use super::bundle::Bundle;
use super::import::{read, report, write};
use super::release_name::ReleaseName;
use super::source::Tree;

/// Add all releases of an archive that are not bundled to the tables of
/// availability.
#[derive(Debug, Args)]
pub(crate) struct Availability {
    /// A folder with a folder for each release, which is named for its version or has
    /// a file VERSION.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
}

impl Availability {
    pub(super) fn run(&self, root: &Path) -> Result<()> {
        let mut bundle = Bundle::read(root, None)?;
        let mut count = 0;
        for tree in trees(&self.from)? {
            let release = ReleaseName::of_version(&tree.version)?;
            if !bundle.releases.contains_key(&release) {
                let (schemas, origin) = read(tree, &release)?;
                bundle.add_to_tables(&release, &schemas)?;
                bundle.origins.insert(release, origin);
                count += 1;
            }
        }
        report(&write(root, &bundle)?, &format!("{count} releases"));
        Ok(())
    }
}

/// The source trees in a folder.
fn trees(folder: &Path) -> Result<Vec<Tree>> {
    let mut trees = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("{}: cannot be opened", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            trees.push(Tree::open(&path, None)?);
        }
    }
    if trees.is_empty() {
        bail!("{}: there is no folder in it", folder.display());
    }
    trees.sort_by(|one, other| one.version.cmp(&other.version));
    Ok(trees)
}
