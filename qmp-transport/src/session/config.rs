//! The settings of a session.

use qmp_types::Protocol;

/// The settings of a [`Session`](super::Session).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Whether the server greets and waits for the negotiation of capabilities. A
    /// guest agent does not: it is synchronised with `guest-sync-delimited`
    /// instead. Default: yes.
    pub greets: bool,
    /// Whether to enable out-of-band execution if the server offers it.
    /// Default: no.
    pub oob: bool,
    /// The largest message to accept, in bytes. Default: 128 MiB, twice what the
    /// largest reply to `guest-file-read` needs.
    pub reply_limit: usize,
    /// The deepest nesting to accept, in levels. Default: 1024, QEMU's own limit.
    pub nesting_limit: usize,
    /// How many in-band commands may be sent and not answered. Others wait in the
    /// session. Default: 8. With more, QEMU stops reading, and does not see
    /// out-of-band commands either.
    pub in_flight: usize,
    /// The id of the first command. Default: 1.
    ///
    /// A server can send the reply to a command of an earlier connection on the
    /// next one. It is not mistaken for another if each connection begins with a
    /// different id.
    pub first_id: u64,
}

impl Config {
    /// Returns the default settings for a protocol.
    ///
    /// ```
    /// use qmp_transport::Qga;
    /// use qmp_transport::session::Config;
    ///
    /// assert!(!Config::new::<Qga>().greets);
    /// ```
    pub fn new<P: Protocol>() -> Self {
        Self {
            greets: P::GREETS,
            ..Self::default()
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            greets: true,
            oob: false,
            reply_limit: 128 << 20,
            nesting_limit: 1024,
            in_flight: 8,
            first_id: 1,
        }
    }
}
