//! Schema to introspection.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::condition::Symbols;
use crate::schema::{
    Alternate, Branch, Builtin, Command, Condition, EntityId, Enum, Event, Feature, Member, Object,
    Schema, TypeId, TypeKind,
};

/// Options of [`Schema::to_introspection`].
#[derive(Clone, Debug, Default)]
pub struct Options {
    unmask: bool,
    symbols: Symbols,
    enum_members: Option<bool>,
}

impl Options {
    /// Creates the options of QEMU's own introspection, with all conditions kept.
    pub fn new() -> Options {
        Options::default()
    }

    /// Whether types keep their names instead of becoming numbers, as with
    /// the option `-u` of QEMU's generator.
    pub fn unmask(mut self, unmask: bool) -> Options {
        self.unmask = unmask;
        self
    }

    /// Sets the symbols that decide conditions. Undecided conditions are kept.
    pub fn symbols(mut self, symbols: Symbols) -> Options {
        self.symbols = symbols;
        self
    }

    /// Whether enums list their values as `members`, with features, beside
    /// `values`. QEMU does since 6.2. By default, a schema that declares
    /// `SchemaInfoEnum` decides by what it declares, and any other has both.
    pub fn enum_members(mut self, enum_members: bool) -> Options {
        self.enum_members = Some(enum_members);
        self
    }
}

impl Schema {
    /// Returns the introspection of this schema: the array of `SchemaInfo` that
    /// QEMU's generator makes.
    ///
    /// ```
    /// use qapi_parser::introspect::Options;
    /// use qapi_parser::loader::Memory;
    /// use qapi_parser::Parser;
    ///
    /// let files = Memory::from_iter([("main.json", "{ 'event': 'STOP' }")]);
    /// let schema = Parser::new().parse(&files, "main.json").unwrap().schema;
    /// let introspection = schema.to_introspection(&Options::new().unmask(true));
    /// assert_eq!(introspection[0]["name"], "STOP");
    /// assert_eq!(introspection[0]["arg-type"], "q_empty");
    /// assert_eq!(introspection[1]["members"].as_array().unwrap().len(), 0);
    /// ```
    pub fn to_introspection(&self, options: &Options) -> Value {
        let mut writer = Writer {
            schema: self,
            unmask: options.unmask,
            enum_members: options
                .enum_members
                .unwrap_or_else(|| declares_enum_members(self)),
            symbols: &options.symbols,
            used: Vec::new(),
            seen: vec![false; self.types.len()],
            masked: HashMap::new(),
            int: self.type_named("int"),
            int_list: self.type_named("intList"),
            any: self.type_named("any"),
            any_list: self.type_named("anyList"),
            empty: self.type_named("q_empty"),
            infos: Vec::new(),
        };
        for id in &self.order {
            match id {
                EntityId::Command(id) => writer.command(&self[*id]),
                EntityId::Event(id) => writer.event(&self[*id]),
                EntityId::Type(_) => {}
            }
        }
        let mut next = 0;
        while let Some(id) = writer.used.get(next) {
            writer.used_type(*id);
            next += 1;
        }
        Value::Array(writer.infos)
    }
}

fn declares_enum_members(schema: &Schema) -> bool {
    let Some(id) = schema.type_named("SchemaInfoEnum") else {
        return true;
    };
    let members = schema.all_members(id);
    members.iter().any(|member| member.name == "members")
}

struct Writer<'s> {
    schema: &'s Schema,
    unmask: bool,
    enum_members: bool,
    symbols: &'s Symbols,
    /// The types met so far, in order.
    used: Vec<TypeId>,
    seen: Vec<bool>,
    masked: HashMap<&'s str, usize>,
    int: Option<TypeId>,
    int_list: Option<TypeId>,
    any: Option<TypeId>,
    any_list: Option<TypeId>,
    empty: Option<TypeId>,
    infos: Vec<Value>,
}

impl<'s> Writer<'s> {
    /// Whether the condition does not exclude it. Types of excluded entities are
    /// numbered, too, so these must be visited as well.
    fn exists(&self, condition: Option<&Condition>) -> bool {
        condition.is_none_or(|condition| condition.evaluate(self.symbols) != Some(false))
    }

    fn mask(&mut self, name: &'s str) -> String {
        if self.unmask {
            return name.to_owned();
        }
        let next = self.masked.len();
        self.masked.entry(name).or_insert(next).to_string()
    }

    /// The name under which a type is referred to.
    fn use_type(&mut self, id: TypeId) -> String {
        let schema = self.schema;
        let id = self.canonical(id);
        let seen = &mut self.seen[id.0 as usize];
        if !*seen {
            *seen = true;
            self.used.push(id);
        }
        match &schema[id].kind {
            TypeKind::Builtin(_) => schema[id].name.clone(),
            TypeKind::Array(element) => format!("[{}]", self.use_type(*element)),
            _ => self.mask(&schema[id].name),
        }
    }

    /// All integers are shown as `int`, and what was any value before there was `any`
    /// is shown as that.
    fn canonical(&self, id: TypeId) -> TypeId {
        let replacement = match self.schema[id].kind {
            TypeKind::Builtin(builtin) => match json_type(builtin) {
                "int" => self.int,
                "value" => self.any,
                _ => None,
            },
            TypeKind::Array(element) => match self.schema[element].kind {
                TypeKind::Builtin(builtin) => match json_type(builtin) {
                    "int" => self.int_list,
                    "value" => self.any_list,
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        replacement.unwrap_or(id)
    }

    fn use_object(&mut self, id: Option<TypeId>) -> Value {
        match id.or(self.empty) {
            Some(id) => json!(self.use_type(id)),
            None => Value::Null,
        }
    }

    fn command(&mut self, command: &'s Command) {
        let mut info = Map::new();
        info.insert("arg-type".to_owned(), self.use_object(command.args));
        info.insert("ret-type".to_owned(), self.use_object(command.ret));
        if command.allow_oob {
            info.insert("allow-oob".to_owned(), json!(true));
        }
        self.info(
            &command.name,
            "command",
            info,
            command.condition.as_ref(),
            &command.features,
        );
    }

    fn event(&mut self, event: &'s Event) {
        let mut info = Map::new();
        info.insert("arg-type".to_owned(), self.use_object(event.args));
        self.info(
            &event.name,
            "event",
            info,
            event.condition.as_ref(),
            &event.features,
        );
    }

    fn info(
        &mut self,
        name: &str,
        meta_type: &str,
        mut info: Map<String, Value>,
        condition: Option<&Condition>,
        features: &[Feature],
    ) {
        info.insert("name".to_owned(), json!(name));
        info.insert("meta-type".to_owned(), json!(meta_type));
        self.features(&mut info, features);
        if self.exists(condition) {
            self.infos.push(Value::Object(info));
        }
    }

    fn features(&self, info: &mut Map<String, Value>, features: &[Feature]) {
        if !features.is_empty() {
            let names = features
                .iter()
                .filter(|feature| self.exists(feature.condition.as_ref()))
                .map(|feature| json!(feature.name));
            info.insert("features".to_owned(), names.collect());
        }
    }

    fn used_type(&mut self, id: TypeId) {
        let ty = &self.schema[id];
        let (meta_type, info) = match &ty.kind {
            TypeKind::Builtin(builtin) => {
                let info = json!({ "json-type": json_type(*builtin) });
                ("builtin", info)
            }
            TypeKind::Enum(declared) => ("enum", self.enumeration(declared)),
            TypeKind::Object(declared) => ("object", self.object(id, declared)),
            TypeKind::Alternate(declared) => ("alternate", self.alternate(declared)),
            TypeKind::Array(element) => {
                let element = self.use_type(*element);
                ("array", json!({ "element-type": element }))
            }
        };
        let Value::Object(info) = info else {
            return;
        };
        let name = self.use_type(id);
        self.info(&name, meta_type, info, ty.condition.as_ref(), &ty.features);
    }

    fn enumeration(&self, declared: &Enum) -> Value {
        let present: Vec<_> = declared
            .values
            .iter()
            .filter(|value| self.exists(value.condition.as_ref()))
            .collect();
        let values: Value = present.iter().map(|value| json!(value.name)).collect();
        if !self.enum_members {
            return json!({ "values": values });
        }
        let members = present.iter().map(|value| {
            let mut info = Map::new();
            info.insert("name".to_owned(), json!(value.name));
            self.features(&mut info, &value.features);
            Value::Object(info)
        });
        json!({ "members": members.collect::<Value>(), "values": values })
    }

    fn object(&mut self, id: TypeId, declared: &'s Object) -> Value {
        let members = self.schema.all_members(id);
        let members = members.into_iter().filter_map(|member| self.member(member));
        let mut info = json!({ "members": members.collect::<Value>() });
        if let Some(variants) = &declared.variants {
            let branches = variants.branches.iter();
            let branches = branches.filter_map(|branch| self.variant(branch));
            info["variants"] = branches.collect();
            info["tag"] = json!(variants.tag);
        }
        info
    }

    fn member(&mut self, member: &'s Member) -> Option<Value> {
        let mut info = Map::new();
        info.insert("name".to_owned(), json!(member.name));
        info.insert("type".to_owned(), json!(self.use_type(member.ty)));
        if member.optional {
            info.insert("default".to_owned(), Value::Null);
        }
        self.features(&mut info, &member.features);
        self.exists(member.condition.as_ref())
            .then_some(Value::Object(info))
    }

    fn variant(&mut self, branch: &'s Branch) -> Option<Value> {
        let info = json!({ "case": branch.name, "type": self.use_type(branch.ty) });
        self.exists(branch.condition.as_ref()).then_some(info)
    }

    fn alternate(&mut self, declared: &'s Alternate) -> Value {
        let branches = declared.branches.iter().filter_map(|branch| {
            let info = json!({ "type": self.use_type(branch.ty) });
            self.exists(branch.condition.as_ref()).then_some(info)
        });
        let members: Value = branches.collect();
        json!({ "members": members })
    }
}

/// The name under which a built-in type appears.
pub(super) fn shown_name(builtin: Builtin, name: &str) -> &str {
    match json_type(builtin) {
        "int" => "int",
        "value" => "any",
        _ => name,
    }
}

fn json_type(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::Str => "string",
        Builtin::Number => "number",
        Builtin::Bool => "boolean",
        Builtin::Null => "null",
        Builtin::Any | Builtin::Anything => "value",
        Builtin::Int
        | Builtin::Int8
        | Builtin::Int16
        | Builtin::Int32
        | Builtin::Int64
        | Builtin::Uint8
        | Builtin::Uint16
        | Builtin::Uint32
        | Builtin::Uint64
        | Builtin::Int128
        | Builtin::Size => "int",
    }
}
