//! `cargo xtask summaries`: what of each release has no summary yet.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use clap::Args;
use qapi_schemas::RELEASES;

use test_support::coverage;

/// List what of the bundled releases has no summary yet.
#[derive(Debug, Args)]
pub(crate) struct Summaries {
    /// The release. All bundled ones by default.
    #[arg(long)]
    release: Option<String>,
    /// Print only how many names are missing.
    #[arg(long)]
    counts: bool,
}

impl Summaries {
    pub(crate) fn run(self) -> Result<()> {
        let wanted = self.release.as_deref();
        let mut found = false;
        for release in RELEASES {
            if wanted.is_some_and(|wanted| wanted != release.name) {
                continue;
            }
            found = true;
            println!("{}", release.name);
            for part in coverage::parts(&coverage::definitions(release)?) {
                let missing = part.missing.len();
                println!("  {}: {missing} of {} missing", part.what, part.total);
                if !self.counts {
                    by_definition(&part.missing)
                        .iter()
                        .for_each(|line| println!("    {line}"));
                }
            }
        }
        if !found {
            let known: Vec<_> = RELEASES.iter().map(|release| release.name).collect();
            bail!(
                "{} is not bundled; there are {}",
                wanted.unwrap_or_default(),
                known.join(", ")
            );
        }
        Ok(())
    }
}

/// A line for each definition, with those of its members that are missing.
fn by_definition(missing: &[String]) -> Vec<String> {
    let mut lines = BTreeMap::<&str, Vec<&str>>::new();
    for name in missing {
        let (definition, member) = name.split_once('.').unwrap_or((name, ""));
        lines.entry(definition).or_default().push(member);
    }
    lines
        .into_iter()
        .map(|(definition, members)| match members[..] {
            [""] => definition.to_owned(),
            _ => format!("{definition}: {}", members.join(" ")),
        })
        .collect()
}
