//! Our own words for what a schema's documentation does not tell.

#[cfg(feature = "bundled")]
pub(crate) use qapi_schemas::summaries::{Summary, command, event, type_};

#[cfg(not(feature = "bundled"))]
pub(crate) use none::{Summary, command, event, type_};

/// Without the bundled releases there are no summaries.
#[cfg(not(feature = "bundled"))]
mod none {
    #[derive(Clone, Copy)]
    pub(crate) enum Summary {}

    impl Summary {
        pub(crate) fn text(self) -> &'static str {
            match self {}
        }

        pub(crate) fn member(self, _name: &str) -> Option<&'static str> {
            match self {}
        }
    }

    pub(crate) fn command(_name: &str) -> Option<Summary> {
        None
    }

    pub(crate) fn event(_name: &str) -> Option<Summary> {
        None
    }

    pub(crate) fn type_(_name: &str) -> Option<Summary> {
        None
    }
}
