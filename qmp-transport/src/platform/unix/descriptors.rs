//! File descriptors that are sent with commands.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

/// The most descriptors that the kernel accepts in one message.
const MAX_DESCRIPTORS: usize = 253;

/// The file descriptors that are sent with a command. They are closed with it.
#[derive(Debug, Default)]
pub(crate) struct Descriptors(Vec<OwnedFd>);

impl Descriptors {
    pub(crate) const NONE: Self = Self(Vec::new());

    /// [`NONE`](Self::NONE), to be borrowed.
    pub(crate) fn none() -> &'static Self {
        static NONE: Descriptors = Descriptors::NONE;
        &NONE
    }

    /// Duplicates descriptors of a caller.
    pub(crate) fn duplicate(descriptors: &[BorrowedFd<'_>]) -> io::Result<Self> {
        if descriptors.len() > MAX_DESCRIPTORS {
            let count = descriptors.len();
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("expected at most {MAX_DESCRIPTORS} descriptors, found {count}"),
            ));
        }
        let duplicates = descriptors.iter().map(BorrowedFd::try_clone_to_owned);
        Ok(Self(duplicates.collect::<io::Result<_>>()?))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_slice(&self) -> &[OwnedFd] {
        &self.0
    }
}

impl From<Vec<OwnedFd>> for Descriptors {
    fn from(descriptors: Vec<OwnedFd>) -> Self {
        Self(descriptors)
    }
}
