//! Places in source files.

/// A place in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The index of the file in `Sources`.
    pub file: u32,
    /// The offset of the first byte.
    pub start: u32,
    /// The offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span of the same file from this one's start to the other's end.
    #[cfg(feature = "text")]
    pub(crate) fn to(self, end: Span) -> Span {
        Span {
            end: end.end,
            ..self
        }
    }
}
