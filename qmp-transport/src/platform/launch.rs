//! Starting a server with a connection to this process.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};

use super::Stream;

/// Starts QEMU with a QMP connection to this process.
///
/// The connection is the standard input of the child. So there is no socket file to
/// wait for or to remove, and no other process can connect. The arguments that QEMU
/// needs for this are added to the command. The storage daemon needs others: see
/// [`launch_storage_daemon`].
///
/// ```no_run
/// use std::process::Command;
/// use qmp_transport::{Options, Qmp, blocking::Client, launch};
///
/// let mut command = Command::new("qemu-system-x86_64");
/// command.args(["-nodefaults", "-display", "none"]);
/// let (mut child, stream) = launch(command)?;
/// let mut qmp = Client::<Qmp>::from_stream(stream, Options::new())?;
/// qmp.execute_raw("quit", &())?;
/// child.wait()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The program cannot be started.
pub fn launch(command: Command) -> io::Result<(Child, Stream)> {
    with_monitor(command, ["-mon", "chardev=launched-qmp,mode=control"])
}

/// Starts `qemu-storage-daemon` with a QMP connection to this process, as
/// [`launch`] does with QEMU.
///
/// ```no_run
/// use std::process::Command;
/// use qmp_transport::{Options, Qsd, blocking::Client, launch_storage_daemon};
///
/// let command = Command::new("qemu-storage-daemon");
/// let (mut child, stream) = launch_storage_daemon(command)?;
/// let mut qsd = Client::<Qsd>::from_stream(stream, Options::new())?;
/// qsd.execute_raw("quit", &())?;
/// child.wait()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The program cannot be started.
pub fn launch_storage_daemon(command: Command) -> io::Result<(Child, Stream)> {
    with_monitor(command, ["--monitor", "chardev=launched-qmp"])
}

fn with_monitor(mut command: Command, monitor: [&str; 2]) -> io::Result<(Child, Stream)> {
    let (ours, theirs) = UnixStream::pair()?;
    let child = command
        .args(["--chardev", "socket,id=launched-qmp,fd=0"])
        .args(monitor)
        .stdin(OwnedFd::from(theirs))
        .spawn()?;
    // The command has the other end until it is dropped. With it, the connection
    // would not end when the child does.
    drop(command);
    Ok((child, Stream::Unix(ours)))
}
