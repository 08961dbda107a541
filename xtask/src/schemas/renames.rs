//! What types were called before, where they are used.

use std::collections::{BTreeMap, BTreeSet};

use qapi_schemas::availability::{Kind, PartKind};

use super::release_name::ReleaseName;
use super::table::Rows;
use super::wire::Item;

/// For a type, its older names with the last release that has them.
pub(super) type Renames = BTreeMap<String, BTreeMap<String, ReleaseName>>;

/// Walks each two neighbouring releases in step, from their commands and events, and
/// finds types that have another name in the same place. A type that the older
/// release has as well was not renamed, but used in another place.
pub(super) fn find(rows: &Rows) -> Renames {
    let mut renames = Renames::new();
    let releases = rows.releases();
    let mut older = Release::default();
    for (at, _) in releases.iter().enumerate() {
        let newer = Release::new(rows, at);
        if at > 0 {
            let mut walk = Walk {
                older: &older,
                newer: &newer,
                seen: BTreeSet::new(),
            };
            for (old, new) in walk.run() {
                let names = renames.entry(new.to_owned()).or_default();
                names.insert(old.to_owned(), releases[at - 1].clone());
            }
        }
        older = newer;
    }
    renames
}

/// What one release has, by definition.
#[derive(Default)]
struct Release<'r> {
    definitions: BTreeMap<&'r str, Definition<'r>>,
}

#[derive(Default)]
struct Definition<'r> {
    kind: Option<Kind>,
    /// The types that parts refer to, by part.
    types: BTreeMap<(Place, &'r str), &'r str>,
    alternatives: Vec<&'r str>,
}

/// Which parts are in the same place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Argument,
    Reply,
    Member,
    Branch,
}

impl<'r> Release<'r> {
    fn new(rows: &'r Rows, at: usize) -> Self {
        let mut release = Self::default();
        for row in rows.of_release(at) {
            let definition = release.definitions.entry(&row.definition).or_default();
            if let Item::Kind(kind) = row.item {
                definition.kind = Some(kind);
            }
            let Some((kind, name, ty)) = row.item.ty() else {
                continue;
            };
            let place = match kind {
                PartKind::ArgType => Place::Argument,
                PartKind::RetType => Place::Reply,
                PartKind::Branch => Place::Branch,
                PartKind::Alternative => {
                    definition.alternatives.push(ty);
                    continue;
                }
                _ => Place::Member,
            };
            definition.types.insert((place, name), ty);
        }
        release
    }
}

struct Walk<'w, 'r> {
    older: &'w Release<'r>,
    newer: &'w Release<'r>,
    seen: BTreeSet<(&'r str, &'r str)>,
}

impl<'r> Walk<'_, 'r> {
    /// The pairs of an older and a newer name.
    fn run(&mut self) -> Vec<(&'r str, &'r str)> {
        let called = self.older.definitions.iter().filter(|(name, definition)| {
            let kind = |of: &Definition<'_>| of.kind.filter(|kind| is_called(*kind));
            let newer = self.newer.definitions.get(*name);
            kind(definition).is_some() && newer.and_then(kind) == definition.kind
        });
        let mut next: Vec<_> = called.map(|(name, _)| (*name, *name)).collect();
        let mut renamed = Vec::new();
        while let Some((old, new)) = next.pop() {
            let pair = (old.trim_matches(['[', ']']), new.trim_matches(['[', ']']));
            let (old_name, new_name) = pair;
            let older = self.older.definitions.get(old_name);
            let newer = self.newer.definitions.get(new_name);
            // Built-in types have no definition, and an object without members says
            // nothing of what has members later.
            let (Some(older), Some(newer)) = (older, newer) else {
                continue;
            };
            if old_name == "q_empty" || new_name == "q_empty" || !self.seen.insert(pair) {
                continue;
            }
            // What became an alternate is one of its branches.
            next.extend(newer.alternatives.iter().map(|branch| (old, *branch)));
            for branch in &older.alternatives {
                next.extend(newer.alternatives.iter().map(|other| (*branch, *other)));
            }
            if older.kind != newer.kind {
                continue;
            }
            if old_name != new_name && !self.older.definitions.contains_key(new_name) {
                renamed.push(pair);
            }
            for (place, ty) in &older.types {
                next.extend(newer.types.get(place).map(|other| (*ty, *other)));
            }
        }
        renamed
    }
}

fn is_called(kind: Kind) -> bool {
    matches!(kind, Kind::Command | Kind::Event)
}
