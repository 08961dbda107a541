//! `qapi-codegen print`

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use qapi_parser::visible;

use super::Failure;
use super::input::Input;

/// Print a schema in normal form: its declarations, and of its documentation
/// the names and versions.
#[derive(Debug, Args)]
pub(super) struct Print {
    #[command(flatten)]
    input: Input,
}

impl Print {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let schema = self.input.schema()?;
        let mut out = std::io::stdout().lock();
        for (path, text) in schema.to_normal_form() {
            writeln!(out, "# {}\n\n{text}", visible(&path))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
