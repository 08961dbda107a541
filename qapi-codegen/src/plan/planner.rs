//! The context in which each definition is planned.

use std::collections::HashMap;

use super::actions::Actions;
use super::history::Histories;
use super::item::TypesPath;
use super::layout::Layout;
use crate::options::{Attribute, Modules, Options, Protocol};
use crate::releases::Releases;
use crate::user_rust::UserRust;

/// Plans one definition after the other.
pub(super) struct Planner<'l> {
    pub(super) layout: &'l Layout<'l>,
    pub(super) protocol: Protocol,
    /// The releases that the schema is of.
    pub(super) releases: Option<&'l Releases>,
    pub(super) both_directions: bool,
    pub(super) attributes: &'l [Attribute<UserRust>],
    /// The path of the module of types, seen from commands and events.
    pub(super) types: TypesPath,
    /// The same, seen from types.
    pub(super) own: TypesPath,
    /// The path of the top level, seen from commands and events, with the last
    /// separator.
    pub(super) root: &'static str,
    /// Where the documentation links to, by the schema's names.
    pub(super) places: HashMap<&'l str, String>,
    pub(super) actions: Actions<'l>,
    pub(super) histories: Histories,
}

impl<'l> Planner<'l> {
    pub(super) fn new(
        layout: &'l Layout<'l>,
        options: &Options,
        attributes: &'l [Attribute<UserRust>],
        protocol: Protocol,
        releases: Option<&'l Releases>,
    ) -> Self {
        let (types, own, root): (TypesPath, TypesPath, _) = match options.modules {
            Modules::Kinds => (&["super", "types"], &[], "super::"),
            // By way of the modules that export everything.
            Modules::Schema => (
                &["super", "super", "types"],
                &["super", "super", "types"],
                "super::super::",
            ),
        };
        let names = layout.names;
        let place = |module: &str, name: &str| format!("{root}{module}::{name}");
        let types_at = layout.types.iter().map(|&id| {
            let name = layout.schema[id].name.as_str();
            (name, place("types", names.of_type(id)))
        });
        let commands = layout.commands.iter().map(|c| {
            let name = c.name.as_str();
            (name, place("commands", names.of_command(name)))
        });
        let events = layout.events.iter().map(|e| {
            let name = e.name.as_str();
            (name, place("events", names.of_event(name)))
        });
        Self {
            layout,
            protocol,
            releases,
            both_directions: options.both_directions,
            attributes,
            types,
            own,
            root,
            places: types_at.chain(commands).chain(events).collect(),
            actions: Actions::of(layout),
            histories: Histories::new(protocol, releases),
        }
    }
}
