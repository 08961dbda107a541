//! Alternates: an enum whose variant the JSON type selects.

use super::parts::{Context, Part, debug, ident, part};
use super::union::definition;
use crate::plan::{Alternate, JsonType, Ty, Variant};

pub(super) fn render(c: &Context, of: &Alternate) -> Part {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let definition = definition(c, &of.head, &of.variants, of.unknown_docs, "Value");
    let debug = debug(cfgs, name, &debug_of_variants(of));
    let reads = of.variants.iter().map(read);
    let writes = of.variants.iter().map(write);
    part! {
        #definition
        #debug
        #cfgs
        impl ::qmp_types::wire::Alternate for #name {
            fn unrecognized(value: ::qmp_types::wire::Value) -> Self {
                Self::Unrecognized(value)
            }
            #(#reads)*
        }
        #cfgs
        ::qmp_types::__alternate!(#name);
        #cfgs
        impl ::qmp_types::wire::Serialize for #name {
            fn serialize<S: ::qmp_types::wire::Serializer>(&self, s: S) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    #(#writes)*
                    Self::Unrecognized(value) => ::qmp_types::wire::Serialize::serialize(value, s),
                }
            }
        }
    }
}

fn debug_of_variants(of: &Alternate) -> Part {
    let holding = of.variants.iter().filter(|variant| variant.ty.is_some());
    let holding = holding.map(|variant| variant.name.as_str());
    let holding = holding.chain(["Unrecognized"]).map(|text| {
        let name = ident(text);
        part!(Self::#name(value) => ::qmp_types::wire::debug_variant(f, #text, value),)
    });
    let empty = of.variants.iter().filter(|variant| variant.ty.is_none());
    let empty = empty.map(|variant| {
        let (name, text) = (ident(&variant.name), &variant.name);
        part!(Self::#name => f.write_str(#text),)
    });
    part! {
        match self {
            #(#holding)*
            #(#empty)*
        }
    }
}

/// The method of `wire::Alternate` that reads the branch.
fn read(variant: &Variant) -> Part {
    let method = ident(match variant.json {
        JsonType::String => "string",
        JsonType::Boolean => "boolean",
        JsonType::Null => "null",
        JsonType::Number => "number",
        JsonType::Array => "array",
        JsonType::Object => "object",
    });
    let name = ident(&variant.name);
    let read = match &variant.ty {
        Some(Ty::List(_)) => part!(::qmp_types::wire::list(value).map(Self::#name)),
        Some(_) => part!(::qmp_types::wire::Deserialize::deserialize(value).map(Self::#name)),
        None => part!(::qmp_types::wire::nothing(value).map(|()| Self::#name)),
    };
    part! {
        fn #method<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            #read
        }
    }
}

/// The arm that writes the branch.
fn write(variant: &Variant) -> Part {
    let name = ident(&variant.name);
    match (&variant.ty, variant.json) {
        (Some(_), _) => {
            part!(Self::#name(value) => ::qmp_types::wire::Serialize::serialize(value, s),)
        }
        (None, JsonType::Null) => part!(Self::#name => s.serialize_unit(),),
        (None, _) => part! {
            Self::#name => ::qmp_types::wire::SerializeMap::end(s.serialize_map(::core::option::Option::Some(0))?),
        },
    }
}
