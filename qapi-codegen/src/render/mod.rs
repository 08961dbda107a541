//! From the layout to Rust text.

mod alternate;
mod any;
mod command;
mod constructor;
mod debug;
mod docs;
mod event;
mod open_enum;
mod record;
mod union;

use std::ops::Range;

use qapi_parser::schema::{Command, Event, Feature, ModuleId, TypeId, TypeKind};

use crate::attributes::Extra;
use crate::config::{Attribute, Config, Modules, Protocol};
use crate::layout::{Field, Layout};
use crate::meaning::Meaning;
use crate::prose;
use crate::writer::{Writer, line};

/// Generated code is held against no lint but rustc's own, and uses deprecated
/// items of its own.
const ALLOW: &str =
    "#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]";

/// Not everybody uses what is exported beside the place where it stands.
const ALLOW_EXPORTS: &str = "#[allow(unused_imports)]";

const COMMANDS: &str = "The commands. Each value holds a command's arguments.";
const EVENTS: &str = "The events, and the enum of all of them. Each value holds an event's data.";
const TYPES: &str = "What commands take and return, and events carry.";

/// On what is not generic: a user's crate then compiles what it calls, and the
/// bindings' own crate compiles none of it. And on what reads an object, which is
/// called in one place.
const INLINE: &str = "#[inline]";

/// Rust text, and where its modules are in it.
pub(crate) struct Rendered {
    pub(crate) text: String,
    pub(crate) modules: Vec<Module>,
}

/// A module at the top level, as byte offsets.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    pub(crate) name: String,
    /// From `pub mod` to behind the last bracket.
    pub(crate) whole: Range<usize>,
    /// What is between the brackets.
    pub(crate) body: Range<usize>,
}

/// Renders everything that the layout has.
pub(crate) fn render(
    layout: &Layout<'_>,
    config: &Config,
    protocol: Protocol,
    header: &str,
) -> Rendered {
    let (types, own) = match config.modules {
        Modules::Kinds => ("super::types::", ""),
        // By way of the modules that export everything.
        Modules::Schema => ("super::super::types::", "super::super::types::"),
    };
    let mut renderer = Renderer {
        layout,
        protocol,
        both_directions: config.both_directions,
        attributes: &config.attributes,
        types,
        own,
        extra: Extra::default(),
        modules: Vec::new(),
        w: Writer::default(),
    };
    line!(renderer.w, "{header}");
    match config.modules {
        Modules::Kinds => renderer.by_kind(),
        Modules::Schema => renderer.by_schema_module(),
    }
    Rendered {
        text: renderer.w.finish(),
        modules: renderer.modules,
    }
}

struct Renderer<'l> {
    layout: &'l Layout<'l>,
    protocol: Protocol,
    both_directions: bool,
    attributes: &'l [Attribute],
    /// The path of the module of types, seen from commands and events.
    types: &'static str,
    /// The same, seen from types.
    own: &'static str,
    /// What the user puts on the present definition.
    extra: Extra<'l>,
    modules: Vec<Module>,
    w: Writer,
}

impl<'l> Renderer<'l> {
    fn by_kind(&mut self) {
        let layout = self.layout;
        let [commands, events, types] = self.indexed();
        self.module("commands", &commands, |r| {
            r.definitions(&layout.commands, &[], &[]);
            r.enum_of_commands();
        });
        self.module("events", &events, |r| {
            r.definitions(&[], &layout.events, &[]);
            r.any_event();
        });
        self.module("types", &types, |r| r.definitions(&[], &[], &layout.types));
    }

    /// The documentation of the three modules, with what is in them.
    fn indexed(&self) -> [String; 3] {
        let layout = self.layout;
        let commands = layout.commands.iter().map(|(command, name)| {
            let place = format!("commands::{name}");
            (command.module, place, Meaning::of_command(command))
        });
        let events = layout.events.iter().map(|(event, name)| {
            let place = format!("events::{name}");
            (event.module, place, Meaning::of_event(event))
        });
        let types = layout.types.iter().map(|&id| {
            let place = format!("types::{}", layout.type_name(id));
            let meaning = Meaning::of_type(layout.schema, id);
            (layout.schema[id].module, place, meaning)
        });
        [
            COMMANDS.to_owned() + &self.index(&commands.collect::<Vec<_>>()),
            EVENTS.to_owned() + &self.index(&events.collect::<Vec<_>>()),
            TYPES.to_owned() + &self.index(&types.collect::<Vec<_>>()),
        ]
    }

    fn by_schema_module(&mut self) {
        let layout = self.layout;
        // What has no module is of the main one.
        let is_in = |module: Option<ModuleId>, id| module.unwrap_or(ModuleId(0)) == id;
        let mut exports = [const { Vec::new() }; 3];
        for (module, index) in layout.schema.modules.iter().zip(0..) {
            let id = ModuleId(index);
            let in_module = |module| is_in(module, id);
            let commands: Vec<_> = layout
                .commands
                .iter()
                .filter(|(c, _)| in_module(c.module))
                .copied()
                .collect();
            let events: Vec<_> = layout
                .events
                .iter()
                .filter(|(e, _)| in_module(e.module))
                .copied()
                .collect();
            let types: Vec<_> = layout
                .types
                .iter()
                .filter(|&&id| in_module(layout.schema[id].module))
                .copied()
                .collect();
            let name = layout.module_name(id);
            let filled = [!commands.is_empty(), !events.is_empty(), !types.is_empty()];
            for (exports, _) in exports.iter_mut().zip(filled).filter(|(_, filled)| *filled) {
                exports.push(name);
            }
            if filled.contains(&true) {
                let doc = format!("What {} declares.", prose::code(&module.path));
                self.module(name, &doc, |r| {
                    r.submodule("commands", COMMANDS, &commands, &[], &[]);
                    r.submodule(
                        "events",
                        "The events. Each value holds an event's data.",
                        &[],
                        &events,
                        &[],
                    );
                    r.submodule("types", TYPES, &[], &[], &types);
                });
            }
        }
        let [commands, events, types] = exports;
        self.module("commands", COMMANDS, |r| {
            r.export("commands", &commands);
            r.enum_of_commands();
        });
        self.module("events", EVENTS, |r| {
            r.export("events", &events);
            r.any_event();
        });
        self.module("types", TYPES, |r| r.export("types", &types));
    }

    /// Exports what modules of the schema have of a kind.
    fn export(&mut self, kind: &str, modules: &[&str]) {
        for module in modules {
            line!(self.w, "{ALLOW_EXPORTS}");
            line!(self.w, "pub use super::{module}::{kind}::*;");
        }
    }

    fn module(&mut self, name: &str, doc: &str, content: impl FnOnce(&mut Self)) {
        line!(self.w);
        self.w.doc(doc);
        line!(self.w, "{ALLOW}");
        let start = self.w.len();
        line!(self.w, "pub mod {name} {{");
        let body_start = self.w.len();
        content(self);
        let body_end = self.w.len();
        line!(self.w, "}}");
        self.modules.push(Module {
            name: name.to_owned(),
            whole: start..self.w.len(),
            body: body_start..body_end,
        });
    }

    fn submodule(
        &mut self,
        name: &str,
        doc: &str,
        commands: &[(&'l Command, &'l str)],
        events: &[(&'l Event, &'l str)],
        types: &[TypeId],
    ) {
        if commands.is_empty() && events.is_empty() && types.is_empty() {
            return;
        }
        self.w.doc(doc);
        line!(self.w, "pub mod {name} {{");
        self.definitions(commands, events, types);
        line!(self.w, "}}");
    }

    fn definitions(
        &mut self,
        commands: &[(&'l Command, &'l str)],
        events: &[(&'l Event, &'l str)],
        types: &[TypeId],
    ) {
        for (command, name) in commands {
            self.begin(&command.name);
            self.command(command, name);
        }
        for (event, name) in events {
            self.begin(&event.name);
            self.event(event, name);
        }
        let layout = self.layout;
        for &id in types {
            self.begin(&layout.schema[id].name);
            self.definition(id);
        }
        self.w.guard(&[]);
    }

    /// Looks up what the user puts on the definition of this name.
    fn begin(&mut self, name: &str) {
        self.extra = Extra::of(self.attributes, name);
        self.w.guard(&self.extra.cfgs);
    }

    /// The attributes of a struct or an enum, which derives these traits and
    /// what the user asks for.
    fn derive(&mut self, traits: &[&str]) {
        self.derive_beside(traits, traits);
    }

    /// Like [`Renderer::derive`], for what has its own `Debug`.
    fn derive_but_debug(&mut self, traits: &[&str]) {
        self.derive_beside(traits, &[traits, &["Debug"]].concat());
    }

    fn derive_beside(&mut self, traits: &[&str], given: &[&str]) {
        let more = self.extra.derives_beside(given);
        let all: Vec<&str> = traits.iter().copied().chain(more).collect();
        line!(self.w, "#[derive({})]", all.join(", "));
        for attribute in &self.extra.attributes {
            line!(self.w, "{attribute}");
        }
    }

    /// The conditions that the user puts on the definition of this name.
    fn cfgs(&mut self, name: &str) {
        for cfg in Extra::of(self.attributes, name).cfgs {
            line!(self.w, "{cfg}");
        }
    }

    /// Only who serves needs it.
    fn enum_of_commands(&mut self) {
        if self.both_directions {
            self.any_command();
        }
    }

    fn definition(&mut self, id: TypeId) {
        match &self.layout.schema[id].kind {
            TypeKind::Builtin(_) | TypeKind::Array(_) => {}
            TypeKind::Enum(values) => self.open_enum(id, values),
            TypeKind::Alternate(_) => self.alternate(id),
            TypeKind::Object(object) if object.variants.is_some() => self.union(id),
            TypeKind::Object(_) => self.structure(id),
        }
    }

    /// What the documentation of a type is made from.
    fn subject(&self, kind: &'static str, id: TypeId) -> docs::Subject<'l> {
        let ty = &self.layout.schema[id];
        docs::Subject {
            kind,
            name: &ty.name,
            meaning: Meaning::of_type(self.layout.schema, id),
            manual: match kind {
                "struct" | "union" => "object",
                other => other,
            },
            module: ty.module,
            example: None,
            condition: ty.condition.as_ref(),
            features: &ty.features,
        }
    }

    /// Opens the impl of a trait of which each type has its protocol's.
    fn open_of_protocol(&mut self, of: &str, name: &str) {
        line!(self.w, "impl ::qmp_types::{of} for {name} {{");
        line!(
            self.w,
            "type Protocol = ::qmp_types::{};",
            self.protocol.marker()
        );
    }

    /// The constants of commands and events that only some of them differ in.
    fn stability(&mut self, features: &[Feature]) {
        if docs::is_unstable(features) {
            line!(self.w, "const UNSTABLE: ::core::primitive::bool = true;");
        }
        if docs::is_deprecated(features) {
            line!(self.w, "const DEPRECATED: ::core::primitive::bool = true;");
        }
    }
}

/// `"a", "b"`
fn name_list(fields: &[Field<'_>]) -> String {
    let names: Vec<String> = fields
        .iter()
        .map(|field| format!("{:?}", field.member.name))
        .collect();
    names.join(", ")
}
