//! Documentation, as it is in attributes.

use proc_macro2::{TokenStream, TokenTree};

use crate::tokens::{Tokens, is_sign};

/// The text of `doc = "…"`, or what is there instead. Raw strings, which only users
/// write, stay what they are.
pub(super) fn doc_text(mut tokens: Tokens) -> Result<String, Tokens> {
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
