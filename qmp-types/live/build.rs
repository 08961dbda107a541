//! Writes a call of each query that needs no argument, for each release, so
//! that none can be forgotten.

use std::fmt::Write as _;
use std::path::Path;

use heck::ToUpperCamelCase;
use qapi_parser::Parser;
use qapi_parser::loader::Memory;
use qapi_parser::schema::Command;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut code = String::new();
    let mut releases = String::new();
    for release in qapi_schemas::RELEASES {
        let files = Memory::from_iter(release.files.iter().copied());
        let schema = Parser::new().parse(&files, "qapi/qapi-schema.json")?.schema;
        let module = format!("v{}", release.name.replace('.', "_"));
        let optional = |command: &&Command| {
            let members = command
                .args
                .map(|args| schema.all_members(args))
                .unwrap_or_default();
            members.iter().all(|member| member.optional)
        };
        writeln!(code, "fn {module}(visitor: &mut dyn FnMut(Query)) {{")?;
        for command in schema
            .commands
            .iter()
            .filter(|c| c.name.starts_with("query-"))
            .filter(optional)
        {
            let name = command.name.to_upper_camel_case();
            writeln!(
                code,
                "    visitor(Query::of(qmp_types::{module}::commands::{name}::new()));"
            )?;
        }
        writeln!(code, "}}")?;
        let (major, minor) = release.name.split_once('.').ok_or("MAJOR.MINOR")?;
        writeln!(
            releases,
            "    Release {{ version: ({major}, {minor}), queries: {module} }},"
        )?;
    }
    writeln!(code, "/// The bundled releases, oldest first.")?;
    writeln!(code, "pub const RELEASES: &[Release] = &[\n{releases}];")?;
    let out_dir = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&out_dir).join("queries.rs"), code)?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
