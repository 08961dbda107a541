//! What the printer makes of tokens.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::doc_text::{doc_text, literal};
use super::paths;
use super::printer::Printer;
use crate::tokens::contents;
use crate::user_rust::UserRust;

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
    let escaped = quote!(#[doc = #text] struct A;);
    let expected = "/// */ /* \" \\ \\r\\u{202e}\\u{0} }\n///\n/// #[test]\n///\nstruct A;\n";
    check(escaped, expected);
    for text in [
        "a \" b\\n",
        "\"# struct B; \"",
        "a\"#\n\n#b",
        "",
        "\r",
        "\"##\"\"#",
    ] {
        let literal = literal(text);
        let tokens = quote!(#[doc = #literal]);
        let doc = tokens.into_iter().nth(1);
        let Some(TokenTree::Group(group)) = doc else {
            panic!("not an attribute");
        };
        assert_eq!(doc_text(contents(group)).ok().as_deref(), Some(text));
    }
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

#[test]
fn a_path_is_printed_in_full() {
    for text in paths::TEXTS {
        assert!(UserRust::path(text).is_ok(), "{text}");
    }
    let (option, str) = (paths::OPTION, paths::STR);
    let mut printer = Printer::new(0);
    printer.print(quote!(type A = #option<&#str>;));
    assert_eq!(
        printer.finish(),
        "type A = ::core::option::Option<&::core::primitive::str>;\n"
    );
}
