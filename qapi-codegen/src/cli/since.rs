//! `qapi-codegen since`

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use qapi_parser::shared::nearest;
use qapi_parser::visible;
use qapi_schemas::availability::{History, Kind, PathError, Table};
use serde_json::json;

use super::input::ProtocolName;
use super::{Failure, say};

/// Tell which QEMU releases have a command, an event, or what is in them.
///
/// A path begins with a command or an event, and goes on with `/` as in libvirt:
/// `arg-type` and `ret-type` are the arguments and the reply, `NAME` is a member,
/// `*NAME` one that may be absent, `+VALUE` the branch of a union, `^VALUE` a value of an
/// enum, `!TYPE` a type of JSON, and `$FEATURE` a feature. Arrays are passed through, and
/// of alternates any branch will do. What is below a path is listed as well.
///
/// In the text, `until` names the last release that has it so, `since` and `gone in` name
/// the first.
///
/// The exit status is 0 if each path is in some release, 1 if no release has one of
/// them, and 2 if one is malformed.
#[derive(Debug, Args)]
pub(super) struct Since {
    /// What to look for, such as blockdev-add/arg-type/+file/aio/^io_uring.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,
    /// The protocol that has it.
    #[arg(long, value_enum, default_value = "qmp")]
    protocol: ProtocolName,
    /// How the answer is written.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// How many levels below each path are listed. By default 1, and 0 with JSON.
    #[arg(long, value_name = "LEVELS")]
    depth: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each path and for what is below it.
    Text,
    /// One JSON object per path and line: `path`, and `releases` by their names.
    Json,
}

const MALFORMED: u8 = 2;

impl Since {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let table = table(self.protocol)?;
        let mut code = ExitCode::SUCCESS;
        // A malformed path is found before anything is written.
        for path in &self.paths {
            if let Err(error) = table.resolve(path) {
                say(&malformed(table, path, &error));
                return Ok(ExitCode::from(MALFORMED));
            }
        }
        let mut out = io::stdout().lock();
        for path in &self.paths {
            let history = History {
                releases: table.resolve(path)?,
                mandatory: table.mandatory(path)?,
            };
            self.write(&mut out, table, path, history, 0)?;
            if history.releases.is_empty() {
                code = ExitCode::FAILURE;
                say(&unknown(table, path)?);
            }
        }
        Ok(code)
    }

    /// Writes what is known of a path, and of what is below.
    fn write(
        &self,
        out: &mut dyn Write,
        table: &Table<'_>,
        path: &str,
        history: History<'_>,
        level: u8,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Text => {
                let indent = "  ".repeat(level.into());
                let words = history.describe(table.releases());
                writeln!(out, "{indent}{}: {words}", visible(path))?;
            }
            Format::Json => {
                let releases: Vec<&str> = history.releases.iter().collect();
                writeln!(out, "{}", json!({ "path": path, "releases": releases }))?;
            }
        }
        let default = u8::from(self.format == Format::Text);
        if level < self.depth.unwrap_or(default) {
            for below in table.below(path)? {
                let path = format!("{path}/{}", below.segment);
                let history = History {
                    releases: below.releases,
                    mandatory: below.mandatory,
                };
                self.write(out, table, &path, history, level + 1)?;
            }
        }
        Ok(())
    }
}

fn table(protocol: ProtocolName) -> Result<&'static Table<'static>, Failure> {
    let name = protocol.protocol().name();
    let table = qapi_schemas::availability(name);
    table.ok_or_else(|| format!("there is no table for {name}").into())
}

/// What is wrong with a path, and what may have been meant.
fn malformed(table: &Table<'_>, path: &str, error: &PathError) -> String {
    let mut text = format!("error: {}", visible(&error.to_string()));
    let exists = |path: &String| {
        table
            .resolve(path)
            .is_ok_and(|releases| !releases.is_empty())
    };
    if let Some((name, rest)) = path.split_once('/') {
        let mut paths = ["arg-type", "ret-type"]
            .map(|ty| format!("{name}/{ty}/{rest}"))
            .into_iter();
        if let Some(path) = paths.find(exists) {
            text += &format!("; did you mean `{}`?", visible(&path));
        }
    }
    text
}

/// That no release has a path, and what may have been meant.
fn unknown(table: &Table<'_>, path: &str) -> Result<String, Failure> {
    let segments: Vec<&str> = path.split('/').collect();
    let mut known = 0;
    while known + 1 < segments.len() && !table.resolve(&segments[..=known].join("/"))?.is_empty() {
        known += 1;
    }
    let before = segments[..known].join("/");
    let candidates: Vec<String> = if known == 0 {
        let called = table.definitions().filter(|definition| {
            let mut kinds = definition.kinds().into_iter();
            kinds.any(|(kind, _)| matches!(kind, Kind::Command | Kind::Event))
        });
        called
            .map(|definition| definition.name().to_owned())
            .collect()
    } else {
        let below = table.below(&before)?.into_iter();
        below.map(|below| below.segment).collect()
    };
    let names = candidates.iter().map(|candidate| without_sign(candidate));
    let segment = segments[known];
    let like = nearest(without_sign(segment), names);
    let like = candidates
        .iter()
        .find(|candidate| like == Some(without_sign(candidate)));

    let place = match before.as_str() {
        "" => String::new(),
        before => format!(" in `{}`", visible(before)),
    };
    let mut text = format!("error: no release has `{}`{place}", visible(segment));
    match like {
        Some(like) if segment.strip_prefix('*') == Some(like) => {
            text += &format!("; `{like}` is there, and may not be absent");
        }
        Some(like) => text += &format!("; did you mean `{like}`?"),
        None => {}
    }
    if let Some(other) = other_protocol(table, path) {
        text += &format!("; --protocol {other} has it");
    }
    Ok(text)
}

/// Another protocol in which a path is known.
fn other_protocol(table: &Table<'_>, path: &str) -> Option<&'static str> {
    let mut names = ["qmp", "qga", "qsd"].into_iter();
    names.find(|name| {
        qapi_schemas::availability(name).is_some_and(|other| {
            let known = other
                .resolve(path)
                .is_ok_and(|releases| !releases.is_empty());
            known && !std::ptr::eq(other, table)
        })
    })
}

/// A segment without what tells its kind.
fn without_sign(segment: &str) -> &str {
    segment.trim_start_matches(['*', '+', '^', '$', '!', ' '])
}
