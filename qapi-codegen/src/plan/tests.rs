//! The plan of small schemas, as data.

use qapi_parser::Parser;
use qapi_parser::loader::Memory;

use super::*;
use crate::options::{Attribute, AttributeKind};
use crate::user_rust::UserRust;

/// What is planned of a schema.
#[track_caller]
fn plan_with(schema: &str, options: &Options) -> Plan {
    let files = Memory::from_iter([("main.json", schema)]);
    let schema = Parser::new().parse(&files, "main.json").unwrap().schema;
    let names = Names::new(&schema);
    let selection = Selection::new(&options.request, &schema, &names).unwrap();
    let checked = options.check().unwrap();
    Plan::new(
        &schema,
        &names,
        &selection,
        options,
        &checked,
        Protocol::Qmp,
        None,
    )
    .unwrap()
}

#[track_caller]
fn plan(schema: &str) -> Plan {
    plan_with(schema, &Options::default())
}

/// The definition at a path.
#[track_caller]
fn definition<'p>(plan: &'p Plan, path: &str) -> &'p Definition {
    let nodes = plan.modules.iter().flat_map(|module| &module.nodes);
    let mut definitions = nodes.filter_map(|node| match node {
        Node::Definition(definition) => Some(&**definition),
        _ => None,
    });
    definitions.find(|of| of.item.path == path).unwrap()
}

/// The struct at a path.
#[track_caller]
fn structure<'p>(plan: &'p Plan, path: &str) -> &'p Struct {
    match &definition(plan, path).body {
        Body::Struct(of) => of,
        Body::Union(of) => &of.common,
        _ => panic!("{path} is not a struct"),
    }
}

fn call(of: Ty, function: &str, arguments: &[&str]) -> Expr {
    let names = arguments.iter().map(|&name| Expr::Name(name.to_owned()));
    Expr::Call {
        of,
        function: function.to_owned(),
        arguments: names.collect(),
    }
}

fn plain(name: &str) -> Ty {
    Ty::Plain(name.to_owned())
}

fn variant(name: &str, value: Expr) -> Expr {
    Expr::Variant {
        of: Ty::own(),
        name: name.to_owned(),
        value: Some(Box::new(value)),
    }
}

fn value() -> Expr {
    Expr::Name("value".to_owned())
}

#[test]
fn items_have_names_paths_and_kinds() {
    let plan = plan(
        "{ 'command': 'query-mouse', 'returns': 'Mouse' } { 'event': 'MOUSE_SEEN' }
         { 'struct': 'Mouse', 'data': { 'tail': 'TailLength', 'food': 'FoodOrNot', 'den': 'MouseDen' } }
         { 'enum': 'TailLength', 'data': [ 'long' ] }
         { 'alternate': 'FoodOrNot', 'data': { 'food': 'str', 'none': 'null' } }
         { 'union': 'MouseDen', 'base': { 'place': 'DenPlace', 'depth': 'int' }, 'discriminator': 'place', 'data': {} }
         { 'enum': 'DenPlace', 'data': [ 'wall' ] }",
    );
    let items = plan.items();
    let items: Vec<_> = items
        .iter()
        .map(|item| (item.name(), item.path(), item.kind()))
        .collect();
    let expected = [
        ("query-mouse", "commands::QueryMouse", ItemKind::Command),
        ("MOUSE_SEEN", "events::MouseSeen", ItemKind::Event),
        ("Mouse", "types::Mouse", ItemKind::Struct),
        ("TailLength", "types::TailLength", ItemKind::Enum),
        ("FoodOrNot", "types::FoodOrNot", ItemKind::Alternate),
        ("MouseDen", "types::MouseDen", ItemKind::Union),
        ("MouseDen", "types::MouseDenPlace", ItemKind::Branches),
    ];
    for item in expected {
        assert!(items.contains(&item), "{item:?} is not in {items:?}");
    }
    assert!(plan.items().iter().all(Item::is_named));
}

#[test]
fn fields_functions_and_arguments() {
    let plan = plan(
        "{ 'command': 'new-thing', 'gen': false,
           'data': { 'type': 'str', 'names': [ 'str' ], '*new': 'int', '*extra': [ 'Any' ], '*value': 'any' } }
         { 'struct': 'Any', 'data': { '*a': 'bool' } }",
    );
    let of = structure(&plan, "commands::NewThing");
    let fields: Vec<_> = of
        .fields
        .iter()
        .map(|field| (field.wire.as_str(), field.name.as_str(), field.optional))
        .collect();
    assert_eq!(
        fields,
        [
            ("type", "r#type", false),
            ("names", "names", false),
            ("new", "new", true),
            ("extra", "extra_", true),
            ("value", "value", true),
        ]
    );
    let FunctionKind::Constructor { arguments, value } = &of.new.kind else {
        panic!("not a constructor");
    };
    assert_eq!(
        arguments,
        &[
            Argument {
                name: "r#type".to_owned(),
                taken: Taken::Into(Ty::String),
            },
            Argument {
                name: "names".to_owned(),
                taken: Taken::Iter(Box::new(Taken::Into(Ty::String))),
            },
        ]
    );
    let Expr::Fields(values) = value else {
        panic!("not a struct");
    };
    assert_eq!(
        values[1],
        (
            "names".to_owned(),
            Expr::Collected {
                argument: "names".to_owned(),
                converted: true,
            }
        )
    );
    assert_eq!(values[2].1, Expr::None);
    assert_eq!(values[5], ("extra".to_owned(), Expr::EmptyMap));
    let setters: Vec<_> = of
        .setters
        .iter()
        .map(|setter| match &setter.kind {
            FunctionKind::Setter { field, setting, .. } => {
                (setter.name.as_str(), field.as_str(), setting.clone())
            }
            _ => panic!("not a setter"),
        })
        .collect();
    assert_eq!(
        setters,
        [
            ("new_", "new", Setting::Option(Ty::Scalar("i64"))),
            ("extra_", "extra_", Setting::ListOf(plain("Any"))),
            ("value", "value", Setting::Any),
        ]
    );
}

#[test]
fn a_cycle_has_one_box() {
    let plan = plan(
        "{ 'struct': 'Node', 'data': { '*next': 'Node', 'all': [ 'Node' ] } }
         { 'alternate': 'NodeRef', 'data': { 'name': 'str', 'node': 'Holder' } }
         { 'struct': 'Holder', 'data': { 'file': 'NodeRef' } }",
    );
    let boxed: Vec<bool> = structure(&plan, "types::Node")
        .fields
        .iter()
        .map(|field| field.boxed)
        .collect();
    assert_eq!(boxed, [true, false]);
    assert!(!structure(&plan, "types::Holder").fields[0].boxed);
    let Body::Alternate(of) = &definition(&plan, "types::NodeRef").body else {
        panic!("not an alternate");
    };
    let boxed: Vec<bool> = of.variants.iter().map(|variant| variant.boxed).collect();
    assert_eq!(boxed, [false, true]);
}

#[test]
fn a_type_converts_into_the_branch_that_it_is_named_for() {
    let plan = plan(
        "{ 'enum': 'Kind', 'data': [ 'file', 'device', 'sea', 'none', 'lake' ] }
         { 'union': 'Place', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind',
           'data': { 'file': 'PlaceFile', 'device': 'PlaceFile', 'sea': 'SeaWrapper', 'lake': 'Lake' } }
         { 'struct': 'PlaceFile', 'data': { 'name': 'str' } }
         { 'struct': 'SeaWrapper', 'data': { 'data': 'Sea' } }
         { 'struct': 'Sea', 'data': { '*salt': 'int' } }
         { 'struct': 'Lake', 'data': { 'depth': 'int' } }
         { 'command': 'lake', 'boxed': true, 'data': 'Lake' }",
    );
    let Body::Branches {
        branches,
        constructors,
        ..
    } = &definition(&plan, "types::Place").body
    else {
        panic!("not a union without common members");
    };
    let into = |from: Ty, value: Expr| Conversion {
        from,
        to: Ty::own(),
        value,
    };
    assert_eq!(
        branches.conversions,
        [
            into(plain("PlaceFile"), variant("File", value())),
            into(plain("SeaWrapper"), variant("Sea", value())),
            into(
                plain("Sea"),
                variant("Sea", call(plain("SeaWrapper"), "new", &["value"])),
            ),
            into(plain("Lake"), variant("Lake", value())),
        ]
    );
    // The command is made into the branch of its name.
    let conversion = &definition(&plan, "commands::Lake").conversions[0];
    assert_eq!(conversion.from, Ty::Beside("Lake".to_owned()));
    assert_eq!(conversion.to, Ty::Convertible("Place".to_owned()));
    assert_eq!(
        conversion.value,
        variant("Lake", Expr::Held("value".to_owned()))
    );
    // Each branch has a constructor. Those without members come last in a schema.
    let names: Vec<&str> = constructors.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["file", "device", "sea", "lake", "none"]);
}

#[test]
fn many_branches_of_one_type_are_planned_in_time() {
    let names: Vec<String> = (0..4_000).map(|n| format!("b{n}")).collect();
    let values = format!("'{}'", names.join("', '"));
    let branches: Vec<String> = names
        .iter()
        .map(|name| format!("'{name}': 'One'"))
        .collect();
    let branches = branches.join(", ");
    let plan = plan(&format!(
        "{{ 'enum': 'Kind', 'data': [ {values} ] }} {{ 'struct': 'One', 'data': {{ 'a': 'int' }} }}
         {{ 'union': 'Many', 'base': {{ 'kind': 'Kind' }}, 'discriminator': 'kind', 'data': {{ {branches} }} }}"
    ));
    let Body::Branches { branches, .. } = &definition(&plan, "types::Many").body else {
        panic!("not a union without common members");
    };
    assert_eq!(branches.variants.len(), 4_000);
    // It is the type of no branch more than of another.
    assert!(branches.conversions.is_empty());
}

#[test]
fn documentation_and_what_users_add() {
    let attribute = |pattern: &str, kind, rust: &str| Attribute {
        pattern: pattern.to_owned(),
        kind,
        rust: rust.to_owned(),
    };
    let options = Options {
        attributes: vec![
            attribute("Mo*", AttributeKind::Derive, "Clone"),
            attribute("Mo*", AttributeKind::Derive, "::core::hash::Hash"),
            attribute("mow", AttributeKind::Attribute, "#[cfg(any())]"),
            attribute("*", AttributeKind::Attribute, "#[a]"),
        ],
        ..Options::default()
    };
    let plan = plan_with(
        "##\n# @mow:\n#\n# Mows.\n#\n# @long: how *long*\n#\n# Since: 1.0\n##\n
         { 'command': 'mow', 'data': { 'long': 'Mower' }, 'features': [ 'deprecated' ] }\n
         { 'struct': 'Mower', 'data': { '*a': 'int' }, 'if': 'CONFIG_X' }",
        &options,
    );
    let mow = definition(&plan, "commands::Mow");
    assert_eq!(mow.cfgs.len(), 1);
    let of = structure(&plan, "commands::Mow");
    assert!(of.head.deprecated);
    assert_eq!(
        of.head.docs,
        "Mows.\n\nThe command `mow`.\n\nReturns nothing.\n\n```text\n\
         -> {\"execute\": \"mow\", \"arguments\": {\"long\": {}}}\n<- {\"return\": {}}\n```\n\n\
         Since QEMU 1.0."
    );
    assert_eq!(of.fields[0].docs, "`long`: how \\*long\\*");
    let head = &structure(&plan, "types::Mower").head;
    assert!(
        head.docs
            .ends_with("Only where QEMU is built with `CONFIG_X`.")
    );
    assert_eq!(head.derives, ["Clone", "PartialEq", "Default"]);
    let more: Vec<_> = head.more_derives.iter().map(UserRust::as_str).collect();
    assert_eq!(more, ["::core::hash::Hash"]);
    assert_eq!(head.attributes[0].as_str(), "#[a]");
    let message = mow.message.as_ref().unwrap();
    assert_eq!(message.constants, [("DEPRECATED", true)]);
}
