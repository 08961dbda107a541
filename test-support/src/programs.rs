//! The programs that tests start, and the packages that have them.
//!
//! Tests start no others: a test of this crate looks for it. So whoever installs
//! what the table names can run all tests.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program that tests start.
#[derive(Debug)]
pub struct Program {
    /// The file's name.
    pub name: &'static str,
    /// Debian's packages that have it, one or the other by Debian's release.
    pub packages: &'static [&'static str],
    /// The environment variable that names another file. Set to nothing, it says
    /// that there is no such program.
    pub variable: Option<&'static str>,
}

/// QEMU itself.
pub static QEMU: Program = Program {
    name: "qemu-system-x86_64",
    packages: &["qemu-system-x86"],
    variable: Some("QEMU"),
};

/// The guest agent.
pub static QEMU_GA: Program = Program {
    name: "qemu-ga",
    packages: &["qemu-guest-agent"],
    variable: Some("QEMU_GA"),
};

/// The storage daemon.
pub static QEMU_STORAGE_DAEMON: Program = Program {
    name: "qemu-storage-daemon",
    packages: &["qemu-system-common", "qemu-utils"],
    variable: Some("QEMU_STORAGE_DAEMON"),
};

/// A shell, for scripts of nothing but its own words.
pub static SH: Program = Program {
    name: "sh",
    packages: &["dash"],
    variable: None,
};

/// Makes pipes with names.
pub static MKFIFO: Program = Program {
    name: "mkfifo",
    packages: &["coreutils"],
    variable: None,
};

/// Makes files of a size.
pub static TRUNCATE: Program = Program {
    name: "truncate",
    packages: &["coreutils"],
    variable: None,
};

/// All of them.
pub static ALL: [&Program; 6] = [
    &QEMU,
    &QEMU_GA,
    &QEMU_STORAGE_DAEMON,
    &SH,
    &MKFIFO,
    &TRUNCATE,
];

/// Where distributions put some programs, though an ordinary user's PATH lacks it.
const OUTSIDE_PATH: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

impl Program {
    /// Where the program is: what its variable says, or what PATH holds.
    pub fn find(&self) -> Option<PathBuf> {
        if let Some(path) = self.variable.and_then(env::var_os) {
            return Some(path.into()).filter(|path: &PathBuf| !path.as_os_str().is_empty());
        }
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .chain(OUTSIDE_PATH.map(PathBuf::from))
            .map(|folder| folder.join(self.name))
            .find(|file| file.is_file())
    }

    /// That the program is missing, and what to do about it.
    pub fn missing(&self) -> String {
        let name = self.name;
        let packages = self.packages.join(" or ");
        match self.variable {
            Some(variable) if env::var_os(variable).is_some_and(|value| value.is_empty()) => {
                format!("there is no {name}, as the environment variable {variable} is empty")
            }
            Some(variable) => format!(
                "there is no {name}: install Debian's package {packages}, \
                 or name the file in the environment variable {variable}"
            ),
            None => format!("there is no {name}: install Debian's package {packages}"),
        }
    }

    /// A command that starts the program.
    ///
    /// # Panics
    /// The program is missing.
    pub fn command(&self) -> Command {
        Command::new(self.find().unwrap_or_else(|| panic!("{}", self.missing())))
    }

    /// Runs the program to its end, which must be a success.
    ///
    /// # Panics
    /// The program is missing, or fails.
    pub fn run(&self, arguments: &[&str]) {
        let mut command = self.command();
        let status = command.args(arguments).stdout(Stdio::null()).status();
        let status = status.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        assert!(status.success(), "{command:?}: {status}");
    }
}

/// A command that starts `cargo`, `rustc` or `rustdoc`, of the toolchain that
/// the tests are built with. So it is always there.
pub fn of_rust(name: &str) -> Command {
    let cargo = env::var_os("CARGO").map(PathBuf::from);
    let beside = cargo.map(|cargo| cargo.with_file_name(name));
    let program = beside.filter(|path| path.is_file());
    Command::new(program.unwrap_or_else(|| name.into()))
}

/// A command that starts a program which was found before.
///
/// # Panics
/// The table does not have it.
pub fn command(path: &Path) -> Command {
    let known = ALL
        .iter()
        .any(|program| program.find().is_some_and(|found| found == path));
    let path_name = path.display();
    assert!(known, "{path_name} is not in the table of programs");
    Command::new(path)
}
