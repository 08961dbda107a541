//! Commands.

use qapi_parser::schema::Command;

use super::docs::Subject;
use super::record::Record;
use super::{INLINE, Renderer};
use crate::example;
use crate::layout::Ty;
use crate::meaning::Meaning;
use crate::writer::line;

impl Renderer<'_> {
    pub(super) fn command(&mut self, command: &Command, name: &str) {
        let subject = Subject {
            kind: "command",
            name: &command.name,
            meaning: Meaning::of_command(command),
            manual: "command",
            module: command.module,
            example: example::of_command(self.layout, command),
            condition: command.condition.as_ref(),
            features: &command.features,
        };
        let returns = self.returns(command);
        self.document(&subject, &returns);
        match command.args {
            Some(id) if self.is_named(id) => {
                self.newtype(name, id, self.both_directions, true);
                self.conversions_of_command(&command.name, name, id);
            }
            args => {
                let extra = !command.gen_code && args.is_some();
                let fields = match args {
                    Some(id) if extra => self.layout.fields_beside_extra(id),
                    Some(id) => self.layout.fields(id),
                    None => Vec::new(),
                };
                self.record(&Record {
                    name,
                    meaning: subject.meaning,
                    fields: &fields,
                    types: self.types,
                    union: None,
                    extra: extra.then_some(command.name.as_str()),
                    read: self.both_directions,
                    write: true,
                });
            }
        }

        let ty = command.ret.map(|id| self.layout.ty(id));
        let path = ty
            .as_ref()
            .map_or_else(|| "()".to_owned(), |ty| ty.path(self.types));
        self.open_of_protocol("Command", name);
        line!(self.w, "type Return = {path};");
        line!(
            self.w,
            "const NAME: &'static ::core::primitive::str = {:?};",
            command.name
        );
        for (constant, differs, value) in [
            ("ALLOW_OOB", command.allow_oob, true),
            ("ALLOW_PRECONFIG", command.allow_preconfig, true),
            ("SUCCESS_RESPONSE", !command.success_response, false),
        ] {
            if differs {
                line!(
                    self.w,
                    "const {constant}: ::core::primitive::bool = {value};"
                );
            }
        }
        self.stability(&command.features);
        let read = match ty {
            None => Some("nothing"),
            Some(Ty::List(_)) => Some("list"),
            Some(_) => None,
        };
        if let Some(read) = read {
            line!(
                self.w,
                "fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {{"
            );
            line!(self.w, "::qmp_types::wire::{read}(reply)");
            line!(self.w, "}}");
        }
        line!(self.w, "}}");
        if self.both_directions {
            line!(self.w, "impl ::qmp_types::ServeCommand for {name} {{");
            line!(
                self.w,
                "fn encode_return<S: ::qmp_types::wire::Serializer>(value: &Self::Return, s: S) -> ::core::result::Result<S::Ok, S::Error> {{"
            );
            if command.ret.is_some() {
                line!(self.w, "::qmp_types::wire::Serialize::serialize(value, s)");
            } else {
                line!(self.w, "let () = value;");
                line!(
                    self.w,
                    "::qmp_types::wire::SerializeMap::end(s.serialize_map(::core::option::Option::Some(0))?)"
                );
            }
            self.close_impl();
        }
    }

    /// Whether arguments are a type of their own, and not the members of an
    /// object that the schema left without a name.
    pub(super) fn is_named(&self, id: qapi_parser::schema::TypeId) -> bool {
        !self.layout.schema[id].implicit || self.layout.is_external(id)
    }

    /// A struct around a type of the schema.
    pub(super) fn newtype(
        &mut self,
        name: &str,
        id: qapi_parser::schema::TypeId,
        read: bool,
        write: bool,
    ) {
        let wraps = self.wraps(id);
        let path = self.layout.ty(id).path(self.types);
        if self.layout.has_default(id) {
            self.derive(&["Clone", "Debug", "PartialEq", "Default"]);
        } else {
            self.derive(&["Clone", "Debug", "PartialEq"]);
        }
        line!(self.w, "pub struct {name}(");
        self.w.doc(&wraps);
        line!(self.w, "pub {path},");
        line!(self.w, ");");
        self.conversion(name, &path, "Self(value)");
        if write {
            self.newtype_api(name, id, &path);
        }
        if read {
            self.open_read(name, "m");
            line!(
                self.w,
                "<{path} as ::qmp_types::wire::ReadObject>::read(m).map(Self)"
            );
            self.close_impl();
        }
        if write {
            self.open_write(name, "m");
            line!(self.w, "::qmp_types::wire::WriteObject::write(&self.0, m);");
            self.close_impl();
        }
        self.object(name, read, write);
    }

    /// What a command's struct around a type of the schema can do itself, so that
    /// its user needs not name both.
    fn newtype_api(&mut self, name: &str, id: qapi_parser::schema::TypeId, path: &str) {
        let layout = self.layout;
        let fields = if layout.is_external(id) {
            Vec::new()
        } else {
            layout.fields(id)
        };
        let tag = layout.tag(id);
        line!(self.w, "impl {name} {{");
        if fields.is_empty() || tag.is_some() && fields.len() == 1 {
            let (ty, value) = Ty::External(path.to_owned()).argument("value", "");
            self.w.doc("With these arguments.");
            line!(self.w, "{INLINE}");
            line!(self.w, "pub fn new(value: {ty}) -> Self {{");
            line!(self.w, "Self({value})");
            line!(self.w, "}}");
        } else {
            let record = Record {
                name,
                meaning: Meaning::default(),
                fields: &fields,
                types: self.types,
                union: tag.map(|tag| (tag, layout.branch_enum(id))),
                extra: None,
                read: false,
                write: true,
            };
            self.delegate(&record, path);
        }
        self.delegate_constructors(id, path);
        line!(self.w, "}}");
    }
}
