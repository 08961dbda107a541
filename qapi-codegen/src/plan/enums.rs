//! Enumerations, alternates, and the variants that alternates and unions have.

use qapi_parser::schema::{Builtin, Enum as Declared, Releases, TypeId, TypeKind};

use super::attributes::OfUser;
use super::docs::Presence;
use super::features::is_deprecated;
use super::history::Documented;
use super::item::{Alternate, Enum, JsonType, Value, Variant};
use super::meaning::Meaning;
use super::planner::Planner;
use crate::item::ItemKind;
use crate::names;
use crate::unions::tag_type;

impl<'l> Planner<'l> {
    /// An enumeration.
    pub(super) fn open_enum(
        &self,
        id: TypeId,
        declared: &Declared,
        name: &str,
        meaning: &Meaning<'l>,
        of_user: &OfUser,
    ) -> Enum {
        let layout = self.layout;
        let names = names::variants(declared.values.iter().map(|value| value.name.as_str()));
        let exists = declared.values.iter().filter(|value| {
            let selection = layout.selection;
            selection.exists(value.condition.as_ref(), &value.features)
        });
        let values = exists.map(|value| Value {
            wire: value.name.clone(),
            name: names[value.name.as_str()].clone(),
            docs: self.document_part(
                Documented::Value(&value.name),
                meaning.part(&value.name),
                Presence {
                    releases: value.releases,
                    mandatory_in: Releases::NONE,
                    condition: value.condition.as_ref(),
                    features: &value.features,
                },
            ),
            deprecated: is_deprecated(&value.features),
        });
        let values = values.collect();
        Enum {
            head: of_user.head(
                name,
                self.document(&self.subject(ItemKind::Enum, id, meaning), ""),
                &layout.schema[id].features,
                &[
                    "Clone",
                    "Debug",
                    "PartialEq",
                    "Eq",
                    "PartialOrd",
                    "Ord",
                    "Hash",
                ],
                &[],
            ),
            values,
            unknown_docs: "A value that the schema does not know.",
            value_docs: "The value on the wire.",
        }
    }

    /// An alternate.
    pub(super) fn alternate(
        &self,
        id: TypeId,
        name: &str,
        meaning: &Meaning<'l>,
        of_user: &OfUser,
    ) -> Alternate {
        Alternate {
            head: of_user.head(
                name,
                self.document(&self.subject(ItemKind::Alternate, id, meaning), ""),
                &self.layout.schema[id].features,
                &["Clone", "PartialEq"],
                &["Debug"],
            ),
            variants: self.variants(id, meaning),
            unknown_docs: "A value of a JSON type that the schema does not know here.",
        }
    }

    /// The variants of a union or an alternate.
    pub(super) fn variants(&self, id: TypeId, meaning: &Meaning<'_>) -> Vec<Variant> {
        let schema = self.layout.schema;
        // What a branch means may stand with the discriminator's values.
        let values = tag_type(schema, id).map(|id| Meaning::of_type(schema, id));
        let arms = self.layout.arms(id);
        let variants = arms.iter().map(|arm| {
            let branch = arm.branch;
            let mut part = meaning.part(&branch.name);
            if let Some(value) = values.as_ref().map(|values| values.part(&branch.name)) {
                part.summary = part.summary.or(value.summary);
                if part.text.is_empty() {
                    part.text = value.text;
                }
            }
            let presence = Presence {
                releases: branch.releases,
                mandatory_in: Releases::NONE,
                condition: branch.condition.as_ref(),
                features: arm.features,
            };
            let documented = Documented::Branch(&branch.name);
            Variant {
                wire: branch.name.clone(),
                name: arm.name.clone(),
                docs: self.document_part(documented, part, presence),
                deprecated: is_deprecated(arm.features),
                ty: arm.ty.clone(),
                boxed: arm.boxed,
                json: self.json_type(branch.ty),
            }
        });
        variants.collect()
    }

    fn json_type(&self, id: TypeId) -> JsonType {
        match &self.layout.schema[id].kind {
            TypeKind::Builtin(Builtin::Str) | TypeKind::Enum(_) => JsonType::String,
            TypeKind::Builtin(Builtin::Bool) => JsonType::Boolean,
            TypeKind::Builtin(Builtin::Null) => JsonType::Null,
            // The schema language does not allow `any` here.
            TypeKind::Builtin(_) => JsonType::Number,
            TypeKind::Array(_) => JsonType::Array,
            TypeKind::Object(_) | TypeKind::Alternate(_) => JsonType::Object,
        }
    }
}
