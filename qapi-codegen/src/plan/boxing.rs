//! Which parts of which types must be boxed, since the type graph has a cycle
//! there.

use std::collections::{BTreeSet, HashSet};

use qapi_parser::Schema;
use qapi_parser::schema::{TypeId, TypeKind};

/// A part of a type: a member or a branch, by name.
pub(super) type Part = (TypeId, String);

/// How much it costs a reader of the generated code to find the part boxed;
/// the cheapest parts of a cycle are boxed first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cost {
    AlternateBranch,
    UnionBranch,
    OptionalMember,
    Member,
}

struct Edge {
    part: Part,
    to: TypeId,
    cost: Cost,
}

/// The parts to box among the given types, so that none contains itself.
pub(super) fn boxed_parts(schema: &Schema, types: &BTreeSet<TypeId>) -> HashSet<Part> {
    let mut edges: Vec<Edge> = types.iter().flat_map(|&id| edges_of(schema, id)).collect();
    edges.retain(|edge| types.contains(&edge.to));
    let mut boxed = HashSet::new();
    for cost in [
        Cost::AlternateBranch,
        Cost::UnionBranch,
        Cost::OptionalMember,
        Cost::Member,
    ] {
        let component = components(types, &edges);
        let is_cyclic = |edge: &Edge| component[place(edge.part.0)] == component[place(edge.to)];
        if !edges.iter().any(is_cyclic) {
            break;
        }
        edges.retain(|edge| {
            let cyclic = is_cyclic(edge);
            if cyclic && edge.cost == cost {
                boxed.insert(edge.part.clone());
                return false;
            }
            cyclic
        });
    }
    boxed
}

/// What a value of the type holds in place. The elements of arrays are not
/// among them: they live on the heap.
fn edges_of(schema: &Schema, id: TypeId) -> Vec<Edge> {
    let edge = |name: &str, to: TypeId, cost: Cost| Edge {
        part: (id, name.to_owned()),
        to,
        cost,
    };
    match &schema[id].kind {
        TypeKind::Builtin(_) | TypeKind::Enum(_) | TypeKind::Array(_) => Vec::new(),
        TypeKind::Alternate(alternate) => alternate
            .branches
            .iter()
            .map(|branch| edge(&branch.name, branch.ty, Cost::AlternateBranch))
            .collect(),
        TypeKind::Object(object) => {
            let members = schema.all_members(id).into_iter().map(|member| {
                let cost = if member.optional {
                    Cost::OptionalMember
                } else {
                    Cost::Member
                };
                edge(&member.name, member.ty, cost)
            });
            let branches = object
                .variants
                .iter()
                .flat_map(|variants| &variants.branches);
            let branches = branches.map(|branch| edge(&branch.name, branch.ty, Cost::UnionBranch));
            // A branch may have the name of a member; boxing both is harmless.
            members.chain(branches).collect()
        }
    }
}

/// The strongly connected components (Tarjan's algorithm, without recursion,
/// since a schema may chain any number of types), by type.
fn components(types: &BTreeSet<TypeId>, edges: &[Edge]) -> Vec<usize> {
    let count = types.last().map_or(0, |last| place(*last) + 1);
    let mut targets = vec![Vec::new(); count];
    for edge in edges {
        targets[place(edge.part.0)].push(place(edge.to));
    }
    let mut state = Tarjan {
        index: vec![None; count],
        low: vec![0; count],
        on_stack: vec![false; count],
        component: vec![0; count],
        ..Tarjan::default()
    };
    for root in types.iter().map(|id| place(*id)) {
        if state.index[root].is_some() {
            continue;
        }
        state.enter(root);
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            match targets[node].get(*next) {
                Some(&target) => {
                    *next += 1;
                    match state.index[target] {
                        None => {
                            state.enter(target);
                            path.push((target, 0));
                        }
                        Some(index) if state.on_stack[target] => state.lower(node, index),
                        Some(_) => {}
                    }
                }
                None => {
                    path.pop();
                    state.leave(node);
                    if let Some(&(parent, _)) = path.last() {
                        state.lower(parent, state.low[node]);
                    }
                }
            }
        }
    }
    state.component
}

/// Where a type is in the lists.
fn place(id: TypeId) -> usize {
    id.0 as usize
}

#[derive(Default)]
struct Tarjan {
    count: usize,
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    stack: Vec<usize>,
    on_stack: Vec<bool>,
    component: Vec<usize>,
}

impl Tarjan {
    fn enter(&mut self, node: usize) {
        self.index[node] = Some(self.count);
        self.low[node] = self.count;
        self.count += 1;
        self.stack.push(node);
        self.on_stack[node] = true;
    }

    fn lower(&mut self, node: usize, to: usize) {
        self.low[node] = self.low[node].min(to);
    }

    /// Closes a component, if `node` is its root.
    fn leave(&mut self, node: usize) {
        let root = self.low[node];
        if self.index[node] != Some(root) {
            return;
        }
        while let Some(member) = self.stack.pop() {
            self.on_stack[member] = false;
            self.component[member] = root;
            if member == node {
                break;
            }
        }
    }
}
