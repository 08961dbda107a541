//! The bindings of each bundled release against the recorded replies of each
//! QEMU: what decodes, and why the rest does not.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use release_tests::lacking::{LACKING, is_lacking};
use release_tests::{RELEASES, Release, queries_of_all};
use serde_json::Value;

/// The recorded replies of a QEMU, by command.
fn recordings() -> BTreeMap<String, BTreeMap<String, String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let release = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let replies: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
            let mut replies: BTreeMap<String, String> = replies
                .into_iter()
                .map(|(name, reply)| (name, reply["return"].to_string()))
                .collect();
            let schema = qapi_schemas::release(&release).unwrap().introspection;
            replies.insert("query-qmp-schema".to_owned(), schema.unwrap().to_owned());
            (release, replies)
        })
        .collect()
}

fn name(release: &Release) -> String {
    format!("{}.{}", release.version.0, release.version.1)
}

#[test]
fn the_bindings_of_all_releases_read_every_qemu() {
    let queries = queries_of_all();
    for (qemu, replies) in &recordings() {
        let mut decoded = 0;
        for (name, reply) in replies {
            let query = queries.iter().find(|query| query.name == name);
            let result = query.unwrap().decode(reply);
            assert!(result.is_ok(), "{name} of {qemu}: {result:?}");
            decoded += 1;
        }
        println!("{qemu}: {decoded} decoded");
        assert!(decoded >= 45, "{qemu}: only {decoded}");
    }
}

#[test]
fn every_release_reads_every_qemu() {
    let recordings = recordings();
    assert_eq!(recordings.len(), 4);
    let (mut lacking, mut wrong) = (0, Vec::new());
    println!("bindings   QEMU  decoded  lacking");
    for release in RELEASES {
        let bindings = name(release);
        for (qemu, replies) in &recordings {
            let (mut decoded, before) = (0, lacking);
            for query in release.queries() {
                let Some(reply) = replies.get(query.name) else {
                    continue;
                };
                match query.decode(reply) {
                    Ok(()) => decoded += 1,
                    Err(error)
                        if error.message().starts_with("missing mandatory member")
                            && is_lacking(&bindings, qemu, query.name, error.path()) =>
                    {
                        lacking += 1;
                    }
                    Err(error) => {
                        wrong.push(format!("{bindings} of {qemu}: {}: {error}", query.name));
                    }
                }
            }
            println!(
                "{bindings:<8} {qemu:>6} {decoded:>8} {:>8}",
                lacking - before
            );
            assert!(decoded >= 35, "{bindings} of {qemu}: only {decoded}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // No entry may outlive its reason.
    let entries = LACKING
        .iter()
        .map(|(_, _, bindings, qemus)| bindings.split(' ').count() * qemus.split(' ').count());
    assert_eq!(lacking, entries.sum::<usize>());
}
