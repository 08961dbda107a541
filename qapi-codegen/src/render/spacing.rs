//! Decides where spaces go between tokens.

use proc_macro2::{Punct, Spacing};

/// What was printed last, as far as spacing depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: a line or a bracket begins.
    Start,
    /// A name, which may be part of a path, or a literal.
    Word,
    Keyword(Keyword),
    Close,
    /// `::`
    Path,
    /// `->`, `=>`
    Arrow,
    Punct(char, Spacing),
}

/// A keyword or a lifetime: a path or a bracket that follows does not belong to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Const,
    Else,
    Other,
}

impl Before {
    /// Returns the state after this word.
    pub(super) fn with_word(self, word: &str) -> Self {
        match (keyword(word), self) {
            (Some(keyword), _) => Self::Keyword(keyword),
            // A lifetime.
            (None, Self::Punct('\'', _)) => Self::Keyword(Keyword::Other),
            (None, _) => Self::Word,
        }
    }

    /// Returns the state after this punctuation character.
    pub(super) fn with(self, punct: &Punct) -> Self {
        match (punct.as_char(), self) {
            (':', Self::Punct(':', Spacing::Joint)) => Self::Path,
            ('>', Self::Punct('-' | '=', Spacing::Joint)) => Self::Arrow,
            (sign, _) => Self::Punct(sign, punct.spacing()),
        }
    }

    /// Whether a space goes before a name or a literal. `pipe` tells whether a `|` is
    /// open.
    pub(super) fn wants_space_before_word(self, pipe: bool) -> bool {
        match self {
            Self::Start | Self::Path => false,
            Self::Word | Self::Keyword(_) | Self::Close | Self::Arrow => true,
            Self::Punct('|', _) => !pipe,
            Self::Punct(sign, _) => !matches!(
                sign,
                '\'' | '&' | '<' | '.' | '#' | '!' | '*' | '?' | '@' | '$' | '-' | '~'
            ),
        }
    }

    /// Whether a space goes before parentheses or brackets.
    pub(super) fn wants_space_before_bracket(self, pipe: bool) -> bool {
        match self {
            Self::Keyword(_) | Self::Arrow => true,
            Self::Start | Self::Word | Self::Close | Self::Path => false,
            Self::Punct('|', _) => !pipe,
            Self::Punct(sign, _) => matches!(sign, ',' | ';' | '=' | ':' | '+'),
        }
    }

    /// Whether a space goes before a punctuation character. Two separate tokens never
    /// become one operator.
    pub(super) fn wants_space_before_punct(self, punct: &Punct, pipe: bool) -> bool {
        match (punct.as_char(), self) {
            (_, Self::Punct(_, Spacing::Joint) | Self::Start) | (',' | ';' | '?', _) => false,
            ('=', _) | (_, Self::Punct(',' | ';' | '=', _) | Self::Arrow) => true,
            ('-' | '+' | '/' | '%' | '^' | '#' | '@' | '$' | '~', _) => true,
            ('.', Self::Punct('.', _)) | (':' | '<', Self::Punct(':', _)) => true,
            ('>', Self::Punct('-', _)) | ('&', Self::Punct('&', _)) => true,
            ('.' | '>' | '!' | '*' | '<', _) => false,
            (':', Self::Keyword(_)) => punct.spacing() == Spacing::Joint,
            (':', _) => false,
            ('|', _) => !pipe && self != Self::Close,
            ('&' | '\'', Self::Path | Self::Punct('<' | '&' | '(' | '*' | '!', _)) => false,
            _ => true,
        }
    }
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
