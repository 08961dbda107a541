//! `cargo xtask platforms`: the workspace on other platforms than this one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail, ensure};
use clap::Args;
use test_support::Program;

/// Check the workspace for other platforms, or run its tests for one of them.
///
/// A platform is checked where its standard library is installed; what is left
/// out is listed.
#[derive(Debug, Args)]
pub(crate) struct Platforms {
    /// Run the tests for this platform instead, under an emulator, without QEMU.
    #[arg(long, value_name = "TARGET", value_parser = emulated())]
    test: Option<String>,
    /// Passed on to `cargo test`.
    #[arg(last = true, requires = "test")]
    arguments: Vec<String>,
}

/// A platform that the workspace is to work on.
struct Platform {
    target: &'static str,
    /// Its tests compile, and not only what users build.
    tests: bool,
    emulator: Option<Emulator>,
}

/// What runs the programs of another platform here.
struct Emulator {
    linker: Program,
    runner: Program,
    /// The platform's C library.
    libraries: &'static str,
    /// Debian's package of the C library.
    package: &'static str,
}

static PLATFORMS: [Platform; 4] = [
    Platform {
        target: "x86_64-pc-windows-gnu",
        // They start QEMU with Unix sockets.
        tests: false,
        emulator: None,
    },
    Platform {
        target: "aarch64-apple-darwin",
        tests: true,
        emulator: None,
    },
    Platform {
        target: "i686-unknown-linux-gnu",
        tests: true,
        emulator: None,
    },
    // Its bytes are the other way round.
    Platform {
        target: "s390x-unknown-linux-gnu",
        tests: true,
        emulator: Some(Emulator {
            linker: Program {
                name: "s390x-linux-gnu-gcc",
                packages: &["gcc-s390x-linux-gnu"],
                variable: None,
            },
            runner: Program {
                name: "qemu-s390x-static",
                packages: &["qemu-user-static"],
                variable: None,
            },
            libraries: "/usr/s390x-linux-gnu",
            package: "libc6-dev-s390x-cross",
        }),
    },
];

/// The platforms whose tests can be run.
fn emulated() -> Vec<&'static str> {
    let platforms = PLATFORMS.iter();
    let emulated = platforms.filter(|platform| platform.emulator.is_some());
    emulated.map(|platform| platform.target).collect()
}

impl Platforms {
    pub(crate) fn run(self) -> Result<()> {
        match self.test {
            Some(target) => {
                let platform = PLATFORMS.iter().find(|platform| platform.target == target);
                match platform.and_then(|platform| platform.emulator.as_ref()) {
                    Some(emulator) => test(&target, emulator, &self.arguments),
                    None => bail!("the tests for {target} cannot be run here"),
                }
            }
            None => check(),
        }
    }
}

/// Where what is built for other platforms goes: it is not to make cargo build
/// anew what is built for this one.
fn folder() -> PathBuf {
    crate::root().join("target/platforms")
}

/// Stands in for C compilers and archivers of other platforms. A dependency of a
/// test has some C, which need not be compiled, since nothing is linked.
const NO_C_COMPILER: &str = "#!/bin/sh
# Creates the files that it is asked for, without content.
while [ $# -gt 0 ]; do
  case $1 in
    -o) : >\"$2\" ;;
    *.a) : >\"$1\" ;;
  esac
  shift
done
";

/// Writes [`NO_C_COMPILER`], and returns its path.
fn no_c_compiler() -> Result<PathBuf> {
    let path = folder().join("no-c-compiler");
    fs::create_dir_all(folder())?;
    fs::write(&path, NO_C_COMPILER)?;
    crate::run(Command::new("chmod").arg("+x").arg(&path))?;
    Ok(path)
}

fn check() -> Result<()> {
    let c_compiler = no_c_compiler()?;
    let (mut failed, mut left_out) = (Vec::new(), Vec::new());
    for Platform { target, tests, .. } in &PLATFORMS {
        if !is_installed(target)? {
            left_out.push(*target);
            continue;
        }
        let mut cargo = crate::cargo();
        cargo
            .args(["check", "--workspace", "--all-features", "--keep-going"])
            .args(["--target", target, "--target-dir"])
            .arg(folder())
            .args(tests.then_some("--all-targets"));
        for program in ["CC", "AR"] {
            cargo.env(
                format!("{program}_{}", target.replace('-', "_")),
                &c_compiler,
            );
        }
        if crate::run(&mut cargo).is_err() {
            failed.push(*target);
        }
    }
    for target in &left_out {
        eprintln!("left out {target}: `rustup target add {target}` adds its standard library");
    }
    ensure!(
        failed.is_empty(),
        "the workspace does not compile for {}",
        failed.join(", ")
    );
    Ok(())
}

/// Whether the compiler has the standard library of a platform.
fn is_installed(target: &str) -> Result<bool> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let printed = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", target])
        .current_dir(crate::root())
        .output()?;
    let folder = String::from_utf8_lossy(&printed.stdout);
    Ok(printed.status.success() && Path::new(folder.trim()).is_dir())
}

fn test(target: &str, emulator: &Emulator, arguments: &[String]) -> Result<()> {
    let Emulator {
        linker,
        runner,
        libraries,
        package,
    } = emulator;
    let mut missing = Vec::new();
    if !is_installed(target)? {
        missing.push(format!(
            "the standard library for {target}: `rustup target add {target}`"
        ));
    }
    let programs = [linker, runner];
    let programs = programs.iter().filter(|program| program.find().is_none());
    missing.extend(programs.map(|program| program.missing()));
    if !Path::new(libraries).is_dir() {
        missing.push(format!(
            "there is no {libraries}: install Debian's package {package}"
        ));
    }
    ensure!(missing.is_empty(), "{}", missing.join("\n"));

    let variable = target.to_uppercase().replace('-', "_");
    let runner = format!("{} -L {libraries}", runner.name);
    crate::test::repeat(1, || {
        let mut cargo = crate::test::cargo_test(["--target", target], arguments);
        cargo
            .env("CARGO_TARGET_DIR", folder())
            .env(format!("CARGO_TARGET_{variable}_LINKER"), linker.name)
            .env(format!("CARGO_TARGET_{variable}_RUNNER"), &runner);
        crate::test::without_qemu(&mut cargo);
        cargo
    })
}
