//! What stands below a headline where excerpts are not compiled in.

use super::{Diagnostic, Style};
use crate::text::source::Sources;
use crate::visible::shown;

pub(super) fn render(diagnostic: &Diagnostic, sources: &Sources, _: Style) -> String {
    let hint = diagnostic.hint.iter();
    let help = hint.map(|hint| format!("help: {}", shown(hint)));
    let notes = diagnostic
        .include_lines(sources)
        .into_iter()
        .map(|line| format!("note: {line}"));
    help.chain(notes).collect::<Vec<_>>().join("\n")
}
