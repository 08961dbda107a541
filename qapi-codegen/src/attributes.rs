//! What the user puts on definitions, by their names in the schema.

use crate::config::{Attribute, AttributeKind};
use crate::error::Error;
use crate::layout::Layout;
use crate::select::matches;

/// What the user puts on one definition.
#[derive(Default)]
pub(crate) struct Extra<'c> {
    /// Paths of traits.
    pub(crate) derives: Vec<&'c str>,
    /// Whole attributes; `cfg` is not among them.
    pub(crate) attributes: Vec<&'c str>,
    /// `#[cfg(…)]`, one or more.
    pub(crate) cfgs: Vec<&'c str>,
}

impl<'c> Extra<'c> {
    /// What is put on the definition of this name.
    pub(crate) fn of(attributes: &'c [Attribute], name: &str) -> Self {
        let mut extra = Self::default();
        for attribute in attributes
            .iter()
            .filter(|attribute| matches(&attribute.pattern, name))
        {
            let list = match attribute.kind {
                AttributeKind::Derive => &mut extra.derives,
                AttributeKind::Cfg => &mut extra.cfgs,
                AttributeKind::Other => &mut extra.attributes,
            };
            // Several patterns may match.
            if !list.contains(&attribute.text.as_str()) {
                list.push(&attribute.text);
            }
        }
        extra
    }

    /// The traits to derive beside those that are derived anyhow. Deriving a
    /// trait twice is an error, and a pattern may well match an enumeration,
    /// which has more of them than a struct.
    pub(crate) fn derives_beside(&self, given: &[&str]) -> impl Iterator<Item = &'c str> {
        self.derives
            .iter()
            .copied()
            .filter(move |path| !given.contains(&standard_trait(path)))
    }
}

/// The name of a derivable trait of the standard library, if the path is one's.
fn standard_trait(path: &str) -> &str {
    let plain = path.strip_prefix("::").unwrap_or(path);
    match plain.rsplit_once("::") {
        None => plain,
        Some((module, name)) if module.starts_with("core::") || module.starts_with("std::") => name,
        Some(_) => "",
    }
}

/// Finds patterns that match nothing of what is generated.
pub(crate) fn check(attributes: &[Attribute], layout: &Layout<'_>) -> Result<(), Error> {
    let names = || {
        let commands = layout.commands.iter().map(|(c, _)| c.name.as_str());
        let events = layout.events.iter().map(|(e, _)| e.name.as_str());
        let types = layout
            .types
            .iter()
            .map(|&id| layout.schema[id].name.as_str());
        commands.chain(events).chain(types)
    };
    match attributes
        .iter()
        .find(|attribute| !names().any(|name| matches(&attribute.pattern, name)))
    {
        Some(attribute) => Err(Error::no_match(
            "generated definition",
            &attribute.pattern,
            names(),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trait_is_derived_once() {
        let extra = Extra {
            derives: vec!["::core::hash::Hash", "Eq", "::my::Hash", "std::cmp::Ord"],
            ..Extra::default()
        };
        let beside: Vec<_> = extra.derives_beside(&["Hash", "Eq"]).collect();
        assert_eq!(beside, ["::my::Hash", "std::cmp::Ord"]);
    }
}
