//! Turns the plan into tokens, and these into text. Nothing is decided here.

mod alternate;
mod any;
mod declarations;
mod doc_text;
mod functions;
mod message;
mod open_enum;
mod parts;
mod paths;
mod printer;
mod spacing;
mod structs;
mod union;

use quote::quote;

use crate::options::Protocol;
use crate::plan::{Body, Definition, Module, Node, Plan};

use parts::{Context, Part, conversion, docs, ident, part};
use printer::Printer;

pub(crate) use printer::INDENT;

/// All of the plan, as text.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    pub(crate) modules: Vec<ModuleText>,
    /// What stands beside the modules.
    pub(crate) declarations: String,
}

/// A module at the top level, as text.
#[derive(Clone, Debug)]
pub(crate) struct ModuleText {
    /// The name as Rust has it.
    pub(crate) name: String,
    /// What declares it, documentation and attributes included, without the body
    /// or a sign for its end.
    pub(crate) declaration: String,
    /// What is in it, indented by one level.
    pub(crate) body: String,
}

/// Renders the plan.
pub(crate) fn render(plan: &Plan) -> Rendered {
    let mut declarations = Printer::new(0);
    let release = plan.release.as_deref();
    declarations.print(declarations::render(release, &plan.declarations));
    Rendered {
        modules: modules(plan),
        declarations: declarations.finish(),
    }
}

fn modules(plan: &Plan) -> Vec<ModuleText> {
    let modules = plan.modules.iter();
    modules
        .map(|module| {
            let name = ident(&module.name);
            let docs = docs(&module.docs);
            let mut declaration = Printer::new(0);
            // Generated code is held against no lint but rustc's own, and uses
            // deprecated items of its own.
            declaration.print(quote! {
                #docs
                #[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
                pub mod #name
            });
            let mut body = Printer::new(1);
            for node in &module.nodes {
                body.print(render_node(node, plan.protocol).into_tokens());
            }
            ModuleText {
                name: module.name.clone(),
                declaration: declaration.finish(),
                body: body.finish(),
            }
        })
        .collect()
}

fn render_node(node: &Node, protocol: Protocol) -> Part {
    match node {
        Node::Definition(definition) => render_definition(definition, protocol),
        Node::Any(any) => any::render(any, protocol),
        Node::Module(module) => submodule(module, protocol),
        Node::Export { module, kind } => {
            let (module, kind) = (ident(module), ident(kind));
            // Not everybody uses what is exported beside the place where it is.
            part! {
                #[allow(unused_imports)]
                pub use super::#module::#kind::*;
            }
        }
    }
}

fn submodule(module: &Module, protocol: Protocol) -> Part {
    let name = ident(&module.name);
    let docs = docs(&module.docs);
    let nodes = module.nodes.iter();
    let nodes = nodes.map(|node| render_node(node, protocol));
    part! {
        #docs
        pub mod #name { #(#nodes)* }
    }
}

fn render_definition(definition: &Definition, protocol: Protocol) -> Part {
    let c = &Context::new(definition, protocol);
    let body = match &definition.body {
        Body::Enum(of) => open_enum::render(c, of),
        Body::Struct(of) => structs::render(c, of),
        Body::Newtype(of) => structs::render_newtype(c, of),
        Body::Branches {
            branches,
            tag,
            default_branch,
            constructors,
        } => {
            let enumeration = union::render_branches(c, branches);
            let constructors = functions::constructors(c, &branches.head, constructors);
            let wire = union::render_wire(c, &branches.head, tag, *default_branch);
            part!(#enumeration #constructors #wire)
        }
        Body::Union(of) => {
            let common = structs::render(c, &of.common);
            let constructors = functions::constructors(c, &of.common.head, &of.constructors);
            let branches = union::render_branches(c, &of.branches);
            part!(#common #constructors #branches)
        }
        Body::Alternate(of) => alternate::render(c, of),
    };
    let conversions = definition.conversions.iter();
    let conversions = conversions.map(|of| conversion(c, &c.name, of));
    let message = definition.message.as_ref();
    let message = message.map(|of| message::render(c, of));
    part! {
        #body
        #(#conversions)*
        #message
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
