//! The command-line tool.

// A tool prints.
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
