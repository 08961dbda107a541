//! Which releases a schema is of.

use std::fmt;

use qapi_parser::Schema;

/// The releases that a schema is of, from the oldest to the newest.
#[derive(Clone, Debug)]
pub(crate) struct Releases {
    pub(crate) first: String,
    pub(crate) last: String,
    /// Whether they are bundled releases of QEMU, and not what somebody else calls so.
    pub(crate) bundled: bool,
}

impl Releases {
    /// One bundled release.
    #[cfg(feature = "bundled")]
    pub(crate) fn bundled(name: &str) -> Self {
        Self {
            first: name.to_owned(),
            last: name.to_owned(),
            bundled: true,
        }
    }

    /// The releases of a merged schema. None for the schema of one release.
    pub(crate) fn of(schema: &Schema, bundled: bool) -> Option<Self> {
        Some(Self {
            first: schema.releases.first()?.clone(),
            last: schema.releases.last()?.clone(),
            bundled,
        })
    }
}

impl fmt::Display for Releases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.first)?;
        if self.first != self.last {
            write!(f, " to {}", self.last)?;
        }
        Ok(())
    }
}
