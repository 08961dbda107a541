//! Reads "since" versions from documentation.

use crate::schema::{Doc, DocMember, SectionKind};

impl Doc {
    /// The version that brought the definition: what the `Since` section says,
    /// or a line that starts with "Since" in old schemas.
    ///
    /// ```
    /// # use qapi_parser::schema::{Doc, DocSection, SectionKind};
    /// let section = DocSection { kind: SectionKind::Since, text: "2.12".to_owned() };
    /// let doc = Doc { sections: vec![section], ..Doc::default() };
    /// assert_eq!(doc.since(), Some("2.12"));
    /// ```
    pub fn since(&self) -> Option<&str> {
        if let Some(text) = self.section(SectionKind::Since) {
            return version(text.trim_start_matches(|c: char| !c.is_ascii_digit()));
        }
        let plain = self
            .sections
            .iter()
            .filter(|section| section.kind == SectionKind::Plain);
        std::iter::once(self.body.as_str())
            .chain(plain.map(|section| section.text.as_str()))
            .flat_map(str::lines)
            .filter(|line| starts_with_since(line))
            .find_map(since_in)
    }
}

impl DocMember {
    /// The version that brought the member or feature, where its description
    /// says "since" and a version.
    pub fn since(&self) -> Option<&str> {
        since_in(&self.text)
    }
}

const SINCE: &str = "since";

fn starts_with_since(text: &str) -> bool {
    text.get(..SINCE.len())
        .is_some_and(|word| word.eq_ignore_ascii_case(SINCE))
}

fn since_in(text: &str) -> Option<&str> {
    let words = text
        .char_indices()
        .filter(|(at, c)| matches!(c, 's' | 'S') && starts_with_since(&text[*at..]));
    words
        .filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_alphanumeric()))
        .find_map(|(at, _)| {
            let after = text[at + SINCE.len()..].trim_start_matches([':', ' ', '\n']);
            let product = after.strip_prefix("QEMU").unwrap_or(after);
            version(product.trim_start_matches([' ', '\n', 'v']))
        })
}

/// The version that a text starts with: at least two numbers.
fn version(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let version = text[..end.unwrap_or(text.len())].trim_end_matches('.');
    let numbers = version.split('.');
    (numbers.clone().count() > 1 && numbers.clone().all(|number| !number.is_empty()))
        .then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_found_in_descriptions() {
        for (text, expected) in [
            ("the size (since 2.12)", Some("2.12")),
            ("(Since: 3.0.1)", Some("3.0.1")),
            ("Since QEMU v4.0, this", Some("4.0")),
            ("since then, nothing; since\n5.1.", Some("5.1")),
            ("since 2", None),
            ("insincerely 2.1", None),
            ("", None),
        ] {
            assert_eq!(since_in(text), expected, "{text}");
        }
    }

    #[test]
    fn old_docs_have_no_section() {
        let doc = Doc {
            body: "Stops.\nSince 0.14.0\n".to_owned(),
            ..Doc::default()
        };
        assert_eq!(doc.since(), Some("0.14.0"));
    }
}
