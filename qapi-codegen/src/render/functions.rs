//! Constructors and setters.

use super::parts::{Context, Part, deprecated, docs, ident, part};
use super::paths::{INTO, INTO_LIST_OF, INTO_OPTION, NEW_BOX, OPTION, SOME};
use crate::plan::{Argument, Function, FunctionKind, Head, Setting};

/// An impl with the constructors of a union, if it has some.
pub(super) fn constructors(c: &Context, head: &Head, constructors: &[Function]) -> Option<Part> {
    let (cfgs, name) = (&c.cfgs, ident(&head.name));
    let functions = constructors.iter().map(|of| function(c, of));
    (!constructors.is_empty()).then(|| {
        part! {
            #cfgs
            impl #name { #(#functions)* }
        }
    })
}

/// A constructor or a setter.
pub(super) fn function(c: &Context, of: &Function) -> Part {
    let name = ident(&of.name);
    let docs = docs(&of.docs);
    let deprecated = deprecated(of.deprecated);
    let function = match &of.kind {
        FunctionKind::Constructor { arguments, value } => {
            let arguments = arguments.iter().map(|of| argument(c, of));
            let value = c.expr(value);
            part! {
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
                Setting::Any => part! {
                    #SOME(#INTO(#field))
                },
                Setting::Option(_) => part!(#INTO(#field)),
                Setting::IntoOption(_) => part! {
                    #INTO_OPTION(#field)
                },
                Setting::ListOf(_) => part!(#INTO_LIST_OF(#field)),
                Setting::ListFrom(_) => part!(::qmp_types::wire::IntoListFrom::into_list(#field)),
            };
            let value = if *boxed {
                part!(#OPTION::map(#value, #NEW_BOX))
            } else {
                value
            };
            part! {
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
            part! {
                pub fn #name #generics(self, #argument: #ty) -> Self {
                    Self(self.0.#name(#argument))
                }
            }
        }
    };
    part! {
        #docs
        #deprecated
        #[inline]
        #function
    }
}

fn argument(c: &Context, argument: &Argument) -> Part {
    let name = ident(&argument.name);
    let ty = c.taken(&argument.taken);
    part!(#name: #ty)
}

/// The type parameters of a setter, with their brackets.
fn generics(setting: &Setting) -> Option<Part> {
    match setting {
        Setting::Any | Setting::Option(_) => None,
        Setting::IntoOption(_) | Setting::ListOf(_) | Setting::ListFrom(_) => Some(part!(<_M>)),
    }
}
