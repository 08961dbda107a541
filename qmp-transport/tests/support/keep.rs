//! A `tracing` subscriber that keeps spans and events.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Keeps all spans and events as text.
#[derive(Clone)]
pub struct Keep {
    level: Level,
    text: Arc<Mutex<String>>,
}

impl Keep {
    pub fn new(level: Level) -> Self {
        let text = Arc::default();
        Self { level, text }
    }

    /// Returns what was kept while a function ran, as lines.
    pub fn during(level: Level, act: impl FnOnce()) -> String {
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

/// Registers more than one subscriber. With only one, a callsite that is first reached
/// by a thread without a subscriber is disabled for all threads.
pub fn several() {
    static OTHERS: OnceLock<[Dispatch; 2]> = OnceLock::new();
    OTHERS.get_or_init(|| [(); 2].map(|()| Dispatch::new(Keep::new(Level::TRACE))));
}
