//! Constructors and setters.

use proc_macro2::TokenStream;
use quote::quote;

use super::parts::{Context, deprecated, docs, ident};
use crate::plan::{Argument, Function, FunctionKind, Head, Setting};

/// An impl with the constructors of a union, if it has some.
pub(super) fn constructors(
    c: &Context,
    head: &Head,
    constructors: &[Function],
) -> Option<TokenStream> {
    let (cfgs, name) = (&c.cfgs, ident(&head.name));
    let functions = constructors.iter().map(|of| function(c, of));
    (!constructors.is_empty()).then(|| {
        quote! {
            #cfgs
            impl #name { #(#functions)* }
        }
    })
}

/// A constructor or a setter.
pub(super) fn function(c: &Context, of: &Function) -> TokenStream {
    let name = ident(&of.name);
    let docs = docs(&of.docs);
    let deprecated = deprecated(of.deprecated);
    let function = match &of.kind {
        FunctionKind::Constructor { arguments, value } => {
            let arguments = arguments.iter().map(|of| argument(c, of));
            let value = c.expr(value);
            quote! {
                pub fn #name(#(#arguments),*) -> Self {
                    #value
                }
            }
        }
        FunctionKind::Setter {
            field,
            setting,
            boxed,
        } => {
            let field = ident(field);
            let generics = generics(setting);
            let ty = c.setting(setting);
            let value = match setting {
                Setting::Any => quote! {
                    ::core::option::Option::Some(::core::convert::Into::into(#field))
                },
                Setting::Option(_) => quote!(::core::convert::Into::into(#field)),
                Setting::IntoOption(_) => quote! {
                    ::qmp_types::wire::IntoOption::into_option(#field)
                },
                Setting::ListOf(_) => quote!(::qmp_types::wire::IntoListOf::into_list(#field)),
                Setting::ListFrom(_) => quote!(::qmp_types::wire::IntoListFrom::into_list(#field)),
            };
            let value = if *boxed {
                quote!(::core::option::Option::map(#value, ::std::boxed::Box::new))
            } else {
                value
            };
            quote! {
                pub fn #name #generics(mut self, #field: #ty) -> Self {
                    self.#field = #value;
                    self
                }
            }
        }
        FunctionKind::Delegate { argument, setting } => {
            let argument = ident(argument);
            let generics = generics(setting);
            let ty = c.setting(setting);
            quote! {
                pub fn #name #generics(self, #argument: #ty) -> Self {
                    Self(self.0.#name(#argument))
                }
            }
        }
    };
    quote! {
        #docs
        #deprecated
        #[inline]
        #function
    }
}

fn argument(c: &Context, argument: &Argument) -> TokenStream {
    let name = ident(&argument.name);
    let ty = c.taken(&argument.taken);
    quote!(#name: #ty)
}

/// The type parameters of a setter, with their brackets.
fn generics(setting: &Setting) -> Option<TokenStream> {
    match setting {
        Setting::Any | Setting::Option(_) => None,
        Setting::IntoOption(_) | Setting::ListOf(_) | Setting::ListFrom(_) => Some(quote!(<_M>)),
    }
}
