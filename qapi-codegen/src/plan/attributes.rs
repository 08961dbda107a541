//! Derives and attributes of the user, for definitions by name.

use qapi_parser::schema::Feature;

use super::features::is_deprecated;
use super::item::Head;
use super::layout::Layout;
use crate::error::Error;
use crate::options::{Attribute, AttributeKind};
use crate::select::matches;
use crate::user_rust::UserRust;

/// Derives and attributes of the user for one definition.
#[derive(Default)]
pub(super) struct OfUser {
    /// Paths of traits.
    pub(super) derives: Vec<UserRust>,
    /// Whole attributes; `cfg` is not among them.
    pub(super) attributes: Vec<UserRust>,
    /// `#[cfg(…)]`, which the impls need as well.
    pub(super) cfgs: Vec<UserRust>,
}

impl OfUser {
    /// Collects those for the definition with this name.
    pub(super) fn of(attributes: &[Attribute<UserRust>], name: &str) -> Self {
        let mut of_user = Self::default();
        for attribute in attributes
            .iter()
            .filter(|attribute| matches(&attribute.pattern, name))
        {
            let list = match attribute.kind {
                AttributeKind::Derive => &mut of_user.derives,
                AttributeKind::Attribute if attribute.rust.is_cfg() => &mut of_user.cfgs,
                AttributeKind::Attribute => &mut of_user.attributes,
            };
            // Several patterns may match.
            if !list.contains(&attribute.rust) {
                list.push(attribute.rust.clone());
            }
        }
        of_user
    }

    /// The traits to derive in addition to those that are implemented anyway.
    /// Implementing a trait twice is an error, and a pattern can match an enum, which
    /// implements more of them than a struct.
    fn derives_beside(&self, given: &[&str]) -> Vec<UserRust> {
        let mut derives = self.derives.clone();
        derives.retain(|path| !given.contains(&standard_trait(path.as_str())));
        derives
    }

    /// The attributes and the name of a struct or an enum. `given` are the traits that
    /// are implemented without a derive.
    pub(super) fn head(
        &self,
        name: &str,
        docs: String,
        features: &[Feature],
        derives: &'static [&'static str],
        given: &[&str],
    ) -> Head {
        Head {
            name: name.to_owned(),
            docs,
            deprecated: is_deprecated(features),
            derives,
            more_derives: self.derives_beside(&[derives, given].concat()),
            attributes: self.attributes.clone(),
        }
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
pub(super) fn check(attributes: &[Attribute<UserRust>], layout: &Layout<'_>) -> Result<(), Error> {
    let names = || {
        let commands = layout.commands.iter().map(|c| c.name.as_str());
        let events = layout.events.iter().map(|e| e.name.as_str());
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_trait_is_derived_once() {
        let paths = ["::core::hash::Hash", "Eq", "::my::Hash", "std::cmp::Ord"];
        let of_user = OfUser {
            derives: paths.map(|path| UserRust::path(path).unwrap()).to_vec(),
            ..OfUser::default()
        };
        let beside = of_user.derives_beside(&["Hash", "Eq"]);
        let beside: Vec<_> = beside.iter().map(UserRust::as_str).collect();
        assert_eq!(beside, ["::my::Hash", "std::cmp::Ord"]);
    }
}
