//! The intermediate representation: what a schema declares, resolved.
//!
//! It is the model of QEMU's own generator, so that everything QEMU derives
//! from a schema can be derived from here: names are resolved to identifiers,
//! the types that the language leaves implicit (argument objects, arrays, the
//! wrappers and the enum of a simple union) are entities like any other, and
//! each definition remembers its module, its place and its documentation.
//!
//! It is plain data. Whoever builds one by hand, or through
//! introspection, must keep the identifiers valid: they index the
//! schema that they came from.

use std::collections::HashMap;
use std::fmt;
use std::ops::Index;

pub use crate::releases::Releases;
use crate::span::Span;

/// Identifies a [`Type`] of one [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

/// Identifies a [`Command`] of one [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub u32);

/// Identifies an [`Event`] of one [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u32);

/// Identifies a [`Module`] of one [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// Identifies anything that a schema gives a name to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityId {
    /// A type, implicit and built-in ones included.
    Type(TypeId),
    /// A command.
    Command(CommandId),
    /// An event.
    Event(EventId),
}

/// A whole schema, resolved.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The releases that the schema was merged from, oldest first. Empty for the
    /// schema of one release.
    pub releases: Vec<String>,
    /// The schema's files, in the order in which they were first included; the
    /// main file comes first.
    pub modules: Vec<Module>,
    /// Every type, built-in and implicit ones included.
    pub types: Vec<Type>,
    /// Every command, in source order.
    pub commands: Vec<Command>,
    /// Every event, in source order.
    pub events: Vec<Event>,
    /// All entities in the order in which QEMU's generator meets them.
    pub order: Vec<EntityId>,
    /// The entities by name. QAPI has one name space for all of them.
    pub names: HashMap<String, EntityId>,
}

/// One schema file.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The file's path relative to the main file's folder, with `/`.
    pub path: String,
    /// What the file holds, in source order.
    pub items: Vec<Item>,
}

/// Something at the top level of a schema file.
#[derive(Clone, Debug)]
pub enum Item {
    /// `{ 'include': PATH }`, the path as written.
    Include(String),
    /// `{ 'pragma': … }`.
    Pragma(Pragma),
    /// A free-form documentation block.
    Doc(Doc),
    /// A definition.
    Definition(EntityId),
}

/// The settings of one pragma directive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pragma {
    /// Whether documentation is mandatory, where the pragma says.
    pub doc_required: Option<bool>,
    /// Commands whose names may contain `_`.
    pub command_name_exceptions: Vec<String>,
    /// Commands that may return something else than an object.
    pub command_returns_exceptions: Vec<String>,
    /// Definitions whose members may go undocumented.
    pub documentation_exceptions: Vec<String>,
    /// Types whose members may break the rules on letter case and `_`.
    pub member_name_exceptions: Vec<String>,
}

/// A build-time condition (`'if'`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// True where the preprocessor symbol is defined.
    Defined(String),
    /// True where all are.
    All(Vec<Condition>),
    /// True where at least one is.
    Any(Vec<Condition>),
    /// True where the other is not.
    Not(Box<Condition>),
    /// C preprocessor text of an old schema that is none of the above.
    Text(String),
}

/// A feature, of a definition or of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The feature's name; `deprecated` and `unstable` are known to QEMU.
    pub name: String,
    /// The condition under which the feature exists.
    pub condition: Option<Condition>,
    /// The releases that have it.
    pub releases: Releases,
}

/// A type.
#[derive(Clone, Debug)]
pub struct Type {
    /// The name that QEMU's generator knows it by: for implicit types such as
    /// `q_obj_block-commit-arg` or `intList`.
    pub name: String,
    /// The kind, with its content.
    pub kind: TypeKind,
    /// Whether the type has no definition of its own in the schema: built-in
    /// types, arrays, argument objects, the parts of a simple union.
    pub implicit: bool,
    /// The file that defines it; none for built-in types and introspection.
    pub module: Option<ModuleId>,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Where it is defined.
    pub span: Option<Span>,
    /// The releases that have it.
    pub releases: Releases,
}

/// The kind of a type.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// A type of the language itself.
    Builtin(Builtin),
    /// An enumeration.
    Enum(Enum),
    /// A struct, a union, or an implicit object.
    Object(Object),
    /// A choice by JSON type.
    Alternate(Alternate),
    /// An array of the given type.
    Array(TypeId),
}

/// The types of the language itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Builtin {
    /// `str`: a string.
    Str,
    /// `int`: a signed integer of 64 bits.
    Int,
    /// `int8`.
    Int8,
    /// `int16`.
    Int16,
    /// `int32`.
    Int32,
    /// `int64`.
    Int64,
    /// `uint8`.
    Uint8,
    /// `uint16`.
    Uint16,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `size`: an unsigned integer of 64 bits that counts bytes.
    Size,
    /// `number`: a floating-point number.
    Number,
    /// `bool`.
    Bool,
    /// `null`: JSON's `null`.
    Null,
    /// `any`: any JSON value.
    Any,
    /// An integer that is `int` in some releases and `uint64` or `size` in others. Only
    /// merged schemas have it.
    Int128,
    /// `**`, `visitor` and `dict`: any JSON value, in schemas before QEMU 2.5.
    Anything,
}

impl Builtin {
    /// The least and the greatest value of an integer type. None for other types.
    ///
    /// ```
    /// use qapi_parser::schema::Builtin;
    ///
    /// assert_eq!(Builtin::Uint8.integer_range(), Some((0, 255)));
    /// assert_eq!(Builtin::Str.integer_range(), None);
    /// ```
    pub fn integer_range(self) -> Option<(i128, i128)> {
        Some(match self {
            Builtin::Int8 => (i8::MIN.into(), i8::MAX.into()),
            Builtin::Int16 => (i16::MIN.into(), i16::MAX.into()),
            Builtin::Int32 => (i32::MIN.into(), i32::MAX.into()),
            Builtin::Int | Builtin::Int64 => (i64::MIN.into(), i64::MAX.into()),
            Builtin::Uint8 => (0, u8::MAX.into()),
            Builtin::Uint16 => (0, u16::MAX.into()),
            Builtin::Uint32 => (0, u32::MAX.into()),
            Builtin::Uint64 | Builtin::Size => (0, u64::MAX.into()),
            Builtin::Int128 => (i64::MIN.into(), u64::MAX.into()),
            Builtin::Str
            | Builtin::Number
            | Builtin::Bool
            | Builtin::Null
            | Builtin::Any
            | Builtin::Anything => return None,
        })
    }
}

/// The values of an enumeration.
#[derive(Clone, Debug, Default)]
pub struct Enum {
    /// The values, in source order.
    pub values: Vec<EnumValue>,
    /// `'prefix'`: what the C constants begin with.
    pub prefix: Option<String>,
}

/// One value of an enumeration.
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// The value on the wire.
    pub name: String,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
    /// Where it is declared.
    pub span: Option<Span>,
    /// The releases that have it.
    pub releases: Releases,
}

/// The members of a struct, a union or an implicit object.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// How the schema declares it.
    pub form: ObjectForm,
    /// The type whose members it inherits.
    pub base: Option<TypeId>,
    /// Its own members, without the base's.
    pub members: Vec<Member>,
    /// The branches of a union.
    pub variants: Option<Variants>,
    /// The bases whose members are listed in `members`. Empty but for a merged schema,
    /// where a type may have different bases in different releases and `base` is none.
    pub merged_bases: Vec<TypeId>,
}

/// How the schema declares an object type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ObjectForm {
    /// `'struct'`, or an implicit object.
    #[default]
    Struct,
    /// A union with a declared discriminator.
    FlatUnion,
    /// A union of old releases that wraps its branches in `data` and has an
    /// implicit discriminator `type`.
    SimpleUnion,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// The name on the wire.
    pub name: String,
    /// Its type.
    pub ty: TypeId,
    /// Whether it may be absent.
    pub optional: bool,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
    /// Where it is declared.
    pub span: Option<Span>,
    /// The releases that have it.
    pub releases: Releases,
    /// The releases in which it is mandatory: all or none, but for a merged schema.
    pub mandatory_in: Releases,
}

/// The branches of a union.
#[derive(Clone, Debug)]
pub struct Variants {
    /// The discriminator: the name of a member, own or inherited, whose type
    /// is an enum. Before QEMU 2.0, it may be `str`.
    pub tag: String,
    /// One for each of the enum's values, in the order of QEMU's generator:
    /// the declared ones first, then those without members, whose type is
    /// `q_empty`.
    pub branches: Vec<Branch>,
    /// The branch of a value without a discriminator. None but for a merged schema in
    /// which some release has a struct in place of the union.
    pub default_branch: Option<String>,
}

/// A branch of a union or of an alternate.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The discriminator's value, or the alternate's branch name.
    pub name: String,
    /// What the branch holds.
    pub ty: TypeId,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Where it is declared.
    pub span: Option<Span>,
    /// The releases that have it.
    pub releases: Releases,
}

/// The branches of an alternate, at most one for each JSON type.
#[derive(Clone, Debug, Default)]
pub struct Alternate {
    /// The branches, in source order.
    pub branches: Vec<Branch>,
}

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// The name on the wire.
    pub name: String,
    /// The object type that holds the arguments; none where there are none.
    pub args: Option<TypeId>,
    /// What success returns; none where that is an empty object.
    pub ret: Option<TypeId>,
    /// `'boxed'`: the handler takes the arguments as one object.
    pub boxed: bool,
    /// `'gen'`: whether QEMU generates the marshalling code.
    pub gen_code: bool,
    /// `'success-response'`: whether success is answered at all.
    pub success_response: bool,
    /// `'allow-oob'`: whether it may be executed out-of-band.
    pub allow_oob: bool,
    /// `'allow-preconfig'`: whether it is available before the machine is
    /// created.
    pub allow_preconfig: bool,
    /// `'coroutine'`: whether the handler runs in a coroutine.
    pub coroutine: bool,
    /// The file that defines it.
    pub module: Option<ModuleId>,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Where it is defined.
    pub span: Option<Span>,
    /// The releases that have it.
    pub releases: Releases,
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The name on the wire.
    pub name: String,
    /// The object type that holds the data; none where there is none.
    pub args: Option<TypeId>,
    /// `'boxed'`: the emitting function takes the data as one object.
    pub boxed: bool,
    /// The file that defines it.
    pub module: Option<ModuleId>,
    /// The condition under which it exists.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Where it is defined.
    pub span: Option<Span>,
    /// The releases that have it.
    pub releases: Releases,
}

/// A documentation block, by part. Texts are the source's own
/// reStructuredText, without the comment signs and the common indentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doc {
    /// The name after `@` in the first line; none in a free-form block.
    pub symbol: Option<String>,
    /// The text before the first member or section.
    pub body: String,
    /// Members, arguments, values or branches, in the block's order.
    pub members: Vec<DocMember>,
    /// Features, in the block's order.
    pub features: Vec<DocMember>,
    /// The other sections, in the block's order.
    pub sections: Vec<DocSection>,
    /// Where the block stands.
    pub span: Option<Span>,
}

/// The documentation of one member or feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocMember {
    /// The name after `@`.
    pub name: String,
    /// The description, without the name.
    pub text: String,
}

/// A section of a documentation block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocSection {
    /// Its kind.
    pub kind: SectionKind,
    /// Its text, without the tag.
    pub text: String,
}

/// The kinds of documentation sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// Text that follows the members, without a tag.
    Plain,
    /// `Since:`.
    Since,
    /// `Returns:`.
    Returns,
    /// `Errors:`.
    Errors,
    /// `Note:` and `Notes:` of old schemas.
    Note,
    /// `Example:` and `Examples:` of old schemas.
    Example,
    /// `TODO:`.
    Todo,
}

impl fmt::Display for SectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SectionKind::Plain => "Plain",
            SectionKind::Since => "Since",
            SectionKind::Returns => "Returns",
            SectionKind::Errors => "Errors",
            SectionKind::Note => "Note",
            SectionKind::Example => "Example",
            SectionKind::Todo => "TODO",
        })
    }
}

impl Index<TypeId> for Schema {
    type Output = Type;
    fn index(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }
}

impl Index<CommandId> for Schema {
    type Output = Command;
    fn index(&self, id: CommandId) -> &Command {
        &self.commands[id.0 as usize]
    }
}

impl Index<EventId> for Schema {
    type Output = Event;
    fn index(&self, id: EventId) -> &Event {
        &self.events[id.0 as usize]
    }
}

impl Index<ModuleId> for Schema {
    type Output = Module;
    fn index(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }
}

impl Schema {
    /// The type of this name.
    pub fn type_named(&self, name: &str) -> Option<TypeId> {
        match self.names.get(name) {
            Some(EntityId::Type(id)) => Some(*id),
            _ => None,
        }
    }

    /// The command of this name.
    pub fn command_named(&self, name: &str) -> Option<&Command> {
        match self.names.get(name) {
            Some(EntityId::Command(id)) => Some(&self[*id]),
            _ => None,
        }
    }

    /// The event of this name.
    pub fn event_named(&self, name: &str) -> Option<&Event> {
        match self.names.get(name) {
            Some(EntityId::Event(id)) => Some(&self[*id]),
            _ => None,
        }
    }

    /// The name of an entity.
    pub fn name_of(&self, id: EntityId) -> &str {
        match id {
            EntityId::Type(id) => &self[id].name,
            EntityId::Command(id) => &self[id].name,
            EntityId::Event(id) => &self[id].name,
        }
    }

    /// The identifiers of all types.
    pub fn type_ids(&self) -> impl Iterator<Item = TypeId> + use<> {
        (0..self.types.len() as u32).map(TypeId)
    }

    /// The members of an object type with those of its bases, the outermost
    /// base's first. Empty for other kinds of types. The members of a union's
    /// branches are not among them.
    pub fn all_members(&self, id: TypeId) -> Vec<&Member> {
        let mut chain = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next {
            let TypeKind::Object(object) = &self[id].kind else {
                break;
            };
            chain.push(object);
            // A cycle of bases is an error of the schema; do not follow it.
            next = object.base.filter(|_| chain.len() <= self.types.len());
        }
        chain
            .iter()
            .rev()
            .flat_map(|object| &object.members)
            .collect()
    }
}

impl Doc {
    /// The description of a member, argument, value or branch.
    pub fn member(&self, name: &str) -> Option<&str> {
        find(&self.members, name)
    }

    /// The description of a feature.
    pub fn feature(&self, name: &str) -> Option<&str> {
        find(&self.features, name)
    }

    /// The text of the first section of a kind.
    pub fn section(&self, kind: SectionKind) -> Option<&str> {
        self.sections
            .iter()
            .find(|section| section.kind == kind)
            .map(|section| section.text.as_str())
    }
}

fn find<'a>(members: &'a [DocMember], name: &str) -> Option<&'a str> {
    members
        .iter()
        .find(|member| member.name == name)
        .map(|member| member.text.as_str())
}
