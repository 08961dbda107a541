//! Commands and events, and the enums of all of them.

use qapi_parser::schema::{Command, Event, Feature, Releases};

use super::attributes::OfUser;
use super::docs::{Presence, Subject};
use super::example;
use super::features::{is_deprecated, is_unstable};
use super::item::{Any, AnyVariant, Body, Definition, Message, MessageKind, Reply, Wire};
use super::meaning::Meaning;
use super::planner::Planner;
use super::structs::Record;
use super::types::Ty;
use crate::item::{Item, ItemKind};

impl<'l> Planner<'l> {
    pub(super) fn command(&self, command: &'l Command) -> Definition {
        let layout = self.layout;
        let name = layout.names.of_command(&command.name);
        let of_user = OfUser::of(self.attributes, &command.name);
        let meaning = Meaning::of_command(command);
        let subject = Subject {
            kind: ItemKind::Command,
            name: &command.name,
            meaning: &meaning,
            module: command.module,
            example: example::of_command(layout, command),
            presence: Presence {
                releases: command.releases,
                mandatory_in: Releases::NONE,
                condition: command.condition.as_ref(),
                features: &command.features,
            },
        };
        let docs = self.document(&subject, &self.returns(command));
        let wire = Wire {
            read: self.both_directions,
            write: true,
        };
        let mut conversions = Vec::new();
        let body = match command.args {
            Some(id) if layout.is_named(id) => {
                conversions = self.conversions_of_command(&command.name, name, id);
                Body::Newtype(self.newtype(
                    (name, ItemKind::Command),
                    docs,
                    &command.features,
                    id,
                    wire,
                    &of_user,
                ))
            }
            args => {
                let extra = !command.gen_code && args.is_some();
                let slots = match args {
                    Some(id) if extra => layout.slots_beside_extra(id),
                    Some(id) => layout.slots(id),
                    None => [].into(),
                };
                let record = Record {
                    name,
                    kind: ItemKind::Command,
                    docs,
                    features: &command.features,
                    meaning: &meaning,
                    slots: &slots,
                    union: None,
                    extra: extra.then_some(command.name.as_str()),
                    wire,
                };
                Body::Struct(self.record(record, &of_user))
            }
        };
        let mut constants: Vec<_> = [
            ("ALLOW_OOB", command.allow_oob, true),
            ("ALLOW_PRECONFIG", command.allow_preconfig, true),
            ("SUCCESS_RESPONSE", !command.success_response, false),
        ]
        .into_iter()
        .filter_map(|(name, differs, value)| differs.then_some((name, value)))
        .collect();
        constants.extend(stability(&command.features));
        let returns = command.ret.map(|id| layout.ty(id));
        Definition {
            item: Item {
                name: command.name.clone(),
                path: format!("commands::{name}"),
                kind: ItemKind::Command,
                is_named: true,
            },
            cfgs: of_user.cfgs,
            types: self.types,
            body,
            conversions,
            message: Some(Message {
                wire: command.name.clone(),
                constants,
                kind: MessageKind::Command {
                    release: self.releases.map(ToString::to_string),
                    decode: match &returns {
                        None => Some("nothing"),
                        Some(Ty::List(_)) => Some("list"),
                        Some(_) => None,
                    },
                    encode: self.both_directions.then_some(match &returns {
                        None => Reply::Nothing,
                        Some(_) => Reply::Value,
                    }),
                    returns: returns.unwrap_or(Ty::Unit),
                },
            }),
        }
    }

    pub(super) fn event(&self, event: &'l Event) -> Definition {
        let layout = self.layout;
        let name = layout.names.of_event(&event.name);
        let of_user = OfUser::of(self.attributes, &event.name);
        let meaning = Meaning::of_event(event);
        let subject = Subject {
            kind: ItemKind::Event,
            name: &event.name,
            meaning: &meaning,
            module: event.module,
            example: example::of_event(layout, event),
            presence: Presence {
                releases: event.releases,
                mandatory_in: Releases::NONE,
                condition: event.condition.as_ref(),
                features: &event.features,
            },
        };
        let docs = self.document(&subject, "");
        let wire = Wire {
            read: true,
            write: self.both_directions,
        };
        let body = match event.args {
            Some(id) if layout.is_named(id) => Body::Newtype(self.newtype(
                (name, ItemKind::Event),
                docs,
                &event.features,
                id,
                wire,
                &of_user,
            )),
            args => {
                let record = Record {
                    name,
                    kind: ItemKind::Event,
                    docs,
                    features: &event.features,
                    meaning: &meaning,
                    slots: &args.map_or_else(|| [].into(), |id| layout.slots(id)),
                    union: None,
                    extra: None,
                    wire,
                };
                Body::Struct(self.record(record, &of_user))
            }
        };
        Definition {
            item: Item {
                name: event.name.clone(),
                path: format!("events::{name}"),
                kind: ItemKind::Event,
                is_named: true,
            },
            cfgs: of_user.cfgs,
            types: self.types,
            body,
            conversions: Vec::new(),
            message: Some(Message {
                wire: event.name.clone(),
                constants: stability(&event.features).collect(),
                kind: MessageKind::Event,
            }),
        }
    }

    /// The enum of all commands.
    pub(super) fn any_of_commands(&self) -> Any {
        let names = self.layout.names;
        let commands = self.layout.commands.iter();
        let variants = commands.map(|command| {
            let name = names.of_command(&command.name);
            self.any_variant("command", &command.name, name)
        });
        Any {
            name: names.any_command().to_owned(),
            docs: "Any command, as a server receives it.",
            kind: "command",
            content: "arguments",
            of: "AnyCommand",
            variants: variants.collect(),
            unknown_docs: "A command that the schema does not know.",
            name_docs: "Its name on the wire.",
            content_docs: "Its arguments.",
            write: self.both_directions,
        }
    }

    /// The enum of all events.
    pub(super) fn any_event(&self) -> Any {
        let names = self.layout.names;
        let events = self.layout.events.iter();
        let variants = events.map(|event| {
            let name = names.of_event(&event.name);
            self.any_variant("event", &event.name, name)
        });
        Any {
            name: names.any_event().to_owned(),
            docs: "Any event. [`qmp_types::RawEvent::decode_any`](::qmp_types::RawEvent::decode_any) makes one; \
                   the time stands beside it there.",
            kind: "event",
            content: "data",
            of: "AnyEvent",
            variants: variants.collect(),
            unknown_docs: "An event that the schema does not know.",
            name_docs: "Its name on the wire.",
            content_docs: "Its data.",
            write: self.both_directions,
        }
    }

    fn any_variant(&self, kind: &str, wire: &str, name: &str) -> AnyVariant {
        AnyVariant {
            wire: wire.to_owned(),
            name: name.to_owned(),
            docs: format!("The {kind} `{wire}`."),
            cfgs: OfUser::of(self.attributes, wire).cfgs,
        }
    }
}

/// The constants of commands and events that only some of them differ in.
fn stability(features: &[Feature]) -> impl Iterator<Item = (&'static str, bool)> + use<> {
    let unstable = is_unstable(features).then_some(("UNSTABLE", true));
    let deprecated = is_deprecated(features).then_some(("DEPRECATED", true));
    unstable.into_iter().chain(deprecated)
}
