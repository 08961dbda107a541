//! The rules of PROTOCOL.md that are the same for both clients, each played to
//! both by a server that does what QEMU cannot be made to do.

#![allow(clippy::unwrap_used)]

#[path = "support/both.rs"]
mod both;
#[path = "support/commands.rs"]
mod commands;
#[path = "support/peer.rs"]
mod peer;

use std::collections::BTreeMap;
use std::io::{IoSliceMut, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use both::{both, both_of};
use commands::{AddFd, GuestGetTime, GuestShutdown, MigratePause, QueryName, QueryStatus, Stop};
use peer::{GREETING, Peer};
use qmp_transport::error::GreetingError;
use qmp_transport::{Error, ErrorClass, Options, Qga, Qmp, blocking, tokio as on_tokio};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, recvmsg};

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);
/// A time limit that is meant to be reached.
const SHORT: Duration = Duration::from_millis(50);

#[test]
fn item_05_ids_go_out_as_unsigned_integers_and_come_back_in_any_order() {
    both(
        |peer| {
            let mut last = 0;
            for _ in 0..3 {
                let id = peer.expect("query-name");
                assert!(id > last);
                last = id;
                // Members can have any order.
                peer.send(&format!(r#"{{"id": {id}, "return": {{"name": "vm"}}}}"#));
            }
            peer.until_closed();
        },
        |qmp| {
            for _ in 0..3 {
                assert_eq!(qmp.execute(QueryName {}).unwrap()["name"], "vm");
            }
        },
        async |qmp| {
            for _ in 0..3 {
                assert_eq!(qmp.execute(QueryName {}).await.unwrap()["name"], "vm");
            }
        },
    );
}

#[test]
fn item_09_out_of_band_commands_are_sent_as_such() {
    let script = |peer: &mut Peer| {
        peer.send(GREETING);
        let negotiation = peer.try_command().unwrap();
        assert_eq!(negotiation["arguments"]["enable"][0], "oob");
        peer.answer(negotiation["id"].as_u64().unwrap(), "{}");
        let command = peer.try_command().unwrap();
        assert_eq!(command["exec-oob"], "migrate-pause");
        assert!(command.get("execute").is_none());
        peer.answer(command["id"].as_u64().unwrap(), "{}");
        peer.until_closed();
    };
    both_of::<Qmp, _>(
        script,
        Options::new().oob(true),
        |qmp| qmp.execute_oob(MigratePause {}).unwrap(),
        async |qmp| qmp.execute_oob(MigratePause {}).await.unwrap(),
    );
}

#[test]
fn item_17_a_description_is_for_people() {
    let outcomes = both(
        |peer| {
            for description in ["", "DeviceNotFound", "[{\\\"class\\\": 1}]"] {
                let id = peer.expect("stop");
                peer.refuse(id, description);
            }
            peer.until_closed();
        },
        |qmp| [(); 3].map(|()| qmp.execute(Stop {}).unwrap_err()),
        async |qmp| {
            let mut outcomes = Vec::new();
            for _ in 0..3 {
                outcomes.push(qmp.execute(Stop {}).await.unwrap_err());
            }
            <[Error; 3]>::try_from(outcomes).unwrap()
        },
    );
    for error in &outcomes {
        assert!(matches!(error, Error::Rejected(_)));
        assert_eq!(error.class(), Some(&ErrorClass::GenericError));
        assert!(error.is_connection_usable());
    }
}

#[test]
fn item_18_an_event_that_stands_for_several_is_enough() {
    // Of a burst of changes, QEMU reports the first at once and the last after one
    // second. To wait for a state is enough, unlike to wait for a number.
    let balloon =
        |actual: u64| format!(r#"{{"event": "BALLOON_CHANGE", "data": {{"actual": {actual}}}}}"#);
    let reached = |event: &qmp_transport::RawEvent| event.data_json().contains("1073741824");
    both_of::<Qmp, _>(
        move |peer| {
            peer.greet();
            let id = peer.expect("balloon");
            peer.send(&balloon(2 << 30));
            peer.answer(id, "{}");
            std::thread::sleep(SHORT);
            peer.send(&balloon(1 << 30));
            peer.until_closed();
        },
        Options::new(),
        |qmp| {
            let value = serde_json::json!({"value": 1 << 30});
            qmp.execute_raw("balloon", &value).unwrap();
            let event = qmp.wait_for(reached, LONG).unwrap();
            assert_eq!(qmp.events().count(), 1);
            event.name
        },
        async |qmp| {
            let mut all = qmp.subscribe_all();
            let value = serde_json::json!({"value": 1 << 30});
            let mut reached = qmp.subscribe_to(reached);
            qmp.execute_raw("balloon", &value).await.unwrap();
            let event = reached.next().await.unwrap();
            for _ in 0..2 {
                assert!(all.next().await.unwrap().is_ok());
            }
            event.unwrap().name.clone()
        },
    );
}

/// A server that reads as QEMU does, byte by byte, and tells of each command
/// whether it found a descriptor in its hands when the command was whole.
fn reads_descriptors() -> (UnixStream, JoinHandle<Vec<(String, usize)>>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let thread = std::thread::spawn(move || {
        let mut stream = &theirs;
        stream.write_all(GREETING.as_bytes()).unwrap();
        let mut seen = Vec::new();
        let mut line = Vec::new();
        let mut descriptors: Vec<OwnedFd> = Vec::new();
        loop {
            let mut byte = [0];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
            let mut along = RecvAncillaryBuffer::new(&mut space);
            let flags = RecvFlags::empty();
            let bytes = &mut [IoSliceMut::new(&mut byte)];
            let received = recvmsg(&theirs, bytes, &mut along, flags).unwrap();
            assert!(!received.flags.contains(ReturnFlags::CTRUNC));
            if received.bytes == 0 {
                return seen;
            }
            for message in along.drain() {
                if let RecvAncillaryMessage::ScmRights(rights) = message {
                    assert!(line.is_empty(), "not on the first byte");
                    descriptors.extend(rights);
                }
            }
            line.push(byte[0]);
            if byte[0] != b'\n' {
                continue;
            }
            let command: serde_json::Value = serde_json::from_slice(&line).unwrap();
            line.clear();
            let name = command["execute"].as_str().unwrap().to_owned();
            // QEMU takes one for each of these commands, in the order of arrival.
            let reply = match name.as_str() {
                "add-fd" => format!("{{\"fd\": {}, \"fdset-id\": 0}}", descriptors.len()),
                _ => "{}".to_owned(),
            };
            seen.push((name, descriptors.drain(..).count()));
            let reply = format!("{{\"return\": {reply}, \"id\": {}}}\r\n", command["id"]);
            stream.write_all(reply.as_bytes()).unwrap();
        }
    });
    (ours, thread)
}

#[test]
fn item_20_descriptors_come_with_their_commands_first_byte() {
    let null = std::fs::File::open("/dev/null").unwrap();
    let (stream, thread) = reads_descriptors();
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    qmp.execute(QueryName {}).unwrap();
    let one = [null.as_fd()];
    let two = [null.as_fd(), null.as_fd()];
    assert_eq!(
        qmp.execute_with_descriptors(AddFd {}, &one).unwrap()["fd"],
        1
    );
    assert_eq!(qmp.execute(AddFd {}).unwrap()["fd"], 0);
    assert_eq!(
        qmp.execute_with_descriptors(AddFd {}, &two).unwrap()["fd"],
        2
    );
    drop(qmp);
    let counts: Vec<usize> = thread
        .join()
        .unwrap()
        .into_iter()
        .map(|(_, of)| of)
        .collect();
    assert_eq!(counts, [0, 0, 1, 0, 2]);

    // Twenty commands at once, of which every other passes one: some wait for
    // their turn, and each keeps its own.
    let runtime = ::tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (stream, thread) = reads_descriptors();
    runtime.block_on(async {
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, Options::new());
        let qmp = qmp.await.unwrap();
        let calls = (0..20).map(|turn| {
            let (qmp, null) = (qmp.clone(), null.try_clone().unwrap());
            ::tokio::spawn(async move {
                let with: &[_] = if turn % 2 == 0 { &[null.as_fd()] } else { &[] };
                let set = qmp.execute_with_descriptors(AddFd {}, with).await.unwrap();
                assert_eq!(set["fd"], i64::from(turn % 2 == 0));
            })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap();
        }
        qmp.close().await;
    });
    let seen = thread.join().unwrap();
    assert_eq!(seen.iter().map(|(_, count)| count).sum::<usize>(), 10);
}

/// Answers the synchronisation of a client of a guest agent.
fn sync(peer: &mut Peer) {
    let command = peer.try_command_after_sentinel().unwrap();
    assert_eq!(command["execute"], "guest-sync-delimited");
    let id = &command["arguments"]["id"];
    let reply = format!("{{\"return\": {id}, \"id\": {}}}\n", command["id"]);
    peer.send_bytes(&[&[0xff], reply.as_bytes()].concat());
}

#[test]
fn item_21_an_agent_is_brought_in_step_again_after_each_time_limit() {
    let options = Options::new().time_limit(SHORT);
    both_of::<Qga, _>(
        |peer| {
            sync(peer);
            for _ in 0..2 {
                let late = peer.expect("guest-get-time");
                let command = peer.try_command_after_sentinel().unwrap();
                // The late answer comes before the sentinel, and is discarded.
                peer.answer(late, "1");
                let reply = format!(
                    "{{\"return\": {}, \"id\": {}}}\n",
                    command["arguments"]["id"], command["id"]
                );
                peer.send_bytes(&[&[0xff], reply.as_bytes()].concat());
                let id = peer.expect("guest-get-time");
                peer.answer(id, "2");
            }
            peer.until_closed();
        },
        options,
        |agent| {
            for _ in 0..2 {
                let error = agent.execute(GuestGetTime {}).unwrap_err();
                assert!(matches!(error, Error::TimedOut(_)), "{error}");
                assert_eq!(agent.execute_within(GuestGetTime {}, LONG).unwrap(), 2);
            }
        },
        async |agent| {
            for _ in 0..2 {
                let error = agent.execute(GuestGetTime {}).await.unwrap_err();
                assert!(matches!(error, Error::TimedOut(_)), "{error}");
                assert_eq!(
                    agent.execute_within(GuestGetTime {}, LONG).await.unwrap(),
                    2
                );
            }
        },
    );
}

fn guest_shutdown(limit: Duration, script: fn(&mut Peer)) -> Result<(), Error> {
    let begin = Instant::now();
    let outcome = both_of::<Qga, _>(
        move |peer| {
            sync(peer);
            script(peer);
        },
        Options::new(),
        |agent| {
            let outcome = agent.execute_within(GuestShutdown { mode: "halt" }, limit);
            outcome.map(|_| ())
        },
        async |agent| {
            let outcome = agent.execute_within(GuestShutdown { mode: "halt" }, limit);
            outcome.await.map(|_| ())
        },
    );
    assert!(begin.elapsed() < LONG);
    outcome
}

#[test]
fn item_22_a_success_that_is_not_answered() {
    // The agent goes on.
    let outcome = guest_shutdown(LONG, |peer| {
        peer.expect("guest-shutdown");
        let id = peer.expect("guest-ping");
        peer.answer(id, "{}");
        peer.until_closed();
    });
    outcome.unwrap();
    // It closes the connection with its guest.
    let outcome = guest_shutdown(LONG, |peer| {
        peer.expect("guest-shutdown");
    });
    outcome.unwrap();
    // It is silent, as in a guest that sleeps.
    let outcome = guest_shutdown(SHORT, |peer| {
        peer.expect("guest-shutdown");
        peer.expect("guest-ping");
        peer.until_closed_or_synced();
    });
    outcome.unwrap();
}

#[test]
fn item_22_a_failure_is_answered() {
    let outcome = guest_shutdown(LONG, |peer| {
        let id = peer.expect("guest-shutdown");
        peer.refuse(id, "no such mode");
        let id = peer.expect("guest-ping");
        peer.answer(id, "{}");
        peer.until_closed();
    });
    assert!(matches!(outcome, Err(Error::Rejected(_))));
}

#[test]
fn item_26_an_event_between_subscribing_and_executing_is_seen() {
    let stopped = |event: &qmp_transport::RawEvent| event.name == "STOP";
    let data = both(
        |peer| {
            let id = peer.expect("query-status");
            peer.send(r#"{"event": "STOP", "data": {"of": "an earlier one"}}"#);
            peer.answer(id, r#"{"running": false, "status": "paused"}"#);
            let id = peer.expect("stop");
            peer.send(r#"{"event": "STOP", "data": {"of": "this one"}}"#);
            peer.answer(id, "{}");
            peer.until_closed();
        },
        |qmp| {
            qmp.execute(QueryStatus {}).unwrap();
            let (_, event) = qmp.execute_then_wait(Stop {}, stopped, LONG).unwrap();
            // What came before is still there.
            assert!(qmp.events().next().unwrap().data_json().contains("earlier"));
            event.data_json().to_owned()
        },
        async |qmp| {
            qmp.execute(QueryStatus {}).await.unwrap();
            let (_, event) = qmp.execute_then_wait(Stop {}, stopped, LONG).await.unwrap();
            event.data_json().to_owned()
        },
    );
    assert!(data.contains("this one"));
}

#[test]
fn item_27_a_time_limit_of_one_command_leaves_the_others() {
    let options = Options::new().command_limit("query-name", SHORT);
    both_of::<Qmp, _>(
        |peer| {
            peer.greet();
            peer.expect("query-name");
            let id = peer.expect("stop");
            std::thread::sleep(2 * SHORT);
            peer.answer(id, "{}");
            peer.until_closed();
        },
        options,
        |qmp| {
            let error = qmp.execute(QueryName {}).unwrap_err();
            assert!(matches!(&error, Error::TimedOut(error) if error.limit == SHORT));
            qmp.execute(Stop {}).unwrap();
        },
        async |qmp| {
            let error = qmp.execute(QueryName {}).await.unwrap_err();
            assert!(matches!(&error, Error::TimedOut(error) if error.limit == SHORT));
            qmp.execute(Stop {}).await.unwrap();
        },
    );
}

#[test]
fn item_28_a_command_is_one_write_on_tokio() {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
    use std::io::Read as _;

    // A socket that keeps the boundaries of writes.
    let flags = SocketFlags::empty();
    let (ours, theirs) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap();
    let theirs = UnixStream::from(theirs);
    let thread = std::thread::spawn(move || {
        let mut peer = &theirs;
        peer.write_all(GREETING.as_bytes()).unwrap();
        let mut packet = [0; 4096];
        let mut packets = 0;
        loop {
            let length = peer.read(&mut packet).unwrap();
            if length == 0 {
                return packets;
            }
            packets += 1;
            let command: serde_json::Value = serde_json::from_slice(&packet[..length]).unwrap();
            let reply = format!("{{\"return\":{{}},\"id\":{}}}", command["id"]);
            peer.write_all(reply.as_bytes()).unwrap();
        }
    });
    let runtime = ::tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stream = UnixStream::from(ours);
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, Options::new());
        let qmp = qmp.await.unwrap();
        for _ in 0..10 {
            qmp.execute(Stop {}).await.unwrap();
        }
        qmp.close().await;
    });
    assert_eq!(thread.join().unwrap(), 11);
}

#[test]
fn item_29_a_peer_that_closes_during_the_greeting_on_tokio() {
    let runtime = ::tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for said in ["", "{\"QMP\":", GREETING] {
        let (stream, thread) = Peer::play(move |mut peer| peer.send(said));
        let error = runtime.block_on(on_tokio::Client::<Qmp>::from_stream(stream, Options::new()));
        assert!(
            matches!(error, Err(Error::Greeting(GreetingError::Closed { .. }))),
            "{said}"
        );
        thread.join().unwrap();
    }
}

#[test]
fn item_30_null_is_told_from_absent_in_types_too() {
    use qmp_types::compat::types::SchemaInfo;

    let schema = r#"[{"name": "0", "meta-type": "object", "members":
        [{"name": "a", "type": "int", "default": null}, {"name": "b", "type": "int"}]}]"#;
    let schema: Vec<SchemaInfo> = qmp_types::wire::from_json(schema).unwrap();
    let text = format!("{schema:?}");
    assert_eq!(text.matches("default: Some(Null)").count(), 1, "{text}");
    assert_eq!(text.matches("default: None").count(), 1, "{text}");
    let names: BTreeMap<&str, ()> = BTreeMap::from([("a", ()), ("b", ())]);
    assert!(names.keys().all(|name| text.contains(&format!("{name:?}"))));
}
