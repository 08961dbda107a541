//! The id of a command.

/// The id of a command that was handed to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(crate) u64);

impl Id {
    /// Returns the id as it is sent.
    ///
    /// ```
    /// use qmp_transport::session::{Config, Session};
    ///
    /// let id = Session::new(Config::default()).execute_raw("stop", &())?;
    /// assert_eq!(id.get(), 1);
    /// # Ok::<(), qmp_transport::Error>(())
    /// ```
    pub fn get(self) -> u64 {
        self.0
    }
}
