//! Finds all types that something needs, and what needs them.

use std::collections::{BTreeMap, BTreeSet};

use qapi_parser::Schema;
use qapi_parser::schema::{TypeId, TypeKind};

use super::selection::Selection;
use crate::error::Error;
use crate::unions::{branches_of, tag_of};

/// What uses a type.
#[derive(Clone, Copy)]
pub(super) enum User<'s> {
    Command(&'s str),
    Event(&'s str),
    Type(TypeId),
    /// The user asks for it by name.
    Request,
}

pub(super) struct Closure<'a, 's> {
    pub(super) schema: &'s Schema,
    pub(super) selection: &'a Selection<'a>,
    pub(super) external: &'a BTreeSet<TypeId>,
    pub(super) denied: BTreeSet<TypeId>,
    /// The types that are needed, with what was first to need them.
    pub(super) users: BTreeMap<TypeId, User<'s>>,
}

impl<'s> Closure<'_, 's> {
    /// The members of an implicit object become the command's or event's own.
    pub(super) fn visit_arguments(&mut self, id: TypeId, user: User<'s>) -> Result<(), Error> {
        if self.schema[id].implicit {
            self.parts(id)
                .into_iter()
                .try_for_each(|id| self.visit(id, user))
        } else {
            self.visit(id, user)
        }
    }

    pub(super) fn visit(&mut self, id: TypeId, user: User<'s>) -> Result<(), Error> {
        let mut open = vec![(id, user)];
        while let Some((id, user)) = open.pop() {
            if self.external.contains(&id) || self.users.contains_key(&id) {
                continue;
            }
            if self.denied.contains(&id) {
                return Err(Error::Denied {
                    name: self.schema[id].name.clone(),
                    users: self.chain(user),
                });
            }
            self.users.insert(id, user);
            open.extend(
                self.parts(id)
                    .into_iter()
                    .map(|part| (part, User::Type(id))),
            );
        }
        Ok(())
    }

    /// What needs what, from what the user asked for down to `user`.
    fn chain(&self, mut user: User<'s>) -> Vec<String> {
        let mut chain = Vec::new();
        loop {
            match user {
                User::Command(name) => chain.push(format!("command `{name}`")),
                User::Event(name) => chain.push(format!("event `{name}`")),
                User::Request => {}
                User::Type(id) => {
                    let ty = &self.schema[id];
                    if !ty.implicit {
                        chain.push(format!("type `{}`", ty.name));
                    }
                    user = self.users[&id];
                    continue;
                }
            }
            chain.reverse();
            return chain;
        }
    }

    /// The types that hold a denied one, however deep.
    pub(super) fn holders_of_denied(&self) -> BTreeSet<TypeId> {
        let mut holding = self.denied.clone();
        let mut before = 0;
        while before < holding.len() {
            before = holding.len();
            let holds = |id: &TypeId| {
                !self.external.contains(id)
                    && self.parts(*id).iter().any(|part| holding.contains(part))
            };
            let more: Vec<TypeId> = self.schema.type_ids().filter(holds).collect();
            holding.extend(more);
        }
        holding
    }

    /// The types that are, or are in, branches which the user leaves out.
    pub(super) fn of_pruned_branches(&self) -> BTreeSet<TypeId> {
        let mut found = BTreeSet::new();
        let pruned = &self.selection.pruned;
        let mut open: Vec<TypeId> = pruned
            .iter()
            .flat_map(|(id, name)| {
                let branches = branches_of(self.schema, *id).iter();
                branches.filter(|branch| branch.name == *name)
            })
            .map(|branch| branch.ty)
            .collect();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(self.parts(id));
            }
        }
        found
    }

    /// The types that stand in a type.
    fn parts(&self, id: TypeId) -> Vec<TypeId> {
        match &self.schema[id].kind {
            TypeKind::Builtin(_) | TypeKind::Enum(_) => Vec::new(),
            TypeKind::Array(element) => vec![*element],
            TypeKind::Alternate(_) | TypeKind::Object(_) => {
                // The discriminator's own type is replaced by that of the branches.
                let tag = tag_of(self.schema, id);
                let members = self.schema.all_members(id).into_iter().filter(|member| {
                    self.selection.has_member(member) && Some(member.name.as_str()) != tag
                });
                let branches = self.selection.branches(self.schema, id);
                members
                    .map(|member| member.ty)
                    .chain(branches.into_iter().map(|(branch, _)| branch.ty))
                    .collect()
            }
        }
    }
}
