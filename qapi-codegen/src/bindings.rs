//! Generated code, and where it goes.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use qapi_parser::Schema;

use crate::config::{Config, Protocol};
use crate::error::Error;
use crate::layout::{Layout, Names};
use crate::render::render;

/// Generated code.
#[derive(Clone, Debug)]
pub struct Bindings {
    text: String,
    files: Vec<PathBuf>,
    read: Counts,
    generated: Counts,
    stages: Vec<Stage>,
}

/// How much there is of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Schema files.
    pub files: usize,
    /// Commands.
    pub commands: usize,
    /// Events.
    pub events: usize,
    /// Types that have a name.
    pub types: usize,
}

/// A stage of the generator, and how long it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage {
    /// The stage's name.
    pub name: &'static str,
    /// How long it took.
    pub time: Duration,
}

/// Where a schema came from.
pub(crate) struct Input {
    pub(crate) made_by: String,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) file_count: usize,
    pub(crate) protocol: Protocol,
    pub(crate) parse_time: Duration,
}

impl Bindings {
    pub(crate) fn generate(config: &Config, schema: &Schema, input: Input) -> Result<Self, Error> {
        let mut stages = vec![Stage {
            name: "parse",
            time: input.parse_time,
        }];
        let mut clock = Instant::now();
        let mut stage = |name| {
            stages.push(Stage {
                name,
                time: clock.elapsed(),
            });
            clock = Instant::now();
        };
        let names = Names::new(schema);
        let layout = Layout::new(schema, &config.selection, &names, &config.extern_paths)?;
        stage("layout");
        let text = render(&layout, input.protocol, &input.made_by);
        stage("render");
        #[cfg(feature = "format")]
        let text = if config.format {
            let text = crate::format::format(&text)?;
            stage("format");
            text
        } else {
            text
        };
        Ok(Self {
            text,
            files: input.files,
            read: Counts {
                files: input.file_count,
                commands: schema.commands.len(),
                events: schema.events.len(),
                types: schema.types.iter().filter(|ty| !ty.implicit).count(),
            },
            generated: Counts {
                files: 1,
                commands: layout.commands.len(),
                events: layout.events.len(),
                types: layout.types.len(),
            },
            stages,
        })
    }

    /// The generated code.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The files that were read; none for a bundled release.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What the schema declares.
    pub fn read(&self) -> Counts {
        self.read
    }

    /// What was generated of it.
    pub fn generated(&self) -> Counts {
        self.generated
    }

    /// How long each stage took.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Writes the code into a build script's `OUT_DIR`, and tells cargo to run
    /// the script again when a file that was read has changed.
    ///
    /// # Errors
    /// `OUT_DIR` is not set, or the file cannot be written.
    pub fn write_to_out_dir(&self, file_name: impl AsRef<Path>) -> Result<(), Error> {
        let out_dir = std::env::var_os("OUT_DIR").ok_or(Error::NoOutDir)?;
        self.write_to_file(Path::new(&out_dir).join(file_name))?;
        #[expect(
            clippy::print_stdout,
            reason = "this is how a build script talks to cargo"
        )]
        {
            // Without any such line, cargo would watch the whole package. This one
            // never changes; the script's own source, cargo watches anyhow.
            println!("cargo::rerun-if-env-changed=OUT_DIR");
            for file in &self.files {
                println!("cargo::rerun-if-changed={}", file.display());
            }
        }
        Ok(())
    }

    /// Writes the code to a file. One that holds the same text is left as it
    /// is, with its time stamp.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_to_file(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        if fs::read(path).is_ok_and(|old| old == self.text.as_bytes()) {
            return Ok(());
        }
        fs::write(path, &self.text).map_err(|source| Error::io(path, source))
    }
}

impl fmt::Display for Bindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            files,
            commands,
            events,
            types,
        } = self;
        let plural = |count: usize, noun: &str| {
            format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
        };
        write!(
            f,
            "{}, {}, {}, {}",
            plural(*files, "file"),
            plural(*commands, "command"),
            plural(*events, "event"),
            plural(*types, "type")
        )
    }
}
