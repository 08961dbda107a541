//! Starts QEMU for tests, and reports tests as skipped where there is none.
//!
//! `$QEMU` names the binary; without it, PATH is searched. With
//! `QAPI_REQUIRE_QEMU=1` its absence fails the tests.

// Each test target compiles this file and uses its own part.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use qmp_transport::blocking::Client;
use qmp_transport::{Options, Protocol};
use tempfile::TempDir;

/// How long a server may take to open its socket.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Where a program is: what the variable says, or what PATH holds. A variable
/// that is set to nothing says that there is none.
pub fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return Some(path.into()).filter(|path: &PathBuf| !path.as_os_str().is_empty());
    }
    let path = env::var_os("PATH")?;
    names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
}

/// The QEMU to test with.
pub fn qemu() -> Option<PathBuf> {
    program("QEMU", &["qemu-system-x86_64"])
}

/// The guest agent to test with. Distributions put it outside an ordinary user's
/// PATH.
pub fn agent() -> Option<PathBuf> {
    let in_sbin = || Some(PathBuf::from("/usr/sbin/qemu-ga")).filter(|path| path.is_file());
    program("QEMU_GA", &["qemu-ga"]).or_else(in_sbin)
}

/// The storage daemon to test with.
pub fn daemon() -> Option<PathBuf> {
    program("QEMU_STORAGE_DAEMON", &["qemu-storage-daemon"])
}

/// A test that needs a program, reported as ignored where there is none.
pub fn needs(
    program: Option<PathBuf>,
    what: &str,
    name: &str,
    test: impl FnOnce(&Path) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let required = env::var_os("QAPI_REQUIRE_QEMU").is_some_and(|value| value == "1");
    match program {
        Some(program) => Trial::test(name, move || test(&program)),
        None if required => {
            let message = format!("there is no {what}, and QAPI_REQUIRE_QEMU is set");
            Trial::test(name, move || Err(message.into()))
        }
        None => Trial::test(name, || Ok(()))
            .with_kind(format!("skipped: no {what}"))
            .with_ignored_flag(true),
    }
}

/// A test on a real QEMU.
pub fn live(name: &str, test: impl FnOnce(&Path) -> Result<(), Failed> + Send + 'static) -> Trial {
    needs(qemu(), "QEMU", name, test)
}

/// A server process with a Unix socket, killed when dropped.
pub struct Server {
    child: Child,
    folder: TempDir,
}

impl Server {
    /// Starts QEMU without a guest or devices, with QMP on a socket.
    pub fn qemu(qemu: &Path, arguments: &[&str]) -> Server {
        Self::start(qemu, |command, socket| {
            command
                .args(["-accel", "tcg", "-display", "none", "-nodefaults", "-qmp"])
                .arg(format!("unix:{},server=on,wait=off", socket.display()))
                .args(arguments);
        })
    }

    /// Starts a program, told by a function where to listen.
    pub fn start(program: &Path, arguments: impl FnOnce(&mut Command, &Path)) -> Server {
        let folder = tempfile::Builder::new().prefix("qmp").tempdir().unwrap();
        let socket = folder.path().join("socket");
        let mut command = Command::new(program);
        arguments(&mut command, &socket);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
        Server { child, folder }
    }

    /// Connects to the server, waiting until it listens.
    pub fn connect(&self) -> Client {
        self.connect_with(Options::new())
    }

    /// Connects to the server with options, waiting until it listens.
    pub fn connect_with<P: Protocol>(&self, options: Options) -> Client<P> {
        let options = options.await_server(true).connect_limit(START_LIMIT);
        Client::connect_with(self.address(), options).unwrap()
    }

    /// The socket's path.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// The socket's address.
    pub fn address(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    /// A folder for the test's own files, removed with the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Kills the server, as a crash would.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// The server's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the server ends by itself.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// Has the server do nothing until [`Server::resume`].
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Has the server go on.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        run("kill", &[signal, &self.child.id().to_string()]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a program to its end, which must be a success.
pub fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .unwrap_or_else(|error| panic!("cannot start {program}: {error}"));
    assert!(status.success(), "{program}: {status}");
}
