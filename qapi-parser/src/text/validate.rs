//! Expressions to definitions: keys, the shape of their values, and names.
//!
//! These are the rules that need no other definition. A definition that
//! breaks one is reported and left out; its name stays known, so that what
//! uses it is not reported as well.

use std::collections::HashSet;

use crate::releases::Releases;
use crate::schema::{Condition, EnumValue, Feature, Pragma, SectionKind};
use crate::text::c_condition::is_symbol;
use crate::text::definition::{
    Body, BranchDef, CommandDef, Data, Definition, Features, MemberDef, TypeName, UnionDef,
};
use crate::text::diagnostic::{Diagnostic, Kind, Reporter};
use crate::text::dialect::Dialect;
use crate::text::doc::Documentation;
use crate::text::names::{self, Role};
use crate::text::program::Expression;
use crate::text::source::Span;
use crate::text::tree::{Entry, Node, Value};
use crate::text::valid::{Invalid, Valid};

/// The definitions of a schema.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    pub(crate) definitions: Vec<Definition>,
    /// The names of invalid definitions.
    pub(crate) refused: HashSet<String>,
}

pub(crate) fn validate(
    expressions: Vec<Expression>,
    pragma: &Pragma,
    reporter: &mut Reporter,
) -> Definitions {
    let set = |names: &'_ [String]| names.iter().cloned().collect();
    let mut validator = Validator {
        doc_required: pragma.doc_required == Some(true),
        command_name_exceptions: set(&pragma.command_name_exceptions),
        member_name_exceptions: set(&pragma.member_name_exceptions),
        reporter,
        span: Span {
            file: 0,
            start: 0,
            end: 0,
        },
    };
    let mut result = Definitions::default();
    for (index, expression) in expressions.into_iter().enumerate() {
        match validator.expression(index, expression) {
            Ok(definition) => result.definitions.push(definition),
            Err(Refused { name }) => result.refused.extend(name),
        }
    }
    result
}

const METAS: [&str; 6] = ["enum", "struct", "union", "alternate", "command", "event"];

/// The key of structs before QEMU 2.4.
const LEGACY_STRUCT: &str = "type";

/// A definition that was reported and is left out.
struct Refused {
    name: Option<String>,
}

/// The entries of an object, taken out key by key.
struct Keys {
    entries: Vec<Entry>,
    span: Span,
}

impl Keys {
    fn take(&mut self, key: &str) -> Option<Node> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.swap_remove(index).node)
    }

    /// Whether a union of a schema before QEMU 2.4 is an alternate.
    fn has_empty_discriminator(&self) -> bool {
        self.entries.iter().any(|entry| {
            entry.key == "discriminator"
                && matches!(&entry.node.value, Value::Object(entries) if entries.is_empty())
        })
    }
}

struct Validator<'a> {
    doc_required: bool,
    command_name_exceptions: HashSet<String>,
    member_name_exceptions: HashSet<String>,
    reporter: &'a mut Reporter,
    /// The current expression, at whose start QEMU's generator reports.
    span: Span,
}

impl Validator<'_> {
    fn diagnostic(&self, kind: Kind, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(kind, span, message).located_at(self.span)
    }

    fn invalid<T>(&mut self, kind: Kind, span: Span, message: impl Into<String>) -> Valid<T> {
        let diagnostic = self.diagnostic(kind, span, message);
        self.reporter.error(diagnostic);
        Err(Invalid)
    }

    fn shape<T>(&mut self, span: Span, message: impl Into<String>) -> Valid<T> {
        self.invalid(Kind::Shape, span, message)
    }

    fn is_strict(&self) -> bool {
        self.reporter.dialect() == Dialect::Strict
    }

    fn is_legacy(&self) -> bool {
        self.reporter.dialect() == Dialect::Legacy
    }

    fn expression(&mut self, index: usize, expression: Expression) -> Result<Definition, Refused> {
        let Expression {
            entries,
            span,
            mut doc,
            module,
        } = expression;
        self.span = span;
        let mut keys = Keys { entries, span };
        let (meta, name, name_span) = self.meta(&keys).map_err(|Invalid| Refused { name: None })?;
        let refused = |Invalid| Refused {
            name: Some(name.clone()),
        };
        self.definition_name(meta, &name, name_span)
            .map_err(refused)?;
        if let Some(documentation) = &doc
            && self.check_doc(documentation, meta, &name, &keys).is_err()
        {
            doc = None;
        } else if doc.is_none() && self.doc_required {
            let diagnostic = self.diagnostic(Kind::Documentation, span, "missing documentation");
            self.reporter
                .rule(diagnostic.label("pragma 'doc-required' is true"));
        }
        keys.take(meta);
        if self.is_legacy() && meta == "struct" {
            keys.take(LEGACY_STRUCT);
        }
        let body = self.body(meta, &name, &mut keys);
        let condition = self.condition(keys.take("if"), meta);
        let features = self.features(keys.take("features"));
        let (body, condition, features) = (
            body.map_err(refused)?,
            condition.map_err(refused)?,
            features.map_err(refused)?,
        );
        Ok(Definition {
            name,
            name_span,
            span,
            expression: index,
            module,
            doc,
            condition,
            features,
            body,
        })
    }

    /// Finds the kind of a definition, and its name.
    fn meta(&mut self, keys: &Keys) -> Valid<(&'static str, String, Span)> {
        let mut metas = keys.entries.iter().filter_map(|entry| {
            if self.is_legacy() && entry.key == LEGACY_STRUCT {
                return Some(("struct", entry));
            }
            let meta = METAS.into_iter().find(|meta| *meta == entry.key)?;
            Some((meta, entry))
        });
        let found = (metas.next(), metas.next());
        drop(metas);
        let (Some((meta, entry)), None) = found else {
            let message = "expected exactly one of the keys 'enum', 'struct', \
                'union', 'alternate', 'command' and 'event'";
            let mut diagnostic = self.diagnostic(Kind::Shape, self.span, message);
            if let (None, [first, ..]) = (found.0, keys.entries.as_slice()) {
                diagnostic = diagnostic.suggest(&first.key, METAS);
            }
            self.reporter.error(diagnostic);
            return Err(Invalid);
        };
        match entry.node.as_str() {
            Some(name) => Ok((meta, name.to_owned(), entry.node.span)),
            None => self.shape(
                entry.node.span,
                format!("'{meta}' must be a string, the name of the definition"),
            ),
        }
    }

    fn check_doc(
        &mut self,
        documentation: &Documentation,
        meta: &str,
        name: &str,
        keys: &Keys,
    ) -> Valid<()> {
        let symbol = documentation.doc.symbol.as_deref().unwrap_or_default();
        if symbol != name {
            let message = format!("the comment describes '{symbol}', not this definition");
            let diagnostic = self
                .diagnostic(Kind::Documentation, self.span, message)
                .related(Some(documentation.span), "the comment");
            self.reporter.rule(diagnostic);
            return Err(Invalid);
        }
        let returns = documentation.section_span(SectionKind::Returns);
        let errors = documentation.section_span(SectionKind::Errors);
        let wrong = if meta == "command" {
            let returns_nothing = !keys.entries.iter().any(|entry| entry.key == "returns");
            let message = "the comment has a 'Returns' section, but the command returns nothing";
            [
                returns
                    .filter(|_| returns_nothing)
                    .map(|span| (span, message)),
                None,
            ]
        } else {
            [
                returns.map(|span| (span, "only a command has a 'Returns' section")),
                errors.map(|span| (span, "only a command has an 'Errors' section")),
            ]
        };
        for (span, message) in wrong.into_iter().flatten() {
            self.reporter
                .style(Diagnostic::new(Kind::DocumentationStyle, span, message));
        }
        Ok(())
    }

    fn definition_name(&mut self, meta: &str, name: &str, span: Span) -> Valid<()> {
        let stem = self.stem(Role::Plain, name, span, meta)?;
        if self.is_legacy() {
            return Ok(());
        }
        let wrong = match meta {
            "event" => (!names::is_upper(stem)).then_some("must not use lowercase or '-'"),
            "command" => {
                let excepted = self.command_name_exceptions.contains(name);
                self.check_lower(stem, name, span, meta, false, excepted);
                None
            }
            _ => (!names::is_camel(stem)).then_some("must be in CamelCase"),
        };
        if let Some(wrong) = wrong {
            let message = format!("the name of the {meta} {wrong}");
            let diagnostic = self.diagnostic(Kind::Name, span, message);
            self.reporter.style(diagnostic);
        }
        if !matches!(meta, "event" | "command") && name.ends_with("List") {
            let message =
                format!("names that end in 'List' are reserved for arrays; rename the {meta}");
            return self.invalid(Kind::Name, span, message);
        }
        Ok(())
    }

    fn stem<'n>(&mut self, role: Role, name: &'n str, span: Span, source: &str) -> Valid<&'n str> {
        match names::stem_of(role, name) {
            Some(stem) => Ok(stem),
            None if self.is_legacy() && names::is_legacy(name) => Ok(name),
            None => {
                let diagnostic = self
                    .diagnostic(Kind::Name, span, format!("{source}: invalid name"))
                    .hint("names are letters, digits, '-' and '_', and start with a letter");
                self.reporter.error(diagnostic);
                Err(Invalid)
            }
        }
    }

    fn check_lower(
        &mut self,
        stem: &str,
        name: &str,
        span: Span,
        source: &str,
        permit_upper: bool,
        permit_underscore: bool,
    ) {
        let upper = !permit_upper && stem.contains(|c: char| c.is_ascii_uppercase());
        if upper || (!permit_underscore && stem.contains('_')) {
            let message = format!("{source}: the name cannot contain uppercase letters or '_'");
            let diagnostic = self.diagnostic(Kind::Name, span, message).hint(format!(
                "'{}'?",
                name.to_ascii_lowercase().replace('_', "-")
            ));
            self.reporter.style(diagnostic);
        }
    }

    /// Checks the name of a member, a value, a branch or a feature.
    fn lower_name(
        &mut self,
        role: Role,
        name: &str,
        span: Span,
        source: &str,
        permissive: bool,
    ) -> Valid<()> {
        let stem = self.stem(role, name, span, source)?;
        self.check_lower(stem, name, span, source, permissive, permissive);
        Ok(())
    }

    fn check_keys(
        &mut self,
        keys: &Keys,
        source: &str,
        required: &[&str],
        optional: &[&str],
    ) -> Valid<()> {
        let list = |names: &mut Vec<&str>| {
            names.sort_unstable();
            let plural = if names.len() > 1 { "s" } else { "" };
            (plural, format!("'{}'", names.join("', '")))
        };
        let given = |key: &str| keys.entries.iter().any(|entry| entry.key == key);
        let mut missing: Vec<&str> = required.iter().copied().filter(|key| !given(key)).collect();
        if !missing.is_empty() {
            let (plural, missing) = list(&mut missing);
            let message = format!("{source}: missing key{plural} {missing}");
            return self.shape(keys.span, message);
        }
        let mut valid = [required, optional].concat();
        let mut unknown = keys
            .entries
            .iter()
            .filter(|entry| !valid.contains(&entry.key.as_str()));
        let Some(first) = unknown.next() else {
            return Ok(());
        };
        let mut names: Vec<&str> = std::iter::once(first)
            .chain(unknown)
            .map(|entry| entry.key.as_str())
            .collect();
        let (plural, names) = list(&mut names);
        let message = format!("{source}: unknown key{plural} {names}");
        let mut diagnostic = self
            .diagnostic(Kind::Shape, first.key_span, message)
            .suggest(&first.key, valid.iter().copied());
        if diagnostic.hint.is_none() {
            let (_, valid) = list(&mut valid);
            diagnostic = diagnostic.hint(format!("valid keys are {valid}"));
        }
        self.reporter.error(diagnostic);
        Err(Invalid)
    }

    fn body(&mut self, meta: &str, name: &str, keys: &mut Keys) -> Valid<Body> {
        match meta {
            "enum" => self.enumeration(name, keys),
            "struct" => self.structure(name, keys),
            "union" if self.is_legacy() && keys.has_empty_discriminator() => {
                keys.take("discriminator");
                self.alternate(keys)
            }
            "union" => self.union(name, keys),
            "alternate" => self.alternate(keys),
            "command" => self.command(keys),
            _ => self.event(keys),
        }
    }

    fn enumeration(&mut self, name: &str, keys: &mut Keys) -> Valid<Body> {
        self.check_keys(keys, "enum", &["data"], &["if", "features", "prefix"])?;
        let data = keys.take("data").ok_or(Invalid)?;
        let Value::Array(nodes) = data.value else {
            return self.shape(
                data.span,
                "the 'data' of an enum must be an array of values",
            );
        };
        let prefix = match keys.take("prefix") {
            None => None,
            Some(node) => match node.value {
                Value::String(prefix) => Some(prefix),
                _ => return self.shape(node.span, "'prefix' must be a string"),
            },
        };
        let permissive = self.member_name_exceptions.contains(name);
        let values = self.each(nodes, |this, node| this.enum_value(node, permissive))?;
        Ok(Body::Enum { values, prefix })
    }

    /// Reads all items, and fails afterwards if one is invalid.
    fn each<T, U>(
        &mut self,
        items: Vec<T>,
        mut read: impl FnMut(&mut Self, T) -> Valid<U>,
    ) -> Valid<Vec<U>> {
        let mut all = Vec::with_capacity(items.len());
        let mut valid = true;
        for item in items {
            match read(self, item) {
                Ok(item) => all.push(item),
                Err(Invalid) => valid = false,
            }
        }
        if valid { Ok(all) } else { Err(Invalid) }
    }

    fn enum_value(&mut self, node: Node, permissive: bool) -> Valid<EnumValue> {
        let source = "'data' member";
        let mut keys = as_keys(node, "name");
        self.check_keys(&keys, source, &["name"], &["if", "features"])?;
        let (name, span) = self.string_name(keys.take("name"), source)?;
        let source = format!("{source} '{name}'");
        self.lower_name(Role::Value, &name, span, &source, permissive)?;
        Ok(EnumValue {
            name,
            condition: self.condition(keys.take("if"), &source)?,
            features: self.features(keys.take("features"))?.features,
            span: Some(span),
            releases: Releases::ALL,
        })
    }

    fn string_name(&mut self, node: Option<Node>, source: &str) -> Valid<(String, Span)> {
        let node = node.ok_or(Invalid)?;
        match node.value {
            Value::String(name) => Ok((name, node.span)),
            _ => self.shape(node.span, format!("{source}: the name must be a string")),
        }
    }

    fn structure(&mut self, name: &str, keys: &mut Keys) -> Valid<Body> {
        self.check_keys(keys, "struct", &["data"], &["base", "if", "features"])?;
        let data = keys.take("data").ok_or(Invalid)?;
        let members = self.members(data, "'data'", name)?;
        let base = keys
            .take("base")
            .map(|node| self.type_name(node, "'base'"))
            .transpose()?;
        Ok(Body::Struct { base, members })
    }

    fn union(&mut self, name: &str, keys: &mut Keys) -> Valid<Body> {
        let given = |key: &str| keys.entries.iter().any(|entry| entry.key == key);
        let simple = match self.reporter.dialect() {
            Dialect::Strict => false,
            Dialect::Current => !given("base") && !given("discriminator"),
            Dialect::Legacy => !given("discriminator"),
        };
        let (required, optional): (&[&str], &[&str]) = if simple {
            (&["data"], &["base", "if", "features"])
        } else {
            (&["base", "discriminator", "data"], &["if", "features"])
        };
        self.check_keys(keys, "union", required, optional)?;
        let base = match keys.take("base") {
            None => None,
            Some(base) => Some(self.data(base, "'base'", name)?),
        };
        let discriminator = match keys.take("discriminator") {
            None => None,
            node => Some(self.string_name(node, "'discriminator'")?),
        };
        let data = keys.take("data").ok_or(Invalid)?;
        let Value::Object(entries) = data.value else {
            return self.shape(data.span, "'data' must be an object of members");
        };
        let branches = self.each(entries, |this, entry| this.branch(entry, simple))?;
        Ok(Body::Union(UnionDef {
            base,
            discriminator,
            branches,
        }))
    }

    fn branch(&mut self, entry: Entry, or_array: bool) -> Valid<BranchDef> {
        let source = format!("'data' member '{}'", entry.key);
        // The branches of other unions have the names of an enum's values.
        if or_array || self.is_legacy() {
            self.stem(Role::Value, &entry.key, entry.key_span, &source)?;
        }
        let mut keys = as_keys(entry.node, "type");
        self.check_keys(&keys, &source, &["type"], &["if"])?;
        let condition = self.condition(keys.take("if"), &source)?;
        let node = keys.take("type").ok_or(Invalid)?;
        let ty = if or_array {
            self.type_name_or_array(node, &source)?
        } else {
            self.type_name(node, &source)?
        };
        Ok(BranchDef {
            name: entry.key,
            span: entry.key_span,
            ty,
            condition,
        })
    }

    fn alternate(&mut self, keys: &mut Keys) -> Valid<Body> {
        self.check_keys(keys, "alternate", &["data"], &["if", "features"])?;
        let data = keys.take("data").ok_or(Invalid)?;
        let entries = match data.value {
            Value::Object(entries) if !entries.is_empty() => entries,
            Value::Object(_) => {
                return self.shape(data.span, "an alternate must have at least one branch");
            }
            _ => return self.shape(data.span, "'data' must be an object of members"),
        };
        let branches = self.each(entries, |this, entry| {
            let source = format!("'data' member '{}'", entry.key);
            this.lower_name(Role::Plain, &entry.key, entry.key_span, &source, false)?;
            this.branch(entry, true)
        })?;
        Ok(Body::Alternate { branches })
    }

    fn command(&mut self, keys: &mut Keys) -> Valid<Body> {
        let optional = [
            "data",
            "returns",
            "boxed",
            "if",
            "features",
            "gen",
            "success-response",
            "allow-oob",
            "allow-preconfig",
            "coroutine",
        ];
        self.check_keys(keys, "command", &[], &optional)?;
        let (data, boxed) = self.arguments(keys)?;
        let returns = match keys.take("returns") {
            None => None,
            Some(node) => Some(self.type_name_or_array(node, "'returns'")?),
        };
        let command = CommandDef {
            data,
            returns,
            boxed,
            gen_code: self.flag(keys, "gen", true)?,
            success_response: self.flag(keys, "success-response", true)?,
            allow_oob: self.flag(keys, "allow-oob", false)?,
            allow_preconfig: self.flag(keys, "allow-preconfig", false)?,
            coroutine: self.flag(keys, "coroutine", false)?,
        };
        if command.allow_oob && command.coroutine {
            let message = "a coroutine cannot run out-of-band: 'allow-oob' or 'coroutine' must go";
            return self.shape(self.span, message);
        }
        Ok(Body::Command(command))
    }

    fn event(&mut self, keys: &mut Keys) -> Valid<Body> {
        self.check_keys(keys, "event", &[], &["data", "boxed", "if", "features"])?;
        let (data, boxed) = self.arguments(keys)?;
        Ok(Body::Event { data, boxed })
    }

    /// Reads a flag that may only have the opposite of its default value.
    fn flag(&mut self, keys: &mut Keys, key: &str, default: bool) -> Valid<bool> {
        match keys.take(key) {
            None => Ok(default),
            Some(node) => match node.value {
                Value::Boolean(value) if value != default => Ok(value),
                // Before QEMU 2.4.
                Value::String(value) if self.is_legacy() && default && value == "no" => Ok(false),
                _ => {
                    let message = format!("'{key}' can only be {}, or left out", !default);
                    self.shape(node.span, message)
                }
            },
        }
    }

    fn arguments(&mut self, keys: &mut Keys) -> Valid<(Option<Data>, bool)> {
        let boxed = self.flag(keys, "boxed", false)?;
        let data = match keys.take("data") {
            None if boxed => {
                return self.shape(self.span, "'boxed' requires 'data'");
            }
            None => None,
            Some(node) if boxed => Some(Data::Named(self.type_name(node, "'data'")?)),
            // No command or event has this name, so no exception is made.
            Some(node) => Some(self.data(node, "'data'", "")?),
        };
        Ok((data, boxed))
    }

    fn data(&mut self, node: Node, source: &str, parent: &str) -> Valid<Data> {
        match node.value {
            Value::String(_) => Ok(Data::Named(self.type_name(node, source)?)),
            _ => Ok(Data::Members(self.members(node, source, parent)?)),
        }
    }

    fn members(&mut self, node: Node, source: &str, parent: &str) -> Valid<Vec<MemberDef>> {
        let Value::Object(entries) = node.value else {
            let message = format!("{source} must be an object of members, or the name of a type");
            return self.shape(node.span, message);
        };
        let permissive = self.member_name_exceptions.contains(parent);
        self.each(entries, |this, entry| {
            this.member(entry, source, permissive)
        })
    }

    fn member(&mut self, entry: Entry, source: &str, permissive: bool) -> Valid<MemberDef> {
        let source = format!("{source} member '{}'", entry.key);
        let (name, optional) = match entry.key.strip_prefix('*') {
            Some(name) => (name, true),
            None => (entry.key.as_str(), false),
        };
        let span = entry.key_span;
        self.lower_name(Role::Member, name, span, &source, permissive)?;
        if names::is_reserved_member(name) && !self.is_legacy() {
            return self.invalid(Kind::Name, span, format!("{source}: the name is reserved"));
        }
        let name = name.to_owned();
        if self.is_legacy() && is_inline_struct(&entry.node) {
            return Ok(MemberDef {
                ty: TypeName {
                    name: name.clone(),
                    is_array: false,
                    span: entry.node.span,
                },
                inline: Some(self.members(entry.node, &source, "")?),
                name,
                span,
                optional,
                condition: None,
                features: Features::default(),
            });
        }
        let mut keys = as_keys(entry.node, "type");
        self.check_keys(&keys, &source, &["type"], &["if", "features"])?;
        let condition = self.condition(keys.take("if"), &source)?;
        let features = self.features(keys.take("features"))?;
        let ty = keys.take("type").ok_or(Invalid)?;
        Ok(MemberDef {
            name,
            span,
            optional,
            ty: self.type_name_or_array(ty, &source)?,
            inline: None,
            condition,
            features,
        })
    }

    fn type_name(&mut self, node: Node, source: &str) -> Valid<TypeName> {
        match node.value {
            Value::String(name) => Ok(TypeName {
                name,
                is_array: false,
                span: node.span,
            }),
            _ => self.shape(node.span, format!("{source} must be the name of a type")),
        }
    }

    fn type_name_or_array(&mut self, node: Node, source: &str) -> Valid<TypeName> {
        let elements = match node.value {
            Value::String(_) => return self.type_name(node, source),
            Value::Array(elements) => elements,
            _ => {
                let message = format!("{source} must be the name of a type, or an array of one");
                return self.shape(node.span, message);
            }
        };
        match <[Node; 1]>::try_from(elements) {
            Ok([element]) if element.as_str().is_some() => Ok(TypeName {
                is_array: true,
                ..self.type_name(element, source)?
            }),
            _ => {
                let message = format!("{source}: an array must contain the name of one type");
                self.shape(node.span, message)
            }
        }
    }

    fn features(&mut self, node: Option<Node>) -> Valid<Features> {
        let Some(node) = node else {
            return Ok(Features::default());
        };
        let Value::Array(nodes) = node.value else {
            return self.shape(node.span, "'features' must be an array");
        };
        let features = self.each(nodes, Self::feature)?;
        let (features, spans) = features.into_iter().unzip();
        Ok(Features { features, spans })
    }

    fn feature(&mut self, node: Node) -> Valid<(Feature, Span)> {
        let source = "'features' member";
        let mut keys = as_keys(node, "name");
        self.check_keys(&keys, source, &["name"], &["if"])?;
        let (name, span) = self.string_name(keys.take("name"), source)?;
        let source = format!("{source} '{name}'");
        self.lower_name(Role::Plain, &name, span, &source, false)?;
        let condition = self.condition(keys.take("if"), &source)?;
        let releases = Releases::ALL;
        Ok((
            Feature {
                name,
                condition,
                releases,
            },
            span,
        ))
    }

    fn condition(&mut self, node: Option<Node>, source: &str) -> Valid<Option<Condition>> {
        match node {
            None => Ok(None),
            Some(node) => Ok(Some(self.operand(node, source)?)),
        }
    }

    fn operand(&mut self, node: Node, source: &str) -> Valid<Condition> {
        let span = node.span;
        let entries = match node.value {
            Value::String(text) if is_symbol(&text) => return Ok(Condition::Defined(text)),
            Value::String(text) if !self.is_strict() && !text.trim().is_empty() => {
                return Ok(Condition::from_c(&text));
            }
            Value::String(text) => {
                let message = format!("the condition of {source} is not a valid symbol: '{text}'");
                return self.shape(span, message);
            }
            // All of them, before QEMU 6.2.
            Value::Array(nodes) if !self.is_strict() => {
                return self.operands(nodes, span, source).map(Condition::All);
            }
            Value::Object(entries) => entries,
            _ => {
                let message = format!("the condition of {source} must be a symbol or an object");
                return self.shape(span, message);
            }
        };
        let keys = Keys { entries, span };
        let condition_of = format!("the condition of {source}");
        self.check_keys(&keys, &condition_of, &[], &["all", "any", "not"])?;
        let Ok([entry]) = <[Entry; 1]>::try_from(keys.entries) else {
            return self.shape(
                span,
                format!("{condition_of} must have exactly one operator"),
            );
        };
        if entry.key == "not" {
            return Ok(Condition::Not(Box::new(self.operand(entry.node, source)?)));
        }
        let Value::Array(nodes) = entry.node.value else {
            let message = format!(
                "the operator '{}' in the condition of {source} must have an array",
                entry.key
            );
            return self.shape(entry.node.span, message);
        };
        let operands = self.operands(nodes, entry.node.span, source)?;
        Ok(match entry.key.as_str() {
            "all" => Condition::All(operands),
            _ => Condition::Any(operands),
        })
    }

    fn operands(&mut self, nodes: Vec<Node>, span: Span, source: &str) -> Valid<Vec<Condition>> {
        if nodes.is_empty() {
            return self.shape(span, format!("the condition of {source} is empty"));
        }
        self.each(nodes, |this, node| this.operand(node, source))
    }
}

/// Whether a member's value is not the long form of its type.
fn is_inline_struct(node: &Node) -> bool {
    let Value::Object(entries) = &node.value else {
        return false;
    };
    let is_long_form = |entry: &Entry| matches!(entry.key.as_str(), "type" | "if" | "features");
    !entries.iter().all(is_long_form)
}

/// An object's keys; anything else stands for an object with only that key.
fn as_keys(node: Node, key: &str) -> Keys {
    let span = node.span;
    let entries = match node.value {
        Value::Object(entries) => entries,
        value => vec![Entry {
            key: key.to_owned(),
            key_span: span,
            node: Node { value, span },
        }],
    };
    Keys { entries, span }
}
