//! Decoding replies into types, against `serde_json::Value` and qapi-qmp.
//!
//! The replies are recorded ones of QEMU 11.1, with the members in its order;
//! those of single nodes are repeated to make those of many.

use std::hint::black_box;
use std::time::{Duration, Instant};

use qmp_types::compat::commands;
use qmp_types::{Command, wire};
use serde_json::Value;

const SCHEMA: &str = include_str!("../../../schemas/recordings/11.1.json");
const REPLIES: &str = include_str!("../../../release-tests/recordings/11.1.json");

/// How often each decoder is timed.
const ROUNDS: usize = 41;

fn main() {
    println!("median time to decode, as ratios in one run; above 1 we are faster");
    println!(
        "{:<36} {:>8} {:>12} {:>12} {:>14}",
        "reply", "bytes", "MB/s", "Value / ours", "qapi-qmp / ours"
    );
    report::<commands::QueryQmpSchema>(
        "query-qmp-schema",
        SCHEMA,
        Some(peer::<qapi_qmp::SchemaInfo>),
    );
    let nodes = repeated("query-named-block-nodes", 100);
    report::<commands::QueryNamedBlockNodes>(
        "query-named-block-nodes, 200 nodes",
        &nodes,
        Some(peer::<qapi_qmp::BlockDeviceInfo>),
    );
    let stats = repeated("query-blockstats", 100);
    report::<commands::QueryBlockstats>(
        "query-blockstats, 200 devices",
        &stats,
        Some(peer::<qapi_qmp::BlockStats>),
    );
    let properties = properties(200);
    report::<commands::QomListGet>("qom-list-get, 200 objects", &properties, None);
    let cpus = repeated("query-cpu-definitions", 1);
    report::<commands::QueryCpuDefinitions>("query-cpu-definitions", &cpus, None);
}

/// The text of a recorded reply, an array, so many times.
fn repeated(command: &str, times: usize) -> String {
    let start = format!("\"{command}\": {{\"return\": ");
    let line = REPLIES
        .lines()
        .find_map(|line| line.strip_prefix(&start))
        .expect("the command was recorded");
    let array = line.trim_end_matches(',').trim_end_matches('}').trim_end();
    // The brace of an element may have gone with that of the reply.
    let end = array.rfind(']').expect("the reply is an array");
    let elements = &array[1..end];
    let all = vec![elements; times];
    format!("[{}]", all.join(", "))
}

/// What `qom-list-get` returns for devices of some size.
fn properties(objects: usize) -> String {
    let object = r#"{"properties": [
        {"name": "type", "type": "string", "value": "virtio-blk-pci"},
        {"name": "hotplugged", "type": "bool", "value": false},
        {"name": "x-pcie-extcap-init", "type": "bool", "value": true},
        {"name": "addr", "type": "int32", "value": 24},
        {"name": "rombar", "type": "uint32", "value": 1},
        {"name": "parent_bus", "type": "link<bus>", "value": "/machine/unattached/device[2]/pci.0"},
        {"name": "legacy-addr", "type": "str", "value": "03.0"},
        {"name": "virtio-backend", "type": "child<virtio-blk-device>"}]}"#;
    format!("[{}]", vec![object; objects].join(","))
}

fn peer<T: serde::de::DeserializeOwned>(json: &str) {
    black_box(serde_json::from_str::<Vec<T>>(json).expect("the peer decodes it"));
}

fn report<C: Command>(name: &str, json: &str, peer: Option<fn(&str)>) {
    let ours = |json: &str| {
        let reply = wire::from_json_with(json, |reply| C::decode_return(reply));
        black_box(reply.expect("we decode it"));
    };
    let value = |json: &str| {
        black_box(serde_json::from_str::<Value>(json).expect("it is JSON"));
    };
    // For a profiler, one decoder over and over: `decode REPLY
    // ours|peer|value [COUNT]`.
    let mut arguments = std::env::args().skip(1);
    if let Some(only) = arguments.next() {
        let decoder = arguments.next().unwrap_or_default();
        let count = arguments.next().and_then(|count| count.parse().ok());
        if name.starts_with(&only) {
            for _ in 0..count.unwrap_or(2000) {
                match (decoder.as_str(), peer) {
                    ("peer", Some(peer)) => peer(json),
                    ("value", _) => value(json),
                    _ => ours(json),
                }
            }
        }
        return;
    }
    // Interleaved, so that all see the same machine.
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        times[0].push(time(|| ours(json)));
        times[1].push(time(|| value(json)));
        if let Some(peer) = peer {
            times[2].push(time(|| peer(json)));
        }
    }
    let [ours, value, peer] = times.map(median);
    let ratio = |other: Option<Duration>| match (other, ours) {
        (Some(other), Some(ours)) => format!("{:.2}", other.as_secs_f64() / ours.as_secs_f64()),
        _ => "-".to_owned(),
    };
    let speed = ours.map_or(0.0, |ours| json.len() as f64 / ours.as_secs_f64() / 1e6);
    println!(
        "{name:<36} {:>8} {speed:>12.0} {:>12} {:>14}",
        json.len(),
        ratio(value),
        ratio(peer)
    );
}

fn time(work: impl Fn()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort();
    times.get(times.len() / 2).copied()
}
