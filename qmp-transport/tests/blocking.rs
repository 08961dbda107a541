//! The blocking client against a server that misbehaves as QEMU does
//! not. `item_NN` in a name is the rule's number in PROTOCOL.md.

#![allow(clippy::unwrap_used)]

#[path = "support/commands.rs"]
mod commands;
#[path = "support/peer.rs"]
mod peer;

use std::net::TcpListener;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use commands::{DeviceDel, QueryName, QueryStatus, SetSpeed, Status, Stop, Stopped};
use peer::{GREETING, Peer};
use qmp_transport::blocking::Client;
use qmp_transport::error::GreetingError;
use qmp_transport::session::{Config, Session};
use qmp_transport::{Error, ErrorClass, Listener, Options, Qmp};

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);
/// A time limit that is meant to be reached.
const SHORT: Duration = Duration::from_millis(30);

fn connect(stream: UnixStream, options: Options) -> Result<Client, Error> {
    Client::<Qmp>::from_stream(stream, options)
}

/// A client of a server that greets and then follows the script.
fn client<T: Send + 'static>(
    script: impl FnOnce(&mut Peer) -> T + Send + 'static,
) -> (Client, JoinHandle<T>) {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        script(&mut peer)
    });
    (connect(stream, Options::new()).unwrap(), thread)
}

#[test]
fn item_02_events_around_the_negotiation_are_delivered_after_it() {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.send(r#"{"event": "A"}"#);
        peer.send(GREETING);
        peer.send(r#"{"event": "B"}"#);
        let id = peer.expect("qmp_capabilities");
        peer.send(r#"{"event": "C"}"#);
        peer.answer(id, "{}");
        let id = peer.expect("stop");
        peer.send(r#"{"event": "STOP"}"#);
        peer.answer(id, "{}");
    });
    let mut qmp = connect(stream, Options::new()).unwrap();
    qmp.execute(Stop {}).unwrap();
    let names: Vec<String> = qmp.events().map(|event| event.name).collect();
    assert_eq!(names, ["A", "B", "C", "STOP"]);
    thread.join().unwrap();
}

#[test]
fn item_04_a_silent_server_is_timed_out() {
    let (stream, thread) = Peer::play(|mut peer| peer.until_closed());
    let error = connect(stream, Options::new().connect_limit(SHORT)).unwrap_err();
    assert!(matches!(
        error,
        Error::Greeting(GreetingError::Silent { limit, .. }) if limit == SHORT
    ));
    assert!(
        error.to_string().contains("one client at a time"),
        "{error}"
    );
    thread.join().unwrap();

    // A part of a greeting is not enough.
    let (stream, thread) = Peer::play(|mut peer| {
        peer.send("{\"QMP\":");
        peer.until_closed();
    });
    let error = connect(stream, Options::new().connect_limit(SHORT)).unwrap_err();
    assert!(matches!(
        error,
        Error::Greeting(GreetingError::Silent { .. })
    ));
    thread.join().unwrap();
}

#[test]
fn item_04_a_full_backlog_is_timed_out() {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, listen, socket};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
    bind(&listener, &SocketAddrUnix::new(&path).unwrap()).unwrap();
    listen(&listener, 0).unwrap();
    let _queued = UnixStream::connect(&path).unwrap();

    let address = format!("unix:{}", path.display());
    let options = Options::new().connect_limit(SHORT);
    let error = Client::<Qmp>::connect_with(address, options).unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error}");
    assert!(error.to_string().contains("another client"), "{error}");
}

#[test]
fn item_06_an_error_without_id_answers_the_command() {
    let (mut qmp, thread) = client(|peer| {
        peer.expect("device_del");
        peer.send(r#"{"error": {"class": "GenericError", "desc": "not read"}}"#);
        let id = peer.expect("query-name");
        peer.answer(id, r#"{"name": "vm"}"#);
    });
    let error = qmp.execute(DeviceDel { id: "x" }).unwrap_err();
    assert_eq!(error.to_string(), "device_del: not read");
    assert_eq!(qmp.execute(QueryName {}).unwrap()["name"], "vm");
    thread.join().unwrap();
}

#[test]
fn item_11_unknown_members_are_ignored() {
    let (mut qmp, thread) = client(|peer| {
        let id = peer.expect("query-status");
        peer.answer(id, r#"{"later": [], "running": true, "status": "running"}"#);
    });
    let status = qmp.execute(QueryStatus {}).unwrap();
    let expected = Status {
        running: true,
        status: "running".into(),
    };
    assert_eq!(status, expected);
    thread.join().unwrap();
}

#[test]
fn item_12_a_number_may_come_as_an_integer() {
    let (mut qmp, thread) = client(|peer| {
        let id = peer.expect("set-speed");
        peer.answer(id, "18446744073709551615");
        let id = peer.expect("set-speed");
        peer.answer(id, "-3");
    });
    assert_eq!(
        qmp.execute(SetSpeed { speed: 1.0 }).unwrap(),
        2_f64.powi(64)
    );
    assert_eq!(qmp.execute(&SetSpeed { speed: 1.0 }).unwrap(), -3.0);
    thread.join().unwrap();
}

#[test]
fn item_14_a_nan_is_not_sent() {
    let (mut qmp, thread) = client(|peer| {
        let id = peer.expect("stop");
        peer.answer(id, "{}");
    });
    let error = qmp.execute(SetSpeed { speed: f64::NAN }).unwrap_err();
    assert!(matches!(&error, Error::Unencodable(error) if error.command == "set-speed"));
    assert!(error.is_connection_usable());
    qmp.execute(Stop {}).unwrap();
    thread.join().unwrap();
}

#[test]
fn item_19_a_connection_that_ends_leaves_the_outcome_unknown() {
    // Before the reply, and in the middle of it.
    for half in ["", "{\"return\": {\"running\""] {
        let (mut qmp, thread) = client(move |peer| {
            peer.expect("query-status");
            peer.send(r#"{"event": "SHUTDOWN"}"#);
            peer.send(half);
        });
        let error = qmp.execute(QueryStatus {}).unwrap_err();
        assert!(matches!(&error, Error::Lost(lost) if lost.command == "query-status"));
        assert!(!error.is_connection_usable());
        assert!(error.to_string().contains("unknown"), "{error}");

        // Messages from before the end are not lost, and no command is sent after it.
        let event = qmp.next_event(LONG).unwrap().unwrap();
        assert_eq!(event.name, "SHUTDOWN");
        assert!(matches!(qmp.next_event(LONG), Err(Error::Closed(_))));
        let error = qmp.execute(QueryStatus {}).unwrap_err();
        assert!(matches!(error, Error::Closed(_)), "{error}");
        thread.join().unwrap();
    }
}

#[test]
fn item_23_a_reply_past_the_limit_names_it() {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        let id = peer.expect("query-status");
        peer.answer(id, &format!("{{\"status\": \"{}\"}}", "x".repeat(100_000)));
        let id = peer.expect("query-name");
        peer.answer(id, "{}");
    });
    let mut qmp = connect(stream, Options::new().reply_limit(50_000)).unwrap();
    let error = qmp.execute(QueryStatus {}).unwrap_err();
    assert!(matches!(&error, Error::ReplyTooLarge(error) if error.limit == 50_000));
    let message = error.to_string();
    assert!(
        message.contains("query-status") && message.contains("50000"),
        "{message}"
    );
    qmp.execute(QueryName {}).unwrap();
    thread.join().unwrap();
}

#[test]
fn item_27_a_late_reply_never_answers_the_next_command() {
    let (mut qmp, thread) = client(|peer| {
        let late = peer.expect("query-status");
        let id = peer.expect("query-name");
        peer.answer(late, r#"{"name": "wrong"}"#);
        peer.answer(id, r#"{"name": "right"}"#);
    });
    let error = qmp.execute_within(QueryStatus {}, SHORT).unwrap_err();
    let Error::TimedOut(timed_out) = &error else {
        panic!("{error}")
    };
    assert_eq!(timed_out.command.as_deref(), Some("query-status"));
    assert_eq!(timed_out.limit, SHORT);
    assert!(timed_out.sent && error.is_connection_usable());
    assert_eq!(qmp.execute(QueryName {}).unwrap()["name"], "right");
    thread.join().unwrap();
}

#[test]
fn item_27_a_steady_stream_of_events_does_not_stretch_the_limit() {
    let (mut qmp, thread) = client(|peer| {
        peer.expect("query-status");
        // Until the client closes the connection.
        while peer.try_send(r#"{"event": "TICK"}"#) {}
    });
    let begin = Instant::now();
    let error = qmp.execute_within(QueryStatus {}, SHORT).unwrap_err();
    assert!(matches!(error, Error::TimedOut(_)));
    assert!(begin.elapsed() < LONG);
    drop(qmp);
    thread.join().unwrap();
}

#[test]
fn item_28_a_command_is_one_write() {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    // A socket that keeps the boundaries of writes.
    let flags = SocketFlags::empty();
    let (ours, theirs) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap();
    let theirs = UnixStream::from(theirs);
    let thread = std::thread::spawn(move || {
        use std::io::{Read, Write};

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
    let mut qmp = connect(ours.into(), Options::new()).unwrap();
    for _ in 0..10 {
        qmp.execute(DeviceDel {
            id: "a \" long enough name",
        })
        .unwrap();
    }
    drop(qmp);
    assert_eq!(thread.join().unwrap(), 11);
}

#[test]
fn item_29_a_peer_that_closes_during_the_greeting_is_an_error() {
    for said in ["", "{\"QMP\":", GREETING] {
        let (stream, thread) = Peer::play(move |mut peer| peer.send(said));
        let error = connect(stream, Options::new()).unwrap_err();
        assert!(
            matches!(error, Error::Greeting(GreetingError::Closed { .. })),
            "{error}"
        );
        thread.join().unwrap();
    }
}

#[test]
fn item_29_an_unknown_error_class_is_kept() {
    let (mut qmp, thread) = client(|peer| {
        let id = peer.expect("stop");
        peer.send(&format!(
            r#"{{"error": {{"class": "Newer", "desc": "text"}}, "id": {id}}}"#
        ));
    });
    let error = qmp.execute(Stop {}).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::Other("Newer".into())));
    assert_eq!(error.to_string(), "stop: text (Newer)");
    thread.join().unwrap();
}

#[test]
fn item_30_null_is_told_from_absent() {
    let (mut qmp, thread) = client(|peer| {
        let id = peer.expect("x");
        peer.answer(id, r#"[{"default": null}, {}]"#);
    });
    let value = qmp.execute_raw("x", &()).unwrap();
    assert_eq!(value[0].get("default"), Some(&serde_json::Value::Null));
    assert_eq!(value[1].get("default"), None);
    thread.join().unwrap();
}

#[test]
fn a_greeting_that_is_none_is_told_with_an_excerpt() {
    for said in ["SSH-2.0-OpenSSH_9.2\r\n", "{\"hello\": 1}"] {
        let (stream, thread) = Peer::play(move |mut peer| peer.send(said));
        let error = connect(stream, Options::new()).unwrap_err();
        assert!(matches!(error, Error::Greeting(GreetingError::Broken(_))));
        let excerpt = format!("{:?}", said);
        assert!(error.to_string().contains(&excerpt), "{error}");
        thread.join().unwrap();
    }
}

#[test]
fn a_refused_negotiation_is_an_error() {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.send(GREETING);
        let id = peer.expect("qmp_capabilities");
        peer.send(&format!(
            r#"{{"error": {{"class": "GenericError", "desc": "no"}}, "id": {id}}}"#
        ));
    });
    let error = connect(stream, Options::new()).unwrap_err();
    assert!(matches!(error, Error::Greeting(GreetingError::Rejected(_))));
    thread.join().unwrap();
}

#[test]
fn garbage_instead_of_a_reply_ends_the_session() {
    let (mut qmp, thread) = client(|peer| {
        peer.expect("stop");
        peer.send("{\"return\": {}, oops}");
    });
    let error = qmp.execute(Stop {}).unwrap_err();
    assert!(matches!(error, Error::Broken(_)));
    assert!(error.to_string().contains("oops"), "{error}");
    assert!(matches!(qmp.execute(Stop {}), Err(Error::Broken(_))));
    thread.join().unwrap();
}

#[test]
fn a_reply_of_the_wrong_shape_keeps_the_json() {
    let (mut qmp, thread) = client(|peer| {
        let id = peer.expect("query-status");
        peer.answer(id, r#"{"running": "yes", "status": "running"}"#);
        let id = peer.expect("stop");
        peer.answer(id, "{}");
    });
    let error = qmp.execute(QueryStatus {}).unwrap_err();
    let Error::Undecodable(undecodable) = &error else {
        panic!("{error}")
    };
    assert_eq!(undecodable.command, "query-status");
    assert_eq!(undecodable.error.path(), ".running");
    assert_eq!(
        undecodable.json,
        r#"{"running": "yes", "status": "running"}"#
    );
    qmp.execute(Stop {}).unwrap();
    thread.join().unwrap();
}

#[test]
fn events_wait_their_turn_and_the_oldest_go_first() {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        let id = peer.expect("stop");
        for number in 0..10 {
            peer.send(&format!(r#"{{"event": "E{number}"}}"#));
        }
        peer.answer(id, "{}");
        peer.send(r#"{"event": "STOP"}"#);
        peer.until_closed();
    });
    let mut qmp = connect(stream, Options::new().event_queue(4)).unwrap();
    qmp.execute(Stop {}).unwrap();
    assert_eq!(qmp.lost_events(), 6);
    assert_eq!(qmp.lost_events(), 0);
    let found = qmp.wait_for(|event| event.name == "E8", LONG).unwrap();
    assert_eq!(found.name, "E8");
    qmp.wait_for(|event| event.is::<Stopped>(), LONG).unwrap();
    assert_eq!(qmp.next_event(LONG).unwrap().unwrap().name, "E6");
    let rest: Vec<String> = qmp.events().map(|event| event.name).collect();
    assert_eq!(rest, ["E7", "E9"]);

    assert!(qmp.next_event(Duration::ZERO).unwrap().is_none());
    assert!(qmp.next_event(SHORT).unwrap().is_none());
    let error = qmp.wait_for(|_| true, SHORT).unwrap_err();
    assert!(matches!(&error, Error::TimedOut(error) if error.command.is_none()));
    drop(qmp);
    thread.join().unwrap();
}

#[test]
fn tcp_works_alike() {
    let listener = TcpListener::bind("localhost:0").unwrap();
    let address = format!("tcp:localhost:{}", listener.local_addr().unwrap().port());
    let thread = std::thread::spawn(move || {
        use std::io::{BufRead, BufReader, Write};

        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(GREETING.as_bytes()).unwrap();
        for line in BufReader::new(stream.try_clone().unwrap()).lines() {
            let command: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let reply = format!("{{\"return\":{{}},\"id\":{}}}\r\n", command["id"]);
            stream.write_all(reply.as_bytes()).unwrap();
        }
    });
    let mut qmp = Client::connect(address).unwrap();
    assert_eq!(qmp.greeting().unwrap().version.major, 8);
    qmp.execute(Stop {}).unwrap();
    drop(qmp);
    thread.join().unwrap();
}

#[test]
fn nobody_listening_is_told_with_the_address() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("unix:{}/none", folder.path().display());
    let error = Client::connect(&*address).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains(&address) && message.contains("is the server running"),
        "{message}"
    );

    let error = Client::connect("localhost:4444").unwrap_err();
    assert!(matches!(error, Error::Address(_)), "{error}");
    let error = Client::connect(format!("unix:/{}", "x".repeat(200))).unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error}");
}

#[test]
fn a_server_still_to_come_is_awaited() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let address = format!("unix:{}", path.display());
    let options = Options::new().await_server(true).connect_limit(SHORT);
    let error = Client::<Qmp>::connect_with(&*address, options).unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error}");

    let options = Options::new().await_server(true).connect_limit(LONG);
    let client = std::thread::spawn(move || Client::<Qmp>::connect_with(address, options));
    let listener = UnixListener::bind(path).unwrap();
    let (stream, _) = listener.accept().unwrap();
    Peer::new(stream).greet();
    assert!(client.join().unwrap().is_ok());
}

#[test]
fn a_listener_removes_its_own_socket_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    drop(Listener::bind(&path).unwrap());
    assert!(!path.exists());

    let listener = Listener::bind(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let other = UnixListener::bind(&path).unwrap();
    drop(listener);
    assert!(path.exists());
    drop(other);
}

#[test]
fn what_clients_show_of_themselves_holds_nothing_that_went_over_them() {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        let id = peer.expect("query-name");
        peer.answer(id, r#"{"name": "hunter2"}"#);
        peer.until_closed();
    });
    let mut qmp = Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    qmp.execute(QueryName {}).unwrap();
    let shown = format!("{qmp:?}");
    assert_eq!(
        shown,
        "Client { server: \"a Unix socket\", version: Some(\"8.2.0\"), ready: true, end: None, .. }"
    );
    qmp.close();
    thread.join().unwrap();

    let mut session = Session::new(Config::default());
    session.receive(b"{\"hunter2");
    session
        .execute_raw("set_password", &serde_json::json!({"password": "hunter2"}))
        .unwrap();
    let shown = format!("{session:#?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("Greeting"), "{shown}");
}
