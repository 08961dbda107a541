//! Asking what a QEMU has, against decoding its introspection once.

use std::hint::black_box;
use std::time::{Duration, Instant};

use qmp_transport::Introspection;
use qmp_types::v11_1::DECLARATIONS;

const SCHEMA: &str = include_str!("../../../schemas/recordings/11.1.json");

/// What programs ask for: each is asked five times, which makes a hundred.
const PATHS: [&str; 20] = [
    "block-commit/arg-type/*top",
    "block-commit/arg-type/base/$deprecated",
    "blockdev-add/arg-type/+file/$dynamic-auto-read-only",
    "blockdev-add/arg-type/+file/aio/^io_uring",
    "blockdev-add/arg-type/+nvme",
    "blockdev-add/arg-type/+qcow2/discard-no-unref",
    "blockdev-add/arg-type/+qcow2/file/+nbd/server/+unix/path",
    "blockdev-add/arg-type/+ssh/host-key-check/+hash/type/^sha256",
    "BLOCK_IO_ERROR/arg-type/reason",
    "chardev-add/arg-type/backend/+socket/data/reconnect-ms",
    "migrate-set-parameters/arg-type/zero-page-detection/^multifd",
    "netdev_add/arg-type/+vhost-vdpa",
    "nbd-server-start/arg-type/tls-creds",
    "object-add/arg-type/+sev-snp-guest",
    "query-cpus-fast/ret-type/qom-type",
    "query-migrate/ret-type/blocked-reasons",
    "query-named-block-nodes/ret-type/image/snapshots/vm-clock-nsec",
    "query-stats",
    "set-action/arg-type/panic/^exit-failure",
    "x-none/arg-type/none",
];

const ROUNDS: usize = 201;

fn main() {
    let decode = || Introspection::from_json(SCHEMA).expect("it decodes");
    let qemu = decode();
    let stored = qemu.to_bytes();
    let ask = || {
        let asked = (0..100).filter(|index| {
            let answer = qemu.has(black_box(PATHS[index % PATHS.len()]));
            answer.expect("the path is well-formed")
        });
        black_box(asked.count());
    };
    // Interleaved, so that all see the same machine.
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        times[0].push(time(|| drop(black_box(decode()))));
        times[1].push(time(ask));
        times[2].push(time(|| {
            black_box(Introspection::from_bytes(&stored)).expect("it was stored");
        }));
        times[3].push(time(|| {
            black_box(qemu.lacking(&DECLARATIONS)).expect("they are of this version");
        }));
    }
    let [decode, ask, load, lacking] = times.map(|mut times| {
        times.sort();
        times[ROUNDS / 2]
    });
    println!("median times on the introspection of 11.1, and their ratios in one run");
    println!("{} bytes of JSON, {} stored", SCHEMA.len(), stored.len());
    for (what, time) in [
        ("decoding the reply", decode),
        ("asking for 100 paths", ask),
        ("reading what was stored", load),
        ("comparing with the bindings", lacking),
    ] {
        let ratio = time.as_secs_f64() / decode.as_secs_f64();
        println!("{what:<30} {time:>12.1?} {ratio:>8.3}");
    }
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
