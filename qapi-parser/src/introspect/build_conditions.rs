//! Deduces from introspection which conditions hold in a build.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::condition::Symbols;
use crate::introspect::{InfoKind, InfoMember, Infos, IntrospectionError, recover, same_shape};
use crate::schema::{Condition, EntityId, Feature, Schema, TypeId, TypeKind};

/// The conditions of a build, deduced from its introspection.
#[derive(Clone, Debug, Default)]
pub struct BuildConditions {
    /// Whether symbols are defined, as far as it is known.
    pub decided: BTreeMap<String, bool>,
    /// The symbols that are unknown.
    pub undecided: BTreeSet<String>,
    /// Conditions that hold in one place and not in another. If there are any,
    /// the build is of another schema.
    pub contradictions: Vec<Condition>,
    observations: BTreeMap<Condition, bool>,
}

impl BuildConditions {
    /// Returns the symbols that are known.
    pub fn symbols(&self) -> Symbols {
        let mut symbols = Symbols::new();
        symbols.decided = self.decided.clone();
        symbols
    }

    /// Returns symbols under which every observed condition has the observed
    /// value. If the observations leave a choice, one solution is taken. Symbols
    /// without any observation stay unknown.
    pub fn consistent_symbols(&self) -> Symbols {
        let mut symbols = self.symbols();
        for (condition, holds) in &self.observations {
            choose(condition, *holds, &mut symbols);
        }
        symbols
    }
}

impl Schema {
    /// Finds which conditions held when a QEMU was built from this schema.
    ///
    /// Conditional entities are looked up in the reply to `query-qmp-schema`.
    /// Unused types are not part of it, so that some symbols may stay unknown.
    ///
    /// ```
    /// use qapi_parser::loader::Memory;
    /// use qapi_parser::Parser;
    ///
    /// let files = Memory::from_iter([(
    ///     "main.json",
    ///     "{ 'command': 'open', 'if': 'CONFIG_DOOR' } { 'command': 'quit' }",
    /// )]);
    /// let schema = Parser::new().parse(&files, "main.json").unwrap().schema;
    /// let json = r#"[
    ///     { "name": "quit", "meta-type": "command", "arg-type": "0", "ret-type": "0" },
    ///     { "name": "0", "meta-type": "object", "members": [] } ]"#;
    /// let found = schema.find_conditions(json).unwrap();
    /// assert_eq!(found.decided["CONFIG_DOOR"], false);
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not introspection.
    pub fn find_conditions(
        &self,
        introspection: &str,
    ) -> Result<BuildConditions, IntrospectionError> {
        let infos = Infos::parse(introspection)?;
        let mut observer = Observer {
            schema: self,
            infos: &infos,
            found: BuildConditions::default(),
            contradicted: HashSet::new(),
        };
        observer.entities();
        for (name, id) in recover(&infos, self) {
            observer.matched_type(name, id);
        }
        Ok(observer.solve())
    }
}

struct Observer<'s> {
    schema: &'s Schema,
    infos: &'s Infos,
    found: BuildConditions,
    /// The contradictions found so far.
    contradicted: HashSet<Condition>,
}

impl Observer<'_> {
    fn observe(&mut self, condition: Option<&Condition>, holds: bool) {
        let Some(condition) = condition else {
            return;
        };
        let before = self.found.observations.insert(condition.clone(), holds);
        if before == Some(!holds) && self.contradicted.insert(condition.clone()) {
            self.found.contradictions.push(condition.clone());
        }
    }

    fn features(&mut self, features: &[Feature], present: &[String]) {
        for feature in features {
            let holds = present.contains(&feature.name);
            self.observe(feature.condition.as_ref(), holds);
        }
    }

    fn entities(&mut self) {
        let infos = self.infos;
        let schema = self.schema;
        for id in &schema.order {
            let (name, condition, features) = match id {
                EntityId::Command(id) => {
                    let command = &schema[*id];
                    (&command.name, &command.condition, &command.features)
                }
                EntityId::Event(id) => {
                    let event = &schema[*id];
                    (&event.name, &event.condition, &event.features)
                }
                EntityId::Type(_) => continue,
            };
            let info = infos.command_or_event(name);
            self.observe(condition.as_ref(), info.is_some());
            if let Some(info) = info {
                self.features(features, &info.features);
            }
        }
    }

    fn matched_type(&mut self, name: &str, id: TypeId) {
        let (schema, infos) = (self.schema, self.infos);
        let Some(info) = infos.get(name) else {
            return;
        };
        let ty = &schema[id];
        self.observe(ty.condition.as_ref(), true);
        self.features(&ty.features, &info.features);
        match (&info.kind, &ty.kind) {
            (InfoKind::Enum(values), TypeKind::Enum(declared)) => {
                let present: HashSet<&str> =
                    values.iter().map(|value| value.name.as_str()).collect();
                for value in &declared.values {
                    let holds = present.contains(value.name.as_str());
                    self.observe(value.condition.as_ref(), holds);
                }
            }
            (InfoKind::Object(info), TypeKind::Object(object)) => {
                let members: HashMap<&str, &InfoMember> =
                    info.members.iter().map(|m| (m.name.as_str(), m)).collect();
                for member in schema.all_members(id) {
                    let present = members.get(member.name.as_str());
                    self.observe(member.condition.as_ref(), present.is_some());
                    if let Some(present) = present {
                        self.features(&member.features, &present.features);
                    }
                }
                let cases: HashSet<&str> = info
                    .variants
                    .iter()
                    .map(|(case, _)| case.as_str())
                    .collect();
                let variants = object.variants.iter();
                for branch in variants.flat_map(|variants| &variants.branches) {
                    let holds = cases.contains(branch.name.as_str());
                    self.observe(branch.condition.as_ref(), holds);
                }
            }
            (InfoKind::Alternate(types), TypeKind::Alternate(alternate)) => {
                for branch in &alternate.branches {
                    let mut types = types.iter();
                    let holds = types.any(|ty| same_shape(infos, ty, schema, branch));
                    self.observe(branch.condition.as_ref(), holds);
                }
            }
            _ => {}
        }
    }

    fn solve(mut self) -> BuildConditions {
        let mut symbols = Symbols::new();
        loop {
            let before = symbols.decided.len();
            for (condition, holds) in &self.found.observations {
                imply(condition, *holds, &mut symbols);
            }
            if symbols.decided.len() == before {
                break;
            }
        }
        for (condition, holds) in &self.found.observations {
            if condition.evaluate(&symbols) == Some(!holds)
                && self.contradicted.insert(condition.clone())
            {
                self.found.contradictions.push(condition.clone());
            }
        }
        self.found.undecided = self.schema.symbols();
        self.found
            .undecided
            .retain(|symbol| symbols.get(symbol).is_none());
        self.found.decided = symbols.decided;
        self.found
    }
}

/// Notes the symbols that a condition's value decides.
fn imply(condition: &Condition, holds: bool, symbols: &mut Symbols) {
    match condition {
        Condition::Defined(symbol) => {
            symbols.decided.entry(symbol.clone()).or_insert(holds);
        }
        Condition::Not(operand) => imply(operand, !holds, symbols),
        Condition::Text(_) => {}
        Condition::All(operands) => imply_infix(operands, holds, true, symbols),
        Condition::Any(operands) => imply_infix(operands, holds, false, symbols),
    }
}

/// `neutral` is the value of operands that leave the others to decide.
fn imply_infix(operands: &[Condition], holds: bool, neutral: bool, symbols: &mut Symbols) {
    if holds == neutral {
        for operand in operands {
            imply(operand, holds, symbols);
        }
        return;
    }
    let mut open = operands
        .iter()
        .filter(|operand| operand.evaluate(symbols) != Some(neutral));
    if let (Some(last), None) = (open.next(), open.next()) {
        imply(last, holds, symbols);
    }
}

/// Decides open symbols so that a condition has a value.
fn choose(condition: &Condition, holds: bool, symbols: &mut Symbols) {
    if condition.evaluate(symbols).is_some() {
        return;
    }
    match condition {
        Condition::Defined(symbol) => _ = symbols.decided.insert(symbol.clone(), holds),
        Condition::Not(operand) => choose(operand, !holds, symbols),
        Condition::Text(_) => {}
        Condition::All(operands) | Condition::Any(operands) => {
            for operand in operands {
                choose(operand, holds, symbols);
            }
        }
    }
}
