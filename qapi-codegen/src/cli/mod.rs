//! The commands of `qapi-codegen`, a file each.

mod check;
mod conditions;
mod generate;
mod input;
mod introspect;
mod print;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Reads QEMU's QAPI schemas and generates typed Rust from them.
///
/// A schema is a schema file (qapi/qapi-schema.json in QEMU's tree), a folder
/// (QEMU's tree), the output of query-qmp-schema, or the name of a bundled
/// release, such as 11.1.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(Box<generate::Generate>),
    Check(check::Check),
    Introspect(introspect::Introspect),
    Print(print::Print),
    Conditions(conditions::Conditions),
}

/// Why a command failed. The message is shown as it is.
type Failure = Box<dyn std::error::Error>;

impl Cli {
    pub(crate) fn run(self) -> ExitCode {
        let outcome = match self.command {
            Command::Generate(generate) => generate.run(),
            Command::Check(check) => check.run(),
            Command::Introspect(introspect) => introspect.run(),
            Command::Print(print) => print.run(),
            Command::Conditions(conditions) => conditions.run(),
        };
        match outcome {
            Ok(code) => code,
            Err(error) => {
                let text = error.to_string();
                // A schema's errors come as a report of their own.
                let report = text.contains(": error: ");
                anstream::eprintln!("{}{text}", if report { "" } else { "error: " });
                ExitCode::FAILURE
            }
        }
    }
}
