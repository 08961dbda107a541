//! What the bindings declare, as the text that clients compare with what a server has.
//! `qmp_types::Declarations` describes its form.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use qapi_parser::schema::{Builtin, TypeId, TypeKind};

use super::layout::Layout;

/// A type in the text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    /// A type of JSON.
    Builtin(&'static str),
    /// An object without members.
    Empty,
    Declared(TypeId),
}

/// Writes what is selected.
pub(super) fn declarations(layout: &Layout<'_>) -> String {
    let mut writer = Writer {
        layout,
        numbers: HashMap::new(),
        nodes: Vec::new(),
    };
    let mut messages = String::new();
    for command in &layout.commands {
        let arguments = writer.number_of(command.args);
        let reply = writer.number_of(command.ret);
        // Writing to a string does not fail.
        let _ = writeln!(
            messages,
            "command {}:{arguments}:{reply}",
            plain(&command.name)
        );
    }
    for event in &layout.events {
        let data = writer.number_of(event.args);
        let _ = writeln!(messages, "event {}:{data}", plain(&event.name));
    }
    let types = writer.types();
    format!("introspection 1\n{types}{messages}end\n")
}

/// A name as the text has it. A schema that was put together by hand may have names that
/// no server can have; what would be something else than a name in the text is replaced.
fn plain(name: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    match name {
        "" => Cow::Borrowed("_"),
        name if name.starts_with(['-', '.']) => Cow::Owned(format!("_{}", plain(&name[1..]))),
        name if name.chars().all(is_plain) => Cow::Borrowed(name),
        name => Cow::Owned(name.replace(|c| !is_plain(c), "_")),
    }
}

/// Numbers types in the order in which they are first used.
struct Writer<'l, 's> {
    layout: &'l Layout<'s>,
    numbers: HashMap<Node, usize>,
    nodes: Vec<Node>,
}

impl Writer<'_, '_> {
    /// A line for each type. The lines of the first ones number the others.
    fn types(&mut self) -> String {
        let mut text = String::new();
        let mut index = 0;
        while let Some(&node) = self.nodes.get(index) {
            match node {
                Node::Builtin(name) => text += &format!("builtin {name}"),
                Node::Empty => text += "object",
                Node::Declared(id) => self.declared(&mut text, id),
            }
            text.push('\n');
            index += 1;
        }
        text
    }

    fn declared(&mut self, text: &mut String, id: TypeId) {
        let layout = self.layout;
        match &layout.schema[id].kind {
            // `node_of` makes another node of it.
            TypeKind::Builtin(_) => {}
            TypeKind::Array(element) => {
                let element = self.number(self.node_of(*element));
                let _ = write!(text, "array :{element}");
            }
            TypeKind::Enum(declared) => {
                text.push_str("enum");
                let selection = layout.selection;
                for value in &declared.values {
                    if selection.exists(value.condition.as_ref(), &value.features) {
                        let _ = write!(text, " ^{}", plain(&value.name));
                    }
                }
            }
            TypeKind::Alternate(_) => {
                text.push_str("alternate");
                for arm in &*layout.arms(id) {
                    let number = self.number(self.node_of(arm.branch.ty));
                    let _ = write!(text, " :{number}");
                }
            }
            TypeKind::Object(_) => self.object(text, id),
        }
    }

    fn object(&mut self, text: &mut String, id: TypeId) {
        let layout = self.layout;
        let tag = layout.tag(id);
        text.push_str("object");
        for slot in &*layout.slots(id) {
            let name = slot.member.name.as_str();
            // The branches stand for the values of the discriminator.
            if Some(name) == tag {
                continue;
            }
            let number = self.number(self.node_of(slot.member.ty));
            let sign = if slot.optional { "*" } else { "" };
            let _ = write!(text, " {sign}{}:{number}", plain(name));
        }
        let Some(tag) = tag else {
            return;
        };
        let _ = write!(text, " ={}", plain(tag));
        for arm in &*layout.arms(id) {
            let number = self.number(self.node_of(arm.branch.ty));
            let _ = write!(text, " +{}:{number}", plain(&arm.branch.name));
        }
    }

    /// The number of arguments, data or a reply.
    fn number_of(&mut self, id: Option<TypeId>) -> usize {
        self.number(id.map_or(Node::Empty, |id| self.node_of(id)))
    }

    fn number(&mut self, node: Node) -> usize {
        let next = self.nodes.len();
        let number = *self.numbers.entry(node).or_insert(next);
        if number == next {
            self.nodes.push(node);
        }
        number
    }

    fn node_of(&self, id: TypeId) -> Node {
        if self.layout.is_external(id) {
            // What the user's type declares is not known.
            return Node::Builtin("value");
        }
        match &self.layout.schema[id].kind {
            TypeKind::Builtin(builtin) => Node::Builtin(match builtin {
                Builtin::Str => "string",
                Builtin::Number => "number",
                Builtin::Bool => "boolean",
                Builtin::Null => "null",
                Builtin::Any | Builtin::Anything => "value",
                Builtin::Int
                | Builtin::Int8
                | Builtin::Int16
                | Builtin::Int32
                | Builtin::Int64
                | Builtin::Uint8
                | Builtin::Uint16
                | Builtin::Uint32
                | Builtin::Uint64
                | Builtin::Int128
                | Builtin::Size => "int",
            }),
            _ => Node::Declared(id),
        }
    }
}
