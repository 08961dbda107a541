//! What bindings declare.

use std::fmt;

/// What bindings declare: commands and events with their arguments, replies and data.
///
/// Generated bindings have it as a constant `DECLARATIONS`, and a client compares it with
/// what a server has. It is a text with a line for each type, command and event:
///
/// ```text
/// introspection 1
/// builtin string
/// builtin int
/// object id:0 *speed:1
/// enum ^raw ^qcow2
/// object node-name:0 =driver +qcow2:2
/// alternate :0 :4
/// array :3
/// command block-commit:2:6
/// event JOB_STATUS_CHANGE:2
/// end
/// ```
///
/// Types are numbered by their order, from 0, and a colon stands before each number. A
/// command has the numbers of its arguments and of its reply. `*` stands before what is
/// optional, `^` before a value, `+` before a branch, `=` before the discriminator.
///
/// ```
/// # #[cfg(feature = "v11_1")] {
/// use qmp_types::v11_1::DECLARATIONS;
///
/// assert_eq!(DECLARATIONS.release(), "11.1");
/// assert!(DECLARATIONS.as_str().contains("\ncommand block-commit:"));
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Declarations {
    release: &'static str,
    text: &'static str,
}

impl Declarations {
    /// Creates a value from a release and a text, as generated bindings have them.
    pub const fn new(release: &'static str, text: &'static str) -> Self {
        Self { release, text }
    }

    /// Returns the QEMU release that the bindings are of, such as `11.1`, or a range of
    /// releases, such as `7.2 to 11.1`. It is empty if they were not generated from a
    /// bundled release.
    pub const fn release(&self) -> &'static str {
        self.release
    }

    /// Returns the text.
    pub const fn as_str(&self) -> &'static str {
        self.text
    }
}

impl fmt::Debug for Declarations {
    /// Shows the release, since the text is long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Declarations")
            .field("release", &self.release)
            .finish_non_exhaustive()
    }
}
