//! Enumerations.

use qapi_parser::schema::{Enum, TypeId};

use super::{INLINE, Renderer};
use crate::layout::variant_names;
use crate::meaning::Meaning;
use crate::writer::line;

impl Renderer<'_> {
    pub(super) fn open_enum(&mut self, id: TypeId, values: &Enum) {
        let name = self.layout.type_name(id);
        let meaning = Meaning::of_type(self.layout.schema, id);
        let names = variant_names(values.values.iter().map(|value| value.name.as_str()));
        let selection = self.layout.selection;
        let variants: Vec<_> = values
            .values
            .iter()
            .filter(|value| selection.exists(value.condition.as_ref(), &value.features))
            .map(|value| (value, &names[value.name.as_str()]))
            .collect();

        self.document(&self.subject("enum", id), "");
        self.derive(&[
            "Clone",
            "Debug",
            "PartialEq",
            "Eq",
            "PartialOrd",
            "Ord",
            "Hash",
        ]);
        line!(self.w, "#[non_exhaustive]");
        line!(self.w, "pub enum {name} {{");
        for (value, variant) in &variants {
            self.document_part(
                "value",
                &value.name,
                meaning.part(&value.name),
                value.condition.as_ref(),
                &value.features,
            );
            line!(self.w, "{variant},");
        }
        self.w.doc("A value that the schema does not know.");
        line!(self.w, "Unrecognized(::qmp_types::wire::Unrecognized),");
        line!(self.w, "}}");

        line!(self.w, "impl {name} {{");
        self.w.doc("The value on the wire.");
        line!(self.w, "{INLINE}");
        line!(self.w, "pub fn as_str(&self) -> &::core::primitive::str {{");
        line!(self.w, "match self {{");
        for (value, variant) in &variants {
            line!(self.w, "Self::{variant} => {:?},", value.name);
        }
        line!(self.w, "Self::Unrecognized(value) => value.as_str(),");
        line!(self.w, "}}");
        line!(self.w, "}}");
        line!(self.w, "}}");

        let quoted: Vec<String> = variants
            .iter()
            .map(|(value, _)| format!("{:?}", value.name))
            .collect();
        let known: Vec<String> = variants
            .iter()
            .map(|(_, variant)| format!("Self::{variant}"))
            .collect();
        line!(self.w, "impl ::qmp_types::wire::OpenEnum for {name} {{");
        line!(
            self.w,
            "const NAME: &'static ::core::primitive::str = {name:?};"
        );
        line!(
            self.w,
            "const NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&[{}]);",
            quoted.join(", ")
        );
        line!(
            self.w,
            "const VALUES: &'static [Self] = &[{}];",
            known.join(", ")
        );
        line!(self.w, "{INLINE}");
        line!(
            self.w,
            "fn unrecognized(value: ::qmp_types::wire::Unrecognized) -> Self {{"
        );
        line!(self.w, "Self::Unrecognized(value)");
        self.close_impl();
        line!(self.w, "::qmp_types::__open_enum!({name});");
    }
}
