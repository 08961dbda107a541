//! What a client keeps is bounded in number and in bytes, it reports what it drops,
//! and it can decode every message that it accepts.

#![allow(clippy::unwrap_used)]

#[path = "support/commands.rs"]
mod commands;
#[path = "support/peer.rs"]
mod peer;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use commands::{QueryName, QueryStatus, Stop};
use peer::{GREETING, Peer};
use qmp_transport::drivers;
use qmp_transport::{Error, Options, Qga, Qmp, RawEvent, blocking, tokio as on_tokio};
use serde_core::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(test)
}

/// Connects a blocking client to a server that follows a script.
fn on_blocking<T>(
    script: impl FnOnce(&mut Peer) + Send + 'static,
    options: Options,
    test: impl FnOnce(&mut blocking::Client) -> T,
) -> T {
    let (stream, server) = Peer::play(move |mut peer| {
        peer.greet();
        script(&mut peer);
    });
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, options).unwrap();
    let outcome = test(&mut qmp);
    drop(qmp);
    server.join().unwrap();
    outcome
}

/// Connects a client on tokio to a server that follows a script.
fn on_tokio<T>(
    script: impl FnOnce(&mut Peer) + Send + 'static,
    options: Options,
    test: impl AsyncFnOnce(&on_tokio::Client) -> T,
) -> T {
    let (stream, server) = Peer::play(move |mut peer| {
        peer.greet();
        script(&mut peer);
    });
    let outcome = run(async {
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, options);
        let qmp = qmp.await.unwrap();
        let outcome = test(&qmp).await;
        qmp.close().await;
        outcome
    });
    server.join().unwrap();
    outcome
}

fn event(number: usize, size: usize) -> String {
    let filling = "x".repeat(size);
    format!("{{\"event\": \"E\", \"data\": {{\"n\": {number}, \"x\": \"{filling}\"}}}}\r\n")
}

/// Sends events, and then answers a command.
fn floods(count: usize, size: usize) -> impl FnOnce(&mut Peer) + Send + 'static {
    move |peer| {
        for number in 0..count {
            peer.send(&event(number, size));
        }
        let id = peer.expect("query-name");
        peer.answer(id, "{}");
        peer.until_closed();
    }
}

fn number(event: &RawEvent) -> u64 {
    let data: Value = serde_json::from_str(event.data_json()).unwrap();
    data["n"].as_u64().unwrap()
}

#[test]
fn item_37_what_came_before_the_first_subscription_and_was_dropped_is_told() {
    let options = Options::new().event_queue(100);
    on_tokio(floods(20_000, 10), options, async |qmp| {
        qmp.execute(QueryName {}).await.unwrap();
        let mut events = qmp.subscribe_all();
        match events.next().await.unwrap().unwrap_err() {
            Error::Lagged(lagged) => assert_eq!(lagged.lost, 19_900),
            error => panic!("{error:?}"),
        }
        for expected in 19_900..20_000 {
            assert_eq!(number(&events.next().await.unwrap().unwrap()), expected);
        }
    });
}

#[test]
fn item_37_events_are_bounded_in_bytes() {
    // There is room for four.
    let options = Options::new().event_memory(9 << 20);
    on_blocking(floods(20, 2 << 20), options.clone(), |qmp| {
        qmp.execute_within(QueryName {}, LONG).unwrap();
        assert_eq!(qmp.lost_events(), 16);
        let kept: Vec<u64> = qmp.events().map(|event| number(&event)).collect();
        assert_eq!(kept, [16, 17, 18, 19]);
    });
    on_tokio(floods(20, 2 << 20), options, async |qmp| {
        let mut events = qmp.subscribe_all();
        qmp.execute_within(QueryName {}, LONG).await.unwrap();
        match events.next().await.unwrap().unwrap_err() {
            Error::Lagged(lagged) => assert_eq!(lagged.lost, 16),
            error => panic!("{error:?}"),
        }
        for expected in 16..20 {
            assert_eq!(number(&events.next().await.unwrap().unwrap()), expected);
        }
    });
}

#[test]
fn item_37_an_agent_has_no_events_to_keep() {
    let script = |mut peer: Peer| {
        let command = peer.try_command_after_sentinel().unwrap();
        let sync = &command["arguments"]["id"];
        let reply = format!("{{\"return\": {sync}, \"id\": {}}}\n", command["id"]);
        peer.send_bytes(&[&[0xff], reply.as_bytes()].concat());
        for number in 0..1000 {
            peer.send(&event(number, 10));
        }
        let id = peer.expect("guest-get-time");
        peer.answer(id, "17");
        peer.until_closed_or_synced();
    };
    let (stream, agent) = Peer::play(script);
    let mut ga = blocking::Client::<Qga>::from_stream(stream, Options::new()).unwrap();
    assert_eq!(ga.execute(commands::GuestGetTime {}).unwrap(), 17);
    assert_eq!((ga.events().count(), ga.lost_events()), (0, 0));
    drop(ga);
    agent.join().unwrap();
}

/// Sends `STOP` among other events, and then the answer.
fn stops(peer: &mut Peer) {
    let id = peer.expect("stop");
    peer.send(r#"{"event": "OTHER"}{"event": "STOP"}{"event": "OTHER"}"#);
    peer.answer(id, "{}");
    peer.until_closed();
}

#[test]
fn item_26_with_a_queue_of_none_what_is_waited_for_is_seen() {
    let options = Options::new().event_queue(0);
    let stopped = |event: &RawEvent| event.name == "STOP";
    on_blocking(stops, options.clone(), |qmp| {
        let (_, event) = qmp.execute_then_wait(Stop {}, stopped, LONG).unwrap();
        assert_eq!(event.name, "STOP");
        assert_eq!((qmp.events().count(), qmp.lost_events()), (0, 2));
    });
    on_tokio(stops, options.clone(), async |qmp| {
        let waited = qmp.execute_then_wait(Stop {}, stopped, LONG).await;
        assert_eq!(waited.unwrap().1.name, "STOP");
    });
    let unplugs = |peer: &mut Peer| {
        let id = peer.expect("device_del");
        peer.send(r#"{"event": "DEVICE_DELETED", "data": {"device": "nic0", "path": "/x"}}"#);
        peer.answer(id, "{}");
        peer.until_closed();
    };
    on_blocking(unplugs, options.clone(), |qmp| {
        drivers::blocking::unplug(qmp, "nic0", LONG).unwrap();
    });
    on_tokio(unplugs, options, async |qmp| {
        drivers::tokio::unplug(qmp, "nic0", LONG).await.unwrap();
    });
}

#[test]
fn item_26_an_event_among_thousands_that_come_with_the_reply_is_seen() {
    let floods = |peer: &mut Peer| {
        let id = peer.expect("stop");
        peer.send(r#"{"event": "STOP"}"#);
        for number in 0..10_000 {
            peer.send(&event(number, 10));
        }
        peer.answer(id, "{}");
        peer.until_closed();
    };
    let stopped = |event: &RawEvent| event.name == "STOP";
    on_blocking(floods, Options::new(), |qmp| {
        qmp.execute_then_wait(Stop {}, stopped, LONG).unwrap();
    });
    on_tokio(floods, Options::new(), async |qmp| {
        qmp.execute_then_wait(Stop {}, stopped, LONG).await.unwrap();
    });
}

#[test]
fn a_filter_may_call_the_client() {
    on_tokio(floods(10, 10), Options::new(), async |qmp| {
        let inner = qmp.clone();
        let mut events = qmp.subscribe_to(move |_| {
            let nested = inner.subscribe_all();
            drop(nested);
            inner.greeting().is_some()
        });
        qmp.execute(QueryName {}).await.unwrap();
        for expected in 0..10 {
            assert_eq!(number(&events.next().await.unwrap().unwrap()), expected);
        }
    });
}

#[test]
fn item_02_what_comes_between_connecting_and_subscribing_is_seen() {
    for _ in 0..100 {
        let (stream, server) = Peer::play(|mut peer| {
            peer.send(GREETING);
            let id = peer.expect("qmp_capabilities");
            peer.send(&format!(
                "{{\"return\": {{}}, \"id\": {id}}}{}",
                event(0, 1)
            ));
            peer.send(&event(1, 1));
            peer.until_closed();
        });
        let runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = { runtime }.worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let qmp = on_tokio::Client::<Qmp>::from_stream(stream, Options::new());
            let qmp = qmp.await.unwrap();
            let mut events = qmp.subscribe_all();
            for expected in 0..2 {
                assert_eq!(number(&events.next().await.unwrap().unwrap()), expected);
            }
            qmp.close().await;
        });
        server.join().unwrap();
    }
}

/// Panics after half of it is written.
struct Panics;

impl Serialize for Panics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("half", "of a command")?;
        panic!("as a caller's type may do");
    }
}

#[test]
fn item_39_a_panic_while_encoding_leaves_nothing_behind() {
    let script = |peer: &mut Peer| {
        for _ in 0..2 {
            let id = peer.expect("query-status");
            peer.answer(id, r#"{"running": true, "status": "running"}"#);
        }
        peer.until_closed();
    };
    on_blocking(script, Options::new(), |qmp| {
        qmp.execute(QueryStatus {}).unwrap();
        let panicked = catch_unwind(AssertUnwindSafe(|| qmp.execute_raw("x", &Panics)));
        panicked.unwrap_err();
        qmp.execute(QueryStatus {}).unwrap();
    });
    on_tokio(script, Options::new(), async |qmp| {
        qmp.execute(QueryStatus {}).await.unwrap();
        let other = qmp.clone();
        let panicked = tokio::spawn(async move { other.execute_raw("x", &Panics).await });
        assert!(panicked.await.unwrap_err().is_panic());
        qmp.execute(QueryStatus {}).await.unwrap();
    });
}

/// Nested lists, and nested objects.
fn nested(depth: usize) -> String {
    let half = depth / 2;
    format!("{}1{}", "{\"a\": [".repeat(half), "]}".repeat(half))
}

#[test]
fn item_38_replies_and_events_of_any_depth_are_decoded() {
    for depth in [100, 126, 128, 130, 1000] {
        let script = move |peer: &mut Peer| {
            let id = peer.expect("x");
            let text = nested(depth);
            peer.send(&format!("{{\"event\": \"E\", \"data\": {text}}}"));
            peer.answer(id, &text);
            peer.until_closed();
        };
        let check = |mut value: Value| {
            let mut levels = 0;
            loop {
                value = match &mut value {
                    Value::Object(members) => members["a"].take(),
                    Value::Array(items) => items[0].take(),
                    _ => break,
                };
                levels += 1;
            }
            assert_eq!(levels, depth);
        };
        on_blocking(script, Options::new(), |qmp| {
            check(qmp.execute_raw("x", &()).unwrap());
            let event = qmp.events().next().unwrap();
            check(qmp_types::wire::from_json(event.data_json()).unwrap());
        });
        on_tokio(script, Options::new(), async |qmp| {
            check(qmp.execute_raw("x", &()).await.unwrap());
        });
    }
    // Beyond QEMU's own limit it is an error, and does not abort the process.
    let too_deep = nested(1_000_000);
    qmp_types::wire::from_json::<Value>(&too_deep).unwrap_err();
}
