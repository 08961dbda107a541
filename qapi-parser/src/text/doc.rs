//! Splits documentation comments into their parts.
//!
//! The parts are told apart as QEMU's newest generator does. Older schemas
//! follow looser rules; what they do differently is reported as a matter of
//! style, and read in the way that loses least.

use std::collections::HashMap;

use crate::schema::{Doc, DocMember, DocSection, SectionKind};
use crate::text::diagnostic::{Diagnostic, Kind, Reporter};
use crate::text::dialect::Dialect;
use crate::text::source::Span;
use crate::text::tree::Block;

/// A documentation comment with the places of its parts.
#[derive(Debug)]
pub(crate) struct Documentation {
    pub(crate) doc: Doc,
    pub(crate) span: Span,
    /// As long as the lists of the same name in [`Doc`].
    pub(crate) members: Vec<Span>,
    pub(crate) features: Vec<Span>,
    pub(crate) sections: Vec<Span>,
    /// Empty parts, which only QEMU's newest generators report, and only after the
    /// token that follows the block.
    empty: Vec<Diagnostic>,
}

impl Documentation {
    /// Reports what QEMU's generator reports after the token that follows.
    pub(crate) fn end(&mut self, reporter: &mut Reporter) {
        for diagnostic in self.empty.drain(..) {
            reporter.strict_only(diagnostic);
        }
    }

    pub(crate) fn section_span(&self, kind: SectionKind) -> Option<Span> {
        let sections = self.doc.sections.iter().zip(&self.sections);
        sections
            .filter(|(section, _)| section.kind == kind)
            .map(|(_, span)| *span)
            .next()
    }
}

/// Reads a block. `next_is_token` is false where what follows the block cannot
/// be cut into tokens, which hides that the block does not end.
pub(crate) fn parse(
    text: &str,
    block: &Block,
    next_is_token: bool,
    reporter: &mut Reporter,
) -> Documentation {
    let open = block.lines[0];
    let mut lines = Lines {
        text,
        lines: &block.lines[1..],
        end: Some(End {
            open,
            close: block.close,
            next: block.next,
            next_is_token,
        }),
        literal: None,
        reporter,
        span: open,
        last: open,
    };
    let opening = lines.slice(open);
    if opening != "##" {
        lines.rule(open, "unexpected text after the '##' that opens a comment");
    }
    let mut parts = Parts::default();
    let mut symbol = None;
    match lines.next() {
        Some(line) if line.starts_with('@') => {
            symbol = Some(lines.symbol(line).to_owned());
            lines.definition(&mut parts);
        }
        first => lines.free_form(first, &mut parts),
    }
    parts.finish(symbol, open, open.to(lines.last))
}

/// What a section of a block is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part<'t> {
    Member(&'t str),
    Feature(&'t str),
    Section(SectionKind),
}

#[derive(Debug)]
struct Section<'t> {
    part: Part<'t>,
    span: Span,
    /// What follows the tag on its own line.
    inline: &'t str,
    lines: Vec<&'t str>,
}

/// The sections read so far; those before the first tag are the body.
#[derive(Debug, Default)]
struct Parts<'t> {
    body: Vec<&'t str>,
    sections: Vec<Section<'t>>,
    /// Where each part was first given.
    first: HashMap<Part<'t>, Span>,
    has_features: bool,
}

impl<'t> Parts<'t> {
    fn append(&mut self, line: &'t str) {
        match self.sections.last_mut() {
            Some(section) => section.lines.push(line),
            None => self.body.push(line),
        }
    }

    fn open(&mut self, part: Part<'t>, span: Span, inline: &'t str) {
        self.has_features |= matches!(part, Part::Feature(_));
        self.first.entry(part.clone()).or_insert(span);
        self.sections.push(Section {
            part,
            span,
            inline,
            lines: Vec::new(),
        });
    }

    /// Continues the last section if it has no tag.
    fn open_plain(&mut self, span: Span) {
        let plain = Part::Section(SectionKind::Plain);
        match self.sections.last() {
            Some(last) if last.part != plain => self.open(plain, span, ""),
            _ => self.append(""),
        }
    }

    fn finish(self, symbol: Option<String>, open: Span, span: Span) -> Documentation {
        let mut result = Documentation {
            doc: Doc {
                symbol,
                body: join("", &self.body),
                span: Some(span),
                ..Doc::default()
            },
            span: open,
            members: Vec::new(),
            features: Vec::new(),
            sections: Vec::new(),
            empty: Vec::new(),
        };
        for section in self.sections {
            let text = join(section.inline, &section.lines);
            if text.is_empty() && section.part != Part::Section(SectionKind::Plain) {
                result.empty.push(text_required(&section));
            }
            match section.part {
                Part::Member(name) => {
                    let name = name.to_owned();
                    result.doc.members.push(DocMember { name, text });
                    result.members.push(section.span);
                }
                Part::Feature(name) => {
                    let name = name.to_owned();
                    result.doc.features.push(DocMember { name, text });
                    result.features.push(section.span);
                }
                Part::Section(kind) => {
                    result.doc.sections.push(DocSection { kind, text });
                    result.sections.push(section.span);
                }
            }
        }
        result
    }
}

fn text_required(section: &Section<'_>) -> Diagnostic {
    let tag = match &section.part {
        Part::Member(name) | Part::Feature(name) => format!("@{name}:"),
        Part::Section(kind) => format!("{kind}:"),
    };
    let message = format!("section '{tag}' is empty");
    Diagnostic::new(Kind::DocumentationStyle, section.span, message)
}

/// The text of a section: the rest of the tag's line, and the lines after it
/// without their common indentation.
fn join(inline: &str, lines: &[&str]) -> String {
    let indent = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let capacity = inline.len() + lines.iter().map(|line| line.len() + 1).sum::<usize>();
    let mut text = String::with_capacity(capacity);
    text.push_str(inline);
    for line in lines {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line.get(indent..).unwrap_or_default());
    }
    text.truncate(text.trim_end_matches('\n').len());
    text
}

/// Whether Python's `str` considers this white space, as QEMU's generator does.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn indentation(line: &str) -> usize {
    line.chars().take_while(|c| is_space(*c)).count()
}

/// `@NAME: TEXT`. Before QEMU 8.1, a name with a space in it was prose.
fn member_tag(line: &str, dialect: Dialect) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix('@')?.split_once(':')?;
    (dialect == Dialect::Strict || !name.contains(is_space))
        .then(|| (name, rest.trim_start_matches(' ')))
}

/// `TAG: TEXT`. Two colons are reStructuredText's own.
fn section_tag(line: &str) -> Option<(SectionKind, &str)> {
    let (tag, rest) = line.split_once(':')?;
    let kind = match tag {
        "Returns" => SectionKind::Returns,
        "Errors" => SectionKind::Errors,
        "Since" => SectionKind::Since,
        "Note" | "Notes" => SectionKind::Note,
        "Example" | "Examples" => SectionKind::Example,
        "TODO" => SectionKind::Todo,
        _ => return None,
    };
    (!rest.starts_with(':')).then(|| (kind, rest.trim_start_matches(' ')))
}

/// The lines of a block, one after the other.
struct Lines<'t, 'r> {
    text: &'t str,
    lines: &'r [Span],
    /// None after the end.
    end: Option<End>,
    /// The indentation of the literal block that the last line is in; 0 until
    /// the block's first line.
    literal: Option<usize>,
    reporter: &'r mut Reporter,
    /// The place where QEMU's generator is.
    span: Span,
    /// The last line of the block.
    last: Span,
}

/// The end of a block, found in advance.
#[derive(Clone, Copy)]
struct End {
    open: Span,
    close: Option<Span>,
    next: Span,
    next_is_token: bool,
}

impl<'t> Lines<'t, '_> {
    fn slice(&self, span: Span) -> &'t str {
        let range = span.start as usize..span.end as usize;
        self.text.get(range).unwrap_or_default()
    }

    fn member_tag(&self, line: &'t str) -> Option<(&'t str, &'t str)> {
        member_tag(line, self.reporter.dialect())
    }

    fn rule(&mut self, span: Span, message: &str) {
        self.reporter
            .rule(Diagnostic::new(Kind::Documentation, span, message));
    }

    fn style(&mut self, message: impl Into<String>) {
        self.reporter.style(Diagnostic::new(
            Kind::DocumentationStyle,
            self.span,
            message,
        ));
    }

    /// The next line, without the comment sign.
    fn next(&mut self) -> Option<&'t str> {
        let Some((span, rest)) = self.lines.split_first() else {
            self.end();
            return None;
        };
        self.lines = rest;
        self.span = *span;
        self.last = *span;
        let raw = self.slice(*span);
        let content = raw.strip_prefix('#').unwrap_or(raw);
        if content.is_empty() {
            return Some("");
        }
        let line = content.strip_prefix(' ').unwrap_or_else(|| {
            self.style("a space must follow the '#'");
            content
        });
        let line = line.trim_end_matches(is_space);
        self.follow_literal(line);
        if self.literal.is_none() && self.reporter.dialect() != Dialect::Legacy {
            self.check_length(line);
            self.check_sentences(line);
        }
        Some(line)
    }

    fn end(&mut self) {
        let Some(end) = self.end.take() else {
            return;
        };
        self.span = end.close.unwrap_or(end.next);
        if let Some(close) = end.close {
            self.last = close;
            if self.slice(close) != "##" {
                self.rule(
                    close,
                    "unexpected text after the '##' that closes a comment",
                );
            }
        } else if end.next_is_token {
            let message = "missing '##' at the end of the comment";
            let unclosed = Diagnostic::new(Kind::Syntax, end.next, message)
                .related(Some(end.open), "the comment starts here");
            self.reporter.rule(unclosed);
        }
    }

    /// The next line that is not blank.
    fn next_text(&mut self) -> Option<&'t str> {
        loop {
            match self.next() {
                Some("") => {}
                line => return line,
            }
        }
    }

    fn follow_literal(&mut self, line: &str) {
        let directive = line
            .strip_prefix("..")
            .map(|rest| rest.trim_start_matches(' '))
            .filter(|rest| rest.len() < line.len() - 2)
            .and_then(|rest| rest.strip_prefix("qmp-example"));
        let marker = directive.unwrap_or(line).trim_start_matches(' ');
        if marker == "::" {
            self.literal = Some(0);
        } else if let Some(indent) = self.literal
            && !line.is_empty()
        {
            let here = indentation(line);
            if indent == 0 {
                self.literal = Some(here);
            } else if here < indent {
                self.literal = None;
            }
        }
    }

    fn check_length(&mut self, line: &str) {
        const LONGEST: usize = 70;
        // Two for the comment sign.
        if line.len() + 2 <= LONGEST || line.chars().count() + 2 <= LONGEST {
            return;
        }
        let is_url = ["http://", "https://", "ftp://"].iter().any(|scheme| {
            let address = line.trim_start_matches(' ').strip_prefix(scheme);
            address.is_some_and(|rest| !rest.contains(' '))
        });
        if !is_url {
            self.style("the line has more than 70 characters");
        }
    }

    fn check_sentences(&mut self, line: &str) {
        let Some(at) = single_space(line) else {
            return;
        };
        let sign = if self.slice(self.span).starts_with("# ") {
            2
        } else {
            1
        };
        let offset = (sign + at) as u32;
        let place = Span {
            start: self.span.start + offset,
            end: self.span.start + offset + 1,
            ..self.span
        };
        let message = "use two spaces between sentences";
        let diagnostic = Diagnostic::new(Kind::DocumentationStyle, place, message);
        self.reporter.style(diagnostic);
    }

    fn symbol(&mut self, line: &'t str) -> &'t str {
        let name = &line[1..];
        let symbol = name.strip_suffix(':').unwrap_or_else(|| {
            self.style("expected ':' at the end of the line that names the definition");
            name
        });
        if symbol.is_empty() {
            self.style("expected a name after '@'");
        }
        symbol
    }

    fn free_form(&mut self, first: Option<&'t str>, parts: &mut Parts<'t>) {
        let mut line = first;
        while let Some(text) = line {
            if let Some((name, _)) = self.member_tag(text) {
                self.style(format!(
                    "a comment without a definition cannot describe '@{name}:'"
                ));
            }
            parts.append(text);
            line = self.next();
        }
    }

    fn definition(&mut self, parts: &mut Parts<'t>) {
        let mut members_ended = false;
        // What introduces the definition may be indented, as a member's
        // description is.
        let mut line = self.indented(parts);
        while let Some(text) = line {
            line = if text.is_empty() {
                self.next_text()
            } else if text == "Features:" {
                members_ended = true;
                self.features(parts)
            } else if let Some((name, _)) = self.member_tag(text) {
                if members_ended {
                    self.style(format!("'@{name}:' must come before the sections"));
                }
                members_ended = true;
                self.descriptions(text, parts, Part::Member)
            } else if let Some((kind, inline)) = section_tag(text) {
                members_ended = true;
                self.section(kind, inline, parts)
            } else {
                parts.open_plain(self.span);
                self.paragraph(text, parts)
            };
        }
    }

    fn features(&mut self, parts: &mut Parts<'t>) -> Option<&'t str> {
        if parts.has_features {
            self.style("duplicate 'Features:' line");
        }
        match self.next_text() {
            Some(line) if self.member_tag(line).is_some() => {
                self.descriptions(line, parts, Part::Feature)
            }
            line => {
                self.style("expected a feature after 'Features:'");
                line
            }
        }
    }

    /// Descriptions that follow each other. Gives the line after them.
    fn descriptions(
        &mut self,
        first: &'t str,
        parts: &mut Parts<'t>,
        part: fn(&'t str) -> Part<'t>,
    ) -> Option<&'t str> {
        let mut line = Some(first);
        while let Some((name, inline)) = line.and_then(|line| self.member_tag(line)) {
            if name.is_empty() {
                self.style("invalid name after '@'");
            }
            self.open(part(name), inline, parts);
            line = self.indented(parts);
        }
        line
    }

    fn section(
        &mut self,
        kind: SectionKind,
        inline: &'t str,
        parts: &mut Parts<'t>,
    ) -> Option<&'t str> {
        match kind {
            SectionKind::Note => {
                self.style("write notes as '.. note::'; a 'Note' section is not read any more");
            }
            SectionKind::Example => {
                self.style("write examples as '.. qmp-example::'; an 'Example' section is not read any more");
            }
            _ => {}
        }
        self.open(Part::Section(kind), inline, parts);
        self.indented(parts)
    }

    fn open(&mut self, part: Part<'t>, inline: &'t str, parts: &mut Parts<'t>) {
        let once = match part {
            Part::Section(kind) => matches!(
                kind,
                SectionKind::Returns | SectionKind::Errors | SectionKind::Since
            ),
            _ => true,
        };
        if let Some(first) = parts.first.get(&part).filter(|_| once) {
            let message = match &part {
                Part::Member(name) | Part::Feature(name) => {
                    format!("duplicate description of '{name}'")
                }
                Part::Section(kind) => format!("duplicate '{kind}' section"),
            };
            let diagnostic = Diagnostic::new(Kind::DocumentationStyle, self.span, message);
            self.reporter
                .style(diagnostic.related(Some(*first), "first used here"));
        }
        parts.open(part, self.span, inline);
    }

    fn paragraph(&mut self, first: &'t str, parts: &mut Parts<'t>) -> Option<&'t str> {
        parts.append(first);
        loop {
            match self.next() {
                Some(line) if !line.is_empty() => parts.append(line),
                line => return line,
            }
        }
    }

    /// The indented lines that belong to the last tag. Gives the line after
    /// them.
    fn indented(&mut self, parts: &mut Parts<'t>) -> Option<&'t str> {
        let mut line = self.next()?;
        let mut after_blank = false;
        while line.is_empty() {
            after_blank = true;
            parts.append(line);
            line = self.next()?;
        }
        let indent = indentation(line);
        if indent == 0 {
            return self.unindented(line, after_blank, parts);
        }
        parts.append(line);
        // QEMU's generator reports only a following line with less indentation.
        let mut is_second = true;
        loop {
            let line = self.next()?;
            if self.member_tag(line).is_some() {
                return Some(line);
            }
            let here = indentation(line);
            if !line.is_empty() && here < indent {
                if !is_second {
                    return Some(line);
                }
                self.style(format!(
                    "expected {indent} spaces of indentation in the description"
                ));
                if here == 0 {
                    return self.unindented(line, false, parts);
                }
            }
            parts.append(line);
            is_second = false;
        }
    }

    /// A line without indentation starts something new, except that old
    /// schemas let a description go on like that.
    fn unindented(
        &mut self,
        line: &'t str,
        after_blank: bool,
        parts: &mut Parts<'t>,
    ) -> Option<&'t str> {
        let mut line = line;
        if self.reporter.dialect() == Dialect::Strict || after_blank {
            return Some(line);
        }
        while !line.is_empty()
            && line != "Features:"
            && self.member_tag(line).is_none()
            && section_tag(line).is_none()
        {
            parts.append(line);
            line = self.next()?;
        }
        Some(line)
    }
}

/// Where a sentence ends with only one space before the next. "e.g." and the
/// number of a list item end no sentence.
fn single_space(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let starts_sentence = |at: usize| {
        bytes.get(at) == Some(&b' ')
            && bytes
                .get(at + 1)
                .is_some_and(|next| matches!(next, b'A'..=b'Z' | b'0'..=b'9' | b'('))
    };
    let list_item = line.trim_start_matches(' ');
    let number = line.len() - list_item.len();
    let exempt = |stop: usize| {
        let abbreviation = stop >= 3
            && &bytes[stop - 3..stop] == b"e.g"
            && !line[..stop - 3]
                .chars()
                .next_back()
                .is_some_and(|c| c.is_alphanumeric() || c == '_');
        let item = bytes[stop] == b'.'
            && list_item.starts_with(char::is_numeric)
            && line[number..stop].chars().take(2).count() == 1;
        (abbreviation && bytes[stop] == b'.') || item
    };
    line.bytes()
        .enumerate()
        .filter(|(_, byte)| matches!(byte, b'.' | b'!' | b'?'))
        .map(|(at, _)| at)
        .find(|at| starts_sentence(at + 1) && !exempt(*at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_with_two_spaces() {
        for (line, expected) in [
            ("One.  Two.", None),
            ("One. Two.", Some(3)),
            ("Why? (No)", Some(3)),
            ("like e.g. This", None),
            ("like xe.g. This", Some(9)),
            ("  1. Item", None),
            ("12. Item", Some(2)),
            ("version 2.1 of it", None),
            ("é. É", None),
        ] {
            assert_eq!(single_space(line), expected, "{line}");
        }
    }
}
