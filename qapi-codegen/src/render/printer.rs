//! From tokens to text that one can read: an item, a field, a variant, an arm or a
//! statement on a line each, with documentation as `///`.
//!
//! It knows no grammar but what brackets, commas and semicolons tell, and it adds
//! nothing but white space. So what it prints is the same tokens again, whatever
//! they are.

use std::fmt::Write as _;
use std::iter::Peekable;

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree, token_stream};
use qapi_parser::visible;

use super::paths;

pub(crate) const INDENT: &str = "    ";

type Tokens = Peekable<token_stream::IntoIter>;

/// Text, as far as it was printed.
pub(super) struct Printer {
    out: String,
    depth: usize,
    /// What is between brackets at present.
    level: Level,
    before: Before,
}

/// What is between two brackets.
struct Level {
    kind: Kind,
    /// How many `<` are open.
    angles: usize,
    /// Whether a `|` is open.
    pipe: bool,
    at_line_start: bool,
    /// Whether the line goes on only with what cannot begin one.
    may_end: bool,
    /// Of items: whether one has begun, and what it is as far as was seen.
    item: Option<ItemKind>,
    /// Of items: how the last one ended.
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

/// What was printed last, as far as it decides whether a space follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A line or a bracket begins.
    Start,
    /// A name that may be a path's, a literal.
    Word,
    Keyword(Keyword),
    Close,
    /// `::`
    Path,
    /// `->`, `=>`
    Arrow,
    Punct(char, Spacing),
}

/// A word, or a lifetime, of which a path or brackets behind it are no part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    Const,
    Else,
    Other,
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
    /// Begins a text, of which all is indented this far.
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

    /// The text. All lines end, but for one whose item has no end.
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
                    let is_lifetime = matches!(self.before, Before::Punct('\'', _));
                    // Writing to a string cannot fail.
                    let _ = write!(self.out, "{ident}");
                    self.before = match keyword(&self.out[start..]) {
                        Some(keyword) => Before::Keyword(keyword),
                        None if is_lifetime => Before::Keyword(Keyword::Other),
                        None => Before::Word,
                    };
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

    /// Finds out what an item is. A function may have `impl` in its signature.
    fn note(&mut self, ident: &proc_macro2::Ident) {
        let item = self.level.item.get_or_insert(ItemKind::Unknown);
        if ident == "fn" {
            *item = ItemKind::Function;
        } else if *item == ItemKind::Unknown && (ident == "impl" || ident == "mod") {
            *item = ItemKind::Container;
        }
    }

    /// Begins a line, if one has to begin: the last one has ended, or ends unless
    /// what comes continues it. Short items, constants and types of an impl, belong
    /// together.
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

    /// Ends a line that has an item's, a field's or a statement's end.
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
        let space = match self.before {
            Before::Start | Before::Path => false,
            Before::Word | Before::Keyword(_) | Before::Close | Before::Arrow => true,
            Before::Punct('|', _) => !self.level.pipe,
            Before::Punct(sign, _) => !matches!(
                sign,
                '\'' | '&' | '<' | '.' | '#' | '!' | '*' | '?' | '@' | '$' | '-' | '~'
            ),
        };
        if space {
            self.out.push(' ');
        }
    }

    fn punct(&mut self, punct: &Punct, tokens: &mut Tokens) {
        let sign = punct.as_char();
        // What ends or continues what a bracket ended.
        let continues = matches!(sign, ',' | ';' | '.' | '?' | '=' | ')');
        self.begin(continues, false);
        if sign == '#'
            && self.level.kind != Kind::Inline
            && self.before == Before::Start
            && let Some(group) = take_brackets(tokens)
        {
            self.attribute(group);
            return;
        }
        let joint_before = matches!(self.before, Before::Punct(_, Spacing::Joint));
        let space = match (sign, self.before) {
            _ if joint_before => false,
            (_, Before::Start) | (',' | ';' | '?', _) => false,
            ('=', _) => true,
            (_, Before::Punct(',' | ';' | '=', _) | Before::Arrow) => true,
            ('-' | '+' | '/' | '%' | '^' | '#' | '@' | '$' | '~', _) => true,
            ('.', before) => before == Before::Punct('.', Spacing::Alone),
            ('>' | '!' | '*', _) => false,
            (':', Before::Keyword(_)) => punct.spacing() == Spacing::Joint,
            (':', Before::Punct(':', _)) => true,
            (':', _) => false,
            ('<', Before::Punct(':', _)) => true,
            ('<', _) => false,
            ('|', _) => !self.level.pipe && self.before != Before::Close,
            ('&' | '\'', Before::Punct('<' | '&' | '(' | '*' | '!', _)) => false,
            ('&' | '\'', Before::Path) => false,
            _ => true,
        };
        if space {
            self.out.push(' ');
        }
        self.out.push(sign);
        if sign == '|' {
            self.level.pipe = !self.level.pipe;
        }
        let arrow = matches!(self.before, Before::Punct('-' | '=', Spacing::Joint));
        self.before = match sign {
            ':' if matches!(self.before, Before::Punct(':', Spacing::Joint)) => Before::Path,
            '>' if arrow => Before::Arrow,
            sign => Before::Punct(sign, punct.spacing()),
        };
        match sign {
            '<' => self.level.angles += 1,
            '>' if !arrow => self.level.angles = self.level.angles.saturating_sub(1),
            ';' if self.level.kind != Kind::Inline => self.end_line(Last::Short),
            ',' if self.level.kind != Kind::Inline && self.level.angles == 0 => {
                self.end_line(Last::Short);
            }
            _ => {}
        }
    }

    /// An attribute on a line of its own, or documentation.
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

    /// Lines of documentation; the first is indented already.
    fn docs(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                for _ in 0..self.depth {
                    self.out.push_str(INDENT);
                }
            }
            self.out
                .push_str(if line.is_empty() { "///" } else { "/// " });
            // No comment may hold a bare carriage return or turn the direction of
            // the text.
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
                // What is described needs lines of its own.
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

    /// A part, or a path that is one token.
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
        let space = match self.before {
            Before::Keyword(_) | Before::Arrow => true,
            Before::Start | Before::Word | Before::Close | Before::Path => false,
            Before::Punct('|', _) => !self.level.pipe,
            Before::Punct(sign, _) => matches!(sign, ',' | ';' | '=' | ':' | '+'),
        };
        if space {
            self.out.push(' ');
        }
    }

    /// Brackets on one line.
    fn enclosed(&mut self, open: char, close: char, inner: Tokens) {
        self.out.push(open);
        self.inner(inner, Kind::Inline);
        self.out.push(close);
        self.before = Before::Close;
    }

    /// Braces: on one line around a pattern or a single expression, else around
    /// lines.
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

    /// Brackets around lines.
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

    /// What is between brackets. The last of lines ends, whatever it is.
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

/// What is between brackets.
fn contents(group: Group) -> Tokens {
    let contents = group.stream();
    // Whoever is alone in having the tokens need not copy them.
    drop(group);
    contents.into_iter().peekable()
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// The text of `doc = "…"`, or what is there instead. Raw strings, which only users
/// write, stay what they are.
fn doc_text(mut tokens: Tokens) -> Result<String, Tokens> {
    let is_doc = |token: &TokenTree| matches!(token, TokenTree::Ident(doc) if doc == "doc");
    let Some(doc) = tokens.next_if(is_doc) else {
        return Err(tokens);
    };
    let mut taken = vec![doc];
    taken.extend(tokens.next_if(|token| is_sign(Some(token), '=')));
    taken.extend(tokens.next());
    if let ([_, _, TokenTree::Literal(literal)], None) = (taken.as_slice(), tokens.peek())
        && let Some(text) = unescaped(&literal.to_string())
    {
        return Ok(text);
    }
    let all: TokenStream = taken.into_iter().chain(tokens).collect();
    Err(all.into_iter().peekable())
}

/// What a string literal means.
fn unescaped(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(inner.to_owned());
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let mut signs = rest[at + 1..].chars();
        match signs.next()? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '0' => text.push('\0'),
            sign @ ('\\' | '"' | '\'') => text.push(sign),
            'x' => {
                let code = signs.as_str().get(..2)?;
                text.push(char::from(u8::from_str_radix(code, 16).ok()?));
                signs = signs.as_str()[2..].chars();
            }
            'u' => {
                let (code, after) = signs.as_str().strip_prefix('{')?.split_once('}')?;
                text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                signs = after.chars();
            }
            _ => return None,
        }
        rest = signs.as_str();
    }
    text.push_str(rest);
    Some(text)
}

fn keyword(word: &str) -> Option<Keyword> {
    match word {
        "const" => Some(Keyword::Const),
        "else" => Some(Keyword::Else),
        "as" | "dyn" | "for" | "if" | "impl" | "in" | "let" | "match" | "mut" | "pub"
        | "return" | "use" | "where" | "while" => Some(Keyword::Other),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use quote::quote;

    /// The tokens in a row, but for documentation.
    fn flat(tokens: TokenStream, out: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) if doc_text(contents(group.clone())).is_ok() => {
                    _ = out.pop();
                }
                TokenTree::Group(group) => {
                    out.push(format!("{:?}", group.delimiter()));
                    flat(group.stream(), out);
                    out.push("end".to_owned());
                }
                token => out.push(token.to_string()),
            }
        }
    }

    #[track_caller]
    fn check(tokens: TokenStream, expected: &str) {
        let mut printer = Printer::new(0);
        printer.print(tokens.clone());
        let text = printer.finish();
        assert_eq!(text, expected);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        flat(tokens, &mut before);
        flat(text.parse().unwrap(), &mut after);
        assert_eq!(before, after);
    }

    #[test]
    fn documentation_is_nothing_else() {
        let text = "*/ /* \" \\ \r\u{202e}\0 }\n\n#[test]\n";
        let tokens = quote!(#[doc = #text] struct A;);
        let expected = "/// */ /* \" \\ \\r\\u{202e}\\u{0} }\n///\n/// #[test]\n///\nstruct A;\n";
        check(tokens, expected);
    }

    #[test]
    fn attributes_of_users_keep_their_tokens() {
        for text in [
            "#[a(b == c, d && e || !f, 1..=2, -1, x <= y, 'c', b\"x\", 1.5, r\"q\", \"\\n\")]",
            "#[a = \"{ } ; ,\"]",
            "#[a::b { k; |x| y + z, #[c] & & d }]",
            "#[doc = r\"x\"]",
            "#[a(b = - > c < - d : : e)]",
        ] {
            let tokens: TokenStream = text.parse().unwrap();
            let mut before = Vec::new();
            flat(tokens.clone(), &mut before);
            let mut printer = Printer::new(1);
            printer.print(quote!(#tokens struct A;));
            let printed = printer.finish();
            let mut after = Vec::new();
            flat(printed.parse().unwrap(), &mut after);
            after.truncate(before.len());
            assert_eq!(before, after, "{printed}");
            assert!(printed.ends_with("    struct A;\n"), "{printed}");
        }
    }

    #[test]
    fn items_and_statements_have_lines() {
        check(
            quote! {
                #[doc = "A.\n\nB \"c\"."]
                #[derive(Clone, ::core::hash::Hash)]
                pub struct A<T> {
                    #[doc = "One."]
                    pub a: ::std::vec::Vec<::a::B<T, 4>>,
                    b: &'static ::x::str,
                }
                impl ::x::B<'a> for A<u8> {
                    const X: &'static [u8] = &[1];
                    const Y: () = ();
                    #[inline]
                    fn f<'de, D: ::b::D<'de>>(mut self, d: &mut D) -> ::x::R<Self, D::E> {
                        let ::x::Some(v) = v else { return m.missing("a") };
                        while let ::x::Some(a) = d.next(const { &::x::N::new(&["a", "b"]) })? {
                            match a {
                                0 => {}
                                T::U { a, .. } => m.v(&mut v)?,
                                _ => x.map(|()| Self::T),
                            }?;
                        }
                        self.0.x = ::x::f(a).map(|a| b);
                        Ok(Self { a: 1, b, })
                    }
                    fn g() {}
                }
                pub struct Z {}
                ::x::y!(A: write);
                pub use super::a::*;
            },
            r#"/// A.
///
/// B "c".
#[derive(Clone, ::core::hash::Hash)]
pub struct A<T> {
    /// One.
    pub a: ::std::vec::Vec<::a::B<T, 4>>,
    b: &'static ::x::str,
}

impl ::x::B<'a> for A<u8> {
    const X: &'static [u8] = &[1];
    const Y: () = ();

    #[inline]
    fn f<'de, D: ::b::D<'de>>(mut self, d: &mut D) -> ::x::R<Self, D::E> {
        let ::x::Some(v) = v else { return m.missing("a") };
        while let ::x::Some(a) = d.next(const { &::x::N::new(&["a", "b"]) })? {
            match a {
                0 => {}
                T::U { a, .. } => m.v(&mut v)?,
                _ => x.map(|()| Self::T),
            }?;
        }
        self.0.x = ::x::f(a).map(|a| b);
        Ok(Self {
            a: 1,
            b,
        })
    }

    fn g() {}
}

pub struct Z {}

::x::y!(A: write);

pub use super::a::*;
"#,
        );
    }
}
