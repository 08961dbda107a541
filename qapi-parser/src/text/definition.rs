//! Definitions whose shape is right, but whose type names are not resolved.

use crate::schema::{Condition, EnumValue, Feature};
use crate::text::doc::Documentation;
use crate::text::source::Span;

#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    /// The whole expression, at whose start QEMU's generator reports.
    pub(crate) span: Span,
    /// The index of the expression that it comes from.
    pub(crate) expression: usize,
    pub(crate) module: usize,
    pub(crate) doc: Option<Documentation>,
    pub(crate) condition: Option<Condition>,
    pub(crate) features: Features,
    pub(crate) body: Body,
}

#[derive(Debug)]
pub(crate) enum Body {
    Enum {
        values: Vec<EnumValue>,
        prefix: Option<String>,
    },
    Struct {
        base: Option<TypeName>,
        members: Vec<MemberDef>,
    },
    Union(UnionDef),
    Alternate {
        branches: Vec<BranchDef>,
    },
    Command(CommandDef),
    Event {
        data: Option<Data>,
        boxed: bool,
    },
}

/// Features with their places.
#[derive(Debug, Default)]
pub(crate) struct Features {
    pub(crate) features: Vec<Feature>,
    pub(crate) spans: Vec<Span>,
}

/// The name of a type where one is used.
#[derive(Clone, Debug)]
pub(crate) struct TypeName {
    /// For an array, its elements' type.
    pub(crate) name: String,
    pub(crate) is_array: bool,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct MemberDef {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) optional: bool,
    pub(crate) ty: TypeName,
    /// The members of the type, where it has no name. Only before QEMU 2.4.
    pub(crate) inline: Option<Vec<MemberDef>>,
    pub(crate) condition: Option<Condition>,
    pub(crate) features: Features,
}

#[derive(Debug)]
pub(crate) struct BranchDef {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) ty: TypeName,
    pub(crate) condition: Option<Condition>,
}

/// The arguments of a command, the data of an event or the base of a union.
#[derive(Debug)]
pub(crate) enum Data {
    Named(TypeName),
    Members(Vec<MemberDef>),
}

#[derive(Debug)]
pub(crate) struct UnionDef {
    pub(crate) base: Option<Data>,
    /// None in a simple union.
    pub(crate) discriminator: Option<(String, Span)>,
    pub(crate) branches: Vec<BranchDef>,
}

#[derive(Debug)]
pub(crate) struct CommandDef {
    pub(crate) data: Option<Data>,
    pub(crate) returns: Option<TypeName>,
    pub(crate) boxed: bool,
    pub(crate) gen_code: bool,
    pub(crate) success_response: bool,
    pub(crate) allow_oob: bool,
    pub(crate) allow_preconfig: bool,
    pub(crate) coroutine: bool,
}
