//! Writes a call of each query that needs no argument, for the bindings of all
//! releases and for those of each release that was recorded, so that none can be
//! forgotten; also with the bindings of these queries that follow from the recording
//! alone. Then the bindings of all releases and of the newest one in both directions,
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
    let all = bundled::merged(RELEASES, Protocol::Qmp)?;
    let queries = of_all(&Config::new().command("query-*"))?;
    visitor(&mut code, "compat", "qmp_types::compat", &all, &queries)?;
    for release in RELEASES {
        // The others would take as long to compile and show nothing else.
        let Some(introspection) = release.introspection else {
            continue;
        };
        let schema = bundled::schema(release, Protocol::Qmp)?;
        let module = release.module();
        let path = format!("qmp_types::{module}");
        // Names are the same, whatever is generated beside them.
        let queries = Config::new().command("query-*").release(release.name)?;
        visitor(&mut code, &module, &path, &schema, &queries)?;
        let recorded = format!("recorded_{module}");
        let (file, bindings) = write_recorded(&out_dir, release, introspection)?;
        writeln!(code, "mod {recorded} {{ include!({file:?}); }}")?;
        let schema = bundled::read_introspection(introspection)?;
        visitor(&mut code, &recorded, &recorded, &schema, &bindings)?;
        let (major, minor) = release.name.split_once('.').ok_or("MAJOR.MINOR")?;
        writeln!(
            releases,
            "    Release {{ version: ({major}, {minor}), queries: {module}, recorded: {recorded} }},"
        )?;
    }
    let mut tables = String::new();
    for protocol in Protocol::ALL {
        let config = Config::new().protocol(protocol).both_directions(true);
        let newest = RELEASES.last().ok_or("no release is bundled")?;
        for (bindings, generated) in [
            ("compat", of_all(&config)?),
            (newest.name, config.release(newest.name)?),
        ] {
            tables += &round_trips(&mut code, &out_dir, bindings, protocol, &generated)?;
        }
    }
    // A constant's functions would be compiled anew for each test.
    writeln!(
        code,
        "/// What all releases and the newest one declare, by protocol."
    )?;
    writeln!(
        code,
        "pub static ROUND_TRIPS: &[RoundTrips] = &[\n{tables}];"
    )?;
    writeln!(code, "/// The releases that were recorded, oldest first.")?;
    writeln!(code, "pub const RELEASES: &[Release] = &[\n{releases}];")?;
    std::fs::write(out_dir.join("queries.rs"), code)?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// Generates for all bundled releases.
fn of_all(config: &Config) -> Result<Bindings, qapi_codegen::Error> {
    let [first, last] = [RELEASES.first(), RELEASES.last()].map(|of| of.map_or("", |of| of.name));
    config.releases(first, last)
}

/// Writes bindings in both directions, and returns the tables of what makes a round
/// trip, by the names in the schema.
fn round_trips(
    code: &mut String,
    out_dir: &Path,
    name: &str,
    protocol: Protocol,
    bindings: &Bindings,
) -> Result<String, Error> {
    let module = format!("both_{}_{}", protocol.name(), name.replace('.', "_"));
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
        "    RoundTrips {{ bindings: {:?}, protocol: {:?}, types: &[{}], commands: &[{}], returns: &[{}], events: &[{}] }},\n",
        name,
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
