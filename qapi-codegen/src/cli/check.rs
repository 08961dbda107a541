//! `qapi-codegen check`

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use qapi_codegen::Error;
use qapi_parser::diagnostic::{Kind, Severity, Style};
use qapi_parser::schema::Type;
use qapi_parser::source::Sources;
use qapi_parser::{Diagnostic, Dialect, Failure as SchemaFailure, Parsed, visible};

use super::input::Input;
use super::{Failure, ascii, say, written};

/// Check a schema, and say what is wrong with it.
///
/// The output of query-qmp-schema is checked, too: that it is whole, that everything
/// it refers to is in it, and that the language allows its names.
///
/// Every error is shown with its source. Warnings are counted by what they say,
/// with the first places of each; --warnings shows them as errors are.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    input: Input,
    /// Accept exactly what QEMU's newest generator accepts.
    #[arg(long, conflicts_with = "dialect")]
    strict: bool,
    /// How diagnostics are written.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Show every warning with its source.
    #[arg(long)]
    warnings: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people, with the source, on standard error.
    Text,
    /// One JSON object per diagnostic and line, on standard output: all of them.
    Json,
}

impl Check {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        if self.input.is_introspection()? {
            return self.introspection();
        }
        let dialect = if self.strict {
            Dialect::Strict
        } else {
            self.input.dialect()
        };
        let (diagnostics, sources, code) = match self.input.parse(dialect) {
            Ok(Parsed {
                warnings, sources, ..
            }) => (warnings, sources, ExitCode::SUCCESS),
            Err(error) => {
                let SchemaFailure {
                    diagnostics,
                    sources,
                } = *error.downcast::<SchemaFailure>()?;
                (diagnostics, sources, ExitCode::FAILURE)
            }
        };
        written(self.report(&diagnostics, &sources))?;
        Ok(code)
    }

    /// Checks what QEMU answers to query-qmp-schema.
    fn introspection(&self) -> Result<ExitCode, Failure> {
        let name = self.input.name();
        match self.input.schema() {
            Ok(schema) => {
                let declared = |ty: &&Type| !ty.implicit;
                say(&format!(
                    "{}: 0 errors, 0 warnings; introspection with {} commands, {} events and \
                     {} types",
                    visible(&name),
                    schema.commands.len(),
                    schema.events.len(),
                    schema.types.iter().filter(declared).count(),
                ));
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                let error = *error.downcast::<Error>()?;
                match (&error, self.format) {
                    (Error::Introspection { path, error }, Format::Json) => {
                        let json = error.to_json(&path.to_string_lossy()).to_string();
                        written(writeln!(io::stdout().lock(), "{}", ascii(&json)))?;
                    }
                    // `Debug` has the causes, too.
                    (Error::Introspection { .. }, Format::Text) => {
                        say(&format!("error: {error:?}"));
                    }
                    _ => return Err(error.into()),
                }
                say(&format!("{}: 1 errors, 0 warnings", visible(&name)));
                Ok(ExitCode::FAILURE)
            }
        }
    }

    fn report(&self, diagnostics: &[Diagnostic], sources: &Sources) -> io::Result<()> {
        let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics
            .iter()
            .partition(|diagnostic| diagnostic.severity == Severity::Error);
        let mut hint = "";
        match self.format {
            Format::Json => {
                let mut out = io::stdout().lock();
                for diagnostic in diagnostics {
                    let json = diagnostic.to_json(sources).to_string();
                    writeln!(out, "{}", ascii(&json))?;
                }
            }
            Format::Text if self.warnings => show(diagnostics, sources)?,
            Format::Text => {
                show(errors.iter().copied(), sources)?;
                for group in groups(&warnings) {
                    // anstream takes the colours out where the output is no terminal.
                    writeln!(anstream::stderr().lock(), "{}", group.text(sources))?;
                }
                if !warnings.is_empty() {
                    hint = "; --warnings shows each with its source";
                }
            }
        }
        say(&format!(
            "{}: {} errors, {} warnings{hint}",
            visible(&self.input.name()),
            errors.len(),
            warnings.len()
        ));
        Ok(())
    }
}

fn show<'d>(
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
    sources: &Sources,
) -> io::Result<()> {
    for diagnostic in diagnostics {
        let text = diagnostic.render(sources, Style::Coloured);
        writeln!(anstream::stderr().lock(), "{text}\n")?;
    }
    Ok(())
}

/// Warnings that say the same of different places.
struct Group<'d> {
    kind: Kind,
    /// The message, with `…` for each name in it.
    message: String,
    warnings: Vec<&'d Diagnostic>,
}

/// The warnings by kind and message, the most frequent first.
fn groups<'d>(warnings: &[&'d Diagnostic]) -> Vec<Group<'d>> {
    let mut groups: Vec<Group<'d>> = Vec::new();
    let mut known: HashMap<(Kind, String), usize> = HashMap::new();
    for warning in warnings {
        let message = without_names(&warning.message);
        let index = *known
            .entry((warning.kind, message.clone()))
            .or_insert_with(|| {
                groups.push(Group {
                    kind: warning.kind,
                    message,
                    warnings: Vec::new(),
                });
                groups.len() - 1
            });
        groups[index].warnings.push(warning);
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.warnings.len()));
    groups
}

impl Group<'_> {
    fn text(&self, sources: &Sources) -> String {
        const PLACES: usize = 3;
        let count = self.warnings.len();
        // Where the same names are in all of them, they are no names of places.
        let message = match self.warnings.as_slice() {
            [first, rest @ ..] if rest.iter().all(|w| w.message == first.message) => &first.message,
            _ => &self.message,
        };
        let mut text = format!(
            "\x1b[1;33mwarning\x1b[0m\x1b[1m: {}\x1b[0m [{}], {count} {}\n",
            visible(message),
            self.kind.as_str(),
            if count == 1 { "time" } else { "times" },
        );
        for warning in self.warnings.iter().take(PLACES) {
            let file = sources.file(warning.location);
            let at = file.position(warning.location.start);
            let mut place = format!("{}:{}:{}", file.path, at.line, at.column);
            if warning.message != *message {
                _ = write!(place, ": {}", warning.message);
            }
            let place = visible(&place);
            _ = writeln!(text, "    {place}");
        }
        if count > PLACES {
            _ = writeln!(text, "    and {} more", count - PLACES);
        }
        text
    }
}

/// A message with `…` in place of what is in quotes.
fn without_names(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find('\'') {
        let (before, quoted) = rest.split_at(start + 1);
        out.push_str(before);
        rest = quoted;
        // Behind a letter, it is an apostrophe.
        let letter = before[..start].ends_with(char::is_alphanumeric);
        if letter {
            continue;
        }
        if let Some(end) = rest.find('\'') {
            out.push_str("…'");
            rest = &rest[end + 1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_part_of_what_a_message_says() {
        for (message, expected) in [
            (
                "the member 'a' is not described",
                "the member '…' is not described",
            ),
            (
                "the event's name must not use '-'",
                "the event's name must not use '…'",
            ),
            ("a ':' must end the line", "a '…' must end the line"),
            ("no end: 'a", "no end: 'a"),
            ("'a' and 'b'", "'…' and '…'"),
        ] {
            assert_eq!(without_names(message), expected);
        }
    }
}
