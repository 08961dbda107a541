//! The enums of all events and, where the bindings also serve, of all commands.

use super::{INLINE, Renderer};
use crate::writer::line;

/// An enum of all commands or all events.
struct Any<'a> {
    name: &'a str,
    doc: &'a str,
    /// `command` or `event`.
    kind: &'a str,
    /// `arguments` or `data`.
    content: &'a str,
    /// The trait in `qmp_types`.
    of: &'a str,
    /// The names on the wire, and in Rust.
    items: Vec<(&'a str, &'a str)>,
}

impl Renderer<'_> {
    /// The enum of all commands.
    pub(super) fn any_command(&mut self) {
        let layout = self.layout;
        let items = &layout.commands;
        self.any(&Any {
            name: layout.any_command(),
            doc: "Any command, as a server receives it.",
            kind: "command",
            content: "arguments",
            of: "AnyCommand",
            items: items
                .iter()
                .map(|(c, name)| (c.name.as_str(), *name))
                .collect(),
        });
    }

    /// The enum of all events.
    pub(super) fn any_event(&mut self) {
        let layout = self.layout;
        let items = &layout.events;
        self.any(&Any {
            name: layout.any_event(),
            doc: "Any event. [`qmp_types::RawEvent::decode_any`](::qmp_types::RawEvent::decode_any) makes one; \
                  the time stands beside it there.",
            kind: "event",
            content: "data",
            of: "AnyEvent",
            items: items.iter().map(|(e, name)| (e.name.as_str(), *name)).collect(),
        });
    }

    fn any(&mut self, any: &Any<'_>) {
        let Any {
            name,
            kind,
            content,
            ..
        } = any;
        self.w.doc(any.doc);
        line!(self.w, "#[derive(Clone, PartialEq)]");
        line!(self.w, "#[non_exhaustive]");
        line!(self.w, "pub enum {name} {{");
        for (wire, variant) in &any.items {
            self.w.doc(&format!("The {kind} `{wire}`."));
            self.cfgs(wire);
            line!(self.w, "{variant}({variant}),");
        }
        let article = if *kind == "event" { "An" } else { "A" };
        self.w
            .doc(&format!("{article} {kind} that the schema does not know."));
        line!(self.w, "Unrecognized {{");
        self.w.doc("Its name on the wire.");
        line!(self.w, "name: ::std::string::String,");
        self.w.doc(&format!("Its {content}."));
        line!(self.w, "{content}: ::qmp_types::wire::Value,");
        line!(self.w, "}},");
        line!(self.w, "}}");
        self.open_debug(name);
        line!(self.w, "match self {{");
        for (wire, variant) in &any.items {
            self.cfgs(wire);
            line!(
                self.w,
                "Self::{variant}(value) => ::qmp_types::wire::debug_variant(f, {variant:?}, value),"
            );
        }
        line!(
            self.w,
            "Self::Unrecognized {{ name, {content} }} => ::qmp_types::wire::debug_unrecognized(f, name, {content:?}, {content}),"
        );
        line!(self.w, "}}");
        self.close_impl();
        self.open_of_protocol(any.of, name);
        line!(
            self.w,
            "fn decode<'de, D: ::qmp_types::wire::Deserializer<'de>>(name: &::core::primitive::str, {content}: D) -> ::core::result::Result<Self, D::Error> {{"
        );
        line!(self.w, "::core::result::Result::Ok(match name {{");
        for (wire, variant) in &any.items {
            self.cfgs(wire);
            line!(
                self.w,
                "{wire:?} => Self::{variant}(::qmp_types::wire::read({content})?),"
            );
        }
        line!(
            self.w,
            "_ => Self::Unrecognized {{ name: name.into(), {content}: ::qmp_types::wire::Deserialize::deserialize({content})? }},"
        );
        line!(self.w, "}})");
        line!(self.w, "}}");
        line!(self.w, "{INLINE}");
        line!(self.w, "fn name(&self) -> &::core::primitive::str {{");
        line!(self.w, "match self {{");
        for (wire, variant) in &any.items {
            self.cfgs(wire);
            line!(self.w, "Self::{variant}(_) => {wire:?},");
        }
        line!(self.w, "Self::Unrecognized {{ name, .. }} => name,");
        line!(self.w, "}}");
        self.close_impl();
        if self.both_directions {
            self.any_write(any);
        }
        for (wire, variant) in &any.items {
            self.cfgs(wire);
            line!(
                self.w,
                "impl ::core::convert::From<{variant}> for {name} {{"
            );
            line!(self.w, "{INLINE}");
            line!(self.w, "fn from({kind}: {variant}) -> Self {{");
            line!(self.w, "Self::{variant}({kind})");
            self.close_impl();
        }
    }

    /// Writes the arguments or the data; the name goes elsewhere on the wire.
    fn any_write(&mut self, any: &Any<'_>) {
        let Any {
            name,
            kind,
            content,
            ..
        } = any;
        line!(self.w, "impl ::qmp_types::wire::Serialize for {name} {{");
        line!(
            self.w,
            "fn serialize<S: ::qmp_types::wire::Serializer>(&self, s: S) -> ::core::result::Result<S::Ok, S::Error> {{"
        );
        line!(self.w, "match self {{");
        for (wire, variant) in &any.items {
            self.cfgs(wire);
            line!(
                self.w,
                "Self::{variant}({kind}) => ::qmp_types::wire::Serialize::serialize({kind}, s),"
            );
        }
        line!(
            self.w,
            "Self::Unrecognized {{ {content}, .. }} => ::qmp_types::wire::Serialize::serialize({content}, s),"
        );
        line!(self.w, "}}");
        self.close_impl();
    }
}
