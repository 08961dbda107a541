//! The constant that tells what the bindings declare.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc_text::literal;
use super::parts::docs;

pub(super) fn render(release: Option<&str>, declarations: &str) -> TokenStream {
    let release = release.unwrap_or_default();
    let text = literal(declarations);
    let docs = docs("What these bindings declare, to be compared with what a server has.");
    quote! {
        #docs
        #[allow(clippy::all, clippy::pedantic, dead_code, unreachable_pub)]
        pub const DECLARATIONS: ::qmp_types::Declarations = ::qmp_types::Declarations::new(#release, #text);
    }
}
