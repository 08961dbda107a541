//! `cargo xtask test`: all tests, those on a real QEMU included.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use test_support::Program;
use test_support::programs::ALL;

/// Run all tests, those on a real QEMU included, and list last what failed.
///
/// The environment variables QEMU, QEMU_GA and QEMU_STORAGE_DAEMON name other
/// programs than those in PATH.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Install the programs that tests start from Debian's packages first, where
    /// they are missing.
    #[arg(long)]
    install_qemu: bool,
    /// Leave out what needs one of QEMU's programs.
    #[arg(long, conflicts_with = "install_qemu")]
    without_qemu: bool,
    /// Run the tests that often, to find those that fail now and then. Without
    /// arguments for `cargo test`, examples in documentation are left out.
    #[arg(long, default_value_t = 1, value_name = "COUNT")]
    repeat: u32,
    /// Keep that many threads busy beside the tests, to find those that depend on
    /// time.
    #[arg(long, default_value_t = 0, value_name = "THREADS")]
    load: u32,
    /// Passed on to `cargo test`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

impl Test {
    pub(crate) fn run(self) -> Result<()> {
        if self.install_qemu {
            install(&missing())?;
        }
        if self.without_qemu {
            eprintln!("Without QEMU: tests that need it are reported as ignored.");
        } else {
            let missing = missing();
            if !missing.is_empty() {
                bail!(
                    "programs that tests start are missing:{}\nor give --install-qemu or --without-qemu",
                    list(missing.iter().map(|program| program.missing()))
                );
            }
        }
        if self.repeat > 1 || self.load > 0 {
            // What compiles is not to be slowed down.
            crate::run(&mut self.cargo_test(&["--no-run"]))?;
        }
        under_load(self.load, || repeat(self.repeat, || self.cargo_test(&[])))
    }

    fn cargo_test(&self, options: &[&str]) -> Command {
        let no_examples = self.repeat > 1 && self.arguments.is_empty();
        let tests = no_examples.then_some("--tests").into_iter();
        let options = options.iter().copied().chain(tests);
        let mut cargo = cargo_test(options, &self.arguments);
        if self.without_qemu {
            without_qemu(&mut cargo);
        } else {
            cargo.env("QAPI_REQUIRE_QEMU", "1");
        }
        cargo
    }
}

/// `cargo test`, of all packages unless the arguments name some.
pub(crate) fn cargo_test<'a>(
    options: impl IntoIterator<Item = &'a str>,
    arguments: &[String],
) -> Command {
    let mut cargo = crate::cargo();
    cargo.args(["test", "--all-features", "--no-fail-fast"]);
    cargo.args(options);
    let named = |argument: &String| argument.starts_with("-p") || argument.starts_with("--package");
    if !arguments.iter().any(named) {
        cargo.arg("--workspace");
    }
    cargo.args(arguments);
    cargo
}

/// Runs `cargo test` a number of times, and lists last what failed.
pub(crate) fn repeat(rounds: u32, cargo: impl Fn() -> Command) -> Result<()> {
    let mut failures = Failures::default();
    let mut all_well = true;
    for round in 1..=rounds {
        if rounds > 1 {
            eprintln!("Round {round} of {rounds}");
        }
        all_well &= failures.watch(cargo())?;
    }
    match failures.summary(rounds) {
        Some(summary) => bail!("{summary}"),
        None => ensure!(all_well, "`cargo test` failed"),
    }
    Ok(())
}

/// Says to tests that QEMU's programs are not there.
pub(crate) fn without_qemu(command: &mut Command) {
    for variable in ALL.iter().filter_map(|program| program.variable) {
        command.env(variable, "");
    }
}

/// The programs that tests start, and that are not there.
fn missing() -> Vec<&'static Program> {
    let missing = ALL.iter().filter(|program| program.find().is_none());
    missing.copied().collect()
}

fn install(programs: &[&Program]) -> Result<()> {
    let packages = programs.iter().flat_map(|program| program.packages);
    let mut packages: Vec<&str> = packages.copied().collect();
    packages.sort_unstable();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    eprintln!(
        "Installing Debian's packages of what tests start: {}",
        packages.join(", ")
    );
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
        apt
    };
    crate::run(apt().arg("update"))?;
    crate::run(
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

/// Does something while threads are busy.
fn under_load<T>(threads: u32, work: impl FnOnce() -> T) -> T {
    /// Ends the load, be it by a panic.
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let _stop = Stop(&stop);
        work()
    })
}

/// What failed, by the arguments that have cargo run it again, and how often.
#[derive(Debug, Default)]
struct Failures {
    counts: BTreeMap<String, u32>,
    /// Since the last test program.
    names: Vec<String>,
    in_list: bool,
}

impl Failures {
    /// Runs `cargo test`, shows what it prints, and collects what failed. Tells
    /// whether cargo says that all is well.
    fn watch(&mut self, mut cargo: Command) -> Result<bool> {
        // Both in one pipe, so that the names of tests come before cargo tells
        // which program they are of.
        let (output, input) = std::io::pipe()?;
        crate::announce(&cargo);
        let mut child = cargo
            .env("CARGO_TERM_COLOR", "never")
            .current_dir(crate::root())
            .stdout(input.try_clone()?)
            .stderr(input)
            .spawn()
            .context("cargo cannot be started")?;
        // The command keeps the pipe open.
        drop(cargo);
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line)? > 0 {
            // Whoever has closed our output still wants the tests to run.
            let _ = std::io::stdout().write_all(&line);
            self.line(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
        Ok(child.wait()?.success())
    }

    /// Takes a line of what cargo and the test programs print.
    fn line(&mut self, line: &str) {
        // The list of names comes last in what a program prints; before it, under
        // the same heading, is what each test printed.
        if line == "failures:" {
            self.in_list = true;
            self.names.clear();
        } else if let Some(name) = line.strip_prefix("    ").filter(|_| self.in_list) {
            self.names.push(name.to_owned());
        } else {
            self.in_list = false;
        }
        let rerun = ["error: test failed, ", "error: doctest failed, "]
            .iter()
            .find_map(|start| line.strip_prefix(start))
            .and_then(|line| line.split('`').nth(1));
        let Some(rerun) = rerun else { return };
        if self.names.is_empty() {
            // It crashed, or was killed.
            self.names.push("(the program itself)".to_owned());
        }
        for name in self.names.drain(..) {
            *self.counts.entry(format!("{rerun}: {name}")).or_default() += 1;
        }
    }

    /// What failed, if anything did.
    fn summary(&self, rounds: u32) -> Option<String> {
        if self.counts.is_empty() {
            return None;
        }
        let tests = self.counts.iter().map(|(test, count)| match rounds {
            1 => test.clone(),
            _ => format!("{test} ({count} of {rounds} times)"),
        });
        Some(format!("these tests failed:{}", list(tests)))
    }
}

fn list(lines: impl Iterator<Item = String>) -> String {
    lines.fold(String::new(), |mut text, line| {
        // Writing to a string cannot fail.
        _ = write!(text, "\n    {line}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::Failures;

    /// What cargo and test programs print, in short.
    const OUTPUT: &str = "
     Running tests/live.rs (target/debug/deps/live-0123456789abcdef)
test item_01 ... ok
test on_tokio::item_02 ... FAILED
test item_03 ... FAILED

failures:

---- on_tokio::item_02 ----
the server said:
failures:
    something else

failures:
    item_03
    on_tokio::item_02

test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out

error: test failed, to rerun pass `-p qmp-transport --test live`
     Running tests/crash.rs (target/debug/deps/crash-0123456789abcdef)
error: test failed, to rerun pass `-p qmp-transport --test crash`

Caused by:
  process didn't exit successfully: `crash` (signal: 6, SIGABRT: process abort signal)
     Running tests/fine.rs (target/debug/deps/fine-0123456789abcdef)
test fine ... ok
   Doc-tests qmp_transport
failures:
    qmp-transport/src/lib.rs - Client (line 7)

error: doctest failed, to rerun pass `-p qmp-transport --doc`
error: 3 targets failed:
    `-p qmp-transport --test live`
    `-p qmp-transport --test crash`
    `-p qmp-transport --doc`
";

    #[test]
    fn what_failed_is_listed_by_program_and_name() {
        let mut failures = Failures::default();
        assert_eq!(failures.summary(1), None);
        OUTPUT.lines().for_each(|line| failures.line(line));
        let expected = "these tests failed:
    -p qmp-transport --doc: qmp-transport/src/lib.rs - Client (line 7)
    -p qmp-transport --test crash: (the program itself)
    -p qmp-transport --test live: item_03
    -p qmp-transport --test live: on_tokio::item_02";
        assert_eq!(failures.summary(1).as_deref(), Some(expected));
        failures.line("error: test failed, to rerun pass `-p qmp-transport --test crash`");
        let summary = failures.summary(20).unwrap_or_default();
        assert!(summary.contains("crash: (the program itself) (2 of 20 times)"));
    }
}
