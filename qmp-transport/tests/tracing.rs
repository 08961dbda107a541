//! What a `tracing` subscriber gets to see.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use qmp_transport::blocking::Client;
use qmp_transport::mock::{Mock, Reply};
use qmp_transport::{Options, Qmp};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps all events as text.
#[derive(Clone, Default)]
struct Keep(Arc<Mutex<String>>);

impl Visit for Keep {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0.lock().unwrap(), "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Keep {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
        self.0.lock().unwrap().push('\n');
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn commands_are_seen_and_secrets_are_not() {
    let mock = Mock::new()
        .on("object-add", |_| Reply::nothing())
        .on("device_del", |_| Reply::error("DeviceNotFound", "none"));
    let kept = Keep::default();
    tracing::subscriber::with_default(kept.clone(), || {
        let stream = mock.spawn().unwrap();
        let mut qmp = Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
        let secret = json!({"qom-type": "secret", "id": "key0", "data": "hunter2"});
        qmp.execute_raw("object-add", &secret).unwrap();
        qmp.execute_raw("device_del", &json!({"id": "disk7"}))
            .unwrap_err();
    });
    let kept = kept.0.lock().unwrap();
    let ended: Vec<&str> = kept
        .lines()
        .filter(|line| line.contains("command ended"))
        .collect();
    assert!(ended[0].contains("command=\"object-add\"") && ended[0].contains("returned"));
    assert!(ended[1].contains("command=\"device_del\"") && ended[1].contains("rejected"));
    assert!(ended[0].contains("duration="));
    assert!(
        kept.contains("disk7") && kept.contains("DeviceNotFound"),
        "{kept}"
    );
    assert!(!kept.contains("hunter2"), "{kept}");
}
