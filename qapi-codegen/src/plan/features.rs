//! The features that have a meaning of their own: deprecated and unstable.

use qapi_parser::schema::Feature;

pub(super) fn is_deprecated(features: &[Feature]) -> bool {
    features.iter().any(|feature| feature.name == "deprecated")
}

pub(super) fn is_unstable(features: &[Feature]) -> bool {
    features.iter().any(|feature| feature.name == "unstable")
}
