//! `cargo xtask bench`: what the project claims of speed, measured. Only
//! ratios from one run mean anything on a shared machine.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};

/// Measure, and print ratios.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The generator, stage by stage, on a whole release.
    Generate {
        /// QEMU's qapi/qapi-schema.json; by default the bundled schema of 11.1,
        /// which has no prose in it.
        schema: Option<PathBuf>,
    },
    /// Building the bindings of a release from nothing, against qapi-qmp.
    Build,
    /// Decoding large replies, against untyped JSON and qapi-qmp.
    Decode,
    /// Round trips on a real QEMU, against the bare bytes and the peers; then
    /// instructions, events and memory, against the peers.
    Wire,
}

impl Bench {
    pub(crate) fn run(self) -> Result<()> {
        match self.what {
            Some(what) => what.run(),
            None => [
                What::Generate { schema: None },
                What::Build,
                What::Decode,
                What::Wire,
            ]
            .into_iter()
            .try_for_each(What::run),
        }
    }
}

impl What {
    fn run(self) -> Result<()> {
        match self {
            Self::Generate { schema } => bench_binary("generate", schema.as_deref()),
            Self::Build => build(),
            Self::Decode => bench_binary("decode", None),
            Self::Wire => {
                bench_binary("wire", None)?;
                bench_binary("load", None)
            }
        }
    }
}

/// Runs a program of the bench workspace, which has the peers in it.
fn bench_binary(name: &str, argument: Option<&Path>) -> Result<()> {
    let manifest = crate::root().join("bench/Cargo.toml");
    crate::run(
        crate::cargo()
            .args([
                "run",
                "--release",
                "--quiet",
                "--bin",
                name,
                "--manifest-path",
            ])
            .arg(manifest)
            .arg("--")
            .args(argument.map(std::path::absolute).transpose()?),
    )
}

/// CPU seconds of cold builds.
fn build() -> Result<()> {
    let root = crate::root();
    let ours = root.join("Cargo.toml");
    let peers = root.join("bench/Cargo.toml");
    for manifest in [&ours, &peers] {
        crate::run(
            crate::cargo()
                .args(["fetch", "--manifest-path"])
                .arg(manifest),
        )?;
    }
    println!("cold `cargo build`, CPU seconds of all its processes, dependencies included");
    println!(
        "{:<10} {:>10} {:>10} {:>8}",
        "profile", "qmp-types", "qapi-qmp", "ratio"
    );
    for profile in ["dev", "release"] {
        let ours = cold_build(&ours, "qmp-types", profile)?;
        let theirs = cold_build(&peers, "qapi-qmp", profile)?;
        println!(
            "{profile:<10} {ours:>10.1} {theirs:>10.1} {:>8.2}",
            ours / theirs
        );
    }
    Ok(())
}

fn cold_build(manifest: &Path, package: &str, profile: &str) -> Result<f64> {
    let target = crate::root().join("target/bench-build");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let before = children_cpu()?;
    crate::run(
        crate::cargo()
            .args([
                "build",
                "--quiet",
                "--package",
                package,
                "--profile",
                profile,
                "--manifest-path",
            ])
            .arg(manifest)
            .env("CARGO_TARGET_DIR", &target)
            // Incremental builds write what a cold build has no use for.
            .env("CARGO_INCREMENTAL", "0"),
    )?;
    let cpu = children_cpu()? - before;
    fs::remove_dir_all(&target)?;
    Ok(cpu)
}

/// CPU seconds of all processes that this one has waited for, and theirs.
fn children_cpu() -> Result<f64> {
    /// Clock ticks per second in `/proc`, the same on every Linux.
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").context("this measures on Linux only")?;
    // The fields after the name in brackets: cutime and cstime are 14th and 15th.
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: f64 = fields
        .split(' ')
        .skip(13)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    Ok(ticks / TICKS)
}
