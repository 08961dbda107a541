//! Development tasks of this workspace. `cargo xtask --help` lists them.

// A tool prints.
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod bench;
mod conformance;
mod fuzz;
mod platforms;
mod record;
mod schemas;
mod summaries;
mod test;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};

/// Development tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Test(test::Test),
    Platforms(platforms::Platforms),
    Bench(bench::Bench),
    Conformance(conformance::Conformance),
    Fuzz(fuzz::Fuzz),
    /// Write the parser's grammar.rs anew from grammar.pest.
    Grammar,
    /// Bundle the schemas of QEMU releases.
    Schemas {
        #[command(subcommand)]
        task: schemas::Schemas,
    },
    Summaries(summaries::Summaries),
}

fn main() -> Result<()> {
    match Cli::parse().task {
        Task::Test(test) => test.run(),
        Task::Platforms(platforms) => platforms.run(),
        Task::Bench(bench) => bench.run(),
        Task::Conformance(conformance) => conformance.run(),
        Task::Fuzz(fuzz) => fuzz.run(),
        Task::Grammar => run(cargo()
            .args(["test", "--package", "qapi-parser", "--test", "grammar"])
            .env("UPDATE_GRAMMAR", "1")),
        Task::Schemas { task } => task.run(),
        Task::Summaries(summaries) => summaries.run(),
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
        .to_owned()
}

/// Says that a command is run, and gives its words.
fn announce(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let words = words.join(" ");
    eprintln!("$ {words}");
    words
}

/// Runs a command in the workspace's folder, after saying so.
fn run(command: &mut Command) -> Result<()> {
    let words = announce(command);
    let status = command.current_dir(root()).status();
    let status = status.with_context(|| format!("`{words}` cannot be started"))?;
    if !status.success() {
        bail!("`{words}` failed: {status}");
    }
    Ok(())
}

/// The cargo that runs this.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
