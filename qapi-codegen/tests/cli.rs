//! The command-line tool, run as a user runs it.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

mod tool;

use std::path::Path;
use std::process::Command;

use tool::{file, piped, stderr, stdout, tool};

#[test]
fn generate_from_a_bundled_release() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bindings.rs").display().to_string();
    let output = tool(&[
        "generate",
        "11.1",
        "--command",
        "query-*",
        "--command",
        "blockdev-*",
        "--event",
        "*",
        "-o",
        &path,
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report = stderr(&output);
    for part in [
        "read       QEMU 11.1",
        "generated  ",
        "bindings.rs: 1 file, ",
        "time       parse ",
        "render ",
    ] {
        assert!(report.contains(part), "{part:?} is missing in {report}");
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("pub struct BlockdevAdd(") && text.contains("pub struct QueryBlock "));
    assert!(!text.contains("pub struct DeviceAdd "));
}

#[test]
fn branches_that_are_not_wanted_are_left_out() {
    let generate = |more: &[&str]| {
        let base = ["generate", "11.1", "--command", "blockdev-add"];
        let output = tool(&[base.as_slice(), more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let few = generate(&[
        "--branch",
        "BlockdevOptions=qcow2",
        "--branch",
        "BlockdevOptions=file",
    ]);
    assert!(few.contains("pub struct BlockdevOptionsQcow2 "));
    assert!(!few.contains("pub struct BlockdevOptionsNvme "));
    let without = generate(&["--deny-branch", "BlockdevOptions=nvme"]);
    assert!(without.contains("pub struct BlockdevOptionsCurlHttp "));
    assert!(!without.contains("pub struct BlockdevOptionsNvme "));
}

#[test]
fn generate_from_a_folder_and_to_standard_output() {
    let (folder, _) = file("qga/qapi-schema.json", b"{ 'command': 'guest-ping' }");
    let output = tool(&[
        "generate",
        folder.path().to_str().unwrap(),
        "--protocol",
        "qga",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("pub struct GuestPing {}"),
        "{}",
        stdout(&output)
    );
    assert!(stdout(&output).contains("type Protocol = ::qmp_types::Qga;"));
}

#[test]
fn what_is_wrong_is_said() {
    let (_folder, schema) = file(
        "bad.json",
        b"{ 'command': 'stop',\n  'returns': 'Nothing' }\n",
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().display().to_string();
    let slips_of_usage = ["write it as ", "cannot be used with"];
    let missing = Path::new("no-such-folder/schema.json")
        .display()
        .to_string();
    for (arguments, expected) in [
        (vec!["generate", "9.9"], "error: QEMU 9.9 is not bundled; "),
        (
            vec!["generate", "11.1", "--command", "querry-status"],
            "did you mean `query-status`?",
        ),
        (
            vec!["generate", "11.1", "--define", "X", "--undefine", "X"],
            "X is both defined and undefined",
        ),
        (
            vec!["generate", "11.1", "--define", "CONFIG_LINUKS"],
            "no condition matches `CONFIG_LINUKS`; did you mean `CONFIG_LINUX`?",
        ),
        (
            vec![
                "generate",
                "11.1",
                "--command",
                "stop",
                "--deny-command",
                "st?p",
            ],
            "the command `stop` is selected, but denied by `st?p`",
        ),
        (
            vec![
                "generate",
                "11.1",
                "--event",
                "STOP",
                "--deny-event",
                "STOPP",
            ],
            "no event matches `STOPP`; did you mean `STOP`?",
        ),
        (
            vec![
                "generate",
                "11.1",
                "--command",
                "blockdev-add",
                "--deny-type",
                "BlockdevRef",
            ],
            "the type `BlockdevRef` is denied, but needed by type `",
        ),
        (
            vec!["generate", "11.1", "--command", "x-*", "--without-unstable"],
            "excluded, since it is unstable",
        ),
        (
            vec![
                "generate",
                "11.1",
                "--deny-command",
                "*",
                "--deny-event",
                "*",
                "--deny-type",
                "*",
            ],
            "nothing to generate",
        ),
        (
            vec![
                "generate",
                "11.1",
                "--extern-path",
                "UuidInfo=my::Uuid Info",
            ],
            "invalid path `my::Uuid Info`: unexpected `Info`",
        ),
        (
            vec!["generate", "11.1", "--derive", "Inet*=::Hash("],
            "invalid path",
        ),
        (
            vec!["generate", "11.1", "--attribute", "stop=cfg(x)"],
            "invalid attribute `cfg(x)`: expected `#[…]`",
        ),
        (
            vec!["generate", "11.1", "--attribute", "stopp=#[cfg(x)]"],
            "no generated definition matches `stopp`; did you mean `stop`?",
        ),
        (
            vec![
                "generate",
                "11.1",
                "--command",
                "stop",
                "--output-folder",
                "/dev/null/x",
            ],
            "/dev/null/x: ",
        ),
        (
            vec!["generate", "11.1", "--extern-path", "X"],
            "write it as TYPE=PATH",
        ),
        (
            vec!["generate", "11.1", "--branch", "qcow2"],
            "write it as UNION=PATTERN",
        ),
        (
            vec!["generate", "11.1", "--deny-branch", "BlockdevOption=nvme"],
            "no union matches `BlockdevOption`; did you mean `BlockdevOptions`?",
        ),
        (
            vec!["generate", "11.1", "--derive", "X"],
            "write it as PATTERN=PATH",
        ),
        (
            vec!["generate", "11.1", "--attribute", "X"],
            "write it as PATTERN=ATTRIBUTE",
        ),
        (
            vec!["generate", "11.1", "-o", "x.rs", "--output-folder", "x"],
            "cannot be used with",
        ),
        (
            vec![
                "generate",
                "11.1",
                "--command",
                "stop",
                "-o",
                "/no/such/folder/x.rs",
            ],
            "/no/such/folder/x.rs: ",
        ),
        (vec!["generate", schema.as_str()], "bad.json:2:14: error: "),
        (
            vec!["generate", missing.as_str()],
            "schema.json:1:1: error: ",
        ),
        (
            vec!["generate", folder.as_str()],
            "the folder has no schema; there is no qapi/qapi-schema.json and no qapi-schema.json",
        ),
        (
            vec!["print", folder.as_str(), "--protocol", "qga"],
            "there is no qga/qapi-schema.json and no qapi-schema-guest.json in it",
        ),
    ] {
        let output = tool(&arguments);
        assert_eq!(
            output.status.code(),
            Some(
                if slips_of_usage.iter().any(|slip| expected.contains(slip)) {
                    2
                } else {
                    1
                }
            ),
            "{arguments:?}"
        );
        assert!(
            stderr(&output).contains(expected),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn every_option_has_its_twin() {
    let (folder, schema) = file(
        "farm.json",
        b"{ 'struct': 'Cow', 'data': { 'milk': 'int' } }\n\
          { 'command': 'milk', 'returns': 'Cow' }\n\
          { 'command': 'x-feed', 'features': [ 'unstable' ] }\n\
          { 'command': 'mow', 'features': [ 'deprecated' ] }\n\
          { 'command': 'sell', 'if': 'CONFIG_MARKET' }\n\
          { 'event': 'RAIN' }\n",
    );
    for (option, has, has_not) in [
        (&["--command", "milk"][..], "struct Milk ", "struct Mow "),
        (&["--event", "RAIN"], "struct Rain ", "struct Mow "),
        (&["--type", "Cow"], "struct Cow ", "struct Mow "),
        (&["--deny-command", "mi*"], "struct Mow ", "struct Milk "),
        (&["--deny-event", "RAIN"], "struct Mow ", "struct Rain "),
        (
            &["--deny-command", "milk", "--deny-type", "Cow"],
            "struct Mow ",
            "struct Cow ",
        ),
        (&["--without-unstable"], "struct Mow ", "struct XFeed "),
        (&["--without-deprecated"], "struct XFeed ", "struct Mow "),
        (&["--define", "CONFIG_MARKET"], "struct Sell ", "Only where"),
        (
            &["--undefine", "CONFIG_MARKET"],
            "struct Mow ",
            "struct Sell ",
        ),
        (
            &["--extern-path", "Cow=::my::Cow"],
            "Return = ::my::Cow",
            "struct Cow ",
        ),
        (&["--derive", "Cow=Eq"], "PartialEq, Eq)]", "#[my]"),
        (&["--attribute", "Cow=#[my]"], "#[my]", "PartialEq, Eq)]"),
        (
            &["--both-directions"],
            "ServeCommand for Milk",
            "pub mod farm",
        ),
        (&["--modules", "schema"], "pub mod farm", "ServeCommand"),
        (&["--modules", "kinds"], "pub mod types", "pub mod farm"),
        // Formatted, there are no blank lines.
        (&[], "pub struct Mow {}\n    impl", "\n\n    impl"),
        (
            &["--no-format"],
            "pub struct Mow {}\n\n    impl",
            "}\n    impl",
        ),
        (
            &["--protocol", "qga"],
            "::qmp_types::Qga",
            "::qmp_types::Qmp",
        ),
    ] {
        let output = tool(&[&["generate", schema.as_str()], option].concat());
        assert!(output.status.success(), "{option:?}: {}", stderr(&output));
        let text = stdout(&output);
        assert!(text.contains(has), "{option:?}: {has} is missing");
        assert!(!text.contains(has_not), "{option:?}: {has_not} is there");
    }

    let out = folder.path().join("out");
    let output = tool(&[
        "generate",
        &schema,
        "--output-folder",
        out.to_str().unwrap(),
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    for (name, part) in [
        ("mod.rs", "pub mod commands;"),
        ("commands.rs", "\npub struct Mow {}"),
        ("events.rs", "\npub struct Rain {}"),
        ("types.rs", "\npub struct Cow {"),
    ] {
        let text = std::fs::read_to_string(out.join(name)).unwrap();
        assert!(text.starts_with("// Generated by qapi-codegen "), "{name}");
        assert!(text.contains(part), "{name}: {text}");
    }

    // Every option explains itself.
    let help = stdout(&tool(&["generate", "--help"]));
    for line in help
        .lines()
        .filter(|line| line.trim_start().starts_with("--"))
    {
        let next = help
            .lines()
            .skip_while(|other| *other != line)
            .nth(1)
            .unwrap();
        assert!(
            next.starts_with("          "),
            "{line} is not explained: {next}"
        );
    }
}

#[test]
fn check_tells_errors_as_text_and_as_json() {
    let (_folder, schema) = file(
        "bad.json",
        b"{ 'command': 'stop',\n  'returns': 'Nothing' }\n",
    );
    let output = tool(&["check", &schema]);
    assert_eq!(output.status.code(), Some(1));
    let first = stderr(&output).lines().next().unwrap().to_owned();
    assert!(
        first.starts_with(&format!("{schema}:2:14: error: ")),
        "{first}"
    );
    assert!(!first.contains('\x1b'), "colours are for terminals");

    let output = tool(&["check", "--format", "json", &schema]);
    let diagnostic: serde_json::Value = serde_json::from_str(stdout(&output).trim()).unwrap();
    assert_eq!(
        (diagnostic["line"].as_u64(), diagnostic["severity"].as_str()),
        (Some(2), Some("error"))
    );

    let (_folder, schema) = file("good.json", b"{ 'command': 'stop' }\n");
    assert!(tool(&["check", "--strict", &schema]).status.success());

    // It starts like an introspection, and is none.
    let (_folder, schema) = file("list.json", b"[ 'stop'\n");
    let output = tool(&["check", &schema]);
    assert!(
        stderr(&output).starts_with(&format!("{schema}:1:")),
        "{}",
        stderr(&output)
    );
}

#[test]
fn check_of_an_introspection_says_whether_it_is_whole() {
    let whole = tool(&["introspect", "11.1"]).stdout;
    let (_folder, path) = file("whole.json", &whole);
    let output = tool(&["check", &path]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stderr(&output).starts_with(&format!(
            "{path}: 0 errors, 0 warnings; introspection with 243 commands, 57 events and "
        )),
        "{}",
        stderr(&output)
    );

    let (_folder, cut) = file("cut.json", &whole[..whole.len() / 2]);
    let dangling =
        br#"[{ "name": "a", "meta-type": "command", "arg-type": "0", "ret-type": "1" }]"#;
    let (_folder, dangling) = file("dangling.json", dangling);
    let named = br#"[{ "name": "a b", "meta-type": "command", "arg-type": "0", "ret-type": "0" },
        { "name": "0", "meta-type": "object", "members": [] }]"#;
    let (_folder, named) = file("named.json", named);
    for (path, expected) in [
        (
            &cut,
            "the introspection is not valid JSON: EOF while parsing",
        ),
        (&dangling, "'a': "),
        (&named, "the language allows no command the name 'a b'"),
    ] {
        let output = tool(&["check", path]);
        assert_eq!(output.status.code(), Some(1), "{path}");
        let said = stderr(&output);
        assert!(said.starts_with(&format!("error: {path}: ")), "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(said.ends_with(": 1 errors, 0 warnings\n"), "{said}");

        let output = tool(&["check", "--format", "json", path]);
        let error: serde_json::Value = serde_json::from_str(stdout(&output).trim()).unwrap();
        assert_eq!(error["severity"], "error");
        assert_eq!(error["file"], path.as_str());
        assert_eq!(error["line"].as_u64() > Some(1), *path == cut, "{error}");
    }
}

#[test]
fn print_gives_a_schema_that_reads_the_same() {
    let (_folder, schema) = file("a.json", b"{'command':'stop',   'features':['quick']}");
    let printed = tool(&["print", &schema]);
    assert!(printed.status.success());
    let (_folder, normal) = file("a.json", &printed.stdout);
    assert_eq!(stdout(&tool(&["print", &normal])), stdout(&printed));
}

#[test]
fn introspection_shows_enums_as_the_release_does() {
    for (release, expected) in [("5.2", false), ("7.2", true)] {
        let output = tool(&["introspect", "--unmask", "--protocol", "qga", release]);
        let introspection: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        let entities = introspection.as_array().unwrap();
        let status = entities
            .iter()
            .find(|entity| entity["name"] == "GuestFsfreezeStatus")
            .unwrap();
        assert_eq!(status.get("members").is_some(), expected, "{release}");
        assert!(status.get("values").is_some(), "{release}");
    }
}

/// A schema with warnings of three kinds, and one with an error besides.
const WARNED: &str = "##\n# @stop:\n#\n# One. Two.\n# One. Two.\n# One. Two.\n# One. Two.\n#\n# @x: y\n#\n# @y: z\n##\n\
                      { 'command': 'stop' }\n{ 'struct': 'low_er', 'data': {} }\n";

#[test]
fn check_counts_warnings_by_what_they_say() {
    let (_folder, schema) = file("warned.json", WARNED.as_bytes());
    let output = tool(&["check", &schema]);
    assert!(output.status.success());
    let expected = "\
warning: use two spaces between sentences [documentation-style], 4 times
    $:4:6
    $:5:6
    $:6:6
    and 1 more

warning: the comment describes member '…', which does not exist [documentation-style], 2 times
    $:9:1: the comment describes member 'x', which does not exist
    $:11:1: the comment describes member 'y', which does not exist

warning: the name of the struct must be in CamelCase [name], 1 time
    $:14:13

$: 0 errors, 7 warnings; --warnings shows each with its source
";
    assert_eq!(stderr(&output), expected.replace('$', &schema));

    let all = stderr(&tool(&["check", "--warnings", &schema]));
    assert_eq!(all.matches(": warning: ").count(), 7, "{all}");
    assert!(all.ends_with(": 0 errors, 7 warnings\n") && all.contains("# One. Two."));
    let json = stdout(&tool(&["check", "--format", "json", &schema]));
    assert_eq!(json.lines().count(), 7);

    let bad =
        format!("{WARNED}{{ 'command': 'a', 'data': 'B' }}\n{{ 'command': 'b', 'data': 'B' }}\n");
    let (_folder, schema) = file("bad.json", bad.as_bytes());
    let output = tool(&["check", &schema]);
    assert!(!output.status.success());
    let text = stderr(&output);
    assert_eq!(text.matches(": error: ").count(), 2, "{text}");
    assert!(
        text.contains(", 4 times") && text.contains(": 2 errors, 7 warnings; "),
        "{text}"
    );
}

/// The schema of 5.2 follows none of the rules of style that came later.
#[test]
fn check_of_an_old_release_is_readable() {
    let text = stderr(&tool(&["check", "5.2"]));
    assert!(
        text.contains(", 321 times\n") && text.contains("    and 318 more\n"),
        "{text}"
    );
    assert!(text.lines().count() < 50, "{text}");
}

#[test]
fn nobody_has_to_read_it_all() {
    let (folder, schema) = file("a.json", WARNED.as_bytes());
    let introspection = folder.path().join("b.json").display().to_string();
    let output = tool(&["introspect", &schema]);
    std::fs::write(&introspection, &output.stdout).unwrap();
    let (_other, bad) = file("bad.json", b"{ 'command': 'stop', 'data': 'Nothing' }\n");
    for (arguments, code) in [
        (&["generate", &schema][..], 0),
        (&["generate", &bad], 1),
        (&["generate", &introspection], 0),
        (&["generate", &schema, "-o", "/dev/stdout"], 0),
        (&["check", &schema], 0),
        (&["check", "--warnings", &schema], 0),
        (&["check", "--format", "json", &schema], 0),
        (&["check", "--format", "json", &bad], 1),
        (&["check", &bad], 1),
        (&["introspect", &schema], 0),
        (&["print", &schema], 0),
        (&["conditions", "11.1", &introspection], 0),
        (&["check", &introspection], 0),
        (&["diff", "5.2", "11.1"], 1),
        (&["diff", "11.1", "11.1", "--format", "json"], 0),
        (&["diff", "11.1", "9.9"], 2),
        (&["generate", "9.9"], 1),
    ] {
        for (out_closed, err_closed) in [(true, false), (false, true), (true, true)] {
            // Nobody holds the other end.
            let closed = || std::process::Stdio::from(std::io::pipe().unwrap().1);
            let mut command = Command::new(env!("CARGO_BIN_EXE_qapi-codegen"));
            command.args(arguments);
            if out_closed {
                command.stdout(closed());
            }
            if err_closed {
                command.stderr(closed());
            }
            let output = command.output().unwrap();
            let said = stderr(&output);
            assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
            assert!(
                !said.contains("roken pipe") && !said.contains("panicked"),
                "{said}"
            );
        }
    }
}

#[test]
fn the_input_may_be_a_pipe() {
    let schema =
        b"{ 'command': 'dig', 'returns': 'Hole' } { 'struct': 'Hole', 'data': { 'depth': 'int' } }";
    let (_folder, path) = file("dig.json", schema);
    let introspection = tool(&["introspect", &path]).stdout;
    for text in [&schema[..], &introspection] {
        let output = piped(&["generate", "/dev/stdin"], text);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stdout(&output).contains("pub struct Dig"));
        let output = piped(&["print", "/dev/fd/0"], text);
        assert!(
            stdout(&output).contains("'command': 'dig'"),
            "{}",
            stderr(&output)
        );
    }
    let output = piped(
        &["generate", "/dev/stdin", "--names-from", &path],
        &introspection,
    );
    assert!(
        stdout(&output).contains("pub struct Hole "),
        "{}",
        stderr(&output)
    );
    assert!(piped(&["check", "/dev/stdin"], schema).status.success());
    let wrong = piped(&["check", "/dev/stdin"], b"{ 'command': }");
    assert!(
        stderr(&wrong).starts_with("/dev/stdin:1:14: error: "),
        "{}",
        stderr(&wrong)
    );
    let output = piped(&["conditions", &path, "/dev/stdin"], &introspection);
    assert!(output.status.success(), "{}", stderr(&output));
    let endless = piped(&["check", "/dev/stdin"], &vec![b' '; 17 << 20]);
    assert!(
        stderr(&endless).contains("it is larger than 16 MiB"),
        "{}",
        stderr(&endless)
    );
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large");
    std::fs::File::create(&large)
        .unwrap()
        .set_len(5 << 30)
        .unwrap();
    let large = large.to_str().unwrap();
    for path in ["/dev/zero", large] {
        for arguments in [
            &["generate", path][..],
            &["check", path],
            &["introspect", path],
            &["print", path],
            &["conditions", path, path],
            &["conditions", "11.1", path],
        ] {
            let output = tool(arguments);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}");
            let reason = ["it is a device", "it is larger than 16 MiB"];
            let said = stderr(&output);
            assert!(
                reason.iter().any(|reason| said.contains(reason)),
                "{arguments:?}: {said}"
            );
        }
    }
}

#[test]
fn a_terminal_is_not_acted_on() {
    let text = "##\n# @stop:\n#\n# @\x1b[31m\u{9b}\u{202e}x: y. Z\n##\n{ 'command': 'stop' }\n";
    let (_folder, schema) = file("a\x1b[2J\nb.json", text.as_bytes());
    let (_other, bad) = file("a\x1b[2J\nb.json", b"{ 'command': }");
    for arguments in [
        &["check", &schema][..],
        &["check", "--warnings", &schema],
        &["check", "--format", "json", &schema],
        &["check", &bad],
        &["generate", &schema],
        &["generate", &bad],
        &["print", &schema],
        &["introspect", &schema],
        &["conditions", &schema, &schema],
        &["conditions", "11.1", "x\x1b[2J"],
        &["diff", &schema, &bad],
        &["diff", &schema, "11.1"],
        &["diff", &schema, "11.1", "--format", "json"],
        &["diff", &schema, "11.1", "--format", "markdown"],
        &["diff", "11.1", "11.1", "--command", "x\x1b[2J"],
        &["generate", "11.1", "--command", "x\x1b[2J"],
        &["generate", "11.1", "--define", "x\x1b[2J"],
    ] {
        let output = tool(arguments);
        for line in [stdout(&output), stderr(&output)]
            .iter()
            .flat_map(|text| text.lines())
        {
            assert_eq!(qapi_parser::visible(line), line, "{arguments:?}");
        }
    }
}

#[test]
fn since_tells_which_releases_have_a_path() {
    let output = tool(&[
        "since",
        "blockdev-add/arg-type/+file/aio/^io_uring",
        "block-commit/arg-type/top",
        "query-cpus",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(
        stdout(&output),
        "blockdev-add/arg-type/+file/aio/^io_uring: since 5.0\n\
         block-commit/arg-type/top: since 1.3, mandatory until 1.7\n\
         \x20 block-commit/arg-type/top/$deprecated: since 5.0\n\
         query-cpus: since 1.0, gone in 6.0\n\
         \x20 query-cpus/ret-type: since 1.0, gone in 6.0\n\
         \x20 query-cpus/$deprecated: since 5.0, gone in 6.0\n"
    );

    let output = tool(&["since", "guest-network-get-route", "--protocol", "qga"]);
    assert!(stdout(&output).starts_with("guest-network-get-route: since 9.1\n"));
    let output = tool(&["since", "--depth", "0", "block-commit"]);
    assert_eq!(stdout(&output), "block-commit: since 1.3\n");
}

#[test]
fn since_tells_it_to_programs() {
    let output = tool(&[
        "since",
        "--format",
        "json",
        "query-cpus-fast/ret-type/qom-type",
        "stop",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let lines: Vec<serde_json::Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["path"], "query-cpus-fast/ret-type/qom-type");
    assert_eq!(lines[0]["releases"], serde_json::json!(["10.2", "11.1"]));
    assert_eq!(lines[1]["releases"].as_array().unwrap().len(), 44);
}

#[test]
fn since_says_what_may_have_been_meant() {
    for (path, status, expected) in [
        (
            "blokdev-add",
            1,
            "no release has `blokdev-add`; did you mean `blockdev-add`?",
        ),
        (
            "blockdev-add/arg-type/+file/aio/io_uring",
            1,
            "`io_uring` in `blockdev-add/arg-type/+file/aio`; did you mean `^io_uring`?",
        ),
        (
            "block-commit/arg-type/*device",
            1,
            "`device` is there, and may not be absent",
        ),
        ("guest-ping", 1, "--protocol qga has it"),
        (
            "block-commit/arg-type/xyz",
            1,
            "no release has `xyz` in `block-commit/arg-type`",
        ),
        (
            "block-commit/top",
            2,
            "did you mean `block-commit/arg-type/top`?",
        ),
        (
            "block-commit/arg-type/",
            2,
            "malformed path `block-commit/arg-type/`",
        ),
        ("\x1b[2J", 2, "\\u{1b}[2J"),
    ] {
        let output = tool(&["since", path]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(status), "{path}: {said}");
        assert!(said.contains(expected), "{path}: {said}");
    }
}
