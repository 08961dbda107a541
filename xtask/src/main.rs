//! Development tasks of this workspace. `cargo xtask --help` lists them.

// A tool prints.
#![allow(clippy::print_stderr, clippy::print_stdout)]

mod bench;
mod conformance;
#[path = "../../schemas/tests/coverage/mod.rs"]
mod coverage;
mod platforms;
mod record;
mod schemas;
mod summaries;
mod test;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand};

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
    /// Compare the parser with QEMU's generator, case by case.
    Conformance(Conformance),
    Fuzz(Fuzz),
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

/// Feed a reader of bytes with bytes, starting from what our own tests have.
///
/// It needs cargo-fuzz and a nightly toolchain.
#[derive(Debug, Args)]
struct Fuzz {
    /// The reader.
    #[arg(value_parser = ["schema", "introspection", "session"])]
    target: String,
    /// For how long, in seconds.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
}

impl Fuzz {
    fn run(self) -> Result<()> {
        let corpus = root().join("fuzz/corpus").join(&self.target);
        std::fs::create_dir_all(&corpus)?;
        for (number, case) in self.cases()?.iter().enumerate() {
            std::fs::write(corpus.join(format!("case-{number}")), case)?;
        }
        run(Command::new("cargo")
            .args(["+nightly", "fuzz", "run", "--fuzz-dir", "fuzz"])
            .args([&self.target, &corpus.display().to_string()])
            .args([
                "--",
                &format!("-max_total_time={}", self.seconds),
                "-timeout=10",
            ]))
    }

    /// What the fuzzer starts from.
    fn cases(&self) -> Result<Vec<String>> {
        let schemas = schemas::json_files(&root().join("qapi-parser/tests"), "")?;
        let texts = schemas
            .iter()
            .map(|path| std::fs::read_to_string(root().join("qapi-parser/tests").join(path)));
        let texts = texts.collect::<std::io::Result<Vec<String>>>()?;
        Ok(match self.target.as_str() {
            "schema" => texts,
            "introspection" => {
                let schemas = texts.iter().filter_map(|text| {
                    let files =
                        qapi_parser::loader::Memory::from_iter([("main.json", text.as_str())]);
                    qapi_parser::Parser::new().parse(&files, "main.json").ok()
                });
                let options = qapi_parser::introspect::Options::new();
                schemas
                    .map(|parsed| parsed.schema.to_introspection(&options).to_string())
                    .collect()
            }
            _ => Vec::new(),
        })
    }
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Conformance {
    /// The folder of QEMU's own test cases, tests/qapi-schema in its sources.
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,
    /// Change that many schemas of the sources at random, and compare verdicts.
    #[arg(long, value_name = "COUNT", requires = "qemu_src")]
    mutate: Option<usize>,
    /// Where the random changes start.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// QEMU's sources, with its generator in scripts/.
    #[arg(long, value_name = "DIR")]
    qemu_src: Option<PathBuf>,
}

impl Conformance {
    fn run(self) -> Result<()> {
        let mut all_agree = true;
        let mut report = |agreement: conformance::Agreement| {
            for line in &agreement.disagreements {
                println!("{line}");
            }
            println!("{}", agreement.summary());
            all_agree &= agreement.disagreements.is_empty();
        };
        if let Some(folder) = &self.suite {
            report(conformance::suite(folder)?);
        }
        if let (Some(count), Some(sources)) = (self.mutate, &self.qemu_src) {
            report(conformance::mutate(count, self.seed, sources)?);
        }
        if !all_agree {
            bail!("the parser does not agree with QEMU's generator");
        }
        Ok(())
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
