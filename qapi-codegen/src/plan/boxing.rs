//! Which parts of which types must be boxed, since the type graph has a cycle
//! there.

use std::collections::{BTreeMap, BTreeSet, HashSet};

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
        if edges
            .iter()
            .all(|edge| component[&edge.part.0] != component[&edge.to])
        {
            break;
        }
        edges.retain(|edge| {
            let cyclic = component[&edge.part.0] == component[&edge.to];
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
/// since a schema may chain any number of types).
fn components(types: &BTreeSet<TypeId>, edges: &[Edge]) -> BTreeMap<TypeId, usize> {
    let mut targets: BTreeMap<TypeId, Vec<TypeId>> = BTreeMap::new();
    for edge in edges {
        targets.entry(edge.part.0).or_default().push(edge.to);
    }
    let no_targets = Vec::new();
    let mut state = Tarjan::default();
    for &root in types {
        if state.index.contains_key(&root) {
            continue;
        }
        state.enter(root);
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            match targets.get(&node).unwrap_or(&no_targets).get(*next) {
                Some(&target) => {
                    *next += 1;
                    if !state.index.contains_key(&target) {
                        state.enter(target);
                        path.push((target, 0));
                    } else if state.on_stack.contains(&target) {
                        state.lower(node, state.index[&target]);
                    }
                }
                None => {
                    path.pop();
                    state.leave(node);
                    if let Some(&(parent, _)) = path.last() {
                        state.lower(parent, state.low[&node]);
                    }
                }
            }
        }
    }
    state.component
}

#[derive(Default)]
struct Tarjan {
    index: BTreeMap<TypeId, usize>,
    low: BTreeMap<TypeId, usize>,
    stack: Vec<TypeId>,
    on_stack: BTreeSet<TypeId>,
    component: BTreeMap<TypeId, usize>,
}

impl Tarjan {
    fn enter(&mut self, node: TypeId) {
        let index = self.index.len();
        self.index.insert(node, index);
        self.low.insert(node, index);
        self.stack.push(node);
        self.on_stack.insert(node);
    }

    fn lower(&mut self, node: TypeId, to: usize) {
        let low = self.low.entry(node).or_insert(to);
        *low = (*low).min(to);
    }

    /// Closes a component, if `node` is its root.
    fn leave(&mut self, node: TypeId) {
        if self.low[&node] != self.index[&node] {
            return;
        }
        let root = self.index[&node];
        while let Some(member) = self.stack.pop() {
            self.on_stack.remove(&member);
            self.component.insert(member, root);
            if member == node {
                break;
            }
        }
    }
}
