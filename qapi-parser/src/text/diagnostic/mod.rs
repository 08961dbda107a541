//! Errors and warnings about a schema, with their places.

use std::fmt;

use crate::nearest::nearest;
use crate::text::dialect::Dialect;
use crate::text::source::{Sources, Span};
use crate::visible::shown;

#[cfg(feature = "excerpts")]
#[path = "excerpts.rs"]
mod details;
#[cfg(not(feature = "excerpts"))]
#[path = "plain.rs"]
mod details;
#[cfg(feature = "json")]
mod json;

/// Whether a diagnostic is an error or a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The schema can be used.
    Warning,
    /// The schema cannot be used.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// Which part of the language a diagnostic is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A file cannot be read, or is not text.
    File,
    /// The text is not a sequence of values and comments.
    Syntax,
    /// An `include` or `pragma` directive.
    Directive,
    /// The shape of a definition: its keys and their values.
    Shape,
    /// A name that breaks the naming rules.
    Name,
    /// Something that is declared twice.
    Duplicate,
    /// A type that is unknown, or of a kind that may not stand there.
    Type,
    /// A feature.
    Feature,
    /// The content of a documentation comment.
    Documentation,
    /// The form of a documentation comment: rules that only newer generators
    /// enforce.
    DocumentationStyle,
}

impl Kind {
    /// The name of the kind, for tools.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::File => "file",
            Kind::Syntax => "syntax",
            Kind::Directive => "directive",
            Kind::Shape => "shape",
            Kind::Name => "name",
            Kind::Duplicate => "duplicate",
            Kind::Type => "type",
            Kind::Feature => "feature",
            Kind::Documentation => "documentation",
            Kind::DocumentationStyle => "documentation-style",
        }
    }
}

/// A place that is related to a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub span: Span,
    /// How the place is related.
    pub message: String,
}

/// An error or a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it is an error or a warning.
    pub severity: Severity,
    /// The part of the language that it is about.
    pub kind: Kind,
    /// The message.
    pub message: String,
    /// The place that the first line names. In [`Dialect::Strict`] it is the
    /// one that QEMU's generator names, which often is only the definition's
    /// start; otherwise it is [`span`](Self::span).
    pub location: Span,
    /// The place of the error.
    pub span: Span,
    /// A short text for that place; may be empty.
    pub label: String,
    /// Related places.
    pub related: Vec<Related>,
    /// A suggestion.
    pub hint: Option<String>,
}

impl Diagnostic {
    pub(crate) fn new(kind: Kind, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            kind,
            message: message.into(),
            location: span,
            span,
            label: String::new(),
            related: Vec::new(),
            hint: None,
        }
    }

    /// Sets the place where QEMU's generator reports it.
    pub(crate) fn located_at(mut self, location: Span) -> Diagnostic {
        self.location = location;
        self
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    pub(crate) fn related(mut self, span: Option<Span>, message: &str) -> Diagnostic {
        self.related.extend(span.map(|span| Related {
            span,
            message: message.to_owned(),
        }));
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }

    /// Adds "did you mean" if one of the known words is similar.
    pub(crate) fn suggest<'a>(
        self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Diagnostic {
        match nearest(word, candidates) {
            Some(near) => self.hint(format!("did you mean '{near}'?")),
            None => self,
        }
    }

    /// How the file was reached, the nearest include first.
    fn include_lines(&self, sources: &Sources) -> Vec<String> {
        let line = |span: Span| {
            let file = sources.file(span);
            let line = file.position(span.start).line;
            shown(&format!("included from {}:{line}", file.path))
        };
        sources.include_chain(self.location).map(line).collect()
    }

    /// `FILE:LINE:COL: error: MESSAGE`, as [`visible`](crate::visible) text of bounded length.
    pub fn headline(&self, sources: &Sources) -> String {
        let file = sources.file(self.location);
        let at = file.position(self.location.start);
        shown(&format!(
            "{}:{}:{}: {}: {}",
            file.path, at.line, at.column, self.severity, self.message
        ))
    }

    /// The headline, the source excerpts (with the feature `excerpts`), the hint
    /// and the chain of includes.
    pub fn render(&self, sources: &Sources, style: Style) -> String {
        let mut text = self.headline(sources);
        if style == Style::Coloured {
            text = emphasize(&text, self.severity);
        }
        let details = details::render(self, sources, style);
        if !details.is_empty() {
            text.push('\n');
            text.push_str(&details);
        }
        text
    }
}

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    #[default]
    Plain,
    /// With ANSI colours.
    Coloured,
}

fn emphasize(headline: &str, severity: Severity) -> String {
    let colour = match severity {
        Severity::Error => 31,
        Severity::Warning => 33,
    };
    let word = format!(": {severity}: ");
    let coloured = format!(": \x1b[1;{colour}m{severity}\x1b[0m\x1b[1m: ");
    format!("\x1b[1m{}\x1b[0m", headline.replacen(&word, &coloured, 1))
}

/// Collects diagnostics in the order of QEMU's generator. Whether they are
/// errors depends on the dialect.
#[derive(Debug)]
pub(crate) struct Reporter {
    dialect: Dialect,
    diagnostics: Vec<Diagnostic>,
    errors: usize,
    /// How often "did you mean" was looked for.
    suggestions: usize,
}

impl Reporter {
    /// Nobody reads more than these.
    const MOST_ERRORS: usize = 1000;

    pub(crate) fn new(dialect: Dialect) -> Reporter {
        Reporter {
            dialect,
            diagnostics: Vec::new(),
            errors: 0,
            suggestions: 0,
        }
    }

    /// Adds "did you mean" as [`Diagnostic::suggest`] does, to a limited number of
    /// diagnostics, since the known words may be a whole schema.
    pub(crate) fn suggest<'a>(
        &mut self,
        diagnostic: Diagnostic,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Diagnostic {
        const MOST_SUGGESTIONS: usize = 20;
        self.suggestions += 1;
        if self.suggestions <= MOST_SUGGESTIONS {
            diagnostic.suggest(word, candidates)
        } else {
            diagnostic
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn error(&mut self, diagnostic: Diagnostic) {
        self.errors += 1;
        if self.errors <= Self::MOST_ERRORS {
            self.push(diagnostic);
        }
    }

    /// Reports what is an error to QEMU's newest generator only.
    pub(crate) fn style(&mut self, mut diagnostic: Diagnostic) {
        match self.dialect {
            Dialect::Strict => self.error(diagnostic),
            Dialect::Current => {
                diagnostic.severity = Severity::Warning;
                self.push(diagnostic);
            }
            Dialect::Legacy => {}
        }
    }

    /// Reports what is an error to QEMU's newest generator, and fine elsewhere.
    pub(crate) fn strict_only(&mut self, diagnostic: Diagnostic) {
        if self.dialect == Dialect::Strict {
            self.error(diagnostic);
        }
    }

    /// Reports what was no error before QEMU had a strict generator.
    pub(crate) fn rule(&mut self, diagnostic: Diagnostic) {
        if self.dialect != Dialect::Legacy {
            self.error(diagnostic);
        }
    }

    fn push(&mut self, mut diagnostic: Diagnostic) {
        if self.dialect != Dialect::Strict {
            diagnostic.location = diagnostic.span;
        }
        self.diagnostics.push(diagnostic);
    }

    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}
