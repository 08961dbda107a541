//! Events, and the enum of all of them.

use qapi_parser::schema::Event;

use super::docs::Subject;
use super::record::Record;
use super::{Renderer, TYPES};
use crate::writer::line;

impl Renderer<'_> {
    pub(super) fn event(&mut self, event: &Event, name: &str) {
        let subject = Subject {
            kind: "event",
            name: &event.name,
            doc: event.doc.as_ref(),
            condition: event.condition.as_ref(),
            features: &event.features,
        };
        self.document(&subject, "");
        match event.args {
            Some(id) if self.is_named(id) => self.newtype(name, id, true),
            args => {
                let fields = args
                    .map(|id| self.layout.fields(id, &["new"]))
                    .unwrap_or_default();
                self.record(&Record {
                    name,
                    doc: event.doc.as_ref(),
                    fields: &fields,
                    types: TYPES,
                    union: None,
                    extra: false,
                    read: true,
                    write: false,
                });
            }
        }
        line!(self.w, "impl ::qmp_types::Event for {name} {{");
        line!(
            self.w,
            "type Protocol = ::qmp_types::{};",
            self.protocol.marker()
        );
        line!(
            self.w,
            "const NAME: &'static ::core::primitive::str = {:?};",
            event.name
        );
        self.stability(&event.features);
        line!(self.w, "}}");
    }

    /// The enum of all events.
    pub(super) fn any_event(&mut self) {
        let layout = self.layout;
        let (name, events) = (layout.any_event(), &layout.events);
        self.w.doc(
            "Any event. [`qmp_types::RawEvent::decode_any`](::qmp_types::RawEvent::decode_any) makes one; \
             the time stands beside it there.",
        );
        line!(self.w, "#[derive(Clone, Debug, PartialEq)]");
        line!(self.w, "#[non_exhaustive]");
        line!(self.w, "pub enum {name} {{");
        for (event, variant) in events {
            self.w.doc(&format!("The event `{}`.", event.name));
            line!(self.w, "{variant}({variant}),");
        }
        self.w.doc("An event that the schema does not know.");
        line!(self.w, "Unrecognized {{");
        self.w.doc("Its name on the wire.");
        line!(self.w, "name: ::std::string::String,");
        self.w.doc("Its data.");
        line!(self.w, "data: ::qmp_types::wire::Value,");
        line!(self.w, "}},");
        line!(self.w, "}}");
        line!(self.w, "impl ::qmp_types::AnyEvent for {name} {{");
        line!(
            self.w,
            "type Protocol = ::qmp_types::{};",
            self.protocol.marker()
        );
        line!(
            self.w,
            "fn decode<'de, D: ::qmp_types::wire::Deserializer<'de>>(name: &::core::primitive::str, data: D) -> ::core::result::Result<Self, D::Error> {{"
        );
        line!(self.w, "::core::result::Result::Ok(match name {{");
        for (event, variant) in events {
            line!(
                self.w,
                "{:?} => Self::{variant}(::qmp_types::wire::read(data)?),",
                event.name
            );
        }
        line!(
            self.w,
            "_ => Self::Unrecognized {{ name: name.into(), data: ::qmp_types::wire::Deserialize::deserialize(data)? }},"
        );
        line!(self.w, "}})");
        line!(self.w, "}}");
        line!(self.w, "fn name(&self) -> &::core::primitive::str {{");
        line!(self.w, "match self {{");
        for (event, variant) in events {
            line!(self.w, "Self::{variant}(_) => {:?},", event.name);
        }
        line!(self.w, "Self::Unrecognized {{ name, .. }} => name,");
        line!(self.w, "}}");
        self.close_impl();
        for (_, variant) in events {
            line!(
                self.w,
                "impl ::core::convert::From<{variant}> for {name} {{"
            );
            line!(self.w, "fn from(event: {variant}) -> Self {{");
            line!(self.w, "Self::{variant}(event)");
            self.close_impl();
        }
    }
}
