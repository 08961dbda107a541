//! The pipeline from a schema to its bindings.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use qapi_parser::{Schema, visible};

use crate::bindings::{Bindings, Counts, Stage, Text};
use crate::error::Error;
use crate::names::Names;
use crate::options::{Options, Protocol};
use crate::plan::Plan;
use crate::releases::Releases;
use crate::render::render;
use crate::select::Selection;

/// Where a schema came from.
pub(crate) struct Input {
    pub(crate) made_by: String,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) file_count: usize,
    pub(crate) protocol: Protocol,
    /// None if these are not known.
    pub(crate) releases: Option<Releases>,
    pub(crate) parse_time: Duration,
}

/// Generates the bindings that the options ask for.
///
/// # Errors
/// A name matches nothing, or options contradict each other.
pub(crate) fn generate(
    options: &Options,
    schema: &Schema,
    input: Input,
) -> Result<Bindings, Error> {
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
    let checked = options.check()?;
    let names = Names::new(schema);
    let selection = Selection::new(&options.request, schema, &names)?;
    let plan = Plan::new(
        schema,
        &names,
        &selection,
        options,
        &checked,
        input.protocol,
        input.releases.as_ref(),
    )?;
    stage("plan");
    // A path may hold line ends.
    let text = Text::new(&visible(&input.made_by), render(&plan));
    stage("render");
    #[cfg(feature = "format")]
    let text = if options.format {
        let text = text.formatted()?;
        stage("format");
        text
    } else {
        text
    };
    Ok(Bindings {
        text,
        items: plan.items(),
        files: input.files,
        read: Counts {
            files: input.file_count,
            commands: schema.commands.len(),
            events: schema.events.len(),
            types: schema.types.iter().filter(|ty| !ty.implicit).count(),
        },
        generated: Counts {
            files: 1,
            commands: plan.commands,
            events: plan.events,
            types: plan.types,
        },
        stages,
    })
}
