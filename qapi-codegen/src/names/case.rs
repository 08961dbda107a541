//! From QAPI's names to Rust's: letter case, keywords, digits.

use std::borrow::Cow;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// The name of a type, a command's or an event's struct, or an enum's variant.
pub(super) fn upper_camel(name: &str) -> String {
    let camel = match shape(name) {
        Shape::Camel => name.to_owned(),
        Shape::Lower => capitalized(name),
        Shape::Other => not_numeric(ascii(name).to_upper_camel_case()),
    };
    // The one keyword that is written in this case.
    if matches!(camel.as_str(), "Self" | "_") {
        camel + "_"
    } else {
        camel
    }
}

/// The name of a field, and of its setter.
pub(super) fn snake(name: &str) -> String {
    let snake = match shape(name) {
        Shape::Lower => name.replace('-', "_"),
        Shape::Camel | Shape::Other => not_numeric(ascii(name).to_snake_case()),
    };
    if matches!(snake.as_str(), "self" | "super" | "crate" | "_") {
        format!("{snake}_")
    } else if is_keyword(&snake) {
        format!("r#{snake}")
    } else {
        snake
    }
}

/// The letter case of a name. Nearly all names show their words at once, and heck,
/// which looks at each letter's neighbours, takes thirty times as long to find them.
enum Shape {
    /// `BlockdevOptionsQcow2`
    Camel,
    /// `block-commit`, `tls_creds`
    Lower,
    Other,
}

fn shape(name: &str) -> Shape {
    let bytes = name.as_bytes();
    let mut shape = match bytes.first() {
        Some(b'A'..=b'Z') => Shape::Camel,
        Some(b'a'..=b'z') => Shape::Lower,
        _ => return Shape::Other,
    };
    let mut before = b'-';
    for &byte in bytes {
        let fits = match (&shape, byte) {
            // heck joins a word of one letter with the next one.
            (Shape::Camel, b'A'..=b'Z') => !before.is_ascii_uppercase(),
            (Shape::Camel, b'0'..=b'9') => !before.is_ascii_uppercase(),
            (Shape::Lower, b'-' | b'_') => before.is_ascii_alphanumeric(),
            (Shape::Lower, b'0'..=b'9') | (_, b'a'..=b'z') => true,
            _ => false,
        };
        if !fits {
            return Shape::Other;
        }
        before = byte;
    }
    if !matches!(before, b'a'..=b'z' | b'0'..=b'9') {
        shape = Shape::Other;
    }
    shape
}

/// The words of a name in lower case, each with a capital, as one.
fn capitalized(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut begins = true;
    for c in name.chars() {
        if matches!(c, '-' | '_') {
            begins = true;
        } else {
            out.push(if begins { c.to_ascii_uppercase() } else { c });
            begins = false;
        }
    }
    out
}

/// The name with ASCII's letters and digits only. Schema files have no others; of a
/// schema that was put together by hand, nothing is known.
fn ascii(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace(|c: char| !c.is_ascii(), "-"))
}

/// Rust's identifiers begin with a letter or an underscore and have no other signs
/// in them; what is none of these, heck has removed.
fn not_numeric(mut name: String) -> String {
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
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
            ("-", "__", "__"),
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
    fn words_are_those_that_heck_finds() {
        let mut state = 1_u64;
        for _ in 0..50_000 {
            let mut name = String::new();
            for _ in 0..1 + state % 9 {
                // xorshift
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                name.push(char::from(b"abABZ019--__x"[(state % 13) as usize]));
            }
            let fast = match shape(&name) {
                Shape::Camel => (name.clone(), name.to_snake_case()),
                Shape::Lower => (capitalized(&name), name.replace('-', "_")),
                Shape::Other => continue,
            };
            let expected = (name.to_upper_camel_case(), name.to_snake_case());
            assert_eq!(fast, expected, "{name}");
        }
    }

    #[test]
    fn every_name_is_an_identifier() {
        for name in ["", "-", "²", "é", "1²", "self", "Self", "\u{202e}a b;"] {
            for made in [upper_camel(name), snake(name)] {
                let plain = made.strip_prefix("r#").unwrap_or(&made);
                let mut signs = plain.bytes();
                let first = signs.next().unwrap_or(b'-');
                assert!(first == b'_' || first.is_ascii_alphabetic(), "{made}");
                assert!(signs.all(|sign| sign == b'_' || sign.is_ascii_alphanumeric()));
                assert_ne!(plain, "_");
            }
        }
    }
}
