//! The items of the generated code, with everything that was decided about them. The
//! renderer only writes them down.

use super::expr::Expr;
use super::types::{Setting, Taken, Ty};
use crate::item::Item;
use crate::user_rust::UserRust;

/// A module at the top level, or one in it.
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) nodes: Vec<Node>,
}

/// What is in a module.
pub(crate) enum Node {
    Definition(Box<Definition>),
    Any(Any),
    Module(Module),
    /// Exports what another module of this kind has.
    Export {
        module: String,
        kind: &'static str,
    },
}

/// What one definition of the schema becomes.
pub(crate) struct Definition {
    /// What users see of it.
    pub(crate) item: Item,
    /// The user's conditions, on all of its items.
    pub(crate) cfgs: Vec<UserRust>,
    /// The path from its module to the module of types.
    pub(crate) types: TypesPath,
    pub(crate) body: Body,
    /// The conversions that do not belong to the enum of a union's branches.
    pub(crate) conversions: Vec<Conversion>,
    pub(crate) message: Option<Message>,
}

/// The path to the module of types, without the last separator.
pub(crate) type TypesPath = &'static [&'static str];

/// The definition itself.
pub(crate) enum Body {
    Enum(Enum),
    Struct(Struct),
    /// A struct around a type of the schema: a command or an event.
    Newtype(Newtype),
    /// A union without other common members.
    Branches {
        branches: Branches,
        /// The discriminator on the wire.
        tag: String,
        /// The variant that is read where there is no discriminator.
        default_branch: Option<usize>,
        constructors: Vec<Function>,
    },
    Union(Box<Union>),
    Alternate(Alternate),
}

/// What stands before each struct and enum, and its name.
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) deprecated: bool,
    /// Traits of the standard library.
    pub(crate) derives: &'static [&'static str],
    /// Traits that the user wants beside them.
    pub(crate) more_derives: Vec<UserRust>,
    /// The user's attributes, without conditions.
    pub(crate) attributes: Vec<UserRust>,
}

/// A struct with named fields.
pub(crate) struct Struct {
    pub(crate) head: Head,
    pub(crate) fields: Vec<Field>,
    /// For a command that takes undeclared members: its name on the wire.
    pub(crate) extra: Option<Box<Extra>>,
    /// Whether `Debug` is not derived.
    pub(crate) own_debug: bool,
    pub(crate) new: Function,
    pub(crate) setters: Vec<Function>,
    pub(crate) wire: Wire,
}

/// The map of undeclared members.
pub(crate) struct Extra {
    /// The command's name on the wire.
    pub(crate) command: String,
    pub(crate) name: &'static str,
    pub(crate) docs: &'static str,
    /// What adds one member.
    pub(crate) add: Adder,
    /// What adds those of an object.
    pub(crate) add_all: Adder,
}

/// A function that adds undeclared members.
pub(crate) struct Adder {
    pub(crate) name: &'static str,
    pub(crate) docs: &'static str,
}

/// The directions in which something goes over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

/// A field of a struct.
pub(crate) struct Field {
    /// The member's name on the wire.
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) deprecated: bool,
    pub(crate) ty: Ty,
    pub(crate) boxed: bool,
    pub(crate) optional: bool,
    /// Whether it holds a union's branch.
    pub(crate) is_tag: bool,
    /// The variant of a union that is read where there is no discriminator.
    pub(crate) default_branch: Option<usize>,
}

/// A struct around one value of the module of types.
pub(crate) struct Newtype {
    pub(crate) head: Head,
    /// The documentation of the value.
    pub(crate) docs: String,
    pub(crate) ty: Ty,
    /// The functions that the type has, too.
    pub(crate) functions: Vec<Function>,
    pub(crate) wire: Wire,
}

/// A union with other common members than the discriminator.
pub(crate) struct Union {
    pub(crate) common: Struct,
    pub(crate) constructors: Vec<Function>,
    pub(crate) branches: Branches,
}

/// The enum of a union's branches.
pub(crate) struct Branches {
    pub(crate) head: Head,
    pub(crate) variants: Vec<Variant>,
    pub(crate) unknown_docs: &'static str,
    pub(crate) tag_docs: &'static str,
    pub(crate) conversions: Vec<Conversion>,
}

/// An enum whose variant the JSON type selects.
pub(crate) struct Alternate {
    pub(crate) head: Head,
    pub(crate) variants: Vec<Variant>,
    pub(crate) unknown_docs: &'static str,
}

/// A variant of a union or an alternate.
pub(crate) struct Variant {
    /// The branch's name on the wire.
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) deprecated: bool,
    /// None for a branch without members.
    pub(crate) ty: Option<Ty>,
    pub(crate) boxed: bool,
    pub(crate) json: JsonType,
}

/// The types of JSON, as far as they select a branch of an alternate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonType {
    String,
    Boolean,
    Null,
    Number,
    Array,
    Object,
}

/// An open enum.
pub(crate) struct Enum {
    pub(crate) head: Head,
    pub(crate) values: Vec<Value>,
    pub(crate) unknown_docs: &'static str,
    pub(crate) value_docs: &'static str,
}

/// A value of an enum.
pub(crate) struct Value {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) deprecated: bool,
}

/// A `From`: `value` is the argument that `to` is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conversion {
    pub(crate) from: Ty,
    pub(crate) to: Ty,
    pub(crate) value: Expr,
}

/// A function of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) deprecated: bool,
    pub(crate) kind: FunctionKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FunctionKind {
    Constructor {
        arguments: Vec<Argument>,
        value: Expr,
    },
    /// Sets an optional field, of which the argument has the name.
    Setter {
        field: String,
        setting: Setting,
        boxed: bool,
    },
    /// Calls the setter of the same name of what a struct holds.
    Delegate { argument: String, setting: Setting },
}

/// An argument of a constructor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) taken: Taken,
}

/// What makes a struct a command or an event.
pub(crate) struct Message {
    /// The name on the wire.
    pub(crate) wire: String,
    /// The constants of the trait that are not as by default.
    pub(crate) constants: Vec<(&'static str, bool)>,
    pub(crate) kind: MessageKind,
}

pub(crate) enum MessageKind {
    Command {
        /// The bundled release, or the range of releases, that it is of.
        release: Option<String>,
        returns: Ty,
        /// What reads the reply, if it is not the type itself.
        decode: Option<&'static str>,
        /// Whether the reply is written, too, and what it is.
        encode: Option<Reply>,
    },
    Event,
}

/// What a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Nothing,
    Value,
}

/// The enum of all commands or all events.
pub(crate) struct Any {
    pub(crate) name: String,
    pub(crate) docs: &'static str,
    /// `command` or `event`, as arguments are called.
    pub(crate) kind: &'static str,
    /// `arguments` or `data`.
    pub(crate) content: &'static str,
    /// The trait in `qmp_types`.
    pub(crate) of: &'static str,
    pub(crate) variants: Vec<AnyVariant>,
    pub(crate) unknown_docs: &'static str,
    pub(crate) name_docs: &'static str,
    pub(crate) content_docs: &'static str,
    pub(crate) write: bool,
}

/// A variant of such an enum.
pub(crate) struct AnyVariant {
    pub(crate) wire: String,
    /// The variant's name, and that of what it holds.
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) cfgs: Vec<UserRust>,
}
