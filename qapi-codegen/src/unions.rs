//! Looks up the branches of unions and alternates in a schema.

use std::collections::HashMap;

use qapi_parser::Schema;
use qapi_parser::schema::{Branch, EnumValue, Feature, Object, TypeId, TypeKind, Variants};

/// All branches that a union or an alternate has in the schema.
pub(crate) fn branches_of(schema: &Schema, id: TypeId) -> &[Branch] {
    match &schema[id].kind {
        TypeKind::Alternate(alternate) => &alternate.branches,
        _ => variants_of(schema, id).map_or(&[], |variants| &variants.branches),
    }
}

/// The name of a union's discriminator.
pub(crate) fn tag_of(schema: &Schema, id: TypeId) -> Option<&str> {
    variants_of(schema, id).map(|variants| variants.tag.as_str())
}

/// The branch of a union's values that have no discriminator.
pub(crate) fn default_branch_of(schema: &Schema, id: TypeId) -> Option<&str> {
    variants_of(schema, id)?.default_branch.as_deref()
}

/// The type of a union's discriminator.
pub(crate) fn tag_type(schema: &Schema, id: TypeId) -> Option<TypeId> {
    let tag = tag_of(schema, id)?;
    let members = schema.all_members(id);
    let member = members.into_iter().find(|member| member.name == tag)?;
    Some(member.ty)
}

/// The features of a union's branches, by name, which are those of the
/// discriminator's values. What is not in it has none.
pub(crate) fn tag_features(schema: &Schema, id: TypeId) -> HashMap<&str, &[Feature]> {
    let values: &[EnumValue] = match tag_type(schema, id).map(|tag| &schema[tag].kind) {
        Some(TypeKind::Enum(values)) => &values.values,
        _ => &[],
    };
    let featured = values.iter().filter(|value| !value.features.is_empty());
    featured
        .map(|value| (value.name.as_str(), value.features.as_slice()))
        .collect()
}

fn variants_of(schema: &Schema, id: TypeId) -> Option<&Variants> {
    match &schema[id].kind {
        TypeKind::Object(Object { variants, .. }) => variants.as_ref(),
        _ => None,
    }
}
