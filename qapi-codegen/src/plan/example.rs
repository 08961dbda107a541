//! Examples of what goes over the wire, made from the types.

use qapi_parser::schema::{Builtin, Command, Event, Member, TypeId, TypeKind};

use super::layout::Layout;
use crate::select::Existence;

/// No example goes deeper; arrays are empty there.
const DEPTH: usize = 6;

/// How many members and branches may be looked at for one example. Members of
/// members of members may be more than anybody has memory for. The examples of
/// all releases take 315 at most.
const STEPS: usize = 4_000;

/// How long a line may become.
const WIDTH: usize = 88;

enum Json {
    /// What stands for itself.
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// A command with its required arguments, and its answer. None if that would be too
/// long to read.
pub(super) fn of_command(layout: &Layout<'_>, command: &Command) -> Option<String> {
    let mut sampler = Sampler::new(layout);
    let mut members = vec![("execute".to_owned(), string(&command.name))];
    if let Some(Json::Object(arguments)) = command.args.map(|id| sampler.sample(id, "", 0))
        && !arguments.is_empty()
    {
        members.push(("arguments".to_owned(), Json::Object(arguments)));
    }
    let mut lines = vec![("-> ", Json::Object(members))];
    if command.success_response {
        let value = command.ret.map(|id| sampler.sample(id, "", 0));
        let value = value.unwrap_or(Json::Object(Vec::new()));
        lines.push(("<- ", Json::Object(vec![("return".to_owned(), value)])));
    }
    sampler.is_within().then(|| text(&lines))
}

/// An event with the members that it always has. None if that would be too long.
pub(super) fn of_event(layout: &Layout<'_>, event: &Event) -> Option<String> {
    let mut sampler = Sampler::new(layout);
    let mut members = vec![("event".to_owned(), string(&event.name))];
    if let Some(id) = event.args {
        members.push(("data".to_owned(), sampler.sample(id, "", 0)));
    }
    let number = |name: &str, value: &str| (name.to_owned(), Json::Text(value.to_owned()));
    let time = vec![number("seconds", "1767225600"), number("microseconds", "0")];
    members.push(("timestamp".to_owned(), Json::Object(time)));
    let lines = [("<- ", Json::Object(members))];
    sampler.is_within().then(|| text(&lines))
}

fn string(text: &str) -> Json {
    Json::Text(format!("{text:?}"))
}

/// Makes values of types.
struct Sampler<'l, 's> {
    layout: &'l Layout<'s>,
    steps: usize,
}

impl<'l, 's> Sampler<'l, 's> {
    fn new(layout: &'l Layout<'s>) -> Self {
        Self { layout, steps: 0 }
    }

    fn is_within(&self) -> bool {
        self.steps <= STEPS
    }

    /// A value of a type. `name` is the member's that has it.
    fn sample(&mut self, id: TypeId, name: &str, depth: usize) -> Json {
        let text = |text: &str| Json::Text(text.to_owned());
        let layout = self.layout;
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
            TypeKind::Array(element) => Json::List(vec![self.sample(*element, name, depth + 1)]),
            TypeKind::Enum(declared) => {
                let mut values = declared.values.iter();
                let exists = values
                    .find(|value| selection.exists(value.condition.as_ref(), &value.features));
                string(exists.map_or("", |value| &value.name))
            }
            TypeKind::Alternate(_) => match selection.branches(layout.schema, id).first() {
                Some((branch, _)) => self.sample(branch.ty, name, depth + 1),
                None => text("null"),
            },
            TypeKind::Object(_) => Json::Object(self.members(id, depth)),
        }
    }

    fn members(&mut self, id: TypeId, depth: usize) -> Vec<(String, Json)> {
        if depth > 2 * DEPTH || !self.is_within() {
            return Vec::new();
        }
        let tag = self.layout.tag(id);
        let branches = self.layout.selection.branches(self.layout.schema, id);
        // The shortest branch needs the least explanation.
        let branch = branches
            .into_iter()
            .map(|(branch, _)| branch)
            .min_by_key(|branch| {
                // A union in a union brings a branch of its own.
                let nested = self.layout.tag(branch.ty).is_some();
                self.mandatory(branch.ty).len() + 10 * usize::from(nested)
            });
        let mut result = Vec::new();
        for member in self.mandatory(id) {
            let name = &member.name;
            let value = match branch {
                Some(branch) if Some(name.as_str()) == tag => string(&branch.name),
                _ => self.sample(member.ty, name, depth + 1),
            };
            result.push((name.clone(), value));
        }
        if let Some(branch) = branch {
            result.extend(self.members(branch.ty, depth + 1));
        }
        result
    }

    /// The members that every value has.
    fn mandatory(&mut self, id: TypeId) -> Vec<&'s Member> {
        self.steps += 1;
        if !self.is_within() {
            return Vec::new();
        }
        let mut members = self.layout.schema.all_members(id);
        self.steps += members.len();
        members.retain(|member| {
            !member.optional
                && self.layout.selection.existence(member.condition.as_ref()) == Existence::Always
        });
        members
    }
}

/// Values, each behind its sign.
fn text(lines: &[(&str, Json)]) -> String {
    let mut out = String::new();
    for (sign, json) in lines {
        out.push_str(sign);
        write(json, sign.len(), &mut out);
        out.push('\n');
    }
    out
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
