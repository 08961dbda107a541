//! From QAPI's names to Rust's: letter case, keywords, digits, collisions.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// The names taken in one Rust scope. Names are claimed in the schema's order,
/// so that the same schema always gives the same names.
pub(crate) struct Scope {
    taken: HashSet<String>,
}

impl Scope {
    /// A scope in which some names are taken from the start.
    pub(crate) fn with_reserved(reserved: &[&str]) -> Self {
        Self {
            taken: reserved.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    /// Takes a name or, where it was taken before, another one.
    pub(crate) fn claim_either(&mut self, name: String, other: impl FnOnce() -> String) -> String {
        if self.taken.contains(&name) {
            self.claim(other())
        } else {
            self.claim(name)
        }
    }

    /// Takes a name, with underscores behind it where it was taken before.
    pub(crate) fn claim(&mut self, mut name: String) -> String {
        while !self.taken.insert(name.clone()) {
            if let Some(plain) = name.strip_prefix("r#") {
                // `r#type_` is no better than `type_`.
                name = plain.to_owned();
            }
            name.push('_');
        }
        name
    }
}

/// The name of a type, a command's or an event's struct, or an enum's variant.
pub(crate) fn upper_camel(name: &str) -> String {
    let camel = not_numeric(name.to_upper_camel_case());
    // The one keyword that is written in this case.
    if camel == "Self" {
        "Self_".to_owned()
    } else {
        camel
    }
}

/// The name of a field, and of its setter.
pub(crate) fn snake(name: &str) -> String {
    let snake = not_numeric(name.to_snake_case());
    if matches!(snake.as_str(), "self" | "super" | "crate" | "_") {
        format!("{snake}_")
    } else if is_keyword(&snake) {
        format!("r#{snake}")
    } else {
        snake
    }
}

/// Rust's identifiers begin with a letter or an underscore and have no other
/// signs in them; what is none of these, heck has removed.
fn not_numeric(name: String) -> String {
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name
    }
}

/// Whether a name in lower case is a keyword, in any edition, used or reserved.
pub(crate) fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "abstract"
            | "as"
            | "async"
            | "await"
            | "become"
            | "box"
            | "break"
            | "const"
            | "continue"
            | "do"
            | "dyn"
            | "else"
            | "enum"
            | "extern"
            | "false"
            | "final"
            | "fn"
            | "for"
            | "gen"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "macro"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "override"
            | "priv"
            | "pub"
            | "ref"
            | "return"
            | "static"
            | "struct"
            | "trait"
            | "true"
            | "try"
            | "type"
            | "typeof"
            | "unsafe"
            | "unsized"
            | "use"
            | "virtual"
            | "where"
            | "while"
            | "yield"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case() {
        for (qapi, camel, small) in [
            ("block-commit", "BlockCommit", "block_commit"),
            ("SHUTDOWN", "Shutdown", "shutdown"),
            (
                "BLOCK_JOB_COMPLETED",
                "BlockJobCompleted",
                "block_job_completed",
            ),
            (
                "BlockdevOptionsQcow2",
                "BlockdevOptionsQcow2",
                "blockdev_options_qcow2",
            ),
            ("x-colo", "XColo", "x_colo"),
            ("144", "_144", "_144"),
            ("0.10", "_010", "_0_10"),
            ("type", "Type", "r#type"),
            ("self", "Self_", "self_"),
            ("gen", "Gen", "r#gen"),
            (
                "__org.example_thing",
                "OrgExampleThing",
                "org_example_thing",
            ),
        ] {
            assert_eq!(
                (upper_camel(qapi), snake(qapi)),
                (camel.to_owned(), small.to_owned())
            );
        }
    }

    #[test]
    fn collisions_get_underscores() {
        let mut scope = Scope::with_reserved(&["new"]);
        let names = ["a_b", "new", "a_b", "a_b", "r#type", "r#type"];
        let claimed = names.map(|name| scope.claim(name.to_owned()));
        assert_eq!(claimed, ["a_b", "new_", "a_b_", "a_b__", "r#type", "type_"]);
    }
}
