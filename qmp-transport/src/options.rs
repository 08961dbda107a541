//! The options of a connection.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use qmp_types::Protocol;

use crate::queue::Bounds;
use crate::record::{Direction, Tap};
use crate::session::Config;
use crate::time_limits;

/// The time limit of commands that have none of their own.
#[derive(Clone, Copy, Debug)]
enum TimeLimit {
    /// The default of each command.
    ByCommand,
    /// One for all commands; `None` is no limit.
    Every(Option<Duration>),
}

/// The options of a connection. What is not set has a default.
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
    /// The time limits of single commands. They override `time_limit`.
    command_limits: BTreeMap<String, Option<Duration>>,
    event_queue: Bounds,
    pub(crate) reply_limit: usize,
    tap: Option<Tap>,
    oob: bool,
}

impl Options {
    /// Returns the default options.
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

    /// Sets the time limit for all of connecting: the lookup of the host's name,
    /// the connection, the greeting and the negotiation. Default: 10 s.
    ///
    /// A server that already has a client accepts another one, and sends nothing
    /// to it.
    #[must_use]
    pub fn connect_limit(mut self, limit: Duration) -> Self {
        self.connect_limit = limit;
        self
    }

    /// Sets whether to wait for a server that does not listen yet, because it was
    /// just started. The client tries again until
    /// [`connect_limit`](Options::connect_limit) has passed. Default: no.
    #[must_use]
    pub fn await_server(mut self, enable: bool) -> Self {
        self.await_server = enable;
        self
    }

    /// Sets the time limit of all commands whose call does not give one. With
    /// `None` there is no limit. The default depends on the command:
    ///
    /// | commands | limit |
    /// |---|---|
    /// | those that write the guest's memory, freeze or trim its file systems, `human-monitor-command` | one hour |
    /// | those that open, flush or resize images, plug devices or objects, stop, continue or reset the machine, read or flush files of the guest | ten minutes |
    /// | all others, including those that only start a job | one minute |
    ///
    /// [`Options::time_limit_of`] returns the time limit of a command.
    #[must_use]
    pub fn time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.time_limit = TimeLimit::Every(limit.into());
        self
    }

    /// Sets the time limit of one command, for calls that do not give one. It
    /// overrides [`Options::time_limit`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use qmp_transport::Options;
    ///
    /// let options = Options::new().command_limit("blockdev-add", Duration::from_secs(5));
    /// assert_eq!(options.time_limit_of("blockdev-add"), Some(Duration::from_secs(5)));
    /// assert_eq!(options.time_limit_of("query-status"), Some(Duration::from_secs(60)));
    /// assert_eq!(options.time_limit_of("dump-guest-memory"), Some(Duration::from_secs(3600)));
    /// ```
    #[must_use]
    pub fn command_limit(mut self, command: &str, limit: impl Into<Option<Duration>>) -> Self {
        let limits = &mut self.command_limits;
        limits.insert(command.to_owned(), limit.into());
        self
    }

    /// Sets the largest reply to accept, in bytes. A larger one is an error of its
    /// command; the connection goes on. Default: 128 MiB.
    #[must_use]
    pub fn reply_limit(mut self, limit: usize) -> Self {
        self.reply_limit = limit;
        self
    }

    /// Sets how many events to keep until they are taken, for each subscription.
    /// When more come, the oldest are dropped and counted. Default: 4096.
    ///
    /// With zero, no events are kept. A call such as `execute_then_wait` still sees
    /// the event that it waits for.
    #[must_use]
    pub fn event_queue(mut self, length: usize) -> Self {
        self.event_queue.count = length;
        self
    }

    /// Sets how many bytes of events to keep until they are taken, for each
    /// subscription. When more come, the oldest are dropped and counted. An event
    /// that is larger than this is dropped at once. Default: 64 MiB.
    #[must_use]
    pub fn event_memory(mut self, bytes: usize) -> Self {
        self.event_queue.bytes = bytes;
        self
    }

    /// Returns the bounds of a queue of events.
    pub(crate) fn event_bounds(&self) -> Bounds {
        self.event_queue
    }

    /// Sets whether to enable out-of-band execution if the server offers it.
    /// Default: no.
    #[must_use]
    pub fn oob(mut self, enable: bool) -> Self {
        self.oob = enable;
        self
    }

    /// Sets a tap: a function that is called with all bytes that are sent and
    /// received, such as that of a [`Recorder`](crate::Recorder). It delays the
    /// connection while it runs, and it must not call the client. Default: none.
    #[must_use]
    pub fn tap(mut self, tap: impl Fn(Direction, &[u8]) + Send + Sync + 'static) -> Self {
        self.tap = Some(Tap::new(tap));
        self
    }

    /// Returns the time limit of a command; `None` is no limit.
    pub fn time_limit_of(&self, command: &str) -> Option<Duration> {
        if let Some(limit) = self.command_limits.get(command) {
            return *limit;
        }
        match self.time_limit {
            TimeLimit::ByCommand => Some(time_limits::of(command)),
            TimeLimit::Every(limit) => limit,
        }
    }

    /// Calls the tap, if there is one.
    pub(crate) fn call_tap(&self, direction: Direction, bytes: &[u8]) {
        if let Some(tap) = &self.tap {
            tap.call(direction, bytes);
        }
    }

    /// Returns the settings of the session of one connection.
    pub(crate) fn session<P: Protocol>(&self) -> Config {
        // It must differ from that of the last connection. With 30 random bits,
        // ids are still short enough to read.
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
