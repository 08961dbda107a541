//! The enum of a union's branches.

use proc_macro2::TokenStream;
use quote::quote;

use super::parts::{Context, attributes, conversion, deprecated, docs, ident, index};
use super::structs::{object, render_read, render_write};
use crate::plan::{Branches, Head, Variant, Wire};

/// The enum, what its struct or the union itself calls, and the conversions.
pub(super) fn render_branches(c: &Context, of: &Branches) -> TokenStream {
    let cfgs = &c.cfgs;
    let name = ident(&of.head.name);
    let definition = definition(
        c,
        &of.head,
        &of.variants,
        of.unknown_docs,
        "UnrecognizedBranch",
    );
    let tags = of.variants.iter().map(|variant| &variant.wire);
    let docs = docs(of.tag_docs);
    let shown = of.variants.iter().map(|variant| {
        let (name, wire) = (ident(&variant.name), &variant.wire);
        let held = variant.ty.as_ref().map(|_| quote!((_)));
        quote!(Self::#name #held => #wire,)
    });
    let read = of.variants.iter().enumerate().map(|(at, variant)| {
        let (at, name) = (index(at), ident(&variant.name));
        let read = match variant.ty {
            Some(_) => quote!(m.branch().map(Self::#name)),
            None => quote!(::core::result::Result::Ok(Self::#name)),
        };
        quote!(::qmp_types::wire::Tag::Known(#at) => #read,)
    });
    let write = of.variants.iter().filter(|variant| variant.ty.is_some());
    let write = write.map(|variant| {
        let name = ident(&variant.name);
        quote!(Self::#name(branch) => ::qmp_types::wire::WriteObject::write(branch, m),)
    });
    let others = of.variants.iter().any(|variant| variant.ty.is_none());
    let others = others.then(|| quote!(_ => {}));
    let conversions = of.conversions.iter().map(|of| conversion(c, &name, of));
    quote! {
        #definition
        #cfgs
        impl #name {
            const TAG_NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&[#(#tags),*]);
            #docs
            #[inline]
            pub fn as_str(&self) -> &::core::primitive::str {
                match self {
                    #(#shown)*
                    Self::Unrecognized(branch) => branch.tag(),
                }
            }
            fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> ::core::result::Result<Self, M::Error> {
                match tag {
                    #(#read)*
                    tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),
                }
            }
            fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
                match self {
                    #(#write)*
                    Self::Unrecognized(branch) => branch.write(m),
                    #others
                }
            }
        }
        #(#conversions)*
    }
}

/// The impls of a union that has no struct around its branches.
pub(super) fn render_wire(c: &Context, head: &Head, tag: &str) -> TokenStream {
    debug_assert_eq!(c.name, head.name);
    let members = quote!(m);
    let read = quote! {
        let mut tag = ::core::option::Option::None;
        if m.next_or_keep(const { &::qmp_types::wire::Names::new(&[#tag]) })?.is_some() {
            m.tag(Self::TAG_NAMES, &mut tag)?;
        }
        match tag {
            ::core::option::Option::Some(tag) => Self::read_branch(tag, m),
            ::core::option::Option::None => m.missing(#tag),
        }
    };
    let write = quote! {
        m.member(#tag, self.as_str());
        self.write_branch(m);
    };
    let mut items = render_read(c, &members, &read);
    items.extend(render_write(c, &members, &write));
    items.extend(object(
        c,
        Wire {
            read: true,
            write: true,
        },
    ));
    items
}

/// The enum of a union's or an alternate's branches. The last variant is for what
/// is unknown, and holds a type of `wire`.
pub(super) fn definition(
    c: &Context,
    head: &Head,
    variants: &[Variant],
    unknown_docs: &str,
    unknown: &str,
) -> TokenStream {
    let (cfgs, name) = (&c.cfgs, ident(&head.name));
    let attributes = attributes(head);
    let variants = variants.iter().map(|variant| {
        let docs = docs(&variant.docs);
        let deprecated = deprecated(variant.deprecated);
        let name = ident(&variant.name);
        let held = variant.ty.as_ref().map(|ty| {
            let ty = c.boxed(ty, variant.boxed);
            quote!((#ty))
        });
        quote! {
            #docs
            #deprecated
            #name #held,
        }
    });
    let unknown_docs = docs(unknown_docs);
    let unknown = ident(unknown);
    quote! {
        #attributes
        #[non_exhaustive]
        #cfgs
        pub enum #name {
            #(#variants)*
            #unknown_docs
            Unrecognized(::qmp_types::wire::#unknown),
        }
    }
}
