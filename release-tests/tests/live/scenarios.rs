//! What people do with a QEMU, through the bindings of each release.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;
use std::time::Duration;

use libtest_mimic::Failed;
use qmp_transport::blocking::Client;
use qmp_transport::{Error, ErrorClass};
use qmp_types::Event;

use test_support::{Server, Signal, send_signal};

/// How long anything here may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Waits for an event that the filter accepts.
fn wait<E: Event>(qmp: &mut Client, mut filter: impl FnMut(&E) -> bool) -> Result<E, Failed> {
    let matches = |event: &qmp_types::RawEvent| matches!(event.decode::<E>(), Ok(Some(event)) if filter(&event));
    let event = qmp.wait_for(matches, LIMIT)?;
    event
        .decode::<E>()?
        .ok_or_else(|| "the event changed".into())
}

/// A relay before QEMU that kills it as soon as QEMU has been sent a command,
/// and before it can answer.
struct KillOn;

impl KillOn {
    /// Gives the address that the relay listens at.
    fn listen(server: &Server, command: &'static str) -> Result<String, Failed> {
        let path = server.folder().join("relay");
        let listener = UnixListener::bind(&path)?;
        let (qemu, pid) = (UnixStream::connect(server.socket())?, server.pid());
        thread::spawn(move || -> io::Result<()> {
            let (client, _) = listener.accept()?;
            let (mut replies, mut to_client) = (qemu.try_clone()?, client.try_clone()?);
            thread::spawn(move || {
                // Whatever ends it, the client is to see the end.
                let _ = io::copy(&mut replies, &mut to_client);
                to_client.shutdown(Shutdown::Both)
            });
            Self::forward(client, qemu, command, pid)
        });
        Ok(format!("unix:{}", path.display()))
    }

    fn forward(
        mut client: UnixStream,
        mut qemu: UnixStream,
        command: &str,
        pid: u32,
    ) -> io::Result<()> {
        let mut chunk = [0; 4096];
        loop {
            let length = client.read(&mut chunk)?;
            // A client sends a command in one piece.
            let found = String::from_utf8_lossy(&chunk[..length]).contains(command);
            if found {
                send_signal(pid, Signal::STOP)?;
            }
            qemu.write_all(&chunk[..length])?;
            if found {
                return send_signal(pid, Signal::KILL);
            }
        }
    }
}

/// A scenario.
type Scenario = fn(&mut Server) -> Result<(), Failed>;

macro_rules! releases {
    ($($module:ident $version:expr),*) => {
        /// The scenarios through the bindings of a release, by name.
        pub(crate) fn of(release: (u64, u64)) -> &'static [(&'static str, Scenario)] {
            match release {
                $(version if version == $version => $module::SCENARIOS,)*
                _ => &[],
            }
        }
        $(scenarios!($module);)*
    };
}

macro_rules! scenarios {
    ($module:ident) => {
        mod $module {
            use super::*;
            use qmp_types::$module::{commands, commands::*, events, types, types::*};
            include!("scenarios/bodies.rs");
        }
    };
}

releases!(v5_2(5, 2), v7_2(7, 2), v10_0(10, 0), v11_1(11, 1));
scenarios!(compat);
pub(crate) use compat::SCENARIOS as OF_ALL;
