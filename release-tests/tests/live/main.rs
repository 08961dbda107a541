//! The bindings on a real QEMU: those of the release that it is, or of the
//! newest bundled one before it.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod full_machine;
mod scenarios;

use std::path::Path;

use libtest_mimic::{Arguments, Failed};
use qapi_codegen::{Protocol, bundled};
use qapi_parser::introspect::Options;
use qmp_transport::Error;
use release_tests::lacking::is_lacking;
use release_tests::{Query, RELEASES, Release, queries_of_all};
use test_support::programs::{QEMU_GA, QEMU_STORAGE_DAEMON};
use test_support::{Server, causes, live, needs};

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
    let mut tests = vec![
        live("every_query_decodes", every_query_decodes),
        live(
            "every_query_of_a_recording_decodes",
            recorded_queries_decode,
        ),
        live("the_bindings_of_all_releases_fit", bindings_of_all),
        live(
            "the_bindings_of_all_releases_read_a_full_machine",
            full_machine::bindings_of_all,
        ),
        needs(
            &QEMU_GA,
            "the_bindings_of_all_releases_read_the_guest_agent",
            full_machine::guest_agent,
        ),
        needs(
            &QEMU_STORAGE_DAEMON,
            "the_bindings_of_all_releases_read_the_storage_daemon",
            full_machine::storage_daemon,
        ),
        live("every_release_talks_to_this_qemu", other_releases),
        live("introspection_is_what_the_release_declares", introspection),
    ];
    tests.extend(scenarios::OF_ALL.iter().map(|(name, scenario)| {
        live(
            &format!("{name}_with_the_bindings_of_all"),
            |qemu: &Path| {
                let mut server = Server::qemu(qemu, MACHINE);
                // Some scenarios look for its socket, which is there after this.
                drop(server.connect());
                scenario(&mut server)
            },
        )
    }));
    tests.extend(scenarios::OF_ALL.iter().map(|(name, _)| {
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
    decode(&server, "the schema", release.version, release.queries())
}

/// The same with the bindings that were made from a recorded introspection.
fn recorded_queries_decode(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, MACHINE);
    let release = release(&server);
    decode(
        &server,
        "the recording",
        release.version,
        release.recorded(),
    )
}

/// Calls every query with the one set of bindings for all releases.
fn bindings_of_all(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, MACHINE);
    let version = release(&server).version;
    decode(&server, "all releases", version, queries_of_all())
}

fn decode(
    server: &Server,
    source: &str,
    version: (u64, u64),
    queries: Vec<Query>,
) -> Result<(), Failed> {
    let mut qmp = server.connect();
    let (mut decoded, mut rejected, mut failed) = (0, 0, Vec::new());
    for query in queries {
        match query.execute(&mut qmp) {
            Ok(()) => decoded += 1,
            // What this build or this machine does not have.
            Err(Error::Rejected(_)) => rejected += 1,
            Err(error) => failed.push(format!("{}: {}", query.name, causes(&error).join(": "))),
        }
    }
    println!(
        "bindings of {source} of {version:?}: \
         {decoded} queries decoded, {rejected} rejected by QEMU"
    );
    if !failed.is_empty() {
        return Err(failed.join("\n").into());
    }
    // A machine that rejects everything would prove nothing.
    if decoded < 40 {
        return Err(format!("only {decoded} queries succeeded").into());
    }
    Ok(())
}

/// Calls every query with the bindings of every release, those of older and newer
/// ones, too.
fn other_releases(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, MACHINE);
    let mut qmp = server.connect();
    let version = &qmp.greeting().unwrap().version;
    let this = format!("{}.{}", version.major, version.minor);
    let mut wrong = Vec::new();
    for release in RELEASES {
        let bindings = format!("{}.{}", release.version.0, release.version.1);
        let (mut decoded, mut rejected, mut lacking) = (0, 0, 0);
        for query in release.queries() {
            match query.execute(&mut qmp) {
                Ok(()) => decoded += 1,
                Err(Error::Rejected(_)) => rejected += 1,
                Err(Error::Undecodable(error))
                    if is_lacking(&bindings, &this, query.name, error.error.path()) =>
                {
                    lacking += 1;
                }
                Err(error) => {
                    let error = causes(&error).join(": ");
                    wrong.push(format!("{bindings}: {}: {error}", query.name));
                }
            }
        }
        println!(
            "bindings of {bindings}, QEMU {this}: \
             {decoded} decoded, {rejected} rejected, {lacking} lacking"
        );
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n").into());
    }
    Ok(())
}

/// Compares what QEMU tells of itself with what its release's schema says of a
/// build with the same conditions: the numbers of types and the order, too.
fn introspection(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, MACHINE);
    let mut qmp = server.connect();
    let version = &qmp.greeting().unwrap().version;
    let name = format!("{}.{}", version.major, version.minor);
    let Some(release) = qapi_schemas::release(&name) else {
        println!("QEMU {name} is not bundled");
        return Ok(());
    };
    let answer = qmp.execute_raw("query-qmp-schema", &())?;
    let schema = bundled::schema(release, Protocol::Qmp)?;
    let found = schema.find_conditions(&answer.to_string())?;
    if !found.contradictions.is_empty() {
        let conditions = found.contradictions.iter().map(ToString::to_string);
        let conditions: Vec<String> = conditions.collect();
        return Err(format!("contradictory conditions: {}", conditions.join(", ")).into());
    }
    let options = Options::new().symbols(found.consistent_symbols());
    let ours = schema.to_introspection(&options);
    let (ours, theirs) = (ours.as_array().unwrap(), answer.as_array().unwrap());
    for (ours, theirs) in ours.iter().zip(theirs) {
        if ours != theirs {
            return Err(format!("we say {ours}, QEMU {theirs}").into());
        }
    }
    if ours.len() != theirs.len() {
        return Err(format!("{} entities, of QEMU's {}", ours.len(), theirs.len()).into());
    }
    println!("QEMU {name}: {} entities agree", ours.len());
    Ok(())
}
