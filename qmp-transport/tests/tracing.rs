//! What a `tracing` subscriber sees, and what it does not.

#![allow(clippy::unwrap_used)]

#[path = "support/keep.rs"]
mod keep;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/schema.rs"]
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keep::{Keep, several};
use peer::Peer;
use qmp_transport::blocking::Client;
use qmp_transport::mock::{Mock, Reply};
use qmp_transport::session::{Abandoned, Config, Session};
use qmp_transport::{Options, Qmp};
use serde_json::{Map, Value, json};
use test_support::secrets::{MARKER, TEXTS, is_secret};
use tracing::Level;

fn connect(mock: &Mock) -> Client {
    several();
    Client::<Qmp>::from_stream(mock.spawn().unwrap(), Options::new()).unwrap()
}

#[test]
fn a_command_is_a_span() {
    let mock = Mock::builder()
        .on("stop", |_| Reply::nothing())
        .on("silent", |_| Reply::silence())
        .on("device_del", |_| Reply::error("DeviceNotFound", "none"))
        .build();
    let mut qmp = connect(&mock);
    let text = Keep::during(Level::DEBUG, || {
        qmp.execute_raw("stop", &()).unwrap();
        qmp.execute_raw("device_del", &json!({"id": "disk7"}))
            .unwrap_err();
        let soon = Duration::from_millis(10);
        qmp.execute_raw_within("silent", &(), soon).unwrap_err();
        qmp.execute_raw("x", &json!([])).unwrap_err();
    });
    let all =
        |what: &str| -> Vec<&str> { text.lines().filter(|line| line.contains(what)).collect() };
    let commands = all("span command=");
    assert!(commands[0].contains("\"stop\"") && commands[1].contains("\"device_del\""));
    assert_eq!(all("span id=").len(), 3, "{text}");
    assert_eq!(all("span duration=").len(), 4, "{text}");
    let outcomes = ["returned", "rejected", "timed out", "not sent"];
    for (line, outcome) in all("span outcome=").into_iter().zip(outcomes) {
        assert!(line.contains(outcome), "{line}");
    }
    let ended = all("command ended");
    assert_eq!(ended.len(), 4);
    assert!(ended[3].contains("duration=") && ended[3].contains("not sent"));
    // At this level nothing of what was sent or received is logged.
    assert!(!text.contains("disk7"), "{text}");
}

#[cfg(feature = "tokio")]
#[test]
fn an_abandoned_command_says_so() {
    use qmp_transport::tokio::Client;

    let mock = Mock::builder()
        .on("stop", |_| Reply::nothing())
        .on("silent", |_| Reply::silence())
        .build();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let text = Keep::during(Level::TRACE, || {
        runtime.block_on(async {
            let stream = mock.spawn().unwrap();
            let qmp = Client::<Qmp>::from_stream(stream, Options::new())
                .await
                .unwrap();
            qmp.execute_raw("stop", &()).await.unwrap();
            let silent = qmp.execute_raw("silent", &());
            let soon = Duration::from_millis(10);
            assert!(tokio::time::timeout(soon, silent).await.is_err());
        });
    });
    let ended = text.lines().filter(|line| line.contains("command ended"));
    let ended: Vec<&str> = ended.collect();
    assert!(
        ended[0].contains("returned") && ended[1].contains("abandoned"),
        "{text}"
    );
    assert!(text.contains("\\\"execute\\\":\\\"stop\\\""), "{text}");
}

#[test]
fn item_40_the_wires_text_is_seen_and_secrets_are_not() {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        for name in ["object-add", "device_del", "guest-file-read"] {
            let id = peer.expect(name);
            peer.answer(
                id,
                r#"{"count": 9, "buf-b64": "aHVudGVyMg==", "eof": true}"#,
            );
        }
        peer.until_closed();
    });
    let text = Keep::during(Level::TRACE, || {
        let mut qmp = Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
        let secret = json!({"qom-type": "secret", "id": "key0", "data": "hunter2"});
        qmp.execute_raw("object-add", &secret).unwrap();
        qmp.execute_raw("device_del", &json!({"id": "disk7"}))
            .unwrap();
        qmp.execute_raw("guest-file-read", &json!({"handle": 1}))
            .unwrap();
    });
    thread.join().unwrap();
    for seen in ["qmp_capabilities", "key0", "disk7", "count", "eof"] {
        assert!(text.contains(seen), "{text}");
    }
    assert!(
        !text.contains("hunter2") && !text.contains("aHVudGVyMg"),
        "{text}"
    );
}

/// The names of all members that are reached from a type, and of those that may
/// hold a text.
fn members(schema: &[Value], name: &str) -> BTreeMap<String, bool> {
    let (mut names, mut seen, mut todo) = (BTreeMap::new(), BTreeSet::new(), vec![name]);
    while let Some(name) = todo.pop() {
        let Some(entity) = schema.iter().find(|entity| entity["name"] == name) else {
            continue;
        };
        if !seen.insert(name) {
            continue;
        }
        let parts = |key: &str| entity[key].as_array().into_iter().flatten();
        for member in parts("members") {
            // Enums have no members.
            let Some(ty) = member["type"].as_str() else {
                continue;
            };
            todo.push(ty);
            // The branches of an alternate have no names.
            if let Some(name) = member["name"].as_str() {
                let entity = schema.iter().find(|entity| entity["name"] == ty);
                let is_alternate = entity.is_some_and(|ty| ty["meta-type"] == "alternate");
                let is_text = ["str", "any", "[str]"].contains(&ty) || is_alternate;
                *names.entry(name.to_owned()).or_default() |= is_text;
            }
        }
        todo.extend(parts("variants").filter_map(|variant| variant["type"].as_str()));
        todo.extend(entity["element-type"].as_str());
    }
    names
}

/// Returns an object with all of these members, nested deep, and the texts in it that
/// may be logged.
fn object(of: &str, names: &BTreeMap<String, bool>) -> (Value, BTreeSet<String>) {
    let (mut object, mut visible) = (Map::new(), BTreeSet::new());
    for (name, is_text) in names {
        let value = match (is_text, is_secret(of, name)) {
            (true, true) => json!([format!("{MARKER}.{name}."), {"a": MARKER}]),
            (false, true) => json!(true),
            (_, false) => {
                visible.insert(format!("plain.{name}."));
                json!(format!("plain.{name}."))
            }
        };
        object.insert(name.clone(), value);
    }
    let texts = TEXTS.iter().map(|(text, seen)| {
        visible.insert((*seen).to_owned());
        json!(text)
    });
    let texts: Vec<Value> = texts.collect();
    (json!({"nested": [object], "texts": texts}), visible)
}

/// Returns the secrets that were logged, and the other values that were not.
fn wrong_in(what: &str, visible: &BTreeSet<String>, act: impl FnOnce()) -> Vec<String> {
    let text = Keep::during(Level::TRACE, act);
    let secrets = text.match_indices(MARKER).map(|(at, _)| {
        let secret: String = text[at..].chars().take(40).collect();
        format!("{what} shows {secret}")
    });
    let hidden = visible.iter().filter(|seen| !text.contains(*seen));
    let hidden = hidden.map(|seen| format!("{what} hides {seen}"));
    secrets.chain(hidden).collect()
}

#[test]
fn item_40_no_secret_of_any_release_is_logged() {
    let (mut whole, mut found) = (BTreeSet::new(), BTreeSet::new());
    let mut session = Session::new(Config::default());
    session.receive(peer::GREETING.as_bytes());
    assert!(session.poll().unwrap().is_none());
    session.receive(br#"{"return": {}, "id": 1}"#);
    assert!(session.poll().unwrap().is_some());

    let mut answer = |name: &str, schema: &[Value], ret: &str| {
        let (value, visible) = match ret {
            "str" | "any" => {
                whole.insert(name.to_owned());
                (json!(MARKER), BTreeSet::new())
            }
            _ => object(name, &members(schema, ret)),
        };
        let id = session.execute_raw(name, &()).unwrap().get();
        let mut wrong = wrong_in(name, &visible, || {
            session.receive(json!({"return": value, "id": id}).to_string().as_bytes());
            assert!(session.poll().unwrap().is_some());
        });
        // A second answer, which belongs to no command.
        let value = if value.is_object() { json!([]) } else { value };
        wrong.extend(wrong_in(name, &BTreeSet::new(), || {
            session.receive(json!({"return": value, "id": id}).to_string().as_bytes());
            assert!(session.poll().unwrap().is_none());
        }));
        wrong
    };
    let mut hidden = 0;
    for release in qapi_schemas::RELEASES {
        for path in [
            "qapi/qapi-schema.json",
            "qga/qapi-schema.json",
            "storage-daemon/qapi/qapi-schema.json",
        ] {
            let Some(schema) = schema::introspection(release, path) else {
                continue;
            };
            let schema = schema.as_array().unwrap();
            for entity in schema {
                let name = entity["name"].as_str().unwrap();
                let (value, visible) = match entity["arg-type"].as_str() {
                    Some(ty) => object(name, &members(schema, ty)),
                    None => continue,
                };
                hidden += value.to_string().matches(MARKER).count();
                if entity["meta-type"] == "event" {
                    let mut session = Session::new(Config::default());
                    found.extend(wrong_in(name, &visible, || {
                        let event = json!({"event": name, "data": value});
                        session.receive(event.to_string().as_bytes());
                        assert!(session.poll().unwrap().is_some());
                    }));
                    continue;
                }
                found.extend(wrong_in(name, &visible, || {
                    let mut session = Session::new(Config::default());
                    session.execute_raw(name, &value).unwrap();
                }));
                found.extend(answer(name, schema, entity["ret-type"].as_str().unwrap()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    assert!(hidden > 1000);
    // A reply that is text or any value can be a secret.
    assert_eq!(
        whole.iter().collect::<Vec<_>>(),
        ["human-monitor-command", "qom-get", "ringbuf-read"]
    );
}

#[test]
fn item_40_the_reply_to_an_abandoned_command_is_a_secret_too() {
    let mut session = Session::new(Config::default());
    session.receive(peer::GREETING.as_bytes());
    assert!(session.poll().unwrap().is_none());
    // It waits for its turn, and is abandoned after it is sent.
    let id = session.execute_raw("qom-get", &()).unwrap();
    session.receive(br#"{"return": {}, "id": 1}"#);
    assert!(session.poll().unwrap().is_some());
    let all = session.outgoing().len();
    session.sent(all);
    assert_eq!(session.abandon(id), Abandoned::Sent);
    let text = Keep::during(Level::TRACE, || {
        let reply = json!({"return": {"a": MARKER}, "id": id.get()});
        session.receive(reply.to_string().as_bytes());
        assert!(session.poll().unwrap().is_none());
    });
    assert!(text.contains("return") && !text.contains(MARKER), "{text}");
}
