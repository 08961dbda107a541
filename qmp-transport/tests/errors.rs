//! What errors and other values show of what came over the wire.

#![allow(clippy::unwrap_used)]

#[path = "support/peer.rs"]
mod peer;

use std::error::Error as _;
use std::fmt::Debug;

use peer::{GREETING, Peer};
use qmp_transport::blocking::Client;
use qmp_transport::session::{Config, Session};
use qmp_transport::{Error, Options, Qmp};
use qmp_types::compat::commands::{Migrate, QomListGet, QueryName};
use qmp_types::compat::events::DeviceDeleted;
use qmp_types::v11_1::commands::QueryCpusFast;
use qmp_types::{Command, Event};
use serde_core::ser::{Serialize, Serializer};
use serde_json::json;
use test_support::causes;
use test_support::secrets::{MARKER, TEXTS};

/// Declares a command whose reply does not fit its type.
macro_rules! mistaken {
    ($struct:ident, $name:literal, $reply:ty) => {
        #[derive(Debug)]
        struct $struct;

        impl Command for $struct {
            type Protocol = Qmp;
            type Return = $reply;
            const NAME: &'static str = $name;
        }

        impl Serialize for $struct {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_unit()
            }
        }
    };
}

mistaken!(QomGet, "qom-get", u64);
mistaken!(GuestFileRead, "guest-file-read", Vec<u64>);

/// A session that a server has greeted.
fn greeted(reply_limit: usize) -> Session {
    let mut config = Config::default();
    config.reply_limit = reply_limit;
    config.nesting_limit = 4;
    let mut session = Session::new(config);
    session.receive(GREETING.as_bytes());
    assert!(session.poll().unwrap().is_none());
    session
}

/// Everything that an error shows.
fn shown(error: &Error) -> String {
    let mut text = format!("{error:?}\n{error:#?}\n");
    text += &causes(error).join("\n");
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!("{error:?}\n");
        source = error.source();
    }
    text
}

/// Returns the error of a command with this answer.
fn refused<C: Command<Protocol = Qmp> + Debug>(command: C, reply: &str) -> Error {
    let reply = reply.to_owned();
    let (stream, thread) = Peer::play(move |mut peer| {
        peer.greet();
        let id = peer.expect(C::NAME);
        peer.send(&reply.replace("ID", &id.to_string()));
        peer.until_closed();
    });
    let mut qmp = Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    let error = qmp.execute(command).map(drop).unwrap_err();
    drop(qmp);
    thread.join().unwrap();
    error
}

#[test]
fn item_40_an_undecodable_reply_is_shown_without_secrets() {
    let error = refused(QomGet, r#"{"return": "hunter2", "id": ID}"#);
    let Error::Undecodable(undecodable) = &error else {
        panic!("{error}")
    };
    // The caller can still get it.
    assert_eq!(undecodable.json, r#""hunter2""#);
    let text = shown(&error);
    assert!(!text.contains(MARKER), "{text}");
    assert!(
        text.contains("qom-get") && text.contains("expected u64"),
        "{text}"
    );

    let reply = r#"{"return": {"count": 5, "buf-b64": "hunter2"}, "id": ID}"#;
    let text = shown(&refused(GuestFileRead, reply));
    assert!(!text.contains(MARKER) && text.contains("count"), "{text}");

    let reply = r#"{"return": [{"properties": [{"name": "seen", "value": "hunter2"}]}], "id": ID}"#;
    let text = shown(&refused(QomListGet::new(["/"]), reply));
    assert!(!text.contains(MARKER) && text.contains("seen"), "{text}");

    let reply = r#"{"return": {"name": 5, "password": "hunter2"}, "id": ID}"#;
    let text = shown(&refused(QueryName::new(), reply));
    assert!(!text.contains(MARKER) && text.contains(".name"), "{text}");
}

/// A reply to `query-cpus-fast` as QEMU 10.0 and older ones send it.
const CPU_WITHOUT_QOM_TYPE: &str = r#"{"return": [{
    "cpu-index": 0, "qom-path": "/machine/unattached/device[0]", "thread-id": 7, "target": "x86_64"
}], "id": ID}"#;

#[test]
fn a_reply_without_a_mandatory_member_tells_both_releases() {
    let error = refused(QueryCpusFast::new(), CPU_WITHOUT_QOM_TYPE);
    assert_eq!(
        causes(&error),
        [
            "cannot decode the reply to query-cpus-fast; \
             the bindings are of QEMU 11.1 and the server is QEMU 8.2.0; \
             to talk to several releases, use `qmp_types::compat`, \
             or bindings generated for a range of releases",
            "[0].qom-type: missing mandatory member at line 3 column 1",
        ]
    );
    let Error::Undecodable(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.bindings, "11.1");
    let server = error.server.as_ref().unwrap();
    assert_eq!((server.major, server.minor, server.micro), (8, 2, 0));
    assert!(error.is_of_another_release());
}

#[test]
fn other_bindings_are_advised_only_if_they_may_help() {
    let error = refused(QueryCpusFast::new(), CPU_WITHOUT_QOM_TYPE);
    let Error::Undecodable(mut error) = error else {
        panic!("{error}")
    };
    let advice = "compat";
    for (bindings, expected) in [
        (
            "8.2",
            "; the bindings are of QEMU 8.2 and the server is QEMU 8.2.0",
        ),
        (
            "7.2 to 11.1",
            "; the bindings are of QEMU 7.2 to 11.1 and the server is QEMU 8.2.0",
        ),
        ("", "; the server is QEMU 8.2.0"),
    ] {
        error.bindings = bindings;
        assert!(!error.is_of_another_release(), "{bindings}");
        assert!(!error.to_string().contains(advice));
        assert!(error.to_string().ends_with(expected), "{error}");
    }
    error.bindings = "8.20";
    assert!(error.is_of_another_release() && error.to_string().contains(advice));
    // A guest agent does not greet.
    error.server = None;
    assert!(!error.is_of_another_release());
    let text = error.to_string();
    assert!(text.ends_with("; the bindings are of QEMU 8.20"), "{text}");
    error.bindings = "";
    assert_eq!(
        error.to_string(),
        "cannot decode the reply to query-cpus-fast"
    );
}

#[test]
fn item_40_a_rejection_is_shown_without_secrets() {
    for (secret, visible) in TEXTS {
        let desc = json!(format!("cannot open '{secret}'"));
        let reply =
            format!(r#"{{"error": {{"class": "GenericError", "desc": {desc}}}, "id": ID}}"#);
        let text = shown(&refused(Migrate::new(), &reply));
        assert!(!text.contains(MARKER), "{text}");
        assert!(
            text.contains(visible) && text.contains("cannot open"),
            "{text}"
        );
    }
}

#[test]
fn item_40_an_excerpt_shows_no_secret() {
    for (text, visible) in [
        (
            r#"{"return": {"seen": 1, "password": "hunter2", ?}, "id": 2}"#,
            "seen",
        ),
        (
            r#"{"return": {"password": "hun"hunter2"", "id": 2}}"#,
            "password",
        ),
        (r#"{"return": "hunter2", "id": 2, "seen"}"#, "seen"),
        (r#"{"return": ["hunter2"], "id": 2, "seen"}"#, "seen"),
        (
            r#"{"return": [{"name": "seen", "value": ["hunter2"]} ?]}"#,
            "seen",
        ),
        (
            r#"{"seen": {"file": "nbd://me:hunter2@host/x"}}"#,
            "@host/x",
        ),
        (
            r#"{"return": {"a": "json:{\"seen\":\"hunter2\"}", ?}}"#,
            "json:",
        ),
        (r#"{"seen": 1, "env": ["hunter2", [[[["hunter2"]"#, "seen"),
        (
            r#"{"event": "SEEN", "data": {"passphrase": "hunter2"}, "timestamp": "x"}"#,
            "SEEN",
        ),
        (r#"{'seen': 1, 'password': 'hunter2'}"#, "seen"),
        (r#"{seen: 1, password: hunter2}"#, "seen"),
        ("seen\r\nCookie: hunter2\r\n", "seen"),
        ("GET http://me:hunter2@seen/ HTTP/1.1\r\n", "@seen"),
    ] {
        let mut session = greeted(128 << 20);
        session.receive(text.as_bytes());
        let broken = session.poll().unwrap_err();
        let shown = format!("{broken}\n{broken:?}\n{}", broken.excerpt);
        assert!(!shown.contains(MARKER), "{shown}");
        assert!(shown.contains(visible), "{shown}");
    }
}

#[test]
fn item_40_the_middle_of_a_large_message_is_not_shown() {
    let mut session = greeted(1000);
    let secret = MARKER.repeat(100);
    session.receive(format!(r#"{{"return": {{"password": "{secret}"#).as_bytes());
    let mut outcome = session.poll().map(drop);
    for _ in 0..9 {
        if outcome.is_ok() {
            session.receive(secret.as_bytes());
            outcome = session.poll().map(drop);
        }
    }
    session.receive(b"\xff");
    let broken = session.poll().unwrap_err();
    let shown = format!("{broken} {broken:?}");
    assert!(
        !shown.contains(MARKER) && shown.contains("return"),
        "{shown}"
    );
}

#[test]
fn item_40_what_a_session_hands_out_shows_no_secret() {
    let mut session = greeted(1000);
    session.receive(br#"{"return": {}, "id": 1}"#);
    assert!(session.poll().unwrap().is_some());
    let id = session.execute_raw("qom-get", &()).unwrap().get();
    for text in [
        format!(r#"{{"return": "hunter2", "id": {id}}}"#),
        r#"{"event": "SEEN", "data": {"password": "hunter2", "seen": 1}}"#.to_owned(),
    ] {
        session.receive(text.as_bytes());
        let shown = format!("{:?}", session.poll().unwrap());
        assert!(!shown.contains(MARKER), "{shown}");
        assert!(
            shown.contains("Returned") || shown.contains("seen"),
            "{shown}"
        );
    }
}

#[test]
fn item_40_an_event_is_shown_without_secrets() {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        peer.send(&format!(
            r#"{{"event": "{}", "data": {{"path": 5, "device": "seen", "token": "hunter2"}}}}"#,
            DeviceDeleted::NAME
        ));
        peer.until_closed();
    });
    let mut qmp = Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    let event = qmp.next_event(None).unwrap().unwrap();
    let error = event.decode::<DeviceDeleted>().unwrap_err();
    let shown = format!("{event:?} {event:#?} {error} {error:?}");
    assert!(!shown.contains(MARKER), "{shown}");
    assert!(shown.contains("seen") && shown.contains(".path"), "{shown}");
    drop(qmp);
    thread.join().unwrap();
}
