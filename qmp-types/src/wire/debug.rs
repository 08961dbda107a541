//! `Debug` of generated types: as a derived one shows them, but for secrets.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::{self, Debug, Write};

use serde_json::{Map, Value};

use crate::secrets::{self, LEFT_OUT, Scope};

/// A field's value. What is a text, or can hold one that no type has looked at, is
/// found out when it is shown, so that generated code has nothing to say of it.
pub trait Shown: Debug + Any {}

impl<T: Debug + Any> Shown for T {}

/// Shows a struct. The names are those in Rust.
///
/// # Errors
/// Those of the formatter.
pub fn debug(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    fields: &[&str],
    values: &[&dyn Shown],
) -> fmt::Result {
    let scope = Scope::Named(name);
    let mut out = f.debug_struct(name);
    for (field, value) in fields.iter().zip(values) {
        out.field(field, &Field::of(scope, field, *value));
    }
    out.finish()
}

/// Shows what a branch of an alternate, or an enum of commands or events, holds.
///
/// # Errors
/// Those of the formatter.
pub fn debug_variant(f: &mut fmt::Formatter<'_>, name: &str, value: &dyn Shown) -> fmt::Result {
    let value = Field::Value(Scope::Named(name), value);
    f.debug_tuple(name).field(&value).finish()
}

/// Shows a command or an event that the schema does not know.
///
/// # Errors
/// Those of the formatter.
pub fn debug_unrecognized(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    content: &str,
    value: &Value,
) -> fmt::Result {
    f.debug_struct("Unrecognized")
        .field("name", &secrets::text(name))
        .field(content, &Field::Value(Scope::Named(name), value))
        .finish()
}

/// What is shown of a field.
enum Field<'v> {
    Value(Scope<'v>, &'v dyn Shown),
    Secret,
}

impl<'v> Field<'v> {
    fn of(scope: Scope<'v>, name: &str, value: &'v dyn Shown) -> Self {
        if scope.hides(name) && !is_none(value) {
            Self::Secret
        } else {
            Self::Value(scope, value)
        }
    }
}

impl Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Secret => f.write_str(LEFT_OUT),
            Self::Value(scope, value) => match text_or_value(scope, value, f) {
                Some(shown) => shown,
                // It looks after itself.
                None => value.fmt(f),
            },
        }
    }
}

/// Shows what is a text, or can hold one that no type has looked at; none if it is
/// anything else. It is a function of its own so that what is nested deeply needs
/// little of the stack.
#[inline(never)]
fn text_or_value(
    scope: Scope<'_>,
    shown: &dyn Shown,
    f: &mut fmt::Formatter<'_>,
) -> Option<fmt::Result> {
    let any: &dyn Any = shown;
    let shown = if let Some(value) = any.downcast_ref::<String>() {
        secrets::text(value).fmt(f)
    } else if let Some(value) = any.downcast_ref::<Option<String>>() {
        value.as_deref().map(secrets::text).fmt(f)
    } else if let Some(value) = any.downcast_ref::<Vec<String>>() {
        texts(value).fmt(f)
    } else if let Some(value) = any.downcast_ref::<Option<Vec<String>>>() {
        value.as_deref().map(texts).fmt(f)
    } else if let Some(value) = any.downcast_ref::<Value>() {
        without(scope, value).fmt(f)
    } else if let Some(value) = any.downcast_ref::<Option<Value>>() {
        value.as_ref().map(|value| without(scope, value)).fmt(f)
    } else if let Some(value) = any.downcast_ref::<Vec<Value>>() {
        values(scope, value).fmt(f)
    } else if let Some(value) = any.downcast_ref::<Option<Vec<Value>>>() {
        value.as_ref().map(|value| values(scope, value)).fmt(f)
    } else if let Some(value) = any.downcast_ref::<Map<String, Value>>() {
        members(scope, value).fmt(f)
    } else {
        return None;
    };
    Some(shown)
}

fn texts(texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|text| secrets::text(text)).collect()
}

fn without(scope: Scope<'_>, value: &Value) -> Value {
    let mut value = value.clone();
    secrets::leave_out(scope, &mut value);
    value
}

fn values(scope: Scope<'_>, values: &[Value]) -> Vec<Value> {
    values.iter().map(|value| without(scope, value)).collect()
}

/// The members of an object without what is secret in them.
pub(super) fn members(scope: Scope<'_>, members: &Map<String, Value>) -> Map<String, Value> {
    let mut members = members.clone();
    secrets::leave_out_of(scope, &mut members);
    members
}

/// Whether it is an optional value that is absent, which is no secret.
fn is_none(value: &dyn Shown) -> bool {
    let mut rest = Expected("None");
    write!(rest, "{value:?}").is_ok() && rest.0.is_empty()
}

/// Fails with the first sign that is another than expected, so that a secret is
/// not even written.
struct Expected<'t>(&'t str);

impl Write for Expected<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}
