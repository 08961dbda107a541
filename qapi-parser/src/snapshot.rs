//! A schema as bytes, from which it is there again without being parsed.
//!
//! What a build script reads that generates from a bundled release: neither the
//! parser nor its checks have to be compiled for it. Places in sources are left
//! out, since the sources are not there.
//!
//! The bytes are a table of strings, and then the schema's lists, each item
//! field by field. Numbers are in groups of seven bits, the lowest first.

use std::collections::HashMap;
use std::fmt;

use crate::schema::{
    Alternate, Branch, Builtin, Command, CommandId, Condition, Doc, DocMember, DocSection,
    EntityId, Enum, EnumValue, Event, EventId, Feature, Item, Member, Module, ModuleId, Object,
    ObjectForm, Pragma, Releases, Schema, SectionKind, Type, TypeId, TypeKind, Variants,
};

/// Stands first; changes whenever what follows does.
const VERSION: &[u8] = b"qapi-snapshot 2\n";

/// As deep as the language nests conditions, and more.
const DEEPEST_CONDITION: u32 = 100;

/// The bytes are no snapshot, or one of another version of this crate.
///
/// ```
/// let error = qapi_parser::Schema::from_snapshot(b"{}").unwrap_err();
/// assert!(error.to_string().contains("not a schema snapshot"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotError {
    /// How many bytes were understood.
    pub at: usize,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        if at < VERSION.len() {
            f.write_str("not a schema snapshot of this version of qapi-parser")
        } else {
            write!(f, "the snapshot is damaged at byte {at}; make it again")
        }
    }
}

impl std::error::Error for SnapshotError {}

impl Schema {
    /// The schema as bytes, for [`Schema::from_snapshot`] of the same version of
    /// this crate.
    ///
    /// ```
    /// # use qapi_parser::{Parser, Schema, loader::Memory};
    /// let files = Memory::from_iter([("mine.json", "{ 'command': 'dig' }")]);
    /// let schema = Parser::new().parse(&files, "mine.json")?.schema;
    /// let again = Schema::from_snapshot(&schema.to_snapshot())?;
    /// assert!(again.command_named("dig").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_snapshot(&self) -> Vec<u8> {
        let mut body = Output::default();
        self.releases.store(&mut body);
        self.modules.store(&mut body);
        self.types.store(&mut body);
        self.commands.store(&mut body);
        self.events.store(&mut body);
        self.order.store(&mut body);

        let mut whole = Output::default();
        whole.bytes.extend_from_slice(VERSION);
        whole.number(body.strings.len());
        for string in &body.strings {
            whole.number(string.len());
            whole.bytes.extend_from_slice(string.as_bytes());
        }
        whole.bytes.append(&mut body.bytes);
        whole.bytes
    }

    /// The schema of which these bytes were made, without places in sources.
    ///
    /// ```
    /// # use qapi_parser::Schema;
    /// let nothing = Schema::from_snapshot(&Schema::default().to_snapshot())?;
    /// assert!(nothing.types.is_empty());
    /// # Ok::<(), qapi_parser::SnapshotError>(())
    /// ```
    ///
    /// # Errors
    /// The bytes are no snapshot, or one of another version of this crate.
    pub fn from_snapshot(bytes: &[u8]) -> Result<Schema, SnapshotError> {
        let mut input = Input {
            bytes,
            at: 0,
            strings: Vec::new(),
            depth: 0,
        };
        load(&mut input).ok_or(SnapshotError { at: input.at })
    }
}

fn load(input: &mut Input<'_>) -> Option<Schema> {
    if input.take(VERSION.len())? != VERSION {
        input.at = 0;
        return None;
    }
    for _ in 0..input.number()? {
        let length = input.number()?;
        let string = std::str::from_utf8(input.take(length)?).ok()?;
        input.strings.push(string);
    }
    let mut schema = Schema {
        releases: Stored::load(input)?,
        modules: Stored::load(input)?,
        types: Stored::load(input)?,
        commands: Stored::load(input)?,
        events: Stored::load(input)?,
        order: Stored::load(input)?,
        names: HashMap::new(),
    };
    let is_whole = input.at == input.bytes.len() && has_valid_identifiers(&schema);
    schema.names = names(&schema);
    is_whole.then_some(schema)
}

fn names(schema: &Schema) -> HashMap<String, EntityId> {
    let types = schema.types.iter().zip(0..);
    let commands = schema.commands.iter().zip(0..);
    let events = schema.events.iter().zip(0..);
    types
        .map(|(ty, id)| (ty.name.clone(), EntityId::Type(TypeId(id))))
        .chain(commands.map(|(c, id)| (c.name.clone(), EntityId::Command(CommandId(id)))))
        .chain(events.map(|(e, id)| (e.name.clone(), EntityId::Event(EventId(id)))))
        .collect()
}

/// Whether all identifiers lead to something, as whoever follows them relies on.
fn has_valid_identifiers(schema: &Schema) -> bool {
    let ty = |id: TypeId| (id.0 as usize) < schema.types.len();
    let module = |id: ModuleId| (id.0 as usize) < schema.modules.len();
    let entity = |id: EntityId| match id {
        EntityId::Type(id) => ty(id),
        EntityId::Command(id) => (id.0 as usize) < schema.commands.len(),
        EntityId::Event(id) => (id.0 as usize) < schema.events.len(),
    };
    let kind = |kind: &TypeKind| match kind {
        TypeKind::Builtin(_) | TypeKind::Enum(_) => true,
        TypeKind::Array(element) => ty(*element),
        TypeKind::Alternate(alternate) => alternate.branches.iter().all(|branch| ty(branch.ty)),
        TypeKind::Object(object) => {
            let branches = object.variants.iter().flat_map(|v| &v.branches);
            object.base.is_none_or(ty)
                && object.merged_bases.iter().copied().all(ty)
                && object.members.iter().all(|member| ty(member.ty))
                && branches.into_iter().all(|branch| ty(branch.ty))
        }
    };
    let item = |item: &Item| match item {
        Item::Definition(id) => entity(*id),
        Item::Include(_) | Item::Pragma(_) | Item::Doc(_) => true,
    };
    schema.order.iter().all(|id| entity(*id))
        && schema.modules.iter().flat_map(|m| &m.items).all(item)
        && schema
            .types
            .iter()
            .all(|ty| kind(&ty.kind) && ty.module.is_none_or(module))
        && schema.commands.iter().all(|command| {
            command.args.is_none_or(ty)
                && command.ret.is_none_or(ty)
                && command.module.is_none_or(module)
        })
        && schema
            .events
            .iter()
            .all(|event| event.args.is_none_or(ty) && event.module.is_none_or(module))
}

#[derive(Default)]
struct Output<'s> {
    bytes: Vec<u8>,
    strings: Vec<&'s str>,
    places: HashMap<&'s str, usize>,
}

impl Output<'_> {
    fn number(&mut self, mut number: usize) {
        while number > 0x7f {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

struct Input<'b> {
    bytes: &'b [u8],
    at: usize,
    strings: Vec<&'b str>,
    /// Of the condition that is being read.
    depth: u32,
}

impl<'b> Input<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..u32::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(usize::from(self.byte()?)).copied()
    }
}

/// What has a form in bytes.
trait Stored: Sized {
    fn store<'s>(&'s self, output: &mut Output<'s>);
    fn load(input: &mut Input<'_>) -> Option<Self>;
}

impl Stored for String {
    fn store<'s>(&'s self, output: &mut Output<'s>) {
        let next = output.strings.len();
        let place = *output.places.entry(self).or_insert(next);
        if place == next {
            output.strings.push(self);
        }
        output.number(place);
    }

    fn load(input: &mut Input<'_>) -> Option<Self> {
        let place = input.number()?;
        input.strings.get(place).map(|string| (*string).to_owned())
    }
}

impl Stored for bool {
    fn store<'s>(&'s self, output: &mut Output<'s>) {
        output.bytes.push(u8::from(*self));
    }

    fn load(input: &mut Input<'_>) -> Option<Self> {
        input.one(&[false, true])
    }
}

impl<T: Stored> Stored for Option<T> {
    fn store<'s>(&'s self, output: &mut Output<'s>) {
        output.bytes.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.store(output);
        }
    }

    fn load(input: &mut Input<'_>) -> Option<Self> {
        match input.byte()? {
            0 => Some(None),
            1 => T::load(input).map(Some),
            _ => None,
        }
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn store<'s>(&'s self, output: &mut Output<'s>) {
        output.number(self.len());
        self.iter().for_each(|item| item.store(output));
    }

    fn load(input: &mut Input<'_>) -> Option<Self> {
        let count = input.number()?;
        (0..count).map(|_| T::load(input)).collect()
    }
}

/// Stores the fields one after the other. Those behind the semicolon are none
/// when loaded.
macro_rules! fields {
    ($name:ident: $($field:ident)* $(; $left_out:ident)?) => {
        impl Stored for $name {
            fn store<'s>(&'s self, output: &mut Output<'s>) {
                $(self.$field.store(output);)*
            }

            fn load(input: &mut Input<'_>) -> Option<Self> {
                $(let $field = Stored::load(input)?;)*
                Some($name { $($field,)* $($left_out: None)? })
            }
        }
    };
}

fields!(Module: path items);
fields!(Pragma: doc_required command_name_exceptions command_returns_exceptions
    documentation_exceptions member_name_exceptions);
fields!(Feature: name condition releases);
fields!(Type: name kind implicit module condition features doc releases; span);
fields!(Enum: values prefix);
fields!(EnumValue: name condition features releases; span);
fields!(Object: form base members variants merged_bases);
fields!(Member: name ty optional condition features releases mandatory_in; span);
fields!(Variants: tag branches default_branch);
fields!(Branch: name ty condition releases; span);
fields!(Alternate: branches);
fields!(Command: name args ret boxed gen_code success_response allow_oob allow_preconfig coroutine
    module condition features doc releases; span);
fields!(Event: name args boxed module condition features doc releases; span);
fields!(Doc: symbol body members features sections; span);
fields!(DocMember: name text);
fields!(DocSection: kind text);

/// All is what every part of one release's schema has, and none what its optional
/// members have.
impl Stored for Releases {
    fn store<'s>(&'s self, output: &mut Output<'s>) {
        let bits = self.bits();
        match *self {
            Releases::ALL => output.bytes.push(0),
            Releases::NONE => output.bytes.push(1),
            _ => {
                output.bytes.push(2);
                output.bytes.extend_from_slice(&bits.to_le_bytes());
            }
        }
    }

    fn load(input: &mut Input<'_>) -> Option<Self> {
        match input.byte()? {
            0 => Some(Releases::ALL),
            1 => Some(Releases::NONE),
            2 => {
                let bytes = input.take(size_of::<u64>())?.try_into().ok()?;
                Some(Releases::from_bits(u64::from_le_bytes(bytes)))
            }
            _ => None,
        }
    }
}

/// Stores an identifier as its number.
macro_rules! identifiers {
    ($($name:ident)*) => {$(
        impl Stored for $name {
            fn store<'s>(&'s self, output: &mut Output<'s>) {
                output.number(self.0 as usize);
            }

            fn load(input: &mut Input<'_>) -> Option<Self> {
                input.number()?.try_into().ok().map($name)
            }
        }
    )*};
}

identifiers!(TypeId CommandId EventId ModuleId);

/// Stores one of several names as its place among them.
macro_rules! choices {
    ($name:ident: $($choice:ident)*) => {
        impl Stored for $name {
            fn store<'s>(&'s self, output: &mut Output<'s>) {
                // In the order of the definition, and none left out.
                output.bytes.push(match self {
                    $($name::$choice => $name::$choice as u8,)*
                });
            }

            fn load(input: &mut Input<'_>) -> Option<Self> {
                const CHOICES: &[$name] = &[$($name::$choice),*];
                input.one(CHOICES)
            }
        }
    };
}

choices!(Builtin: Str Int Int8 Int16 Int32 Int64 Uint8 Uint16 Uint32 Uint64 Size Number Bool Null
    Any Int128 Anything);
choices!(ObjectForm: Struct FlatUnion SimpleUnion);
choices!(SectionKind: Plain Since Returns Errors Note Example Todo);

/// Stores which alternative it is, and what that holds.
macro_rules! alternatives {
    ($name:ident: $($number:literal $alternative:ident)*) => {
        impl Stored for $name {
            fn store<'s>(&'s self, output: &mut Output<'s>) {
                match self {
                    $($name::$alternative(value) => {
                        output.bytes.push($number);
                        value.store(output);
                    })*
                }
            }

            fn load(input: &mut Input<'_>) -> Option<Self> {
                match input.byte()? {
                    $($number => Stored::load(input).map($name::$alternative),)*
                    _ => None,
                }
            }
        }
    };
}

alternatives!(EntityId: 0 Type 1 Command 2 Event);
alternatives!(Item: 0 Include 1 Pragma 2 Doc 3 Definition);
alternatives!(TypeKind: 0 Builtin 1 Enum 2 Object 3 Alternate 4 Array);

/// The only thing that nests.
impl Stored for Condition {
    fn store<'s>(&'s self, output: &mut Output<'s>) {
        match self {
            Condition::Defined(symbol) => {
                output.bytes.push(0);
                symbol.store(output);
            }
            Condition::All(operands) => {
                output.bytes.push(1);
                operands.store(output);
            }
            Condition::Any(operands) => {
                output.bytes.push(2);
                operands.store(output);
            }
            Condition::Not(operand) => {
                output.bytes.push(3);
                operand.store(output);
            }
            Condition::Text(text) => {
                output.bytes.push(4);
                text.store(output);
            }
        }
    }

    fn load(input: &mut Input<'_>) -> Option<Self> {
        if input.depth == DEEPEST_CONDITION {
            return None;
        }
        input.depth += 1;
        let condition = match input.byte()? {
            0 => Condition::Defined(Stored::load(input)?),
            1 => Condition::All(Stored::load(input)?),
            2 => Condition::Any(Stored::load(input)?),
            3 => Condition::Not(Box::new(Condition::load(input)?)),
            4 => Condition::Text(Stored::load(input)?),
            _ => return None,
        };
        input.depth -= 1;
        Some(condition)
    }
}
