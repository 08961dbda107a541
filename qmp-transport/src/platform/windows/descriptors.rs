//! File descriptors that are sent with commands.

/// The file descriptors that are sent with a command. There are none on Windows.
#[derive(Debug)]
pub(crate) struct Descriptors;

impl Descriptors {
    pub(crate) const NONE: Self = Self;

    pub(crate) fn none() -> &'static Self {
        &Self
    }

    #[expect(clippy::unused_self, reason = "it has the same signature on Unix")]
    pub(crate) fn is_empty(&self) -> bool {
        true
    }
}
