//! The plan: everything that is generated, as data, with its final names, types,
//! boxes, functions, conversions, documentation and attributes.

mod actions;
mod attributes;
mod boxing;
mod constructors;
mod conversions;
mod declarations;
mod definitions;
mod docs;
mod enums;
mod example;
mod expr;
mod features;
mod history;
mod item;
mod layout;
mod manual;
mod meaning;
mod messages;
mod modules;
mod planner;
mod prose;
mod structs;
mod summaries;
mod types;
mod unions;

use qapi_parser::Schema;

use layout::Layout;
use planner::Planner;

use crate::error::Error;
use crate::item::{Item, ItemKind};
use crate::names::Names;
use crate::options::{Checked, Options, Protocol};
use crate::releases::Releases;
use crate::select::Selection;

pub(crate) use expr::Expr;
pub(crate) use item::{
    Alternate, Any, Argument, Body, Branches, Conversion, Definition, Enum, Extra, Field, Function,
    FunctionKind, Head, JsonType, Message, MessageKind, Module, Newtype, Node, Reply, Struct,
    TypesPath, Variant, Wire,
};
pub(crate) use types::{Setting, Taken, Ty};

/// Everything that is generated.
pub(crate) struct Plan {
    pub(crate) protocol: Protocol,
    /// The bundled release, or the range of releases, that the schema is of.
    pub(crate) release: Option<String>,
    /// What is selected, as text for clients.
    pub(crate) declarations: String,
    /// The modules at the top level.
    pub(crate) modules: Vec<Module>,
    pub(crate) commands: usize,
    pub(crate) events: usize,
    pub(crate) types: usize,
}

impl Plan {
    /// Decides what is generated of a schema.
    ///
    /// # Errors
    /// A name matches nothing, or options contradict each other.
    pub(crate) fn new(
        schema: &Schema,
        names: &Names,
        selection: &Selection<'_>,
        options: &Options,
        checked: &Checked,
        protocol: Protocol,
        releases: Option<&Releases>,
    ) -> Result<Self, Error> {
        let layout = Layout::new(schema, selection, names, &checked.extern_paths)?;
        attributes::check(&checked.attributes, &layout)?;
        let planner = Planner::new(&layout, options, &checked.attributes, protocol, releases);
        Ok(Self {
            protocol,
            release: releases.map(ToString::to_string),
            declarations: declarations::declarations(&layout),
            modules: planner.modules(options.modules),
            commands: layout.commands.len(),
            events: layout.events.len(),
            types: layout.types.len(),
        })
    }

    /// What users see of the definitions.
    pub(crate) fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for module in &self.modules {
            collect_items(module, &mut items);
        }
        items
    }
}

fn collect_items(module: &Module, items: &mut Vec<Item>) {
    for node in &module.nodes {
        match node {
            Node::Definition(definition) => {
                let item = &definition.item;
                items.push(item.clone());
                if let Body::Union(union) = &definition.body {
                    items.push(Item {
                        path: format!("types::{}", union.branches.head.name),
                        kind: ItemKind::Branches,
                        ..item.clone()
                    });
                }
            }
            Node::Module(module) => collect_items(module, items),
            Node::Any(_) | Node::Export { .. } => {}
        }
    }
}

#[cfg(all(test, feature = "files"))]
#[allow(clippy::unwrap_used)]
mod tests;
