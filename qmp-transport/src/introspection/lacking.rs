//! What bindings declare and a server lacks.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;

use super::tables::{Item, Kind, Message, Span, Tables, TypeId};
use crate::record::Direction;

/// What bindings declare and a server lacks.
///
/// The lists have paths of the form that [`has`](super::Introspection::has) takes. What
/// several commands or events have in common is in them once, by the shortest path. What
/// is inside of something that is lacking is not in them.
///
/// ```no_run
/// use qmp_transport::blocking::Client;
/// use qmp_types::v11_1::DECLARATIONS;
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// let lacking = qmp.introspect()?.lacking(&DECLARATIONS)?;
/// if lacking.commands.iter().any(|command| command.path == "query-stats") {
///     println!("this QEMU has no statistics");
/// }
/// for member in lacking.members.iter().filter(|member| !member.optional) {
///     println!("a reply or an event without {} cannot be decoded", member.path);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lacking {
    /// The release of the bindings, or the range of releases; empty if that is not known.
    pub release: &'static str,
    /// Commands that the server does not know.
    pub commands: Vec<Lack>,
    /// Events that it never sends.
    pub events: Vec<Lack>,
    /// Arguments that it rejects, members of arguments included.
    pub arguments: Vec<Lack>,
    /// Members of replies and events that it never sends.
    pub members: Vec<Lack>,
    /// Values of enums that it rejects, or never sends.
    pub values: Vec<Lack>,
    /// Branches of unions that it rejects, or never sends.
    pub branches: Vec<Lack>,
}

/// Something that a server lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lack {
    /// Where it is declared, such as `blockdev-add/arg-type/+file/aio/^io_uring`.
    pub path: String,
    /// Whether a client sends it or receives it.
    pub direction: Direction,
    /// Whether the bindings can do without it. If not, it is a mandatory member of a
    /// command that the server will not accept like this, or of a reply or an event that
    /// cannot be decoded.
    pub optional: bool,
}

impl Lacking {
    /// Returns whether the server has everything that the bindings declare.
    pub fn is_empty(&self) -> bool {
        self.lists().iter().all(|(_, list)| list.is_empty())
    }

    fn lists(&self) -> [(&'static str, &[Lack]); 6] {
        [
            ("commands", &self.commands),
            ("events", &self.events),
            ("arguments", &self.arguments),
            ("members", &self.members),
            ("values", &self.values),
            ("branches", &self.branches),
        ]
    }
}

impl fmt::Display for Lacking {
    /// Writes a line for each list that is not empty, and one for each of its paths.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("the server has everything that the bindings declare");
        }
        f.write_str("the server lacks what the bindings")?;
        if !self.release.is_empty() {
            write!(f, " of QEMU {}", self.release)?;
        }
        f.write_str(" declare")?;
        for (name, list) in self.lists() {
            if !list.is_empty() {
                write!(f, "\n{name} ({}):", list.len())?;
            }
            for Lack {
                path,
                direction,
                optional,
            } in list
            {
                write!(f, "\n  {path} ({})", direction.as_str())?;
                if *direction == Direction::Received && !optional {
                    f.write_str(", which the bindings insist on")?;
                }
            }
        }
        Ok(())
    }
}

/// How many types of the server are compared with one of the bindings. It is nearly
/// always one. This bounds the work if the server sends nonsense.
const MOST: usize = 8;

/// Compares the declared tables with those of a server.
pub(super) fn lacking(release: &'static str, declared: &Tables, server: &Tables) -> Lacking {
    let mut comparison = Comparison {
        declared,
        server,
        places: Vec::new(),
        open: VecDeque::new(),
        compared: HashMap::new(),
        items: HashMap::new(),
        in_branches: HashMap::new(),
        lacking: Lacking {
            release,
            ..Lacking::default()
        },
    };
    for message in declared.messages() {
        comparison.message(message);
    }
    while let Some(pair) = comparison.open.pop_front() {
        if comparison.is_new(&pair) {
            comparison.compare(&pair);
        }
    }
    comparison.lacking
}

/// A segment of a path, after that of another place.
struct Place<'t> {
    before: Option<usize>,
    sign: &'static str,
    name: &'t str,
}

/// A type of the bindings and one of the server, to be compared.
struct Pair {
    place: usize,
    direction: Direction,
    declared: TypeId,
    server: TypeId,
    /// For branches: the union of the server. A release may have a member in the union
    /// that another one has in the branch.
    around: Option<TypeId>,
}

struct Comparison<'t> {
    declared: &'t Tables,
    server: &'t Tables,
    places: Vec<Place<'t>>,
    /// Pairs that are still to be compared. Those with a short path come first.
    open: VecDeque<Pair>,
    /// The types of the server that were compared with one of the bindings.
    compared: HashMap<(TypeId, bool), HashSet<TypeId>>,
    /// The items of the server that were looked for, by name.
    items: HashMap<Span, HashMap<&'t str, TypeId>>,
    /// The members of all branches of a union of the server, by name.
    in_branches: HashMap<Span, HashMap<&'t str, TypeId>>,
    lacking: Lacking,
}

impl<'t> Comparison<'t> {
    fn message(&mut self, message: &Message) {
        let name = self.declared.name(message.name);
        let place = self.place(None, "", name);
        let own = self.server.message(name);
        let (list, direction) = match message.reply {
            Some(_) => (&mut self.lacking.commands, Direction::Sent),
            None => (&mut self.lacking.events, Direction::Received),
        };
        let Some(own) = own.filter(|own| own.reply.is_some() == message.reply.is_some()) else {
            list.push(Lack {
                path: name.to_owned(),
                direction,
                optional: true,
            });
            return;
        };
        let arguments = self.place(Some(place), "", "arg-type");
        self.enter(arguments, direction, message.arguments, own.arguments, None);
        if let (Some(reply), Some(own)) = (message.reply, own.reply) {
            let place = self.place(Some(place), "", "ret-type");
            self.enter(place, Direction::Received, reply, own, None);
        }
    }

    fn place(&mut self, before: Option<usize>, sign: &'static str, name: &'t str) -> usize {
        self.places.push(Place { before, sign, name });
        self.places.len() - 1
    }

    /// The path of something in a place.
    fn path(&self, place: usize, sign: &str, name: &str) -> String {
        let mut segments = vec![format!("{sign}{name}")];
        let mut next = Some(place);
        while let Some(index) = next {
            let Place { before, sign, name } = &self.places[index];
            segments.push(format!("{sign}{name}"));
            next = *before;
        }
        segments.reverse();
        segments.join("/")
    }

    /// Compares two types after those with shorter paths.
    fn enter(
        &mut self,
        place: usize,
        direction: Direction,
        declared: TypeId,
        server: TypeId,
        around: Option<TypeId>,
    ) {
        self.open.push_back(Pair {
            place,
            direction,
            declared,
            server,
            around,
        });
    }

    /// Compares two types next that are seen through those of a pair, since their path is
    /// the same.
    fn see_through(&mut self, pair: &Pair, declared: TypeId, server: TypeId) {
        self.open.push_front(Pair {
            declared,
            server,
            around: None,
            ..*pair
        });
    }

    /// Returns whether the types of a pair are still to be compared.
    fn is_new(&mut self, pair: &Pair) -> bool {
        let key = (pair.declared, pair.direction == Direction::Sent);
        let compared = self.compared.entry(key).or_default();
        compared.len() < MOST && compared.insert(pair.server)
    }

    fn compare(&mut self, pair: &Pair) {
        let (declared, server) = (self.declared, self.server);
        let mut see = |declared, server| self.see_through(pair, declared, server);
        match (declared.ty(pair.declared).kind, server.ty(pair.server).kind) {
            (Kind::Array(element), Kind::Array(own)) => see(element, own),
            // In one of two releases, it may be an alternate. Those of its alternatives
            // that are of the same kind are compared.
            (Kind::Alternate(alternatives), own) => {
                let theirs = match own {
                    Kind::Alternate(own) => types_of(server, own),
                    _ => vec![pair.server],
                };
                for ty in types_of(declared, alternatives) {
                    for own in alike(server, declared.ty(ty).kind, &theirs) {
                        see(ty, own);
                    }
                }
            }
            (kind, Kind::Alternate(own)) => {
                for own in alike(server, kind, &types_of(server, own)) {
                    see(pair.declared, own);
                }
            }
            (Kind::Enum(values), Kind::Enum(own)) => self.values(pair, values, own),
            (
                Kind::Object {
                    members,
                    tag,
                    branches,
                },
                Kind::Object { branches: own, .. },
            ) => {
                for item in declared.items(members) {
                    self.member(pair, item);
                }
                if tag.is_some() {
                    self.branches(pair, branches, own);
                }
            }
            _ => {}
        }
    }

    fn values(&mut self, pair: &Pair, values: Span, own: Span) {
        let own: HashSet<&str> = names_of(self.server, own).collect();
        for name in names_of(self.declared, values) {
            if !own.contains(name) {
                let path = self.path(pair.place, "^", name);
                self.lacking.values.push(Lack {
                    path,
                    direction: pair.direction,
                    optional: true,
                });
            }
        }
    }

    fn member(&mut self, pair: &Pair, item: &Item) {
        let (Some(name), Some(ty)) = (item.name, item.ty) else {
            return;
        };
        let name = self.declared.name(name);
        let Some(own) = self.own_member(pair, name) else {
            let lack = Lack {
                path: self.path(pair.place, "", name),
                direction: pair.direction,
                optional: item.optional,
            };
            match pair.direction {
                Direction::Sent => self.lacking.arguments.push(lack),
                Direction::Received => self.lacking.members.push(lack),
            }
            return;
        };
        let place = self.place(Some(pair.place), "", name);
        self.enter(place, pair.direction, ty, own, None);
    }

    /// Finds a member of the server: in the type itself, in the union around it, or in
    /// its branches.
    fn own_member(&mut self, pair: &Pair, name: &str) -> Option<TypeId> {
        let (members, branches) = self.object(pair.server)?;
        if let Some(own) = self.find(members, name) {
            return Some(own);
        }
        if let Some((members, _)) = pair.around.and_then(|around| self.object(around))
            && let Some(own) = self.find(members, name)
        {
            return Some(own);
        }
        let server = self.server;
        let in_branches = self.in_branches.entry(branches).or_insert_with(|| {
            let mut seen = HashSet::new();
            let types = types_of(server, branches).into_iter();
            let types = types.filter(|&id| seen.insert(id));
            let members = types.filter_map(|id| match server.ty(id).kind {
                Kind::Object { members, .. } => Some(members),
                _ => None,
            });
            members
                .flat_map(|members| named_types(server, members))
                .collect()
        });
        in_branches.get(name).copied()
    }

    /// The members and the branches of a type of the server.
    fn object(&self, id: TypeId) -> Option<(Span, Span)> {
        match self.server.ty(id).kind {
            Kind::Object {
                members, branches, ..
            } => Some((members, branches)),
            _ => None,
        }
    }

    /// Finds a member or a branch of the server. A table keeps the work small, however
    /// many there are.
    fn find(&mut self, span: Span, name: &str) -> Option<TypeId> {
        let server = self.server;
        let table = self.items.entry(span);
        let table = table.or_insert_with(|| named_types(server, span).collect());
        table.get(name).copied()
    }

    fn branches(&mut self, pair: &Pair, branches: Span, own: Span) {
        for item in self.declared.items(branches) {
            let (Some(name), Some(ty)) = (item.name, item.ty) else {
                continue;
            };
            let name = self.declared.name(name);
            match self.find(own, name) {
                Some(own) => {
                    let place = self.place(Some(pair.place), "+", name);
                    self.enter(place, pair.direction, ty, own, Some(pair.server));
                }
                None => {
                    let path = self.path(pair.place, "+", name);
                    self.lacking.branches.push(Lack {
                        path,
                        direction: pair.direction,
                        optional: true,
                    });
                }
            }
        }
    }
}

fn types_of(tables: &Tables, span: Span) -> Vec<TypeId> {
    tables
        .items(span)
        .iter()
        .filter_map(|item| item.ty)
        .collect()
}

fn named_types(tables: &Tables, span: Span) -> impl Iterator<Item = (&str, TypeId)> {
    let items = tables.items(span).iter();
    items.filter_map(|item| Some((tables.name(item.name?), item.ty?)))
}

fn names_of(tables: &Tables, span: Span) -> impl Iterator<Item = &str> {
    let names = tables.items(span).iter().filter_map(|item| item.name);
    names.map(|name| tables.name(name))
}

/// The types of the server that can be a declared one in another release.
fn alike(server: &Tables, declared: Kind, types: &[TypeId]) -> Vec<TypeId> {
    let is_alike = |id: &&TypeId| {
        matches!(
            (declared, server.ty(**id).kind),
            (Kind::Enum(_), Kind::Enum(_))
                | (Kind::Array(_), Kind::Array(_))
                | (Kind::Object { .. }, Kind::Object { .. })
        )
    };
    types.iter().filter(is_alike).take(MOST).copied().collect()
}
