//! The parts of items: names, documentation, types, expressions, conversions.

use std::cell::Cell;

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote};

use super::doc_text::literal;
use super::paths::{
    BOX, DEBUG_TRAIT, FMT_RESULT, FORMATTER, FROM_TRAIT, INTO, INTO_LIST_OF_TRAIT,
    INTO_OPTION_TRAIT, INTO_TRAIT, NEW_BOX, NONE, OPTION, STR, STRING, VEC,
};
use crate::options::Protocol;
use crate::plan::{Body, Conversion, Definition, Expr, Head, Setting, Taken, Ty, TypesPath};
use crate::user_rust::UserRust;

/// Tokens that are used once. Quoting a token stream copies each of its tokens. A part
/// is moved instead, as a group without delimiters.
pub(super) struct Part(Cell<Option<TokenStream>>);

impl Part {
    pub(super) fn new(tokens: TokenStream) -> Self {
        Self(Cell::new(Some(tokens)))
    }

    pub(super) fn into_tokens(self) -> TokenStream {
        self.0.into_inner().unwrap_or_default()
    }
}

impl ToTokens for Part {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let part = self.0.take();
        debug_assert!(part.is_some(), "a part is quoted once");
        // Braces around an empty group would not be empty.
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            tokens.append(Group::new(Delimiter::None, part));
        }
    }
}

/// `quote!`, as a [`Part`].
macro_rules! part {
    ($($tokens:tt)*) => { $crate::render::parts::Part::new(::quote::quote!($($tokens)*)) };
}
pub(super) use part;

/// Values that are the same for all items of a definition.
pub(super) struct Context {
    /// The definition's name.
    pub(super) name: Ident,
    /// The type of the protocol.
    pub(super) protocol: Ident,
    /// The user's conditions.
    pub(super) cfgs: TokenStream,
    types: TypesPath,
}

impl Context {
    pub(super) fn new(definition: &Definition, protocol: Protocol) -> Self {
        let head = match &definition.body {
            Body::Enum(of) => &of.head,
            Body::Struct(of) => &of.head,
            Body::Newtype(of) => &of.head,
            Body::Branches { branches, .. } => &branches.head,
            Body::Union(of) => &of.common.head,
            Body::Alternate(of) => &of.head,
        };
        Self {
            name: ident(&head.name),
            protocol: ident(protocol.marker()),
            cfgs: user_tokens(&definition.cfgs),
            types: definition.types,
        }
    }

    /// A type, written from the definition's module.
    pub(super) fn ty<'a>(&self, ty: &'a Ty) -> TyTokens<'a> {
        TyTokens {
            ty,
            types: self.types,
        }
    }

    /// A type, in a box if necessary.
    pub(super) fn boxed(&self, ty: &Ty, boxed: bool) -> Part {
        let ty = self.ty(ty);
        if boxed { part!(#BOX<#ty>) } else { part!(#ty) }
    }

    /// An expression, written from the definition's module.
    pub(super) fn expr<'a>(&self, expr: &'a Expr) -> ExprTokens<'a> {
        ExprTokens {
            expr,
            types: self.types,
        }
    }

    /// The type of an argument.
    pub(super) fn taken(&self, taken: &Taken) -> Part {
        match taken {
            Taken::Plain(ty) => Part::new(self.ty(ty).into_token_stream()),
            Taken::Into(ty) => {
                let ty = self.ty(ty);
                part!(impl #INTO_TRAIT<#ty>)
            }
            Taken::Iter(element) => {
                let element = self.taken(element);
                part!(impl ::core::iter::IntoIterator<Item = #element>)
            }
        }
    }

    /// The type of a setter's argument.
    pub(super) fn setting(&self, setting: &Setting) -> Part {
        // A type of the schema can have the name `M`, but not `_M`.
        match setting {
            Setting::Any => part!(impl #INTO_TRAIT<::qmp_types::wire::Value>),
            Setting::Option(ty) => {
                let ty = self.ty(ty);
                part!(impl #INTO_TRAIT<#OPTION<#ty> >)
            }
            Setting::IntoOption(ty) => {
                let ty = self.ty(ty);
                part!(impl #INTO_OPTION_TRAIT<#ty, _M>)
            }
            Setting::ListOf(ty) => {
                let ty = self.ty(ty);
                part!(impl #INTO_LIST_OF_TRAIT<#ty, _M>)
            }
            Setting::ListFrom(ty) => {
                let ty = self.ty(ty);
                part!(impl ::qmp_types::wire::IntoListFrom<#ty, _M>)
            }
        }
    }
}

/// A type in Rust.
pub(super) struct TyTokens<'a> {
    ty: &'a Ty,
    types: TypesPath,
}

impl ToTokens for TyTokens<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self.ty {
            Ty::Scalar(name) => {
                let name = ident(name);
                tokens.extend(quote!(::core::primitive::#name));
            }
            Ty::Unit => tokens.extend(quote!(())),
            Ty::Str => tokens.extend(quote!(&#STR)),
            Ty::String => tokens.extend(quote!(#STRING)),
            Ty::Value => tokens.extend(quote!(::qmp_types::wire::Value)),
            Ty::Enum(name) | Ty::Plain(name) | Ty::Convertible(name) => {
                for module in self.types {
                    let module = ident(module);
                    tokens.extend(quote!(#module::));
                }
                ident(name).to_tokens(tokens);
            }
            Ty::Beside(name) => ident(name).to_tokens(tokens),
            Ty::External(path) => tokens.extend(path.stream()),
            Ty::List(element) => {
                let element = Self {
                    ty: element,
                    types: self.types,
                };
                tokens.extend(quote!(#VEC<#element>));
            }
        }
    }
}

/// An expression.
pub(super) struct ExprTokens<'a> {
    expr: &'a Expr,
    types: TypesPath,
}

impl<'a> ExprTokens<'a> {
    fn of(&self, expr: &'a Expr) -> Self {
        Self {
            expr,
            types: self.types,
        }
    }

    fn ty(&self, ty: &'a Ty) -> TyTokens<'a> {
        TyTokens {
            ty,
            types: self.types,
        }
    }
}

impl ToTokens for ExprTokens<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self.expr {
            Expr::Name(name) => ident(name).to_tokens(tokens),
            Expr::Held(name) => {
                let name = ident(name);
                tokens.extend(quote!(#name.0));
            }
            Expr::Owned(name) => {
                let name = ident(name);
                tokens.extend(quote!(#name.into()));
            }
            Expr::Into(value) => {
                let value = self.of(value);
                tokens.extend(quote!(#INTO(#value)));
            }
            Expr::Collected {
                argument,
                converted,
            } => {
                let argument = ident(argument);
                let convert = converted.then(|| part!(.map(#INTO)));
                tokens.extend(quote! {
                    ::core::iter::IntoIterator::into_iter(#argument)#convert.collect()
                });
            }
            Expr::Boxed(value) => {
                let value = self.of(value);
                tokens.extend(quote!(#NEW_BOX(#value)));
            }
            Expr::Call {
                of,
                function,
                arguments,
            } => {
                let (of, function) = (self.ty(of), ident(function));
                let arguments = arguments.iter().map(|argument| self.of(argument));
                tokens.extend(quote!(#of::#function(#(#arguments),*)));
            }
            Expr::Variant { of, name, value } => {
                let (of, name) = (self.ty(of), ident(name));
                let value = value.iter().map(|value| self.of(value));
                tokens.extend(quote!(#of::#name #((#value))*));
            }
            Expr::Wrapped(value) => {
                let value = self.of(value);
                tokens.extend(quote!(Self(#value)));
            }
            Expr::Fields(fields) => {
                let fields = fields.iter().map(|(name, value)| {
                    let field = ident(name);
                    match value {
                        Expr::Name(value) if value == name => part!(#field,),
                        value => {
                            let value = self.of(value);
                            part!(#field: #value,)
                        }
                    }
                });
                tokens.extend(quote!(Self { #(#fields)* }));
            }
            Expr::None => tokens.extend(quote!(#NONE)),
            Expr::EmptyMap => tokens.extend(quote!(::qmp_types::wire::Map::new())),
        }
    }
}

/// An identifier. Raw identifiers begin with `r#`.
pub(super) fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// An index, without a type suffix.
pub(super) fn index(index: usize) -> Literal {
    Literal::usize_unsuffixed(index)
}

/// Documentation.
pub(super) fn docs(text: &str) -> Part {
    let text = literal(text.trim_end());
    part!(#[doc = #text])
}

/// `#[deprecated]`, if it is.
pub(super) fn deprecated(deprecated: bool) -> Option<Part> {
    deprecated.then(|| part!(#[deprecated]))
}

/// The paths or attributes of the user, in order.
pub(super) fn user_tokens(rust: &[UserRust]) -> TokenStream {
    let mut tokens = TokenStream::new();
    for rust in rust {
        tokens.extend(rust.stream());
    }
    tokens
}

/// The documentation and the attributes of a struct or an enum.
pub(super) fn attributes(head: &Head) -> Part {
    let docs = docs(&head.docs);
    let deprecated = deprecated(head.deprecated);
    let derives = head.derives.iter().map(|name| ident(name));
    let more = head.more_derives.iter().map(UserRust::stream);
    let attributes = Part::new(user_tokens(&head.attributes));
    part! {
        #docs
        #deprecated
        #[derive(#(#derives),* #(, #more)*)]
        #attributes
    }
}

/// An impl of `From`. The target is the type with this name unless the conversion
/// has another one.
pub(super) fn conversion(c: &Context, name: &Ident, of: &Conversion) -> Part {
    let cfgs = &c.cfgs;
    let (from, value) = (c.ty(&of.from), c.expr(&of.value));
    let to = match &of.to {
        Ty::Beside(_) => part!(#name),
        to => Part::new(c.ty(to).into_token_stream()),
    };
    part! {
        #cfgs
        impl #FROM_TRAIT<#from> for #to {
            #[inline]
            fn from(value: #from) -> Self {
                #value
            }
        }
    }
}

/// An impl of `Debug`.
pub(super) fn debug(cfgs: &TokenStream, name: &Ident, body: &Part) -> Part {
    part! {
        #cfgs
        impl #DEBUG_TRAIT for #name {
            #[inline]
            fn fmt(&self, f: &mut #FORMATTER<'_>) -> #FMT_RESULT {
                #body
            }
        }
    }
}
