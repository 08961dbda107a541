//! Unions: an enum of the branches, and where there are other common members a
//! struct around it.

use qapi_parser::schema::TypeId;

use super::attributes::OfUser;
use super::item::{Body, Branches, Union, Wire};
use super::meaning::Meaning;
use super::planner::Planner;
use super::structs::{Record, Tag};
use crate::item::ItemKind;

impl<'l> Planner<'l> {
    pub(super) fn union(
        &self,
        id: TypeId,
        name: &str,
        meaning: &Meaning<'l>,
        of_user: &OfUser,
    ) -> Body {
        let layout = self.layout;
        let docs = self.document(&self.subject(ItemKind::Union, id, meaning), "");
        let features = &layout.schema[id].features;
        let tag = layout.tag(id).unwrap_or_default();
        let constructors = self.constructors(id);
        let branches = |name: &str, docs, features| Branches {
            head: of_user.head(name, docs, features, &["Clone", "Debug", "PartialEq"], &[]),
            variants: self.variants(id, meaning),
            unknown_docs: "A branch that the schema does not know.",
            tag_docs: "The discriminator's value.",
            conversions: self.conversions_of_branches(id),
        };
        if layout.is_bare_union(id) {
            return Body::Branches {
                branches: branches(name, docs, features),
                tag: tag.to_owned(),
                default_branch: layout.default_branch(id),
                constructors,
            };
        }
        let of_branches = layout.names.of_branches(id);
        let record = Record {
            name,
            kind: ItemKind::Union,
            docs,
            features,
            meaning,
            slots: &layout.slots(id),
            union: Some(Tag {
                name: tag,
                branches: of_branches,
                default_branch: layout.default_branch(id),
            }),
            extra: None,
            wire: Wire {
                read: true,
                write: true,
            },
        };
        Body::Union(Box::new(Union {
            common: self.record(record, of_user),
            constructors,
            branches: branches(
                of_branches,
                format!("The branches of [`{name}`], by `{tag}`."),
                &[],
            ),
        }))
    }
}
