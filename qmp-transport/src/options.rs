//! What a caller can set about a connection.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use qmp_types::Protocol;

use crate::limits;
use crate::queue::Bounds;
use crate::record::{Direction, Tap};
use crate::session::Config;

#[derive(Clone, Copy, Debug)]
enum TimeLimit {
    ByCommand,
    Every(Option<Duration>),
}

/// What a caller can set about a connection. What is not set has a default.
///
/// ```
/// use std::time::Duration;
/// use qmp_transport::Options;
///
/// let options = Options::new()
///     .connect_limit(Duration::from_secs(2))
///     .time_limit(Duration::from_secs(600))
///     .reply_limit(16 << 20);
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) connect_limit: Duration,
    pub(crate) await_server: bool,
    time_limit: TimeLimit,
    /// What goes before the time limit of all, by command.
    command_limits: BTreeMap<String, Option<Duration>>,
    event_queue: Bounds,
    pub(crate) reply_limit: usize,
    tap: Option<Tap>,
    oob: bool,
}

impl Options {
    /// The defaults.
    pub fn new() -> Self {
        let config = Config::default();
        Self {
            connect_limit: Duration::from_secs(10),
            await_server: false,
            time_limit: TimeLimit::ByCommand,
            command_limits: BTreeMap::new(),
            event_queue: Bounds {
                count: 4096,
                bytes: 64 << 20,
            },
            reply_limit: config.reply_limit,
            tap: None,
            oob: config.oob,
        }
    }

    /// How long to wait for the lookup of a host's name, the connection, the
    /// greeting and the answer to the negotiation together. Default: 10 s.
    ///
    /// A server that has a client already accepts another and stays silent.
    #[must_use]
    pub fn connect_limit(mut self, limit: Duration) -> Self {
        self.connect_limit = limit;
        self
    }

    /// Whether to try again, until [`connect_limit`](Options::connect_limit)
    /// has passed, where nobody listens yet: for a server that was just
    /// started. Default: no.
    #[must_use]
    pub fn await_server(mut self, enable: bool) -> Self {
        self.await_server = enable;
        self
    }

    /// How long to wait for the answer to a command, where the call does not
    /// say. `None` waits as long as it takes. This is for all commands; the
    /// default depends on what each of them waits for:
    ///
    /// | commands | limit |
    /// |---|---|
    /// | those that write a guest's memory, freeze or trim its file systems, `human-monitor-command` | an hour |
    /// | those that open, flush or resize images, plug devices or objects, stop, continue or reset the machine, read or flush a guest's files | ten minutes |
    /// | all others, those too that only begin a job | one minute |
    ///
    /// [`Options::limit_of`] tells which one a command has.
    #[must_use]
    pub fn time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.time_limit = TimeLimit::Every(limit.into());
        self
    }

    /// How long to wait for the answer to one command, where the call does not
    /// say. It goes before [`Options::time_limit`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use qmp_transport::Options;
    ///
    /// let options = Options::new().command_limit("blockdev-add", Duration::from_secs(5));
    /// assert_eq!(options.limit_of("blockdev-add"), Some(Duration::from_secs(5)));
    /// assert_eq!(options.limit_of("query-status"), Some(Duration::from_secs(60)));
    /// assert_eq!(options.limit_of("dump-guest-memory"), Some(Duration::from_secs(3600)));
    /// ```
    #[must_use]
    pub fn command_limit(mut self, command: &str, limit: impl Into<Option<Duration>>) -> Self {
        let limits = &mut self.command_limits;
        limits.insert(command.to_owned(), limit.into());
        self
    }

    /// The largest reply to keep, in bytes. A larger one is an error of its
    /// command, after which the connection goes on. Default: 128 MiB.
    #[must_use]
    pub fn reply_limit(mut self, limit: usize) -> Self {
        self.reply_limit = limit;
        self
    }

    /// How many events to keep that nobody has asked for yet, for each
    /// subscription. When more come, the oldest are dropped and counted.
    /// Default: 4096.
    ///
    /// With zero none are kept; what a call such as `execute_then_wait` waits
    /// for is still seen.
    #[must_use]
    pub fn event_queue(mut self, length: usize) -> Self {
        self.event_queue.count = length;
        self
    }

    /// How many bytes of events to keep that nobody has asked for yet, for each
    /// subscription. When more come, the oldest are dropped and counted; an
    /// event that is larger than this is dropped at once. Default: 64 MiB.
    #[must_use]
    pub fn event_memory(mut self, bytes: usize) -> Self {
        self.event_queue.bytes = bytes;
        self
    }

    /// The bounds of a queue of events.
    pub(crate) fn event_bounds(&self) -> Bounds {
        self.event_queue
    }

    /// Whether to enable out-of-band execution where the server offers it.
    /// Default: no.
    #[must_use]
    pub fn oob(mut self, enable: bool) -> Self {
        self.oob = enable;
        self
    }

    /// Has a function see all bytes that go over the connection, such as a
    /// [`Recorder`](crate::Recorder)'s. It is called where they are read and
    /// written, so it should be quick, and it must not call the client. Default: none.
    #[must_use]
    pub fn tap(mut self, tap: impl Fn(Direction, &[u8]) + Send + Sync + 'static) -> Self {
        self.tap = Some(Tap::new(tap));
        self
    }

    /// How long to wait for the answer to a command. None: as long as it takes.
    pub fn limit_of(&self, command: &str) -> Option<Duration> {
        if let Some(limit) = self.command_limits.get(command) {
            return *limit;
        }
        match self.time_limit {
            TimeLimit::ByCommand => Some(limits::of(command)),
            TimeLimit::Every(limit) => limit,
        }
    }

    /// Shows bytes to whoever watches.
    pub(crate) fn see(&self, direction: Direction, bytes: &[u8]) {
        if let Some(tap) = &self.tap {
            tap.see(direction, bytes);
        }
    }

    /// The session for one connection.
    pub(crate) fn session<P: Protocol>(&self) -> Config {
        // Any start will do that differs from the last connection's, and ids
        // this short still read well.
        let first_id = RandomState::new().build_hasher().finish() >> 34 << 10;
        let mut config = Config::new::<P>();
        config.oob = self.oob;
        config.reply_limit = self.reply_limit;
        config.first_id = first_id + 1;
        config
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
