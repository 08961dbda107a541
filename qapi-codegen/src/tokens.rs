//! What whoever reads tokens shares.

use std::iter::Peekable;

use proc_macro2::{Group, TokenTree, token_stream};

pub(crate) type Tokens = Peekable<token_stream::IntoIter>;

/// What is between brackets.
pub(crate) fn contents(group: Group) -> Tokens {
    let contents = group.stream();
    // Whoever is alone in having the tokens need not copy them.
    drop(group);
    contents.into_iter().peekable()
}

/// Whether the token is this sign.
pub(crate) fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}
