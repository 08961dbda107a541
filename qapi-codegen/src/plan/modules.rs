//! Which modules there are, and what is in each.

use qapi_parser::schema::{Command, Event, ModuleId, TypeId};

use super::item::{Module, Node};
use super::meaning::Meaning;
use super::planner::Planner;
use super::prose;
use crate::options::Modules;

const COMMANDS: &str = "The commands. Each value holds a command's arguments.";
const EVENTS: &str = "The events. Each value holds an event's data.";
const ALL_EVENTS: &str =
    "The events, and the enum of all of them. Each value holds an event's data.";
const TYPES: &str = "What commands take and return, and events carry.";

/// What one file of the schema declares.
#[derive(Default)]
struct File<'l> {
    commands: Vec<&'l Command>,
    events: Vec<&'l Event>,
    types: Vec<TypeId>,
}

impl<'l> Planner<'l> {
    /// The modules at the top level.
    pub(super) fn modules(&self, modules: Modules) -> Vec<Module> {
        match modules {
            Modules::Kinds => self.by_kind(),
            Modules::Schema => self.by_file(),
        }
    }

    fn by_kind(&self) -> Vec<Module> {
        let [commands, events, types] = self.indexed();
        let layout = self.layout;
        let mut modules = vec![
            module("commands", commands, self.commands(&layout.commands)),
            module("events", events, self.events(&layout.events)),
            module("types", types, self.types(&layout.types)),
        ];
        modules[0].nodes.extend(self.any_command());
        modules[1].nodes.push(Node::Any(self.any_event()));
        modules
    }

    /// The documentation of the three modules, with what is in them.
    fn indexed(&self) -> [String; 3] {
        let layout = self.layout;
        let names = layout.names;
        let commands = layout.commands.iter().map(|command| {
            let place = format!("commands::{}", names.of_command(&command.name));
            (command.module, place, Meaning::of_command(command))
        });
        let events = layout.events.iter().map(|event| {
            let place = format!("events::{}", names.of_event(&event.name));
            (event.module, place, Meaning::of_event(event))
        });
        let types = layout.types.iter().map(|&id| {
            let place = format!("types::{}", names.of_type(id));
            let meaning = Meaning::of_type(layout.schema, id);
            (layout.schema[id].module, place, meaning)
        });
        [
            COMMANDS.to_owned() + &self.index(&commands.collect::<Vec<_>>()),
            ALL_EVENTS.to_owned() + &self.index(&events.collect::<Vec<_>>()),
            TYPES.to_owned() + &self.index(&types.collect::<Vec<_>>()),
        ]
    }

    fn by_file(&self) -> Vec<Module> {
        let schema = self.layout.schema;
        let mut modules = Vec::new();
        let mut exports = [const { Vec::new() }; 3];
        for ((path, file), index) in schema.modules.iter().zip(self.files()).zip(0..) {
            let name = self.layout.names.of_module(ModuleId(index));
            let parts = [
                ("commands", COMMANDS, self.commands(&file.commands)),
                ("events", EVENTS, self.events(&file.events)),
                ("types", TYPES, self.types(&file.types)),
            ];
            let mut nodes = Vec::new();
            for ((kind, docs, content), exports) in parts.into_iter().zip(&mut exports) {
                if !content.is_empty() {
                    nodes.push(Node::Module(module(kind, docs.to_owned(), content)));
                    exports.push(Node::Export {
                        module: name.to_owned(),
                        kind,
                    });
                }
            }
            if !nodes.is_empty() {
                let docs = format!("What {} declares.", prose::code(&path.path));
                modules.push(module(name, docs, nodes));
            }
        }
        let [mut commands, mut events, types] = exports;
        commands.extend(self.any_command());
        events.push(Node::Any(self.any_event()));
        modules.push(module("commands", COMMANDS.to_owned(), commands));
        modules.push(module("events", ALL_EVENTS.to_owned(), events));
        modules.push(module("types", TYPES.to_owned(), types));
        modules
    }

    /// What each file of the schema declares.
    fn files(&self) -> Vec<File<'l>> {
        let layout = self.layout;
        let mut files = Vec::new();
        files.resize_with(layout.schema.modules.len(), File::default);
        // What has no module is of the main one.
        let index = |module: Option<ModuleId>| module.map_or(0, |module| module.0 as usize);
        for &command in &layout.commands {
            if let Some(file) = files.get_mut(index(command.module)) {
                file.commands.push(command);
            }
        }
        for &event in &layout.events {
            if let Some(file) = files.get_mut(index(event.module)) {
                file.events.push(event);
            }
        }
        for &id in &layout.types {
            if let Some(file) = files.get_mut(index(layout.schema[id].module)) {
                file.types.push(id);
            }
        }
        files
    }

    fn commands(&self, commands: &[&'l Command]) -> Vec<Node> {
        let commands = commands.iter().map(|command| self.command(command));
        commands.map(definition_node).collect()
    }

    fn events(&self, events: &[&'l Event]) -> Vec<Node> {
        let events = events.iter().map(|event| self.event(event));
        events.map(definition_node).collect()
    }

    fn types(&self, types: &[TypeId]) -> Vec<Node> {
        let types = types.iter().filter_map(|&id| self.definition(id));
        types.map(definition_node).collect()
    }

    /// The enum of all commands, which only servers need.
    fn any_command(&self) -> Option<Node> {
        self.both_directions
            .then(|| Node::Any(self.any_of_commands()))
    }
}

fn definition_node(definition: super::item::Definition) -> Node {
    Node::Definition(Box::new(definition))
}

fn module(name: &str, docs: String, nodes: Vec<Node>) -> Module {
    Module {
        name: name.to_owned(),
        docs,
        nodes,
    }
}
