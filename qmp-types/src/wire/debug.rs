//! `Debug` of generated types, as if it were derived, but without secrets.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::{self, Debug};

use serde_json::{Map, Value};

use crate::secrets::{self, LEFT_OUT, Scope};

/// The value of a field. Whether it is text, or a JSON value that may have text in it,
/// is found out at run time, so that generated code need not say it.
pub trait Shown: Debug + Any {}

impl<T: Debug + Any> Shown for T {}

/// Formats a struct. The names are those in Rust.
///
/// # Errors
/// The formatter fails.
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

/// Formats a variant with a value, of an alternate or of the enum of commands or
/// events.
///
/// # Errors
/// The formatter fails.
pub fn debug_variant(f: &mut fmt::Formatter<'_>, name: &str, value: &dyn Shown) -> fmt::Result {
    let value = Field::Value(Scope::Named(name), value);
    f.debug_tuple(name).field(&value).finish()
}

/// Formats a command or an event that the schema does not declare.
///
/// # Errors
/// The formatter fails.
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

/// A field as it is formatted.
enum Field<'v> {
    /// A value that may have secrets in it, depending on the scope.
    Value(Scope<'v>, &'v dyn Shown),
    /// A secret, which is not shown.
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
                // Its own `Debug` omits its secrets.
                None => value.fmt(f),
            },
        }
    }
}

/// Formats a string, a JSON value, or a list or option of them. Returns `None` for
/// values of other types. It is not inlined, so that deep values need less stack.
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

/// Returns the members of an object without secrets.
pub(super) fn members(scope: Scope<'_>, members: &Map<String, Value>) -> Map<String, Value> {
    let mut members = members.clone();
    secrets::leave_out_of(scope, &mut members);
    members
}

/// Returns whether it is an optional value that is absent, which is not a secret.
/// It knows the types that secrets have. A secret of another type is left out even
/// if it is absent.
fn is_none(value: &dyn Shown) -> bool {
    fn is_none_of<T: Any>(value: &dyn Any) -> bool {
        value.downcast_ref().is_some_and(Option::<T>::is_none)
    }
    let value: &dyn Any = value;
    is_none_of::<String>(value)
        || is_none_of::<Vec<String>>(value)
        || is_none_of::<Value>(value)
        || is_none_of::<Vec<Value>>(value)
}
