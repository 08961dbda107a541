//! Unions: an enum of the branches, and where there are other common members a
//! struct around it.

use qapi_parser::schema::TypeId;

use super::record::Record;
use super::{INLINE, Renderer};
use crate::layout::{Ty, Variant};
use crate::writer::line;

impl Renderer<'_> {
    pub(super) fn union(&mut self, id: TypeId) {
        let fields = self.layout.fields(id, &["new"]);
        let tag = self.layout.tag(id).unwrap_or_default();
        let name = self.layout.type_name(id);
        if fields.len() == 1 {
            self.document(&self.subject("union", id), "");
            self.branches(id, name);
            self.open_read(name, "m");
            line!(self.w, "let mut tag = ::core::option::Option::None;");
            line!(self.w, "while m.next_or_keep(&[{tag:?}])?.is_some() {{");
            line!(self.w, "tag = m.value()?;");
            line!(self.w, "}}");
            line!(self.w, "let tag = m.required(tag, {tag:?})?;");
            line!(self.w, "Self::read_branch(tag, m)");
            self.close_impl();
            self.open_write(name, "m");
            line!(self.w, "m.serialize_entry({tag:?}, self.as_str())?;");
            line!(self.w, "self.write_branch(m)");
            self.close_impl();
            line!(self.w, "::qmp_types::__object!({name});");
        } else {
            let branches = self.layout.branch_enum(id);
            self.document(&self.subject("union", id), "");
            self.record(&Record {
                name,
                doc: self.layout.schema[id].doc.as_ref(),
                fields: &fields,
                types: self.own,
                union: Some((tag, branches)),
                extra: false,
                read: true,
                write: true,
            });
            self.w
                .doc(&format!("The branches of [`{name}`], by `{tag}`."));
            self.branches(id, branches);
        }
    }

    /// Writes the enum of the branches.
    fn branches(&mut self, id: TypeId, name: &str) {
        let variants = self.layout.union_variants(id);
        let unknown = (
            "A branch that the schema does not know.",
            "UnrecognizedBranch",
        );
        self.variants(id, name, &variants, unknown);

        line!(self.w, "impl {name} {{");
        self.w.doc("The discriminator's value.");
        line!(self.w, "{INLINE}");
        line!(self.w, "pub fn as_str(&self) -> &::core::primitive::str {{");
        line!(self.w, "match self {{");
        for variant in &variants {
            let any = if variant.ty.is_some() { "(_)" } else { "" };
            line!(
                self.w,
                "Self::{}{any} => {:?},",
                variant.name,
                variant.branch.name
            );
        }
        line!(self.w, "Self::Unrecognized(branch) => branch.tag(),");
        line!(self.w, "}}");
        line!(self.w, "}}");
        line!(
            self.w,
            "fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::std::string::String, m: &mut M) -> ::core::result::Result<Self, M::Error> {{"
        );
        line!(self.w, "::core::result::Result::Ok(match tag.as_str() {{");
        for variant in &variants {
            let read = if variant.ty.is_some() {
                "(m.branch()?)"
            } else {
                ""
            };
            line!(
                self.w,
                "{:?} => Self::{}{read},",
                variant.branch.name,
                variant.name
            );
        }
        line!(self.w, "_ => Self::Unrecognized(m.unrecognized(tag)),");
        line!(self.w, "}})");
        line!(self.w, "}}");
        line!(
            self.w,
            "fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut M) -> ::core::result::Result<(), M::Error> {{"
        );
        line!(self.w, "match self {{");
        for variant in variants.iter().filter(|variant| variant.ty.is_some()) {
            line!(
                self.w,
                "Self::{}(branch) => ::qmp_types::wire::WriteObject::write(branch, m),",
                variant.name
            );
        }
        line!(self.w, "Self::Unrecognized(branch) => branch.write(m),");
        if variants.iter().any(|variant| variant.ty.is_none()) {
            line!(self.w, "_ => ::core::result::Result::Ok(()),");
        }
        line!(self.w, "}}");
        line!(self.w, "}}");
        line!(self.w, "}}");
        self.conversions(name, &variants);
    }

    /// Writes the enum of a union's or an alternate's branches. The last variant
    /// is for what is unknown: its documentation, and its type in `wire`.
    pub(super) fn variants(
        &mut self,
        id: TypeId,
        name: &str,
        variants: &[Variant<'_>],
        unknown: (&str, &str),
    ) {
        let doc = self.layout.schema[id].doc.as_ref();
        self.derive(&["Clone", "Debug", "PartialEq"]);
        line!(self.w, "#[non_exhaustive]");
        line!(self.w, "pub enum {name} {{");
        for variant in variants {
            let branch = variant.branch;
            let text = doc
                .and_then(|doc| doc.member(&branch.name))
                .unwrap_or_default();
            let condition = branch.condition.as_ref();
            self.document_part("branch", &branch.name, text, condition, variant.features);
            line!(self.w, "{}{},", variant.name, payload(variant, self.own));
        }
        self.w.doc(unknown.0);
        line!(self.w, "Unrecognized(::qmp_types::wire::{}),", unknown.1);
        line!(self.w, "}}");
    }

    /// Writes a `From` for each type that stands for one variant, and for what
    /// such a type only wraps.
    pub(super) fn conversions(&mut self, name: &str, variants: &[Variant<'_>]) {
        let held = |variant: &Variant<'_>| variant.ty.clone();
        for variant in variants {
            let boxed = |value: &str| {
                if variant.boxed {
                    format!("::std::boxed::Box::new({value})")
                } else {
                    value.to_owned()
                }
            };
            let Some(ty) = &variant.ty else { continue };
            if stands_for(ty, variant, variants, held) {
                let value = format!("Self::{}({})", variant.name, boxed("value"));
                self.conversion(name, &ty.path(self.own), &value);
            }
            let Some(inner) = variant.wrapped.as_ref().filter(|inner| inner.is_object()) else {
                continue;
            };
            let is_held = variants
                .iter()
                .any(|other| other.ty.as_ref() == Some(inner));
            if !is_held && stands_for(inner, variant, variants, |other| other.wrapped.clone()) {
                let value = format!("{}::new(value)", ty.path(self.own));
                let value = format!("Self::{}({})", variant.name, boxed(&value));
                self.conversion(name, &inner.path(self.own), &value);
            }
        }
    }
}

/// Whether a value of the type means this variant: it is the only one that
/// holds the type, or the only one of those that the type is named for, as
/// `BlockdevOptionsFile` is for `file` and not for `host_device`.
fn stands_for(
    ty: &Ty,
    variant: &Variant<'_>,
    variants: &[Variant<'_>],
    held: impl Fn(&Variant<'_>) -> Option<Ty>,
) -> bool {
    let holders: Vec<_> = variants
        .iter()
        .filter(|other| held(other).as_ref() == Some(ty))
        .collect();
    let path = ty.path("");
    let named = |variant: &Variant<'_>| path.ends_with(&variant.name);
    holders.len() == 1
        || named(variant) && holders.iter().filter(|holder| named(holder)).count() == 1
}

/// What a variant holds, with the brackets. `types` is the path of the module of
/// types.
fn payload(variant: &Variant<'_>, types: &str) -> String {
    match &variant.ty {
        None => String::new(),
        Some(ty) if variant.boxed => format!("(::std::boxed::Box<{}>)", ty.path(types)),
        Some(ty) => format!("({})", ty.path(types)),
    }
}
