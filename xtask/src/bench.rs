//! `cargo xtask bench`: what the project claims of speed, measured. Only
//! ratios from one run mean anything on a shared machine.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use wait4::Wait4 as _;

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
    /// The size of a program with one command out of a whole release, against one
    /// with bindings of this command only.
    Size,
    /// Decoding large replies, against untyped JSON and qapi-qmp.
    Decode,
    /// Asking what a QEMU has, against decoding its introspection once.
    Introspect,
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
                What::Size,
                What::Decode,
                What::Introspect,
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
            Self::Size => size(),
            Self::Decode => bench_binary("decode", None),
            Self::Introspect => bench_binary("introspect", None),
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

/// What is built, of ours and of the peer's.
struct Build {
    package: &'static str,
    manifest: &'static str,
    features: &'static str,
    what: &'static str,
}

const BUILDS: [Build; 5] = [
    Build {
        package: "qmp-types",
        manifest: "Cargo.toml",
        features: "v11_1",
        what: "a whole release",
    },
    Build {
        package: "qmp-types",
        manifest: "Cargo.toml",
        features: "compat",
        what: "all releases",
    },
    Build {
        package: "dozen",
        manifest: "bench/Cargo.toml",
        features: "",
        what: "a dozen commands",
    },
    Build {
        package: "dozen",
        manifest: "bench/Cargo.toml",
        features: "range",
        what: "of all releases",
    },
    Build {
        package: "qapi-qmp",
        manifest: "bench/Cargo.toml",
        features: "",
        what: "the peer, whole",
    },
];

/// CPU time and memory of cold builds, dependencies and build scripts included.
fn build() -> Result<()> {
    let root = crate::root();
    for manifest in ["Cargo.toml", "bench/Cargo.toml"] {
        crate::run(
            crate::cargo()
                .args(["fetch", "--manifest-path"])
                .arg(root.join(manifest)),
        )?;
    }
    println!(
        "{:<6} {:<8} {:<10} {:<16} {:>8} {:>7} {:>10} {:>7}",
        "", "profile", "package", "", "CPU s", "ratio", "rustc MiB", "ratio"
    );
    for verb in ["check", "build"] {
        for profile in ["dev", "release"] {
            let costs = BUILDS
                .iter()
                .map(|build| cold_build(verb, build, profile))
                .collect::<Result<Vec<Cost>>>()?;
            let Some(peer) = costs.last() else { continue };
            for (build, cost) in BUILDS.iter().zip(&costs) {
                println!(
                    "{verb:<6} {profile:<8} {:<10} {:<16} {:>8.1} {:>7.2} {:>10.0} {:>7.2}",
                    build.package,
                    build.what,
                    cost.cpu_seconds,
                    cost.cpu_seconds / peer.cpu_seconds,
                    cost.peak_mebibytes,
                    cost.peak_mebibytes / peer.peak_mebibytes,
                );
            }
        }
    }
    Ok(())
}

/// Bytes of programs in the release profile, without debug information.
fn size() -> Result<()> {
    let root = crate::root();
    let target = root.join("target/bench-size");
    crate::run(
        crate::cargo()
            .args(["build", "--quiet", "--release", "--package", "one-command"])
            .args(["--config", "profile.release.strip=true", "--manifest-path"])
            .arg(root.join("bench/Cargo.toml"))
            .env("CARGO_TARGET_DIR", &target),
    )?;
    for (program, what) in [
        ("from-all", "query-status, out of all releases"),
        ("from-one", "query-status, out of bindings of it alone"),
    ] {
        let bytes = fs::metadata(target.join("release").join(program))?.len();
        println!("{what:<44} {bytes:>9} bytes");
    }
    Ok(())
}

/// What cargo and all the processes under it used.
struct Cost {
    cpu_seconds: f64,
    /// Of the largest process, which is the compiler.
    peak_mebibytes: f64,
}

fn cold_build(verb: &str, build: &Build, profile: &str) -> Result<Cost> {
    let target = crate::root().join("target/bench-build");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let used = crate::cargo()
        .args([verb, "--quiet", "--package", build.package])
        .args(["--no-default-features", "--features", build.features])
        .args(["--profile", profile, "--manifest-path"])
        .arg(crate::root().join(build.manifest))
        .env("CARGO_TARGET_DIR", &target)
        // Incremental builds write what a cold build has no use for.
        .env("CARGO_INCREMENTAL", "0")
        .spawn()?
        .wait4()?;
    ensure!(
        used.status.success(),
        "cargo {verb} of {} failed",
        build.package
    );
    fs::remove_dir_all(&target)?;
    #[expect(clippy::cast_precision_loss, reason = "no rustc needs exabytes")]
    let peak_mebibytes = used.rusage.maxrss as f64 / f64::from(1 << 20);
    Ok(Cost {
        cpu_seconds: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        peak_mebibytes,
    })
}
