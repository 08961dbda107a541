//! Enumerations.

use super::parts::{Context, Part, attributes, deprecated, docs, ident, part};
use super::paths::{NAMES, NEW_NAMES, STR, UNRECOGNIZED};
use crate::plan::Enum;

pub(super) fn render(c: &Context, of: &Enum) -> Part {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let text = name.to_string();
    let attributes = attributes(&of.head);
    let values = of.values.iter().map(|value| {
        let docs = docs(&value.docs);
        let deprecated = deprecated(value.deprecated);
        let name = ident(&value.name);
        part! {
            #docs
            #deprecated
            #name,
        }
    });
    let unknown_docs = docs(of.unknown_docs);
    let value_docs = docs(of.value_docs);
    let names: Vec<_> = of.values.iter().map(|value| ident(&value.name)).collect();
    let wire: Vec<_> = of.values.iter().map(|value| &value.wire).collect();
    part! {
        #attributes
        #[non_exhaustive]
        #cfgs
        pub enum #name {
            #(#values)*
            #unknown_docs
            Unrecognized(#UNRECOGNIZED),
        }
        #cfgs
        impl #name {
            #value_docs
            #[inline]
            pub fn as_str(&self) -> &#STR {
                match self {
                    #(Self::#names => #wire,)*
                    Self::Unrecognized(value) => value.as_str(),
                }
            }
        }
        #cfgs
        impl ::qmp_types::wire::OpenEnum for #name {
            const NAME: &'static #STR = #text;
            const NAMES: &'static #NAMES = &#NEW_NAMES(&[#(#wire),*]);
            const VALUES: &'static [Self] = &[#(Self::#names),*];
            #[inline]
            fn unrecognized(value: #UNRECOGNIZED) -> Self {
                Self::Unrecognized(value)
            }
        }
        #cfgs
        ::qmp_types::__open_enum!(#name);
    }
}
