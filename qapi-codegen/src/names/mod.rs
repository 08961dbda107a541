//! The Rust names of everything: letter case, keywords, digits, collisions. Names do
//! not depend on what is selected. All reserved names are listed here.

mod case;
mod scope;

use std::collections::HashMap;

use qapi_parser::Schema;
use qapi_parser::schema::{ModuleId, TypeId, TypeKind};

use crate::unions::{branches_of, tag_of};

use case::{snake, upper_camel};

pub(crate) use case::is_keyword;
pub(crate) use scope::Scope;

/// Names that generated code uses without a path, so that no type may have
/// them. `M` is the type parameter of setters.
const PRELUDE: &[&str] = &["Some", "None", "Ok", "Err", "M"];

/// Names like these, with the name that an enum of all commands or all events
/// has for the others.
const UNKNOWN: &[&str] = &["Some", "None", "Ok", "Err", UNRECOGNIZED];

/// The variant for what the schema does not know.
const UNRECOGNIZED: &str = "Unrecognized";

/// The modules by kind, and a folder's own file.
const MODULES: &[&str] = &["commands", "events", "types", "r#mod"];

/// The map of undeclared members that some commands have, and what adds to it.
pub(crate) const EXTRA: &str = "extra";
pub(crate) const EXTRA_OF: &str = "extra_of";

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

/// The Rust names of what a whole schema declares.
pub(crate) struct Names {
    types: HashMap<TypeId, String>,
    branch_enums: HashMap<TypeId, String>,
    commands: HashMap<String, String>,
    events: HashMap<String, String>,
    modules: Vec<String>,
    any_command: String,
    any_event: String,
}

/// What a member is called.
pub(crate) struct MemberNames {
    pub(crate) field: String,
    /// The same, but where another function has the name.
    pub(crate) setter: String,
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
            if let Some(tag) = tag_of(schema, id) {
                // An underscore is in no name but at its end.
                let union = types[&id].trim_end_matches('_');
                let name = format!("{union}{}", upper_camel(tag));
                // The discriminator's own type often has that name.
                let name = scope.claim_either(name, || format!("{union}Branch"));
                branch_enums.insert(id, name);
            }
        }
        let all_of = |names: &mut dyn Iterator<Item = &String>, all: &str| {
            let mut scope = Scope::with_reserved(UNKNOWN);
            let named = names.map(|name| (name.clone(), scope.claim(upper_camel(name))));
            let named: HashMap<_, _> = named.collect();
            (named, scope.claim(all.to_owned()))
        };
        let (commands, any_command) =
            all_of(&mut schema.commands.iter().map(|c| &c.name), "Command");
        let (events, any_event) = all_of(&mut schema.events.iter().map(|e| &e.name), "Event");
        let mut scope = Scope::with_reserved(MODULES);
        let modules = schema
            .modules
            .iter()
            .map(|module| scope.claim(snake(stem(&module.path))))
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

    /// Whether the type is a definition in Rust.
    pub(crate) fn has_type(&self, id: TypeId) -> bool {
        self.types.contains_key(&id)
    }

    /// A type's name; empty for what has none.
    pub(crate) fn of_type(&self, id: TypeId) -> &str {
        self.types.get(&id).map_or("", String::as_str)
    }

    /// The name of the enum of a union's branches, where that is not the union.
    pub(crate) fn of_branches(&self, id: TypeId) -> &str {
        self.branch_enums.get(&id).map_or("", String::as_str)
    }

    pub(crate) fn of_command(&self, name: &str) -> &str {
        self.commands.get(name).map_or("", String::as_str)
    }

    pub(crate) fn of_event(&self, name: &str) -> &str {
        self.events.get(name).map_or("", String::as_str)
    }

    /// The name of a schema file's module.
    pub(crate) fn of_module(&self, module: ModuleId) -> &str {
        &self.modules[module.0 as usize]
    }

    /// The name of the enum of all commands.
    pub(crate) fn any_command(&self) -> &str {
        &self.any_command
    }

    /// The name of the enum of all events.
    pub(crate) fn any_event(&self) -> &str {
        &self.any_event
    }
}

/// The names of all members of an object, its bases' first. A struct of some
/// commands has the map of undeclared members beside them.
pub(crate) fn members(schema: &Schema, id: TypeId, beside_extra: bool) -> Vec<MemberNames> {
    let own: &[&str] = if beside_extra {
        &[EXTRA, EXTRA_OF]
    } else {
        &[]
    };
    let mut fields = Scope::with_reserved(own);
    let mut setters = Scope::with_reserved(&[FUNCTIONS, own].concat());
    let members = schema.all_members(id).into_iter().map(|member| {
        let name = snake(&member.name);
        MemberNames {
            setter: setters.claim(name.clone()),
            field: fields.claim(name),
        }
    });
    members.collect()
}

/// The variants of an enum of these names: values, or branches.
pub(crate) fn variants<'s>(names: impl Iterator<Item = &'s str>) -> HashMap<&'s str, String> {
    let mut scope = Scope::with_reserved(&[UNRECOGNIZED]);
    names
        .map(|name| (name, scope.claim(upper_camel(name))))
        .collect()
}

/// The names of a union's constructors, by branch.
pub(crate) fn constructors(schema: &Schema, id: TypeId) -> HashMap<&str, String> {
    let mut scope = Scope::with_reserved(FUNCTIONS);
    let tag = tag_of(schema, id);
    for member in schema.all_members(id) {
        if Some(member.name.as_str()) != tag {
            scope.claim(snake(&member.name));
        }
    }
    let branches = branches_of(schema, id);
    // `_144` is a variant, too.
    for branch in branches {
        scope.claim(upper_camel(&branch.name));
    }
    branches
        .iter()
        .map(|branch| (branch.name.as_str(), scope.claim(snake(&branch.name))))
        .collect()
}

/// A file's name without folder and extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".json").unwrap_or(name)
}
