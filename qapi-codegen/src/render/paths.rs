//! The absolute paths that generated code uses most. In a quotation each is a single
//! token, and the printer writes it out. Without this, more than half of all tokens
//! would belong to such paths.

use proc_macro2::{Delimiter, Group, Literal, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

/// The first token of such a group. No other group without delimiters begins with it.
pub(super) const SIGN: char = '$';

/// A path, by its index.
#[derive(Clone, Copy)]
pub(super) struct Path(usize);

macro_rules! paths {
    ($($name:ident = $text:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Index { $($name),* }
        $(pub(super) const $name: Path = Path(Index::$name as usize);)*
        pub(super) const TEXTS: &[&str] = &[$($text),*];
    };
}

paths! {
    NONE = "::core::option::Option::None";
    SOME = "::core::option::Option::Some";
    OPTION = "::core::option::Option";
    INTO = "::core::convert::Into::into";
    INTO_TRAIT = "::core::convert::Into";
    FROM_TRAIT = "::core::convert::From";
    STRING = "::std::string::String";
    VEC = "::std::vec::Vec";
    NEW_BOX = "::std::boxed::Box::new";
    BOX = "::std::boxed::Box";
    OK = "::core::result::Result::Ok";
    RESULT = "::core::result::Result";
    STR = "::core::primitive::str";
    BOOL = "::core::primitive::bool";
    FMT_RESULT = "::core::fmt::Result";
    FORMATTER = "::core::fmt::Formatter";
    DEBUG_TRAIT = "::core::fmt::Debug";
    NEW_NAMES = "::qmp_types::wire::Names::new";
    NAMES = "::qmp_types::wire::Names";
    SERIALIZE_MAP = "::qmp_types::wire::SerializeMap";
    OUTPUT = "::qmp_types::wire::Output";
    WRITE = "::qmp_types::wire::WriteObject::write";
    WRITE_OBJECT = "::qmp_types::wire::WriteObject";
    READ_OBJECT = "::qmp_types::wire::ReadObject";
    MEMBERS = "::qmp_types::wire::Members";
    KNOWN = "::qmp_types::wire::Tag::Known";
    DEBUG = "::qmp_types::wire::debug";
    INTO_OPTION = "::qmp_types::wire::IntoOption::into_option";
    INTO_OPTION_TRAIT = "::qmp_types::wire::IntoOption";
    INTO_LIST_OF = "::qmp_types::wire::IntoListOf::into_list";
    INTO_LIST_OF_TRAIT = "::qmp_types::wire::IntoListOf";
    UNRECOGNIZED = "::qmp_types::wire::Unrecognized";
    OBJECT = "::qmp_types::__object";
}

thread_local! {
    /// The token of each path: a group without delimiters, which contains the sign and
    /// the index. Tokens that were parsed from text have no such groups.
    static TOKENS: Vec<Group> = (0..TEXTS.len())
        .map(|index| {
            let sign = TokenTree::Punct(Punct::new(SIGN, Spacing::Alone));
            let index = TokenTree::Literal(Literal::usize_unsuffixed(index));
            Group::new(Delimiter::None, [sign, index].into_iter().collect())
        })
        .collect();
}

impl ToTokens for Path {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        TOKENS.with(|all| tokens.append(all[self.0].clone()));
    }
}

/// Returns the text of a path by the index that follows the sign.
pub(super) fn text(index: Option<&TokenTree>) -> Option<&'static str> {
    let Some(TokenTree::Literal(index)) = index else {
        return None;
    };
    let index: usize = index.to_string().parse().ok()?;
    TEXTS.get(index).copied()
}
