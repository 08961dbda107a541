//! Our own words for what a schema's documentation does not tell.

#[cfg(feature = "bundled")]
pub(super) use qapi_schemas::summaries::{Summary, command, event, type_};

#[cfg(not(feature = "bundled"))]
pub(super) use none::{Summary, command, event, type_};

/// Without the bundled releases there are no summaries.
#[cfg(not(feature = "bundled"))]
mod none {
    #[derive(Clone, Copy)]
    pub(in crate::plan) enum Summary {}

    impl Summary {
        pub(in crate::plan) fn text(self) -> &'static str {
            match self {}
        }

        pub(in crate::plan) fn member(self, _name: &str) -> Option<&'static str> {
            match self {}
        }
    }

    pub(in crate::plan) fn command(_name: &str) -> Option<Summary> {
        None
    }

    pub(in crate::plan) fn event(_name: &str) -> Option<Summary> {
        None
    }

    pub(in crate::plan) fn type_(_name: &str) -> Option<Summary> {
        None
    }
}
