//! The enums of all events and, where the bindings also serve, of all commands.

use proc_macro2::TokenStream;

use super::parts::{Part, debug, docs, ident, part, user_tokens};
use crate::options::Protocol;
use crate::plan::Any;

pub(super) fn render(of: &Any, protocol: Protocol) -> Part {
    let name = ident(&of.name);
    let kind = ident(of.kind);
    let content = ident(of.content);
    let trait_ = ident(of.of);
    let protocol = ident(protocol.marker());
    let content_text = of.content;
    let [enum_docs, unknown_docs, name_docs, content_docs] =
        [of.docs, of.unknown_docs, of.name_docs, of.content_docs].map(docs);
    let all = || of.variants.iter();
    let cfgs: Vec<_> = all().map(|variant| user_tokens(&variant.cfgs)).collect();
    let variants: Vec<_> = all().map(|variant| ident(&variant.name)).collect();
    let wire: Vec<_> = all().map(|variant| &variant.wire).collect();
    let docs = all().map(|variant| docs(&variant.docs));
    let texts = all().map(|variant| &variant.name);
    let debug = debug(
        &TokenStream::new(),
        &name,
        &part! {
            match self {
                #(#cfgs Self::#variants(value) => ::qmp_types::wire::debug_variant(f, #texts, value),)*
                Self::Unrecognized { name, #content } => ::qmp_types::wire::debug_unrecognized(f, name, #content_text, #content),
            }
        },
    );
    let write = of.write.then(|| write(of));
    part! {
        #enum_docs
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(
                #docs
                #cfgs
                #variants(#variants),
            )*
            #unknown_docs
            Unrecognized {
                #name_docs
                name: ::std::string::String,
                #content_docs
                #content: ::qmp_types::wire::Value,
            },
        }
        #debug
        impl ::qmp_types::#trait_ for #name {
            type Protocol = ::qmp_types::#protocol;
            fn decode<'de, D: ::qmp_types::wire::Deserializer<'de>>(name: &::core::primitive::str, #content: D) -> ::core::result::Result<Self, D::Error> {
                ::core::result::Result::Ok(match name {
                    #(#cfgs #wire => Self::#variants(::qmp_types::wire::read(#content)?),)*
                    _ => Self::Unrecognized {
                        name: name.into(),
                        #content: ::qmp_types::wire::Deserialize::deserialize(#content)?
                    },
                })
            }
            #[inline]
            fn name(&self) -> &::core::primitive::str {
                match self {
                    #(#cfgs Self::#variants(_) => #wire,)*
                    Self::Unrecognized { name, .. } => name,
                }
            }
        }
        #write
        #(
            #cfgs
            impl ::core::convert::From<#variants> for #name {
                #[inline]
                fn from(#kind: #variants) -> Self {
                    Self::#variants(#kind)
                }
            }
        )*
    }
}

/// Writes the arguments or the data; the name goes elsewhere on the wire.
fn write(of: &Any) -> Part {
    let (name, kind, content) = (ident(&of.name), ident(of.kind), ident(of.content));
    let cfgs = of.variants.iter().map(|variant| user_tokens(&variant.cfgs));
    let variants = of.variants.iter().map(|variant| ident(&variant.name));
    part! {
        impl ::qmp_types::wire::Serialize for #name {
            fn serialize<S: ::qmp_types::wire::Serializer>(&self, s: S) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    #(#cfgs Self::#variants(#kind) => ::qmp_types::wire::Serialize::serialize(#kind, s),)*
                    Self::Unrecognized { #content, .. } => ::qmp_types::wire::Serialize::serialize(#content, s),
                }
            }
        }
    }
}
