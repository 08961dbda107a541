//! A release's schemas in normal form.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use qapi_codegen::{Protocol, bundled};
use qapi_parser::introspect::Options;
use qapi_parser::loader::Memory;
use qapi_parser::{Dialect, Parsed, Parser, Schema};

use super::release_name::ReleaseName;
use super::source::{Tree, resolve};

/// Paths in QEMU's tree and contents.
pub(super) type Texts = BTreeMap<String, String>;

/// The schemas of a release, by protocol.
pub(super) type Schemas = Vec<(Protocol, Schema)>;

/// Reads the schemas of a source tree. Returns them with the paths of all files that
/// they consist of.
pub(super) fn read_tree(tree: &Tree, release: &ReleaseName) -> Result<(Schemas, BTreeSet<String>)> {
    let mut schemas = Vec::new();
    let mut files = BTreeSet::new();
    for protocol in Protocol::ALL {
        let Some(main) = tree.main(protocol) else {
            continue;
        };
        let parser = Parser::new().dialect(dialect(release)?);
        let parsed = understood(parser.parse_file(&main))?;
        for file in parsed.sources.iter() {
            files.insert(tree.relative(&file.path)?);
        }
        schemas.push((protocol, parsed.schema));
    }
    Ok((schemas, files))
}

/// Reads the schema that a binary tells. What it does not tell is named after the
/// bundled releases.
pub(super) fn read_recording(path: &Path) -> Result<Schemas> {
    let bytes = qapi_parser::loader::read_file(path)
        .with_context(|| format!("{}: cannot be read", path.display()))?;
    let json = String::from_utf8(bytes)
        .with_context(|| format!("{}: not a recording, which is text", path.display()))?;
    let schema = bundled::read_introspection(&json).map_err(|error| {
        anyhow!(
            "{}: not what query-qmp-schema returns: {error}",
            path.display()
        )
    })?;
    Ok(vec![(Protocol::Qmp, schema)])
}

/// The normal form of all files, by their paths in QEMU's tree.
pub(super) fn print(schemas: &Schemas) -> Result<Texts> {
    let mut files = Texts::new();
    for (protocol, schema) in schemas {
        let main = Path::new(protocol.schema_path());
        let folder = main.parent().context("a schema has a folder")?;
        let texts = schema.to_normal_form();
        // What a binary tells is one file, whose name is of no importance.
        let alone = texts.len() == 1;
        for (path, text) in texts {
            let path = if alone {
                main.to_owned()
            } else {
                folder.join(path)
            };
            let path = resolve(&path);
            match files.get(&path) {
                Some(known) if *known != text => {
                    bail!("{path} reads differently for {}", protocol.name())
                }
                _ => files.insert(path, text),
            };
        }
    }
    Ok(files)
}

/// Compares what QEMU would tell of schemas and of their normal form.
pub(super) fn must_mean_the_same(schemas: &Schemas, files: &Texts) -> Result<()> {
    let again = parse(files)?;
    let options = Options::new().unmask(true);
    for ((protocol, before), (_, after)) in schemas.iter().zip(&again) {
        if before.to_introspection(&options) != after.to_introspection(&options) {
            let main = protocol.schema_path();
            bail!("the normal form of {main} means something else");
        }
    }
    Ok(())
}

/// Parses files in normal form.
pub(super) fn parse(files: &Texts) -> Result<Schemas> {
    let memory = Memory::from_iter(files);
    let mut schemas = Vec::new();
    for protocol in Protocol::ALL {
        let main = protocol.schema_path();
        if files.contains_key(main) {
            let parsed = understood(Parser::new().parse(&memory, main))?;
            schemas.push((protocol, parsed.schema));
        }
    }
    Ok(schemas)
}

/// The language of a release's schema.
fn dialect(release: &ReleaseName) -> Result<Dialect> {
    let first: ReleaseName = "5.2".parse()?;
    Ok(if *release < first {
        Dialect::Legacy
    } else {
        Dialect::Current
    })
}

fn understood(outcome: Result<Parsed, qapi_parser::Failure>) -> Result<Parsed> {
    outcome.map_err(|failure| {
        anyhow!(
            "{failure}\n\nthe parser does not understand this schema; \
             if QEMU's generator accepts it, qapi-parser must learn its language first"
        )
    })
}
