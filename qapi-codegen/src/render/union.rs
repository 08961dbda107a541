//! The enum of a union's branches.

use super::parts::{Context, Part, attributes, conversion, deprecated, docs, ident, index, part};
use super::paths::{
    KNOWN, MEMBERS, NAMES, NEW_NAMES, NONE, OK, OUTPUT, RESULT, SERIALIZE_MAP, SOME, STR, WRITE,
};
use super::structs::{object, render_read, render_write};
use crate::plan::{Branches, Head, Variant, Wire};

/// The enum, what its struct or the union itself calls, and the conversions.
pub(super) fn render_branches(c: &Context, of: &Branches) -> Part {
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
        let held = variant.ty.as_ref().map(|_| part!((_)));
        part!(Self::#name #held => #wire,)
    });
    let read = of.variants.iter().enumerate().map(|(at, variant)| {
        let (at, name) = (index(at), ident(&variant.name));
        let read = match variant.ty {
            Some(_) => part!(m.branch().map(Self::#name)),
            None => part!(#OK(Self::#name)),
        };
        part!(#KNOWN(#at) => #read,)
    });
    let write = of.variants.iter().filter(|variant| variant.ty.is_some());
    let write = write.map(|variant| {
        let name = ident(&variant.name);
        part!(Self::#name(branch) => #WRITE(branch, m),)
    });
    let others = of.variants.iter().any(|variant| variant.ty.is_none());
    let others = others.then(|| part!(_ => {}));
    let conversions = of.conversions.iter().map(|of| conversion(c, &name, of));
    part! {
        #definition
        #cfgs
        impl #name {
            const TAG_NAMES: &'static #NAMES = &#NEW_NAMES(&[#(#tags),*]);
            #docs
            #[inline]
            pub fn as_str(&self) -> &#STR {
                match self {
                    #(#shown)*
                    Self::Unrecognized(branch) => branch.tag(),
                }
            }
            fn read_branch<'de, M: #MEMBERS<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> #RESULT<Self, M::Error> {
                match tag {
                    #(#read)*
                    tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),
                }
            }
            fn write_branch<M: #SERIALIZE_MAP>(&self, m: &mut #OUTPUT<M>) {
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
pub(super) fn render_wire(
    c: &Context,
    head: &Head,
    tag: &str,
    default_branch: Option<usize>,
) -> Part {
    debug_assert_eq!(c.name, head.name);
    let absent = match default_branch {
        Some(at) => {
            let at = index(at);
            part!(Self::read_branch(#KNOWN(#at), m))
        }
        None => part!(m.missing(#tag)),
    };
    let members = part!(m);
    let read = part! {
        let mut tag = #NONE;
        if m.next_or_keep(const { &#NEW_NAMES(&[#tag]) })?.is_some() {
            m.tag(Self::TAG_NAMES, &mut tag)?;
        }
        match tag {
            #SOME(tag) => Self::read_branch(tag, m),
            #NONE => #absent,
        }
    };
    let write = part! {
        m.member(#tag, self.as_str());
        self.write_branch(m);
    };
    let read = render_read(c, &members, &read);
    let write = render_write(c, &part!(m), &write);
    let object = object(
        c,
        Wire {
            read: true,
            write: true,
        },
    );
    part! {
        #read
        #write
        #object
    }
}

/// The enum of a union's or an alternate's branches. The last variant is for what
/// is unknown, and holds a type of `wire`.
pub(super) fn definition(
    c: &Context,
    head: &Head,
    variants: &[Variant],
    unknown_docs: &str,
    unknown: &str,
) -> Part {
    let (cfgs, name) = (&c.cfgs, ident(&head.name));
    let attributes = attributes(head);
    let variants = variants.iter().map(|variant| {
        let docs = docs(&variant.docs);
        let deprecated = deprecated(variant.deprecated);
        let name = ident(&variant.name);
        let held = variant.ty.as_ref().map(|ty| {
            let ty = c.boxed(ty, variant.boxed);
            part!((#ty))
        });
        part! {
            #docs
            #deprecated
            #name #held,
        }
    });
    let unknown_docs = docs(unknown_docs);
    let unknown = ident(unknown);
    part! {
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
