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

/// A chain of structs, in which each is the base of the next, and what uses it.
fn chain(length: usize, members: bool) -> Vec<String> {
    let link = |index: usize| {
        let base = match index {
            0 => String::new(),
            _ => format!("'base':'Type{}a',", index - 1),
        };
        let member = if members {
            format!("'m{index}':'int'")
        } else {
            String::new()
        };
        format!("{{'struct':'Type{index}a',{base}'data':{{{member}}}}}\n")
    };
    (0..length).map(link).collect()
}

#[test]
fn long_chains_of_bases() {
    for members in [false, true] {
        let mut links = chain(10_000, members);
        for expected in [1, 49] {
            let failure = parse(&links.concat(), Dialect::Current).unwrap_err();
            let count = failure.errors().count();
            assert!(count <= expected, "{count} errors");
            let first = failure.errors().next().unwrap();
            assert_eq!(
                first.message,
                "bases and branches are nested more than 200 levels deep"
            );
            // The other way round, each is met before its base.
            links.reverse();
        }
        parse(&chain(200, members).concat(), Dialect::Current).unwrap();
    }
}

#[test]
fn long_chains_of_branches() {
    let unions = numbered(10_000, |index| {
        let inner = match index {
            0 => "Leaf".to_owned(),
            _ => format!("Union{}a", index - 1),
        };
        format!(
            "{{'union':'Union{index}a','base':{{'k{index}':'Kind'}},'discriminator':'k{index}',\
             'data':{{'a':'{inner}'}}}}\n"
        )
    });
    check(&format!(
        "{{'enum':'Kind','data':['a','b']}}{{'struct':'Leaf','data':{{}}}}\n{unions}"
    ));
}

/// What is inherited, or implied by an enum, outgrows the text.
#[test]
fn what_is_shared_is_bounded() {
    let members = numbered(1_000, |index| format!("'m{index}':'int',"));
    let wide = format!("{{'struct':'Wide','data':{{{members}'z':'int'}}}}\n");
    let derived = numbered(1_000, |index| {
        format!("{{'struct':'Type{index}a','base':'Wide','data':{{}}}}\n")
    });
    let commands = numbered(1_000, |index| {
        format!("{{'command':'c{index}','data':'Wide'}}\n")
    });
    let values = numbered(1_000, |index| format!("'v{index}',"));
    let unions = numbered(1_000, |index| {
        format!("{{'union':'Union{index}a','base':'Tagged','discriminator':'k','data':{{}}}}\n")
    });
    let tagged = format!(
        "{{'enum':'Kind','data':[{values}'z']}}{{'struct':'Tagged','data':{{'k':'Kind'}}}}\n"
    );
    let too_many_members = "the definitions of the schema inherit too many members in total";
    let too_many_branches = "the unions of the schema have too many branches in total";
    for (text, expected) in [
        (format!("{wide}{derived}"), too_many_members),
        (format!("{wide}{commands}"), too_many_members),
        (format!("{tagged}{unions}"), too_many_branches),
    ] {
        let failure = parse(&text, Dialect::Current).unwrap_err();
        let messages: Vec<&str> = failure.errors().map(|error| &*error.message).collect();
        assert_eq!(messages, [expected]);
    }
}

/// Nothing here is to take longer than its length.
#[test]
fn many_of_everything() {
    let count = 5_000;
    let values = numbered(count, |index| format!("'v{index}',"));
    let described = numbered(count, |index| format!("# @v{index}: x\n#\n"));
    let unknown = numbered(count, |index| format!("# @w{index}: x\n#\n"));
    for described in [described, unknown] {
        check(&format!(
            "##\n# @Kind:\n#\n{described}##\n{{'enum':'Kind','data':[{values}'z']}}"
        ));
    }
    let names = numbered(count, |index| format!("'c{index}',"));
    let commands = numbered(count, |index| {
        format!("{{'command':'d{index}','returns':['Ty']}}\n")
    });
    check(&format!(
        "{{'pragma':{{'command-name-exceptions':[{names}'c'],'member-name-exceptions':[{names}'c'],\
         'documentation-exceptions':[{names}'c'],'command-returns-exceptions':[{names}'c']}}}}\n\
         {{'struct':'Ty','data':{{}}}}{commands}"
    ));
    check(&"{'command':'c'}\n".repeat(count));
    check(&format!(
        "##\n# @c:\n#\n{}##\n{{'command':'c'}}",
        "# Features:\n#\n".repeat(count)
    ));
    check(&format!("##\n# 1 {}\n##\n", "e.g. A".repeat(count * 10)));
    // Two long words, of which one may have been meant for the other.
    let long = "a".repeat(count * 10);
    check(&format!(
        "{{'struct':'A{long}','data':{{}}}}{{'struct':'Ty','data':{{'a':'A{long}b'}}}}"
    ));
    // All on one line.
    check(&numbered(count, |index| {
        format!("{{'struct':'ty{index}','data':{{}}}}")
    }));
}

/// At each level, the operands were evaluated twice.
#[test]
fn deep_conditions_are_evaluated_once() {
    let deep = format!("{}'X'{}", "{'all':[".repeat(40), "]}".repeat(40));
    let text = format!("{{'command':'c','if':{deep}}}");
    let schema = parse(&text, Dialect::Current).unwrap().schema;
    let condition = schema.command_named("c").unwrap().condition.clone();
    let symbols = qapi_parser::Symbols::new();
    assert_eq!(condition.unwrap().evaluate(&symbols), None);
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
fn too_many_includes() {
    /// Every file includes two others.
    struct Growing;
    impl Loader for Growing {
        fn load(&self, path: &str) -> std::io::Result<std::borrow::Cow<'_, [u8]>> {
            let text = format!("{{'include':'{path}a'}}{{'include':'{path}b'}}");
            Ok(text.into_bytes().into())
        }
    }
    let main = numbered(20_000, |index| format!("{{'include':'{index}'}}\n"));
    let mut files: Vec<(String, &str)> = (0..20_000).map(|n| (n.to_string(), "")).collect();
    files.push(("main".to_owned(), &main));
    let memory = Memory::from_iter(files);
    for (loader, expected) in [
        (
            &Growing as &dyn Loader,
            "includes are nested more than 100 levels deep",
        ),
        (
            &memory,
            "the schema has more than 10000 files, or more than 64 MiB",
        ),
    ] {
        let failure = Parser::new().parse(loader, "main").unwrap_err();
        let messages: Vec<&str> = failure.errors().map(|error| &*error.message).collect();
        assert_eq!(messages, [expected]);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_waited_for() {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::net::UnixListener;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (_reader, writer) = std::io::pipe().unwrap();
    let pipe = format!("/dev/fd/{}", writer.as_raw_fd());
    let _socket = UnixListener::bind(path("socket")).unwrap();
    let large = std::fs::File::create(path("large")).unwrap();
    large.set_len(5 << 30).unwrap();
    let no_file = "it is a device, a pipe or a socket, and not a file";
    for (target, reason) in [
        ("/dev/zero", no_file),
        (&pipe, no_file),
        (&path("socket"), no_file),
        (&path("."), "it is a directory, and not a file"),
        (&path("large"), "it is larger than 16 MiB"),
        (&path("missing"), "No such file or directory"),
    ] {
        let including = path("main.json");
        std::fs::write(&including, format!("{{ 'include': '{target}' }}")).unwrap();
        for (main, what) in [(&*including, "included file"), (target, "schema")] {
            let failure = Parser::new().parse_file(main).unwrap_err();
            let error = failure.errors().next().unwrap();
            let expected = format!("cannot read the {what} '{target}': {reason}");
            assert_eq!(error.message, expected);
            assert_eq!(failure.errors().count(), 1);
        }
    }
}

/// A link to the folder that it is in gives each file names without end.
#[cfg(unix)]
#[test]
fn links_lead_in_no_circle() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("main.json");
    for link in ["a", "b"] {
        std::os::unix::fs::symlink(".", folder.path().join(link)).unwrap();
    }
    let text = "{ 'include': 'a/main.json' } { 'include': 'b/other.json' }
                { 'include': 'other.json' } { 'command': 'stop' }";
    std::fs::write(&main, text).unwrap();
    std::fs::write(folder.path().join("other.json"), "{ 'command': 'quit' }").unwrap();
    let parsed = Parser::new().parse_file(&main).unwrap();
    assert_eq!(parsed.schema.commands.len(), 2);
    let messages: Vec<&str> = parsed.warnings.iter().map(|w| &*w.message).collect();
    assert_eq!(messages, ["'a/main.json' includes itself"]);
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
        "main.json:1:6: error: 'main.json' is not valid UTF-8"
    );
}

#[test]
fn missing_main_file() {
    let failure = Parser::new()
        .parse_file("/nonexistent/main.json")
        .unwrap_err();
    assert_eq!(
        failure.to_string(),
        "/nonexistent/main.json:1:1: error: cannot read the schema '/nonexistent/main.json': \
         No such file or directory"
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

/// What a QEMU tells of itself may be as hostile as a schema.
#[test]
fn much_introspection() {
    let count = 20_000;
    let builtin = r#"{"name":"str","meta-type":"builtin"}"#;
    let each = |part: &dyn Fn(usize) -> String| -> String {
        let parts: Vec<String> = (0..count).map(part).collect();
        parts.join(",")
    };
    // All types are to have one name.
    let members = each(&|n| format!(r#"{{"name":"a{}","type":"{n}"}}"#, "-".repeat(n % 50)));
    let enums = each(&|n| format!(r#"{{"name":"{n}","meta-type":"enum","values":["v"]}}"#));
    let same = format!(
        r#"[{{"name":"c","meta-type":"command","arg-type":"x","ret-type":"x"}},
            {{"name":"x","meta-type":"alternate","members":[{members}]}},{enums}]"#
    );
    // Each is in the one before.
    let nested = each(&|n| {
        let inner = n + 1;
        format!(
            r#"{{"name":"{n}","meta-type":"object","members":[{{"name":"member","type":"{inner}"}}]}}"#
        )
    });
    let nested = format!(
        r#"[{{"name":"c","meta-type":"command","arg-type":"0","ret-type":"0"}},{nested},
            {{"name":"{count}","meta-type":"object","members":[]}}]"#
    );
    // Every branch is of an empty type of its own.
    let cases = each(&|n| format!(r#"{{"case":"v{n}","type":"{n}"}}"#));
    let empty = each(&|n| format!(r#"{{"name":"{n}","meta-type":"object","members":[]}}"#));
    let values = each(&|n| format!("\"v{n}\""));
    let union = format!(
        r#"[{{"name":"c","meta-type":"command","arg-type":"u","ret-type":"u"}},{builtin},
            {{"name":"u","meta-type":"object","members":[{{"name":"k","type":"e"}}],"tag":"k",
              "variants":[{cases}]}},{{"name":"e","meta-type":"enum","values":[{values}]}},{empty}]"#
    );
    for json in [same, nested, union] {
        let schema = Schema::from_introspection(&json, None);
        if let Ok(schema) = schema {
            assert!(schema.types.iter().all(|ty| ty.name.len() < 300));
            schema.find_conditions(&json).unwrap();
        }
    }
}
