//! Paths and attributes that users bring. They are read as tokens, so that they
//! cannot become anything else in the generated code.

use std::hash::{Hash, Hasher};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::names::is_keyword;
use crate::tokens::{Tokens, contents, is_sign};

/// A path or an attribute from the user.
#[derive(Clone, Debug)]
pub(crate) struct UserRust {
    text: String,
    tokens: TokenStream,
}

impl UserRust {
    /// Reads a path, which may have generic arguments.
    ///
    /// # Errors
    /// Returns a message if the text is something else.
    pub(crate) fn path(text: &str) -> Result<Self, String> {
        let rust = Self::read(text)?;
        let mut tokens = rust.tokens();
        take_path(&mut tokens)?;
        match tokens.next() {
            None => Ok(rust),
            Some(other) => Err(format!("unexpected `{other}`")),
        }
    }

    /// Reads one attribute, `#[…]` included.
    ///
    /// # Errors
    /// Returns a message if the text is something else.
    pub(crate) fn attribute(text: &str) -> Result<Self, String> {
        let rust = Self::read(text)?;
        let mut tokens = rust.tokens();
        let mut inner = match (tokens.next(), tokens.next()) {
            (Some(TokenTree::Punct(sign)), Some(TokenTree::Group(group)))
                if sign.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
            {
                contents(group)
            }
            _ => return Err("expected `#[…]`".to_owned()),
        };
        if tokens.next().is_some() {
            return Err("expected one attribute; add each by a call of its own".to_owned());
        }
        take_path(&mut inner)?;
        match (inner.next(), inner.peek()) {
            (None, _) | (Some(TokenTree::Group(_)), None) => Ok(rust),
            (Some(TokenTree::Punct(sign)), Some(_)) if sign.as_char() == '=' => Ok(rust),
            (Some(other), _) => Err(format!(
                "expected a path, then `(…)` or `= …`, found `{other}`"
            )),
        }
    }

    /// Whether it is a `#[cfg(…)]`.
    pub(crate) fn is_cfg(&self) -> bool {
        let mut tokens = self.tokens();
        match (tokens.next(), tokens.next()) {
            (Some(TokenTree::Punct(_)), Some(TokenTree::Group(group))) => {
                matches!(contents(group).next(), Some(TokenTree::Ident(name)) if name == "cfg")
            }
            _ => false,
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        if text.contains(['\n', '\r']) {
            return Err("expected a single line".to_owned());
        }
        let tokens = text
            .parse()
            .map_err(|_| "unbalanced brackets or quotes, or an invalid character".to_owned())?;
        Ok(Self {
            text: text.trim().to_owned(),
            tokens,
        })
    }

    fn tokens(&self) -> Tokens {
        self.stream().into_iter().peekable()
    }

    /// The tokens.
    pub(crate) fn stream(&self) -> TokenStream {
        self.tokens.clone()
    }

    /// The text as the user has written it.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Compares texts, from which the tokens follow.
impl PartialEq for UserRust {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for UserRust {}

impl Hash for UserRust {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// Takes a path from the beginning.
fn take_path(tokens: &mut Tokens) -> Result<(), String> {
    take_separator(tokens)?;
    let mut first = true;
    loop {
        let name = match tokens.next() {
            Some(TokenTree::Ident(name)) => name.to_string(),
            Some(other) => return Err(format!("expected a name, found `{other}`")),
            None => return Err("expected a name, found the end".to_owned()),
        };
        match name.as_str() {
            // `super::super::T` is fine, `a::crate::T` is not.
            "super" => {}
            "crate" | "self" if first => {}
            "crate" | "self" => return Err(format!("`{name}` is allowed only at the beginning")),
            _ if is_keyword(&name) || name == "Self" => {
                return Err(format!("`{name}` is a keyword"));
            }
            _ => {}
        }
        first = false;
        if is_sign(tokens.peek(), '<') {
            take_arguments(tokens)?;
        }
        if !take_separator(tokens)? {
            return Ok(());
        }
    }
}

/// Takes `::`, if it is next.
fn take_separator(tokens: &mut Tokens) -> Result<bool, String> {
    if !is_sign(tokens.peek(), ':') {
        return Ok(false);
    }
    tokens.next();
    if is_sign(tokens.next().as_ref(), ':') {
        Ok(true)
    } else {
        Err("expected `::`, found `:`".to_owned())
    }
}

/// Takes generic arguments with their brackets.
fn take_arguments(tokens: &mut Tokens) -> Result<(), String> {
    let mut depth = 0_usize;
    let mut arrow = false;
    for token in tokens.by_ref() {
        if is_sign(Some(&token), '<') {
            depth += 1;
        } else if is_sign(Some(&token), '>') && !arrow {
            depth -= 1;
        } else if is_sign(Some(&token), ';') {
            break;
        }
        if depth == 0 {
            return Ok(());
        }
        arrow = is_sign(Some(&token), '-');
    }
    Err("unbalanced `<` and `>`".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const UNBALANCED: &str = "unbalanced brackets or quotes, or an invalid character";

    #[test]
    fn paths() {
        for right in [
            "::my::SocketAddress",
            "crate::Address",
            "super::super::r#type::Address",
            "::std::sync::Arc<::my::Address<[u8; 4]>>",
            "::my::Of<fn(u8) -> u8>",
            "Vec",
        ] {
            assert_eq!(UserRust::path(right).err(), None, "{right}");
        }
        for (wrong, expected) in [
            ("", "expected a name, found the end"),
            ("::my::", "expected a name, found the end"),
            ("my:Address", "expected `::`, found `:`"),
            ("::my::Socket-Address", "unexpected `-`"),
            ("::my::type", "`type` is a keyword"),
            ("my::crate::A", "`crate` is allowed only at the beginning"),
            ("::my::Of<u8", "unbalanced `<` and `>`"),
            ("::my::Of<u8>, X", "unexpected `,`"),
            ("::my::Of<u8; fn x() {}>", "unbalanced `<` and `>`"),
            ("::my::Of<(u8>", UNBALANCED),
            ("::my::Of<u8>x", "unexpected `x`"),
        ] {
            assert_eq!(
                UserRust::path(wrong).err().as_deref(),
                Some(expected),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_comment_is_left_out() {
        let path = UserRust::path("a // b").unwrap();
        assert_eq!(path.stream().to_string(), "a");
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
            assert_eq!(UserRust::attribute(right).err(), None, "{right}");
        }
        for (text, expected) in [
            (r#"# [ cfg (feature = "x")]"#, true),
            (r#"#[cfg_attr(docsrs, doc(cfg(feature = "x")))]"#, false),
            ("#[my::cfg(x)]", false),
        ] {
            let attribute = UserRust::attribute(text).unwrap();
            assert_eq!(attribute.is_cfg(), expected, "{text}");
        }
        for (wrong, expected) in [
            ("non_exhaustive", "expected `#[…]`"),
            ("#[]", "expected a name, found the end"),
            ("#[cfg(feature = \"x\"]", UNBALANCED),
            ("#[cfg(feature = \"x)]", UNBALANCED),
            ("#[doc = r#\"x\"]", UNBALANCED),
            ("#[a // b]", UNBALANCED),
            (
                "#[a] #[b]",
                "expected one attribute; add each by a call of its own",
            ),
            (
                "#[must use]",
                "expected a path, then `(…)` or `= …`, found `use`",
            ),
            ("#[a =]", "expected a path, then `(…)` or `= …`, found `=`"),
            ("#[a\n]", "expected a single line"),
            ("#[1]", "expected a name, found `1`"),
        ] {
            assert_eq!(
                UserRust::attribute(wrong).err().as_deref(),
                Some(expected),
                "{wrong}"
            );
        }
    }
}
