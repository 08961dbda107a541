//! Writes a call of each query that needs no argument, for each release, so
//! that none can be forgotten. Where the release's introspection was recorded,
//! also the bindings of these queries that follow from the recording alone.
//! Then the bindings of the oldest and the newest release in both directions,
//! with tables of what can make a round trip.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use heck::ToUpperCamelCase;
use qapi_codegen::{Config, Protocol, bundled};
use qapi_parser::Schema;
use qapi_parser::schema::Command;
use qapi_schemas::{RELEASES, Release};

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let out_dir = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut code = String::new();
    let mut releases = String::new();
    for release in RELEASES {
        let schema = bundled::schema(release, Protocol::Qmp)?;
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
    let mut tables = String::new();
    for protocol in Protocol::ALL {
        for release in [RELEASES.first(), RELEASES.last()].into_iter().flatten() {
            tables += &round_trips(&mut code, &out_dir, release, protocol)?;
        }
    }
    // A constant's functions would be compiled anew for each test.
    writeln!(
        code,
        "/// What the oldest and the newest release declare, by protocol."
    )?;
    writeln!(
        code,
        "pub static ROUND_TRIPS: &[RoundTrips] = &[\n{tables}];"
    )?;
    writeln!(code, "/// The bundled releases, oldest first.")?;
    writeln!(code, "pub const RELEASES: &[Release] = &[\n{releases}];")?;
    std::fs::write(out_dir.join("queries.rs"), code)?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// Writes the bindings of a protocol in both directions, and returns the tables
/// of what makes a round trip, by the names in the schema.
fn round_trips(
    code: &mut String,
    out_dir: &Path,
    release: &Release,
    protocol: Protocol,
) -> Result<String, Error> {
    let schema = bundled::schema(release, protocol)?;
    let bindings = Config::new()
        .protocol(protocol)
        .both_directions(true)
        .release(release.name)?;
    let name = release.name.replace('.', "_");
    let module = format!("both_{protocol:?}_{name}").to_lowercase();
    let file = out_dir.join(format!("{module}.rs"));
    bindings.write_to_file(&file)?;
    writeln!(code, "mod {module} {{ include!({file:?}); }}")?;

    // What no command and no event needs is not generated.
    let (_, text) = bindings
        .as_str()
        .split_once("pub mod types {")
        .ok_or("no types")?;
    let is_generated = |name: &&str| {
        let name = name.to_upper_camel_case();
        let mut starts = ["struct", "enum"]
            .iter()
            .map(|what| format!("pub {what} {name} "));
        starts.any(|start| text.contains(&start))
    };
    let types = schema
        .types
        .iter()
        .map(|ty| ty.name.as_str())
        .filter(is_generated);
    let commands = schema.commands.iter().map(|command| command.name.as_str());
    let events = schema.events.iter().map(|event| event.name.as_str());
    Ok(format!(
        "    RoundTrips {{ release: {:?}, protocol: \"{protocol:?}\", types: &[{}], commands: &[{}], returns: &[{}], events: &[{}] }},\n",
        release.name,
        table("round_trip", &format!("{module}::types"), types),
        table(
            "round_trip",
            &format!("{module}::commands"),
            commands.clone()
        ),
        table(
            "round_trip_of_return",
            &format!("{module}::commands"),
            commands
        ),
        table("round_trip", &format!("{module}::events"), events),
    ))
}

fn table<'n>(function: &str, module: &str, names: impl Iterator<Item = &'n str>) -> String {
    names
        .map(|name| {
            format!(
                "({name:?}, {function}::<{module}::{}>), ",
                name.to_upper_camel_case()
            )
        })
        .collect()
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
