//! How each selected definition looks in Rust: names, fields, types, boxes.

use std::collections::{BTreeMap, HashMap, HashSet};

use qapi_parser::Schema;
use qapi_parser::schema::{
    Branch, Builtin, Command, Event, Feature, Member, ModuleId, Object, TypeId, TypeKind,
};

use crate::boxing::{Part, boxed_parts};
use crate::error::Error;
use crate::names::{Scope, snake, upper_camel};
use crate::select::{Existence, Selection, branches_of};

/// Names that generated code uses without a path, so that no type may have
/// them. `M` is the type parameter of setters.
const PRELUDE: &[&str] = &["Some", "None", "Ok", "Err", "M"];

/// Names like these, with the name that an enum of all commands or all events
/// has for the others.
const UNKNOWN: &[&str] = &["Some", "None", "Ok", "Err", "Unrecognized"];

/// The map of undeclared members that some commands have, and what adds to it.
pub(crate) const EXTRA: &str = "extra";

/// The functions that structs and unions have anyhow: one of the same name would
/// hide it.
const FUNCTIONS: &[&str] = &[
    "new",
    "as_str",
    "clone",
    "clone_from",
    "default",
    "deserialize",
    "eq",
    "fmt",
    "from",
    "into",
    "ne",
    "read_branch",
    "serialize",
    "to_owned",
    "try_from",
    "try_into",
    "write_branch",
];

/// Everything the renderer needs to know beside the schema itself.
pub(crate) struct Layout<'s> {
    pub(crate) schema: &'s Schema,
    pub(crate) selection: &'s Selection<'s>,
    /// What is generated, with the names of the structs.
    pub(crate) commands: Vec<(&'s Command, &'s str)>,
    pub(crate) events: Vec<(&'s Event, &'s str)>,
    pub(crate) types: Vec<TypeId>,
    names: &'s Names,
    external: BTreeMap<TypeId, String>,
    boxed: HashSet<Part>,
    /// What commands and events of the schema have.
    uses: Uses,
}

/// The Rust names of a whole schema. They do not depend on what is selected.
pub(crate) struct Names {
    types: HashMap<TypeId, String>,
    branch_enums: HashMap<TypeId, String>,
    commands: HashMap<String, String>,
    events: HashMap<String, String>,
    modules: Vec<String>,
    /// The names of the enums of all commands and of all events.
    any_command: String,
    any_event: String,
}

/// A field of a struct.
pub(crate) struct Field<'s> {
    pub(crate) member: &'s Member,
    /// The Rust name.
    pub(crate) name: String,
    /// The setter's name, which is the same but where a function has it.
    pub(crate) setter: String,
    pub(crate) ty: Ty,
    pub(crate) boxed: bool,
    /// Whether a value may be without it.
    pub(crate) optional: bool,
}

/// The type of a field or a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    /// `i64`, `bool` and the like.
    Scalar(&'static str),
    Unit,
    String,
    Value,
    /// An open enum of this module tree.
    Enum(String),
    /// A struct of this module tree, or one that the user brings.
    Plain(String),
    /// A union or an alternate: something that others convert into.
    Convertible(String),
    /// A path of the user's.
    External(String),
    List(Box<Ty>),
}

/// What a union or an alternate holds for one of its branches.
pub(crate) struct Variant<'s> {
    pub(crate) branch: &'s Branch,
    /// The Rust name.
    pub(crate) name: String,
    /// None for a branch without members.
    pub(crate) ty: Option<Ty>,
    /// What the branch's type wraps, if that is all it does.
    pub(crate) wrapped: Option<Ty>,
    pub(crate) boxed: bool,
    pub(crate) features: &'s [Feature],
}

impl Names {
    pub(crate) fn new(schema: &Schema) -> Self {
        let mut scope = Scope::with_reserved(PRELUDE);
        let mut types = HashMap::new();
        // Names of definitions come before those that we make up.
        for implicit in [false, true] {
            for id in schema.type_ids() {
                let ty = &schema[id];
                let nameable = !matches!(ty.kind, TypeKind::Builtin(_) | TypeKind::Array(_));
                if ty.implicit == implicit && nameable {
                    let name = ty.name.strip_prefix("q_obj_").unwrap_or(&ty.name);
                    types.insert(id, scope.claim(upper_camel(name)));
                }
            }
        }
        let mut branch_enums = HashMap::new();
        for id in schema.type_ids() {
            if let TypeKind::Object(Object {
                variants: Some(variants),
                ..
            }) = &schema[id].kind
            {
                // An underscore is in no name but at its end.
                let union = types[&id].trim_end_matches('_');
                let name = format!("{union}{}", upper_camel(&variants.tag));
                // The discriminator's own type often has that name.
                let name = scope.claim_either(name, || format!("{union}Branch"));
                branch_enums.insert(id, name);
            }
        }
        let mut scope = Scope::with_reserved(UNKNOWN);
        let claim =
            |scope: &mut Scope, name: &str| (name.to_owned(), scope.claim(upper_camel(name)));
        let commands: HashMap<_, _> = schema
            .commands
            .iter()
            .map(|c| claim(&mut scope, &c.name))
            .collect();
        let any_command = scope.claim("Command".to_owned());
        let mut scope = Scope::with_reserved(UNKNOWN);
        let events = schema
            .events
            .iter()
            .map(|e| claim(&mut scope, &e.name))
            .collect();
        let any_event = scope.claim("Event".to_owned());
        // A folder's own file is `mod.rs`.
        let mut scope = Scope::with_reserved(&["commands", "events", "types", "r#mod"]);
        let modules = schema
            .modules
            .iter()
            .map(|module| scope.claim(snake(&stem(&module.path))))
            .collect();
        Self {
            types,
            branch_enums,
            commands,
            events,
            modules,
            any_command,
            any_event,
        }
    }

    /// A type's name; empty for what has none.
    pub(crate) fn of_type(&self, id: TypeId) -> &str {
        self.types.get(&id).map_or("", String::as_str)
    }

    pub(crate) fn of_command(&self, name: &str) -> &str {
        self.commands.get(name).map_or("", String::as_str)
    }

    pub(crate) fn of_event(&self, name: &str) -> &str {
        self.events.get(name).map_or("", String::as_str)
    }
}

impl<'s> Layout<'s> {
    pub(crate) fn new(
        schema: &'s Schema,
        selection: &'s Selection<'s>,
        names: &'s Names,
        extern_paths: &[(String, String)],
    ) -> Result<Self, Error> {
        let mut external = BTreeMap::new();
        for (name, path) in extern_paths {
            let in_rust = || schema.type_ids().find(|&id| names.of_type(id) == name);
            let id = schema.type_named(name).or_else(in_rust).ok_or_else(|| {
                Error::no_match("type", name, schema.types.iter().map(|ty| ty.name.as_str()))
            })?;
            external.insert(id, path.clone());
        }
        let selected = selection.apply(schema, &external.keys().copied().collect())?;
        let boxed = boxed_parts(schema, &selected.types);
        let types = selected
            .types
            .into_iter()
            .filter(|id| names.types.contains_key(id));
        let mut layout = Self {
            schema,
            selection,
            commands: selected
                .commands
                .iter()
                .map(|&c| (c, names.commands[&c.name].as_str()))
                .collect(),
            events: selected
                .events
                .iter()
                .map(|&e| (e, names.events[&e.name].as_str()))
                .collect(),
            types: types.collect(),
            names,
            external,
            boxed,
            uses: Uses::of(schema),
        };
        // A branch without members is a variant without a value.
        let empty: Vec<TypeId> = layout
            .types
            .iter()
            .copied()
            .filter(|&id| schema[id].implicit && layout.is_empty(id))
            .collect();
        layout.types.retain(|id| !empty.contains(id));
        Ok(layout)
    }

    /// The Rust name of a type of this schema.
    pub(crate) fn type_name(&self, id: TypeId) -> &'s str {
        &self.names.types[&id]
    }

    /// The name of the enum of a union's branches.
    pub(crate) fn branch_enum(&self, id: TypeId) -> &'s str {
        &self.names.branch_enums[&id]
    }

    pub(crate) fn any_command(&self) -> &'s str {
        &self.names.any_command
    }

    pub(crate) fn any_event(&self) -> &'s str {
        &self.names.any_event
    }

    /// The name of a schema file's module.
    pub(crate) fn module_name(&self, module: ModuleId) -> &'s str {
        &self.names.modules[module.0 as usize]
    }

    /// How a type is written in the module of types.
    pub(crate) fn ty(&self, id: TypeId) -> Ty {
        if let Some(path) = self.external.get(&id) {
            return Ty::External(path.clone());
        }
        match &self.schema[id].kind {
            TypeKind::Builtin(builtin) => match builtin {
                Builtin::Str => Ty::String,
                Builtin::Int | Builtin::Int64 => Ty::Scalar("i64"),
                Builtin::Int8 => Ty::Scalar("i8"),
                Builtin::Int16 => Ty::Scalar("i16"),
                Builtin::Int32 => Ty::Scalar("i32"),
                Builtin::Uint8 => Ty::Scalar("u8"),
                Builtin::Uint16 => Ty::Scalar("u16"),
                Builtin::Uint32 => Ty::Scalar("u32"),
                Builtin::Uint64 | Builtin::Size => Ty::Scalar("u64"),
                Builtin::Number => Ty::Scalar("f64"),
                Builtin::Bool => Ty::Scalar("bool"),
                Builtin::Null => Ty::Unit,
                Builtin::Any | Builtin::Anything => Ty::Value,
            },
            TypeKind::Array(element) => Ty::List(Box::new(self.ty(*element))),
            TypeKind::Enum(_) => Ty::Enum(self.type_name(id).to_owned()),
            TypeKind::Alternate(_) => Ty::Convertible(self.type_name(id).to_owned()),
            TypeKind::Object(object) => {
                let name = self.type_name(id).to_owned();
                if object.variants.is_some() {
                    Ty::Convertible(name)
                } else {
                    Ty::Plain(name)
                }
            }
        }
    }

    /// Whether an object type has no members at all.
    fn is_empty(&self, id: TypeId) -> bool {
        match &self.schema[id].kind {
            TypeKind::Object(object) => {
                object.variants.is_none()
                    && self
                        .schema
                        .all_members(id)
                        .iter()
                        .all(|member| !self.selection.has_member(member))
            }
            _ => false,
        }
    }

    /// The fields of an object type, its bases' included. The discriminator of
    /// a union is among them.
    pub(crate) fn fields(&self, id: TypeId) -> Vec<Field<'s>> {
        self.fields_beside(id, &[])
    }

    /// The fields of a struct that also has the map of undeclared members.
    pub(crate) fn fields_beside_extra(&self, id: TypeId) -> Vec<Field<'s>> {
        self.fields_beside(id, &[EXTRA, "extra_of"])
    }

    fn fields_beside(&self, id: TypeId, own: &[&str]) -> Vec<Field<'s>> {
        let mut names = Scope::with_reserved(own);
        let mut setters = Scope::with_reserved(&[FUNCTIONS, own].concat());
        let mut fields = Vec::new();
        for member in self.schema.all_members(id) {
            // Names do not depend on what is selected.
            let name = names.claim(snake(&member.name));
            let setter = setters.claim(snake(&member.name));
            if !self.selection.has_member(member) {
                continue;
            }
            let conditional =
                self.selection.existence(member.condition.as_ref()) == Existence::Depends;
            fields.push(Field {
                member,
                name,
                setter,
                ty: self.ty(member.ty),
                boxed: self.boxed.contains(&(id, member.name.clone())),
                optional: member.optional || conditional,
            });
        }
        fields
    }

    /// Whether a client only ever receives values of the type.
    pub(crate) fn is_only_received(&self, id: TypeId) -> bool {
        self.uses.received.contains(&id) && !self.uses.sent.contains(&id)
    }

    /// The names of a union's constructors, by branch.
    pub(crate) fn constructor_names(&self, id: TypeId) -> HashMap<&'s str, String> {
        let mut scope = Scope::with_reserved(FUNCTIONS);
        let tag = self.tag(id);
        for member in self.schema.all_members(id) {
            if Some(member.name.as_str()) != tag {
                scope.claim(snake(&member.name));
            }
        }
        let branches = branches_of(self.schema, id);
        // `_144` is a variant, too.
        for branch in branches {
            scope.claim(upper_camel(&branch.name));
        }
        branches
            .iter()
            .map(|branch| (branch.name.as_str(), scope.claim(snake(&branch.name))))
            .collect()
    }

    /// The branches of a union.
    pub(crate) fn union_variants(&self, id: TypeId) -> Vec<Variant<'s>> {
        self.variants(id, self.selection.union_branches(self.schema, id))
    }

    /// The branches of an alternate.
    pub(crate) fn alternate_variants(&self, id: TypeId) -> Vec<Variant<'s>> {
        self.variants(id, self.selection.alternate_branches(self.schema, id))
    }

    fn variants(&self, id: TypeId, branches: Vec<(&'s Branch, &'s [Feature])>) -> Vec<Variant<'s>> {
        let names = variant_names(branches_of(self.schema, id).iter().map(|b| b.name.as_str()));
        branches
            .into_iter()
            .map(|(branch, features)| Variant {
                branch,
                name: names[branch.name.as_str()].clone(),
                ty: (!self.is_empty(branch.ty))
                    .then(|| self.ty(branch.ty))
                    .filter(|ty| *ty != Ty::Unit),
                wrapped: self.wrapped(branch.ty).map(|field| field.ty),
                boxed: self.boxed.contains(&(id, branch.name.clone())),
                features,
            })
            .collect()
    }

    /// The name of a union's discriminator.
    pub(crate) fn tag(&self, id: TypeId) -> Option<&'s str> {
        match &self.schema[id].kind {
            TypeKind::Object(object) => object
                .variants
                .as_ref()
                .map(|variants| variants.tag.as_str()),
            _ => None,
        }
    }

    /// The type of a union's discriminator.
    pub(crate) fn tag_type(&self, id: TypeId) -> Option<TypeId> {
        let tag = self.tag(id)?;
        let members = self.schema.all_members(id);
        let member = members.into_iter().find(|member| member.name == tag)?;
        Some(member.ty)
    }

    /// The member of a struct that only wraps something. The branches of a union
    /// are such structs where QEMU once had them without a name: what they hold
    /// is in the one member `data`.
    pub(crate) fn wrapped(&self, id: TypeId) -> Option<Field<'s>> {
        if self.tag(id).is_some() || self.is_external(id) {
            return None;
        }
        let mut fields = self.fields(id);
        let wraps = matches!(
            fields.as_slice(),
            [field] if field.member.name == "data" && !field.optional
        );
        fields.pop().filter(|_| wraps)
    }

    /// Whether the type is a struct without mandatory members.
    pub(crate) fn has_default(&self, id: TypeId) -> bool {
        matches!(self.ty(id), Ty::Plain(_)) && self.fields(id).iter().all(|field| field.optional)
    }

    /// Whether the type lives in the user's crate.
    pub(crate) fn is_external(&self, id: TypeId) -> bool {
        self.external.contains_key(&id)
    }
}

impl Ty {
    /// The type's name in Rust; `types` is the path of the module of types.
    pub(crate) fn path(&self, types: &str) -> String {
        match self {
            Ty::Scalar(name) => format!("::core::primitive::{name}"),
            Ty::Unit => "()".to_owned(),
            Ty::String => "::std::string::String".to_owned(),
            Ty::Value => "::qmp_types::wire::Value".to_owned(),
            Ty::Enum(name) | Ty::Plain(name) | Ty::Convertible(name) => format!("{types}{name}"),
            Ty::External(path) => path.clone(),
            Ty::List(element) => format!("::std::vec::Vec<{}>", element.path(types)),
        }
    }

    /// Whether it is a struct, a union or an alternate of this module tree.
    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Ty::Plain(_) | Ty::Convertible(_))
    }

    /// The type as a mandatory argument, and the expression that makes the value
    /// of it.
    pub(crate) fn argument(&self, name: &str, types: &str) -> (String, String) {
        match self {
            Ty::String | Ty::Value | Ty::Convertible(_) | Ty::External(_) => (
                format!("impl ::core::convert::Into<{}>", self.path(types)),
                format!("::core::convert::Into::into({name})"),
            ),
            Ty::List(element) => {
                let (argument, _) = element.argument(name, types);
                let convert = if argument.starts_with("impl") {
                    ".map(::core::convert::Into::into)"
                } else {
                    ""
                };
                (
                    format!("impl ::core::iter::IntoIterator<Item = {argument}>"),
                    format!("::core::iter::IntoIterator::into_iter({name}){convert}.collect()"),
                )
            }
            Ty::Scalar(_) | Ty::Unit | Ty::Enum(_) | Ty::Plain(_) => {
                (self.path(types), name.to_owned())
            }
        }
    }

    /// What the setter of an optional member takes: the value or an `Option` of
    /// it, but for `any`, of which nothing is a value, too.
    pub(crate) fn optional_argument(&self, name: &str, types: &str) -> OptionalArgument {
        let by = |of: &str, element: &Ty, function: &str| OptionalArgument {
            // A type of the schema may be called `M`, and none `_M`.
            generics: "<_M>",
            ty: format!("impl ::qmp_types::wire::{of}<{}, _M>", element.path(types)),
            value: format!("::qmp_types::wire::{of}::{function}({name})"),
        };
        match self {
            Ty::Value => {
                let (ty, value) = self.argument(name, types);
                OptionalArgument {
                    generics: "",
                    ty,
                    value: format!("::core::option::Option::Some({value})"),
                }
            }
            Ty::String | Ty::Convertible(_) | Ty::External(_) => {
                by("IntoOption", self, "into_option")
            }
            Ty::List(element) => match element.as_ref() {
                Ty::String | Ty::Value | Ty::Convertible(_) | Ty::External(_) => {
                    by("IntoListFrom", element, "into_list")
                }
                _ => by("IntoListOf", element, "into_list"),
            },
            // A number without a type gets its type from this, and from no more.
            Ty::Scalar(_) | Ty::Unit | Ty::Enum(_) | Ty::Plain(_) => OptionalArgument {
                generics: "",
                ty: format!(
                    "impl ::core::convert::Into<::core::option::Option<{}>>",
                    self.path(types)
                ),
                value: format!("::core::convert::Into::into({name})"),
            },
        }
    }
}

/// The types that a client sends and receives, in the whole schema.
struct Uses {
    sent: HashSet<TypeId>,
    received: HashSet<TypeId>,
}

impl Uses {
    fn of(schema: &Schema) -> Self {
        let commands = schema.commands.iter();
        let returned = commands.clone().filter_map(|command| command.ret);
        let events = schema.events.iter().filter_map(|event| event.args);
        Self {
            sent: reach(schema, commands.filter_map(|command| command.args)),
            received: reach(schema, returned.chain(events)),
        }
    }
}

/// These types, and all that are in them.
fn reach(schema: &Schema, from: impl Iterator<Item = TypeId>) -> HashSet<TypeId> {
    let mut open: Vec<TypeId> = from.collect();
    let mut reached = HashSet::new();
    while let Some(id) = open.pop() {
        if !reached.insert(id) {
            continue;
        }
        match &schema[id].kind {
            TypeKind::Builtin(_) | TypeKind::Enum(_) => {}
            TypeKind::Array(element) => open.push(*element),
            TypeKind::Alternate(_) | TypeKind::Object(_) => {
                open.extend(branches_of(schema, id).iter().map(|branch| branch.ty));
            }
        }
        if let TypeKind::Object(_) = schema[id].kind {
            open.extend(schema.all_members(id).iter().map(|member| member.ty));
        }
    }
    reached
}

/// What the setter of an optional member takes.
pub(crate) struct OptionalArgument {
    /// The setter's type parameters, with their brackets.
    pub(crate) generics: &'static str,
    pub(crate) ty: String,
    /// The expression that makes an `Option` of it.
    pub(crate) value: String,
}

/// The variants of an enum of these names. They do not depend on which of them
/// are selected.
pub(crate) fn variant_names<'s>(names: impl Iterator<Item = &'s str>) -> HashMap<&'s str, String> {
    let mut scope = Scope::with_reserved(&["Unrecognized"]);
    names
        .map(|name| (name, scope.claim(upper_camel(name))))
        .collect()
}

/// A file's name without folder and extension. Not every letter or digit of
/// other scripts may stand in a name in Rust.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".json").unwrap_or(name);
    stem.replace(|c: char| !c.is_ascii(), "_")
}
