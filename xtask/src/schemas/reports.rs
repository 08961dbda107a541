//! What changed from release to release, in `docs/releases/`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use qapi_codegen::Protocol;
use qapi_parser::diff::{Class, Diff};

use super::normal_form::Schemas;
use super::release_name::ReleaseName;

/// The folder of the reports, in the workspace.
pub(super) const FOLDER: &str = "docs/releases";

const INDEX: &str = "README.md";

/// A bundled release with its schemas.
pub(super) struct Release<'a> {
    pub(super) name: &'a ReleaseName,
    pub(super) version: &'a str,
    pub(super) schemas: Schemas,
}

/// What changed in one protocol.
struct Step {
    protocol: Protocol,
    diff: Diff,
}

/// The reports of the steps between releases, the oldest first, by path.
pub(super) fn files(releases: &[Release<'_>]) -> Result<BTreeMap<String, String>> {
    let mut index = String::from(
        "# What changed from release to release\n\n\
         Written by `cargo xtask schemas import` from the bundled schemas; do not edit.\n\
         `qapi-codegen diff 10.0 11.1` compares any two releases in the same way.\n\n\
         A cell has the numbers of changes that break a client, that need care, and that are\n\
         compatible.\n\n\
         | step | QMP | guest agent | storage daemon |\n|---|---|---|---|\n",
    );
    let mut reports = BTreeMap::new();
    for pair in releases.windows(2) {
        let [old, new] = pair else {
            continue;
        };
        let steps = steps(old, new);
        let file = format!("{}.md", new.name);
        write!(index, "| [{} to {}]({file}) |", old.name, new.name)?;
        for protocol in Protocol::ALL {
            match steps.iter().find(|step| step.protocol == protocol) {
                Some(step) => write!(index, " {} |", counts(&step.diff))?,
                None => index.push_str(" – |"),
            }
        }
        index.push('\n');
        reports.insert(format!("{FOLDER}/{file}"), report(old, new, &steps)?);
    }
    reports.insert(format!("{FOLDER}/{INDEX}"), index);
    Ok(reports)
}

/// The protocols that both releases have a schema of.
fn steps(old: &Release<'_>, new: &Release<'_>) -> Vec<Step> {
    let in_both = Protocol::ALL.into_iter().filter_map(|protocol| {
        let [old, new] = [old, new].map(|release| {
            let mut schemas = release.schemas.iter();
            schemas.find_map(|(other, schema)| (*other == protocol).then_some(schema))
        });
        let diff = old?.diff(new?);
        Some(Step { protocol, diff })
    });
    in_both.collect()
}

fn counts(diff: &Diff) -> String {
    let counts = Class::WORST_FIRST.map(|class| diff.of_class(class).count().to_string());
    counts.join(" / ")
}

fn report(old: &Release<'_>, new: &Release<'_>, steps: &[Step]) -> Result<String> {
    let mut text = format!(
        "# From QEMU {} to {}\n\n\
         Written by `cargo xtask schemas import` from the schemas of {} and {}; do not edit.\n",
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
