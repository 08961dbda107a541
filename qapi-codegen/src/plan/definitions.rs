//! Plans each type of the schema.

use qapi_parser::schema::{TypeId, TypeKind};

use super::attributes::OfUser;
use super::item::{Body, Definition};
use super::meaning::Meaning;
use super::planner::Planner;
use crate::item::{Item, ItemKind};

impl Planner<'_> {
    /// What a type of the schema becomes.
    pub(super) fn definition(&self, id: TypeId) -> Option<Definition> {
        let schema = self.layout.schema;
        let name = self.layout.names.of_type(id);
        let of_user = OfUser::of(self.attributes, &schema[id].name);
        let meaning = &Meaning::of_type(schema, id);
        let (kind, body) = match &schema[id].kind {
            TypeKind::Builtin(_) | TypeKind::Array(_) => return None,
            TypeKind::Enum(values) => (
                ItemKind::Enum,
                Body::Enum(self.open_enum(id, values, name, meaning, &of_user)),
            ),
            TypeKind::Alternate(_) => (
                ItemKind::Alternate,
                Body::Alternate(self.alternate(id, name, meaning, &of_user)),
            ),
            TypeKind::Object(object) if object.variants.is_some() => {
                (ItemKind::Union, self.union(id, name, meaning, &of_user))
            }
            TypeKind::Object(_) => (
                ItemKind::Struct,
                Body::Struct(self.structure(id, name, meaning, &of_user)),
            ),
        };
        let conversions = match &body {
            Body::Enum(_) | Body::Newtype(_) | Body::Branches { .. } => Vec::new(),
            Body::Struct(_) => self.conversions_of_wrapper(id),
            Body::Union(_) => self.conversions_of_union(id),
            Body::Alternate(_) => self.conversions_of_alternate(id),
        };
        Some(Definition {
            item: Item {
                name: schema[id].name.clone(),
                path: format!("types::{name}"),
                kind,
                is_named: !schema[id].implicit,
            },
            cfgs: of_user.cfgs,
            types: self.own,
            body,
            conversions,
            message: None,
        })
    }
}
