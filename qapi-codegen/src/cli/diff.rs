//! `qapi-codegen diff`

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use qapi_codegen::shared::{Kind, names_matching};
use qapi_parser::diff::{Class, Comparison, Report};

use super::input::{Input, Reading};
use super::{Failure, ascii, written};

/// Compare two schemas: what changed for a client.
///
/// Types are compared by structure, not by name. Each change is of one of three
/// classes for a client that was written for the old schema. A compatible change
/// leaves it working. A change needs care if something that the client receives is
/// gone or may be absent, or if something that it uses is now deprecated or unstable.
/// A breaking change makes the server reject what the client sends, or sends what the
/// client cannot read.
///
/// Paths have the form that libvirt uses: blockdev-add/arg-type/+file/aio/^io_uring
/// is the value io_uring of the member aio, in the branch file of the arguments of
/// blockdev-add. $NAME is a feature. A change is printed once, with the shortest path
/// from a command or an event, and the number of others that meet it.
///
/// If one of the two is the output of query-qmp-schema, what this cannot show is not
/// compared: conditions, and the widths of integers. What it lacks and the other
/// schema has under a condition may only be missing from that build, and is reported
/// as such.
///
/// With --format json, the output is an object with `old` and `new`, the names of
/// the schemas, and an array for each class: `breaking`, `care` and `compatible`. A
/// change is an object with `path`; `class`; `kind`, such as member-gone; `direction`,
/// which is sent or received; `message`; `details`, an object that depends on the kind;
/// and `places`, all paths, each with its own `direction` and `class`.
///
/// The exit status is 0 if no change is of the class of --fail-on or worse, 1 if one
/// is, and 2 on trouble.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The old schema: a bundled release (10.0), a schema file, a folder with QEMU's
    /// tree, or the output of query-qmp-schema.
    old: String,
    /// The new schema, one of the same.
    new: String,
    #[command(flatten)]
    reading: Reading,
    /// Compare only the commands of this name, and events with --event. As for
    /// generate, a name is the schema's or Rust's, `*` stands for any text, `?` for one
    /// character, and a name that matches nothing in both schemas is an error.
    #[arg(long = "command", value_name = "PATTERN")]
    commands: Vec<String>,
    /// Compare only the events of this name, and commands with --command.
    #[arg(long = "event", value_name = "PATTERN")]
    events: Vec<String>,
    /// How the changes are written.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The mildest class of changes for which the exit status is 1.
    #[arg(long, value_enum, value_name = "CLASS", default_value = "breaking")]
    fail_on: ClassName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// Markdown, such as for release notes.
    Markdown,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ClassName {
    /// Any change.
    Compatible,
    /// What needs care, or breaks a client.
    Care,
    /// What breaks a client.
    Breaking,
}

impl From<ClassName> for Class {
    fn from(name: ClassName) -> Self {
        match name {
            ClassName::Compatible => Self::Compatible,
            ClassName::Care => Self::Care,
            ClassName::Breaking => Self::Breaking,
        }
    }
}

impl Diff {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let old = Input::new(self.old, self.reading.clone());
        let new = Input::new(self.new, self.reading);
        let (older, newer) = (old.schema()?, new.schema()?);
        let mut comparison = Comparison::new(&older, &newer)
            .old_is_introspection(old.is_introspection()?)
            .new_is_introspection(new.is_introspection()?);
        if !self.commands.is_empty() || !self.events.is_empty() {
            let schemas = [&older, &newer];
            comparison = comparison.only(
                names_matching(Kind::Command, &self.commands, &schemas)?,
                names_matching(Kind::Event, &self.events, &schemas)?,
            );
        }
        let diff = comparison.diff();
        let code = match diff.worst() {
            Some(worst) if worst >= self.fail_on.into() => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        };
        let names = (old.name(), new.name());
        written(print(&diff.report(&names.0, &names.1), self.format))?;
        Ok(code)
    }
}

fn print(report: &Report<'_>, format: Format) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        Format::Text => write!(out, "{report}"),
        Format::Markdown => write!(out, "{}", report.markdown(1)),
        Format::Json => {
            let json = format!("{:#}", report.json());
            // A line end in a value is escaped.
            let mut lines = json.lines().map(ascii);
            lines.try_for_each(|line| writeln!(out, "{line}"))
        }
    }
}
