//! Writes the Rust of `grammar.pest`. Shared by `cargo xtask grammar` and by
//! the test that the checked-in file is current, so that users of the crate
//! build neither pest's derive nor what it needs.

use quote::quote;

/// The content of `grammar.rs` for a grammar.
pub(crate) fn generate(grammar: &str) -> Result<String, syn::Error> {
    let input = quote! {
        #[grammar_inline = #grammar]
        pub(crate) struct QapiParser;
    };
    let tokens = pest_generator::derive_parser(input, false);
    let file = syn::parse2(quote! {
        pub(crate) struct QapiParser;
        #tokens
    })?;
    Ok(format!(
        "// Generated from grammar.pest by `cargo xtask grammar`; do not edit.\n\n{}",
        prettyplease::unparse(&file)
    ))
}
