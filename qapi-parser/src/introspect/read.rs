//! Introspection to schema.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::info::{
    Info, InfoKind, InfoMember, InfoObject, InfoValue, Infos, IntrospectionError, is_builtin,
};
use super::names::{Matches, recover, same_shape};
use super::write::shown_name;
use crate::definition::{
    Body, BranchDef, CommandDef, Data, Definition, Features, MemberDef, TypeName, UnionDef,
};
use crate::diagnostic::Reporter;
use crate::dialect::Dialect;
use crate::names;
use crate::read::{ModuleItem, ModuleSource};
use crate::resolve;
use crate::schema::{EntityId, EnumValue, Feature, ObjectForm, Pragma, Schema, TypeId, TypeKind};
use crate::source::Span;
use crate::validate::Definitions;

/// The path of the only module.
const MODULE: &str = "schema.json";

impl Schema {
    /// Reads what QEMU answers to `query-qmp-schema`: the bare array, or the
    /// whole reply.
    ///
    /// Introspection has numbers for the names of types. Their true names,
    /// their documentation, and what introspection does not tell of commands,
    /// are taken from the reference, as far as its commands, events, members
    /// and branches have the same names. The best reference is the schema of
    /// the same release, the next best that of a near one. Other types are
    /// named after their first use: what `query-foo` returns becomes
    /// `QueryFooReturn`.
    ///
    /// ```
    /// use qapi_parser::Schema;
    ///
    /// let json = r#"[
    ///     { "name": "query-door", "meta-type": "command", "arg-type": "0", "ret-type": "1" },
    ///     { "name": "0", "meta-type": "object", "members": [] },
    ///     { "name": "1", "meta-type": "object", "members": [
    ///         { "name": "open", "type": "bool" } ] },
    ///     { "name": "bool", "meta-type": "builtin", "json-type": "boolean" } ]"#;
    /// let schema = Schema::from_introspection(json, None).unwrap();
    /// let door = schema.command_named("query-door").unwrap().ret.unwrap();
    /// assert_eq!(schema[door].name, "QueryDoorReturn");
    /// ```
    ///
    /// # Errors
    ///
    /// Where the text is not JSON, not introspection, or describes what no
    /// schema can declare.
    pub fn from_introspection(
        json: &str,
        reference: Option<&Schema>,
    ) -> Result<Schema, IntrospectionError> {
        let infos = Infos::parse(json)?;
        let namer = Namer::name_all(&infos, reference);
        let builder = Builder {
            infos: &infos,
            reference,
            namer: &namer,
        };
        builder.schema()
    }
}

/// The names that [`Schema::from_introspection`] finds for the types of an
/// introspection, by the names that these have there.
///
/// # Errors
///
/// As [`Schema::from_introspection`].
pub fn recover_names(
    json: &str,
    reference: &Schema,
) -> Result<BTreeMap<String, String>, IntrospectionError> {
    let infos = Infos::parse(json)?;
    let matches = recover(&infos, reference);
    let names = matches.by_name.into_iter();
    Ok(names
        .map(|(name, id)| (name.to_owned(), reference[id].name.clone()))
        .collect())
}

/// What each type of the introspection is called, and which have no definition
/// of their own.
struct Namer<'i> {
    matches: Matches<'i>,
    names: HashMap<&'i str, String>,
    /// How often each type is referred to.
    uses: HashMap<&'i str, usize>,
    /// The object without members that stands for nothing.
    empty: Option<&'i str>,
    /// Objects that are only one command's arguments or one event's data.
    inline: HashSet<&'i str>,
    /// Unions that wrap their branches, as old releases have them.
    simple_unions: HashSet<&'i str>,
    /// What these imply: their wrappers, and the enums of their branches.
    implied: HashSet<&'i str>,
}

impl<'i> Namer<'i> {
    fn name_all(infos: &'i Infos, reference: Option<&Schema>) -> Namer<'i> {
        let matches = reference.map(|reference| recover(infos, reference));
        let mut namer = Namer {
            matches: matches.unwrap_or_default(),
            names: HashMap::new(),
            uses: count_uses(infos, |_| true),
            empty: empty_type(infos),
            inline: HashSet::new(),
            simple_unions: HashSet::new(),
            implied: HashSet::new(),
        };
        namer.take_known(infos, reference);
        namer.find_inline(infos);
        namer.find_simple_unions(infos, reference);
        namer.name_wrappers();
        namer.name_by_use(infos);
        namer
    }

    fn take_known(&mut self, infos: &'i Infos, reference: Option<&Schema>) {
        for info in &infos.infos {
            let name = info.name.as_str();
            let is_named = matches!(
                info.kind,
                InfoKind::Enum(_) | InfoKind::Object(_) | InfoKind::Alternate(_)
            );
            if !is_named {
                continue;
            }
            let known = match (reference, self.matches.by_name.get(name)) {
                (Some(reference), Some(id)) => Some(reference[*id].name.clone()),
                _ if name.contains(|c: char| !c.is_ascii_digit()) => Some(name.to_owned()),
                _ => None,
            };
            self.names.extend(known.map(|known| (name, known)));
        }
    }

    fn is_implicit(&self, name: &str, role: &str) -> bool {
        self.names
            .get(name)
            .is_some_and(|name| name.starts_with("q_obj_") && name.ends_with(role))
    }

    fn find_inline(&mut self, infos: &'i Infos) {
        for info in &infos.infos {
            let (InfoKind::Command { args, .. } | InfoKind::Event { args }) = &info.kind else {
                continue;
            };
            let unnamed = !self.names.contains_key(args.as_str());
            let fits = infos
                .object(args)
                .is_some_and(|object| object.tag.is_none());
            if fits
                && self.uses.get(args.as_str()) == Some(&1)
                && (unnamed || self.is_implicit(args, "-arg"))
                && self.empty != Some(args)
            {
                self.inline.insert(args);
                self.names.remove(args.as_str());
            }
        }
    }

    fn find_simple_unions(&mut self, infos: &'i Infos, reference: Option<&Schema>) {
        for info in &infos.infos {
            let InfoKind::Object(object) = &info.kind else {
                continue;
            };
            let [tag] = object.members.as_slice() else {
                continue;
            };
            let known = self.matches.by_name.get(info.name.as_str());
            let may_be_simple = match (reference, known) {
                (Some(reference), Some(id)) => matches!(
                    &reference[*id].kind,
                    TypeKind::Object(object) if object.form == ObjectForm::SimpleUnion
                ),
                _ => true,
            };
            let wraps = |ty: &str| {
                let wrapper = infos.object(ty).map(|object| object.members.as_slice());
                self.is_implicit(ty, "-wrapper")
                    && matches!(wrapper, Some([data]) if data.name == "data")
            };
            let kind = self.names.get(info.name.as_str());
            let kind = kind.map(|name| format!("{name}Kind"));
            if may_be_simple
                && object.tag.as_deref() == Some("type")
                && kind.is_some()
                && self.names.get(tag.ty.as_str()) == kind.as_ref()
                && self.uses.get(tag.ty.as_str()) == Some(&1)
                && object.variants.iter().all(|(_, ty)| wraps(ty))
            {
                self.simple_unions.insert(&info.name);
            }
        }
        let from_simple = count_uses(infos, |info| {
            self.simple_unions.contains(info.name.as_str())
        });
        let implied = from_simple
            .into_iter()
            .filter(|(ty, count)| self.uses.get(ty) == Some(count))
            .map(|(ty, _)| ty);
        self.implied.extend(implied);
    }

    /// Wrappers of old releases that have become types of their own are called
    /// as later releases call them.
    fn name_wrappers(&mut self) {
        let mut wrappers: Vec<(&str, String)> = self
            .names
            .iter()
            .filter(|(ty, _)| !self.implied.contains(*ty))
            .filter_map(|(ty, name)| {
                let wrapped = name.strip_prefix("q_obj_")?.strip_suffix("-wrapper")?;
                Some((*ty, format!("{wrapped}Wrapper")))
            })
            .collect();
        wrappers.sort();
        let mut taken: HashSet<String> = self.names.values().cloned().collect();
        for (ty, name) in wrappers {
            if names::stem(&name).is_some() && taken.insert(name.clone()) {
                self.names.insert(ty, name);
            }
        }
    }

    /// Names what is left after where it is first used.
    fn name_by_use(&mut self, infos: &'i Infos) {
        // Implicit names are no use to a definition.
        self.names.retain(|_, name| !name.starts_with("q_obj_"));
        let mut taken: HashSet<String> = self.names.values().cloned().collect();
        let mut queue: VecDeque<(&str, String)> = VecDeque::new();
        let mut seen: HashSet<&str> = HashSet::new();
        for info in &infos.infos {
            let owner = camel_case(&info.name);
            match &info.kind {
                InfoKind::Command { args, ret, .. } => {
                    queue.push_back((args, format!("{owner}Arguments")));
                    queue.push_back((ret, format!("{owner}Return")));
                }
                InfoKind::Event { args } => queue.push_back((args, format!("{owner}Data"))),
                _ => {}
            }
        }
        while let Some((ty, proposed)) = queue.pop_front() {
            let ty = infos.element(ty).unwrap_or(ty);
            let Some(info) = infos.get(ty).filter(|_| seen.insert(ty)) else {
                continue;
            };
            let has_none = !self.names.contains_key(ty)
                && !self.inline.contains(ty)
                && !matches!(info.kind, InfoKind::Builtin);
            if has_none {
                let name = free_name(&proposed, &taken);
                taken.insert(name.clone());
                self.names.insert(ty, name);
            }
            let owner = match self.names.get(ty) {
                Some(name) => name.clone(),
                None => proposed,
            };
            match &info.kind {
                InfoKind::Object(object) => {
                    for member in &object.members {
                        let name = format!("{owner}{}", camel_case(&member.name));
                        queue.push_back((&member.ty, name));
                    }
                    for (case, ty) in &object.variants {
                        queue.push_back((ty, format!("{owner}{}", camel_case(case))));
                    }
                }
                InfoKind::Alternate(types) => {
                    for ty in types {
                        queue.push_back((ty, format!("{owner}Branch")));
                    }
                }
                _ => {}
            }
        }
    }

    fn has_definition(&self, name: &str) -> bool {
        self.names.contains_key(name)
            && self.empty != Some(name)
            && !self.inline.contains(name)
            && !self.implied.contains(name)
    }
}

/// How often the infos that are wanted refer to each type.
fn count_uses(infos: &Infos, wanted: impl Fn(&Info) -> bool) -> HashMap<&str, usize> {
    let mut uses = HashMap::new();
    for info in infos.infos.iter().filter(|info| wanted(info)) {
        // That there is an array is no use of its elements.
        if let InfoKind::Array(_) = info.kind {
            continue;
        }
        for ty in info.uses() {
            *uses.entry(infos.element(ty).unwrap_or(ty)).or_default() += 1;
        }
    }
    uses
}

/// The object that commands without arguments take: `q_empty`.
fn empty_type(infos: &Infos) -> Option<&str> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for info in &infos.infos {
        if let InfoKind::Command { .. } | InfoKind::Event { .. } = info.kind {
            for ty in info.uses() {
                if infos.object(ty).is_some_and(InfoObject::is_empty) {
                    *uses.entry(ty).or_default() += 1;
                }
            }
        }
    }
    let most_used = uses.into_iter().max_by_key(|(_, count)| *count);
    most_used.map(|(name, _)| name)
}

fn free_name(proposed: &str, taken: &HashSet<String>) -> String {
    // Such a name is an array's.
    let proposed = match proposed.strip_suffix("List") {
        Some(_) => format!("{proposed}Type"),
        None => proposed.to_owned(),
    };
    let is_free = |name: &String| !taken.contains(name);
    let numbered = (2..).map(|number| format!("{proposed}{number}"));
    std::iter::once(proposed.clone())
        .chain(numbered)
        .find(is_free)
        .unwrap_or(proposed)
}

fn camel_case(name: &str) -> String {
    let is_upper = !name.contains(|c: char| c.is_ascii_lowercase());
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let camel = words.map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        let rest = if is_upper {
            rest.to_ascii_lowercase()
        } else {
            rest.to_owned()
        };
        first.to_ascii_uppercase() + &rest
    });
    camel.collect()
}

impl Schema {
    fn forget_places(&mut self) {
        for ty in &mut self.types {
            ty.span = None;
            match &mut ty.kind {
                TypeKind::Enum(declared) => {
                    for value in &mut declared.values {
                        value.span = None;
                    }
                }
                TypeKind::Object(object) => {
                    for member in &mut object.members {
                        member.span = None;
                    }
                    let variants = object.variants.iter_mut();
                    for branch in variants.flat_map(|variants| &mut variants.branches) {
                        branch.span = None;
                    }
                }
                TypeKind::Alternate(alternate) => {
                    for branch in &mut alternate.branches {
                        branch.span = None;
                    }
                }
                TypeKind::Builtin(_) | TypeKind::Array(_) => {}
            }
        }
        for command in &mut self.commands {
            command.span = None;
        }
        for event in &mut self.events {
            event.span = None;
        }
    }

    /// Takes over the documentation of what has the same name.
    fn take_docs(&mut self, reference: &Schema) {
        for id in self.order.clone() {
            let name = match id {
                EntityId::Type(id) => &self[id].name,
                EntityId::Command(id) => &self[id].name,
                EntityId::Event(id) => &self[id].name,
            };
            let doc = match (id, reference.names.get(name)) {
                (EntityId::Type(_), Some(EntityId::Type(id))) => &reference[*id].doc,
                (EntityId::Command(_), Some(EntityId::Command(id))) => &reference[*id].doc,
                (EntityId::Event(_), Some(EntityId::Event(id))) => &reference[*id].doc,
                _ => continue,
            };
            let Some(mut doc) = doc.clone() else {
                continue;
            };
            doc.span = None;
            resolve::docs::retain_existing(self, id, &mut doc);
            let place = match id {
                EntityId::Type(id) => &mut self.types[id.0 as usize].doc,
                EntityId::Command(id) => &mut self.commands[id.0 as usize].doc,
                EntityId::Event(id) => &mut self.events[id.0 as usize].doc,
            };
            *place = Some(doc);
        }
    }
}

/// Makes definitions of it, as if they had been read from a file.
struct Builder<'i, 'r> {
    infos: &'i Infos,
    reference: Option<&'r Schema>,
    namer: &'i Namer<'i>,
}

/// Nothing has a place in a file.
const NOWHERE: Span = Span {
    file: 0,
    start: 0,
    end: 0,
};

impl Builder<'_, '_> {
    fn schema(&self) -> Result<Schema, IntrospectionError> {
        let mut definitions = Definitions::default();
        for info in &self.infos.infos {
            if let Some((name, body)) = self.definition(info) {
                definitions.definitions.push(Definition {
                    name,
                    name_span: NOWHERE,
                    span: NOWHERE,
                    expression: definitions.definitions.len(),
                    module: 0,
                    doc: None,
                    condition: None,
                    features: features(&info.features),
                    body,
                });
            }
        }
        let module = ModuleSource {
            path: MODULE.to_owned(),
            items: self.items(&definitions.definitions),
        };
        // Introspection does not tell how the schema is written, so that what
        // was never an error is all that can be one.
        let mut reporter = Reporter::new(Dialect::Legacy);
        let mut schema =
            resolve::resolve(definitions, vec![module], &Pragma::default(), &mut reporter);
        if let Some(first) = reporter.finish().into_iter().next() {
            return Err(IntrospectionError::Unsound(first.message));
        }
        schema.forget_places();
        if let Some(reference) = self.reference {
            schema.take_docs(reference);
        }
        Ok(schema)
    }

    /// The module's items. Commands that return no object need an exception.
    fn items(&self, definitions: &[Definition]) -> Vec<ModuleItem> {
        let returns_no_object = |info: &&Info| match &info.kind {
            InfoKind::Command { ret, .. } => {
                let ret = self.infos.element(ret).unwrap_or(ret);
                self.infos.object(ret).is_none()
            }
            _ => false,
        };
        let exceptions = self.infos.infos.iter().filter(returns_no_object);
        let pragma = Pragma {
            command_returns_exceptions: exceptions.map(|info| info.name.clone()).collect(),
            ..Pragma::default()
        };
        let definitions = (0..definitions.len()).map(ModuleItem::Expression);
        std::iter::once(ModuleItem::Pragma(pragma))
            .chain(definitions)
            .collect()
    }

    fn definition(&self, info: &Info) -> Option<(String, Body)> {
        let body = match &info.kind {
            InfoKind::Command {
                args,
                ret,
                allow_oob,
            } => Body::Command(self.command(&info.name, args, ret, *allow_oob)),
            InfoKind::Event { args } => Body::Event {
                data: self.arguments(args),
                boxed: self.is_union(args),
            },
            _ if !self.namer.has_definition(&info.name) => return None,
            InfoKind::Enum(values) => Body::Enum {
                values: values.iter().map(enum_value).collect(),
                prefix: None,
            },
            InfoKind::Object(object) if object.tag.is_none() => Body::Struct {
                base: None,
                members: self.members(object, self.matched(&info.name)),
            },
            InfoKind::Object(object) => Body::Union(self.union(info, object)),
            InfoKind::Alternate(types) => Body::Alternate {
                branches: self.alternate(types, self.matched(&info.name)),
            },
            InfoKind::Builtin | InfoKind::Array(_) => return None,
        };
        let name = self.namer.names.get(info.name.as_str());
        Some((name.unwrap_or(&info.name).clone(), body))
    }

    /// The type of the reference that a type is.
    fn matched(&self, name: &str) -> Option<(&Schema, TypeId)> {
        let id = self.namer.matches.by_name.get(name)?;
        Some((self.reference?, *id))
    }

    fn is_union(&self, name: &str) -> bool {
        self.infos
            .object(name)
            .is_some_and(|object| object.tag.is_some())
    }

    fn command(&self, name: &str, args: &str, ret: &str, allow_oob: bool) -> CommandDef {
        let reference = self
            .reference
            .and_then(|reference| reference.command_named(name));
        let data = self.arguments(args);
        let is_named = matches!(data, Some(Data::Named(_)));
        let was_boxed = reference.is_some_and(|command| command.boxed);
        let ret_type = reference.and_then(|command| Some((self.reference?, command.ret?)));
        CommandDef {
            data,
            returns: (self.namer.empty != Some(ret)).then(|| self.type_name(ret, ret_type)),
            boxed: self.is_union(args) || (is_named && was_boxed),
            gen_code: reference.is_none_or(|command| command.gen_code),
            success_response: reference.is_none_or(|command| command.success_response),
            allow_oob,
            allow_preconfig: reference.is_some_and(|command| command.allow_preconfig),
            coroutine: !allow_oob && reference.is_some_and(|command| command.coroutine),
        }
    }

    fn arguments(&self, args: &str) -> Option<Data> {
        if self.namer.empty == Some(args) {
            return None;
        }
        match self.infos.object(args) {
            Some(object) if self.namer.inline.contains(args) => {
                Some(Data::Members(self.members(object, self.matched(args))))
            }
            _ => Some(Data::Named(self.type_name(args, None))),
        }
    }

    /// A type where it is used. `matched` is what the reference has there: it
    /// tells integers apart.
    fn type_name(&self, ty: &str, matched: Option<(&Schema, TypeId)>) -> TypeName {
        let element = self.infos.element(ty);
        let is_array = element.is_some();
        let name = element.unwrap_or(ty);
        let name = match self.namer.names.get(name) {
            _ if is_builtin(name) => matched
                .and_then(|(schema, id)| exact_builtin(schema, id, name, is_array))
                .unwrap_or(name)
                .to_owned(),
            _ if self.namer.empty == Some(name) => "q_empty".to_owned(),
            Some(known) => known.clone(),
            None => name.to_owned(),
        };
        TypeName {
            name,
            is_array,
            span: NOWHERE,
        }
    }

    fn members(&self, object: &InfoObject, matched: Option<(&Schema, TypeId)>) -> Vec<MemberDef> {
        let types: HashMap<&str, TypeId> = match matched {
            Some((reference, id)) => reference
                .all_members(id)
                .into_iter()
                .map(|member| (member.name.as_str(), member.ty))
                .collect(),
            None => HashMap::new(),
        };
        let members = object.members.iter().map(|member| {
            let matched = types.get(member.name.as_str());
            let matched = matched.and_then(|id| Some((self.reference?, *id)));
            self.member(member, matched)
        });
        members.collect()
    }

    fn member(&self, member: &InfoMember, matched: Option<(&Schema, TypeId)>) -> MemberDef {
        MemberDef {
            name: member.name.clone(),
            span: NOWHERE,
            optional: member.optional,
            ty: self.type_name(&member.ty, matched),
            inline: None,
            condition: None,
            features: features(&member.features),
        }
    }

    fn union(&self, info: &Info, object: &InfoObject) -> UnionDef {
        let matched = self.matched(&info.name);
        let is_simple = self.namer.simple_unions.contains(info.name.as_str());
        let branches = object
            .variants
            .iter()
            .filter(|(_, ty)| self.namer.empty != Some(ty))
            .map(|(case, ty)| BranchDef {
                name: case.clone(),
                span: NOWHERE,
                ty: self.branch_type(ty, is_simple),
                condition: None,
            })
            .collect();
        if is_simple {
            return UnionDef {
                base: None,
                discriminator: None,
                branches,
            };
        }
        let tag = object.tag.clone().unwrap_or_default();
        UnionDef {
            base: Some(Data::Members(self.members(object, matched))),
            discriminator: Some((tag, NOWHERE)),
            branches,
        }
    }

    fn branch_type(&self, ty: &str, is_simple: bool) -> TypeName {
        let wrapper = self.infos.object(ty).filter(|_| is_simple);
        match wrapper.and_then(|wrapper| wrapper.members.first()) {
            Some(data) => {
                let matched = self.matched(ty).and_then(|(reference, id)| {
                    let members = reference.all_members(id);
                    Some((reference, members.first()?.ty))
                });
                self.type_name(&data.ty, matched)
            }
            None => self.type_name(ty, None),
        }
    }

    fn alternate(&self, types: &[String], matched: Option<(&Schema, TypeId)>) -> Vec<BranchDef> {
        let branches = types.iter().map(|ty| {
            let same = matched.and_then(|(reference, id)| match &reference[id].kind {
                TypeKind::Alternate(alternate) => {
                    let mut branches = alternate.branches.iter();
                    branches.find(|branch| same_shape(self.infos, ty, reference, branch))
                }
                _ => None,
            });
            let matched = same.and_then(|branch| Some((self.reference?, branch.ty)));
            BranchDef {
                name: match same {
                    Some(branch) => branch.name.clone(),
                    None => self.branch_name(ty).to_owned(),
                },
                span: NOWHERE,
                ty: self.type_name(ty, matched),
                condition: None,
            }
        });
        branches.collect()
    }

    /// A name for a branch by what tells it apart: the JSON type.
    fn branch_name(&self, ty: &str) -> &'static str {
        if self.infos.element(ty).is_some() {
            return "array";
        }
        match (self.infos.get(ty).map(|info| &info.kind), ty) {
            (Some(InfoKind::Object(_)), _) => "object",
            (Some(InfoKind::Enum(_)), _) | (_, "str") => "string",
            (_, "bool") => "boolean",
            (_, "null") => "null",
            _ => "number",
        }
    }
}

/// The built-in type of the reference, where introspection shows it as that
/// name.
fn exact_builtin<'r>(
    reference: &'r Schema,
    id: TypeId,
    shown: &str,
    is_array: bool,
) -> Option<&'r str> {
    let id = match reference[id].kind {
        TypeKind::Array(element) if is_array => element,
        _ if is_array => return None,
        _ => id,
    };
    match reference[id].kind {
        TypeKind::Builtin(builtin) => {
            let name = reference[id].name.as_str();
            (shown_name(builtin, name) == shown).then_some(name)
        }
        _ => None,
    }
}

fn features(names: &[String]) -> Features {
    Features {
        features: names.iter().map(|name| feature(name)).collect(),
        spans: vec![NOWHERE; names.len()],
    }
}

fn feature(name: &str) -> Feature {
    Feature {
        name: name.to_owned(),
        condition: None,
    }
}

fn enum_value(value: &InfoValue) -> EnumValue {
    EnumValue {
        name: value.name.clone(),
        condition: None,
        features: value.features.iter().map(|name| feature(name)).collect(),
        span: None,
    }
}
