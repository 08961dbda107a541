//! One schema of several releases.

#![cfg(feature = "text")]
#![allow(clippy::unwrap_used)]

use qapi_parser::loader::Memory;
use qapi_parser::schema::{Builtin, Member, Object, Releases, TypeId, TypeKind};
use qapi_parser::{MergeError, Parser, Schema};

fn parse(text: &str) -> Schema {
    let files = Memory::from_iter([("test.json", text)]);
    match Parser::new().parse(&files, "test.json") {
        Ok(parsed) => parsed.schema,
        Err(failure) => panic!("{failure}"),
    }
}

/// Merges two releases, "1" and "2".
fn merge(old: &str, new: &str) -> Schema {
    try_merge(old, new).unwrap()
}

fn try_merge(old: &str, new: &str) -> Result<Schema, MergeError> {
    Schema::merge([("1", &parse(old)), ("2", &parse(new))])
}

fn only(release: usize) -> Releases {
    [release].into_iter().collect()
}

fn both() -> Releases {
    Releases::first(2)
}

/// The members of a type, or of the arguments of a command.
fn members<'s>(schema: &'s Schema, name: &str) -> Vec<&'s Member> {
    schema.all_members(id(schema, name))
}

fn member<'s>(schema: &'s Schema, of: &str, name: &str) -> &'s Member {
    let found = members(schema, of).into_iter().find(|m| m.name == name);
    found.unwrap_or_else(|| panic!("{of} has no member {name}"))
}

fn id(schema: &Schema, name: &str) -> TypeId {
    match schema.command_named(name) {
        Some(command) => command.args.unwrap(),
        None => schema.type_named(name).unwrap(),
    }
}

fn type_of<'s>(schema: &'s Schema, of: &str, name: &str) -> &'s str {
    &schema[member(schema, of, name).ty].name
}

fn object<'s>(schema: &'s Schema, name: &str) -> &'s Object {
    match &schema[id(schema, name)].kind {
        TypeKind::Object(object) => object,
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn each_part_knows_its_releases() {
    let schema = merge(
        "{ 'command': 'old' }
         { 'command': 'dig', 'data': { 'depth': 'int', 'gone': 'str' }, 'returns': 'Hole' }
         { 'struct': 'Hole', 'data': { 'colour': 'Colour' } }
         { 'enum': 'Colour', 'data': [ 'red', 'green' ] }
         { 'event': 'DUG' }",
        "{ 'command': 'dig', 'data': { 'depth': 'int', '*tool': 'str' }, 'returns': 'Hole',
           'features': [ 'deprecated' ] }
         { 'command': 'fill' }
         { 'struct': 'Hole', 'data': { 'colour': 'Colour', 'width': 'int' } }
         { 'enum': 'Colour', 'data': [ 'green', 'blue' ] }
         { 'event': 'DUG', 'data': { 'hole': 'Hole' } }",
    );
    assert_eq!(schema.releases, ["1", "2"]);
    assert_eq!(schema.command_named("old").unwrap().releases, only(0));
    assert_eq!(schema.command_named("fill").unwrap().releases, only(1));
    let dig = schema.command_named("dig").unwrap();
    assert_eq!(dig.releases, both());
    assert_eq!(dig.features[0].releases, only(1));

    let names: Vec<&str> = members(&schema, "dig").iter().map(|m| &*m.name).collect();
    assert_eq!(names, ["depth", "tool", "gone"]);
    let depth = member(&schema, "dig", "depth");
    assert!(!depth.optional);
    assert_eq!((depth.releases, depth.mandatory_in), (both(), both()));
    let gone = member(&schema, "dig", "gone");
    assert!(gone.optional);
    assert_eq!((gone.releases, gone.mandatory_in), (only(0), only(0)));
    let tool = member(&schema, "dig", "tool");
    assert_eq!(
        (tool.releases, tool.mandatory_in),
        (only(1), Releases::NONE)
    );
    assert!(member(&schema, "Hole", "width").optional);
    assert!(!member(&schema, "Hole", "colour").optional);

    let TypeKind::Enum(colour) = &schema[id(&schema, "Colour")].kind else {
        panic!("no enum");
    };
    let values: Vec<_> = colour
        .values
        .iter()
        .map(|v| (&*v.name, v.releases))
        .collect();
    assert_eq!(
        values,
        [("green", both()), ("blue", only(1)), ("red", only(0))]
    );

    // What the event brings, one release does not.
    let event = schema.event_named("DUG").unwrap();
    let hole = schema.all_members(event.args.unwrap())[0];
    assert!(hole.optional && hole.releases == only(1));
}

#[test]
fn what_one_release_insists_on_is_optional() {
    let old = "{ 'command': 'dig', 'data': { 'a': 'int', '*b': 'int' } }";
    let new = "{ 'command': 'dig', 'data': { '*a': 'int', 'b': 'int' } }";
    let schema = merge(old, new);
    for (name, mandatory_in) in [("a", only(0)), ("b", only(1))] {
        let member = member(&schema, "dig", name);
        assert!(member.optional);
        assert_eq!(member.releases, both());
        assert_eq!(member.mandatory_in, mandatory_in);
    }
}

#[test]
fn a_condition_of_one_release_makes_a_member_optional() {
    let plain = "{ 'command': 'dig', 'data': { 'a': 'int' } }";
    let conditional = "{ 'command': 'dig', 'data': { 'a': { 'type': 'int', 'if': 'A' } } }";
    let other = "{ 'command': 'dig', 'data': { 'a': { 'type': 'int', 'if': 'B' } } }";
    let some = merge(plain, conditional);
    let of_some = member(&some, "dig", "a");
    assert!(of_some.optional && of_some.condition.is_none());
    // Where all have one, it tells when the member is there.
    let each = merge(conditional, other);
    let of_each = member(&each, "dig", "a");
    assert!(!of_each.optional);
    assert_eq!(
        of_each.condition.as_ref().unwrap().to_string(),
        "defined(B) || defined(A)"
    );
}

#[test]
fn integers_hold_the_values_of_all_releases() {
    for (one, other, expected) in [
        ("uint8", "uint32", "uint32"),
        ("int", "uint8", "int"),
        ("int8", "uint8", "int16"),
        ("int32", "uint32", "int64"),
        ("size", "uint64", "uint64"),
        ("int", "size", "int128"),
        ("uint64", "int8", "int128"),
        ("int", "number", "number"),
    ] {
        let of = |ty: &str| format!("{{ 'command': 'dig', 'data': {{ 'a': '{ty}' }} }}");
        let schema = merge(&of(one), &of(other));
        assert_eq!(type_of(&schema, "dig", "a"), expected, "{one} {other}");
        let schema = merge(&of(other), &of(one));
        let found = type_of(&schema, "dig", "a");
        // Both have the same values.
        assert!(found == expected || found == "size", "{other} {one}");
    }
    let schema = merge(
        "{ 'command': 'dig', 'data': { 'a': 'int' } }",
        "{ 'command': 'dig', 'data': { 'a': 'size' } }",
    );
    let wide = member(&schema, "dig", "a").ty;
    assert!(matches!(
        schema[wide].kind,
        TypeKind::Builtin(Builtin::Int128)
    ));
}

#[test]
fn a_string_that_is_an_enum_elsewhere_is_the_enum() {
    let plain = "{ 'command': 'dig', 'data': { 'a': 'str', 'b': [ 'str' ] } }";
    let named = "{ 'command': 'dig', 'data': { 'a': 'E', 'b': [ 'E' ] } }
                 { 'enum': 'E', 'data': [ 'x' ] }";
    for (old, new) in [(plain, named), (named, plain)] {
        let schema = merge(old, new);
        assert_eq!(type_of(&schema, "dig", "a"), "E");
        assert_eq!(type_of(&schema, "dig", "b"), "EList");
    }
}

#[test]
fn what_is_an_alternate_elsewhere_takes_both_forms() {
    let old = "{ 'command': 'dig', 'data': { 'a': 'str', 'b': 'S' } }
               { 'struct': 'S', 'data': { 'x': 'int' } }";
    let new = "{ 'command': 'dig', 'data': { 'a': 'A', 'b': 'A' } }
               { 'alternate': 'A', 'data': { 'name': 'str', 'full': 'T' } }
               { 'struct': 'T', 'data': { 'x': 'int', 'y': 'int' } }";
    let schema = merge(old, new);
    assert_eq!(type_of(&schema, "dig", "a"), "A");
    assert_eq!(type_of(&schema, "dig", "b"), "A");
    // The struct is the branch of before, which has no `y`.
    assert!(!member(&schema, "T", "x").optional);
    assert!(member(&schema, "T", "y").optional);
    // Its old name is nobody's any more.
    assert!(schema.type_named("S").is_none());
}

#[test]
fn a_branch_of_an_alternate_may_have_another_name() {
    let of = |name: &str| {
        format!(
            "{{ 'command': 'dig', 'data': {{ 'a': 'A' }} }}
             {{ 'alternate': 'A', 'data': {{ '{name}': 'str', 'n': 'S' }} }}
             {{ 'struct': 'S', 'data': {{}} }}"
        )
    };
    let schema = merge(&of("old"), &of("new"));
    let TypeKind::Alternate(alternate) = &schema[id(&schema, "A")].kind else {
        panic!("no alternate");
    };
    let names: Vec<&str> = alternate.branches.iter().map(|b| &*b.name).collect();
    assert_eq!(names, ["new", "n"]);
}

#[test]
fn a_type_is_known_by_its_use_after_it_was_renamed() {
    let schema = merge(
        "{ 'command': 'query-hole', 'returns': 'Old' }
         { 'struct': 'Old', 'data': { 'x': 'int', 'next': 'OldNext' } }
         { 'struct': 'OldNext', 'data': { 'deep': 'OldEnum' } }
         { 'enum': 'OldEnum', 'data': [ 'a' ] }",
        "{ 'command': 'query-hole', 'returns': 'New' }
         { 'struct': 'New', 'data': { 'x': 'int', 'next': 'NewNext' } }
         { 'struct': 'NewNext', 'data': { 'deep': 'NewEnum' } }
         { 'enum': 'NewEnum', 'data': [ 'b' ] }",
    );
    let returned = schema.command_named("query-hole").unwrap().ret.unwrap();
    assert_eq!(schema[returned].name, "New");
    assert!(schema.type_named("Old").is_none());
    assert!(!member(&schema, "NewNext", "deep").optional);
    let TypeKind::Enum(values) = &schema[id(&schema, "NewEnum")].kind else {
        panic!("no enum");
    };
    assert_eq!(values.values.len(), 2);
}

#[test]
fn a_struct_that_is_a_union_elsewhere_is_the_union() {
    let schema = merge(
        "{ 'command': 'expire', 'data': { 'protocol': 'str', 'time': 'str' } }",
        "{ 'command': 'expire', 'boxed': true, 'data': 'Options' }
         { 'enum': 'Protocol', 'data': [ 'vnc', 'spice' ] }
         { 'union': 'Options', 'base': { 'protocol': 'Protocol', 'time': 'str' },
           'discriminator': 'protocol', 'data': { 'vnc': 'Vnc' } }
         { 'struct': 'Vnc', 'data': { '*display': 'str' } }",
    );
    let options = object(&schema, "Options");
    let variants = options.variants.as_ref().unwrap();
    assert_eq!(variants.tag, "protocol");
    assert_eq!(variants.default_branch, None);
    assert!(!member(&schema, "Options", "time").optional);
    assert_eq!(type_of(&schema, "Options", "protocol"), "Protocol");
}

#[test]
fn what_only_the_union_has_in_a_branch_is_optional_in_it() {
    let new = "{ 'command': 'query-jobs', 'returns': 'Job' }
               { 'enum': 'Kind', 'data': [ 'mirror', 'backup' ] }
               { 'union': 'Job', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind',
                 'data': { 'mirror': 'Mirror' } }
               { 'struct': 'Mirror', 'data': { 'synced': 'bool' } }";
    let old = "{ 'command': 'query-jobs', 'returns': 'Job' }
               { 'struct': 'Job', 'data': { 'kind': 'str' } }";
    let synced = |schema: &Schema| member(schema, "Mirror", "synced").optional;
    assert!(synced(&merge(old, new)));

    // A command that checks its arguments by itself may take it.
    let new = new.replace(
        "'command': 'query-jobs', 'returns': 'Job'",
        "'command': 'add', 'boxed': true, 'data': 'Job'",
    );
    let open = "{ 'command': 'add', 'data': { 'kind': 'str' }, 'gen': false }";
    let declared = "{ 'command': 'add', 'data': { 'kind': 'str' } }";
    assert!(!synced(&merge(open, &new)));
    assert!(synced(&merge(declared, &new)));
}

#[test]
fn a_value_without_discriminator_has_the_branch_with_its_members() {
    let schema = merge(
        "{ 'command': 'query-sev', 'returns': 'Info' }
         { 'struct': 'Info', 'data': { 'enabled': 'bool', 'policy': 'int', 'handle': 'int' } }",
        "{ 'command': 'query-sev', 'returns': 'Info' }
         { 'enum': 'Kind', 'data': [ 'sev', 'snp' ] }
         { 'union': 'Info', 'base': { 'enabled': 'bool', 'kind': 'Kind' },
           'discriminator': 'kind', 'data': { 'sev': 'Sev', 'snp': 'Snp' } }
         { 'struct': 'Sev', 'data': { 'policy': 'int', 'handle': 'int' } }
         { 'struct': 'Snp', 'data': { 'snp-policy': 'int' } }",
    );
    let info = object(&schema, "Info");
    let variants = info.variants.as_ref().unwrap();
    assert_eq!(variants.default_branch.as_deref(), Some("sev"));
    let common: Vec<&str> = info.members.iter().map(|m| &*m.name).collect();
    assert_eq!(common, ["enabled", "kind"]);
    assert!(!member(&schema, "Sev", "policy").optional);
    assert_eq!(member(&schema, "Sev", "policy").releases, both());
    assert_eq!(member(&schema, "Info", "kind").mandatory_in, only(1));
}

#[test]
fn a_simple_union_and_its_flat_successor_are_one() {
    let old = "{ 'command': 'open', 'data': { 'a': 'U' } }
               { 'union': 'U', 'data': { 'file': 'File' } }
               { 'struct': 'File', 'data': { 'path': 'str' } }";
    let new = "{ 'command': 'open', 'data': { 'a': 'U' } }
               { 'enum': 'Kind', 'data': [ 'file' ] }
               { 'union': 'U', 'base': { 'type': 'Kind' }, 'discriminator': 'type',
                 'data': { 'file': 'FileWrapper' } }
               { 'struct': 'FileWrapper', 'data': { 'data': 'File' } }
               { 'struct': 'File', 'data': { 'path': 'str' } }";
    let schema = merge(old, new);
    let variants = object(&schema, "U").variants.as_ref().unwrap();
    assert_eq!(schema[variants.branches[0].ty].name, "FileWrapper");
    assert!(!member(&schema, "FileWrapper", "data").optional);
    assert!(!member(&schema, "U", "type").optional);
}

#[test]
fn bases_are_written_out_and_remembered() {
    let schema = merge(
        "{ 'command': 'dig', 'data': 'Tool' }
         { 'struct': 'Tool', 'data': { 'name': 'str' } }",
        "{ 'command': 'dig', 'data': 'Tool' }
         { 'struct': 'Tool', 'base': 'Thing', 'data': { '*edge': 'str' } }
         { 'struct': 'Thing', 'data': { 'name': 'str', 'weight': 'int' } }",
    );
    let tool = object(&schema, "Tool");
    assert_eq!(tool.base, None);
    assert_eq!(schema[tool.merged_bases[0]].name, "Thing");
    assert!(!member(&schema, "Tool", "name").optional);
    assert!(member(&schema, "Tool", "weight").optional);
    // Others that inherit it always have it.
    assert!(!member(&schema, "Thing", "weight").optional);
}

#[test]
fn arguments_that_one_release_lacks_are_optional() {
    let schema = merge(
        "{ 'command': 'dig' }",
        "{ 'command': 'dig', 'data': { 'depth': 'int' } }",
    );
    assert!(member(&schema, "dig", "depth").optional);
}

#[test]
fn recursive_types_are_merged() {
    let of = |more: &str| {
        format!(
            "{{ 'command': 'dig', 'data': 'Node' }}
             {{ 'struct': 'Node', 'data': {{ '*next': 'Node', '*all': [ 'Node' ]{more} }} }}"
        )
    };
    let schema = merge(&of(""), &of(", '*new': 'int'"));
    assert_eq!(type_of(&schema, "Node", "next"), "Node");
    assert_eq!(type_of(&schema, "Node", "all"), "NodeList");
}

#[test]
fn what_cannot_be_merged_names_both_sides() {
    for (old, new, expected) in [
        (
            "{ 'command': 'dig', 'data': { 'a': 'str' } }",
            "{ 'command': 'dig', 'data': { 'a': 'int' } }",
            "member `a` of the arguments of `dig` cannot be merged: \
             it is the type `str` in 1 and the type `int` in 2",
        ),
        (
            "{ 'command': 'dig', 'data': { 'a': [ 'S' ] } } { 'struct': 'S', 'data': {} }",
            "{ 'command': 'dig', 'data': { 'a': 'S' } } { 'struct': 'S', 'data': {} }",
            "member `a` of the arguments of `dig` cannot be merged: \
             it is an array of the struct `S` in 1 and the struct `S` in 2",
        ),
        (
            "{ 'command': 'query-a', 'returns': 'S' } { 'struct': 'S', 'data': { 'x': 'int' } }",
            "{ 'command': 'query-a', 'returns': 'S' } { 'enum': 'K', 'data': [ 'a', 'b' ] }
             { 'union': 'S', 'base': { 'k': 'K' }, 'discriminator': 'k', 'data': {} }",
            "`S` cannot be merged: it is the struct `S` in 1 and the union `S` in 2",
        ),
    ] {
        assert_eq!(try_merge(old, new).unwrap_err().to_string(), expected);
    }
}

#[test]
fn releases_that_make_no_sense_are_errors() {
    let schema = parse("{ 'command': 'dig' }");
    assert_eq!(Schema::merge([]).unwrap_err(), MergeError::Nothing);
    let twice = Schema::merge([("1", &schema), ("1", &schema)]).unwrap_err();
    assert_eq!(
        twice.to_string(),
        "two releases have the name `1`; rename one of them"
    );
    let names: Vec<String> = (0..65).map(|n| n.to_string()).collect();
    let many = Schema::merge(names.iter().map(|name| (name.as_str(), &schema))).unwrap_err();
    assert_eq!(many, MergeError::TooMany { count: 65 });
}

#[test]
fn a_merged_schema_survives_its_snapshot() {
    let schema = merge(
        "{ 'command': 'dig', 'data': { 'depth': 'int' } }",
        "{ 'command': 'dig', 'data': { 'depth': 'size', 'tool': 'str' } }",
    );
    let again = Schema::from_snapshot(&schema.to_snapshot()).unwrap();
    assert_eq!(again.releases, schema.releases);
    let of = |schema: &Schema| format!("{:?} {:?}", schema.types, schema.commands);
    assert_eq!(of(&again), of(&schema));
}
