//! Diagnostics for tools.

use serde_json::{Value, json};

use super::Diagnostic;
use crate::text::source::{Sources, Span};

impl Diagnostic {
    /// The diagnostic for tools: `file`, `line`, `column`, `severity`, `kind`
    /// and `message` always; `span`, `label`, `related`, `hint` and
    /// `included-from` as far as there are any.
    pub fn to_json(&self, sources: &Sources) -> Value {
        let file = sources.file(self.location);
        let at = file.position(self.location.start);
        let mut value = json!({
            "file": file.path,
            "line": at.line,
            "column": at.column,
            "severity": self.severity.to_string(),
            "kind": self.kind.as_str(),
            "message": self.message,
            "span": place(sources, self.span),
        });
        if !self.label.is_empty() {
            value["label"] = json!(self.label);
        }
        if !self.related.is_empty() {
            value["related"] = self
                .related
                .iter()
                .map(|related| {
                    let mut value = place(sources, related.span);
                    value["message"] = json!(related.message);
                    value
                })
                .collect();
        }
        if let Some(hint) = &self.hint {
            value["hint"] = json!(hint);
        }
        let chain: Vec<Value> = sources
            .include_chain(self.location)
            .map(|span| place(sources, span))
            .collect();
        if !chain.is_empty() {
            value["included-from"] = json!(chain);
        }
        value
    }
}

fn place(sources: &Sources, span: Span) -> Value {
    let file = sources.file(span);
    let (start, end) = (file.position(span.start), file.position(span.end));
    json!({
        "file": file.path,
        "line": start.line,
        "column": start.column,
        "end-line": end.line,
        "end-column": end.column,
    })
}
