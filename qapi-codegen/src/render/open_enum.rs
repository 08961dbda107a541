//! Enumerations.

use proc_macro2::TokenStream;
use quote::quote;

use super::parts::{Context, attributes, deprecated, docs, ident};
use crate::plan::Enum;

pub(super) fn render(c: &Context, of: &Enum) -> TokenStream {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let text = name.to_string();
    let attributes = attributes(&of.head);
    let values = of.values.iter().map(|value| {
        let docs = docs(&value.docs);
        let deprecated = deprecated(value.deprecated);
        let name = ident(&value.name);
        quote! {
            #docs
            #deprecated
            #name,
        }
    });
    let unknown_docs = docs(of.unknown_docs);
    let value_docs = docs(of.value_docs);
    let names: Vec<_> = of.values.iter().map(|value| ident(&value.name)).collect();
    let wire: Vec<_> = of.values.iter().map(|value| &value.wire).collect();
    quote! {
        #attributes
        #[non_exhaustive]
        #cfgs
        pub enum #name {
            #(#values)*
            #unknown_docs
            Unrecognized(::qmp_types::wire::Unrecognized),
        }
        #cfgs
        impl #name {
            #value_docs
            #[inline]
            pub fn as_str(&self) -> &::core::primitive::str {
                match self {
                    #(Self::#names => #wire,)*
                    Self::Unrecognized(value) => value.as_str(),
                }
            }
        }
        #cfgs
        impl ::qmp_types::wire::OpenEnum for #name {
            const NAME: &'static ::core::primitive::str = #text;
            const NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&[#(#wire),*]);
            const VALUES: &'static [Self] = &[#(Self::#names),*];
            #[inline]
            fn unrecognized(value: ::qmp_types::wire::Unrecognized) -> Self {
                Self::Unrecognized(value)
            }
        }
        #cfgs
        ::qmp_types::__open_enum!(#name);
    }
}
