//! `Debug` of what holds values itself. What is secret is found out when it is
//! shown, by `qmp_types`, which knows all rules; so they are the same for every
//! schema.

use super::{INLINE, Renderer};
use crate::writer::line;

impl Renderer<'_> {
    /// Writes the `Debug` of a struct with these fields.
    pub(super) fn debug_fields<'f>(&mut self, name: &str, fields: impl Iterator<Item = &'f str>) {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for field in fields {
            names.push(format!("{:?}", field.trim_start_matches("r#")));
            values.push(format!("&self.{field}"));
        }
        self.open_debug(name);
        line!(
            self.w,
            "::qmp_types::wire::debug(f, {name:?}, &[{}], &[{}])",
            names.join(", "),
            values.join(", ")
        );
        self.close_impl();
    }

    /// Opens the impl of `Debug` and the function in it.
    pub(super) fn open_debug(&mut self, name: &str) {
        line!(self.w, "impl ::core::fmt::Debug for {name} {{");
        line!(self.w, "{INLINE}");
        line!(
            self.w,
            "fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{"
        );
    }
}
