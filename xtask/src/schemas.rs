//! `cargo xtask schemas`: what `schemas/` and the features of qmp-types say of
//! each release.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Subcommand;
use qapi_codegen::Protocol;
use qapi_parser::Parser;
use qapi_parser::introspect::Options;
use qapi_parser::loader::Memory;

#[derive(Debug, Subcommand)]
pub(crate) enum Schemas {
    /// Bundle a release: write its schemas in normal form, and all that
    /// follows from there being such a release.
    Import {
        /// The release's name, MAJOR.MINOR.
        #[arg(long)]
        release: String,
        /// The release's source tree.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
    },
    Record(crate::record::Record),
    /// Write the snapshots of all bundled releases again, after a change of
    /// what they are made of.
    Snapshots,
    Reports(crate::reports::Reports),
}

impl Schemas {
    pub(crate) fn run(self) -> Result<()> {
        match self {
            Self::Import { release, from } => import(&release, &from),
            Self::Record(record) => {
                record.run()?;
                write_table()
            }
            Self::Reports(reports) => reports.run(),
            Self::Snapshots => {
                for name in releases()? {
                    write_snapshots(&crate::root().join("schemas").join(name))?;
                }
                write_table()
            }
        }
    }
}

fn import(name: &str, from: &Path) -> Result<()> {
    release_key(name).with_context(|| format!("{name:?} is no release; write MAJOR.MINOR"))?;
    let version = fs::read_to_string(from.join("VERSION"))
        .with_context(|| format!("{}: not a QEMU source tree", from.display()))?;
    let version = version.trim();
    if !version.starts_with(&format!("{name}.")) {
        bail!("{} holds QEMU {version}, not {name}", from.display());
    }

    let files = normal_form(from)?;
    let folder = crate::root().join("schemas").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for (path, text) in &files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().context("a file has a folder")?)?;
        fs::write(path, text)?;
    }
    fs::write(folder.join("VERSION"), format!("{version}\n"))?;
    write_snapshots(&folder)?;
    write_table()?;
    write_features()?;
    println!("QEMU {version}: {} files in schemas/{name}", files.len());
    Ok(())
}

/// The normal form of all files of a tree, by their paths in it.
fn normal_form(tree: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for protocol in Protocol::ALL {
        let main = tree.join(protocol.schema_path());
        if !main.exists() {
            continue;
        }
        let parsed = Parser::new()
            .parse_file(&main)
            .map_err(|failure| anyhow!("{failure}"))?;
        let folder = Path::new(protocol.schema_path())
            .parent()
            .context("a schema has a folder")?;
        for (path, text) in parsed.schema.to_normal_form() {
            let path = resolve(&folder.join(path));
            match files.get(&path) {
                Some(known) if *known != text => {
                    bail!("{path} reads differently for {}", protocol.name())
                }
                _ => files.insert(path, text),
            };
        }
    }
    if files.is_empty() {
        bail!("{}: no schema in this tree", tree.display());
    }
    means_the_same(tree, &files)?;
    Ok(files)
}

/// Compares what QEMU would tell of the tree's schemas and of their normal form.
fn means_the_same(tree: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    let memory = Memory::from_iter(files);
    let options = Options::new().unmask(true);
    for protocol in Protocol::ALL {
        let main = protocol.schema_path();
        if !files.contains_key(main) {
            continue;
        }
        let parser = Parser::new();
        let before = parser
            .parse_file(tree.join(main))
            .map_err(|failure| anyhow!("{failure}"))?;
        let after = parser
            .parse(&memory, main)
            .map_err(|failure| anyhow!("{failure}"))?;
        if before.schema.to_introspection(&options) != after.schema.to_introspection(&options) {
            bail!("the normal form of {main} means something else");
        }
    }
    Ok(())
}

/// A path without `..`, with `/`.
fn resolve(path: &Path) -> String {
    let mut parts = Vec::new();
    for part in path.components() {
        match part.as_os_str().to_str() {
            Some("..") => drop(parts.pop()),
            Some(part) => parts.push(part),
            None => {}
        }
    }
    parts.join("/")
}

/// The bundled releases, oldest first.
fn releases() -> Result<Vec<String>> {
    let mut releases = Vec::new();
    for entry in fs::read_dir(crate::root().join("schemas"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if release_key(&name).is_some() {
            releases.push(name);
        }
    }
    releases.sort_by_key(|name| release_key(name));
    Ok(releases)
}

fn release_key(name: &str) -> Option<(u32, u32)> {
    let (major, minor) = name.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The file that has the schema of a protocol, parsed.
fn snapshot_name(protocol: Protocol) -> String {
    format!("{}.snapshot", protocol.name())
}

/// Parses the schemas in a release's folder.
fn write_snapshots(folder: &Path) -> Result<()> {
    for protocol in Protocol::ALL {
        let main = folder.join(protocol.schema_path());
        if main.exists() {
            let parsed = Parser::new()
                .parse_file(&main)
                .map_err(|failure| anyhow!("{failure}"))?;
            let path = folder.join(snapshot_name(protocol));
            fs::write(path, parsed.schema.to_snapshot())?;
        }
    }
    Ok(())
}

/// Writes the table of releases and files that the data crate is.
fn write_table() -> Result<()> {
    let schemas = crate::root().join("schemas");
    let mut text = String::from(
        "// Written by `cargo xtask schemas`. Do not edit.\n\nuse crate::Release;\n\n\
         /// All bundled releases, oldest first.\npub const RELEASES: &[Release] = &[\n",
    );
    for name in releases()? {
        let folder = schemas.join(&name);
        let version = fs::read_to_string(folder.join("VERSION"))?;
        writeln!(text, "    Release {{")?;
        writeln!(text, "        name: {name:?},")?;
        writeln!(text, "        version: {:?},", version.trim())?;
        writeln!(text, "        snapshots: &[")?;
        for protocol in Protocol::ALL {
            let main = protocol.schema_path();
            let snapshot = snapshot_name(protocol);
            if folder.join(main).exists() {
                writeln!(text, "            (")?;
                writeln!(text, "                {main:?},")?;
                writeln!(
                    text,
                    "                include_bytes!(\"../{name}/{snapshot}\"),"
                )?;
                writeln!(text, "            ),")?;
            }
        }
        writeln!(text, "        ],")?;
        writeln!(text, "        #[cfg(feature = \"files\")]")?;
        writeln!(text, "        files: &[")?;
        for path in json_files(&folder, "")? {
            writeln!(text, "            (")?;
            writeln!(text, "                {path:?},")?;
            writeln!(text, "                include_str!(\"../{name}/{path}\"),")?;
            writeln!(text, "            ),")?;
        }
        writeln!(text, "        ],")?;
        writeln!(text, "        #[cfg(feature = \"recordings\")]")?;
        let recording = format!("recordings/{name}.json");
        if schemas.join(&recording).exists() {
            writeln!(
                text,
                "        introspection: Some(include_str!(\"../{recording}\")),"
            )?;
        } else {
            writeln!(text, "        introspection: None,")?;
        }
        writeln!(text, "    }},")?;
    }
    text.push_str("];\n");
    fs::write(schemas.join("src/releases.rs"), text)?;
    Ok(())
}

/// The paths of all schema files below a folder, sorted.
pub(crate) fn json_files(folder: &Path, prefix: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.join(prefix))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        if entry.file_type()?.is_dir() {
            files.extend(json_files(folder, &path)?);
        } else if path.ends_with(".json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Writes the features of qmp-types that stand between the two marks.
fn write_features() -> Result<()> {
    let path = crate::root().join("qmp-types/Cargo.toml");
    let manifest = fs::read_to_string(&path)?;
    let (before, rest) = manifest
        .split_once("import`. (\n")
        .context("the features' first mark is gone")?;
    let (_, after) = rest
        .split_once("# )\n")
        .context("the features' second mark is gone")?;
    let features: Vec<String> = releases()?
        .iter()
        .map(|name| qapi_schemas::module(name))
        .collect();
    let newest = features.last().context("there is no release")?;
    let mut text = format!("{before}import`. (\ndefault = [\"{newest}\"]\n");
    for feature in &features {
        writeln!(text, "{feature} = [\"_bindings\"]")?;
    }
    write!(text, "# )\n{after}")?;
    fs::write(path, text)?;
    Ok(())
}
