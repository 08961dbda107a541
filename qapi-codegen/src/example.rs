//! Examples of what goes over the wire, made from the types.

use qapi_parser::schema::{Builtin, Command, Event, Member, TypeId, TypeKind};

use crate::layout::Layout;
use crate::select::Existence;

/// No example goes deeper; arrays are empty there.
const DEPTH: usize = 6;

/// How long a line may become.
const WIDTH: usize = 88;

enum Json {
    /// What stands for itself.
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// A command with what it cannot do without, and the answer to it.
pub(crate) fn of_command(layout: &Layout<'_>, command: &Command) -> String {
    let mut members = vec![("execute".to_owned(), string(&command.name))];
    if let Some(Json::Object(arguments)) = command.args.map(|id| sample(layout, id, "", 0))
        && !arguments.is_empty()
    {
        members.push(("arguments".to_owned(), Json::Object(arguments)));
    }
    let mut text = String::new();
    line("-> ", &Json::Object(members), &mut text);
    if command.success_response {
        let value = command.ret.map(|id| sample(layout, id, "", 0));
        let value = value.unwrap_or(Json::Object(Vec::new()));
        line(
            "<- ",
            &Json::Object(vec![("return".to_owned(), value)]),
            &mut text,
        );
    }
    text
}

/// An event with what it always tells.
pub(crate) fn of_event(layout: &Layout<'_>, event: &Event) -> String {
    let mut members = vec![("event".to_owned(), string(&event.name))];
    if let Some(id) = event.args {
        members.push(("data".to_owned(), sample(layout, id, "", 0)));
    }
    let number = |name: &str, value: &str| (name.to_owned(), Json::Text(value.to_owned()));
    let time = vec![number("seconds", "1767225600"), number("microseconds", "0")];
    members.push(("timestamp".to_owned(), Json::Object(time)));
    let mut text = String::new();
    line("<- ", &Json::Object(members), &mut text);
    text
}

fn string(text: &str) -> Json {
    Json::Text(format!("{text:?}"))
}

/// A value of a type. `name` is the member's that has it.
fn sample(layout: &Layout<'_>, id: TypeId, name: &str, depth: usize) -> Json {
    let text = |text: &str| Json::Text(text.to_owned());
    let selection = layout.selection;
    match &layout.schema[id].kind {
        TypeKind::Builtin(builtin) => match builtin {
            Builtin::Str => string(name),
            Builtin::Bool => text("true"),
            Builtin::Null => text("null"),
            Builtin::Number => text("0.5"),
            Builtin::Any => Json::Object(Vec::new()),
            _ => text("1"),
        },
        TypeKind::Array(_) if depth >= DEPTH => Json::List(Vec::new()),
        TypeKind::Array(element) => Json::List(vec![sample(layout, *element, name, depth + 1)]),
        TypeKind::Enum(declared) => {
            let mut values = declared.values.iter();
            let exists = values.find(|value| {
                layout
                    .selection
                    .exists(value.condition.as_ref(), &value.features)
            });
            string(exists.map_or("", |value| &value.name))
        }
        TypeKind::Alternate(_) => match selection.alternate_branches(layout.schema, id).first() {
            Some((branch, _)) => sample(layout, branch.ty, name, depth + 1),
            None => text("null"),
        },
        TypeKind::Object(_) => Json::Object(members(layout, id, depth)),
    }
}

fn members(layout: &Layout<'_>, id: TypeId, depth: usize) -> Vec<(String, Json)> {
    if depth > 2 * DEPTH {
        return Vec::new();
    }
    let tag = layout.tag(id);
    let branches = layout.selection.union_branches(layout.schema, id);
    // The branch that says least needs least explanation.
    let branch = branches
        .into_iter()
        .map(|(branch, _)| branch)
        .min_by_key(|branch| {
            // A union in a union brings a branch of its own.
            let nested = layout.tag(branch.ty).is_some();
            mandatory(layout, branch.ty).count() + 10 * usize::from(nested)
        });
    let mut result: Vec<(String, Json)> = mandatory(layout, id)
        .map(|member| {
            let name = &member.name;
            let value = match branch {
                Some(branch) if Some(name.as_str()) == tag => string(&branch.name),
                _ => sample(layout, member.ty, name, depth + 1),
            };
            (name.clone(), value)
        })
        .collect();
    if let Some(branch) = branch {
        result.extend(members(layout, branch.ty, depth + 1));
    }
    result
}

/// The members that every value has.
fn mandatory<'s>(layout: &Layout<'s>, id: TypeId) -> impl Iterator<Item = &'s Member> {
    let selection = layout.selection;
    let members = layout.schema.all_members(id).into_iter();
    members.filter(move |member| {
        !member.optional && selection.existence(member.condition.as_ref()) == Existence::Always
    })
}

fn line(start: &str, json: &Json, out: &mut String) {
    out.push_str(start);
    write(json, start.len(), out);
    out.push('\n');
}

/// Writes a value on one line, or one with a line for each part.
fn write(json: &Json, indent: usize, out: &mut String) {
    let start = out.len();
    write_flat(json, out);
    if indent + out.len() - start <= WIDTH {
        return;
    }
    let (open, close, parts): (_, _, Vec<(Option<&str>, &Json)>) = match json {
        Json::Text(_) => return,
        Json::List(elements) => ("[", "]", elements.iter().map(|json| (None, json)).collect()),
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(name, json)| (Some(name.as_str()), json));
            ("{", "}", members.collect())
        }
    };
    out.truncate(start);
    out.push_str(open);
    let count = parts.len();
    for (index, (name, json)) in parts.into_iter().enumerate() {
        out.push('\n');
        out.push_str(&" ".repeat(indent + 2));
        if let Some(name) = name {
            out.push_str(&format!("{name:?}: "));
        }
        write(json, indent + 2, out);
        if index + 1 < count {
            out.push(',');
        }
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push_str(close);
}

fn write_flat(json: &Json, out: &mut String) {
    match json {
        Json::Text(text) => out.push_str(text),
        Json::List(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_flat(element, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(&format!("{name:?}: "));
                write_flat(value, out);
            }
            out.push('}');
        }
    }
}
