//! `cargo xtask test`: all tests, those on a real QEMU included.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

/// The program that tests on a real QEMU start.
const QEMU: &str = "qemu-system-x86_64";
/// Debian's package of it.
const PACKAGE: &str = "qemu-system-x86";

/// Run all tests, those on a real QEMU included.
///
/// QEMU is what the environment variable QEMU names, else qemu-system-x86_64 in
/// PATH.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Install QEMU from Debian's packages first, where it is missing.
    #[arg(long)]
    install_qemu: bool,
    /// Leave out what needs a QEMU.
    #[arg(long, conflicts_with = "install_qemu")]
    without_qemu: bool,
    /// Passed on to `cargo test`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

impl Test {
    pub(crate) fn run(self) -> Result<()> {
        if self.install_qemu && qemu().is_none() {
            install()?;
        }
        let mut cargo = crate::cargo();
        cargo
            .args(["test", "--workspace", "--all-features"])
            .args(self.arguments);
        if self.without_qemu {
            eprintln!("Without QEMU: tests that need one are reported as ignored.");
            cargo.env("QEMU", "");
        } else {
            let Some(qemu) = qemu() else {
                bail!(
                    "there is no {QEMU} in PATH; install it (on Debian: apt-get install {PACKAGE}), \
                     name one in the environment variable QEMU, or give --install-qemu or \
                     --without-qemu"
                );
            };
            eprintln!("QEMU for the tests: {}", qemu.display());
            cargo.env("QEMU", qemu).env("QAPI_REQUIRE_QEMU", "1");
        }
        crate::run(&mut cargo)
    }
}

/// The QEMU that tests start. A variable that is set to nothing says that there
/// is none.
fn qemu() -> Option<PathBuf> {
    if let Some(qemu) = std::env::var_os("QEMU") {
        return Some(qemu.into()).filter(|path: &PathBuf| !path.as_os_str().is_empty());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(QEMU))
        .find(|file| file.is_file())
}

fn install() -> Result<()> {
    eprintln!("Installing Debian's package {PACKAGE} with apt-get, for tests on a real QEMU.");
    crate::run(Command::new("apt-get").args(["update", "--quiet"]))?;
    crate::run(
        Command::new("apt-get")
            .args([
                "install",
                "--yes",
                "--quiet",
                "--no-install-recommends",
                PACKAGE,
            ])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}
