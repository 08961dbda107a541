//! What makes a struct a command or an event.

use super::parts::{Context, Part, ident, part};
use super::paths::{BOOL, RESULT, SERIALIZE_MAP, SOME, STR};
use crate::plan::{Message, MessageKind, Reply};

pub(super) fn render(c: &Context, of: &Message) -> Part {
    let Context {
        cfgs,
        name,
        protocol,
        ..
    } = c;
    let wire = &of.wire;
    let constants = of.constants.iter().map(|(name, value)| {
        let name = ident(name);
        part!(const #name: #BOOL = #value;)
    });
    match &of.kind {
        MessageKind::Event => part! {
            #cfgs
            impl ::qmp_types::Event for #name {
                type Protocol = ::qmp_types::#protocol;
                const NAME: &'static #STR = #wire;
                #(#constants)*
            }
        },
        MessageKind::Command {
            release,
            returns,
            decode,
            encode,
        } => {
            let returns = c.ty(returns);
            let release = release.as_ref();
            let release = release.map(|of| part!(const RELEASE: &'static #STR = #of;));
            let decode = decode.map(|read| {
                let read = ident(read);
                part! {
                    fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> #RESULT<Self::Return, D::Error> {
                        ::qmp_types::wire::#read(reply)
                    }
                }
            });
            let serve = encode.map(|reply| serve(c, reply));
            part! {
                #cfgs
                impl ::qmp_types::Command for #name {
                    type Protocol = ::qmp_types::#protocol;
                    type Return = #returns;
                    const NAME: &'static #STR = #wire;
                    #(#constants)*
                    #release
                    #decode
                }
                #serve
            }
        }
    }
}

/// The impl that servers need.
fn serve(c: &Context, reply: Reply) -> Part {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let encode = match reply {
        Reply::Value => part!(::qmp_types::wire::Serialize::serialize(value, s)),
        Reply::Nothing => part! {
            let () = value;
            #SERIALIZE_MAP::end(s.serialize_map(#SOME(0))?)
        },
    };
    part! {
        #cfgs
        impl ::qmp_types::ServeCommand for #name {
            fn encode_return<S: ::qmp_types::wire::Serializer>(value: &Self::Return, s: S) -> #RESULT<S::Ok, S::Error> {
                #encode
            }
        }
    }
}
