//! Events.

use qapi_parser::schema::Event;

use super::Renderer;
use super::docs::Subject;
use super::record::Record;
use crate::example;
use crate::meaning::Meaning;
use crate::writer::line;

impl Renderer<'_> {
    pub(super) fn event(&mut self, event: &Event, name: &str) {
        let subject = Subject {
            kind: "event",
            name: &event.name,
            meaning: Meaning::of_event(event),
            manual: "event",
            module: event.module,
            example: example::of_event(self.layout, event),
            condition: event.condition.as_ref(),
            features: &event.features,
        };
        self.document(&subject, "");
        match event.args {
            Some(id) if self.is_named(id) => self.newtype(name, id, true, self.both_directions),
            args => {
                let fields = args.map(|id| self.layout.fields(id)).unwrap_or_default();
                self.record(&Record {
                    name,
                    meaning: subject.meaning,
                    fields: &fields,
                    types: self.types,
                    union: None,
                    extra: None,
                    read: true,
                    write: self.both_directions,
                });
            }
        }
        self.open_of_protocol("Event", name);
        line!(
            self.w,
            "const NAME: &'static ::core::primitive::str = {:?};",
            event.name
        );
        self.stability(&event.features);
        line!(self.w, "}}");
    }
}
