//! Prints tokens as readable text: one item, field, variant, match arm or statement
//! per line, and documentation as `///`.
//!
//! The printer only knows brackets, commas and semicolons, and only adds white space.
//! So the text has the same tokens, whatever they are.

use std::fmt::Write as _;

use proc_macro2::{Delimiter, Group, Punct, TokenStream, TokenTree};
use qapi_parser::visible;

use super::doc_text::doc_text;
use super::paths;
use super::spacing::{Before, Keyword};
use crate::tokens::{Tokens, contents, is_sign};

pub(crate) const INDENT: &str = "    ";

/// Collects the text.
pub(super) struct Printer {
    out: String,
    depth: usize,
    /// The brackets that tokens are in.
    level: Level,
    before: Before,
}

/// The state between two brackets.
struct Level {
    kind: Kind,
    /// How many `<` are open.
    angles: usize,
    /// Whether a `|` is open.
    pipe: bool,
    at_line_start: bool,
    /// Whether a brace has closed, so that the line ends unless the next token
    /// continues it.
    may_end: bool,
    /// For items: the current one, as far as it is known.
    item: Option<ItemKind>,
    /// For items: how the previous one ended.
    last: Last,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Items, with a blank line between any two that are not short.
    Items,
    /// Fields, variants, arms or statements.
    Lines,
    /// All on one line.
    Inline,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ItemKind {
    Unknown,
    /// A module or an impl, which holds items.
    Container,
    Function,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Short,
    Long,
}

impl Level {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            angles: 0,
            pipe: false,
            at_line_start: kind != Kind::Inline,
            may_end: false,
            item: None,
            last: Last::Nothing,
        }
    }
}

impl Printer {
    /// Creates a printer that indents everything by this many levels.
    pub(super) fn new(depth: usize) -> Self {
        Self {
            out: String::new(),
            depth,
            level: Level::new(Kind::Items),
            before: Before::Start,
        }
    }

    /// Prints items.
    pub(super) fn print(&mut self, items: TokenStream) {
        self.tokens(&mut items.into_iter().peekable());
    }

    /// Returns the text. The last line has no end if its item has none.
    pub(super) fn finish(mut self) -> String {
        if self.level.may_end {
            self.end_line(Last::Long);
        }
        self.out
    }

    fn tokens(&mut self, tokens: &mut Tokens) {
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.group(group, tokens.peek()),
                TokenTree::Ident(ident) => {
                    let short = ident == "const" || ident == "type";
                    self.space_before_word(ident == "else", short);
                    if self.level.kind == Kind::Items {
                        self.note(&ident);
                    }
                    let start = self.out.len();
                    // Writing to a string cannot fail.
                    let _ = write!(self.out, "{ident}");
                    self.before = self.before.with_word(&self.out[start..]);
                }
                TokenTree::Literal(literal) => {
                    self.space_before_word(false, false);
                    let _ = write!(self.out, "{literal}");
                    self.before = Before::Word;
                }
                TokenTree::Punct(punct) => self.punct(&punct, tokens),
            }
        }
    }

    /// Finds out what the current item is.
    fn note(&mut self, ident: &proc_macro2::Ident) {
        let item = self.level.item.get_or_insert(ItemKind::Unknown);
        if ident == "fn" {
            *item = ItemKind::Function;
        } else if *item == ItemKind::Unknown && (ident == "impl" || ident == "mod") {
            *item = ItemKind::Container;
        }
    }

    /// Begins a new line if the previous one has ended. `continues` tells whether the
    /// next token can continue a line after a closing brace. `short` is for constants
    /// and types of an impl, which have no blank line between them.
    fn begin(&mut self, continues: bool, short: bool) {
        if self.level.may_end {
            self.level.may_end = false;
            if !continues {
                self.end_line(Last::Long);
            }
        }
        if !self.level.at_line_start {
            return;
        }
        self.level.at_line_start = false;
        if self.level.kind == Kind::Items && self.level.item.is_none() {
            self.level.item = Some(ItemKind::Unknown);
            let together = self.level.last == Last::Short && short;
            if self.level.last != Last::Nothing && !together {
                self.out.push('\n');
            }
        }
        for _ in 0..self.depth {
            self.out.push_str(INDENT);
        }
        self.before = Before::Start;
    }

    /// Ends a line, and with it an item, a field or a statement.
    fn end_line(&mut self, last: Last) {
        self.out.push('\n');
        self.level.at_line_start = true;
        self.level.may_end = false;
        self.level.item = None;
        self.level.last = last;
        self.level.angles = 0;
        self.before = Before::Start;
    }

    fn space_before_word(&mut self, continues: bool, short: bool) {
        self.begin(continues, short);
        if self.before.wants_space_before_word(self.level.pipe) {
            self.out.push(' ');
        }
    }

    fn punct(&mut self, punct: &Punct, tokens: &mut Tokens) {
        let sign = punct.as_char();
        let continues = matches!(sign, ',' | ';' | '.' | '?' | '=');
        self.begin(continues, false);
        if sign == '#'
            && self.level.kind != Kind::Inline
            && self.before == Before::Start
            && let Some(group) = take_brackets(tokens)
        {
            self.attribute(group);
            return;
        }
        if self.before.wants_space_before_punct(punct, self.level.pipe) {
            self.out.push(' ');
        }
        self.out.push(sign);
        if sign == '|' {
            self.level.pipe = !self.level.pipe;
        }
        self.before = self.before.with(punct);
        match sign {
            '<' => self.level.angles += 1,
            '>' if self.before != Before::Arrow => {
                self.level.angles = self.level.angles.saturating_sub(1);
            }
            ';' if self.level.kind != Kind::Inline => self.end_line(Last::Short),
            ',' if self.level.kind != Kind::Inline && self.level.angles == 0 => {
                self.end_line(Last::Short);
            }
            _ => {}
        }
    }

    /// Prints an attribute on its own line, or documentation.
    fn attribute(&mut self, group: Group) {
        match doc_text(contents(group)) {
            Ok(text) => self.docs(&text),
            Err(inner) => {
                self.out.push('#');
                self.enclosed('[', ']', inner);
                self.out.push('\n');
            }
        }
        self.level.at_line_start = true;
        self.before = Before::Start;
    }

    /// Prints lines of documentation. The first one is indented already.
    fn docs(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                for _ in 0..self.depth {
                    self.out.push_str(INDENT);
                }
            }
            self.out
                .push_str(if line.is_empty() { "///" } else { "/// " });
            // A comment must not contain a bare carriage return or change the
            // direction of the text.
            self.out.push_str(&visible(line));
            self.out.push('\n');
        }
    }

    fn group(&mut self, group: Group, next: Option<&TokenTree>) {
        let delimiter = group.delimiter();
        let mut inner = contents(group);
        match delimiter {
            Delimiter::None => self.part(&mut inner),
            Delimiter::Parenthesis => {
                self.space_before_bracket();
                // Fields with documentation need their own lines.
                if is_sign(inner.peek(), '#') {
                    self.lines('(', ')', inner, Kind::Lines);
                } else {
                    self.enclosed('(', ')', inner);
                }
            }
            Delimiter::Bracket => {
                self.space_before_bracket();
                self.enclosed('[', ']', inner);
            }
            Delimiter::Brace => self.braces(inner, next),
        }
    }

    /// Prints a part, or a path that is a single token.
    fn part(&mut self, inner: &mut Tokens) {
        if !is_sign(inner.peek(), paths::SIGN) {
            return self.tokens(inner);
        }
        inner.next();
        if let Some(path) = paths::text(inner.next().as_ref()) {
            self.space_before_word(false, false);
            self.out.push_str(path);
            self.before = Before::Word;
        }
    }

    fn space_before_bracket(&mut self) {
        self.begin(false, false);
        if self.before.wants_space_before_bracket(self.level.pipe) {
            self.out.push(' ');
        }
    }

    /// Prints brackets on one line.
    fn enclosed(&mut self, open: char, close: char, inner: Tokens) {
        self.out.push(open);
        self.inner(inner, Kind::Inline);
        self.out.push(close);
        self.before = Before::Close;
    }

    /// Prints braces: on one line for a pattern, a `const` block and a `let … else`,
    /// otherwise around lines.
    fn braces(&mut self, mut inner: Tokens, next: Option<&TokenTree>) {
        let before = self.before;
        self.begin(false, false);
        if self.before != Before::Start {
            self.out.push(' ');
        }
        if inner.peek().is_none() {
            self.out.push_str("{}");
        } else if before == Before::Keyword(Keyword::Const)
            || before == Before::Keyword(Keyword::Else) && is_sign(next, ';')
            || is_sign(next, '=')
        {
            self.out.push_str("{ ");
            self.inner(inner, Kind::Inline);
            self.out.push_str(" }");
        } else {
            let kind = match self.level.item {
                Some(ItemKind::Container) if self.level.kind == Kind::Items => Kind::Items,
                _ => Kind::Lines,
            };
            self.lines('{', '}', inner, kind);
        }
        self.before = Before::Close;
        self.level.may_end = self.level.kind != Kind::Inline && self.level.angles == 0;
    }

    /// Prints brackets around lines.
    fn lines(&mut self, open: char, close: char, inner: Tokens, kind: Kind) {
        self.out.push(open);
        self.out.push('\n');
        self.depth += 1;
        self.inner(inner, kind);
        self.depth -= 1;
        for _ in 0..self.depth {
            self.out.push_str(INDENT);
        }
        self.out.push(close);
        self.before = Before::Close;
    }

    /// Prints what is between brackets, and ends the last line.
    fn inner(&mut self, mut inner: Tokens, kind: Kind) {
        let outer = std::mem::replace(&mut self.level, Level::new(kind));
        self.before = Before::Start;
        self.tokens(&mut inner);
        if kind != Kind::Inline && !self.level.at_line_start {
            self.out.push('\n');
        }
        self.level = outer;
    }
}

/// Takes brackets, if they are next.
fn take_brackets(tokens: &mut Tokens) -> Option<Group> {
    let is_next = matches!(
        tokens.peek(),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket
    );
    match tokens.next_if(|_| is_next) {
        Some(TokenTree::Group(group)) => Some(group),
        _ => None,
    }
}
