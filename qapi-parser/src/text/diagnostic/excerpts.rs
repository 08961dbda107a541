//! What stands below a headline: the source, marked.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Severity, Style};
use crate::text::source::{Sources, Span};
use crate::visible::{shown, visible};

pub(super) fn render(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_level(level);
    let main = excerpt(
        sources,
        diagnostic.span,
        &diagnostic.label,
        AnnotationKind::Primary,
    );
    // A path heads each excerpt but that of the line the headline names.
    let path = |span: Span| {
        let same = diagnostic.location.file == span.file;
        (!same || span != diagnostic.span).then(|| shown(&sources.file(span).path))
    };
    group = group.elements(main.map(|snippet| snippet.path(path(diagnostic.span))));
    for related in &diagnostic.related {
        let snippet = excerpt(
            sources,
            related.span,
            &related.message,
            AnnotationKind::Context,
        );
        group = group.elements(snippet.map(|snippet| snippet.path(path(related.span))));
    }
    group = group.elements(
        diagnostic
            .hint
            .as_deref()
            .map(|hint| Level::HELP.message(shown(hint))),
    );
    let chain = diagnostic.include_lines(sources);
    group = group.elements(chain.iter().map(|line| Level::NOTE.message(line.as_str())));
    if group.is_empty() {
        String::new()
    } else {
        renderer.render(&[group])
    }
}

/// The first line of a span, marked. None for lines that no one would read.
fn excerpt<'a>(
    sources: &'a Sources,
    span: Span,
    label: &str,
    kind: AnnotationKind,
) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    const LONGEST_LINE: u32 = 1000;
    let file = sources.file(span);
    let (start, end) = (file.line_start(span.start), file.line_end(span.start));
    if start == end || end - start > LONGEST_LINE {
        return None;
    }
    // Escapes make the line longer, and move the mark.
    let until = |at: u32| {
        let before = file.text.get(start as usize..at.min(end) as usize)?;
        Some(source_line(before))
    };
    let line = until(end)?;
    let marked = until(span.start)?.len()..until(span.end)?.len();
    let label = (!label.is_empty()).then(|| shown(label));
    let annotation = kind.span(marked).label(label);
    Some(
        Snippet::source(line)
            .line_start(file.position(span.start).line as usize)
            .annotation(annotation),
    )
}

/// A line of a source, visible; tabs are, too.
fn source_line(line: &str) -> String {
    let parts: Vec<_> = line.split('\t').map(visible).collect();
    parts.join("\t")
}
