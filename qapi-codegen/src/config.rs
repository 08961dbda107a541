//! The builder for build scripts. It collects options, reads the schema and calls
//! the generator.

#[cfg(any(feature = "files", feature = "introspection"))]
use std::path::Path;
#[cfg(feature = "introspection")]
use std::sync::Arc;
use std::time::Duration;
#[cfg(any(feature = "bundled", feature = "files", feature = "introspection"))]
use std::time::Instant;

use qapi_parser::Schema;
#[cfg(feature = "files")]
use qapi_parser::{Dialect, Parser};

use crate::bindings::Bindings;
#[cfg(feature = "bundled")]
use crate::bundled;
use crate::error::Error;
use crate::generate::{Input, generate};
use crate::options::{Attribute, AttributeKind, Modules, Options, Protocol};
use crate::releases::Releases;

/// The options of the generator. The last call takes the schema and generates.
///
/// If no command, event or type is selected, everything is generated. Otherwise,
/// what is selected and all types that it needs. Names are those of the schema or,
/// if none of these matches, those in Rust. In a name, `*` matches any text and `?`
/// one character. A name that matches nothing is an error, and so are options that
/// contradict each other.
///
/// ```
/// let bindings = qapi_codegen::Config::new()
///     .command("query-status")
///     .event("STOP")
///     .release("11.1")?;
/// assert!(bindings.as_str().contains("pub struct QueryStatus"));
/// # Ok::<(), qapi_codegen::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Config {
    options: Options,
    #[cfg(feature = "introspection")]
    names_from: Vec<Arc<Schema>>,
}

impl Config {
    /// Creates options that generate everything that the schema declares.
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects the commands of this name, and all types that they need.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new().command("query-block*").release("11.1")?;
    /// assert!(bindings.as_str().contains("pub struct QueryBlockstats"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn command(mut self, pattern: impl Into<String>) -> Self {
        self.options.request.commands.allow.push(pattern.into());
        self
    }

    /// Selects the events of this name, and all types that they need.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new().event("JOB_*").release("11.1")?;
    /// assert!(bindings.as_str().contains("pub struct JobStatusChange"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn event(mut self, pattern: impl Into<String>) -> Self {
        self.options.request.events.allow.push(pattern.into());
        self
    }

    /// Selects the types of this name, and all types that they need.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new().type_("SocketAddress").release("11.1")?;
    /// assert!(bindings.as_str().contains("pub enum SocketAddress"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn type_(mut self, pattern: impl Into<String>) -> Self {
        self.options.request.types.allow.push(pattern.into());
        self
    }

    /// Excludes the commands of this name.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .command("query-*")
    ///     .deny_command("query-cpu-*")
    ///     .release("11.1")?;
    /// assert!(!bindings.as_str().contains("pub struct QueryCpuDefinitions"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn deny_command(mut self, pattern: impl Into<String>) -> Self {
        self.options.request.commands.deny.push(pattern.into());
        self
    }

    /// Excludes the events of this name. A client that receives one treats it as an
    /// unknown event.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .event("*")
    ///     .deny_event("SPICE_*")
    ///     .release("11.1")?;
    /// assert!(!bindings.as_str().contains("pub struct SpiceConnected"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn deny_event(mut self, pattern: impl Into<String>) -> Self {
        self.options.request.events.deny.push(pattern.into());
        self
    }

    /// Excludes the types of this name. It is an error if a selected command, event
    /// or type needs one of them.
    ///
    /// ```
    /// use qapi_codegen::Config;
    ///
    /// let bindings = Config::new().type_("Block*").deny_type("BlockStats").deny_type("BlockDeviceStats").release("11.1");
    /// assert!(!bindings?.as_str().contains("pub struct BlockStats "));
    ///
    /// let error = Config::new().command("query-status").deny_type("StatusInfo").release("11.1").unwrap_err();
    /// assert!(error.to_string().contains("needed by command `query-status`"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn deny_type(mut self, pattern: impl Into<String>) -> Self {
        self.options.request.types.deny.push(pattern.into());
        self
    }

    /// Selects the branches of this name of a union. Its other branches, and the
    /// types that only they need, are not generated. Unions without a selection
    /// keep all branches. A received branch that is not generated is kept as an
    /// unknown branch. The enum of the discriminator keeps all values.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .command("blockdev-add")
    ///     .branch("BlockdevOptions", "qcow2")
    ///     .branch("BlockdevOptions", "file")
    ///     .release("11.1")?;
    /// assert!(bindings.as_str().contains("pub struct BlockdevOptionsQcow2 "));
    /// assert!(!bindings.as_str().contains("pub struct BlockdevOptionsNvme "));
    ///
    /// let error = qapi_codegen::Config::new().branch("BlockdevOptions", "qcov2").release("11.1").unwrap_err();
    /// assert_eq!(error.to_string(), "no branch of `BlockdevOptions` matches `qcov2`; did you mean `qcow2`?");
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn branch(mut self, union: impl Into<String>, pattern: impl Into<String>) -> Self {
        self.options
            .request
            .branches
            .push((union.into(), pattern.into()));
        self
    }

    /// Excludes the branches of this name of a union. What is excluded with them is
    /// as for [`Config::branch`].
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .command("blockdev-add")
    ///     .deny_branch("BlockdevOptions", "nvme*")
    ///     .release("11.1")?;
    /// assert!(!bindings.as_str().contains("pub struct BlockdevOptionsNvme "));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn deny_branch(mut self, union: impl Into<String>, pattern: impl Into<String>) -> Self {
        let branch = (union.into(), pattern.into());
        self.options.request.denied_branches.push(branch);
        self
    }

    /// Sets whether unstable commands, events, optional members, branches and values
    /// are generated. Defaults to true. Required members are always generated, since
    /// QEMU rejects a command without them.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new().command("*blockdev-*").unstable(false).release("11.1")?;
    /// assert!(!bindings.as_str().contains("pub struct XBlockdevChange"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn unstable(mut self, generate: bool) -> Self {
        self.options.request.without_unstable = !generate;
        self
    }

    /// Sets whether deprecated commands, events, optional members, branches and
    /// values are generated, as [`Config::unstable`] does. Defaults to true.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new().command("block*").deprecated(false).release("11.1")?;
    /// assert!(!bindings.as_str().contains("#[deprecated]"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn deprecated(mut self, generate: bool) -> Self {
        self.options.request.without_deprecated = !generate;
        self
    }

    /// Sets whether a symbol in conditions is defined. What cannot exist then is
    /// excluded, and a member that must exist then is required. Without this, the
    /// bindings fit every build: a conditional member is optional.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .define("CONFIG_SPICE", false)
    ///     .release("11.1")?;
    /// assert!(!bindings.as_str().contains("pub struct QuerySpice"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn define(mut self, symbol: impl Into<String>, defined: bool) -> Self {
        self.options.request.defines.push((symbol.into(), defined));
        self
    }

    /// Replaces a type of the schema by a type of the user. It must implement
    /// `Clone`, `Debug`, `PartialEq` and serde's traits. If it is the arguments of a
    /// command or the branch of a union, it must also implement
    /// `qmp_types::wire::{ReadObject, WriteObject}`.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .command("query-uuid")
    ///     .extern_path("UuidInfo", "::my::UuidInfo")
    ///     .release("11.1")?;
    /// assert!(bindings.as_str().contains("type Return = ::my::UuidInfo;"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn extern_path(mut self, type_name: impl Into<String>, path: impl Into<String>) -> Self {
        self.options
            .extern_paths
            .push((type_name.into(), path.into()));
        self
    }

    /// Derives a trait, by its path, for the commands, events and types of this name.
    /// If a union is a struct, it is also derived for the enum of its branches.
    /// Traits that are implemented anyway are skipped.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .type_("InetSocketAddressBase")
    ///     .derive("Inet*", "::core::cmp::Eq")
    ///     .derive("Inet*", "::core::hash::Hash")
    ///     .release("11.1")?;
    /// assert!(bindings.as_str().contains("PartialEq, ::core::cmp::Eq, ::core::hash::Hash)]"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn derive(self, pattern: impl Into<String>, path: impl Into<String>) -> Self {
        self.attribute_of(pattern.into(), AttributeKind::Derive, path.into())
    }

    /// Adds an attribute to the commands, events and types of this name. If a union is
    /// a struct, it is also added to the enum of its branches. A `#[cfg(…)]` is also
    /// added to the impls.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .command("query-status")
    ///     .command("query-uuid")
    ///     .attribute("query-uuid", r#"#[cfg(feature = "uuid")]"#)
    ///     .release("11.1")?;
    /// assert!(bindings.as_str().contains("#[cfg(feature = \"uuid\")]"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn attribute(self, pattern: impl Into<String>, attribute: impl Into<String>) -> Self {
        let text = attribute.into().trim().to_owned();
        self.attribute_of(pattern.into(), AttributeKind::Attribute, text)
    }

    fn attribute_of(mut self, pattern: String, kind: AttributeKind, text: String) -> Self {
        self.options.attributes.push(Attribute {
            pattern,
            kind,
            rust: text,
        });
        self
    }

    /// Sets whether the bindings are also for servers. Then commands can be read and
    /// events written, there is an enum of all commands, and each command implements
    /// [`ServeCommand`](https://docs.rs/qmp-types). By default, the bindings are for
    /// clients only: commands are written and events are read.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .command("query-status")
    ///     .both_directions(true)
    ///     .release("11.1")?;
    /// assert!(bindings.as_str().contains("impl ::qmp_types::ServeCommand for QueryStatus"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn both_directions(mut self, both: bool) -> Self {
        self.options.both_directions = both;
        self
    }

    /// Sets the modules of the bindings.
    /// [`write_to_folder`](crate::Bindings::write_to_folder) writes a file for each.
    ///
    /// ```
    /// use qapi_codegen::{Config, Modules};
    ///
    /// let bindings = Config::new().command("query-block").modules(Modules::Schema).release("11.1")?;
    /// assert!(bindings.as_str().contains("pub mod block_core {"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn modules(mut self, modules: Modules) -> Self {
        self.options.modules = modules;
        self
    }

    /// Sets the protocol that the schema declares. By default, it follows from the path
    /// of the schema in QEMU's tree, and is QMP for a release.
    ///
    /// ```
    /// use qapi_codegen::{Config, Protocol};
    ///
    /// let bindings = Config::new().protocol(Protocol::Qga).command("guest-ping").release("11.1")?;
    /// assert!(bindings.as_str().contains("pub struct GuestPing"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.options.protocol = Some(protocol);
        self
    }

    /// Sets the language that schema files are written in. By default, they are of
    /// QEMU 5.2 or newer; [`Dialect::Legacy`] is for files since QEMU 1.0.
    ///
    /// ```
    /// use qapi_codegen::{Config, Dialect};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("qapi-schema.json");
    /// std::fs::write(&path, "{ 'type': 'Old', 'data': { 'age': 'int' } }")?;
    /// let bindings = Config::new().dialect(Dialect::Legacy).schema_file(&path)?;
    /// assert!(bindings.as_str().contains("pub struct Old "));
    /// assert!(Config::new().schema_file(&path).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "files")]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.options.dialect = dialect;
        self
    }

    /// Adds a schema that gives the types of introspection their names. Types that it
    /// does not have are looked up in the next one. By default, these are all bundled
    /// releases, starting with the one that has most of the types.
    ///
    /// ```
    /// let mine = "{ 'command': 'dig', 'returns': 'Hole' } { 'struct': 'Hole', 'data': {} }";
    /// let files = qapi_parser::loader::Memory::from_iter([("mine.json", mine)]);
    /// let schema = qapi_parser::Parser::new().parse(&files, "mine.json")?.schema;
    /// let config = qapi_codegen::Config::new().names_from(schema);
    /// # Ok::<(), qapi_parser::Failure>(())
    /// ```
    #[cfg(feature = "introspection")]
    pub fn names_from(mut self, schema: Schema) -> Self {
        self.names_from.push(Arc::new(schema));
        self
    }

    /// Sets whether the output is formatted as rustfmt does. Defaults to false, since
    /// formatting takes longer than everything else.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new().command("stop").format(true).release("11.1")?;
    /// assert!(bindings.as_str().contains("pub struct Stop {}"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    #[cfg(feature = "format")]
    pub fn format(mut self, format: bool) -> Self {
        self.options.format = format;
        self
    }

    /// Generates from a schema that was read before.
    ///
    /// ```
    /// # use qapi_codegen::{Config, Protocol, bundled};
    /// let release = qapi_schemas::release("11.1").unwrap();
    /// let schema = bundled::schema(release, Protocol::Qmp)?;
    /// let bindings = Config::new().command("stop").schema(&schema)?;
    /// assert!(bindings.as_str().contains("pub struct Stop"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    ///
    /// # Errors
    /// A name matches nothing, or options contradict each other.
    pub fn schema(&self, schema: &Schema) -> Result<Bindings, Error> {
        let input = Input {
            made_by: "a schema".to_owned(),
            files: Vec::new(),
            file_count: schema.modules.len(),
            protocol: self.options.protocol.unwrap_or_default(),
            releases: Releases::of(schema, false),
            parse_time: Duration::ZERO,
        };
        generate(&self.options, schema, input)
    }

    /// Generates from the schema of a bundled QEMU release, such as `11.1`.
    ///
    /// # Errors
    /// The release is not bundled, a name matches nothing, or options contradict
    /// each other.
    #[cfg(feature = "bundled")]
    pub fn release(&self, name: &str) -> Result<Bindings, Error> {
        let start = Instant::now();
        let release = qapi_schemas::release(name).ok_or_else(|| bundled::unknown(name))?;
        let protocol = self.options.protocol.unwrap_or_default();
        let schema = bundled::schema(release, protocol)?;
        let input = Input {
            made_by: format!("the schema of QEMU {}", release.version),
            files: Vec::new(),
            file_count: schema.modules.len(),
            protocol,
            releases: Some(Releases::bundled(name)),
            parse_time: start.elapsed(),
        };
        generate(&self.options, &schema, input)
    }

    /// Generates from the merged schemas of all bundled releases from `first` to
    /// `last`: one set of types that each of these QEMUs understands and that reads
    /// whatever they send. What some of them lack is optional, and its documentation
    /// says which of them have it.
    ///
    /// ```
    /// let bindings = qapi_codegen::Config::new()
    ///     .command("query-cpus-fast")
    ///     .releases("6.2", "11.1")?;
    /// // Mandatory since 10.1.
    /// assert!(bindings.as_str().contains("qom_type: ::core::option::Option<"));
    /// # Ok::<(), qapi_codegen::Error>(())
    /// ```
    ///
    /// # Errors
    /// One of them is not bundled, the first is newer than the last, a name matches
    /// nothing, or options contradict each other.
    #[cfg(feature = "bundled")]
    pub fn releases(&self, first: &str, last: &str) -> Result<Bindings, Error> {
        let start = Instant::now();
        let releases = bundled::range(first, last)?;
        let protocol = self.options.protocol.unwrap_or_default();
        let schema = bundled::merged(releases, protocol)?;
        let input = Input {
            made_by: format!("the schemas of QEMU {first} to {last}"),
            releases: Releases::of(&schema, true),
            files: Vec::new(),
            file_count: schema.modules.len(),
            protocol,
            parse_time: start.elapsed(),
        };
        generate(&self.options, &schema, input)
    }

    /// Generates from a schema file, such as `qapi/qapi-schema.json` in QEMU's
    /// tree, and the files that it includes.
    ///
    /// # Errors
    /// A file cannot be read, the schema has errors, a name matches nothing, or
    /// options contradict each other.
    #[cfg(feature = "files")]
    pub fn schema_file(&self, path: impl AsRef<Path>) -> Result<Bindings, Error> {
        let start = Instant::now();
        let path = path.as_ref();
        let parser = Parser::new().dialect(self.options.dialect);
        let parsed = parser.parse_file(path).map_err(Error::Schema)?;
        let input = Input {
            made_by: path.display().to_string(),
            releases: None,
            files: parsed.sources.paths().collect(),
            file_count: parsed.sources.iter().count(),
            protocol: self
                .options
                .protocol
                .unwrap_or_else(|| Protocol::of_schema(path)),
            parse_time: start.elapsed(),
        };
        generate(&self.options, &parsed.schema, input)
    }

    /// Generates from the output of `query-qmp-schema`: the array, or the whole
    /// reply. It does not contain the names of types. They are taken from the bundled
    /// releases, and other types are named after their use.
    ///
    /// # Errors
    /// The file cannot be read or is not introspection, a name matches nothing,
    /// or options contradict each other.
    #[cfg(feature = "introspection")]
    pub fn introspection_file(&self, path: impl AsRef<Path>) -> Result<Bindings, Error> {
        if self.options.modules == Modules::Schema {
            return Err(Error::NoSchemaModules);
        }
        let start = Instant::now();
        let path = path.as_ref();
        let text = read_text(path).map_err(|source| Error::io(path, source))?;
        let schema = if self.names_from.is_empty() {
            bundled::read_introspection(&text)
        } else {
            Schema::from_introspection(&text, self.names_from.iter().map(Arc::as_ref))
        };
        let schema = schema.map_err(|error| Error::Introspection {
            path: path.to_owned(),
            error,
        })?;
        let input = Input {
            made_by: path.display().to_string(),
            files: vec![path.to_owned()],
            file_count: 1,
            protocol: self.options.protocol.unwrap_or_default(),
            releases: None,
            parse_time: start.elapsed(),
        };
        generate(&self.options, &schema, input)
    }
}

/// Reads a file that is text.
#[cfg(feature = "introspection")]
fn read_text(path: &Path) -> std::io::Result<String> {
    let invalid = |error| std::io::Error::new(std::io::ErrorKind::InvalidData, error);
    String::from_utf8(qapi_parser::loader::read_file(path)?).map_err(invalid)
}
