//! The plan: everything that is generated, with its final names, types, boxes,
//! functions, conversions, documentation and attributes, as data.

mod attributes;
mod boxing;
mod constructors;
mod conversions;
mod docs;
mod enums;
mod example;
mod expr;
mod item;
mod layout;
mod manual;
mod meaning;
mod messages;
mod modules;
mod prose;
mod structs;
mod summaries;
mod types;
mod unions;

use std::collections::HashMap;

use qapi_parser::Schema;
use qapi_parser::schema::{Feature, TypeId, TypeKind};

use attributes::OfUser;
use conversions::Actions;
use docs::Subject;
use layout::Layout;
use meaning::Meaning;

use crate::error::Error;
use crate::item::{Item, ItemKind};
use crate::names::Names;
use crate::options::{Attribute, Checked, Modules, Options, Protocol};
use crate::select::Selection;
use crate::user_rust::UserRust;

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
    ) -> Result<Self, Error> {
        let layout = Layout::new(schema, selection, names, &checked.extern_paths)?;
        attributes::check(&checked.attributes, &layout)?;
        let planner = Planner::new(&layout, options, &checked.attributes, protocol);
        Ok(Self {
            protocol,
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

/// Plans one definition after the other.
struct Planner<'l> {
    layout: &'l Layout<'l>,
    protocol: Protocol,
    both_directions: bool,
    attributes: &'l [Attribute<UserRust>],
    /// The path of the module of types, seen from commands and events.
    types: TypesPath,
    /// The same, seen from types.
    own: TypesPath,
    /// The path of the top level, seen from commands and events, with the last
    /// separator.
    root: &'static str,
    /// Where the documentation links to, by the schema's names.
    places: HashMap<&'l str, String>,
    actions: Actions<'l>,
}

impl<'l> Planner<'l> {
    fn new(
        layout: &'l Layout<'l>,
        options: &Options,
        attributes: &'l [Attribute<UserRust>],
        protocol: Protocol,
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
            both_directions: options.both_directions,
            attributes,
            types,
            own,
            root,
            places: types_at.chain(commands).chain(events).collect(),
            actions: Actions::of(layout),
        }
    }

    /// What a type of the schema becomes.
    fn definition(&self, id: TypeId) -> Option<Definition> {
        let schema = self.layout.schema;
        let name = self.layout.names.of_type(id);
        let of_user = OfUser::of(self.attributes, &schema[id].name);
        let meaning = &Meaning::of_type(schema, id);
        let (kind, body) = match &schema[id].kind {
            TypeKind::Builtin(_) | TypeKind::Array(_) => return None,
            TypeKind::Enum(values) => (
                ItemKind::Enum,
                Body::Enum(self.open_enum(id, values, name, meaning, &of_user)),
            ),
            TypeKind::Alternate(_) => (
                ItemKind::Alternate,
                Body::Alternate(self.alternate(id, name, meaning, &of_user)),
            ),
            TypeKind::Object(object) if object.variants.is_some() => {
                (ItemKind::Union, self.union(id, name, meaning, &of_user))
            }
            TypeKind::Object(_) => (
                ItemKind::Struct,
                Body::Struct(self.structure(id, name, meaning, &of_user)),
            ),
        };
        let conversions = match &body {
            Body::Enum(_) | Body::Newtype(_) | Body::Branches { .. } => Vec::new(),
            Body::Struct(_) => self.conversions_of_wrapper(id),
            Body::Union(_) => self.conversions_of_union(id),
            Body::Alternate(_) => self.conversions_of_alternate(id),
        };
        Some(Definition {
            item: Item {
                name: schema[id].name.clone(),
                path: format!("types::{name}"),
                kind,
                is_named: !schema[id].implicit,
            },
            cfgs: of_user.cfgs,
            types: self.own,
            body,
            conversions,
            message: None,
        })
    }

    /// What the documentation of a type is made from.
    fn subject<'m>(
        &self,
        kind: &'static str,
        id: TypeId,
        meaning: &'m Meaning<'l>,
    ) -> Subject<'m, 'l> {
        let ty = &self.layout.schema[id];
        Subject {
            kind,
            name: &ty.name,
            meaning,
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
}

/// What stands before a struct or an enum. `given` are the traits that it has
/// without deriving them.
fn head(
    name: &str,
    docs: String,
    features: &[Feature],
    derives: &'static [&'static str],
    given: &[&str],
    of_user: &OfUser,
) -> Head {
    Head {
        name: name.to_owned(),
        docs,
        deprecated: docs::is_deprecated(features),
        derives,
        more_derives: of_user.derives_beside(&[derives, given].concat()),
        attributes: of_user.attributes.clone(),
    }
}

#[cfg(all(test, feature = "files"))]
#[allow(clippy::unwrap_used)]
mod tests;
