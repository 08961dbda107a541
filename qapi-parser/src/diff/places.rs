//! Finds the paths at which each change is met, from the graph of pairs.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::change::{Change, ChangeKind, Diff, Direction, Place};
use super::compare::{Found, Graph, Key, Node};

/// How many steps are taken to find all commands and events that meet the changes. For
/// QEMU's schemas, it takes less than a hundredth of them. With a schema that is made to have far
/// more places than its length lets expect, each change has one place at least.
const MOST_STEPS: usize = 1_000_000;

/// The most segments that a path shows.
const LONGEST_PATH: usize = 100;

/// The changes of a graph.
pub(super) fn changes(graph: &Graph) -> Diff {
    let mut changes = Changes::default();
    let mut steps = MOST_STEPS;
    for root in &graph.roots {
        if !reach(graph, std::slice::from_ref(root), &mut steps, &mut changes) {
            changes.only_new = true;
            let mut unlimited = usize::MAX;
            reach(graph, &graph.roots, &mut unlimited, &mut changes);
            break;
        }
    }
    let mut changes = changes.changes;
    for change in &mut changes {
        change.places.sort_by_cached_key(|place| {
            let length = place.path.split('/').count();
            (Reverse(place.class), length, place.path.clone())
        });
    }
    changes.sort_by(|a, b| {
        let classes = b.class.cmp(&a.class);
        classes.then_with(|| a.path().cmp(b.path()))
    });
    Diff { changes }
}

/// The changes found so far.
#[derive(Default)]
struct Changes<'g> {
    changes: Vec<Change>,
    known: HashMap<&'g Key, usize>,
    /// What was met from any root, and from the current one.
    seen: HashSet<(&'g Key, Direction)>,
    met: HashSet<(&'g Key, Direction)>,
    /// Whether changes that were met before get no further places.
    only_new: bool,
}

impl<'g> Changes<'g> {
    /// Whether a change gets a place where it is met now. The first time is the
    /// shortest path.
    fn meet(&mut self, found: &'g Found) -> bool {
        let key = (&found.key, found.direction);
        let is_new = self.seen.insert(key);
        if self.only_new {
            is_new
        } else {
            self.met.insert(key)
        }
    }

    fn add(&mut self, place: Place, found: &'g Found) {
        match self.known.entry(&found.key) {
            Entry::Occupied(index) => {
                let change = &mut self.changes[*index.get()];
                change.class = change.class.max(place.class);
                change.places.push(place);
                // A branch and its value are one change; the branch says more.
                if is_branch(&found.kind) {
                    change.kind = found.kind.clone();
                }
            }
            Entry::Vacant(entry) => {
                entry.insert(self.changes.len());
                self.changes.push(Change {
                    kind: found.kind.clone(),
                    class: place.class,
                    places: vec![place],
                });
            }
        }
    }
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

/// Adds the changes that are reached from the roots, with the shortest path to each.
/// Returns whether the steps were enough.
fn reach<'g>(
    graph: &'g Graph,
    roots: &'g [(String, usize)],
    steps: &mut usize,
    changes: &mut Changes<'g>,
) -> bool {
    changes.met.clear();
    let mut from: HashMap<usize, From<'g>> = HashMap::new();
    let mut level = Vec::new();
    for (name, node) in roots {
        from.insert(*node, From::Root(name));
        level.push(*node);
    }
    while !level.is_empty() {
        let mut next: Vec<(usize, usize, &str)> = Vec::new();
        let mut index = 0;
        // Edges without a segment lead to nodes of the same level.
        while let Some(&node) = level.get(index) {
            index += 1;
            let Node {
                edges,
                changes: here,
            } = &graph.nodes[node];
            match steps.checked_sub(1 + edges.len() + here.len()) {
                Some(left) => *steps = left,
                None => return false,
            }
            for edge in edges {
                if !edge.segment.is_empty() {
                    next.push((edge.to, node, &edge.segment));
                } else if let Entry::Vacant(entry) = from.entry(edge.to) {
                    entry.insert(From::Node(node, ""));
                    level.push(edge.to);
                }
            }
        }
        for &node in &level {
            let mut path_here = None;
            for found in &graph.nodes[node].changes {
                if changes.meet(found) {
                    let path = path_here.get_or_insert_with(|| path(&from, node));
                    changes.add(place(path, found), found);
                }
            }
        }
        level.clear();
        for (to, node, segment) in next {
            if let Entry::Vacant(entry) = from.entry(to) {
                entry.insert(From::Node(node, segment));
                level.push(to);
            }
        }
    }
    true
}

/// How a node was reached.
enum From<'g> {
    /// It is that of a command or an event of this name.
    Root(&'g str),
    /// From another node, by a segment.
    Node(usize, &'g str),
}

/// The path to a node that was reached. The start of one that is too long is cut.
fn path(from: &HashMap<usize, From<'_>>, node: usize) -> String {
    let mut segments = Vec::new();
    let mut next = node;
    while segments.len() < LONGEST_PATH {
        match from.get(&next) {
            Some(From::Node(node, segment)) => {
                segments.push(*segment);
                next = *node;
            }
            Some(From::Root(name)) => {
                segments.push(name);
                break;
            }
            None => break,
        }
    }
    if segments.len() == LONGEST_PATH {
        segments.push("…");
    }
    segments.retain(|segment| !segment.is_empty());
    segments.reverse();
    segments.join("/")
}
