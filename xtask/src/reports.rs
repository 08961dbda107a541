//! `cargo xtask schemas reports`: what changed from release to release, in
//! `docs/releases/`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use qapi_codegen::{Protocol, bundled};
use qapi_parser::diff::{Class, Diff};
use qapi_schemas::{RELEASES, Release};

const INDEX: &str = "README.md";

/// Write what changed from release to release to docs/releases.
#[derive(Debug, Args)]
pub(crate) struct Reports {
    /// Compare the reports with what would be written, and write nothing.
    #[arg(long)]
    check: bool,
}

impl Reports {
    pub(crate) fn run(&self) -> Result<()> {
        if self.check { check() } else { write() }
    }
}

fn folder() -> PathBuf {
    crate::root().join("docs/releases")
}

/// Writes the reports, and removes those of steps that no longer exist.
pub(crate) fn write() -> Result<()> {
    let reports = reports()?;
    let folder = folder();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, text) in &reports {
        fs::write(folder.join(name), text)?;
    }
    println!("docs/releases: {} files", reports.len());
    Ok(())
}

/// Compares the reports with what would be written.
pub(crate) fn check() -> Result<()> {
    let expected = reports()?;
    let mut found = BTreeMap::new();
    let folder = folder();
    let entries =
        fs::read_dir(&folder).with_context(|| format!("{}: no reports", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        found.insert(name.into_owned(), fs::read_to_string(&path)?);
    }
    let names = expected.keys().chain(found.keys());
    let stale = names.filter(|name| expected.get(*name) != found.get(*name));
    if let Some(name) = stale.min() {
        bail!("docs/releases/{name} is out of date; run `cargo xtask schemas reports`");
    }
    Ok(())
}

/// What changed in one protocol.
struct Step {
    protocol: Protocol,
    diff: Diff,
}

/// The files, by name.
fn reports() -> Result<BTreeMap<String, String>> {
    let mut index = String::from(
        "# What changed from release to release\n\n\
         Written by `cargo xtask schemas reports` from the bundled schemas; do not edit.\n\
         `qapi-codegen diff 10.0 11.1` compares any two releases in the same way.\n\n\
         A cell has the numbers of changes that break a client, that need care, and that are\n\
         compatible.\n\n\
         | step | QMP | guest agent | storage daemon |\n|---|---|---|---|\n",
    );
    let mut reports = BTreeMap::new();
    for pair in RELEASES.windows(2) {
        let [old, new] = pair else {
            continue;
        };
        let steps = steps(old, new)?;
        let file = format!("{}.md", new.name);
        write!(index, "| [{} to {}]({file}) |", old.name, new.name)?;
        for protocol in Protocol::ALL {
            match steps.iter().find(|step| step.protocol == protocol) {
                Some(step) => write!(index, " {} |", counts(&step.diff))?,
                None => index.push_str(" – |"),
            }
        }
        index.push('\n');
        reports.insert(file, report(old, new, &steps)?);
    }
    reports.insert(INDEX.to_owned(), index);
    Ok(reports)
}

/// The protocols that both releases have a schema of.
fn steps(old: &Release, new: &Release) -> Result<Vec<Step>> {
    let has = |release: &Release, protocol: Protocol| {
        let main = protocol.schema_path();
        release.snapshot(main).is_some()
    };
    let mut steps = Vec::new();
    for protocol in Protocol::ALL {
        if has(old, protocol) && has(new, protocol) {
            let (older, newer) = (
                bundled::schema(old, protocol)?,
                bundled::schema(new, protocol)?,
            );
            let diff = older.diff(&newer);
            steps.push(Step { protocol, diff });
        }
    }
    Ok(steps)
}

fn counts(diff: &Diff) -> String {
    let counts = Class::WORST_FIRST.map(|class| diff.of_class(class).count().to_string());
    counts.join(" / ")
}

fn report(old: &Release, new: &Release, steps: &[Step]) -> Result<String> {
    let mut text = format!(
        "# From QEMU {} to {}\n\n\
         Written by `cargo xtask schemas reports` from the schemas of {} and {}; do not edit.\n",
        old.name, new.name, old.version, new.version
    );
    for Step { protocol, diff } in steps {
        let title = match protocol {
            Protocol::Qmp => "QMP",
            Protocol::Qga => "Guest agent",
            Protocol::Qsd => "Storage daemon",
        };
        let lists = diff.report(old.version, new.version).markdown_lists(3);
        write!(text, "\n## {title}\n\n{lists}")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_reports_are_those_of_the_bundled_releases() {
        if let Err(error) = super::check() {
            panic!("{error}");
        }
    }
}
