//! A server process for tests to talk to.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use qmp_transport::blocking::Client;
use qmp_transport::{Options, Protocol};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long a server may take to open its socket.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A server process with a Unix socket, killed when dropped.
#[derive(Debug)]
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
        let mut command = crate::command(program);
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
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Has the server do nothing until [`Server::resume`].
    pub fn pause(&self) {
        send_signal(self.pid(), Signal::STOP).unwrap();
    }

    /// Has the server go on.
    pub fn resume(&self) {
        send_signal(self.pid(), Signal::CONT).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends a signal to a process that the test has started.
///
/// # Errors
/// The process has ended.
pub fn send_signal(process: u32, signal: Signal) -> io::Result<()> {
    let process = Pid::from_raw(process.try_into().unwrap()).unwrap();
    Ok(kill_process(process, signal)?)
}
