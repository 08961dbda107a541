//! `qapi-codegen generate`

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use qapi_codegen::{Config, Modules};
use qapi_parser::visible;

use super::input::{Input, SymbolArgs};
use super::{Failure, say};

/// Generate Rust bindings.
///
/// Without --command, --event and --type everything is generated, else what
/// they name and all types that it needs. Names are the schema's or Rust's; `*` stands
/// for any text, `?` for one character. A name that matches nothing is an error, and
/// so are two options that contradict each other.
#[derive(Debug, Args)]
pub(super) struct Generate {
    #[command(flatten)]
    input: Input,
    /// Generate the commands of this name.
    #[arg(long = "command", value_name = "PATTERN")]
    commands: Vec<String>,
    /// Generate the events of this name.
    #[arg(long = "event", value_name = "PATTERN")]
    events: Vec<String>,
    /// Generate the types of this name.
    #[arg(long = "type", value_name = "PATTERN")]
    types: Vec<String>,
    /// Leave out the commands of this name.
    #[arg(long = "deny-command", value_name = "PATTERN")]
    denied_commands: Vec<String>,
    /// Leave out the events of this name.
    #[arg(long = "deny-event", value_name = "PATTERN")]
    denied_events: Vec<String>,
    /// Leave out the types of this name; an error if something needs one.
    #[arg(long = "deny-type", value_name = "PATTERN")]
    denied_types: Vec<String>,
    /// Of a union's branches, generate those of this name only.
    #[arg(long = "branch", value_name = "UNION=PATTERN", value_parser = branch)]
    branches: Vec<(String, String)>,
    /// Leave out the branches of this name of a union.
    #[arg(long = "deny-branch", value_name = "UNION=PATTERN", value_parser = branch)]
    denied_branches: Vec<(String, String)>,
    /// Leave out what the schema calls unstable.
    #[arg(long)]
    without_unstable: bool,
    /// Leave out what the schema calls deprecated.
    #[arg(long)]
    without_deprecated: bool,
    #[command(flatten)]
    symbols: SymbolArgs,
    /// Use a Rust type of yours in place of a schema type.
    #[arg(long = "extern-path", value_name = "TYPE=PATH", value_parser = extern_path)]
    extern_paths: Vec<(String, String)>,
    /// Derive a trait for the commands, events and types of this name.
    #[arg(long = "derive", value_name = "PATTERN=PATH", value_parser = derive)]
    derives: Vec<(String, String)>,
    /// Put an attribute on the commands, events and types of this name.
    #[arg(long = "attribute", value_name = "PATTERN=ATTRIBUTE", value_parser = attribute)]
    attributes: Vec<(String, String)>,
    /// Let commands be read and events be written, too, as servers do.
    #[arg(long)]
    both_directions: bool,
    /// Which modules the bindings have.
    #[arg(long, value_enum, default_value_t = ModulesName::Kinds)]
    modules: ModulesName,
    /// Do not format the output, which takes longer than all the rest. It has an
    /// item, a field and a statement on a line each, and lines of any length.
    #[arg(long)]
    no_format: bool,
    /// The file to write; standard output by default.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The folder to write, with a file for each module.
    #[arg(long, value_name = "FOLDER", conflicts_with = "output")]
    output_folder: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModulesName {
    /// Commands, events and types.
    Kinds,
    /// A module for each file of the schema, with these three in it.
    Schema,
}

fn branch(argument: &str) -> Result<(String, String), String> {
    two_parts(argument)
        .ok_or_else(|| "write it as UNION=PATTERN, such as BlockdevOptions=qcow2".into())
}

fn extern_path(argument: &str) -> Result<(String, String), String> {
    two_parts(argument)
        .ok_or_else(|| "write it as TYPE=PATH, such as SocketAddress=::my::SocketAddress".into())
}

fn derive(argument: &str) -> Result<(String, String), String> {
    two_parts(argument)
        .ok_or_else(|| "write it as PATTERN=PATH, such as Inet*=::core::hash::Hash".into())
}

fn attribute(argument: &str) -> Result<(String, String), String> {
    two_parts(argument).ok_or_else(|| {
        "write it as PATTERN=ATTRIBUTE, such as query-uuid=#[cfg(feature = \"uuid\")]".into()
    })
}

/// What stands before and behind the first `=`.
fn two_parts(argument: &str) -> Option<(String, String)> {
    let (name, rest) = argument.split_once('=')?;
    (!name.is_empty() && !rest.is_empty()).then(|| (name.into(), rest.into()))
}

impl Generate {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut config = Config::new()
            .format(!self.no_format)
            .unstable(!self.without_unstable)
            .deprecated(!self.without_deprecated)
            .both_directions(self.both_directions)
            .modules(match self.modules {
                ModulesName::Kinds => Modules::Kinds,
                ModulesName::Schema => Modules::Schema,
            });
        for pattern in self.commands {
            config = config.command(pattern);
        }
        for pattern in self.events {
            config = config.event(pattern);
        }
        for pattern in self.types {
            config = config.type_(pattern);
        }
        for pattern in self.denied_commands {
            config = config.deny_command(pattern);
        }
        for pattern in self.denied_events {
            config = config.deny_event(pattern);
        }
        for pattern in self.denied_types {
            config = config.deny_type(pattern);
        }
        for (union, pattern) in self.branches {
            config = config.branch(union, pattern);
        }
        for (union, pattern) in self.denied_branches {
            config = config.deny_branch(union, pattern);
        }
        for symbol in self.symbols.defines {
            config = config.define(symbol, true);
        }
        for symbol in self.symbols.undefines {
            config = config.define(symbol, false);
        }
        for (name, path) in self.extern_paths {
            config = config.extern_path(name, path);
        }
        for (pattern, path) in self.derives {
            config = config.derive(pattern, path);
        }
        for (pattern, attribute) in self.attributes {
            config = config.attribute(pattern, attribute);
        }
        let bindings = self.input.generate(config)?;
        let mut generated = bindings.generated();
        match (&self.output, &self.output_folder) {
            (Some(path), _) => bindings.write_to_file(path)?,
            (None, Some(folder)) => generated.files = bindings.write_to_folder(folder)?.len(),
            (None, None) => std::io::stdout()
                .lock()
                .write_all(bindings.as_str().as_bytes())?,
        }

        let target = self
            .output
            .as_ref()
            .or(self.output_folder.as_ref())
            .map_or("standard output".into(), |path| path.display().to_string());
        say(&format!(
            "read       {}: {}",
            visible(&self.input.name()),
            bindings.read()
        ));
        say(&format!(
            "generated  {}: {generated}, {} lines",
            visible(&target),
            bindings.as_str().lines().count()
        ));
        let times: Vec<String> = bindings
            .stages()
            .iter()
            .map(|stage| format!("{} {:.1} ms", stage.name, stage.time.as_secs_f64() * 1e3))
            .collect();
        say(&format!("time       {}", times.join(", ")));
        Ok(ExitCode::SUCCESS)
    }
}
