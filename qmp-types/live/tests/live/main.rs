//! The bindings on a real QEMU: those of the release that it is, or of the
//! newest bundled one before it.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod scenarios;
#[path = "../../../../qmp-transport/tests/support/mod.rs"]
mod support;

use std::path::Path;

use libtest_mimic::{Arguments, Failed};
use qmp_transport::Error;
use qmp_types_live::{RELEASES, Release};
use support::{Server, live};

/// Devices that give the queries something to tell, and USB ports, which a
/// device can leave without a guest's help.
const MACHINE: &[&str] = &[
    "-S",
    "-m",
    "64",
    "-device",
    "piix3-usb-uhci,id=usb",
    "-device",
    "virtio-balloon-pci",
];

fn main() {
    let arguments = Arguments::from_args();
    let mut tests = vec![live("every_query_decodes", every_query_decodes)];
    let newest = RELEASES.last().map_or((0, 0), |release| release.version);
    tests.extend(scenarios::of(newest).iter().map(|(name, _)| {
        live(name, move |qemu: &Path| {
            let mut server = Server::qemu(qemu, MACHINE);
            let version = release(&server).version;
            match scenarios::of(version)
                .iter()
                .find(|(other, _)| other == name)
            {
                Some((_, scenario)) => scenario(&mut server),
                None => Err(format!("no such scenario for the bindings of {version:?}").into()),
            }
        })
    }));
    libtest_mimic::run(&arguments, tests).exit();
}

/// The release whose bindings fit the server.
fn release(server: &Server) -> &'static Release {
    let qmp = server.connect();
    let version = &qmp.greeting().unwrap().version;
    Release::for_version((version.major.into(), version.minor.into()))
}

/// Calls every query that needs no argument through its typed struct.
fn every_query_decodes(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, MACHINE);
    let release = release(&server);
    let mut qmp = server.connect();
    let (mut decoded, mut rejected, mut failed) = (0, 0, Vec::new());
    for query in release.queries() {
        match query.execute(&mut qmp) {
            Ok(()) => decoded += 1,
            // What this build or this machine does not have.
            Err(Error::Rejected(_)) => rejected += 1,
            Err(error) => failed.push(format!("{}: {error}", query.name)),
        }
    }
    let version = release.version;
    println!("bindings of {version:?}: {decoded} queries decoded, {rejected} rejected by QEMU");
    if !failed.is_empty() {
        return Err(failed.join("\n").into());
    }
    // A machine that rejects everything would prove nothing.
    if decoded < 40 {
        return Err(format!("only {decoded} queries succeeded").into());
    }
    Ok(())
}
