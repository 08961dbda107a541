//! The names that are taken in a scope.

use std::collections::{HashMap, HashSet};

/// The names taken in one Rust scope. Names are claimed in the schema's order,
/// so that the same schema always gives the same names.
pub(crate) struct Scope {
    taken: HashSet<String>,
    /// How many underscores the latest name has that was claimed again, by name.
    again: HashMap<String, usize>,
}

impl Scope {
    /// A scope in which some names are taken from the start.
    pub(crate) fn with_reserved(reserved: &[&str]) -> Self {
        Self {
            taken: reserved.iter().map(|&name| name.to_owned()).collect(),
            again: HashMap::new(),
        }
    }

    /// Takes a name or, where it was taken before, another one.
    pub(super) fn claim_either(&mut self, name: String, other: impl FnOnce() -> String) -> String {
        if self.taken.contains(&name) {
            self.claim(other())
        } else {
            self.claim(name)
        }
    }

    /// Takes a name, with underscores behind it where it was taken before.
    pub(crate) fn claim(&mut self, name: String) -> String {
        if self.taken.insert(name.clone()) {
            return name;
        }
        // `r#type_` is no better than `type_`.
        let plain = name.strip_prefix("r#").unwrap_or(&name);
        let underscores = self.again.entry(plain.to_owned()).or_default();
        loop {
            *underscores += 1;
            let next = format!("{plain}{}", "_".repeat(*underscores));
            if self.taken.insert(next.clone()) {
                return next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collisions_get_underscores() {
        let mut scope = Scope::with_reserved(&["new"]);
        let names = [
            "a_b", "new", "a_b", "a_b", "r#type", "r#type", "a_b_", "a_b",
        ];
        let claimed = names.map(|name| scope.claim(name.to_owned()));
        assert_eq!(
            claimed,
            [
                "a_b", "new_", "a_b_", "a_b__", "r#type", "type_", "a_b___", "a_b____"
            ]
        );
    }

    #[test]
    fn many_equal_names_are_claimed_in_time() {
        let mut scope = Scope::with_reserved(&[]);
        let mut last = String::new();
        for _ in 0..3_000 {
            last = scope.claim("a".to_owned());
        }
        assert_eq!(last.len(), 3_000);
    }
}
