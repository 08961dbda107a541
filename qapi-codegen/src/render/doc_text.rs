//! Documentation, as it is in attributes.

use proc_macro2::{Literal, TokenStream, TokenTree};

use crate::tokens::{Tokens, is_sign};

/// Makes a literal of a text. proc-macro2 is slow to escape, as it looks at one
/// character after the other. Most texts can be raw strings, which need no escapes.
pub(super) fn literal(text: &str) -> Literal {
    let raw = if text.contains("\"#") || text.contains('\r') {
        None
    } else {
        format!("r#\"{text}\"#").parse().ok()
    };
    raw.unwrap_or_else(|| Literal::string(text))
}

/// Returns the text of `doc = "…"`, or the tokens if they are something else.
pub(super) fn doc_text(mut tokens: Tokens) -> Result<String, Tokens> {
    let is_doc = |token: &TokenTree| matches!(token, TokenTree::Ident(doc) if doc == "doc");
    let Some(doc) = tokens.next_if(is_doc) else {
        return Err(tokens);
    };
    let mut taken = vec![doc];
    taken.extend(tokens.next_if(|token| is_sign(Some(token), '=')));
    taken.extend(tokens.next());
    if let ([_, _, TokenTree::Literal(literal)], None) = (taken.as_slice(), tokens.peek())
        && let Some(text) = meaning(&literal.to_string())
    {
        return Ok(text);
    }
    let all: TokenStream = taken.into_iter().chain(tokens).collect();
    Err(all.into_iter().peekable())
}

/// Returns the text of a string literal of the kinds that [`literal`] makes.
fn meaning(literal: &str) -> Option<String> {
    let raw = literal.strip_prefix("r#\"");
    if let Some(text) = raw.and_then(|raw| raw.strip_suffix("\"#")) {
        return Some(text.to_owned());
    }
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
