//! Finds the commands and events of several schemas by patterns.

use std::collections::BTreeSet;

use qapi_parser::Schema;

use super::pattern::matches;
use crate::error::Error;
use crate::names::Names;

/// What a pattern is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Commands.
    Command,
    /// Events.
    Event,
}

impl Kind {
    fn names(self, schema: &Schema) -> Vec<&str> {
        match self {
            Self::Command => schema.commands.iter().map(|c| c.name.as_str()).collect(),
            Self::Event => schema.events.iter().map(|e| e.name.as_str()).collect(),
        }
    }

    fn rust_name<'n>(self, names: &'n Names, name: &str) -> &'n str {
        match self {
            Self::Command => names.of_command(name),
            Self::Event => names.of_event(name),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Event => "event",
        }
    }
}

/// Returns the names in the schemas that match one of the patterns. As for
/// [`Config::command`](crate::Config::command), a pattern that matches no name of
/// a schema is one of names in Rust.
///
/// # Errors
/// A pattern matches nothing in any of the schemas.
pub fn names_matching(
    kind: Kind,
    patterns: &[String],
    schemas: &[&Schema],
) -> Result<BTreeSet<String>, Error> {
    let known: Vec<_> = schemas
        .iter()
        .map(|schema| (kind.names(schema), Names::new(schema)))
        .collect();
    let mut selected = BTreeSet::new();
    for pattern in patterns {
        let pick = |is_picked: &dyn Fn(&Names, &str) -> bool| -> Vec<String> {
            let schemas = known.iter();
            schemas
                .flat_map(|(names, rust)| names.iter().filter(|name| is_picked(rust, name)))
                .map(|name| (*name).to_owned())
                .collect()
        };
        let mut found = pick(&|_, name| matches(pattern, name));
        if found.is_empty() {
            found = pick(&|rust, name| matches(pattern, kind.rust_name(rust, name)));
        }
        if found.is_empty() {
            let names = known.iter().flat_map(|(names, _)| names.iter().copied());
            return Err(Error::no_match(kind.as_str(), pattern, names));
        }
        selected.extend(found);
    }
    Ok(selected)
}
