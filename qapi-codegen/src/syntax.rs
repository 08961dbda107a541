//! A look at the Rust that users bring, so that a slip is told here and not by
//! the compiler in the midst of generated code. It is no parser: that would be
//! syn, which builds longer than all the rest.

use crate::names::is_keyword;

/// What is wrong with a path, if anything. It may have generic arguments.
pub(crate) fn wrong_with_path(path: &str) -> Option<String> {
    let (plain, generics) = match path.find('<') {
        Some(at) => (&path[..at], &path[at..]),
        None => (path, ""),
    };
    if !generics.is_empty() {
        if let Some(wrong) = unbalanced(generics) {
            return Some(wrong);
        }
        let depth = generics.bytes().try_fold(0_i32, |depth, byte| match byte {
            b'<' => Some(depth + 1),
            b'>' => Some(depth - 1).filter(|depth| *depth >= 0),
            _ => Some(depth),
        });
        if depth != Some(0) || !generics.ends_with('>') {
            return Some("`<` and `>` do not match".to_owned());
        }
    }
    let plain = plain.strip_prefix("::").unwrap_or(plain);
    plain
        .split("::")
        .enumerate()
        .find_map(|(index, segment)| wrong_with_segment(segment, index))
}

fn wrong_with_segment(segment: &str, index: usize) -> Option<String> {
    let name = segment.strip_prefix("r#").unwrap_or(segment);
    let mut signs = name.chars();
    let is_name = signs
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic())
        && signs.all(|sign| sign == '_' || sign.is_alphanumeric());
    if segment.is_empty() {
        Some("a name is missing in it".to_owned())
    } else if !is_name {
        Some(format!("`{segment}` is no name in Rust"))
    } else if matches!(segment, "super" | "crate" | "self") {
        // `super::super::T` is fine, `a::crate::T` is not.
        (segment != "super" && index > 0)
            .then(|| format!("`{segment}` can only stand at its beginning"))
    } else if name == segment && (is_keyword(segment) || segment == "Self") {
        Some(format!("`{segment}` is a keyword"))
    } else {
        None
    }
}

/// What is wrong with an attribute, if anything. It is one, `#[…]` included.
pub(crate) fn wrong_with_attribute(attribute: &str) -> Option<String> {
    let Some(inner) = attribute
        .strip_prefix("#[")
        .and_then(|attribute| attribute.strip_suffix(']'))
    else {
        return Some("an attribute is written as `#[…]`".to_owned());
    };
    if attribute.contains(['\n', '\r']) {
        return Some("it must stand on one line".to_owned());
    }
    if let Some(wrong) = unbalanced(inner) {
        return Some(if wrong.contains("closes") {
            "it must be one attribute; add a second one by itself".to_owned()
        } else {
            wrong
        });
    }
    let end = inner
        .find(|sign: char| !(sign == ':' || sign == '_' || sign.is_alphanumeric() || sign == '#'))
        .unwrap_or(inner.len());
    let (path, rest) = (inner[..end].trim(), inner[end..].trim_start());
    if let Some(wrong) = wrong_with_path(path) {
        return Some(wrong);
    }
    if !(rest.is_empty() || rest.starts_with(['(', '[', '{', '='])) {
        return Some(format!("`{rest}` cannot stand behind `{path}`"));
    }
    None
}

/// The first bracket or quote without its counterpart, if any.
fn unbalanced(text: &str) -> Option<String> {
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let mut length = sign.len_utf8();
        match sign {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(sign) => {
                return Some(format!("`{sign}` closes nothing"));
            }
            '"' => match string_length(rest) {
                Some(string) => length = string,
                None => return Some("a string has no end".to_owned()),
            },
            'r' if is_raw_string(text, rest) => match raw_string_length(rest) {
                Some(string) => length = string,
                None => return Some("a string has no end".to_owned()),
            },
            // A lifetime has no second quote, a character has.
            '\'' => length = character_length(rest),
            '/' if rest.starts_with("//") || rest.starts_with("/*") => {
                return Some("it has a comment in it".to_owned());
            }
            _ => {}
        }
        rest = &rest[length..];
    }
    open.pop().map(|sign| format!("a `{sign}` is missing"))
}

fn string_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (index, sign) in text.char_indices().skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(index + 1),
            _ => {}
        }
    }
    None
}

/// Whether the `r` that `rest` begins with opens a raw string, and is not the
/// end of a name or the beginning of `r#name`.
fn is_raw_string(text: &str, rest: &str) -> bool {
    let before = text[..text.len() - rest.len()].chars().next_back();
    let in_name = before.is_some_and(|sign| sign != 'b' && (sign == '_' || sign.is_alphanumeric()));
    !in_name && rest[1..].trim_start_matches('#').starts_with('"')
}

fn raw_string_length(text: &str) -> Option<usize> {
    let hashes = text[1..].len() - text[1..].trim_start_matches('#').len();
    let start = 1 + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    text[start..].find(&end).map(|at| start + at + end.len())
}

fn character_length(text: &str) -> usize {
    let escaped = text[1..].starts_with('\\');
    let content = text[1..].chars().nth(usize::from(escaped));
    let end = 1 + usize::from(escaped) + content.map_or(0, char::len_utf8);
    if text[end..].starts_with('\'') {
        end + 1
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for right in [
            "::my::SocketAddress",
            "crate::Address",
            "super::super::r#type::Address",
            "::std::sync::Arc<::my::Address<[u8; 4]>>",
            "Vec",
        ] {
            assert_eq!(wrong_with_path(right), None, "{right}");
        }
        for (wrong, expected) in [
            ("", "a name is missing in it"),
            ("::my::", "a name is missing in it"),
            ("my:Address", "`my:Address` is no name in Rust"),
            (
                "::my::Socket-Address",
                "`Socket-Address` is no name in Rust",
            ),
            ("::my::type", "`type` is a keyword"),
            ("my::crate::A", "`crate` can only stand at its beginning"),
            ("::my::Of<u8", "`<` and `>` do not match"),
            ("::my::Of<(u8>", "a `)` is missing"),
            ("::my::Of<u8>x", "`<` and `>` do not match"),
        ] {
            assert_eq!(wrong_with_path(wrong).as_deref(), Some(expected), "{wrong}");
        }
    }

    #[test]
    fn attributes() {
        for right in [
            "#[non_exhaustive]",
            r#"#[cfg(feature = "x")]"#,
            r##"#[doc = r#"a " ] quote"#]"##,
            r"#[my::rule(sign = ']', of = &'static str)]",
            r#"#[cfg_attr(docsrs, doc(cfg(feature = "x \" ]")))]"#,
        ] {
            assert_eq!(wrong_with_attribute(right), None, "{right}");
        }
        for (wrong, expected) in [
            ("non_exhaustive", "an attribute is written as `#[…]`"),
            ("#[]", "a name is missing in it"),
            ("#[cfg(feature = \"x\"]", "a `)` is missing"),
            ("#[cfg(feature = \"x)]", "a string has no end"),
            ("#[doc = r#\"x\"]", "a string has no end"),
            (
                "#[a] #[b]",
                "it must be one attribute; add a second one by itself",
            ),
            ("#[must use]", "`use` cannot stand behind `must`"),
            ("#[a // b]", "it has a comment in it"),
            ("#[a\n]", "it must stand on one line"),
            ("#[1]", "`1` is no name in Rust"),
        ] {
            assert_eq!(
                wrong_with_attribute(wrong).as_deref(),
                Some(expected),
                "{wrong}"
            );
        }
    }
}
