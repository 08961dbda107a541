//! Structs with fields, and structs around one value.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::functions::function;
use super::parts::{Context, attributes, debug, deprecated, docs, ident, index};
use crate::names::{EXTRA, EXTRA_OF};
use crate::plan::{Extra, Field, Newtype, Struct, Ty, Wire};

/// A struct with its constructor, its setters and its impls.
pub(super) fn render(c: &Context, of: &Struct) -> TokenStream {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let attributes = attributes(&of.head);
    let fields = of.fields.iter().map(|of| field(c, of));
    let extra_name = ident(EXTRA);
    let extra_field = of.extra.as_ref().map(|extra| {
        let docs = docs(extra.docs);
        quote! {
            #docs
            pub #extra_name: ::qmp_types::wire::Map<::std::string::String, ::qmp_types::wire::Value>,
        }
    });
    let debug = of.own_debug.then(|| debug_of_fields(c, of));
    let new = function(c, &of.new);
    let setters = of.setters.iter().map(|of| function(c, of));
    let extra_setters = of.extra.as_ref().map(extra_setters);
    let read = of.wire.read.then(|| {
        let read = read_fields(c, of);
        let members = members(of);
        render_read(c, &members, &read)
    });
    let write = of.wire.write.then(|| {
        let write = write_fields(of);
        let members = members(of);
        render_write(c, &members, &write)
    });
    let object = object(c, of.wire);
    quote! {
        #attributes
        #[non_exhaustive]
        #cfgs
        pub struct #name {
            #(#fields)*
            #extra_field
        }
        #debug
        #cfgs
        impl #name {
            #new
            #(#setters)*
            #extra_setters
        }
        #read
        #write
        #object
    }
}

/// A struct around one value.
pub(super) fn render_newtype(c: &Context, of: &Newtype) -> TokenStream {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let attributes = attributes(&of.head);
    let docs = docs(&of.docs);
    let ty = c.ty(&of.ty);
    let functions = of.functions.iter().map(|of| function(c, of));
    let functions = (!of.functions.is_empty()).then(|| {
        quote! {
            #cfgs
            impl #name { #(#functions)* }
        }
    });
    let members = quote!(m);
    let read = of.wire.read.then(|| {
        let read = quote!(<#ty as ::qmp_types::wire::ReadObject>::read(m).map(Self));
        render_read(c, &members, &read)
    });
    let write = of.wire.write.then(|| {
        let write = quote!(::qmp_types::wire::WriteObject::write(&self.0, m););
        render_write(c, &members, &write)
    });
    let object = object(c, of.wire);
    quote! {
        #attributes
        #cfgs
        pub struct #name(
            #docs
            pub #ty,
        );
        #cfgs
        impl ::core::convert::From<#ty> for #name {
            #[inline]
            fn from(value: #ty) -> Self {
                Self(value)
            }
        }
        #functions
        #read
        #write
        #object
    }
}

/// An impl that reads an object.
pub(super) fn render_read(c: &Context, members: &TokenStream, body: &TokenStream) -> TokenStream {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let text = name.to_string();
    // It is called in one place.
    quote! {
        #cfgs
        impl ::qmp_types::wire::ReadObject for #name {
            const NAME: &'static ::core::primitive::str = #text;
            #[inline]
            fn read<'de, M: ::qmp_types::wire::Members<'de>>(#members: &mut M) -> ::core::result::Result<Self, M::Error> {
                #body
            }
        }
    }
}

/// An impl that writes an object.
pub(super) fn render_write(c: &Context, members: &TokenStream, body: &TokenStream) -> TokenStream {
    let (cfgs, name) = (&c.cfgs, &c.name);
    quote! {
        #cfgs
        impl ::qmp_types::wire::WriteObject for #name {
            fn write<M: ::qmp_types::wire::SerializeMap>(&self, #members: &mut ::qmp_types::wire::Output<M>) {
                #body
            }
        }
    }
}

/// Serde's impls for what reads or writes an object.
pub(super) fn object(c: &Context, wire: Wire) -> TokenStream {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let directions = match wire {
        Wire {
            read: true,
            write: true,
        } => quote!(),
        Wire { read: true, .. } => quote!(: read),
        Wire { .. } => quote!(: write),
    };
    quote! {
        #cfgs
        ::qmp_types::__object!(#name #directions);
    }
}

fn field(c: &Context, field: &Field) -> TokenStream {
    let docs = docs(&field.docs);
    let deprecated = deprecated(field.deprecated);
    let name = ident(&field.name);
    let ty = c.boxed(&field.ty, field.boxed);
    let ty = if field.optional {
        quote!(::core::option::Option<#ty>)
    } else {
        ty
    };
    quote! {
        #docs
        #deprecated
        pub #name: #ty,
    }
}

/// `Debug`, which finds out what is secret when it is shown, by `qmp_types`, which
/// knows all rules; so they are the same for every schema.
fn debug_of_fields(c: &Context, of: &Struct) -> TokenStream {
    let extra = of.extra.as_ref().map(|_| EXTRA);
    let fields = of.fields.iter().map(|field| field.name.as_str());
    let fields: Vec<&str> = fields.chain(extra).collect();
    let shown = fields.iter().map(|name| name.trim_start_matches("r#"));
    let fields = fields.iter().map(|name| ident(name));
    let text = c.name.to_string();
    let body = quote!(::qmp_types::wire::debug(f, #text, &[#(#shown),*], &[#(&self.#fields),*]));
    debug(&c.cfgs, &c.name, &body)
}

/// The functions that add undeclared members.
fn extra_setters(of: &Extra) -> TokenStream {
    let (extra, extra_of) = (ident(EXTRA), ident(EXTRA_OF));
    let [docs, docs_of] = of.add_docs.map(docs);
    quote! {
        #docs
        pub fn #extra(
            mut self,
            name: impl ::core::convert::Into<::std::string::String>,
            value: impl ::core::convert::Into<::qmp_types::wire::Value>,
        ) -> Self {
            self.#extra.insert(name.into(), value.into());
            self
        }

        #docs_of
        pub fn #extra_of(
            mut self,
            object: &impl ::qmp_types::wire::WriteObject,
        ) -> Self {
            self.#extra.extend(::qmp_types::wire::members_of(object));
            self
        }
    }
}

/// What the functions that read and write call the members.
fn members(of: &Struct) -> TokenStream {
    if of.fields.is_empty() && of.extra.is_none() {
        quote!(_)
    } else {
        quote!(m)
    }
}

/// The place that a field is read into.
fn place(index: usize) -> Ident {
    format_ident!("v{index}")
}

/// Reads the members into places, then makes the struct of these.
fn read_fields(c: &Context, of: &Struct) -> TokenStream {
    let fields = || of.fields.iter().enumerate();
    let places = fields().map(|(at, _)| place(at));
    let wire = of.fields.iter().map(|field| &field.wire);
    let keeps = of.extra.is_some() || of.fields.iter().any(|field| field.is_tag);
    let next = ident(if keeps { "next_or_keep" } else { "next" });
    let arms = fields().map(|(at, field)| {
        let (at, place) = (index(at), place(at));
        match &field.ty {
            ty if field.is_tag => {
                let ty = c.ty(ty);
                quote!(#at => m.tag(#ty::TAG_NAMES, &mut #place),)
            }
            Ty::List(_) => quote!(#at => m.list(&mut #place),),
            _ => quote!(#at => m.value(&mut #place),),
        }
    });
    let read = (!of.fields.is_empty() || of.extra.is_some()).then(|| {
        quote! {
            while let ::core::option::Option::Some(member) = m.#next(const { &::qmp_types::wire::Names::new(&[#(#wire),*]) })? {
                match member {
                    #(#arms)*
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
        }
    });
    let mandatory = fields().filter(|(_, field)| field.is_tag || !field.optional);
    let present = mandatory.map(|(at, field)| {
        let (place, wire) = (place(at), &field.wire);
        quote! {
            let ::core::option::Option::Some(#place) = #place else { return m.missing(#wire) };
        }
    });
    let values = fields().map(|(at, field)| {
        let (name, place) = (ident(&field.name), place(at));
        if field.is_tag {
            let ty = c.ty(&field.ty);
            quote!(#name: #ty::read_branch(#place, m)?,)
        } else {
            quote!(#name: #place,)
        }
    });
    let extra = of.extra.as_ref().map(|_| {
        let extra = ident(EXTRA);
        quote!(#extra: m.rest()?,)
    });
    quote! {
        #(let mut #places = ::core::option::Option::None;)*
        #read
        #(#present)*
        ::core::result::Result::Ok(Self {
            #(#values)*
            #extra
        })
    }
}

fn write_fields(of: &Struct) -> TokenStream {
    let members = of.fields.iter().map(|field| {
        let (name, wire) = (ident(&field.name), &field.wire);
        if field.is_tag {
            quote! {
                m.member(#wire, self.#name.as_str());
                self.#name.write_branch(m);
            }
        } else if field.optional {
            quote!(m.optional(#wire, &self.#name);)
        } else {
            quote!(m.member(#wire, &self.#name);)
        }
    });
    let extra = of.extra.as_ref().map(|extra| {
        let command = &extra.command;
        let declared = of.fields.iter().map(|field| {
            let (name, wire) = (ident(&field.name), &field.wire);
            if field.optional {
                quote!((#wire, self.#name.is_some()))
            } else {
                quote!((#wire, true))
            }
        });
        let extra = ident(EXTRA);
        quote!(m.extra(#command, &[#(#declared),*], &self.#extra);)
    });
    quote! {
        #(#members)*
        #extra
    }
}
