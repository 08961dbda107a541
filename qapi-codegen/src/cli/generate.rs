//! `qapi-codegen generate`

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use qapi_codegen::Config;

use super::Failure;
use super::input::{Input, SymbolArgs};

/// Generate Rust bindings.
///
/// Without --command, --event and --type everything is generated, else what
/// they name and all types that it needs. Names are the schema's; `*` stands for
/// any text, `?` for one character.
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
    #[command(flatten)]
    symbols: SymbolArgs,
    /// Use a Rust type of yours in place of a schema type.
    #[arg(long = "extern-path", value_name = "TYPE=PATH", value_parser = extern_path)]
    extern_paths: Vec<(String, String)>,
    /// Format the output as rustfmt would.
    #[arg(long)]
    format: bool,
    /// The file to write; standard output by default.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn extern_path(argument: &str) -> Result<(String, String), String> {
    match argument.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => {
            Ok((name.into(), path.into()))
        }
        _ => Err("write it as TYPE=PATH, such as SocketAddress=::my::SocketAddress".into()),
    }
}

impl Generate {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        self.symbols.check()?;
        let mut config = Config::new().format(self.format);
        for pattern in self.commands {
            config = config.command(pattern);
        }
        for pattern in self.events {
            config = config.event(pattern);
        }
        for pattern in self.types {
            config = config.type_(pattern);
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
        let bindings = self.input.generate(config)?;
        match &self.output {
            Some(path) => bindings.write_to_file(path)?,
            None => std::io::stdout()
                .lock()
                .write_all(bindings.as_str().as_bytes())?,
        }

        let target = self
            .output
            .as_ref()
            .map_or("standard output".into(), |path| path.display().to_string());
        anstream::eprintln!("read       {}: {}", self.input.name(), bindings.read());
        anstream::eprintln!(
            "generated  {target}: {}, {} lines",
            bindings.generated(),
            bindings.as_str().lines().count()
        );
        let times: Vec<String> = bindings
            .stages()
            .iter()
            .map(|stage| format!("{} {:.1} ms", stage.name, stage.time.as_secs_f64() * 1e3))
            .collect();
        anstream::eprintln!("time       {}", times.join(", "));
        Ok(ExitCode::SUCCESS)
    }
}
