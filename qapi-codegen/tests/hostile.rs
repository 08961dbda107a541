//! What a schema says, whatever it is, is text in generated code: rustc compiles
//! it without a warning, and rustdoc finds no test in it, no link and no markup.

#![cfg(feature = "introspection")]
#![cfg(feature = "files")]
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use qapi_codegen::{Bindings, Config, Modules};
use qapi_parser::loader::Memory;
use qapi_parser::schema::TypeKind;
use qapi_parser::{Parser, Schema};
use test_support::programs::of_rust;

/// What would run as a test, or break what stands around it.
const TEXTS: &[&str] = &[
    "```\npanic!();\n```",
    "~~~\npanic!();\n~~~",
    "~~~rust\npanic!();\n~~~~",
    "````\n```\npanic!();\n```\n````",
    "text\n```\npanic!();",
    "    panic!();",
    "\tpanic!();",
    " \tpanic!();",
    "\u{a0}   \u{3000} panic!();",
    "a\n\n     panic!();\n\nb",
    "-     panic!();",
    "-\tpanic!();",
    "-\t\tpanic!();",
    "- \n\n      panic!();",
    "1.      panic!();",
    "1)\t\tpanic!();",
    "123456789.     panic!();",
    "- - -      panic!();",
    "- a\n\n      panic!();",
    "- a\n\n  ```\n  panic!();\n  ```",
    "* a\n\n  ~~~\n  panic!();\n  ~~~",
    "+     panic!();",
    "> ```\n> panic!();\n> ```",
    "> ~~~\n> panic!();",
    ">     panic!();",
    "- > ~~~\n  > panic!();",
    "::\n\n  panic!();",
    "::\n\n  ```\n  panic!();\n  ```\n\nafter",
    "Like::\n\n  ~~~\n  panic!();",
    ".. code-block:: rust\n\n   ```\n   panic!();",
    ".. code-block::\n\n  x\n\npanic!();\n",
    ".. note:: ```\n   panic!();\n   ```",
    ".. note:: ~~~\n   panic!();\n   ~~~",
    ".. unknown::\n\n   ```\n   panic!();",
    "-> { 'execute': 'x' }\npanic!();\n```\npanic!();\n```",
    "<- {\n~~~\npanic!();\n~~~",
    "<script>alert(1)</script>",
    "<div>\n\n    panic!();\n\n</div>",
    "<!-- \n```\npanic!();\n```",
    "</b><a href=x>",
    "&lt;script&gt; &#96;&#96;&#96;",
    "[x]",
    "[`x`]",
    "[x]: http://example.org\n[x][x] [y](z) ![i](j)",
    "[^1]: ```\n[^1]",
    "[Vec]: crate::nothing\n[`crate::nothing`]",
    "@[x] :role:`a]b` `c](d` ``e`f``",
    "`open ``open ```open",
    "```x`` `y``` ``z`",
    "a `b``c` ``d```e`",
    "http://example.org/a_b?c=<d>[e]`f`",
    "https:// http://) xhttp://a.org",
    "www.example.org ftp://example.org <ftp://a>",
    "# Heading\n## Another\n#[test]\n#![doc = \"x\"]",
    "Title\n=====\n\nOther\n-----\n\n***\n___\n---",
    "| a | b |\n|---|---|\n| `c | d` |",
    "a | b\n--|--\n    panic!(); | d",
    "Term\n: ```\n: panic!();",
    "$$x$$ ~~gone~~ **bold** __bold__ *a* _b_",
    "\\`\\`\\` \\",
    "end of line\\",
    "*/ /* // /// //! \" ' \\\" {}} {{ {0}",
    "a\rb",
    "a\r```\rpanic!();\r```",
    "a\u{2028}b\u{2029}~~~\u{85}c",
    "a\u{b}```\u{c}d",
    "\u{0}\u{1}\u{1b}[31m\u{7f}\u{9b}",
    "\u{202e}evil\u{202c} \u{2066}x\u{2069} \u{61c}\u{200f}",
    "\u{feff}\u{200b}\u{ad}\u{e0001}",
    "(since\n~~~\npanic!();\n~~~\n)",
    "(Since ```\npanic!();\n```)",
    "(since 1.0)",
];

/// A schema with each of the texts in each place where there may be text. The
/// places that a comment has no room for are filled afterwards.
fn schema() -> Schema {
    let mut text = String::new();
    let mut comment = |lines: String, definition: String| {
        text.push_str("##\n");
        for line in lines.split('\n') {
            _ = writeln!(text, "# {line}");
        }
        _ = write!(text, "##\n{definition}\n\n");
    };
    for (n, hostile) in TEXTS.iter().enumerate() {
        // In a file, it ends the line.
        let hostile = hostile.replace('\r', "\n");
        let indented = hostile.replace('\n', "\n      ");
        comment(
            format!(
                "@query-a{n}:\n\n{hostile}\n\n@plain: {indented}\n\n@block:\n      {indented}\n\n\
                 Features:\n@quick: {indented}\n\nReturns: {indented}\n\nErrors: {indented}\n\n\
                 Since: {indented}\n\n{hostile}\n\nNote: {indented}\n\nExample: {indented}\n\n\
                 TODO: {indented}"
            ),
            format!(
                "{{ 'command': 'query-a{n}', 'data': {{ 'plain': 'str', 'block': 'Type{n}x' }},\n\
                 'features': ['quick'], 'returns': 'Type{n}x', 'if': 'defined(A) ```{n}' }}"
            ),
        );
        comment(
            format!("@Type{n}x:\n{hostile}\n\n@kind: {indented}\n\nSince: 1.0 {indented}"),
            format!(
                "{{ 'union': 'Type{n}x', 'base': {{ 'kind': 'Kind{n}x' }}, \
                 'discriminator': 'kind', 'data': {{ 'on': 'Base{n}x' }} }}"
            ),
        );
        comment(
            format!("@Kind{n}x:\n{hostile}\n\n@on:\n    {indented}\n\n@off: {indented}"),
            format!("{{ 'enum': 'Kind{n}x', 'data': ['on', 'off'] }}"),
        );
        comment(
            format!("@Base{n}x:\n{hostile}\n\n@a: {indented}"),
            format!("{{ 'struct': 'Base{n}x', 'data': {{ '*a': 'Alt{n}x' }} }}"),
        );
        comment(
            format!("@Alt{n}x:\n{hostile}\n\n@s: {indented}\n\n@o: {indented}"),
            format!("{{ 'alternate': 'Alt{n}x', 'data': {{ 's': 'str', 'o': 'Base{n}x' }} }}"),
        );
        comment(
            format!("@EVENT_{n}:\n{hostile}\n\n@a: {indented}"),
            format!("{{ 'event': 'EVENT_{n}', 'data': {{ 'a': 'str' }} }}"),
        );
    }
    text.push_str("{ 'include': 'sub/a ```b`[x](y).json' }");
    let main = "m\n~~~\npanic!();\n/qapi-schema.json";
    let files = Memory::from_iter([
        (main, text.as_str()),
        (
            "m\n~~~\npanic!();\n/sub/a ```b`[x](y).json",
            "{ 'command': 'other' }",
        ),
    ]);
    let mut schema = match Parser::new().parse(&files, main) {
        Ok(parsed) => parsed.schema,
        Err(failure) => panic!("{failure}"),
    };
    // A comment's own text is cut into parts and has its lines trimmed; here is
    // all of it, as it stands.
    let count = TEXTS.len();
    for (n, doc) in schema
        .types
        .iter_mut()
        .filter_map(|ty| ty.doc.as_mut())
        .enumerate()
    {
        let hostile = TEXTS[n % count];
        doc.body = format!("{hostile}\n{}", doc.body);
        for member in &mut doc.members {
            member.text = hostile.to_owned();
        }
    }
    for (command, hostile) in schema.commands.iter_mut().zip(TEXTS) {
        for section in command.doc.iter_mut().flat_map(|doc| &mut doc.sections) {
            section.text = (*hostile).to_owned();
        }
    }
    schema
}

/// The compiled `qmp_types` that this test was linked with, or one like it.
fn qmp_types() -> &'static (PathBuf, PathBuf) {
    static FOUND: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    FOUND.get_or_init(find_qmp_types)
}

fn find_qmp_types() -> (PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let deps = std::env::current_exe()
        .unwrap()
        .parent()
        .unwrap()
        .to_owned();
    let mut found: Vec<PathBuf> = std::fs::read_dir(&deps)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("libqmp_types-") && name.ends_with(".rlib")
        })
        .collect();
    found.sort_by_key(|path| path.metadata().unwrap().modified().unwrap());
    let probe = folder.join("probe.rs");
    std::fs::write(&probe, "pub use qmp_types::wire;").unwrap();
    // What an older build or another toolchain left behind does not fit.
    let fits = |rlib: &PathBuf| {
        let mut rustc = tool("rustc", &probe, rlib, &deps);
        let output = rustc.args(["--emit", "metadata", "--out-dir"]).arg(folder);
        output.output().unwrap().status.success()
    };
    let rlib = found.into_iter().rev().find(fits).unwrap();
    (rlib, deps)
}

/// rustc or rustdoc, of the toolchain that runs this, on a library.
fn tool(name: &str, source: &Path, qmp_types: &Path, deps: &Path) -> Command {
    let mut command = of_rust(name);
    command
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--crate-name",
            "hostile",
        ])
        .arg("-L")
        .arg(format!("dependency={}", deps.display()))
        .arg("--extern")
        .arg(format!("qmp_types={}", qmp_types.display()))
        .arg(source);
    command
}

#[track_caller]
fn check(bindings: &Bindings) {
    let folder = tempfile::tempdir().unwrap();
    let (qmp_types, deps) = qmp_types();
    let source = folder.path().join("bindings.rs");
    bindings.write_to_file(&source).unwrap();
    let run = |name, arguments: &[&str]| {
        let mut command = tool(name, &source, qmp_types, deps);
        let output = command.args(arguments).arg("--out-dir").arg(folder.path());
        let output = output.output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        let start: String = text.chars().take(4000).collect();
        assert!(output.status.success(), "{name} {arguments:?}: {start}");
        assert_eq!(start, "", "{name} {arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run("rustc", &["--emit", "metadata", "-D", "warnings"]);
    let tests = run("rustdoc", &["--test"]);
    assert!(tests.contains("running 0 tests"), "{tests}");
    run("rustdoc", &["-D", "warnings"]);
    // Whatever reaches a page has lost its meaning on the way.
    for module in ["commands", "events", "types"] {
        let Ok(pages) = std::fs::read_dir(folder.path().join("hostile").join(module)) else {
            continue;
        };
        for page in pages {
            let page = std::fs::read_to_string(page.unwrap().path()).unwrap();
            for part in ["<script>alert", "rust-example-rendered"] {
                assert!(!page.contains(part), "{part}");
            }
        }
    }
}

#[test]
fn documentation_is_neither_run_nor_rendered() {
    let schema = schema();
    check(&Config::new().schema(&schema).unwrap());
    // Other paths to the same texts.
    let config = Config::new().both_directions(true).modules(Modules::Schema);
    check(&config.schema(&schema).unwrap());
}

/// A schema that was put together by hand may have any names. What they would be as
/// Rust is nowhere to be seen, and all of it compiles.
#[test]
fn names_are_nothing_but_names() {
    const NAMES: &[&str] = &[
        "a { } pub struct Evil; struct b",
        "\"; pub struct Evil; //",
        "a\\\"#[doc]\n",
        "*/ pub struct Evil; /*",
        "r#\"x",
        "é²①\u{202e}",
        "'",
        "",
    ];
    let text = "{ 'enum': 'Word', 'data': [ 'w' ] } { 'struct': 'Ty', 'data': { 'm': 'str', '*o': 'int' } }\n\
                { 'union': 'Un', 'base': { 'tag': 'Word', 'n': 'int' }, 'discriminator': 'tag', 'data': { 'w': 'Ty' } }\n\
                { 'alternate': 'Alt', 'data': { 'a': 'str', 'b': 'Ty' } }\n\
                { 'command': 'take', 'data': { 'm': 'Un', '*a': 'Alt' }, 'gen': false }\n\
                { 'event': 'HAPPENED', 'data': { 'm': 'Ty' } }";
    for hostile in NAMES {
        let files = Memory::from_iter([("main.json", text)]);
        let mut schema = Parser::new().parse(&files, "main.json").unwrap().schema;
        (*hostile).clone_into(&mut schema.commands[0].name);
        (*hostile).clone_into(&mut schema.events[0].name);
        for ty in &mut schema.types {
            match &mut ty.kind {
                TypeKind::Builtin(_) | TypeKind::Array(_) => continue,
                TypeKind::Enum(values) => (*hostile).clone_into(&mut values.values[0].name),
                TypeKind::Alternate(alternate) => {
                    (*hostile).clone_into(&mut alternate.branches[0].name);
                }
                TypeKind::Object(object) => {
                    let members = object.members.iter_mut().filter(|m| m.name != "tag");
                    for (index, member) in members.enumerate() {
                        // No two are the same on the wire.
                        member.name = format!("{}{hostile}{index}", &ty.name[..1]);
                    }
                    for branch in object.variants.iter_mut().flat_map(|v| &mut v.branches) {
                        (*hostile).clone_into(&mut branch.name);
                    }
                }
            }
            (*hostile).clone_into(&mut ty.name);
        }
        let bindings = Config::new().both_directions(true).schema(&schema).unwrap();
        let item = |line: &str| line.trim_start().starts_with("pub struct Evil");
        assert!(!bindings.as_str().lines().any(item), "{hostile}");
        check(&bindings);
    }
}

/// Lines of all the texts, mixed and indented at random: what is harmless alone
/// may not be so behind another line.
fn mixed(seed: u64) -> Schema {
    let lines: Vec<&str> = TEXTS.iter().flat_map(|text| text.split('\n')).collect();
    let mut state = seed;
    let mut below = |count: usize| {
        // xorshift
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).unwrap() % count
    };
    let mut text = String::new();
    for n in 0..150 {
        _ = write!(
            text,
            "##\n# @c{n}:\n#\n# x\n#\n# @a: x\n#\n# Returns: x\n#\n# Errors: x\n#\n# Since: x\n#\n\
             # Note: x\n##\n{{ 'command': 'c{n}', 'data': {{ 'a': 'str' }}, 'returns': 'Ty' }}\n"
        );
    }
    text.push_str("{ 'struct': 'Ty', 'data': {} }");
    let files = Memory::from_iter([("main.json", text.as_str())]);
    let mut schema = Parser::new().parse(&files, "main.json").unwrap().schema;
    let mut prose = || {
        let mut prose = String::new();
        for _ in 0..=below(10) {
            let indent = [0, 0, 0, 1, 2, 3, 4, 6, 9][below(9)];
            prose.push_str(&" ".repeat(indent));
            prose.push_str(lines[below(lines.len())]);
            // Lines that follow at once, or behind a blank one, or are one.
            prose.push_str(["\n", "\n", "\n\n", " ", "\r\n"][below(5)]);
        }
        prose
    };
    for doc in schema.commands.iter_mut().filter_map(|c| c.doc.as_mut()) {
        doc.body = prose();
        doc.members[0].text = prose();
        for section in &mut doc.sections {
            section.text = prose();
        }
    }
    schema
}

#[test]
fn no_mixture_of_lines_is_run() {
    let seeds = std::env::var("HOSTILE_SEEDS").ok();
    let count = seeds.and_then(|seeds| seeds.parse().ok()).unwrap_or(1);
    for seed in 1..=count {
        check(&Config::new().schema(&mixed(seed)).unwrap());
    }
}

#[test]
fn the_path_of_the_schema_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "a\n#![doc = \"x\"]\npub fn evil() {}\n.json",
        "a\rb.json",
        "\u{202e}nosj.json",
        "²①.json",
        "a\u{1b}[31m.json",
        "* \" ` \\.json",
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, "{ 'command': 'stop' }").unwrap();
        let config = Config::new().modules(Modules::Schema);
        let bindings = config.schema_file(&path).unwrap();
        let first = bindings.as_str().lines().next().unwrap();
        assert!(first.ends_with(" Do not edit."), "{first}");
        assert_eq!(qapi_parser::visible(first), first);
        check(&bindings);
        let bytes = b"{ 'command': }";
        std::fs::write(&path, bytes).unwrap();
        let error = config.schema_file(&path).unwrap_err().to_string();
        assert!(
            error.lines().all(|line| qapi_parser::visible(line) == line),
            "{error}"
        );
    }
}

/// What is in what is in what is in each: an example would fill the memory.
#[test]
fn examples_are_bounded() {
    let mut text = "{ 'struct': 'Type30a', 'data': { 'a': 'int' } }\n".to_owned();
    for n in 0..30 {
        let members: Vec<String> = (0..10)
            .map(|m| format!("'m{m}': 'Type{}a'", n + 1))
            .collect();
        let members = members.join(", ");
        _ = writeln!(text, "{{ 'struct': 'Type{n}a', 'data': {{ {members} }} }}");
    }
    text.push_str("{ 'command': 'deep', 'returns': 'Type0a' } { 'command': 'plain' }");
    let files = Memory::from_iter([("main.json", text.as_str())]);
    let schema = Parser::new().parse(&files, "main.json").unwrap().schema;
    let bindings = Config::new().schema(&schema).unwrap();
    assert!(!bindings.as_str().contains("\"execute\": \"deep\""));
    assert!(bindings.as_str().contains("\"execute\": \"plain\""));
    assert!(bindings.as_str().len() < 1_000_000);
}

#[test]
fn names_in_errors_are_visible() {
    let hostile = "a\x1b[31m\nb";
    for error in [
        Config::new().command(hostile).release("11.1").unwrap_err(),
        Config::new().release(hostile).unwrap_err(),
        Config::new().introspection_file(hostile).unwrap_err(),
        Config::new().schema_file(hostile).unwrap_err(),
        Config::new()
            .extern_path("X", hostile)
            .release("11.1")
            .unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(text.contains("a\\u{1b}[31m\\nb"), "{text}");
        assert_eq!(qapi_parser::visible(&text), text);
    }
}
