//! `qapi-codegen conditions`

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use qapi_parser::visible;

use super::input::{Input, read, unreadable};
use super::{Failure, say};

/// Find out which conditions a QEMU was built with, from its introspection.
///
/// The schema is that of the QEMU's own release. Prints a line for each symbol
/// that conditions name: `SYMBOL defined`, `SYMBOL undefined` or `SYMBOL unknown`.
#[derive(Debug, Args)]
pub(super) struct Conditions {
    #[command(flatten)]
    input: Input,
    /// What the QEMU answers to query-qmp-schema.
    introspection: PathBuf,
}

impl Conditions {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let schema = self.input.schema()?;
        let text = read(&self.introspection)?;
        let found = schema
            .find_conditions(&text)
            .map_err(|error| unreadable(&self.introspection, error))?;
        let mut out = std::io::stdout().lock();
        for (symbol, defined) in &found.decided {
            writeln!(
                out,
                "{symbol} {}",
                if *defined { "defined" } else { "undefined" }
            )?;
        }
        for symbol in &found.undecided {
            writeln!(out, "{symbol} unknown")?;
        }
        for condition in &found.contradictions {
            say(&format!(
                "warning: {} seems to hold in one place and not in another; \
                 is this the schema of that QEMU's release?",
                visible(&condition.to_string())
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}
