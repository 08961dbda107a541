//! What a `tracing` subscriber gets to see, and what it does not.

#![allow(clippy::unwrap_used)]

#[path = "support/peer.rs"]
mod peer;
#[path = "support/schema.rs"]
mod schema;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use peer::Peer;
use qmp_transport::blocking::Client;
use qmp_transport::mock::{Mock, Reply};
use qmp_transport::{Options, Qmp};
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Keeps all spans and events as text.
#[derive(Clone)]
struct Keep {
    level: Level,
    text: Arc<Mutex<String>>,
}

impl Keep {
    fn new(level: Level) -> Self {
        let text = Arc::default();
        Self { level, text }
    }

    /// All that was kept while a function ran, by lines.
    fn during(level: Level, act: impl FnOnce()) -> String {
        several();
        let keep = Self::new(level);
        tracing::subscriber::with_default(keep.clone(), act);
        keep.text.lock().unwrap().clone()
    }

    fn line(&self, what: &str, record: impl FnOnce(&mut dyn Visit)) {
        self.text.lock().unwrap().push_str(what);
        record(&mut self.clone());
        self.text.lock().unwrap().push('\n');
    }
}

impl Visit for Keep {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.text.lock().unwrap(), " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Keep {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        // The tests beside this one have subscribers of other levels.
        Interest::sometimes()
    }
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }
    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        self.line("span", |to| attributes.record(to));
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, record: &Record<'_>) {
        self.line("span", |to| record.record(to));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        self.line("event", |to| event.record(to));
    }
    fn enter(&self, _: &Id) {
        self.line("enter", |_| {});
    }
    fn exit(&self, _: &Id) {
        self.line("exit", |_| {});
    }
}

/// Has more than one subscriber registered. With only one, what a thread that
/// has none meets first is off for all.
fn several() {
    static OTHERS: OnceLock<[Dispatch; 2]> = OnceLock::new();
    OTHERS.get_or_init(|| [(); 2].map(|()| Dispatch::new(Keep::new(Level::TRACE))));
}

fn connect(mock: &Mock) -> Client {
    several();
    Client::<Qmp>::from_stream(mock.spawn().unwrap(), Options::new()).unwrap()
}

#[test]
fn a_command_is_a_span() {
    let mock = Mock::new()
        .on("stop", |_| Reply::nothing())
        .on("silent", |_| Reply::silence())
        .on("device_del", |_| Reply::error("DeviceNotFound", "none"));
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
    // At this level nothing goes over the log that went over the wire.
    assert!(!text.contains("disk7"), "{text}");
}

#[cfg(feature = "tokio")]
#[test]
fn a_command_that_is_given_up_says_so() {
    use qmp_transport::tokio::Client;

    let mock = Mock::new()
        .on("stop", |_| Reply::nothing())
        .on("silent", |_| Reply::silence());
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
        ended[0].contains("returned") && ended[1].contains("given up"),
        "{text}"
    );
    assert!(text.contains("\\\"execute\\\":\\\"stop\\\""), "{text}");
}

#[test]
fn the_wires_text_is_seen_and_secrets_are_not() {
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

/// Members whose names look like secrets and are none.
const HARMLESS: [&str; 13] = [
    // Ids of objects that hold the secret.
    "cookie-secret",
    "key-secret",
    "keyid",
    "new-secret",
    "old-secret",
    "password-secret",
    "passwordid",
    "proxy-password-secret",
    "tls-authz",
    "tls-creds",
    // What a confidential guest is measured by, and the signature of it.
    "host-data",
    "id-auth",
    // Public keys.
    "keys",
];

/// Whether a member's name suggests that its value is a secret, or contents.
fn suspicious(name: &str) -> bool {
    let parts = [
        "auth", "b64", "cookie", "cred", "data", "env", "key", "pass", "pin", "secret", "token",
    ];
    parts.iter().any(|part| name.contains(part))
}

/// The members of a type that hold text or anything, by name.
fn members(
    schema: &[Value],
    name: &str,
    seen: &mut BTreeSet<String>,
    found: &mut BTreeSet<String>,
) {
    if !seen.insert(name.to_owned()) {
        return;
    }
    let Some(entity) = schema.iter().find(|entity| entity["name"] == name) else {
        return;
    };
    for member in entity["members"].as_array().into_iter().flatten() {
        let of = member["type"].as_str().unwrap_or_default();
        if let Some(name) = member["name"].as_str()
            && (of == "str" || of == "any" || of == "[str]")
        {
            found.insert(name.to_owned());
        }
        members(schema, of, seen, found);
    }
    for variant in entity["variants"].as_array().into_iter().flatten() {
        members(schema, variant["type"].as_str().unwrap(), seen, found);
    }
    if let Some(element) = entity["element-type"].as_str() {
        members(schema, element, seen, found);
    }
}

#[test]
fn every_release_has_only_secrets_that_are_known() {
    let mut leaked = BTreeSet::new();
    let mock = Mock::new();
    let mut qmp = connect(&mock);
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
            for command in schema
                .iter()
                .filter(|entity| entity["meta-type"] == "command")
            {
                let name = command["name"].as_str().unwrap();
                let arguments = command["arg-type"].as_str().unwrap();
                let mut found = BTreeSet::new();
                members(schema, arguments, &mut BTreeSet::new(), &mut found);
                for member in found.iter().filter(|name| suspicious(name)) {
                    let text = Keep::during(Level::TRACE, || {
                        qmp.execute_raw(name, &json!({member: ["hunter2"]}))
                            .unwrap_err();
                    });
                    if text.contains("hunter2") {
                        leaked.insert(member.clone());
                    }
                }
            }
        }
    }
    let harmless: BTreeSet<String> = HARMLESS.map(str::to_owned).into();
    assert_eq!(leaked, harmless, "decide whether the new ones are secret");
}
