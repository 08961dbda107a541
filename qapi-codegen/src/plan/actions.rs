//! Unions that hold commands: the actions of a transaction.

use std::collections::HashMap;

use qapi_parser::schema::TypeId;

use super::layout::Layout;

/// The unions that need no other member than the branch of this name: an action of
/// a transaction is made from the command itself.
pub(super) struct Actions<'l>(HashMap<&'l str, Vec<TypeId>>);

impl<'l> Actions<'l> {
    pub(super) fn of(layout: &Layout<'l>) -> Self {
        let mut actions: HashMap<&str, Vec<TypeId>> = HashMap::new();
        // Where there are more members, the command has no values for them.
        let bare = layout.types.iter().filter(|&&id| layout.is_bare_union(id));
        for &id in bare {
            for arm in &*layout.arms(id) {
                actions.entry(&arm.branch.name).or_default().push(id);
            }
        }
        Self(actions)
    }

    /// The unions with a branch of the command's name.
    pub(super) fn of_command(&self, command: &str) -> &[TypeId] {
        self.0.get(command).map_or(&[], Vec::as_slice)
    }
}
