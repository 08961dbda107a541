//! Constructors of unions, by branch: they name every branch in one place, also
//! those whose types say nothing of the branch.

use qapi_parser::schema::{Feature, TypeId};

use super::union::in_variant_of;
use super::{INLINE, Renderer};
use crate::layout::{Field, Ty, Variant};
use crate::names::Scope;
use crate::writer::line;

/// A function that makes a union with one of its branches.
struct Constructor<'l> {
    name: String,
    /// The branch's name on the wire.
    branch: &'l str,
    features: &'l [Feature],
    /// Names and types.
    arguments: Vec<(String, String)>,
    /// The union, made of the arguments.
    value: String,
}

/// The arguments of a constructor, as they are collected.
struct Arguments<'a> {
    types: &'a str,
    scope: Scope,
    list: Vec<(String, String)>,
}

impl Arguments<'_> {
    /// Adds an argument, and returns the name that it has.
    fn add(&mut self, name: &str, ty: &Ty) -> String {
        let name = self.scope.claim(name.to_owned());
        self.list
            .push((name.clone(), ty.argument(&name, self.types).0));
        name
    }

    /// Adds what a struct insists on, and returns the expression that makes it.
    fn add_struct(&mut self, ty: &Ty, fields: &[Field<'_>]) -> String {
        let mandatory = fields.iter().filter(|field| !field.optional);
        let names: Vec<String> = mandatory
            .map(|field| self.add(&field.name, &field.ty))
            .collect();
        format!("{}::new({})", ty.path(self.types), names.join(", "))
    }
}

impl<'l> Renderer<'l> {
    /// Writes the constructors of a union.
    pub(super) fn constructors(&mut self, id: TypeId, name: &str) {
        // Nobody builds what only a server sends.
        if self.layout.is_only_received(id) && !self.both_directions {
            return;
        }
        let constructors = self.constructors_of(id, self.own);
        if !constructors.is_empty() {
            line!(self.w, "impl {name} {{");
            for constructor in &constructors {
                self.constructor_by_branch(constructor, &constructor.value);
            }
            line!(self.w, "}}");
        }
    }

    /// Writes for a struct around a union the constructors that the union has.
    pub(super) fn delegate_constructors(&mut self, id: TypeId, inner: &str) {
        for constructor in &self.constructors_of(id, self.types) {
            let Constructor {
                name, arguments, ..
            } = constructor;
            let names: Vec<&str> = arguments.iter().map(|(name, _)| name.as_str()).collect();
            let value = format!("Self({inner}::{name}({}))", names.join(", "));
            self.constructor_by_branch(constructor, &value);
        }
    }

    fn constructor_by_branch(&mut self, constructor: &Constructor<'_>, value: &str) {
        let Constructor {
            name,
            branch,
            features,
            arguments,
            ..
        } = constructor;
        let arguments: Vec<String> = arguments
            .iter()
            .map(|(name, ty)| format!("{name}: {ty}"))
            .collect();
        self.w.doc(&format!(
            "With the branch `{branch}` and what is mandatory."
        ));
        self.deprecated(features);
        line!(self.w, "{INLINE}");
        line!(self.w, "pub fn {name}({}) -> Self {{", arguments.join(", "));
        line!(self.w, "{value}");
        line!(self.w, "}}");
    }

    /// The constructors of a union; none of what is no union. `types` is the path
    /// of the module of types.
    fn constructors_of(&self, id: TypeId, types: &str) -> Vec<Constructor<'l>> {
        let layout = self.layout;
        let Some(tag) = layout.tag(id).filter(|_| !layout.is_external(id)) else {
            return Vec::new();
        };
        let fields = layout.fields(id);
        let is_tag = |field: &Field<'_>| field.member.name == tag;
        // Without the discriminator there is no branch to be had.
        if fields.iter().any(|field| is_tag(field) && field.optional) {
            return Vec::new();
        }
        let names = layout.constructor_names(id);
        let branches = format!("{types}{}", layout.branch_enum(id));
        let variants = layout.union_variants(id).into_iter();
        variants
            .map(|variant| {
                let mut arguments = Arguments {
                    types,
                    scope: Scope::with_reserved(&[]),
                    list: Vec::new(),
                };
                let value = if fields.len() == 1 {
                    self.branch("Self", &variant, &mut arguments)
                } else {
                    // Common members come first, wherever the discriminator is.
                    let values: Vec<Option<String>> = fields
                        .iter()
                        .filter(|field| !field.optional)
                        .map(|field| {
                            (!is_tag(field)).then(|| arguments.add(&field.name, &field.ty))
                        })
                        .collect();
                    let branch = self.branch(&branches, &variant, &mut arguments);
                    let values: Vec<String> = values
                        .into_iter()
                        .map(|value| value.unwrap_or_else(|| branch.clone()))
                        .collect();
                    format!("Self::new({})", values.join(", "))
                };
                Constructor {
                    name: names[variant.branch.name.as_str()].clone(),
                    branch: &variant.branch.name,
                    features: variant.features,
                    arguments: arguments.list,
                    value,
                }
            })
            .collect()
    }

    /// The expression that makes a branch of what it insists on. A type that only
    /// wraps a struct is seen through.
    fn branch(&self, name: &str, variant: &Variant<'_>, arguments: &mut Arguments<'_>) -> String {
        let layout = self.layout;
        let Some(ty) = &variant.ty else {
            return format!("{name}::{}", variant.name);
        };
        let id = variant.branch.ty;
        let value = match (ty, layout.wrapped(id)) {
            (Ty::Plain(_), Some(field)) => {
                let inner = match &field.ty {
                    Ty::Plain(_) => {
                        arguments.add_struct(&field.ty, &layout.fields(field.member.ty))
                    }
                    other => arguments.add(&field.name, other),
                };
                format!("{}::new({inner})", ty.path(arguments.types))
            }
            (Ty::Plain(_), None) => arguments.add_struct(ty, &layout.fields(id)),
            _ => {
                let argument = arguments.add("branch", ty);
                ty.argument(&argument, arguments.types).1
            }
        };
        in_variant_of(name, variant, &value)
    }
}
