//! Structs: those of the schema, unions with common members, the arguments of
//! commands, the data of events.

use qapi_parser::schema::TypeId;

use super::{INLINE, Renderer, name_list};
use crate::layout::{EXTRA, Field, OptionalArgument, Ty};
use crate::meaning::Meaning;
use crate::writer::line;

/// A struct to be written.
pub(super) struct Record<'a> {
    pub(super) name: &'a str,
    pub(super) meaning: Meaning<'a>,
    pub(super) fields: &'a [Field<'a>],
    /// The path of the module of types, seen from the struct.
    pub(super) types: &'static str,
    /// For a union: the discriminator's name and the enum of the branches.
    pub(super) union: Option<(&'a str, &'a str)>,
    /// The command to which undeclared members can be added, for `'gen': false`.
    pub(super) extra: Option<&'a str>,
    pub(super) read: bool,
    pub(super) write: bool,
}

impl Record<'_> {
    fn is_tag(&self, field: &Field<'_>) -> bool {
        self.union.is_some_and(|(tag, _)| tag == field.member.name)
    }

    /// The type of a field that is not the discriminator, without `Option`.
    fn field_type(&self, field: &Field<'_>) -> String {
        if self.is_tag(field) {
            return self
                .union
                .map_or_else(String::new, |(_, branches)| branches.to_owned());
        }
        let path = field.ty.path(self.types);
        if field.boxed {
            format!("::std::boxed::Box<{path}>")
        } else {
            path
        }
    }

    /// The type of the argument that sets a field, and the value made of it.
    fn argument(&self, field: &Field<'_>) -> (String, String) {
        let name = &field.name;
        let (ty, value) = match self.union {
            Some((_, branches)) if self.is_tag(field) => {
                Ty::Convertible(branches.to_owned()).argument(name, self.types)
            }
            _ => field.ty.argument(name, self.types),
        };
        if field.boxed {
            (ty, format!("::std::boxed::Box::new({value})"))
        } else {
            (ty, value)
        }
    }

    /// What the setter of an optional field takes, and the value made of it.
    fn optional_argument(&self, field: &Field<'_>) -> OptionalArgument {
        let mut argument = field.ty.optional_argument(&field.name, self.types);
        if field.boxed {
            argument.value = format!(
                "::core::option::Option::map({}, ::std::boxed::Box::new)",
                argument.value
            );
        }
        argument
    }
}

impl Renderer<'_> {
    /// A struct of the schema.
    pub(super) fn structure(&mut self, id: TypeId) {
        let fields = self.layout.fields(id);
        self.document(&self.subject("struct", id), "");
        self.record(&Record {
            name: self.layout.type_name(id),
            meaning: Meaning::of_type(self.layout.schema, id),
            fields: &fields,
            types: self.own,
            union: None,
            extra: None,
            read: true,
            write: true,
        });
        if let Some(field) = self.layout.wrapped(id) {
            let (name, ty) = (self.layout.type_name(id), field.ty.path(self.own));
            self.conversion(name, &ty, "Self::new(value)");
        }
    }

    /// Writes a `From`, whose `value` the expression makes the type of.
    pub(super) fn conversion(&mut self, name: &str, from: &str, expression: &str) {
        line!(self.w, "impl ::core::convert::From<{from}> for {name} {{");
        line!(self.w, "{INLINE}");
        line!(self.w, "fn from(value: {from}) -> Self {{");
        line!(self.w, "{expression}");
        self.close_impl();
    }

    /// Writes a struct with its constructor, its setters and its impls.
    pub(super) fn record(&mut self, record: &Record<'_>) {
        let name = record.name;
        let has_default = record.fields.iter().all(|field| field.optional);
        // Without fields there is nothing to hide.
        let is_empty = record.fields.is_empty() && record.extra.is_none();
        match (is_empty, has_default) {
            (true, _) => self.derive(&["Clone", "Debug", "PartialEq", "Default"]),
            (false, true) => self.derive_but_debug(&["Clone", "PartialEq", "Default"]),
            (false, false) => self.derive_but_debug(&["Clone", "PartialEq"]),
        }
        line!(self.w, "#[non_exhaustive]");
        line!(self.w, "pub struct {name} {{");
        for field in record.fields {
            self.document_field(&record.meaning, field);
            let ty = record.field_type(field);
            let ty = if field.optional {
                format!("::core::option::Option<{ty}>")
            } else {
                ty
            };
            line!(self.w, "pub {}: {ty},", field.name);
        }
        if record.extra.is_some() {
            self.w.doc("Members that the schema does not declare.");
            line!(
                self.w,
                "pub {EXTRA}: ::qmp_types::wire::Map<::std::string::String, ::qmp_types::wire::Value>,"
            );
        }
        line!(self.w, "}}");
        if !is_empty {
            let fields = record.fields.iter().map(|field| field.name.as_str());
            self.debug_fields(name, fields.chain(record.extra.map(|_| EXTRA)));
        }
        line!(self.w, "impl {name} {{");
        self.constructor(record);
        for field in record.fields.iter().filter(|field| field.optional) {
            self.setter(record, field);
        }
        if record.extra.is_some() {
            self.extra_setter();
        }
        line!(self.w, "}}");
        if record.read {
            self.read_record(record);
        }
        if record.write {
            self.write_record(record);
        }
        self.object(name, record.read, record.write);
    }

    /// Writes serde's impls for what reads or writes an object.
    pub(super) fn object(&mut self, name: &str, read: bool, write: bool) {
        match (read, write) {
            (true, true) => line!(self.w, "::qmp_types::__object!({name});"),
            (true, false) => line!(self.w, "::qmp_types::__object!({name}: read);"),
            _ => line!(self.w, "::qmp_types::__object!({name}: write);"),
        }
    }

    fn constructor(&mut self, record: &Record<'_>) {
        let mandatory = || record.fields.iter().filter(|field| !field.optional);
        let arguments: Vec<String> = mandatory()
            .map(|field| format!("{}: {}", field.name, record.argument(field).0))
            .collect();
        self.w.doc(constructor_doc(&arguments));
        line!(self.w, "{INLINE}");
        line!(self.w, "pub fn new({}) -> Self {{", arguments.join(", "));
        line!(self.w, "Self {{");
        for field in record.fields {
            if field.optional {
                line!(self.w, "{}: ::core::option::Option::None,", field.name);
            } else {
                line!(self.w, "{}: {},", field.name, record.argument(field).1);
            }
        }
        if record.extra.is_some() {
            line!(self.w, "{EXTRA}: ::qmp_types::wire::Map::new(),");
        }
        line!(self.w, "}}");
        line!(self.w, "}}");
    }

    /// Writes for a struct around another one what the other one has: the
    /// constructor and the setters.
    pub(super) fn delegate(&mut self, record: &Record<'_>, inner: &str) {
        let mandatory = || record.fields.iter().filter(|field| !field.optional);
        let arguments: Vec<String> = mandatory()
            .map(|field| format!("{}: {}", field.name, record.argument(field).0))
            .collect();
        let names: Vec<&str> = mandatory().map(|field| field.name.as_str()).collect();
        self.w.doc(constructor_doc(&arguments));
        line!(self.w, "{INLINE}");
        line!(self.w, "pub fn new({}) -> Self {{", arguments.join(", "));
        line!(self.w, "Self({inner}::new({}))", names.join(", "));
        line!(self.w, "}}");
        for field in record.fields.iter().filter(|field| field.optional) {
            let OptionalArgument { generics, ty, .. } = record.optional_argument(field);
            let Field { name, setter, .. } = field;
            self.w.doc(&format!("Sets `{}`.", field.member.name));
            line!(self.w, "{INLINE}");
            line!(
                self.w,
                "pub fn {setter}{generics}(self, {name}: {ty}) -> Self {{"
            );
            line!(self.w, "Self(self.0.{setter}({name}))");
            line!(self.w, "}}");
        }
    }

    fn setter(&mut self, record: &Record<'_>, field: &Field<'_>) {
        let OptionalArgument {
            generics,
            ty,
            value,
        } = record.optional_argument(field);
        let Field { name, setter, .. } = field;
        self.w.doc(&format!("Sets `{}`.", field.member.name));
        line!(self.w, "{INLINE}");
        line!(
            self.w,
            "pub fn {setter}{generics}(mut self, {name}: {ty}) -> Self {{"
        );
        line!(self.w, "self.{name} = {value};");
        line!(self.w, "self");
        line!(self.w, "}}");
    }

    fn extra_setter(&mut self) {
        self.w.doc(
            "Adds a member that the schema does not declare. One that is declared and set, \
                 too, is an error when the command is sent.",
        );
        line!(self.w, "pub fn {EXTRA}(");
        line!(self.w, "mut self,");
        line!(
            self.w,
            "name: impl ::core::convert::Into<::std::string::String>,"
        );
        line!(
            self.w,
            "value: impl ::core::convert::Into<::qmp_types::wire::Value>,"
        );
        line!(self.w, ") -> Self {{");
        line!(self.w, "self.{EXTRA}.insert(name.into(), value.into());");
        line!(self.w, "self");
        line!(self.w, "}}");
        self.w
            .doc("Adds the members of an object that the schema does not declare.");
        line!(self.w, "pub fn {EXTRA}_of(");
        line!(self.w, "mut self,");
        line!(self.w, "object: &impl ::qmp_types::wire::WriteObject,");
        line!(self.w, ") -> Self {{");
        line!(
            self.w,
            "self.{EXTRA}.extend(::qmp_types::wire::members_of(object));"
        );
        line!(self.w, "self");
        line!(self.w, "}}");
    }

    fn read_record(&mut self, record: &Record<'_>) {
        let next = if record.union.is_some() || record.extra.is_some() {
            "next_or_keep"
        } else {
            "next"
        };
        self.open_read(
            record.name,
            if record.fields.is_empty() && record.extra.is_none() {
                "_"
            } else {
                "m"
            },
        );
        for index in 0..record.fields.len() {
            line!(self.w, "let mut v{index} = ::core::option::Option::None;");
        }
        if !record.fields.is_empty() || record.extra.is_some() {
            let names = name_list(record.fields);
            line!(
                self.w,
                "while let ::core::option::Option::Some(member) = m.{next}(const {{ &::qmp_types::wire::Names::new(&[{names}]) }})? {{"
            );
            line!(self.w, "match member {{");
            for (index, field) in record.fields.iter().enumerate() {
                let read = match &field.ty {
                    _ if record.is_tag(field) => {
                        format!("tag({}::TAG_NAMES, ", record.field_type(field))
                    }
                    Ty::List(_) => "list(".to_owned(),
                    _ => "value(".to_owned(),
                };
                line!(self.w, "{index} => m.{read}&mut v{index}),");
            }
            line!(self.w, "_ => ::core::result::Result::Ok(()),");
            line!(self.w, "}}?;");
            line!(self.w, "}}");
        }
        for (index, field) in record.fields.iter().enumerate() {
            if record.is_tag(field) || !field.optional {
                line!(
                    self.w,
                    "let ::core::option::Option::Some(v{index}) = v{index} else {{ return m.missing({:?}) }};",
                    field.member.name
                );
            }
        }
        line!(self.w, "::core::result::Result::Ok(Self {{");
        for (index, field) in record.fields.iter().enumerate() {
            let name = &field.name;
            if record.is_tag(field) {
                line!(
                    self.w,
                    "{name}: {}::read_branch(v{index}, m)?,",
                    record.field_type(field)
                );
            } else {
                line!(self.w, "{name}: v{index},");
            }
        }
        if record.extra.is_some() {
            line!(self.w, "{EXTRA}: m.rest()?,");
        }
        line!(self.w, "}})");
        self.close_impl();
    }

    fn write_record(&mut self, record: &Record<'_>) {
        self.open_write(
            record.name,
            if record.fields.is_empty() && record.extra.is_none() {
                "_"
            } else {
                "m"
            },
        );
        for field in record.fields {
            let (name, member) = (&field.name, &field.member.name);
            if record.is_tag(field) {
                line!(self.w, "m.member({member:?}, self.{name}.as_str());");
                line!(self.w, "self.{name}.write_branch(m);");
            } else {
                let write = if field.optional { "optional" } else { "member" };
                line!(self.w, "m.{write}({member:?}, &self.{name});");
            }
        }
        if let Some(command) = record.extra {
            let declared: Vec<String> = record
                .fields
                .iter()
                .map(|field| {
                    let (name, member) = (&field.name, &field.member.name);
                    if field.optional {
                        format!("({member:?}, self.{name}.is_some())")
                    } else {
                        format!("({member:?}, true)")
                    }
                })
                .collect();
            line!(
                self.w,
                "m.extra({command:?}, &[{}], &self.{EXTRA});",
                declared.join(", ")
            );
        }
        self.close_impl();
    }

    /// Opens the impl that reads an object, and the function in it, whose argument
    /// gets the name `members`.
    pub(super) fn open_read(&mut self, name: &str, members: &str) {
        line!(self.w, "impl ::qmp_types::wire::ReadObject for {name} {{");
        line!(
            self.w,
            "const NAME: &'static ::core::primitive::str = {name:?};"
        );
        line!(self.w, "{INLINE}");
        line!(
            self.w,
            "fn read<'de, M: ::qmp_types::wire::Members<'de>>({members}: &mut M) -> ::core::result::Result<Self, M::Error> {{"
        );
    }

    /// Opens the impl that writes an object, and the function in it, whose argument
    /// gets the name `members`.
    pub(super) fn open_write(&mut self, name: &str, members: &str) {
        line!(self.w, "impl ::qmp_types::wire::WriteObject for {name} {{");
        line!(
            self.w,
            "fn write<M: ::qmp_types::wire::SerializeMap>(&self, {members}: &mut ::qmp_types::wire::Output<M>) {{"
        );
    }

    pub(super) fn close_impl(&mut self) {
        line!(self.w, "}}");
        line!(self.w, "}}");
    }
}

fn constructor_doc(arguments: &[String]) -> &'static str {
    if arguments.is_empty() {
        "Without any optional member."
    } else {
        "With what is mandatory."
    }
}
