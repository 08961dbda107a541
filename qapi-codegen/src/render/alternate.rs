//! Alternates: an enum whose variant the JSON type selects.

use qapi_parser::schema::{Builtin, TypeId, TypeKind};

use super::{INLINE, Renderer};
use crate::layout::{Ty, Variant};
use crate::writer::line;

impl Renderer<'_> {
    pub(super) fn alternate(&mut self, id: TypeId) {
        let name = self.layout.type_name(id);
        let variants = self.layout.alternate_variants(id);
        self.document(&self.subject("alternate", id), "");
        let unknown = (
            "A value of a JSON type that the schema does not know here.",
            "Value",
        );
        self.derive_but_debug(&["Clone", "PartialEq"]);
        self.variants(id, name, &variants, unknown);
        self.open_debug(name);
        line!(self.w, "match self {{");
        let is_value = |variant: &&Variant<'_>| variant.ty.is_some();
        let values = variants.iter().filter(is_value);
        for name in values.map(|v| v.name.as_str()).chain(["Unrecognized"]) {
            line!(
                self.w,
                "Self::{name}(value) => ::qmp_types::wire::debug_variant(f, {name:?}, value),"
            );
        }
        for variant in variants.iter().filter(|variant| variant.ty.is_none()) {
            let name = &variant.name;
            line!(self.w, "Self::{name} => f.write_str({name:?}),");
        }
        line!(self.w, "}}");
        self.close_impl();

        line!(self.w, "impl ::qmp_types::wire::Alternate for {name} {{");
        line!(
            self.w,
            "fn unrecognized(value: ::qmp_types::wire::Value) -> Self {{"
        );
        line!(self.w, "Self::Unrecognized(value)");
        line!(self.w, "}}");
        for variant in &variants {
            let method = self.json_type(variant.branch.ty);
            line!(
                self.w,
                "fn {method}<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {{"
            );
            let read = match &variant.ty {
                Some(Ty::List(_)) => "::qmp_types::wire::list(value)",
                Some(_) => "::qmp_types::wire::Deserialize::deserialize(value)",
                None => "::qmp_types::wire::nothing(value)",
            };
            match &variant.ty {
                Some(_) => line!(self.w, "{read}.map(Self::{})", variant.name),
                None => line!(self.w, "{read}.map(|()| Self::{})", variant.name),
            }
            line!(self.w, "}}");
        }
        line!(self.w, "}}");
        line!(self.w, "::qmp_types::__alternate!({name});");

        line!(self.w, "impl ::qmp_types::wire::Serialize for {name} {{");
        line!(
            self.w,
            "fn serialize<S: ::qmp_types::wire::Serializer>(&self, s: S) -> ::core::result::Result<S::Ok, S::Error> {{"
        );
        line!(self.w, "match self {{");
        for variant in &variants {
            let name = &variant.name;
            match (&variant.ty, self.json_type(variant.branch.ty)) {
                (Some(_), _) => {
                    line!(
                        self.w,
                        "Self::{name}(value) => ::qmp_types::wire::Serialize::serialize(value, s),"
                    );
                }
                (None, "null") => line!(self.w, "Self::{name} => s.serialize_unit(),"),
                (None, _) => line!(
                    self.w,
                    "Self::{name} => ::qmp_types::wire::SerializeMap::end(s.serialize_map(::core::option::Option::Some(0))?),"
                ),
            }
        }
        line!(
            self.w,
            "Self::Unrecognized(value) => ::qmp_types::wire::Serialize::serialize(value, s),"
        );
        line!(self.w, "}}");
        self.close_impl();
        self.conversions(name, &variants);
        self.conversions_through(name, &variants);
        if let Some(variant) = variants
            .iter()
            .find(|variant| variant.ty == Some(Ty::String))
        {
            line!(
                self.w,
                "impl ::core::convert::From<&::core::primitive::str> for {name} {{"
            );
            line!(self.w, "{INLINE}");
            line!(self.w, "fn from(value: &::core::primitive::str) -> Self {{");
            line!(self.w, "Self::{}(value.into())", variant.name);
            line!(self.w, "}}");
            line!(self.w, "}}");
        }
    }

    /// The JSON type of a branch, as `wire::Alternate` of qmp-types calls it.
    fn json_type(&self, id: TypeId) -> &'static str {
        match &self.layout.schema[id].kind {
            TypeKind::Builtin(Builtin::Str) | TypeKind::Enum(_) => "string",
            TypeKind::Builtin(Builtin::Bool) => "boolean",
            TypeKind::Builtin(Builtin::Null) => "null",
            // The schema language does not allow `any` here.
            TypeKind::Builtin(_) => "number",
            TypeKind::Array(_) => "array",
            TypeKind::Object(_) | TypeKind::Alternate(_) => "object",
        }
    }
}
