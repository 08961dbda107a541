//! The mock, and the client against all of its faults.

#![allow(clippy::unwrap_used)]

#[path = "support/schema.rs"]
mod schema;

use std::time::Duration;

use qmp_transport::blocking::Client;
use qmp_transport::error::GreetingError;
use qmp_transport::mock::{Mock, MockBuilder, Reply};
use qmp_transport::{Error, ErrorClass, Listener, Options, Qmp, Recorder};
use serde_json::{Value, json};

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);
/// A time limit that is meant to be reached.
const SHORT: Duration = Duration::from_millis(30);

fn connect(mock: &Mock) -> Result<Client, Error> {
    Client::<Qmp>::from_stream(mock.spawn().unwrap(), Options::new())
}

fn named() -> MockBuilder {
    Mock::builder().on("query-name", |_| Reply::returns(json!({"name": "vm"})))
}

#[test]
fn it_answers_and_says_what_it_lacks() {
    let mut qmp = connect(&named().version(5, 2, 0).build()).unwrap();
    assert_eq!(qmp.greeting().unwrap().version.major, 5);
    assert_eq!(qmp.execute_raw("query-name", &()).unwrap()["name"], "vm");
    for name in ["x-none", "qmp_capabilities"] {
        let error = qmp.execute_raw(name, &()).unwrap_err();
        assert_eq!(error.class(), Some(&ErrorClass::CommandNotFound));
    }
}

fn introspection() -> Value {
    json!([
        {"name": "add", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
        {"name": "query-qmp-schema", "meta-type": "command", "arg-type": "1", "ret-type": "1"},
        {"name": "0", "meta-type": "object", "tag": "driver", "members": [
            {"name": "driver", "type": "2"},
            {"name": "size", "type": "int", "default": null},
            {"name": "on", "type": "3", "default": null},
            {"name": "all", "type": "[int]", "default": null}
        ], "variants": [{"case": "file", "type": "4"}, {"case": "null", "type": "1"}]},
        {"name": "1", "meta-type": "object", "members": []},
        {"name": "2", "meta-type": "enum", "values": ["file", "null"]},
        {"name": "3", "meta-type": "alternate", "members": [{"type": "bool"}, {"type": "str"}]},
        {"name": "4", "meta-type": "object", "members": [{"name": "filename", "type": "str"}]},
        {"name": "[int]", "meta-type": "array", "element-type": "int"},
        {"name": "int", "meta-type": "builtin", "json-type": "int"},
        {"name": "bool", "meta-type": "builtin", "json-type": "boolean"},
        {"name": "str", "meta-type": "builtin", "json-type": "string"}
    ])
}

#[test]
fn it_checks_arguments_against_a_schema() {
    let mock = Mock::builder()
        .schema(&introspection())
        .on("add", |_| Reply::nothing())
        .build();
    let mut qmp = connect(&mock).unwrap();
    for arguments in [
        json!({"driver": "null"}),
        json!({"driver": "file", "filename": "a", "size": 1, "on": true, "all": [1, 2]}),
        json!({"driver": "null", "on": "auto"}),
    ] {
        qmp.execute_raw("add", &arguments).unwrap();
    }
    for (arguments, message) in [
        (json!({}), "missing member 'driver'"),
        (json!({"driver": "file"}), "missing member 'filename'"),
        (
            json!({"driver": "null", "filename": "a"}),
            "unknown member 'filename'",
        ),
        (
            json!({"driver": "other"}),
            "unknown value 'other' of 'driver'",
        ),
        (
            json!({"driver": "null", "size": "1"}),
            "'size': expected int, found string",
        ),
        (
            json!({"driver": "null", "on": 1}),
            "'on': expected a type of the alternate, found int",
        ),
        (
            json!({"driver": "null", "all": [1, true]}),
            "'all[1]': expected int, found",
        ),
    ] {
        let error = qmp.execute_raw("add", &arguments).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    assert_eq!(
        qmp.execute_raw("query-qmp-schema", &()).unwrap(),
        introspection()
    );
    let error = qmp.execute_raw("none", &()).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::CommandNotFound));
}

#[test]
fn it_serves_the_schema_of_every_release() {
    for release in qapi_schemas::RELEASES {
        let schema = schema::introspection(release, "qapi/qapi-schema.json").unwrap();
        let mock = Mock::builder()
            .schema(&schema)
            .on("blockdev-add", |_| Reply::nothing())
            .on("query-status", |_| {
                Reply::returns(json!({"running": true, "status": "running"}))
            })
            .build();
        let mut qmp = connect(&mock).unwrap();
        let nested = json!({"driver": "qcow2", "node-name": "disk", "file": {
            "driver": "file", "filename": "disk.qcow2", "cache": {"direct": true}
        }});
        qmp.execute_raw("blockdev-add", &nested).unwrap();
        qmp.execute_raw("query-status", &()).unwrap();
        for (member, value) in [
            ("file", json!({"driver": "file"})),
            ("read-only", json!(1)),
            ("no-such-member", json!(true)),
        ] {
            let mut wrong = nested.clone();
            wrong[member] = value;
            let error = qmp.execute_raw("blockdev-add", &wrong).unwrap_err();
            assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");
            assert!(
                error.to_string().contains(member),
                "{}: {error}",
                release.name
            );
        }
        let all = qmp.execute_raw("query-qmp-schema", &()).unwrap();
        assert_eq!(all, schema);
    }
}

#[test]
fn what_was_recorded_is_replayed() {
    let mut count = 0;
    let mock = named()
        .on("count", move |_| {
            count += 1;
            match count {
                1 => Reply::returns(json!(1))
                    .after_event("ONE", json!({"a": 1}))
                    .then_event("TWO", json!({})),
                2 => Reply::error("DeviceNotFound", "gone"),
                _ => Reply::returns(json!(3)).after_event("THREE", json!({})),
            }
        })
        .build();
    let recorder = Recorder::new(Vec::new());
    let session = |mock: &Mock, options: Options| {
        let mut qmp = Client::<Qmp>::from_stream(mock.spawn().unwrap(), options).unwrap();
        let mut seen = vec![qmp.execute_raw("query-name", &()).unwrap().to_string()];
        for _ in 0..3 {
            seen.push(match qmp.execute_raw("count", &()) {
                Ok(value) => value.to_string(),
                Err(error) => error.to_string(),
            });
        }
        seen.extend(
            qmp.events()
                .map(|event| format!("{} {}", event.name, event.data_json())),
        );
        seen
    };
    let first = session(&mock, Options::new().tap(recorder.tap()));
    assert_eq!(first[3], "3");
    assert_eq!(first[4..], ["ONE {\"a\":1}", "TWO {}", "THREE {}"]);

    let recording = String::from_utf8(recorder.finish().unwrap()).unwrap();
    let replayed = Mock::builder().replay(&recording).unwrap().build();
    assert_eq!(session(&replayed, Options::new()), first);
    let error = Mock::builder().replay("oops").unwrap_err();
    let causes = test_support::causes(&error);
    assert_eq!(causes.len(), 2);
    assert_eq!(causes[0], "invalid recording: a line is not JSON");
}

#[test]
fn it_serves_at_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("unix:{}/socket", folder.path().display());
    for address in [address.as_str(), "tcp:localhost:0"] {
        let listener = Listener::bind(address).unwrap();
        let address = listener.address().clone();
        // The thread serves until the process ends.
        std::thread::spawn(move || named().build().serve_all(&listener));
        for _ in 0..2 {
            let mut qmp = Client::connect(&address).unwrap();
            qmp.execute_raw("query-name", &()).unwrap();
        }
    }
}

#[test]
fn each_fault_has_its_error() {
    let half = "{\"return\": {\"na";
    let mock = named()
        .on("silent", |_| Reply::silence())
        .on("slow", |_| Reply::nothing().delayed(4 * SHORT))
        .on("half", move |_| Reply::text(half).then_close())
        .on("garbage", |_| Reply::text("<html>"))
        .on("close", |_| Reply::silence().then_close())
        .build();
    let fail = |command: &str| {
        let options = Options::new().time_limit(SHORT);
        let mut qmp = Client::<Qmp>::from_stream(mock.spawn().unwrap(), options).unwrap();
        let error = qmp.execute_raw(command, &()).unwrap_err();
        if error.is_connection_usable() {
            qmp.execute_within(&Name, LONG).unwrap();
        }
        error
    };
    assert!(matches!(fail("silent"), Error::TimedOut(_)));
    assert!(matches!(fail("slow"), Error::TimedOut(_)));
    assert!(matches!(fail("half"), Error::Lost(_)));
    assert!(matches!(fail("garbage"), Error::Broken(_)));
    assert!(matches!(fail("close"), Error::Lost(_)));
}

/// `query-name`, as a type.
struct Name;

impl serde_core::Serialize for Name {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map::<&str, &str, [(&str, &str); 0]>([])
    }
}

impl qmp_transport::Command for Name {
    type Protocol = Qmp;
    type Return = Value;
    const NAME: &'static str = "query-name";
}

#[test]
fn item_19_a_server_that_dies_at_any_point_is_an_error_of_that_point() {
    let greeting = r#"{"QMP":{"version":{},"capabilities":[]}}"#;
    for length in 0..greeting.len() {
        let mock = Mock::builder()
            .begin_with(Reply::text(&greeting[..length]).then_close())
            .build();
        let error = connect(&mock).unwrap_err();
        assert!(
            matches!(error, Error::Greeting(GreetingError::Closed { .. })),
            "{error}"
        );
    }
    let reply = r#"{"return":{"a":[1,"}"]},"id":"#;
    for length in 0..reply.len() {
        let mock = Mock::builder()
            .on("x", move |_| Reply::text(&reply[..length]).then_close())
            .build();
        let mut qmp = connect(&mock).unwrap();
        let error = qmp.execute_raw("x", &()).unwrap_err();
        assert!(matches!(error, Error::Lost(_)), "{error}");
    }
}
