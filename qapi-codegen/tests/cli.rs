//! The command-line tool, run as a user runs it.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn tool(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qapi-codegen"))
        .args(arguments)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with one file, and the file's path.
fn file(name: &str, text: &[u8]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

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
fn generate_from_a_folder_and_to_standard_output() {
    let (folder, _) = file("qga/qapi-schema.json", b"{ 'command': 'guest-ping' }");
    let output = tool(&[
        "generate",
        folder.path().to_str().unwrap(),
        "--protocol",
        "qga",
        "--format",
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
    let missing = Path::new("no-such-folder/schema.json")
        .display()
        .to_string();
    for (arguments, expected) in [
        (
            vec!["generate", "9.9"],
            "error: QEMU 9.9 is not bundled, only ",
        ),
        (
            vec!["generate", "11.1", "--command", "querry-status"],
            "did you mean `query-status`?",
        ),
        (
            vec!["generate", "11.1", "--define", "X", "--undefine", "X"],
            "X is both defined and undefined",
        ),
        (
            vec!["generate", "11.1", "--extern-path", "X"],
            "write it as TYPE=PATH",
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
    ] {
        let output = tool(&arguments);
        assert_eq!(
            output.status.code(),
            Some(if expected.contains("TYPE=PATH") { 2 } else { 1 }),
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
