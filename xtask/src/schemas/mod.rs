//! `cargo xtask schemas`: what `schemas/` and the features of qmp-types say of
//! each release.

mod archive;
mod bundle;
mod check;
mod import;
mod normal_form;
mod origins;
mod release_name;
mod renames;
mod replace;
mod reports;
mod source;
mod table;
mod wire;

use std::fs;
use std::path::Path;

use anyhow::Result;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Schemas {
    Import(import::Import),
    Availability(archive::Availability),
    Check(check::Check),
    Record(crate::record::Record),
    /// Write everything again that is made of the schemas of bundled releases, after
    /// a change of how it is made.
    Snapshots,
}

impl Schemas {
    pub(crate) fn run(self) -> Result<()> {
        let root = crate::root();
        match self {
            Self::Import(import) => import.run(&root),
            Self::Availability(availability) => availability.run(&root),
            Self::Check(check) => check.run(&root),
            Self::Record(record) => {
                record.run()?;
                import::write_again(&root)
            }
            Self::Snapshots => import::write_again(&root),
        }
    }
}

/// The paths of all schema files below a folder, sorted.
pub(crate) fn json_files(folder: &Path, prefix: &str) -> Result<Vec<String>> {
    let mut files = all_files(folder, prefix)?;
    files.retain(|path| path.ends_with(".json"));
    Ok(files)
}

/// The paths of all files below a folder, sorted.
fn all_files(folder: &Path, prefix: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.join(prefix))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        if entry.file_type()?.is_dir() {
            files.extend(all_files(folder, &path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
