//! What holds for every schema, tried on random ones.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use proptest::prelude::*;
use qapi_parser::introspect::Options;
use qapi_parser::loader::Memory;
use qapi_parser::{Dialect, Parser, Schema};

/// Choices that make a schema. Fewer and smaller ones make a simpler schema.
struct Choices(std::vec::IntoIter<u8>);

impl Choices {
    /// One of so many; the first where no choices are left.
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % count.max(1)
    }

    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }
}

const BUILTINS: &[&str] = &[
    "str", "int", "bool", "number", "size", "int8", "uint8", "int16", "uint16", "int32", "uint32",
    "int64", "uint64", "any", "null", "QType",
];

/// Writes a schema that is right by construction: members are numbered, so that
/// none clash, and types refer to earlier ones only, but for some that refer to
/// themselves.
#[derive(Default)]
struct Writer {
    text: String,
    enums: Vec<(String, Vec<String>)>,
    structs: Vec<String>,
    unions: Vec<String>,
    alternates: Vec<String>,
    members: usize,
}

impl Writer {
    fn schema(mut self, choices: &mut Choices) -> String {
        for _ in 0..=choices.below(3) {
            self.declare_enum(choices);
        }
        for _ in 0..choices.below(12) {
            match choices.below(6) {
                0 => self.declare_enum(choices),
                1 | 2 => self.declare_struct(choices),
                3 => self.declare_union(choices),
                4 => self.declare_alternate(choices),
                _ => self.declare_struct(choices),
            }
        }
        for number in 0..=choices.below(5) {
            self.declare_command(number, choices);
        }
        for number in 0..choices.below(3) {
            let data = self.data(choices);
            let extras = extras(choices);
            self.line(&format!("{{ 'event': 'EVENT_{number}'{data}{extras} }}"));
        }
        self.text
    }

    fn line(&mut self, line: &str) {
        self.text += line;
        self.text += "\n\n";
    }

    fn declare_enum(&mut self, choices: &mut Choices) {
        let name = format!("Enum{}", self.enums.len());
        let values: Vec<String> = (0..=choices.below(4))
            .map(|number| format!("{}{number}", choices.pick(&["value", "x-", "0"])))
            .collect();
        let data: Vec<String> = values
            .iter()
            .map(|value| match choices.below(4) {
                0 | 1 => format!("'{value}'"),
                _ => format!("{{ 'name': '{value}'{} }}", extras(choices)),
            })
            .collect();
        let extras = type_extras(choices);
        self.line(&format!(
            "{{ 'enum': '{name}', 'data': [ {} ]{extras} }}",
            data.join(", ")
        ));
        self.enums.push((name, values));
    }

    fn declare_struct(&mut self, choices: &mut Choices) {
        let name = format!("Struct{}", self.structs.len());
        let base = match self.structs.last() {
            Some(base) if choices.once_in(3) => format!(", 'base': '{base}'"),
            _ => String::new(),
        };
        let mut members = self.members(choices);
        if choices.once_in(4) {
            self.members += 1;
            write!(members, "'*member{}': '{name}'", self.members).unwrap();
        }
        let extras = type_extras(choices);
        self.line(&format!(
            "{{ 'struct': '{name}'{base}, 'data': {{ {members} }}{extras} }}"
        ));
        self.structs.push(name);
    }

    fn declare_union(&mut self, choices: &mut Choices) {
        let name = format!("Union{}", self.unions.len());
        let (kind, values) = self.enums[choices.below(self.enums.len())].clone();
        let common = self.members(choices);
        let branches: Vec<String> = values
            .iter()
            .filter_map(|value| {
                let ty = self.structs.get(choices.below(self.structs.len() + 1))?;
                Some(match choices.once_in(4) {
                    true => format!("'{value}': {{ 'type': '{ty}', 'if': 'BRANCH' }}"),
                    false => format!("'{value}': '{ty}'"),
                })
            })
            .collect();
        if branches.is_empty() {
            return;
        }
        let extras = type_extras(choices);
        self.line(&format!(
            "{{ 'union': '{name}', 'base': {{ 'kind': '{kind}', {common} }}, \
             'discriminator': 'kind', 'data': {{ {} }}{extras} }}",
            branches.join(", ")
        ));
        self.unions.push(name);
    }

    fn declare_alternate(&mut self, choices: &mut Choices) {
        let name = format!("Alternate{}", self.alternates.len());
        let object = self.structs.last().map(|ty| format!("'{ty}'"));
        // A string may look like a number or a flag, the values of these enums
        // do not look like flags.
        let (string, others): (_, &[_]) = match choices.below(2) {
            0 => ("str", &[("nothing", "null")]),
            _ => (
                self.enums[0].0.as_str(),
                &[("flag", "bool"), ("nothing", "null")],
            ),
        };
        let mut branches = vec![format!("'text': '{string}'")];
        branches.extend(object.map(|ty| format!("'whole': {ty}")));
        for (branch, ty) in others {
            if choices.once_in(2) {
                branches.push(format!("'{branch}': '{ty}'"));
            }
        }
        let extras = type_extras(choices);
        self.line(&format!(
            "{{ 'alternate': '{name}', 'data': {{ {} }}{extras} }}",
            branches.join(", ")
        ));
        self.alternates.push(name);
    }

    fn declare_command(&mut self, number: usize, choices: &mut Choices) {
        let data = self.data(choices);
        let returns = match (choices.below(4), self.structs.first()) {
            (0, Some(ty)) => format!(", 'returns': '{ty}'"),
            (1, Some(ty)) => format!(", 'returns': [ '{ty}' ]"),
            _ => String::new(),
        };
        let flag = choices.pick(&[
            "",
            ", 'allow-oob': true",
            ", 'allow-preconfig': true",
            ", 'coroutine': true",
            ", 'gen': false",
        ]);
        let success = match returns.is_empty() && choices.once_in(6) {
            true => ", 'success-response': false",
            false => "",
        };
        let extras = extras(choices);
        self.line(&format!(
            "{{ 'command': 'command-{number}'{data}{returns}{flag}{success}{extras} }}"
        ));
    }

    /// The arguments of a command, the data of an event.
    fn data(&mut self, choices: &mut Choices) -> String {
        match choices.below(4) {
            0 => format!(", 'data': {{ {} }}", self.arguments(choices)),
            1 if !self.unions.is_empty() => {
                let union = &self.unions[choices.below(self.unions.len())];
                format!(", 'data': '{union}', 'boxed': true")
            }
            2 if !self.structs.is_empty() => {
                let ty = &self.structs[choices.below(self.structs.len())];
                format!(", 'data': '{ty}', 'boxed': true")
            }
            _ => String::new(),
        }
    }

    /// Members that are no type of their own have no conditions.
    fn arguments(&mut self, choices: &mut Choices) -> String {
        self.members_with(choices, |choices| {
            choices
                .pick(&["", ", 'features': [ 'deprecated' ]"])
                .to_owned()
        })
    }

    fn members(&mut self, choices: &mut Choices) -> String {
        self.members_with(choices, extras)
    }

    fn members_with(
        &mut self,
        choices: &mut Choices,
        extras: impl Fn(&mut Choices) -> String,
    ) -> String {
        let mut members = String::new();
        for _ in 0..choices.below(4) {
            self.members += 1;
            let star = choices.pick(&["", "*"]);
            let ty = self.type_name(choices);
            let ty = match choices.once_in(4) {
                true => format!("[ '{ty}' ]"),
                false => format!("'{ty}'"),
            };
            let ty = match choices.once_in(3) {
                true => format!("{{ 'type': {ty}{} }}", extras(choices)),
                false => ty,
            };
            write!(members, "'{star}member{}': {ty}, ", self.members).unwrap();
        }
        members
    }

    fn type_name(&self, choices: &mut Choices) -> String {
        let declared = match choices.below(5) {
            0 => self.structs.get(choices.below(self.structs.len())),
            1 => self.unions.get(choices.below(self.unions.len())),
            2 => self.alternates.get(choices.below(self.alternates.len())),
            3 => {
                let index = choices.below(self.enums.len());
                self.enums.get(index).map(|(name, _)| name)
            }
            _ => None,
        };
        match declared {
            Some(name) => name.clone(),
            None => choices.pick(BUILTINS).to_owned(),
        }
    }
}

/// Conditions and features of what can be deprecated or unstable.
fn extras(choices: &mut Choices) -> String {
    with_features(
        choices,
        &[
            "",
            "",
            "",
            ", 'features': [ 'deprecated' ]",
            ", 'features': [ 'unstable', 'much' ]",
            ", 'features': [ { 'name': 'more', 'if': 'THREE' } ]",
        ],
    )
}

/// Conditions and features of types.
fn type_extras(choices: &mut Choices) -> String {
    with_features(
        choices,
        &[
            "",
            "",
            ", 'features': [ 'much', { 'name': 'more', 'if': 'THREE' } ]",
        ],
    )
}

fn with_features(choices: &mut Choices, features: &[&str]) -> String {
    let condition = choices.pick(&[
        "",
        "",
        "",
        ", 'if': 'ONE'",
        ", 'if': { 'all': [ 'ONE', { 'not': 'TWO' } ] }",
        ", 'if': { 'any': [ 'ONE', 'TWO' ] }",
    ]);
    format!("{condition}{}", choices.pick(features))
}

fn text(choices: Vec<u8>) -> String {
    // The last member of an object has no comma after it.
    let text = Writer::default().schema(&mut Choices(choices.into_iter()));
    text.replace(",  }", " }").replace(", }", " }")
}

fn parse(text: &str) -> Schema {
    let files = Memory::from_iter([("main.json", text)]);
    match Parser::new().parse(&files, "main.json") {
        Ok(parsed) => parsed.schema,
        Err(failure) => panic!("{failure}\n{text}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// The generator of schemas says what QEMU accepts, so that the parser must.
    #[test]
    fn every_dialect_reads_the_same(choices in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = text(choices);
        let files = Memory::from_iter([("main.json", text.as_str())]);
        let options = Options::new().unmask(true);
        let read = |dialect| {
            let parser = Parser::new().dialect(dialect);
            match parser.parse(&files, "main.json") {
                Ok(parsed) => parsed.schema.to_introspection(&options),
                Err(failure) => panic!("{dialect:?}: {failure}"),
            }
        };
        let current = read(Dialect::Current);
        prop_assert_eq!(&current, &read(Dialect::Strict));
        prop_assert_eq!(&current, &read(Dialect::Legacy));
    }

    #[test]
    fn normal_form_is_a_fixed_point(choices in prop::collection::vec(any::<u8>(), 0..300)) {
        let schema = parse(&text(choices));
        let normal = schema.to_normal_form();
        let again = Parser::new().parse(&Memory::from_iter(normal.iter()), "main.json");
        let again = again.unwrap().schema;
        prop_assert_eq!(&again.to_normal_form(), &normal);
        let options = Options::new().unmask(true);
        prop_assert_eq!(again.to_introspection(&options), schema.to_introspection(&options));
    }

    #[test]
    fn introspection_is_a_fixed_point(
        choices in prop::collection::vec(any::<u8>(), 0..300),
        unmask: bool,
    ) {
        let options = Options::new().unmask(unmask);
        let schema = parse(&text(choices));
        let first = schema.to_introspection(&options);
        for reference in [None, Some(&schema)] {
            let again = Schema::from_introspection(&first.to_string(), reference);
            let again = again.unwrap_or_else(|error| panic!("{error}"));
            let second = again.to_introspection(&Options::new());
            prop_assert_eq!(&schema.to_introspection(&Options::new()), &second);
        }
    }
}
