//! Tests start the programs of the table, and no others.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// The Rust files in a folder, but for what is built and for other workspaces.
fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "bench", "fuzz"].contains(&name) {
                rust_files(&path, files);
            }
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
}

/// Whether a line of Rust can start a program that the table lacks.
fn starts_another(line: &str) -> bool {
    let code = line.trim_start();
    // Documentation shows users how to start QEMU.
    if code.starts_with("//") {
        return false;
    }
    let is_path =
        |place: usize| !code[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let makes_command = |name: &str| {
        code.match_indices(name).any(|(place, _)| {
            let argument = &code[place + name.len()..];
            is_path(place) && !argument.starts_with("(env!(\"CARGO_BIN_EXE_")
        })
    };
    makes_command("Command::new") || code.contains("process::Command as ")
}

#[test]
fn what_starts_another_program_is_seen() {
    for (line, starts) in [
        ("let status = Command::new(\"socat\").status();", true),
        ("    std::process::Command::new(path)", true),
        ("use std::process::Command as Start;", true),
        ("let made = HumanMonitorCommand::new(\"info\");", false),
        (
            "/// let qemu = Command::new(\"qemu-system-x86_64\");",
            false,
        ),
        ("Command::new(env!(\"CARGO_BIN_EXE_qapi-codegen\"))", false),
        ("let command = test_support::command(qemu);", false),
    ] {
        assert_eq!(starts_another(line), starts, "{line}");
    }
}

#[test]
fn tests_start_only_programs_of_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    // The table itself, the test of it, and the tasks of a developer.
    let exempt = [
        "test-support/src/programs.rs",
        "test-support/tests/programs.rs",
        "xtask/src",
    ];
    let mut files = Vec::new();
    rust_files(root, &mut files);
    files.retain(|file| !exempt.iter().any(|path| file.starts_with(root.join(path))));
    assert!(files.len() > 100, "the workspace's files are not found");
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in (1..).zip(text.lines()) {
            if starts_another(line) {
                let path = file.strip_prefix(root).unwrap().display();
                found.push(format!("{path}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "these start programs without test_support::programs:\n{}",
        found.join("\n")
    );
}

#[test]
fn a_program_is_found_where_its_variable_says() {
    use test_support::programs::ALL;

    let names: Vec<&str> = ALL.iter().map(|program| program.name).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(names.len(), unique.len(), "{names:?}");
    for program in ALL {
        match program.variable.and_then(std::env::var_os) {
            Some(value) if value.is_empty() => assert_eq!(program.find(), None),
            Some(value) => assert_eq!(program.find(), Some(value.into())),
            None => {
                let found = program.find();
                assert!(found.is_none_or(|path| path.ends_with(program.name)));
            }
        }
        let message = program.missing();
        assert!(message.contains(program.name), "{message}");
    }
}

#[test]
#[should_panic(expected = "not in the table of programs")]
fn another_program_is_refused() {
    test_support::command(Path::new("/usr/bin/socat"));
}
