//! All that `schemas/` holds, and all that follows from the list of releases.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use qapi_codegen::Protocol;

use super::json_files;
use super::normal_form::{self, Schemas, Texts};
use super::origins::{self, Origins};
use super::release_name::ReleaseName;
use super::replace::Files;
use super::reports;
use super::table::Rows;
use super::wire;

/// The bundled releases, read from the workspace's folder.
#[derive(Debug)]
pub(super) struct Bundle {
    root: PathBuf,
    /// The files of each release in normal form.
    pub(super) releases: BTreeMap<ReleaseName, Texts>,
    /// Where these and further releases come from.
    pub(super) origins: Origins,
    /// What each release has, bundled or not.
    tables: BTreeMap<&'static str, Rows>,
}

impl Bundle {
    /// Reads everything but the release that is about to be written, which may be in
    /// any state.
    pub(super) fn read(root: &Path, but: Option<&ReleaseName>) -> Result<Bundle> {
        let path = root.join(origins::PATH);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
        let mut bundle = Bundle {
            root: root.to_owned(),
            releases: BTreeMap::new(),
            origins: origins::parse(&text)?,
            tables: BTreeMap::new(),
        };
        for protocol in Protocol::ALL {
            let path = table_path(protocol.name());
            let file = root.join(&path);
            let text = fs::read_to_string(&file)
                .with_context(|| format!("{}: cannot be read", file.display()))?;
            let rows = Rows::parse(&text).with_context(|| path.clone())?;
            bundle.tables.insert(protocol.name(), rows);
        }
        for release in folders(root)? {
            if Some(&release) == but {
                continue;
            }
            if !bundle.origins.contains_key(&release) {
                bail!(
                    "schemas/{release} is there, and {} has no line for it; \
                     import the release again, or remove the folder",
                    origins::PATH
                );
            }
            let texts = read_release(root, &release)?;
            bundle.releases.insert(release, texts);
        }
        Ok(bundle)
    }

    /// Notes in the tables of availability what a release has.
    pub(super) fn add_to_tables(&mut self, release: &ReleaseName, schemas: &Schemas) -> Result<()> {
        for (protocol, schema) in schemas {
            let table = self.tables.entry(protocol.name()).or_default();
            table.set(release, wire::rows(schema)?)?;
        }
        Ok(())
    }

    /// Every file that is written by an import, as it should be.
    pub(super) fn files(&self) -> Result<Files> {
        let mut files = Files::new();
        let mut tables = self.tables.clone();
        let mut recorded = Vec::new();
        let mut reported = Vec::new();
        for (release, texts) in &self.releases {
            let folder = format!("schemas/{release}");
            let schemas = normal_form::parse(texts).with_context(|| folder.clone())?;
            for (protocol, schema) in &schemas {
                let path = format!("{folder}/{}", snapshot_name(*protocol));
                files.insert(path, schema.to_snapshot());
                let table = tables.entry(protocol.name()).or_default();
                table.set(release, wire::rows(schema)?)?;
            }
            let texts = normal_form::print(&schemas).with_context(|| folder.clone())?;
            for (path, text) in texts {
                files.insert(format!("{folder}/{path}"), text.into_bytes());
            }
            let version = format!("{}\n", self.origins[release].version);
            files.insert(format!("{folder}/VERSION"), version.into_bytes());
            let recording = format!("recordings/{release}.json");
            if self.root.join("schemas").join(&recording).exists() {
                recorded.push(release);
            }
            reported.push(reports::Release {
                name: release,
                version: &self.origins[release].version,
                schemas,
            });
        }
        for (protocol, table) in &tables {
            let text = table.print().with_context(|| table_path(protocol))?;
            files.insert(table_path(protocol), text.into_bytes());
        }
        let mut insert = |path: &str, text: String| files.insert(path.to_owned(), text.into());
        insert(origins::PATH, origins::print(&self.origins));
        let is_bundled = |release: &ReleaseName| self.releases.contains_key(release);
        let text = origins::to_markdown(&self.origins, is_bundled);
        insert("schemas/SOURCES.md", text);
        insert("schemas/src/releases.rs", self.table(&recorded));
        insert("qmp-types/Cargo.toml", self.features()?);
        insert("qmp-types/src/lib.rs", self.features_in_words()?);
        insert("README.md", self.readme()?);
        for (path, text) in reports::files(&reported)? {
            insert(&path, text);
        }
        Ok(files)
    }

    /// The files in the folders of bundled releases, and of the reports, that should
    /// not be there.
    pub(super) fn strays(&self, files: &Files) -> Result<Vec<String>> {
        let mut strays = Vec::new();
        let releases = self.releases.keys();
        let folders = releases.map(|release| format!("schemas/{release}"));
        for folder in folders.chain([reports::FOLDER.to_owned()]) {
            let path = self.root.join(&folder);
            if !path.exists() {
                continue;
            }
            for file in super::all_files(&path, "")? {
                let path = format!("{folder}/{file}");
                if !files.contains_key(&path) {
                    strays.push(path);
                }
            }
        }
        Ok(strays)
    }

    /// The Rust table of releases and files that the data crate is.
    fn table(&self, recorded: &[&ReleaseName]) -> String {
        let mut text = String::from(
            "// Written by `cargo xtask schemas`. Do not edit.\n\nuse crate::Release;\n\n\
             /// All bundled releases, oldest first.\npub const RELEASES: &[Release] = &[\n",
        );
        for (release, files) in &self.releases {
            let name = release.as_str();
            let version = &self.origins[release].version;
            _ = writeln!(text, "    Release {{");
            _ = writeln!(text, "        name: {name:?},");
            _ = writeln!(text, "        version: {version:?},");
            _ = writeln!(text, "        snapshots: &[");
            for protocol in Protocol::ALL {
                let main = protocol.schema_path();
                if files.contains_key(main) {
                    let snapshot = snapshot_name(protocol);
                    let bytes = format!("include_bytes!(\"../{name}/{snapshot}\")");
                    text += &pair(main, &bytes);
                }
            }
            _ = writeln!(text, "        ],");
            _ = writeln!(text, "        #[cfg(feature = \"files\")]");
            _ = writeln!(text, "        files: &[");
            for path in files.keys() {
                text += &pair(path, &format!("include_str!(\"../{name}/{path}\")"));
            }
            _ = writeln!(text, "        ],");
            _ = writeln!(text, "        #[cfg(feature = \"recordings\")]");
            let recording = if recorded.contains(&release) {
                format!("Some(include_str!(\"../recordings/{name}.json\"))")
            } else {
                "None".to_owned()
            };
            _ = writeln!(text, "        introspection: {recording},");
            _ = writeln!(text, "    }},");
        }
        text.push_str("];\n");
        text
    }

    /// The manifest of qmp-types with a feature for each release.
    fn features(&self) -> Result<String> {
        let features = self.modules();
        let mut text = String::new();
        for feature in &features {
            _ = writeln!(text, "{feature} = [\"_bindings\"]");
        }
        self.between("qmp-types/Cargo.toml", "import`. (\n", "# )\n", &text)
    }

    /// The documentation of qmp-types with the name of each release's feature.
    fn features_in_words(&self) -> Result<String> {
        const WIDTH: usize = 88;
        let features = self.modules();
        let mut words: Vec<String> = features.iter().map(|name| format!("`{name}`,")).collect();
        let newest = features.last().context("no release is bundled")?;
        words.pop();
        words.push(format!("`{newest}`:"));
        let rest = "the bindings of that release. They can be combined.";
        words.extend(rest.split(' ').map(str::to_owned));
        let mut text = String::new();
        let mut line = "//! *".to_owned();
        for word in words {
            if line.len() + 1 + word.len() > WIDTH {
                text += &line;
                text.push('\n');
                line = "//!  ".to_owned();
            }
            line.push(' ');
            line += &word;
        }
        text += &line;
        text.push('\n');
        let (before, after) = ("//! One release each:\n//!\n", "//!\n//! Without features");
        self.between("qmp-types/src/lib.rs", before, after, &text)
    }

    fn readme(&self) -> Result<String> {
        let names: Vec<&str> = self.releases.keys().map(ReleaseName::as_str).collect();
        let (newest, older) = names.split_last().context("no release is bundled")?;
        let text = format!("{} and {newest}", older.join(", "));
        self.between("README.md", "bindings of QEMU ", " (a feature each)", &text)
    }

    fn modules(&self) -> Vec<String> {
        let names = self.releases.keys();
        names
            .map(|name| qapi_schemas::module(name.as_str()))
            .collect()
    }

    /// A file with other text between two marks.
    fn between(&self, path: &str, before: &str, after: &str, text: &str) -> Result<String> {
        let file = self.root.join(path);
        let old = fs::read_to_string(&file)
            .with_context(|| format!("{}: cannot be read", file.display()))?;
        let (head, rest) = old.split_once(before).with_context(|| {
            format!("{path}: {before:?} is gone, after which releases are listed")
        })?;
        let (_, tail) = rest.split_once(after).with_context(|| {
            format!("{path}: {after:?} is gone, before which releases are listed")
        })?;
        Ok([head, before, text, after, tail].concat())
    }
}

fn pair(path: &str, contents: &str) -> String {
    format!(
        "            (\n                {path:?},\n                {contents},\n            ),\n"
    )
}

/// The file that has the schema of a protocol, parsed.
fn snapshot_name(protocol: Protocol) -> String {
    format!("{}.snapshot", protocol.name())
}

/// The table of what each release of a protocol has.
fn table_path(protocol: &str) -> String {
    format!("schemas/availability/{protocol}.txt")
}

/// The releases that have a folder.
fn folders(root: &Path) -> Result<Vec<ReleaseName>> {
    let mut releases = Vec::new();
    for entry in fs::read_dir(root.join("schemas"))? {
        let name = entry?.file_name();
        releases.extend(name.to_str().and_then(|name| name.parse().ok()));
    }
    Ok(releases)
}

fn read_release(root: &Path, release: &ReleaseName) -> Result<Texts> {
    let folder = root.join("schemas").join(release.as_str());
    let mut texts = Texts::new();
    for path in json_files(&folder, "")? {
        let file = folder.join(&path);
        let text = fs::read_to_string(&file)
            .with_context(|| format!("{}: cannot be read", file.display()))?;
        texts.insert(path, text);
    }
    let main = Protocol::Qmp.schema_path();
    if !texts.contains_key(main) {
        bail!(
            "schemas/{release} has no {main}, so it is not all of the release; \
             import the release again, or remove the folder"
        );
    }
    Ok(texts)
}
