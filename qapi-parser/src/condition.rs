//! Conditions: the C text of old schemas, and what decides them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::schema::{Condition, Feature, Schema, TypeKind};

/// What is known of the preprocessor symbols of a build.
///
/// ```
/// use qapi_parser::conditions::Symbols;
/// use qapi_parser::schema::Condition;
///
/// let linux = Condition::Defined("CONFIG_LINUX".to_owned());
/// assert_eq!(linux.evaluate(&Symbols::new()), None);
/// assert_eq!(linux.evaluate(&Symbols::new().define("CONFIG_LINUX")), Some(true));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    known: BTreeMap<String, bool>,
    others: Option<bool>,
}

impl Symbols {
    /// Nothing is known.
    pub fn new() -> Symbols {
        Symbols::default()
    }

    /// This symbol is defined.
    pub fn define(mut self, symbol: impl Into<String>) -> Symbols {
        self.known.insert(symbol.into(), true);
        self
    }

    /// This symbol is not defined.
    pub fn undefine(mut self, symbol: impl Into<String>) -> Symbols {
        self.known.insert(symbol.into(), false);
        self
    }

    /// Whether all other symbols are defined.
    pub fn others(mut self, defined: bool) -> Symbols {
        self.others = Some(defined);
        self
    }

    /// Whether a symbol is defined, if known.
    pub fn get(&self, symbol: &str) -> Option<bool> {
        self.known.get(symbol).copied().or(self.others)
    }
}

impl Condition {
    /// Whether the condition holds, as far as the symbols decide it.
    pub fn evaluate(&self, symbols: &Symbols) -> Option<bool> {
        // Some(decisive) if any operand is that; None if one is unknown.
        let infix = |operands: &[Condition], decisive: bool| {
            let values = || operands.iter().map(|operand| operand.evaluate(symbols));
            if values().any(|value| value == Some(decisive)) {
                Some(decisive)
            } else if values().any(|value| value.is_none()) {
                None
            } else {
                Some(!decisive)
            }
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

/// Old schemas hold whatever fits one line; this bounds our recursion.
const DEEPEST_NESTING: usize = 50;

impl Condition {
    /// Reads C preprocessor text: `defined(X)`, `!`, `&&`, `||` and
    /// parentheses. What is more than that is kept as [`Condition::Text`].
    pub(crate) fn from_c(text: &str) -> Condition {
        let mut reader = Reader {
            rest: text.trim_start(),
            depth: 0,
        };
        match reader.any() {
            Some(condition) if reader.rest.is_empty() => condition,
            _ => Condition::Text(text.to_owned()),
        }
    }
}

/// Reads C from its start. Each method leaves no white space behind it.
struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> Option<Condition> {
        self.infix("||", Reader::all, Condition::Any)
    }

    fn all(&mut self) -> Option<Condition> {
        self.infix("&&", Reader::operand, Condition::All)
    }

    fn infix(
        &mut self,
        operator: &str,
        operand: fn(&mut Self) -> Option<Condition>,
        combine: fn(Vec<Condition>) -> Condition,
    ) -> Option<Condition> {
        let first = operand(self)?;
        if !self.rest.starts_with(operator) {
            return Some(first);
        }
        let mut operands = vec![first];
        while self.take(operator) {
            operands.push(operand(self)?);
        }
        Some(combine(operands))
    }

    fn operand(&mut self) -> Option<Condition> {
        self.depth += 1;
        let condition = if self.depth > DEEPEST_NESTING {
            None
        } else if self.take("!") {
            self.operand().map(|inner| Condition::Not(Box::new(inner)))
        } else if self.take("(") {
            self.any().filter(|_| self.take(")"))
        } else {
            self.defined()
        };
        self.depth -= 1;
        condition
    }

    fn defined(&mut self) -> Option<Condition> {
        let after = self.rest.strip_prefix("defined")?;
        if after.starts_with(is_identifier) {
            return None;
        }
        self.rest = after.trim_start();
        let parenthesized = self.take("(");
        let length = self.rest.find(|c| !is_identifier(c));
        let (symbol, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        self.rest = rest.trim_start();
        if symbol.is_empty() || (parenthesized && !self.take(")")) {
            return None;
        }
        Some(Condition::Defined(symbol.to_owned()))
    }
}

fn is_identifier(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether a string is what newer schemas have for `defined(X)`.
pub(crate) fn is_symbol(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// As C: `defined(A) && !defined(B)`.
impl Schema {
    /// The preprocessor symbols in the schema's conditions.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_text_becomes_a_tree() {
        for (text, expected) in [
            ("defined(A)", "defined(A)"),
            ("!defined(A)", "!defined(A)"),
            ("defined A", "defined(A)"),
            (
                "defined(A)||defined(B) && !( defined(C) || defined(D))",
                "defined(A) || (defined(B) && !(defined(C) || defined(D)))",
            ),
        ] {
            let condition = Condition::from_c(text);
            assert!(!matches!(condition, Condition::Text(_)), "{text}");
            assert_eq!(condition.to_string(), expected);
        }
    }

    #[test]
    fn other_c_text_is_kept() {
        let deep = "!".repeat(1000) + "defined(A)";
        for text in ["X > 1", "defined(A", "definedA", "defined()", "", &deep] {
            assert_eq!(Condition::from_c(text), Condition::Text(text.to_owned()));
        }
    }
}
