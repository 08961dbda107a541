//! What changed between two schemas, and what each change means for a client.

#![cfg(all(feature = "diff", feature = "text"))]
#![allow(clippy::unwrap_used)]

use qapi_parser::diff::{ChangeKind, Class, Comparison, Diff, Direction};
use qapi_parser::loader::Memory;
use qapi_parser::{Dialect, Parser, Schema};

fn parse(text: &str) -> Schema {
    let files = Memory::from_iter([("main.json", text)]);
    match Parser::new()
        .dialect(Dialect::Legacy)
        .parse(&files, "main.json")
    {
        Ok(parsed) => parsed.schema,
        Err(failure) => panic!("{failure}\n{text}"),
    }
}

/// The changes, a line each: class, kind, paths.
fn lines(diff: &Diff) -> Vec<String> {
    let lines = diff.changes.iter().map(|change| {
        let paths = change.places.iter().map(|place| place.path.as_str());
        let paths: Vec<&str> = paths.collect();
        format!(
            "{} {} {}",
            change.class.as_str(),
            change.kind.as_str(),
            paths.join(" ")
        )
    });
    lines.collect()
}

/// Compares what differs of two schemas with what is expected, both ways.
#[track_caller]
fn check(old: &str, new: &str, forth: &[&str], back: &[&str]) {
    let (old, new) = (parse(old), parse(new));
    assert_eq!(lines(&old.diff(&new)), forth);
    assert_eq!(lines(&new.diff(&old)), back, "the way back");
    assert_eq!(lines(&old.diff(&old)), [""; 0], "the same schema");
}

/// Compares a type where it is sent and where it is received.
#[track_caller]
fn check_member(old: &str, new: &str, sent: &[&str], received: &[&str]) {
    let command = |ty: &str| format!("{{ 'command': 'c', 'data': {{ 'm': {ty} }} }}");
    let event = |ty: &str| format!("{{ 'event': 'E', 'data': {{ 'm': {ty} }} }}");
    let rest = "{ 'enum': 'En', 'data': [ 'a', 'b' ] } { 'struct': 'O', 'data': {} }\
                { 'alternate': 'StrOrNull', 'data': { 's': 'str', 'n': 'null' } }\
                { 'alternate': 'EnOrObject', 'data': { 's': 'En', 'o': 'O' } }\
                { 'alternate': 'StrObjectOrNull', 'data': { 's': 'str', 'o': 'O', 'n': 'null' } }";
    let diff = |make: &dyn Fn(&str) -> String| {
        let [old, new] = [old, new].map(|ty| parse(&(make(ty) + rest)));
        lines(&old.diff(&new))
    };
    assert_eq!(diff(&command), sent, "{old} to {new}, sent");
    assert_eq!(diff(&event), received, "{old} to {new}, received");
}

#[test]
fn commands_and_events_come_and_go() {
    check(
        "{ 'command': 'old' } { 'event': 'OLD' } { 'command': 'both' }",
        "{ 'command': 'new' } { 'event': 'NEW' } { 'command': 'both' }",
        &[
            "breaking command-gone old",
            "care event-gone OLD",
            "compatible event-added NEW",
            "compatible command-added new",
        ],
        &[
            "breaking command-gone new",
            "care event-gone NEW",
            "compatible event-added OLD",
            "compatible command-added old",
        ],
    );
}

#[test]
fn arguments_are_sent_and_returned_members_are_received() {
    check(
        "{ 'command': 'c', 'data': { 'a': 'int', '*b': 'int', 'gone': 'int' }, 'returns': 'R' }
         { 'struct': 'R', 'data': { 'a': 'int', '*b': 'int', 'gone': 'int' } }",
        "{ 'command': 'c', 'data': { '*a': 'int', 'b': 'int', '*x': 'int', 'y': 'int' },
           'returns': 'Renamed' }
         { 'struct': 'Renamed', 'data': { '*a': 'int', 'b': 'int', '*x': 'int', 'y': 'int' } }",
        &[
            "breaking member-now-mandatory c/arg-type/b",
            "breaking member-gone c/arg-type/gone",
            "breaking member-added c/arg-type/y",
            "care member-now-optional c/ret-type/a",
            "care member-gone c/ret-type/gone",
            "compatible member-now-optional c/arg-type/a",
            "compatible member-added c/arg-type/x",
            "compatible member-now-mandatory c/ret-type/b",
            "compatible member-added c/ret-type/x",
            "compatible member-added c/ret-type/y",
        ],
        &[
            "breaking member-now-mandatory c/arg-type/a",
            "breaking member-added c/arg-type/gone",
            "breaking member-gone c/arg-type/x",
            "breaking member-gone c/arg-type/y",
            "care member-now-optional c/ret-type/b",
            "care member-gone c/ret-type/x",
            "care member-gone c/ret-type/y",
            "compatible member-now-optional c/arg-type/b",
            "compatible member-now-mandatory c/ret-type/a",
            "compatible member-added c/ret-type/gone",
        ],
    );
}

#[test]
fn values_are_told_by_who_sends_them() {
    let enum_of = |values: &str| {
        format!(
            "{{ 'enum': 'En', 'data': [ {values} ] }}
             {{ 'command': 'c', 'data': {{ 'e': [ 'En' ] }} }}
             {{ 'event': 'E', 'data': {{ '*e': 'En' }} }}"
        )
    };
    check(
        &enum_of("'a', 'gone'"),
        &enum_of("'a', 'new'"),
        &[
            // The worst place decides, and is named first.
            "breaking value-gone c/arg-type/e/^gone E/arg-type/e/^gone",
            "compatible value-added E/arg-type/e/^new c/arg-type/e/^new",
        ],
        &[
            "breaking value-gone c/arg-type/e/^new E/arg-type/e/^new",
            "compatible value-added E/arg-type/e/^gone c/arg-type/e/^gone",
        ],
    );
}

/// A union, with a branch of each of the names.
fn union_of(names: &[&str]) -> String {
    let list = |write: &dyn Fn(&str) -> String| {
        let words: Vec<String> = names.iter().map(|name| write(name)).collect();
        words.join(", ")
    };
    format!(
        "{{ 'enum': 'Kind', 'data': [ {} ] }}
         {{ 'struct': 'Part', 'data': {{ '*p': 'int' }} }}
         {{ 'union': 'U', 'base': {{ 'kind': 'Kind' }}, 'discriminator': 'kind',
            'data': {{ {} }} }}
         {{ 'command': 'add', 'data': 'U', 'boxed': true }}
         {{ 'command': 'list', 'returns': [ 'U' ] }}",
        list(&|name| format!("'{name}'")),
        list(&|name| format!("'{name}': 'Part'")),
    )
}

#[test]
fn a_branch_and_its_value_are_one_change() {
    check(
        &union_of(&["a", "b"]),
        &union_of(&["a", "c"]),
        &[
            "breaking branch-gone add/arg-type/+b list/ret-type/+b",
            "compatible branch-added add/arg-type/+c list/ret-type/+c",
        ],
        &[
            "breaking branch-gone add/arg-type/+c list/ret-type/+c",
            "compatible branch-added add/arg-type/+b list/ret-type/+b",
        ],
    );
}

#[test]
fn members_of_branches_and_of_bases_have_the_shortest_path() {
    let schema = |more: &str| {
        format!(
            "{{ 'struct': 'Base', 'data': {{ 'b': 'int'{more} }} }}
             {{ 'struct': 'P', 'base': 'Base', 'data': {{ '*next': 'U' }} }}
             {{ 'struct': 'Q', 'base': 'Base', 'data': {{}} }}
             {{ 'enum': 'Kind', 'data': [ 'p', 'q' ] }}
             {{ 'union': 'U', 'base': {{ 'kind': 'Kind' }}, 'discriminator': 'kind',
                'data': {{ 'p': 'P', 'q': 'Q' }} }}
             {{ 'command': 'add', 'data': {{ 'deep': {{ 'type': 'Q' }}, 'u': 'U' }} }}
             {{ 'command': 'direct', 'data': 'Base' }}"
        )
    };
    check(
        &schema(""),
        &schema(", '*n': 'int'"),
        &["compatible member-added direct/arg-type/n add/arg-type/deep/n"],
        &["breaking member-gone direct/arg-type/n add/arg-type/deep/n"],
    );
}

#[test]
fn a_simple_union_is_its_flat_successor() {
    check(
        "{ 'union': 'U', 'data': { 'a': 'A', 's': 'str' } }
         { 'struct': 'A', 'data': { 'x': 'int' } }
         { 'command': 'c', 'data': { 'u': 'U' } }",
        "{ 'enum': 'UType', 'data': [ 'a', 's' ] }
         { 'union': 'V', 'base': { 'type': 'UType' }, 'discriminator': 'type',
           'data': { 'a': 'WrappedA', 's': 'WrappedStr' } }
         { 'struct': 'WrappedA', 'data': { 'data': 'A' } }
         { 'struct': 'WrappedStr', 'data': { 'data': 'str' } }
         { 'struct': 'A', 'data': { 'x': 'int' } }
         { 'command': 'c', 'data': { 'u': 'V' } }",
        &[],
        &[],
    );
}

#[test]
fn types_change_for_better_or_worse() {
    const M: &str = "c/arg-type/m";
    const E: &str = "E/arg-type/m";
    let is = |class: &str, kind: &str, path: &str| format!("{class} {kind} {path}");
    for (old, new, sent, received) in [
        ("'int'", "'str'", "breaking", "breaking"),
        ("'int32'", "'int64'", "compatible", "care"),
        ("'int64'", "'int32'", "breaking", "compatible"),
        ("'int'", "'uint64'", "breaking", "care"),
        ("'int'", "'number'", "compatible", "breaking"),
        ("'str'", "'En'", "care", "compatible"),
        ("'En'", "'str'", "compatible", "care"),
        ("'O'", "'any'", "compatible", "breaking"),
        ("'any'", "'O'", "breaking", "compatible"),
        ("'str'", "[ 'str' ]", "breaking", "breaking"),
        ("'O'", "'StrOrNull'", "breaking", "breaking"),
    ] {
        check_member(
            old,
            new,
            &[&is(sent, "type-changed", M)],
            &[&is(received, "type-changed", E)],
        );
    }
    for (old, new) in [
        ("'int'", "'int64'"),
        ("'size'", "'uint64'"),
        ("[ 'En' ]", "[ 'En' ]"),
        ("'number'", "'number'"),
        ("'any'", "'any'"),
        ("'StrOrNull'", "'StrOrNull'"),
    ] {
        check_member(old, new, &[], &[]);
    }
}

#[test]
fn an_alternate_gains_and_loses_forms() {
    check_member(
        "'str'",
        "'StrOrNull'",
        &["compatible form-added c/arg-type/m"],
        &["breaking form-added E/arg-type/m"],
    );
    check_member(
        "'StrOrNull'",
        "'StrObjectOrNull'",
        &["compatible form-added c/arg-type/m"],
        // Who reads an alternate is prepared for a form that is not known.
        &["care form-added E/arg-type/m"],
    );
    check_member(
        "'StrOrNull'",
        "'str'",
        &["breaking form-gone c/arg-type/m"],
        &["care form-gone E/arg-type/m"],
    );
    check_member(
        "'str'",
        "'EnOrObject'",
        &[
            "care type-changed c/arg-type/m",
            "compatible form-added c/arg-type/m",
        ],
        &[
            "breaking form-added E/arg-type/m",
            "compatible type-changed E/arg-type/m",
        ],
    );
}

/// As `query-sev` in QEMU 9.1.
#[test]
fn an_object_that_became_a_union_is_compared_with_its_branches() {
    let object = "{ 'struct': 'Info', 'data': { 'on': 'bool', 'handle': 'uint32' } }
                  { 'command': 'query-sev', 'returns': 'Info' }";
    let union = "{ 'enum': 'T', 'data': [ 'sev', 'snp' ] }
                 { 'struct': 'Sev', 'data': { 'handle': 'uint32' } }
                 { 'struct': 'Snp', 'data': { 'policy': 'uint64' } }
                 { 'union': 'Info', 'base': { 'on': 'bool', 'sev-type': 'T' },
                   'discriminator': 'sev-type', 'data': { 'sev': 'Sev', 'snp': 'Snp' } }
                 { 'command': 'query-sev', 'returns': 'Info' }";
    check(
        object,
        union,
        &[
            "care member-only-in-branches query-sev/ret-type/handle",
            "compatible became-union query-sev/ret-type",
            "compatible member-added query-sev/ret-type/sev-type",
        ],
        &[
            "care became-object query-sev/ret-type",
            "care member-gone query-sev/ret-type/sev-type",
            "compatible member-added query-sev/ret-type/handle",
        ],
    );
    let diff = parse(object).diff(&parse(union));
    let became = diff.changes.iter().find_map(|change| match &change.kind {
        ChangeKind::BecameUnion {
            discriminator,
            mandatory,
            ..
        } => Some((discriminator.as_str(), mandatory.as_slice())),
        _ => None,
    });
    assert_eq!(became, Some(("sev-type", &["+snp/policy".to_owned()][..])));
}

#[test]
fn features_and_properties_of_commands_are_compared() {
    check(
        "{ 'command': 'c', 'features': [ 'dynamic', 'unstable' ], 'allow-oob': true }
         { 'command': 'd', 'data': { '*a': 'int' } }
         { 'command': 'e', 'success-response': false }",
        "{ 'command': 'c', 'features': [ 'fdset' ], 'allow-preconfig': true }
         { 'command': 'd', 'data': { '*a': { 'type': 'int', 'features': [ 'deprecated' ] } } }
         { 'command': 'e' }",
        &[
            "breaking oob-gone c",
            "care feature-gone c/$dynamic",
            "care feature-added d/arg-type/a/$deprecated",
            "care response-added e",
            "compatible preconfig-allowed c",
            "compatible feature-added c/$fdset",
            "compatible feature-gone c/$unstable",
        ],
        &[
            "breaking preconfig-gone c",
            "breaking response-gone e",
            "care feature-gone c/$fdset",
            "care feature-added c/$unstable",
            "compatible oob-allowed c",
            "compatible feature-added c/$dynamic",
            "compatible feature-gone d/arg-type/a/$deprecated",
        ],
    );
}

#[test]
fn a_condition_that_came_needs_care() {
    check(
        "{ 'command': 'c' }",
        "{ 'command': 'c', 'if': 'CONFIG_C' }",
        &["care condition-changed c"],
        &["compatible condition-changed c"],
    );
}

#[test]
fn a_condition_that_holds_in_more_builds_is_compatible() {
    let command = |condition: &str| format!("{{ 'command': 'c', 'if': {condition} }}");
    for (old, new) in [
        ("'A'", "{ 'any': [ 'A', 'B' ] }"),
        ("{ 'any': [ 'A', 'B' ] }", "{ 'any': [ 'C', 'B', 'A' ] }"),
        ("{ 'all': [ 'A', 'B' ] }", "'B'"),
        (
            "{ 'all': [ 'A', 'B' ] }",
            "{ 'any': [ 'C', { 'all': [ 'B', 'A' ] } ] }",
        ),
    ] {
        check(
            &command(old),
            &command(new),
            &["compatible condition-changed c"],
            &["care condition-changed c"],
        );
    }
}

const ON_LINUX: &str = "{ 'command': 'c', 'data': { 'a': 'uint8',
    '*b': { 'type': 'int', 'if': 'CONFIG_LINUX' } }, 'allow-preconfig': true }
    { 'command': 'd', 'if': 'CONFIG_LINUX' } { 'command': 'e' }";

#[test]
fn an_introspection_is_not_blamed_for_what_it_cannot_show() {
    let schema = parse(ON_LINUX);
    let build = parse("{ 'command': 'c', 'data': { 'a': 'int' } }");
    let forth = Comparison::new(&schema, &build).new_is_introspection(true);
    assert_eq!(
        lines(&forth.diff()),
        [
            "breaking command-gone e",
            "care absent-from-new-build c/arg-type/b",
            "care absent-from-new-build d",
        ]
    );
    let back = Comparison::new(&build, &schema).old_is_introspection(true);
    assert_eq!(
        lines(&back.diff()),
        [
            "compatible absent-from-old-build c/arg-type/b",
            "compatible absent-from-old-build d",
            "compatible command-added e",
        ]
    );
}

#[test]
fn a_comparison_can_be_restricted() {
    let (old, new) = (parse(ON_LINUX), parse("{ 'event': 'E' } { 'event': 'F' }"));
    let diff = Comparison::new(&old, &new).only(["e"], ["F"]).diff();
    assert_eq!(
        lines(&diff),
        ["breaking command-gone e", "compatible event-added F"]
    );
}

#[test]
fn types_that_hold_themselves_are_compared_once() {
    let tree = |more: &str| {
        format!(
            "{{ 'struct': 'T', 'data': {{ '*left': 'T', '*right': [ 'T' ]{more} }} }}
             {{ 'command': 'grow', 'data': 'T', 'returns': 'T' }}"
        )
    };
    let diff = parse(&tree("")).diff(&parse(&tree(", '*leaf': 'str'")));
    assert_eq!(
        lines(&diff),
        ["compatible member-added grow/arg-type/leaf grow/ret-type/leaf"]
    );
    let directions = diff.changes[0].places.iter().map(|place| place.direction);
    assert!(directions.eq([Direction::Sent, Direction::Received]));
}

/// A schema may imply more places than there is memory for.
#[test]
fn a_schema_that_is_made_to_be_slow_is_not() {
    use std::fmt::Write as _;

    let wide = |members: usize, name: &str| {
        let mut text = String::new();
        let all: Vec<String> = (0..members)
            .map(|m| format!("'*{name}{m}': 'int'"))
            .collect();
        writeln!(
            text,
            "{{ 'struct': 'Wide', 'data': {{ {} }} }}",
            all.join(", ")
        )
        .unwrap();
        for command in 0..1000 {
            writeln!(
                text,
                "{{ 'command': 'c{command}', 'data': {{ 'w': 'Wide' }} }}"
            )
            .unwrap();
        }
        parse(&text)
    };
    let diff = wide(5_000, "a").diff(&wide(5_000, "b"));
    assert_eq!(diff.changes.len(), 10_000);
    assert_eq!(diff.of_class(Class::Breaking).count(), 5_000);

    let deep = |member: &str| {
        let mut text = String::from("{ 'command': 'c', 'data': 'S0' }\n");
        for index in 0..5_000 {
            let next = index + 1;
            writeln!(
                text,
                "{{ 'struct': 'S{index}', 'data': {{ '*n': 'S{next}', '*{member}': 'int' }} }}"
            )
            .unwrap();
        }
        text.push_str("{ 'struct': 'S5000', 'data': {} }");
        parse(&text)
    };
    let diff = deep("a").diff(&deep("b"));
    assert_eq!(diff.changes.len(), 10_000);
    let longest = diff.changes.iter().map(|change| change.path().len()).max();
    assert!(longest < Some(1000), "{longest:?}");
}

#[test]
fn reports_say_it_in_words() {
    let old = parse("{ 'command': 'c', 'data': { 'a': 'int' } } { 'command': 'gone' }");
    let new = parse("{ 'command': 'c', 'data': { 'a': 'int', 'b': 'str' } } { 'event': 'E' }");
    let diff = old.diff(&new);
    assert_eq!(diff.worst(), Some(Class::Breaking));
    let report = diff.report("old\x1b", "new");
    assert_eq!(
        report.to_string(),
        "old\\u{1b} -> new: 2 breaking, 0 that need care, 1 compatible\n\n\
         Breaking:\n  c/arg-type/b: the mandatory argument is new\n  gone: the command is gone\n\n\
         Compatible:\n  E: the event is new\n"
    );
    assert_eq!(
        report.markdown(2),
        "## old\\u{1b} → new\n\n2 breaking, 0 that need care, 1 compatible.\n\n\
         ### Breaking\n\n* `c/arg-type/b`: the mandatory argument is new\n\
         * `gone`: the command is gone\n\n### Compatible\n\n* `E`: the event is new\n"
    );
}

#[cfg(feature = "json")]
#[test]
fn reports_are_data_as_well() {
    let old = parse("{ 'command': 'c', 'data': { 'a': 'int32' } }");
    let new = parse("{ 'command': 'c', 'data': { 'a': 'int8' } }");
    assert_eq!(
        old.diff(&new).report("1", "2").json(),
        serde_json::json!({
            "old": "1",
            "new": "2",
            "breaking": [{
                "path": "c/arg-type/a",
                "class": "breaking",
                "kind": "type-changed",
                "direction": "sent",
                "message": "the type was int32 and is int8 now",
                "details": { "from": "int32", "to": "int8" },
                "places": [
                    { "path": "c/arg-type/a", "direction": "sent", "class": "breaking" },
                ],
            }],
            "care": [],
            "compatible": [],
        })
    );
}
