//! Alternates: the JSON type of a value must determine its branch.

use std::collections::HashMap;

use super::Checker;
use crate::releases::Releases;
use crate::schema::{Branch, Builtin, TypeId, TypeKind};
use crate::text::definition::BranchDef;
use crate::text::diagnostic::{Diagnostic, Kind};
use crate::text::dialect::Dialect;
use crate::text::names::c_name;
use crate::text::resolve::{Place, TypeRef};
use crate::text::valid::{Invalid, Valid};

/// The JSON types that an alternate can distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum JsonType {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Checker<'_, '_> {
    pub(super) fn alternate(
        &mut self,
        id: TypeId,
        branches: Vec<(BranchDef, TypeRef)>,
        place: Place,
    ) -> Valid<()> {
        let mut resolved: Vec<Branch> = Vec::with_capacity(branches.len());
        let mut outcome = Ok(());
        for (branch, ty) in branches {
            let described = format!("branch '{}'", branch.name);
            match self.resolve(&ty, &described, place) {
                Ok(ty) => resolved.push(Branch {
                    name: branch.name,
                    ty,
                    condition: branch.condition,
                    span: Some(branch.span),
                    releases: Releases::ALL,
                }),
                Err(Invalid) => outcome = Err(Invalid),
            }
        }
        let mut names: HashMap<String, usize> = HashMap::new();
        let mut json_types: HashMap<JsonType, usize> = HashMap::new();
        for (index, branch) in resolved.iter().enumerate() {
            let wrong = if let Some(other) = names.insert(c_name(&branch.name), index) {
                let message = format!(
                    "the branches '{}' and '{}' have the same name in C",
                    branch.name, resolved[other].name
                );
                Some((message, other))
            } else {
                match self.json_types(branch.ty) {
                    None => {
                        let message = format!(
                            "branch '{}' of an alternate cannot be the {}",
                            branch.name,
                            self.describe(branch.ty)
                        );
                        Some((message, index))
                    }
                    Some(types) => types
                        .into_iter()
                        .filter_map(|json_type| json_types.insert(json_type, index))
                        .next()
                        .map(|other| {
                            let message = format!(
                                "branch '{}' cannot be distinguished from branch '{}'",
                                branch.name, resolved[other].name
                            );
                            (message, other)
                        }),
                }
            };
            if let Some((message, other)) = wrong {
                let other = resolved[other].span.filter(|_| other != index);
                let at = branch.span.unwrap_or(place.name_span);
                let diagnostic = Diagnostic::new(Kind::Type, at, message)
                    .located_at(place.span)
                    .related(other, "the other branch");
                self.resolver.reporter.error(diagnostic);
                outcome = Err(Invalid);
            }
        }
        if let TypeKind::Alternate(alternate) = &mut self.resolver.schema.types[id.0 as usize].kind
        {
            alternate.branches = resolved;
        }
        outcome
    }

    /// The JSON types that a value of this type can have. None if the type cannot
    /// be a branch.
    fn json_types(&mut self, id: TypeId) -> Option<Vec<JsonType>> {
        let is_legacy = self.resolver.reporter.dialect() == Dialect::Legacy;
        let own = match self.kind(id) {
            // Old generators did not consider values on a command line.
            TypeKind::Enum(_) | TypeKind::Builtin(Builtin::Str) if is_legacy => JsonType::String,
            TypeKind::Enum(_) => {
                let mut types = vec![JsonType::String];
                types.extend(self.lookalikes(id));
                return Some(types);
            }
            TypeKind::Builtin(Builtin::Str) => {
                return Some(vec![JsonType::String, JsonType::Number, JsonType::Boolean]);
            }
            TypeKind::Builtin(Builtin::Any | Builtin::Anything) | TypeKind::Alternate(_) => {
                return None;
            }
            TypeKind::Builtin(Builtin::Null) => JsonType::Null,
            TypeKind::Builtin(Builtin::Bool) => JsonType::Boolean,
            TypeKind::Builtin(_) => JsonType::Number,
            TypeKind::Array(_) => JsonType::Array,
            TypeKind::Object(_) => JsonType::Object,
        };
        Some(vec![own])
    }

    /// The JSON types that the values of an enum look like on a command line.
    fn lookalikes(&mut self, id: TypeId) -> Vec<JsonType> {
        if let Some(types) = self.lookalikes.get(&id) {
            return types.clone();
        }
        let mut types = Vec::new();
        if let TypeKind::Enum(declared) = self.kind(id) {
            let values = || declared.values.iter().map(|value| value.name.as_str());
            if values().any(|value| matches!(value, "on" | "off")) {
                types.push(JsonType::Boolean);
            }
            let numeric = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.');
            if values().any(|value| value.starts_with(numeric)) {
                types.push(JsonType::Number);
            }
        }
        self.lookalikes.insert(id, types.clone());
        types
    }
}
