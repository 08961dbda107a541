//! `qapi-codegen introspect`

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use qapi_parser::Symbols;
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

/// What declares how introspection shows enums, which changed in QEMU 6.2. The
/// guest agent's schema does not have it, that of QMP in the same tree does.
const ENUM_INFO: &str = "SchemaInfoEnum";
const INTROSPECT: &str = "qapi/introspect.json";

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
        let mut options = Options::new().unmask(self.unmask).symbols(symbols);
        let schema = self.input.schema()?;
        if schema.type_named(ENUM_INFO).is_none()
            && let Some(beside) = self.input.beside(INTROSPECT)?
            && let Some(info) = beside.type_named(ENUM_INFO)
        {
            let members = beside.all_members(info);
            options = options.enum_members(members.iter().any(|member| member.name == "members"));
        }
        let introspection = schema.to_introspection(&options);
        writeln!(std::io::stdout().lock(), "{introspection:#}")?;
        Ok(ExitCode::SUCCESS)
    }
}
