//! Finds the paths at which each change is met, from the graph of pairs.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::change::{Change, ChangeKind, Diff, Direction, Place};
use super::compare::{Found, Graph, Key};

/// The changes of a graph.
pub(super) fn changes(graph: &Graph) -> Diff {
    let mut changes: Vec<Change> = Vec::new();
    let mut known: HashMap<&Key, usize> = HashMap::new();
    for (name, root) in &graph.roots {
        let mut met: HashSet<(&Key, Direction)> = HashSet::new();
        for (path, found) in reached(graph, name, *root) {
            // Those that are met first have the shortest path.
            if !met.insert((&found.key, found.direction)) {
                continue;
            }
            let place = place(&path, found);
            match known.entry(&found.key) {
                Entry::Occupied(index) => {
                    let change = &mut changes[*index.get()];
                    change.class = change.class.max(place.class);
                    change.places.push(place);
                    // A branch and its value are one change; the branch says more.
                    if is_branch(&found.kind) {
                        change.kind = found.kind.clone();
                    }
                }
                Entry::Vacant(entry) => {
                    entry.insert(changes.len());
                    changes.push(Change {
                        kind: found.kind.clone(),
                        class: place.class,
                        places: vec![place],
                    });
                }
            }
        }
    }
    for change in &mut changes {
        change.places.sort_by(|a, b| {
            let key = |place: &Place| (Reverse(place.class), length(&place.path));
            key(a).cmp(&key(b)).then_with(|| a.path.cmp(&b.path))
        });
    }
    changes.sort_by(|a, b| {
        let classes = b.class.cmp(&a.class);
        classes.then_with(|| a.path().cmp(b.path()))
    });
    Diff { changes }
}

fn length(path: &str) -> usize {
    path.split('/').count()
}

fn is_branch(kind: &ChangeKind) -> bool {
    matches!(kind, ChangeKind::BranchAdded | ChangeKind::BranchGone)
}

fn place(path: &str, found: &Found) -> Place {
    Place {
        path: join(path, &found.segment),
        direction: found.direction,
        class: found.kind.class(found.direction),
    }
}

fn join(path: &str, segment: &str) -> String {
    if segment.is_empty() {
        path.to_owned()
    } else {
        format!("{path}/{segment}")
    }
}

/// The changes that are reached from a node, with the shortest path to their pair;
/// those with the shortest paths first.
fn reached<'g>(graph: &'g Graph, name: &str, root: usize) -> Vec<(String, &'g Found)> {
    let mut reached = Vec::new();
    // By node: where it was reached from, and the segment.
    let mut from: HashMap<usize, Option<(usize, &str)>> = HashMap::from([(root, None)]);
    let mut level = vec![root];
    while !level.is_empty() {
        let mut next: Vec<(usize, usize, &str)> = Vec::new();
        let mut index = 0;
        // Edges without a segment lead to nodes of the same level.
        while let Some(&node) = level.get(index) {
            index += 1;
            for edge in &graph.nodes[node].edges {
                if !edge.segment.is_empty() {
                    next.push((edge.to, node, &edge.segment));
                } else if let Entry::Vacant(entry) = from.entry(edge.to) {
                    entry.insert(Some((node, "")));
                    level.push(edge.to);
                }
            }
        }
        for &node in &level {
            let changes = &graph.nodes[node].changes;
            if !changes.is_empty() {
                let path = path(name, &from, node);
                reached.extend(changes.iter().map(|found| (path.clone(), found)));
            }
        }
        level.clear();
        for (to, node, segment) in next {
            if let Entry::Vacant(entry) = from.entry(to) {
                entry.insert(Some((node, segment)));
                level.push(to);
            }
        }
    }
    reached
}

/// The path to a node that was reached.
fn path(name: &str, from: &HashMap<usize, Option<(usize, &str)>>, node: usize) -> String {
    let mut segments = Vec::new();
    let mut next = from.get(&node).copied().flatten();
    while let Some((node, segment)) = next {
        segments.push(segment);
        next = from.get(&node).copied().flatten();
    }
    let segments = segments.into_iter().rev();
    segments.fold(name.to_owned(), |path, segment| join(&path, segment))
}
