//! Makes the merged schema of the types that were found to be one.

use std::collections::{BTreeSet, HashMap};

use super::counterparts::{Found, Merged, Origin, Shape, Types};
use super::error::Clash;
use super::settle::Settled;
use crate::schema::{
    Alternate, Branch, Builtin, Command, CommandId, Condition, Doc, EntityId, Enum, EnumValue,
    Event, EventId, Feature, Item, Member, Module, ModuleId, Object, ObjectForm, Releases, Schema,
    Type, TypeId, TypeKind, Variants,
};

/// Makes the schema of the releases of these names.
pub(super) fn assemble(names: &[&str], types: &Types<'_>) -> Result<Schema, Clash> {
    let mut assembly = Assembly {
        types,
        schema: Schema {
            releases: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Schema::default()
        },
        modules: HashMap::new(),
        builtins: HashMap::new(),
        merged: HashMap::new(),
        arrays: HashMap::new(),
        open: Vec::new(),
    };
    assembly.add_modules();
    assembly.add_builtins();
    assembly.add_messages()?;
    assembly.add_unused();
    assembly.fill()?;
    assembly.list();
    Ok(assembly.schema)
}

struct Assembly<'a, 's> {
    types: &'a Types<'s>,
    schema: Schema,
    modules: HashMap<&'s str, ModuleId>,
    builtins: HashMap<Builtin, TypeId>,
    /// The merged types that the schema has.
    merged: HashMap<usize, TypeId>,
    /// The arrays of the types.
    arrays: HashMap<TypeId, TypeId>,
    /// Types that have no parts yet.
    open: Vec<usize>,
}

impl<'s> Assembly<'_, 's> {
    /// The newest release comes first.
    fn newest_first(&self) -> impl Iterator<Item = &'s Schema> + use<'s> {
        let schemas: Vec<&'s Schema> = self.types.schemas.clone();
        schemas.into_iter().rev()
    }

    fn add_modules(&mut self) {
        for schema in self.newest_first() {
            for module in &schema.modules {
                let next = ModuleId(self.schema.modules.len() as u32);
                if *self.modules.entry(&module.path).or_insert(next) == next {
                    self.schema.modules.push(Module {
                        path: module.path.clone(),
                        items: Vec::new(),
                    });
                }
            }
        }
    }

    fn module(&self, release: usize, module: Option<ModuleId>) -> Option<ModuleId> {
        let path = &self.types.schemas[release][module?].path;
        self.modules.get(path.as_str()).copied()
    }

    fn add_builtins(&mut self) {
        for schema in self.newest_first() {
            for ty in &schema.types {
                if let TypeKind::Builtin(builtin) = ty.kind
                    && !self.builtins.contains_key(&builtin)
                {
                    let id = self.add_type(ty.clone());
                    self.builtins.insert(builtin, id);
                }
            }
        }
    }

    fn id_of_builtin(&mut self, builtin: Builtin) -> TypeId {
        if let Some(id) = self.builtins.get(&builtin) {
            return *id;
        }
        // Every other type of the language is in every schema.
        let id = self.add_type(Type {
            name: "int128".to_owned(),
            kind: TypeKind::Builtin(Builtin::Int128),
            implicit: true,
            module: None,
            condition: None,
            features: Vec::new(),
            doc: None,
            span: None,
            releases: Releases::first(self.types.schemas.len()),
        });
        self.builtins.insert(builtin, id);
        id
    }

    fn add_type(&mut self, ty: Type) -> TypeId {
        let id = TypeId(self.schema.types.len() as u32);
        self.schema.types.push(ty);
        id
    }

    /// The type that a place holds.
    fn id(&mut self, settled: &Settled) -> TypeId {
        match settled {
            Settled::Builtin(builtin) => self.id_of_builtin(*builtin),
            Settled::Merged(merged) => self.id_of_merged(*merged),
            Settled::Array(element) => {
                let element = self.id(element);
                if let Some(id) = self.arrays.get(&element) {
                    return *id;
                }
                let of = &self.schema[element];
                let ty = Type {
                    name: format!("{}List", of.name),
                    kind: TypeKind::Array(element),
                    implicit: true,
                    module: of.module,
                    condition: of.condition.clone(),
                    features: Vec::new(),
                    doc: None,
                    span: None,
                    releases: of.releases,
                };
                let id = self.add_type(ty);
                self.arrays.insert(element, id);
                id
            }
        }
    }

    /// The place of a merged type. Its parts come later, since types may be recursive.
    fn id_of_merged(&mut self, merged: usize) -> TypeId {
        if let Some(id) = self.merged.get(&merged) {
            return *id;
        }
        let of = &self.types.merged[merged];
        let named = of.origins.iter().find_map(|origin| self.named(of, origin));
        let newest = named.map(|(release, ty)| (release, ty.module));
        let found = of.origins.iter().filter_map(|origin| self.ty(origin));
        let found: Vec<&Type> = found.map(|(_, ty)| ty).collect();
        let ty = Type {
            name: of.name.to_owned(),
            // Replaced when the parts are there.
            kind: TypeKind::Object(Object::default()),
            implicit: named.is_none_or(|(_, ty)| ty.implicit),
            module: newest.and_then(|(release, module)| self.module(release, module)),
            condition: condition(found.iter().map(|ty| ty.condition.as_ref())),
            features: features(of.origins.iter().filter_map(|origin| {
                let (release, ty) = self.ty(origin)?;
                Some((release, ty.features.as_slice()))
            })),
            doc: doc(found.iter().map(|ty| ty.doc.as_ref())),
            span: None,
            releases: of.origins.iter().map(|origin| origin.release).collect(),
        };
        let id = self.add_type(ty);
        self.merged.insert(merged, id);
        self.open.push(merged);
        id
    }

    fn ty(&self, origin: &Origin<'s>) -> Option<(usize, &'s Type)> {
        let release = origin.release;
        Some((release, &self.types.schemas[release][origin.ty?]))
    }

    /// The type of an origin, if its name is that of the merged type.
    fn named(&self, of: &Merged<'s>, origin: &Origin<'s>) -> Option<(usize, &'s Type)> {
        self.ty(origin).filter(|(_, ty)| ty.name == of.name)
    }

    fn add_messages(&mut self) -> Result<(), Clash> {
        // What is found was found before.
        let found = &mut Vec::new();
        for command in self.types.commands() {
            let [args, ret] = self.types.settle_command(&command, found)?;
            let args = args.map(|args| self.id(&args));
            let ret = ret.map(|ret| self.id(&ret));
            let (release, newest) = command.in_releases[0];
            let all = || command.in_releases.iter();
            let merged = Command {
                args,
                ret,
                module: self.module(release, newest.module),
                condition: condition(all().map(|(_, of)| of.condition.as_ref())),
                features: features(all().map(|(release, of)| (*release, &*of.features))),
                doc: doc(all().map(|(_, of)| of.doc.as_ref())),
                span: None,
                releases: releases(&command),
                ..newest.clone()
            };
            self.schema.commands.push(merged);
        }
        for event in self.types.events() {
            let args = self.types.settle_event(&event, found)?;
            let args = args.map(|args| self.id(&args));
            let (release, newest) = event.in_releases[0];
            let all = || event.in_releases.iter();
            let merged = Event {
                args,
                module: self.module(release, newest.module),
                condition: condition(all().map(|(_, of)| of.condition.as_ref())),
                features: features(all().map(|(release, of)| (*release, &*of.features))),
                doc: doc(all().map(|(_, of)| of.doc.as_ref())),
                span: None,
                releases: releases(&event),
                ..newest.clone()
            };
            self.schema.events.push(merged);
        }
        Ok(())
    }

    /// Adds what the newest release declares and no message uses.
    fn add_unused(&mut self) {
        let newest = self.types.schemas.len() - 1;
        let types = self.types;
        for (merged, of) in types.merged.iter().enumerate() {
            let declared = |origin: &Origin<'s>| {
                let ty = (origin.release == newest).then(|| self.named(of, origin));
                ty.flatten()
                    .is_some_and(|(_, ty)| !ty.implicit || ty.module.is_none())
            };
            if of.origins.iter().any(declared) {
                self.id_of_merged(merged);
            }
        }
    }

    /// Makes the parts of all types.
    fn fill(&mut self) -> Result<(), Clash> {
        while let Some(merged) = self.open.pop() {
            let kind = match self.types.merged[merged].shape {
                Shape::Enum => TypeKind::Enum(self.enumeration(merged)),
                Shape::Alternate => TypeKind::Alternate(self.alternate(merged)?),
                Shape::Object => TypeKind::Object(self.object(merged)?),
            };
            let id = self.id_of_merged(merged);
            self.schema.types[id.0 as usize].kind = kind;
        }
        Ok(())
    }

    fn enumeration(&self, merged: usize) -> Enum {
        let values = self.types.values(merged);
        let values = values.into_iter().map(|value| {
            let all = || value.in_releases.iter();
            EnumValue {
                name: value.name.to_owned(),
                condition: condition(all().map(|(_, of)| of.condition.as_ref())),
                features: features(all().map(|(release, of)| (*release, &*of.features))),
                span: None,
                releases: releases(&value),
            }
        });
        Enum {
            values: values.collect(),
            prefix: None,
        }
    }

    fn alternate(&mut self, merged: usize) -> Result<Alternate, Clash> {
        let branches = self.types.branches_of_alternate(merged);
        Ok(Alternate {
            branches: self.branches(merged, branches)?,
        })
    }

    fn branches(
        &mut self,
        merged: usize,
        branches: Vec<Found<'s, Branch>>,
    ) -> Result<Vec<Branch>, Clash> {
        let found = &mut Vec::new();
        let branches = branches.into_iter().map(|branch| {
            let settled = self.types.settle_branch(merged, &branch, found)?;
            Ok(Branch {
                name: branch.name.to_owned(),
                ty: self.id(&settled),
                condition: condition(
                    branch
                        .in_releases
                        .iter()
                        .map(|(_, of)| of.condition.as_ref()),
                ),
                span: None,
                releases: releases(&branch),
            })
        });
        branches.collect()
    }

    fn object(&mut self, merged: usize) -> Result<Object, Clash> {
        let types = self.types;
        let found = &mut Vec::new();
        let default_branch = types.default_branch(merged)?;
        let branches = types.branches_of_union(merged);
        let origins = &types.merged[merged].origins;
        let tag = origins.iter().find_map(|origin| types.variants(origin));
        let tag = tag.map(|variants| variants.tag.clone());
        let mut members = Vec::new();
        for member in types.members(merged)? {
            let settled = types.settle_member(merged, &member, found)?;
            let ty = self.id(&settled);
            let mut member = self.member(merged, &member, ty);
            if tag.as_ref() == Some(&member.name) {
                // A value without it has the default branch.
                member.optional = false;
            }
            members.push(member);
        }
        let form = origins.iter().find_map(|origin| {
            let (_, ty) = self.ty(origin)?;
            match &ty.kind {
                TypeKind::Object(object) if object.variants.is_some() => Some(object.form),
                _ => None,
            }
        });
        let variants = match tag {
            None => None,
            Some(tag) => Some(Variants {
                tag,
                branches: self.branches(merged, branches)?,
                default_branch: default_branch.map(str::to_owned),
            }),
        };
        Ok(Object {
            form: form.unwrap_or(ObjectForm::Struct),
            base: None,
            members,
            variants,
            merged_bases: self.bases(merged),
        })
    }

    fn member(&self, merged: usize, found: &Found<'s, Member>, ty: TypeId) -> Member {
        let all = || found.in_releases.iter();
        let condition = condition(all().map(|(_, of)| of.condition.as_ref()));
        let origins = &self.types.merged[merged].origins;
        // Whoever reads a member that is unconditional in some release only cannot
        // tell the others by the condition.
        let insists = |of: &Member| !of.optional && (of.condition.is_none() || condition.is_some());
        let mandatory = all().filter(|(_, of)| insists(of));
        let mut count = [0_usize; Releases::MOST];
        mandatory.for_each(|(release, _)| count[*release] += 1);
        origins.iter().for_each(|of| {
            count[of.release] = count[of.release].wrapping_sub(1);
        });
        let all_releases: Releases = origins.iter().map(|origin| origin.release).collect();
        let mandatory_in: Releases = all_releases
            .iter()
            .filter(|release| count[*release] == 0)
            .collect();
        Member {
            name: found.name.to_owned(),
            ty,
            optional: mandatory_in != all_releases,
            condition,
            features: features(all().map(|(release, of)| (*release, &*of.features))),
            span: None,
            releases: releases(found),
            mandatory_in,
        }
    }

    /// The bases that the type has in the newest release, the nearest first.
    fn bases(&mut self, merged: usize) -> Vec<TypeId> {
        let types = self.types;
        let of = &types.merged[merged];
        let Some((release, ty)) = of.origins.iter().find_map(|origin| self.named(of, origin))
        else {
            return Vec::new();
        };
        let schema = types.schemas[release];
        let mut bases = Vec::new();
        let mut next = ty;
        while let TypeKind::Object(Object {
            base: Some(base), ..
        }) = next.kind
            && bases.len() < schema.types.len()
        {
            bases.push(base);
            next = &schema[base];
        }
        // Only what users can name has documentation of its own.
        bases.retain(|base| !schema[*base].implicit);
        let ids = bases
            .into_iter()
            .map(|base| self.id_of_merged(types.merged_of((release, Some(base)), Shape::Object)));
        ids.collect()
    }

    /// Lists all entities: by name, by module and in order.
    fn list(&mut self) {
        let types = self.schema.types.iter().zip(0..);
        let commands = self.schema.commands.iter().zip(0..);
        let events = self.schema.events.iter().zip(0..);
        let all: Vec<(String, EntityId, Option<ModuleId>)> = types
            .map(|(of, id)| {
                let module = of.module.filter(|_| !of.implicit);
                (of.name.clone(), EntityId::Type(TypeId(id)), module)
            })
            .chain(commands.map(|(of, id)| {
                let id = EntityId::Command(CommandId(id));
                (of.name.clone(), id, of.module)
            }))
            .chain(events.map(|(of, id)| {
                let id = EntityId::Event(EventId(id));
                (of.name.clone(), id, of.module)
            }))
            .collect();
        for (name, id, _) in &all {
            self.schema.names.insert(name.clone(), *id);
        }
        // In the order of the newest release that has it.
        let mut listed = BTreeSet::new();
        let mut order = Vec::new();
        for schema in self.newest_first() {
            for entity in &schema.order {
                let id = self.schema.names.get(schema.name_of(*entity)).copied();
                order.extend(id.filter(|id| listed.insert(*id)));
            }
        }
        order.extend(
            all.iter()
                .map(|(_, id, _)| *id)
                .filter(|id| listed.insert(*id)),
        );
        let modules: HashMap<EntityId, ModuleId> = all
            .iter()
            .filter_map(|(_, id, module)| Some((*id, (*module)?)))
            .collect();
        for id in &order {
            if let Some(module) = modules.get(id) {
                let items = &mut self.schema.modules[module.0 as usize].items;
                items.push(Item::Definition(*id));
            }
        }
        self.schema.order = order;
    }
}

fn releases<T>(found: &Found<'_, T>) -> Releases {
    found
        .in_releases
        .iter()
        .map(|(release, _)| *release)
        .collect()
}

/// The condition of what has these in the releases, the newest first. It exists where
/// one of them holds.
fn condition<'s>(found: impl Iterator<Item = Option<&'s Condition>>) -> Option<Condition> {
    let mut distinct: Vec<&Condition> = Vec::new();
    for condition in found {
        let condition = condition?;
        if !distinct.contains(&condition) {
            distinct.push(condition);
        }
    }
    match distinct.as_slice() {
        [] => None,
        [one] => Some((*one).clone()),
        several => Some(Condition::Any(
            several.iter().map(|of| (*of).clone()).collect(),
        )),
    }
}

/// The features that something has in the newest of its releases, which come first. A
/// feature that was dropped is not in force any more.
fn features<'s>(found: impl Iterator<Item = (usize, &'s [Feature])>) -> Vec<Feature> {
    let found: Vec<(usize, &[Feature])> = found.collect();
    let newest = found.first().map_or(&[][..], |(_, features)| features);
    let in_force = newest.iter().map(|feature| {
        let same = |of: &&Feature| of.name == feature.name;
        let having = found
            .iter()
            .filter(|(_, features)| features.iter().any(|of| same(&of)));
        Feature {
            releases: having.map(|(release, _)| *release).collect(),
            ..feature.clone()
        }
    });
    in_force.collect()
}

/// The documentation of the newest release that has it, with the parts that only older
/// ones have.
fn doc<'s>(found: impl Iterator<Item = Option<&'s Doc>>) -> Option<Doc> {
    let mut docs = found.flatten();
    let mut doc = docs.next()?.clone();
    doc.span = None;
    for older in docs {
        for (parts, of_older) in [
            (&mut doc.members, &older.members),
            (&mut doc.features, &older.features),
        ] {
            for part in of_older {
                if parts.iter().all(|known| known.name != part.name) {
                    parts.push(part.clone());
                }
            }
        }
    }
    Some(doc)
}
