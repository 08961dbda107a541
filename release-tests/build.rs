//! Writes a call of each query that needs no argument, for each release, so
//! that none can be forgotten. Where the release's introspection was recorded,
//! also the bindings of these queries that follow from the recording alone.
//! Then the bindings of the oldest and the newest release in both directions,
//! with tables of what can make a round trip.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use qapi_codegen::{Bindings, Config, Item, ItemKind, Protocol, bundled};
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
        let module = release.module();
        let path = format!("qmp_types::{module}");
        // Names are the same, whatever is generated beside them.
        let queries = Config::new().command("query-*").release(release.name)?;
        visitor(&mut code, &module, &path, &schema, &queries)?;
        let recorded = match release.introspection {
            Some(introspection) => {
                let function = format!("recorded_{module}");
                let (file, bindings) = write_recorded(&out_dir, release, introspection)?;
                writeln!(code, "mod {function} {{ include!({file:?}); }}")?;
                let schema = bundled::read_introspection(introspection)?;
                visitor(&mut code, &function, &function, &schema, &bindings)?;
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
    let bindings = Config::new()
        .protocol(protocol)
        .both_directions(true)
        .release(release.name)?;
    let module = format!("both_{}_{}", protocol.name(), release.module());
    let file = out_dir.join(format!("{module}.rs"));
    bindings.write_to_file(&file)?;
    writeln!(code, "mod {module} {{ include!({file:?}); }}")?;

    // What the schema does not name has no name in the introspection either, and
    // the branches of a union are no type of the schema.
    let types = bindings.items().iter().filter(|item| match item.kind() {
        ItemKind::Command | ItemKind::Event | ItemKind::Branches => false,
        _ => item.is_named(),
    });
    let of_kind = |kind| {
        let items = bindings.items().iter();
        items.filter(move |item| item.kind() == kind)
    };
    let commands = || of_kind(ItemKind::Command);
    Ok(format!(
        "    RoundTrips {{ release: {:?}, protocol: {:?}, types: &[{}], commands: &[{}], returns: &[{}], events: &[{}] }},\n",
        release.name,
        protocol.name(),
        table("round_trip", &module, types),
        table("round_trip", &module, commands()),
        table("round_trip_of_return", &module, commands()),
        table("round_trip", &module, of_kind(ItemKind::Event)),
    ))
}

fn table<'i>(function: &str, module: &str, items: impl Iterator<Item = &'i Item>) -> String {
    items
        .map(|item| {
            let (name, path) = (item.name(), item.path());
            format!("({name:?}, {function}::<{module}::{path}>), ")
        })
        .collect()
}

/// Writes a function that visits each query of the bindings, which are at a path.
fn visitor(
    code: &mut String,
    function: &str,
    path: &str,
    schema: &Schema,
    bindings: &Bindings,
) -> Result<(), Error> {
    let optional = |command: &&Command| {
        let members = command
            .args
            .map(|args| schema.all_members(args))
            .unwrap_or_default();
        members.iter().all(|member| member.optional)
    };
    let queries = bindings.items().iter().filter(|item| {
        let command = schema.command_named(item.name());
        item.name().starts_with("query-") && command.as_ref().is_some_and(optional)
    });
    writeln!(code, "fn {function}(visitor: &mut dyn FnMut(Query)) {{")?;
    for query in queries {
        let name = query.path();
        writeln!(code, "    visitor(Query::of({path}::{name}::new()));")?;
    }
    writeln!(code, "}}")?;
    Ok(())
}

/// Writes the bindings of the queries, and returns where to.
fn write_recorded(
    out_dir: &Path,
    release: &Release,
    json: &str,
) -> Result<(PathBuf, Bindings), Error> {
    let input = out_dir.join(format!("{}.json", release.name));
    std::fs::write(&input, json)?;
    let output = out_dir.join(format!("{}.rs", release.name));
    let config = Config::new().command("query-*");
    let bindings = config.introspection_file(&input)?;
    bindings.write_to_file(&output)?;
    Ok((output, bindings))
}
