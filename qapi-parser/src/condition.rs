//! Evaluates conditions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::schema::{Condition, Feature, Schema, TypeKind};

/// The preprocessor symbols of a build, as far as they are known.
///
/// ```
/// use qapi_parser::Symbols;
/// use qapi_parser::schema::Condition;
///
/// let linux = Condition::Defined("CONFIG_LINUX".to_owned());
/// assert_eq!(linux.evaluate(&Symbols::new()), None);
/// assert_eq!(linux.evaluate(&Symbols::new().define("CONFIG_LINUX")), Some(true));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    /// By symbol: whether it is defined.
    pub(crate) decided: BTreeMap<String, bool>,
    others: Option<bool>,
}

impl Symbols {
    /// Creates an empty set, in which all symbols are unknown.
    pub fn new() -> Symbols {
        Symbols::default()
    }

    /// Adds a symbol that is defined.
    pub fn define(mut self, symbol: impl Into<String>) -> Symbols {
        self.decided.insert(symbol.into(), true);
        self
    }

    /// Adds a symbol that is not defined.
    pub fn undefine(mut self, symbol: impl Into<String>) -> Symbols {
        self.decided.insert(symbol.into(), false);
        self
    }

    /// Sets whether all other symbols are defined.
    pub fn others(mut self, defined: bool) -> Symbols {
        self.others = Some(defined);
        self
    }

    /// Returns whether a symbol is defined, if it is known.
    pub fn get(&self, symbol: &str) -> Option<bool> {
        self.decided.get(symbol).copied().or(self.others)
    }
}

impl Condition {
    /// Returns whether the condition holds, or none if the symbols do not decide
    /// it.
    pub fn evaluate(&self, symbols: &Symbols) -> Option<bool> {
        // Some(decisive) if any operand is decisive; None if one is unknown. Each
        // is evaluated once, since twice at every level would be exponential.
        let infix = |operands: &[Condition], decisive: bool| {
            let mut result = Some(!decisive);
            for operand in operands {
                match operand.evaluate(symbols) {
                    Some(value) if value == decisive => return Some(decisive),
                    Some(_) => {}
                    None => result = None,
                }
            }
            result
        };
        match self {
            Condition::Defined(symbol) => symbols.get(symbol),
            Condition::All(operands) => infix(operands, false),
            Condition::Any(operands) => infix(operands, true),
            Condition::Not(operand) => operand.evaluate(symbols).map(|value| !value),
            Condition::Text(_) => None,
        }
    }
}

impl Schema {
    /// Returns the preprocessor symbols in the schema's conditions.
    pub fn symbols(&self) -> BTreeSet<String> {
        let mut symbols = BTreeSet::new();
        self.for_each_condition(|condition| condition.add_symbols(&mut symbols));
        symbols
    }

    /// Calls a function with every condition.
    pub(crate) fn for_each_condition(&self, mut visit: impl FnMut(&Condition)) {
        let mut visit = |condition: Option<&Condition>, features: &[Feature]| {
            condition.into_iter().for_each(&mut visit);
            let conditions = features.iter().flat_map(|feature| &feature.condition);
            conditions.for_each(&mut visit);
        };
        for command in &self.commands {
            visit(command.condition.as_ref(), &command.features);
        }
        for event in &self.events {
            visit(event.condition.as_ref(), &event.features);
        }
        for ty in &self.types {
            visit(ty.condition.as_ref(), &ty.features);
            match &ty.kind {
                TypeKind::Enum(declared) => {
                    for value in &declared.values {
                        visit(value.condition.as_ref(), &value.features);
                    }
                }
                TypeKind::Object(object) => {
                    for member in &object.members {
                        visit(member.condition.as_ref(), &member.features);
                    }
                    let variants = object.variants.iter();
                    for branch in variants.flat_map(|variants| &variants.branches) {
                        visit(branch.condition.as_ref(), &[]);
                    }
                }
                TypeKind::Alternate(alternate) => {
                    for branch in &alternate.branches {
                        visit(branch.condition.as_ref(), &[]);
                    }
                }
                TypeKind::Builtin(_) | TypeKind::Array(_) => {}
            }
        }
    }
}

impl Condition {
    fn add_symbols(&self, symbols: &mut BTreeSet<String>) {
        match self {
            Condition::Defined(symbol) => _ = symbols.insert(symbol.clone()),
            Condition::All(operands) | Condition::Any(operands) => {
                for operand in operands {
                    operand.add_symbols(symbols);
                }
            }
            Condition::Not(operand) => operand.add_symbols(symbols),
            Condition::Text(_) => {}
        }
    }
}

/// As C: `defined(A) && !defined(B)`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Defined(symbol) => write!(f, "defined({symbol})"),
            Condition::All(operands) => infix(f, operands, " && "),
            Condition::Any(operands) => infix(f, operands, " || "),
            Condition::Not(operand) => {
                f.write_str("!")?;
                nested(f, operand)
            }
            Condition::Text(text) => f.write_str(text),
        }
    }
}

fn infix(f: &mut fmt::Formatter<'_>, operands: &[Condition], operator: &str) -> fmt::Result {
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            f.write_str(operator)?;
        }
        nested(f, operand)?;
    }
    Ok(())
}

fn nested(f: &mut fmt::Formatter<'_>, operand: &Condition) -> fmt::Result {
    match operand {
        Condition::All(_) | Condition::Any(_) | Condition::Text(_) => write!(f, "({operand})"),
        _ => write!(f, "{operand}"),
    }
}
