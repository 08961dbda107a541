//! What makes a struct a command or an event.

use proc_macro2::TokenStream;
use quote::quote;

use super::parts::{Context, ident};
use crate::plan::{Message, MessageKind, Reply};

pub(super) fn render(c: &Context, of: &Message) -> TokenStream {
    let Context {
        cfgs,
        name,
        protocol,
        ..
    } = c;
    let wire = &of.wire;
    let constants = of.constants.iter().map(|(name, value)| {
        let name = ident(name);
        quote!(const #name: ::core::primitive::bool = #value;)
    });
    match &of.kind {
        MessageKind::Event => quote! {
            #cfgs
            impl ::qmp_types::Event for #name {
                type Protocol = ::qmp_types::#protocol;
                const NAME: &'static ::core::primitive::str = #wire;
                #(#constants)*
            }
        },
        MessageKind::Command {
            returns,
            decode,
            encode,
        } => {
            let returns = c.ty(returns);
            let decode = decode.map(|read| {
                let read = ident(read);
                quote! {
                    fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
                        ::qmp_types::wire::#read(reply)
                    }
                }
            });
            let serve = encode.map(|reply| serve(c, reply));
            quote! {
                #cfgs
                impl ::qmp_types::Command for #name {
                    type Protocol = ::qmp_types::#protocol;
                    type Return = #returns;
                    const NAME: &'static ::core::primitive::str = #wire;
                    #(#constants)*
                    #decode
                }
                #serve
            }
        }
    }
}

/// The impl that servers need.
fn serve(c: &Context, reply: Reply) -> TokenStream {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let encode = match reply {
        Reply::Value => quote!(::qmp_types::wire::Serialize::serialize(value, s)),
        Reply::Nothing => quote! {
            let () = value;
            ::qmp_types::wire::SerializeMap::end(s.serialize_map(::core::option::Option::Some(0))?)
        },
    };
    quote! {
        #cfgs
        impl ::qmp_types::ServeCommand for #name {
            fn encode_return<S: ::qmp_types::wire::Serializer>(value: &Self::Return, s: S) -> ::core::result::Result<S::Ok, S::Error> {
                #encode
            }
        }
    }
}
