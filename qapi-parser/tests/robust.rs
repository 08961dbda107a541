//! No input makes the parser panic, overflow the stack or take for ever.

#![allow(clippy::unwrap_used)]

use qapi_parser::loader::{Loader, Memory};
use qapi_parser::{Dialect, Failure, Parsed, Parser, Schema};

const DIALECTS: [Dialect; 3] = [Dialect::Current, Dialect::Strict, Dialect::Legacy];

fn parse(text: &str, dialect: Dialect) -> Result<Parsed, Box<Failure>> {
    let files = Memory::from_iter([("main.json", text)]);
    let parsed = Parser::new().dialect(dialect).parse(&files, "main.json");
    if let Err(failure) = &parsed {
        // Each can be shown.
        assert_ne!(failure.to_string(), "");
        for diagnostic in &failure.diagnostics {
            diagnostic.to_json(&failure.sources);
        }
    }
    parsed.map_err(Box::new)
}

fn check(text: &str) {
    for dialect in DIALECTS {
        // What matters is that it returns.
        _ = parse(text, dialect);
    }
}

/// Repeats a text up to a size at which a quadratic blow-up shows.
fn many(part: &str) -> String {
    const SIZE: usize = 1 << 17;
    part.repeat(SIZE / part.len())
}

fn numbered(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

#[test]
fn nesting_is_bounded() {
    for part in ["[", "{", "{'a':", "[\n{'a':", "{'event':'E','if':{'not':"] {
        check(&many(part));
    }
    let failure = parse(&many("["), Dialect::Current).unwrap_err();
    let first = failure.errors().next().unwrap();
    assert_eq!(
        first.headline(&failure.sources),
        "main.json:1:101: error: values are nested more than 100 levels deep"
    );
}

#[test]
fn nested_c_conditions_are_bounded() {
    for part in ["!", "("] {
        check(&format!("{{'event':'EV','if':'{}defined(X)'}}", many(part)));
    }
}

#[test]
fn garbage() {
    for part in [
        "\0",
        "'",
        "\\",
        "é",
        "#",
        "##",
        "##\n",
        "# \n",
        "##\n#",
        "\r",
        "'\n",
        "}",
        "]",
        ",",
        ":",
        "$ ",
        "true",
        "''",
        "{}",
        "[]",
        "{'a'\n",
        "{'a':1}\n",
        "{'include':'x'}\n",
        "\u{feff}",
        "{'event':'E'\n{",
        "##\n# @a:\n#\n# @b:\n",
        "\n",
        "{'event':'E'}\n",
        "{'a':'b','a':'c'}\n",
        "##\n# Text.\n##\n",
    ] {
        check(&many(part));
    }
}

#[test]
fn one_object_with_many_keys() {
    let keys = numbered(20_000, |index| format!("'k{index}':'v',"));
    check(&format!("{{{keys}'k1':'v'"));
    check(&format!("{{'struct':'Sa','data':{{{keys}'k1':'int'}}}}"));
}

#[test]
fn long_chains_of_bases() {
    let chain = numbered(2_000, |index| {
        let base = index + 1;
        format!("{{'struct':'Type{index}a','base':'Type{base}a','data':{{}}}}\n")
    });
    check(&format!(
        "{chain}{{'struct':'Type2000a','data':{{'a':'int'}}}}"
    ));
}

/// A shared base, a shared enum, and unions that contain each other: each of
/// these multiplies what must be compared.
#[test]
fn shared_types() {
    let members = numbered(3_000, |index| format!("'m{index}':'int',"));
    let derived = numbered(1_000, |index| {
        format!("{{'struct':'Derived{index}','base':'Base','data':{{'own':'int'}}}}\n")
    });
    let values = numbered(1_000, |index| format!("'v{index}',"));
    let branches = numbered(1_000, |index| format!("'v{index}':'Derived{index}',"));
    let unions = numbered(1_000, |index| {
        let inner = (index + 1) % 1_000;
        format!(
            "{{'union':'Union{index}','base':{{'k{index}':'Kind'}},'discriminator':'k{index}',\
             'data':{{'v0':'Union{inner}','v1':'Union{inner}','v2':'Derived1'}}}}\n"
        )
    });
    check(&format!(
        "{{'struct':'Base','data':{{{members}'z':'int'}}}}\n{derived}\
         {{'enum':'Kind','data':[{values}'z']}}\n\
         {{'union':'All','base':{{'kind':'Kind'}},'discriminator':'kind',\
         'data':{{{branches}'z':'Derived0'}}}}\n{unions}"
    ));
}

/// A loader whose every file includes another that does not exist yet.
struct Endless;

impl Loader for Endless {
    fn load(&self, path: &str) -> std::io::Result<std::borrow::Cow<'_, [u8]>> {
        let text = format!("{{'include':'{}x'}}", path.rsplit('/').next().unwrap());
        Ok(text.into_bytes().into())
    }
}

#[test]
fn endless_includes() {
    let failure = Parser::new().parse(&Endless, "x").unwrap_err();
    assert_eq!(failure.errors().count(), 1);
}

#[test]
fn not_utf8() {
    struct Latin1;
    impl Loader for Latin1 {
        fn load(&self, _: &str) -> std::io::Result<std::borrow::Cow<'_, [u8]>> {
            Ok((&b"# caf\xe9\r\n{'event':'E'}\n"[..]).into())
        }
    }
    let failure = Parser::new().parse(&Latin1, "main.json").unwrap_err();
    let first = failure.errors().next().unwrap();
    assert_eq!(
        first.headline(&failure.sources),
        "main.json:1:6: error: 'main.json' is not UTF-8 text"
    );
}

#[test]
fn missing_main_file() {
    let failure = Parser::new()
        .parse_file("/nonexistent/main.json")
        .unwrap_err();
    assert_eq!(
        failure.to_string(),
        "/nonexistent/main.json:1:1: error: the schema '/nonexistent/main.json' \
         cannot be read: No such file or directory"
    );
}

/// Cuts and splices of a schema that has everything.
#[test]
fn damaged_schemas() {
    let text = [
        include_str!("schemas/main.json"),
        include_str!("schemas/sub/types.json"),
        include_str!("schemas/sub/more.json"),
    ]
    .concat();
    let places: Vec<usize> = (0..text.len())
        .step_by(61)
        .filter(|at| text.is_char_boundary(*at))
        .collect();
    for (index, at) in places.iter().enumerate() {
        let other = places[(index * 7 + 3) % places.len()];
        check(&text[..*at]);
        check(&format!("{}{}", &text[..*at], &text[other..]));
        check(&format!("{}'{}", &text[..*at], &text[*at..]));
    }
}

#[test]
fn damaged_introspection() {
    for json in [
        "",
        "{}",
        "[]",
        "[1]",
        "{\"return\": []}",
        "[{\"name\": \"a\"}]",
        "[{\"name\": \"a\", \"meta-type\": \"command\", \"arg-type\": \"0\", \"ret-type\": \"0\"}]",
        "[{\"name\": \"0\", \"meta-type\": \"array\", \"element-type\": \"[0]\"}]",
        "[{\"name\": \"[x]\", \"meta-type\": \"array\", \"element-type\": \"[x]\"}]",
        "[{\"name\": \"0\", \"meta-type\": \"object\", \"members\": [{\"name\": \"a\", \"type\": \"0\"}]}]",
        "[{\"name\": \"0\", \"meta-type\": \"object\", \"members\": [], \"tag\": \"t\", \"variants\": [{\"case\": \"a\", \"type\": \"0\"}]}]",
        "[{\"name\": \"a b\", \"meta-type\": \"event\", \"arg-type\": \"str\"}]",
    ] {
        // What matters is that it returns.
        _ = Schema::from_introspection(json, None);
    }
    assert!(Schema::from_introspection(&"[".repeat(1 << 20), None).is_err());
}
