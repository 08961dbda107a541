//! `qapi-codegen check`

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use qapi_parser::diagnostic::{Severity, Style};
use qapi_parser::{Dialect, Failure as SchemaFailure, Parsed};

use super::Failure;
use super::input::Input;

/// Check a schema, and say what is wrong with it.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    input: Input,
    /// Accept exactly what QEMU's newest generator accepts.
    #[arg(long, conflicts_with = "dialect")]
    strict: bool,
    /// The language that is accepted.
    #[arg(long, value_enum, default_value = "current")]
    dialect: DialectName,
    /// How diagnostics are written.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DialectName {
    /// The schema of every release since 5.2, as released.
    Current,
    /// Exactly what QEMU's newest generator accepts.
    Strict,
    /// The schema of every release since 1.1.
    Legacy,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people, with the source, on standard error.
    Text,
    /// One JSON object per diagnostic and line, on standard output.
    Json,
}

impl Check {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let dialect = match self.dialect {
            _ if self.strict => Dialect::Strict,
            DialectName::Current => Dialect::Current,
            DialectName::Strict => Dialect::Strict,
            DialectName::Legacy => Dialect::Legacy,
        };
        let (diagnostics, sources, code) = match self.input.parse(dialect) {
            Ok(Parsed {
                warnings, sources, ..
            }) => (warnings, sources, ExitCode::SUCCESS),
            Err(error) => {
                let SchemaFailure {
                    diagnostics,
                    sources,
                } = *error.downcast::<SchemaFailure>()?;
                (diagnostics, sources, ExitCode::FAILURE)
            }
        };
        for diagnostic in &diagnostics {
            match self.format {
                Format::Json => {
                    writeln!(std::io::stdout().lock(), "{}", diagnostic.to_json(&sources))?;
                }
                // anstream takes the colours out where the output is no terminal.
                Format::Text => {
                    let text = diagnostic.render(&sources, Style::Coloured);
                    writeln!(anstream::stderr().lock(), "{text}\n")?;
                }
            }
        }
        let count = |severity| {
            diagnostics
                .iter()
                .filter(|d| d.severity == severity)
                .count()
        };
        anstream::eprintln!(
            "{}: {} errors, {} warnings",
            self.input.name(),
            count(Severity::Error),
            count(Severity::Warning)
        );
        Ok(code)
    }
}
