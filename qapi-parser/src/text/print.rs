//! Schema to text: the normal form.
//!
//! The normal form has every declaration of a schema in one layout, and of its
//! documentation only the facts: which members and features are described, and
//! since when things exist. It parses to the same [`Schema`], documentation
//! text aside.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::schema::{
    Branch, Command, Condition, Doc, DocMember, EntityId, EnumValue, Event, Feature, Item, Member,
    Object, ObjectForm, Pragma, Schema, Type, TypeId, TypeKind, Variants,
};
use crate::text::c_condition::is_symbol;
use crate::visible::visible;

impl Schema {
    /// The schema's files in normal form, by [`Module::path`]: relative to the
    /// main file's folder, so that a path may start with `..`.
    ///
    /// Free-form comments are left out, as they hold no facts.
    ///
    /// ```
    /// use qapi_parser::loader::Memory;
    /// use qapi_parser::Parser;
    ///
    /// let files = Memory::from_iter([("main.json", "{'command':'quit',  'allow-preconfig':true}")]);
    /// let schema = Parser::new().parse(&files, "main.json").unwrap().schema;
    /// assert_eq!(
    ///     schema.to_normal_form()["main.json"],
    ///     "{ 'command': 'quit', 'allow-preconfig': true }\n"
    /// );
    /// ```
    ///
    /// [`Module::path`]: crate::schema::Module::path
    pub fn to_normal_form(&self) -> BTreeMap<String, String> {
        let modules = self.modules.iter().map(|module| {
            let blocks: Vec<String> = module
                .items
                .iter()
                .filter_map(|item| self.item(item))
                .collect();
            (module.path.clone(), blocks.join("\n"))
        });
        modules.collect()
    }

    fn item(&self, item: &Item) -> Option<String> {
        let (doc, value) = match item {
            Item::Include(path) => (None, object([("include", Some(string(path)))])),
            Item::Pragma(settings) => (None, object([("pragma", Some(pragma(settings)))])),
            Item::Doc(_) => return None,
            Item::Definition(EntityId::Type(id)) => {
                let ty = &self[*id];
                (ty.doc.as_ref(), self.type_definition(ty)?)
            }
            Item::Definition(EntityId::Command(id)) => {
                let command = &self[*id];
                (command.doc.as_ref(), self.command(command))
            }
            Item::Definition(EntityId::Event(id)) => {
                let event = &self[*id];
                (event.doc.as_ref(), self.event(event))
            }
        };
        let mut text = doc.map(comment).unwrap_or_default();
        value.print(&mut text, 0, 0);
        text.push('\n');
        Some(text)
    }

    fn type_definition(&self, ty: &Type) -> Option<Value> {
        let condition = ty.condition.as_ref().map(condition);
        let features = features(&ty.features);
        let name = Some(string(&ty.name));
        Some(match &ty.kind {
            TypeKind::Builtin(_) | TypeKind::Array(_) => return None,
            TypeKind::Enum(declared) => object([
                ("enum", name),
                ("prefix", declared.prefix.as_deref().map(string)),
                ("data", Some(array(declared.values.iter().map(enum_value)))),
                ("if", condition),
                ("features", features),
            ]),
            TypeKind::Object(declared) => match &declared.variants {
                None => object([
                    ("struct", name),
                    ("base", declared.base.map(|base| self.type_name(base))),
                    ("data", Some(self.members(&declared.members))),
                    ("if", condition),
                    ("features", features),
                ]),
                Some(variants) => object([
                    ("union", name),
                    ("base", declared.base.map(|base| self.data(base, "base"))),
                    ("discriminator", discriminator(declared, variants)),
                    (
                        "data",
                        Some(self.union_branches(declared.form, &variants.branches)),
                    ),
                    ("if", condition),
                    ("features", features),
                ]),
            },
            TypeKind::Alternate(declared) => object([
                ("alternate", name),
                ("data", Some(self.branches(&declared.branches))),
                ("if", condition),
                ("features", features),
            ]),
        })
    }

    fn command(&self, command: &Command) -> Value {
        let flag = |value: bool, default: bool| (value != default).then_some(Value::Boolean(value));
        object([
            ("command", Some(string(&command.name))),
            ("boxed", flag(command.boxed, false)),
            ("data", command.args.map(|args| self.data(args, "arg"))),
            ("returns", command.ret.map(|ret| self.type_name(ret))),
            ("gen", flag(command.gen_code, true)),
            ("success-response", flag(command.success_response, true)),
            ("allow-oob", flag(command.allow_oob, false)),
            ("allow-preconfig", flag(command.allow_preconfig, false)),
            ("coroutine", flag(command.coroutine, false)),
            ("if", command.condition.as_ref().map(condition)),
            ("features", features(&command.features)),
        ])
    }

    fn event(&self, event: &Event) -> Value {
        object([
            ("event", Some(string(&event.name))),
            ("boxed", event.boxed.then_some(Value::Boolean(true))),
            ("data", event.args.map(|args| self.data(args, "arg"))),
            ("if", event.condition.as_ref().map(condition)),
            ("features", features(&event.features)),
        ])
    }

    /// A type by name, or the members of the implicit object that stands for
    /// them.
    fn data(&self, id: TypeId, role: &str) -> Value {
        match &self[id].kind {
            TypeKind::Object(implicit) if self[id].implicit && self[id].name.ends_with(role) => {
                self.members(&implicit.members)
            }
            _ => self.type_name(id),
        }
    }

    fn type_name(&self, id: TypeId) -> Value {
        match self[id].kind {
            TypeKind::Array(element) => array([string(&self[element].name)]),
            _ => string(&self[id].name),
        }
    }

    fn members(&self, members: &[Member]) -> Value {
        let entries = members.iter().map(|member| {
            let optional = if member.optional { "*" } else { "" };
            let value = sugared(
                ("type", self.member_type(member.ty)),
                member.condition.as_ref(),
                &member.features,
            );
            (format!("{optional}{}", member.name), value)
        });
        Value::Object(entries.collect())
    }

    /// Old releases have members whose type has no name.
    fn member_type(&self, id: TypeId) -> Value {
        match &self[id].kind {
            TypeKind::Object(inline) if self[id].name.starts_with("q_obj_") => {
                self.members(&inline.members)
            }
            _ => self.type_name(id),
        }
    }

    fn union_branches(&self, form: ObjectForm, branches: &[Branch]) -> Value {
        // The parser adds the branches that have no members.
        let empty = self.type_named("q_empty");
        let declared = branches
            .iter()
            .filter(|branch| Some(branch.ty) != empty)
            .map(|branch| {
                let ty = match form {
                    ObjectForm::SimpleUnion => self.wrapped(branch.ty),
                    _ => branch.ty,
                };
                Branch {
                    ty,
                    ..branch.clone()
                }
            });
        self.branches(&declared.collect::<Vec<_>>())
    }

    /// The type that an implicit object wraps.
    fn wrapped(&self, wrapper: TypeId) -> TypeId {
        match &self[wrapper].kind {
            TypeKind::Object(object) => object.members.first().map_or(wrapper, |data| data.ty),
            _ => wrapper,
        }
    }

    fn branches(&self, branches: &[Branch]) -> Value {
        let entries = branches.iter().map(|branch| {
            let ty = ("type", self.type_name(branch.ty));
            let value = sugared(ty, branch.condition.as_ref(), &[]);
            (branch.name.clone(), value)
        });
        Value::Object(entries.collect())
    }
}

fn discriminator(declared: &Object, variants: &Variants) -> Option<Value> {
    match declared.form {
        ObjectForm::SimpleUnion => None,
        _ => Some(string(&variants.tag)),
    }
}

fn enum_value(value: &EnumValue) -> Value {
    sugared(
        ("name", string(&value.name)),
        value.condition.as_ref(),
        &value.features,
    )
}

fn features(features: &[Feature]) -> Option<Value> {
    let values = features.iter().map(|feature| {
        let name = ("name", string(&feature.name));
        sugared(name, feature.condition.as_ref(), &[])
    });
    (!features.is_empty()).then(|| array(values))
}

/// The short form where there is nothing but the one value.
fn sugared(
    (key, value): (&'static str, Value),
    condition_: Option<&Condition>,
    features_: &[Feature],
) -> Value {
    if condition_.is_none() && features_.is_empty() {
        return value;
    }
    object([
        (key, Some(value)),
        ("if", condition_.map(condition)),
        ("features", features(features_)),
    ])
}

fn condition(tree: &Condition) -> Value {
    let infix =
        |key, operands: &[Condition]| object([(key, Some(array(operands.iter().map(condition))))]);
    match tree {
        Condition::Defined(symbol) if is_symbol(symbol) => string(symbol),
        Condition::Defined(_) | Condition::Text(_) => string(&tree.to_string()),
        Condition::All(operands) => infix("all", operands),
        Condition::Any(operands) => infix("any", operands),
        Condition::Not(operand) => object([("not", Some(condition(operand)))]),
    }
}

fn pragma(settings: &Pragma) -> Value {
    let list = |names: &[String]| {
        (!names.is_empty()).then(|| array(names.iter().map(|name| string(name))))
    };
    object([
        ("doc-required", settings.doc_required.map(Value::Boolean)),
        (
            "command-name-exceptions",
            list(&settings.command_name_exceptions),
        ),
        (
            "command-returns-exceptions",
            list(&settings.command_returns_exceptions),
        ),
        (
            "documentation-exceptions",
            list(&settings.documentation_exceptions),
        ),
        (
            "member-name-exceptions",
            list(&settings.member_name_exceptions),
        ),
    ])
}

/// The comment that keeps a documentation's facts.
fn comment(doc: &Doc) -> String {
    let mut text = format!("##\n# @{}:\n", doc.symbol.as_deref().unwrap_or_default());
    described(&mut text, &doc.members);
    if !doc.features.is_empty() {
        text.push_str("#\n# Features:\n");
        described(&mut text, &doc.features);
    }
    if let Some(since) = doc.since() {
        // Writing to a string cannot fail.
        _ = write!(text, "#\n# Since: {since}\n");
    }
    text.push_str("##\n");
    text
}

fn described(text: &mut String, members: &[DocMember]) {
    for member in members {
        // A comment may describe names that a schema cannot declare.
        let name = visible(&member.name);
        _ = match member.since() {
            Some(since) => write!(text, "#\n# @{name}: (since {since})\n"),
            None => write!(text, "#\n# @{name}:\n"),
        };
    }
}

/// A value to print.
enum Value {
    String(String),
    Boolean(bool),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn array(values: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(values.into_iter().collect())
}

/// An object of the entries that have a value.
fn object<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let present = entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(present.collect())
}

const WIDTH: usize = 80;

impl Value {
    /// Appends the value, on one line if it fits.
    ///
    /// `column` is where it starts, and `depth` how deep it is nested.
    fn print(&self, text: &mut String, column: usize, depth: usize) {
        let start = text.len();
        self.print_flat(text, WIDTH.saturating_sub(column));
        if column + (text.len() - start) <= WIDTH {
            return;
        }
        let indent = "  ".repeat(depth + 1);
        let separator = format!(",\n{indent}");
        match self {
            Value::String(_) | Value::Boolean(_) => {}
            Value::Array(values) => {
                text.truncate(start);
                text.push_str("[\n");
                text.push_str(&indent);
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        text.push_str(&separator);
                    }
                    value.print(text, indent.len(), depth + 1);
                }
                text.push_str(" ]");
            }
            Value::Object(entries) => {
                text.truncate(start);
                // A definition's first key stands beside its brace.
                if depth == 0 {
                    text.push_str("{ ");
                } else {
                    text.push_str("{\n");
                    text.push_str(&indent);
                }
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        text.push_str(&separator);
                    }
                    quote(text, key);
                    text.push_str(": ");
                    value.print(text, indent.len() + key.len() + 4, depth + 1);
                }
                text.push_str(" }");
            }
        }
    }

    /// Appends the value on one line; gives up once it is longer than `limit`.
    fn print_flat(&self, text: &mut String, limit: usize) {
        let start = text.len();
        match self {
            Value::String(string) => quote(text, string),
            Value::Boolean(value) => text.push_str(if *value { "true" } else { "false" }),
            Value::Array(values) if values.is_empty() => text.push_str("[]"),
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    text.push_str(if index == 0 { "[ " } else { ", " });
                    value.print_flat(text, limit);
                    if text.len() - start > limit {
                        return;
                    }
                }
                text.push_str(" ]");
            }
            Value::Object(entries) if entries.is_empty() => text.push_str("{}"),
            Value::Object(entries) => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    text.push_str(if index == 0 { "{ " } else { ", " });
                    quote(text, key);
                    text.push_str(": ");
                    value.print_flat(text, limit);
                    if text.len() - start > limit {
                        return;
                    }
                }
                text.push_str(" }");
            }
        }
    }
}

fn quote(text: &mut String, string: &str) {
    text.push('\'');
    text.push_str(&string.replace('\\', "\\\\"));
    text.push('\'');
}
