//! Writes a call of each query that needs no argument, for each release, so
//! that none can be forgotten. Where the release's introspection was recorded,
//! also the bindings of these queries that follow from the recording alone.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use heck::ToUpperCamelCase;
use qapi_codegen::{Config, Protocol, bundled};
use qapi_parser::Schema;
use qapi_parser::schema::Command;
use qapi_schemas::Release;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let out_dir = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut code = String::new();
    let mut releases = String::new();
    for release in qapi_schemas::RELEASES {
        let schema = bundled::parse(release, Protocol::Qmp.schema_path())?.schema;
        let module = format!("v{}", release.name.replace('.', "_"));
        visitor(&mut code, &module, &format!("qmp_types::{module}"), &schema)?;
        let recorded = match release.introspection {
            Some(introspection) => {
                let function = format!("recorded_{module}");
                let bindings = write_recorded(&out_dir, release, introspection)?;
                writeln!(code, "mod {function} {{ include!({bindings:?}); }}")?;
                let schema = bundled::read_introspection(introspection)?;
                visitor(&mut code, &function, &function, &schema)?;
                format!("Some({function})")
            }
            None => "None".to_owned(),
        };
        let (major, minor) = release.name.split_once('.').ok_or("MAJOR.MINOR")?;
        writeln!(
            releases,
            "    Release {{ version: ({major}, {minor}), queries: {module}, recorded: {recorded} }},"
        )?;
    }
    types(&mut code)?;
    writeln!(code, "/// The bundled releases, oldest first.")?;
    writeln!(code, "pub const RELEASES: &[Release] = &[\n{releases}];")?;
    std::fs::write(out_dir.join("queries.rs"), code)?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// Writes a table of all types of the newest release, by their names in the
/// schema.
fn types(code: &mut String) -> Result<(), Error> {
    let release = qapi_schemas::RELEASES.last().ok_or("there is no release")?;
    let schema = bundled::parse(release, Protocol::Qmp.schema_path())?.schema;
    let bindings = Config::new().release(release.name)?;
    let module = format!("v{}", release.name.replace('.', "_"));
    writeln!(
        code,
        "/// The types of the newest release, with what makes a round trip."
    )?;
    writeln!(code, "pub const TYPES: &[(&str, RoundTrip)] = &[")?;
    for ty in schema.types.iter().filter(|ty| !ty.implicit) {
        let name = ty.name.to_upper_camel_case();
        let starts = [format!("pub struct {name} "), format!("pub enum {name} ")];
        let (_, types) = bindings
            .as_str()
            .split_once("pub mod types {")
            .ok_or("types")?;
        if starts.iter().any(|start| types.contains(start)) {
            writeln!(
                code,
                "    ({:?}, round_trip::<qmp_types::{module}::types::{name}>),",
                ty.name
            )?;
        }
    }
    writeln!(code, "];")?;
    Ok(())
}

/// Writes a function that visits each query of the bindings at a path.
fn visitor(code: &mut String, function: &str, path: &str, schema: &Schema) -> Result<(), Error> {
    let optional = |command: &&Command| {
        let members = command
            .args
            .map(|args| schema.all_members(args))
            .unwrap_or_default();
        members.iter().all(|member| member.optional)
    };
    let queries = schema
        .commands
        .iter()
        .filter(|command| command.name.starts_with("query-"))
        .filter(optional);
    writeln!(code, "fn {function}(visitor: &mut dyn FnMut(Query)) {{")?;
    for command in queries {
        let name = command.name.to_upper_camel_case();
        writeln!(
            code,
            "    visitor(Query::of({path}::commands::{name}::new()));"
        )?;
    }
    writeln!(code, "}}")?;
    Ok(())
}

/// Writes the bindings of the queries, and returns where to.
fn write_recorded(out_dir: &Path, release: &Release, json: &str) -> Result<PathBuf, Error> {
    let input = out_dir.join(format!("{}.json", release.name));
    std::fs::write(&input, json)?;
    let output = out_dir.join(format!("{}.rs", release.name));
    let config = Config::new().command("query-*");
    config.introspection_file(&input)?.write_to_file(&output)?;
    Ok(output)
}
