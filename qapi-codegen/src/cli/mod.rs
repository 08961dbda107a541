//! The commands of `qapi-codegen`, a file each.

mod check;
mod conditions;
mod diff;
mod generate;
mod input;
mod introspect;
mod print;
mod since;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use qapi_parser::visible;

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
    Diff(diff::Diff),
    Since(since::Since),
}

/// Why a command failed. The message is shown as it is.
type Failure = Box<dyn std::error::Error>;

impl Cli {
    pub(crate) fn run(self) -> ExitCode {
        let trouble = match self.command {
            // What differs is told by 1.
            Command::Diff(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        };
        let outcome = match self.command {
            Command::Generate(generate) => generate.run(),
            Command::Check(check) => check.run(),
            Command::Introspect(introspect) => introspect.run(),
            Command::Print(print) => print.run(),
            Command::Conditions(conditions) => conditions.run(),
            Command::Diff(diff) => diff.run(),
            Command::Since(since) => since.run(),
        };
        match outcome {
            Ok(code) => code,
            Err(error) if is_unread(&*error) => ExitCode::SUCCESS,
            Err(error) => {
                // A schema's errors come as a report of their own, and are visible
                // text; in all others, names and paths may hold anything.
                match error.downcast_ref::<qapi_parser::Failure>() {
                    Some(report) => say(&report.to_string()),
                    None => match error.downcast_ref() {
                        Some(qapi_codegen::Error::Schema(report)) => say(&report.to_string()),
                        // `Debug` has the causes, too.
                        Some(error) => say(&format!("error: {error:?}")),
                        None => say(&format!("error: {}", visible(&error.to_string()))),
                    },
                }
                trouble
            }
        }
    }
}

/// Writes a line to people. That they do not read it, no more than that they
/// have closed their end, is no error.
fn say(line: &str) {
    _ = writeln!(anstream::stderr().lock(), "{line}");
}

/// Whether who reads the output has read enough, as `head` does.
fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Whether a report was written. A command whose exit status is a verdict has the
/// same verdict, whether anybody reads why.
fn written(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if !is_closed_pipe(&error) => Err(error.into()),
        _ => Ok(()),
    }
}

fn is_unread(error: &(dyn std::error::Error + 'static)) -> bool {
    match (error.downcast_ref(), error.downcast_ref()) {
        (Some(error), _) => is_closed_pipe(error),
        (_, Some(qapi_codegen::Error::Io { source, .. })) => is_closed_pipe(source),
        _ => false,
    }
}

/// JSON that is the same and has no characters but ASCII's: a terminal acts on
/// none of them.
fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_ascii() {
        assert_eq!(
            ascii("{\"a\":\"\u{7f}é\u{202e}😀\"}"),
            "{\"a\":\"\\u007f\\u00e9\\u202e\\ud83d\\ude00\"}"
        );
    }
}
