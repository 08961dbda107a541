//! `qapi-codegen introspect`

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use qapi_parser::conditions::Symbols;
use qapi_parser::introspect::Options;

use super::Failure;
use super::input::{Input, SymbolArgs};

/// Print the introspection of a schema, as QEMU answers query-qmp-schema.
///
/// What the given symbols do not decide is kept.
#[derive(Debug, Args)]
pub(super) struct Introspect {
    #[command(flatten)]
    input: Input,
    /// Keep the names of types, as option -u of QEMU's generator does.
    #[arg(long)]
    unmask: bool,
    #[command(flatten)]
    symbols: SymbolArgs,
}

impl Introspect {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        self.symbols.check()?;
        let defined = self
            .symbols
            .defines
            .iter()
            .fold(Symbols::new(), Symbols::define);
        let symbols = self
            .symbols
            .undefines
            .iter()
            .fold(defined, Symbols::undefine);
        let options = Options::new().unmask(self.unmask).symbols(symbols);
        let introspection = self.input.schema()?.to_introspection(&options);
        writeln!(std::io::stdout().lock(), "{introspection:#}")?;
        Ok(ExitCode::SUCCESS)
    }
}
