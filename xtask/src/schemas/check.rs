//! `cargo xtask schemas check`

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;

use super::bundle::Bundle;

/// Fail if anything that an import writes is out of step with the schemas.
#[derive(Debug, Args)]
pub(crate) struct Check {}

impl Check {
    pub(super) fn run(&self, root: &Path) -> Result<()> {
        let differences = differences(root)?;
        if !differences.is_empty() {
            bail!(
                "these files are not what an import writes:\n  {}\n\
                 `cargo xtask schemas snapshots` writes again what is made of the schemas; \
                 if a schema itself was changed, import its release again",
                differences.join("\n  ")
            );
        }
        println!("schemas: everything is in step");
        Ok(())
    }
}

/// What is out of step.
pub(super) fn differences(root: &Path) -> Result<Vec<String>> {
    let bundle = Bundle::read(root, None)?;
    let files = bundle.files()?;
    let mut differences = Vec::new();
    for (path, expected) in &files {
        match fs::read(root.join(path)) {
            Ok(found) if found == *expected => {}
            Ok(_) => differences.push(format!("{path} differs")),
            Err(error) => differences.push(format!("{path} cannot be read: {error}")),
        }
    }
    for stray in bundle.strays(&files)? {
        differences.push(format!("{stray} should not be there"));
    }
    Ok(differences)
}
