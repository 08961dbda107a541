//! What everything is called in Rust: letter case, keywords, digits, collisions.
//! Names do not depend on what is selected. Whatever is reserved somewhere is
//! listed here.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use qapi_parser::Schema;
use qapi_parser::schema::{ModuleId, TypeId, TypeKind};

use crate::unions::{branches_of, tag_of};

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

/// The names taken in one Rust scope. Names are claimed in the schema's order,
/// so that the same schema always gives the same names.
pub(crate) struct Scope {
    taken: HashSet<String>,
    /// How many underscores the last one of a name that was claimed again has.
    again: HashMap<String, usize>,
}

impl Scope {
    /// A scope in which some names are taken from the start.
    pub(crate) fn with_reserved(reserved: &[&str]) -> Self {
        Self {
            taken: reserved.iter().map(|&name| name.to_owned()).collect(),
            again: HashMap::new(),
        }
    }

    /// Takes a name or, where it was taken before, another one.
    fn claim_either(&mut self, name: String, other: impl FnOnce() -> String) -> String {
        if self.taken.contains(&name) {
            self.claim(other())
        } else {
            self.claim(name)
        }
    }

    /// Takes a name, with underscores behind it where it was taken before.
    pub(crate) fn claim(&mut self, name: String) -> String {
        if self.taken.insert(name.clone()) {
            return name;
        }
        // `r#type_` is no better than `type_`.
        let plain = name.strip_prefix("r#").unwrap_or(&name);
        let underscores = self.again.entry(plain.to_owned()).or_default();
        loop {
            *underscores += 1;
            let next = format!("{plain}{}", "_".repeat(*underscores));
            if self.taken.insert(next.clone()) {
                return next;
            }
        }
    }
}

/// The name of a type, a command's or an event's struct, or an enum's variant.
pub(crate) fn upper_camel(name: &str) -> String {
    let camel = match shape(name) {
        Shape::Camel => name.to_owned(),
        Shape::Lower => capitalized(name),
        Shape::Other => not_numeric(ascii(name).to_upper_camel_case()),
    };
    // The one keyword that is written in this case.
    if matches!(camel.as_str(), "Self" | "_") {
        camel + "_"
    } else {
        camel
    }
}

/// The name of a field, and of its setter.
pub(crate) fn snake(name: &str) -> String {
    let snake = match shape(name) {
        Shape::Lower => name.replace('-', "_"),
        Shape::Camel | Shape::Other => not_numeric(ascii(name).to_snake_case()),
    };
    if matches!(snake.as_str(), "self" | "super" | "crate" | "_") {
        format!("{snake}_")
    } else if is_keyword(&snake) {
        format!("r#{snake}")
    } else {
        snake
    }
}

/// The letter case of a name, as far as it tells the words at once. That goes for
/// nearly all names, and to have heck look for the words takes thirty times as long.
enum Shape {
    /// `BlockdevOptionsQcow2`
    Camel,
    /// `block-commit`, `tls_creds`
    Lower,
    Other,
}

fn shape(name: &str) -> Shape {
    let bytes = name.as_bytes();
    let mut shape = match bytes.first() {
        Some(b'A'..=b'Z') => Shape::Camel,
        Some(b'a'..=b'z') => Shape::Lower,
        _ => return Shape::Other,
    };
    let mut before = b'-';
    for &byte in bytes {
        let fits = match (&shape, byte) {
            // A word of one letter would be one with the next.
            (Shape::Camel, b'A'..=b'Z') => !before.is_ascii_uppercase(),
            (Shape::Camel, b'0'..=b'9') => !before.is_ascii_uppercase(),
            (Shape::Lower, b'-' | b'_') => before.is_ascii_alphanumeric(),
            (Shape::Lower, b'0'..=b'9') | (_, b'a'..=b'z') => true,
            _ => false,
        };
        if !fits {
            return Shape::Other;
        }
        before = byte;
    }
    if !matches!(before, b'a'..=b'z' | b'0'..=b'9') {
        shape = Shape::Other;
    }
    shape
}

/// The words of a name in lower case, each with a capital, as one.
fn capitalized(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut begins = true;
    for c in name.chars() {
        if matches!(c, '-' | '_') {
            begins = true;
        } else {
            out.push(if begins { c.to_ascii_uppercase() } else { c });
            begins = false;
        }
    }
    out
}

/// The name with ASCII's letters and digits only. Schema files have no others; of a
/// schema that was put together by hand, nothing is known.
fn ascii(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace(|c: char| !c.is_ascii(), "-"))
}

/// Rust's identifiers begin with a letter or an underscore and have no other signs
/// in them; what is none of these, heck has removed.
fn not_numeric(mut name: String) -> String {
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

/// Whether a name in lower case is a keyword, in any edition, used or reserved.
pub(crate) fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "abstract"
            | "as"
            | "async"
            | "await"
            | "become"
            | "box"
            | "break"
            | "const"
            | "continue"
            | "do"
            | "dyn"
            | "else"
            | "enum"
            | "extern"
            | "false"
            | "final"
            | "fn"
            | "for"
            | "gen"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "macro"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "override"
            | "priv"
            | "pub"
            | "ref"
            | "return"
            | "static"
            | "struct"
            | "trait"
            | "true"
            | "try"
            | "type"
            | "typeof"
            | "unsafe"
            | "unsized"
            | "use"
            | "virtual"
            | "where"
            | "while"
            | "yield"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case() {
        for (qapi, camel, small) in [
            ("block-commit", "BlockCommit", "block_commit"),
            ("SHUTDOWN", "Shutdown", "shutdown"),
            (
                "BLOCK_JOB_COMPLETED",
                "BlockJobCompleted",
                "block_job_completed",
            ),
            (
                "BlockdevOptionsQcow2",
                "BlockdevOptionsQcow2",
                "blockdev_options_qcow2",
            ),
            ("x-colo", "XColo", "x_colo"),
            ("144", "_144", "_144"),
            ("0.10", "_010", "_0_10"),
            ("type", "Type", "r#type"),
            ("self", "Self_", "self_"),
            ("-", "__", "__"),
            ("gen", "Gen", "r#gen"),
            (
                "__org.example_thing",
                "OrgExampleThing",
                "org_example_thing",
            ),
        ] {
            assert_eq!(
                (upper_camel(qapi), snake(qapi)),
                (camel.to_owned(), small.to_owned())
            );
        }
    }

    #[test]
    fn collisions_get_underscores() {
        let mut scope = Scope::with_reserved(&["new"]);
        let names = [
            "a_b", "new", "a_b", "a_b", "r#type", "r#type", "a_b_", "a_b",
        ];
        let claimed = names.map(|name| scope.claim(name.to_owned()));
        assert_eq!(
            claimed,
            [
                "a_b", "new_", "a_b_", "a_b__", "r#type", "type_", "a_b___", "a_b____"
            ]
        );
    }

    #[test]
    fn many_equal_names_are_claimed_in_time() {
        let mut scope = Scope::with_reserved(&[]);
        let mut last = String::new();
        for _ in 0..3_000 {
            last = scope.claim("a".to_owned());
        }
        assert_eq!(last.len(), 3_000);
    }

    #[test]
    fn words_are_those_that_heck_finds() {
        let mut state = 1_u64;
        for _ in 0..50_000 {
            let mut name = String::new();
            for _ in 0..1 + state % 9 {
                // xorshift
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                name.push(char::from(b"abABZ019--__x"[(state % 13) as usize]));
            }
            let fast = match shape(&name) {
                Shape::Camel => (name.clone(), name.to_snake_case()),
                Shape::Lower => (capitalized(&name), name.replace('-', "_")),
                Shape::Other => continue,
            };
            let expected = (name.to_upper_camel_case(), name.to_snake_case());
            assert_eq!(fast, expected, "{name}");
        }
    }

    #[test]
    fn every_name_is_an_identifier() {
        for name in ["", "-", "²", "é", "1²", "self", "Self", "\u{202e}a b;"] {
            for made in [upper_camel(name), snake(name)] {
                let plain = made.strip_prefix("r#").unwrap_or(&made);
                let mut signs = plain.bytes();
                let first = signs.next().unwrap_or(b'-');
                assert!(first == b'_' || first.is_ascii_alphabetic(), "{made}");
                assert!(signs.all(|sign| sign == b'_' || sign.is_ascii_alphanumeric()));
                assert_ne!(plain, "_");
            }
        }
    }
}
