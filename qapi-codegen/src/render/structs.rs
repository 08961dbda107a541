//! Structs with fields, and structs around one value.

use proc_macro2::Ident;
use quote::format_ident;

use super::functions::function;
use super::parts::{Context, Part, attributes, debug, deprecated, docs, ident, index, part};
use super::paths::{
    DEBUG, FROM_TRAIT, INTO_TRAIT, KNOWN, MEMBERS, NEW_NAMES, NONE, OBJECT, OK, OPTION, OUTPUT,
    READ_OBJECT, RESULT, SERIALIZE_MAP, SOME, STR, STRING, WRITE, WRITE_OBJECT,
};
use crate::plan::{Extra, Field, Newtype, Struct, Ty, Wire};

/// A struct with its constructor, its setters and its impls.
pub(super) fn render(c: &Context, of: &Struct) -> Part {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let attributes = attributes(&of.head);
    let fields = of.fields.iter().map(|of| field(c, of));
    let extra_field = of.extra.as_ref().map(|extra| {
        let name = ident(extra.name);
        let docs = docs(extra.docs);
        part! {
            #docs
            pub #name: ::qmp_types::wire::Map<#STRING, ::qmp_types::wire::Value>,
        }
    });
    let debug = of.own_debug.then(|| debug_of_fields(c, of));
    let new = function(c, &of.new);
    let setters = of.setters.iter().map(|of| function(c, of));
    let extra_setters = of.extra.as_deref().map(extra_setters);
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
    part! {
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
pub(super) fn render_newtype(c: &Context, of: &Newtype) -> Part {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let attributes = attributes(&of.head);
    let docs = &of.docs;
    let ty = c.ty(&of.ty);
    let functions = of.functions.iter().map(|of| function(c, of));
    let functions = (!of.functions.is_empty()).then(|| {
        part! {
            #cfgs
            impl #name { #(#functions)* }
        }
    });
    let members = part!(m);
    let read = of.wire.read.then(|| {
        let read = part!(<#ty as #READ_OBJECT>::read(m).map(Self));
        render_read(c, &members, &read)
    });
    let write = of.wire.write.then(|| {
        let write = part!(#WRITE(&self.0, m););
        render_write(c, &part!(m), &write)
    });
    let object = object(c, of.wire);
    part! {
        #attributes
        #cfgs
        pub struct #name(
            #[doc = #docs]
            pub #ty,
        );
        #cfgs
        impl #FROM_TRAIT<#ty> for #name {
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
pub(super) fn render_read(c: &Context, members: &Part, body: &Part) -> Part {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let text = name.to_string();
    // Inlined, since it is called in one place only.
    part! {
        #cfgs
        impl #READ_OBJECT for #name {
            const NAME: &'static #STR = #text;
            #[inline]
            fn read<'de, M: #MEMBERS<'de>>(#members: &mut M) -> #RESULT<Self, M::Error> {
                #body
            }
        }
    }
}

/// An impl that writes an object.
pub(super) fn render_write(c: &Context, members: &Part, body: &Part) -> Part {
    let (cfgs, name) = (&c.cfgs, &c.name);
    part! {
        #cfgs
        impl #WRITE_OBJECT for #name {
            fn write<M: #SERIALIZE_MAP>(&self, #members: &mut #OUTPUT<M>) {
                #body
            }
        }
    }
}

/// Serde's impls for what reads or writes an object.
pub(super) fn object(c: &Context, wire: Wire) -> Part {
    let (cfgs, name) = (&c.cfgs, &c.name);
    let directions = match wire {
        Wire {
            read: true,
            write: true,
        } => part!(),
        Wire { read: true, .. } => part!(: read),
        Wire { .. } => part!(: write),
    };
    part! {
        #cfgs
        #OBJECT!(#name #directions);
    }
}

fn field(c: &Context, field: &Field) -> Part {
    let docs = docs(&field.docs);
    let deprecated = deprecated(field.deprecated);
    let name = ident(&field.name);
    let ty = c.boxed(&field.ty, field.boxed);
    let ty = if field.optional {
        part!(#OPTION<#ty>)
    } else {
        ty
    };
    part! {
        #docs
        #deprecated
        pub #name: #ty,
    }
}

/// `Debug` without secrets. `qmp_types` knows the rules and applies them at run time,
/// so they are the same for every schema.
fn debug_of_fields(c: &Context, of: &Struct) -> Part {
    let extra = of.extra.as_ref().map(|extra| extra.name);
    let fields = of.fields.iter().map(|field| field.name.as_str());
    let fields: Vec<&str> = fields.chain(extra).collect();
    let shown = fields.iter().map(|name| name.trim_start_matches("r#"));
    let fields = fields.iter().map(|name| ident(name));
    let text = c.name.to_string();
    let body = part!(#DEBUG(f, #text, &[#(#shown),*], &[#(&self.#fields),*]));
    debug(&c.cfgs, &c.name, &body)
}

/// The functions that add undeclared members.
fn extra_setters(of: &Extra) -> Part {
    let map = ident(of.name);
    let (add, add_all) = (ident(of.add.name), ident(of.add_all.name));
    let (docs, docs_of_all) = (docs(of.add.docs), docs(of.add_all.docs));
    part! {
        #docs
        pub fn #add(
            mut self,
            name: impl #INTO_TRAIT<#STRING>,
            value: impl #INTO_TRAIT<::qmp_types::wire::Value>
        ) -> Self {
            self.#map.insert(name.into(), value.into());
            self
        }

        #docs_of_all
        pub fn #add_all(mut self, object: &impl #WRITE_OBJECT) -> Self {
            self.#map.extend(::qmp_types::wire::members_of(object));
            self
        }
    }
}

/// The name of the argument for the members, in functions that read and write.
fn members(of: &Struct) -> Part {
    if of.fields.is_empty() && of.extra.is_none() {
        part!(_)
    } else {
        part!(m)
    }
}

/// The variable that a field is read into.
fn place(index: usize) -> Ident {
    format_ident!("v{index}")
}

/// Reads the members into variables, then builds the struct.
fn read_fields(c: &Context, of: &Struct) -> Part {
    let fields = || of.fields.iter().enumerate();
    let places = fields().map(|(at, _)| {
        let place = place(at);
        part!(let mut #place = #NONE;)
    });
    let wire = of.fields.iter().map(|field| &field.wire);
    let keeps = of.extra.is_some() || of.fields.iter().any(|field| field.is_tag);
    let next = ident(if keeps { "next_or_keep" } else { "next" });
    let arms = fields().map(|(at, field)| {
        let (at, place) = (index(at), place(at));
        match &field.ty {
            ty if field.is_tag => {
                let ty = c.ty(ty);
                part!(#at => m.tag(#ty::TAG_NAMES, &mut #place),)
            }
            Ty::List(_) => part!(#at => m.list(&mut #place),),
            _ => part!(#at => m.value(&mut #place),),
        }
    });
    let read = (!of.fields.is_empty() || of.extra.is_some()).then(|| {
        part! {
            while let #SOME(member) = m.#next(const { &#NEW_NAMES(&[#(#wire),*]) })? {
                match member {
                    #(#arms)*
                    _ => #OK(()),
                }?;
            }
        }
    });
    let mandatory = fields().filter(|(_, field)| field.is_tag || !field.optional);
    let present = mandatory.map(|(at, field)| {
        let (place, wire) = (place(at), &field.wire);
        match field.default_branch {
            Some(branch) => {
                let branch = index(branch);
                part!(let #place = #place.unwrap_or(#KNOWN(#branch));)
            }
            None => part! {
                let #SOME(#place) = #place else { return m.missing(#wire) };
            },
        }
    });
    let values = fields().map(|(at, field)| {
        let (name, place) = (ident(&field.name), place(at));
        if field.is_tag {
            let ty = c.ty(&field.ty);
            part!(#name: #ty::read_branch(#place, m)?,)
        } else {
            part!(#name: #place,)
        }
    });
    let extra = of.extra.as_ref().map(|extra| {
        let name = ident(extra.name);
        part!(#name: m.rest()?,)
    });
    part! {
        #(#places)*
        #read
        #(#present)*
        #OK(Self {
            #(#values)*
            #extra
        })
    }
}

fn write_fields(of: &Struct) -> Part {
    let members = of.fields.iter().map(|field| {
        let (name, wire) = (ident(&field.name), &field.wire);
        if field.is_tag {
            part! {
                m.member(#wire, self.#name.as_str());
                self.#name.write_branch(m);
            }
        } else if field.optional {
            part!(m.optional(#wire, &self.#name);)
        } else {
            part!(m.member(#wire, &self.#name);)
        }
    });
    let extra = of.extra.as_ref().map(|extra| {
        let command = &extra.command;
        let declared = of.fields.iter().map(|field| {
            let (name, wire) = (ident(&field.name), &field.wire);
            if field.optional {
                part!((#wire, self.#name.is_some()))
            } else {
                part!((#wire, true))
            }
        });
        let name = ident(extra.name);
        part!(m.extra(#command, &[#(#declared),*], &self.#name);)
    });
    part! {
        #(#members)*
        #extra
    }
}
