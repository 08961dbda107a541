//! The pipeline from files to [`Schema`].

use std::error::Error;
use std::fmt;
use std::path::Path;

use crate::schema::Schema;
use crate::text::diagnostic::{Diagnostic, Reporter, Severity, Style};
use crate::text::dialect::Dialect;
use crate::text::loader::{FileSystem, Loader};
use crate::text::program;
use crate::text::resolve;
use crate::text::source::Sources;
use crate::text::validate;

/// Reads schemas.
///
/// ```
/// use qapi_parser::loader::Memory;
/// use qapi_parser::Parser;
///
/// let files = Memory::from_iter([(
///     "main.json",
///     "{ 'command': 'query-name', 'returns': 'NameInfo' }
///      { 'struct': 'NameInfo', 'data': { '*name': 'str' } }",
/// )]);
/// let parsed = Parser::new().parse(&files, "main.json").unwrap();
/// let query = parsed.schema.command_named("query-name").unwrap();
/// let info = query.ret.unwrap();
/// assert_eq!(parsed.schema[info].name, "NameInfo");
/// assert!(parsed.schema.all_members(info)[0].optional);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Parser {
    dialect: Dialect,
}

/// A schema that was read.
#[derive(Debug)]
pub struct Parsed {
    /// The schema.
    pub schema: Schema,
    /// The warnings.
    pub warnings: Vec<Diagnostic>,
    /// Every file that was read.
    pub sources: Sources,
}

/// The error of a schema that cannot be read or is invalid.
#[derive(Debug)]
pub struct Failure {
    /// All errors and warnings, in the order in which QEMU's generator checks.
    /// At least one is an error.
    pub diagnostics: Vec<Diagnostic>,
    /// Every file that was read.
    pub sources: Sources,
}

impl Parser {
    /// Creates a parser for [`Dialect::Current`].
    pub fn new() -> Parser {
        Parser::default()
    }

    /// Sets the dialect.
    pub fn dialect(mut self, dialect: Dialect) -> Parser {
        self.dialect = dialect;
        self
    }

    /// Reads a schema, starting from its main file.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read, or if the schema breaks a rule
    /// of the language.
    pub fn parse_file(&self, path: impl AsRef<Path>) -> Result<Parsed, Failure> {
        self.parse(&FileSystem, &path.as_ref().to_string_lossy())
    }

    /// Reads a schema through a loader.
    ///
    /// # Errors
    ///
    /// The same as those of [`Parser::parse_file`].
    pub fn parse(&self, loader: &dyn Loader, main_path: &str) -> Result<Parsed, Failure> {
        let mut sources = Sources::default();
        let mut reporter = Reporter::new(self.dialect);
        let program = program::read(loader, main_path, &mut sources, &mut reporter);
        let pragma = program.pragma;
        let definitions = validate::validate(program.expressions, &pragma, &mut reporter);
        let schema = resolve::resolve(definitions, program.modules, &pragma, &mut reporter);
        let failed = reporter.errors() > 0;
        let diagnostics = reporter.finish();
        if failed {
            Err(Failure {
                diagnostics,
                sources,
            })
        } else {
            Ok(Parsed {
                schema,
                warnings: diagnostics,
                sources,
            })
        }
    }
}

impl Failure {
    /// Returns the errors without the warnings.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

impl fmt::Display for Failure {
    /// Writes each error as [`Diagnostic::render`] does, without colours.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.errors().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&diagnostic.render(&self.sources, Style::Plain))?;
        }
        Ok(())
    }
}

impl Error for Failure {}
