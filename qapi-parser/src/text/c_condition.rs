//! The conditions of old schemas, which are text for the C preprocessor.

use crate::schema::Condition;

/// Bounds the recursion.
const DEEPEST_NESTING: usize = 50;

impl Condition {
    /// Reads C preprocessor text: `defined(X)`, `!`, `&&`, `||` and
    /// parentheses. Anything else is kept as [`Condition::Text`].
    pub(crate) fn from_c(text: &str) -> Condition {
        let mut reader = ConditionParser {
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
struct ConditionParser<'t> {
    rest: &'t str,
    depth: usize,
}

impl ConditionParser<'_> {
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
        self.infix("||", ConditionParser::all, Condition::Any)
    }

    fn all(&mut self) -> Option<Condition> {
        self.infix("&&", ConditionParser::operand, Condition::All)
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
