//! Text output that indents itself.
//!
//! The generator writes text instead of tokens: building and printing a token
//! stream of a whole release costs several times what all other stages take
//! together, and its output needs a formatter before anyone can read it.

use std::fmt::{self, Write};

use qapi_parser::visible;

pub(crate) const INDENT: &str = "    ";

/// Collects lines of Rust. A line that ends with an opening bracket indents
/// those that follow, one that begins with a closing bracket ends that.
#[derive(Default)]
pub(crate) struct Writer {
    out: String,
    depth: usize,
    guard: String,
    guarded: usize,
}

impl Writer {
    /// Writes one line of code.
    pub(crate) fn line(&mut self, line: fmt::Arguments<'_>) {
        let start = self.out.len();
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(line);
        let line = &self.out[start..];
        if line.starts_with(['}', ')', ']']) {
            self.depth = self.depth.saturating_sub(1);
        }
        let (depth, opens) = (self.depth, line.ends_with(['{', '(', '[']));
        if !line.is_empty() {
            let guarded = depth == self.guarded && begins_item(line);
            for _ in 0..depth {
                self.out.insert_str(start, INDENT);
            }
            if guarded {
                self.out.insert_str(start, &self.guard);
            }
        }
        if opens {
            self.depth += 1;
        }
        self.out.push('\n');
    }

    /// Writes a documentation comment, a line for each line of the text.
    pub(crate) fn doc(&mut self, text: &str) {
        for line in text.trim_end().lines() {
            for _ in 0..self.depth {
                self.out.push_str(INDENT);
            }
            self.out
                .push_str(if line.is_empty() { "///" } else { "/// " });
            // No comment may hold a bare carriage return or turn the direction of
            // the text.
            self.out.push_str(&visible(line));
            self.out.push('\n');
        }
    }

    /// From now on, puts attributes before each item at this depth.
    pub(crate) fn guard(&mut self, attributes: &[&str]) {
        let indent = INDENT.repeat(self.depth);
        let lines = attributes
            .iter()
            .map(|attribute| format!("{indent}{attribute}\n"));
        self.guard = lines.collect();
        self.guarded = self.depth;
    }

    /// How much has been written.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }
}

/// Whether the line is the first of an item, attributes aside.
fn begins_item(line: &str) -> bool {
    ["pub struct ", "pub enum ", "impl ", "::"]
        .iter()
        .any(|start| line.starts_with(start))
}

/// Writes one line of code, formatted as by `format!`.
macro_rules! line {
    ($w:expr) => { $w.line(::std::format_args!("")) };
    ($w:expr, $($arg:tt)*) => { $w.line(::std::format_args!($($arg)*)) };
}
pub(crate) use line;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_indent() {
        let mut w = Writer::default();
        line!(w, "fn f() {{");
        w.doc("Ends with {\n\nand begins anew.");
        line!(w, "match x {{");
        line!(w, "1 => g([");
        line!(w, "2,");
        line!(w, "]),");
        line!(w, "}}");
        line!(w);
        line!(w, "}}");
        let expected = "fn f() {\n    /// Ends with {\n    ///\n    /// and begins anew.\n    match x {\n        \
                        1 => g([\n            2,\n        ]),\n    }\n\n}\n";
        assert_eq!(w.finish(), expected);
    }
}
