//! Helpers for reading tokens.

use std::iter::Peekable;

use proc_macro2::{Group, TokenTree, token_stream};

pub(crate) type Tokens = Peekable<token_stream::IntoIter>;

/// Returns the tokens between brackets.
pub(crate) fn contents(group: Group) -> Tokens {
    let contents = group.stream();
    // Tokens with a single owner are not copied.
    drop(group);
    contents.into_iter().peekable()
}

/// Returns whether the token is this punctuation character.
pub(crate) fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}
