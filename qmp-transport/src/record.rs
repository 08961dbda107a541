//! Recording what is sent and received over a connection.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The direction of bytes on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the server.
    Sent,
    /// From the server.
    Received,
}

impl Direction {
    /// Returns `sent` or `received`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
        }
    }
}

/// A function that is called with all bytes of a connection, as set by
/// [`Options::tap`](crate::Options::tap).
#[derive(Clone)]
pub(crate) struct Tap(Arc<TapFn>);

type TapFn = dyn Fn(Direction, &[u8]) + Send + Sync;

impl Tap {
    pub(crate) fn new(tap: impl Fn(Direction, &[u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tap))
    }

    pub(crate) fn call(&self, direction: Direction, bytes: &[u8]) {
        (self.0)(direction, bytes);
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}

/// Writes everything that is sent and received over a connection as lines of JSON.
/// Each line has the time in seconds since the recording began, the direction and
/// the text.
///
/// The text is not changed: it includes secrets.
///
/// ```
/// use qmp_transport::{Direction, Options, Recorder};
///
/// let recorder = Recorder::new(Vec::new());
/// let options = Options::new().tap(recorder.tap());
/// # recorder.tap()(Direction::Sent, b"{\"execute\":\"stop\"}\n");
/// let lines = recorder.finish()?;
/// # let text = String::from_utf8(lines).unwrap();
/// # assert!(text.contains(r#""direction":"sent","text":"{\"execute\":\"stop\"}\n""#), "{text}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Recorder<W> {
    state: Arc<Mutex<State<W>>>,
}

impl<W> fmt::Debug for Recorder<W> {
    /// Shows nothing of what was recorded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

struct State<W> {
    /// `None` after the recording was ended.
    writer: Option<W>,
    begin: Instant,
    /// The first error. Nothing is written after it.
    failed: Option<io::Error>,
}

impl<W: Write + Send + 'static> Recorder<W> {
    /// Creates a recorder, and begins the recording.
    pub fn new(writer: W) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                writer: Some(writer),
                begin: Instant::now(),
                failed: None,
            })),
        }
    }

    /// Returns a function that records, for [`Options::tap`](crate::Options::tap).
    pub fn tap(&self) -> impl Fn(Direction, &[u8]) + Send + Sync + 'static {
        let state = Arc::clone(&self.state);
        move |direction, bytes| {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.write(direction, bytes);
        }
    }

    /// Ends the recording, and returns the writer.
    ///
    /// # Errors
    /// Writing failed. The first error is returned.
    pub fn finish(self) -> io::Result<W> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = state.writer.take();
        match (state.failed.take(), writer) {
            (None, Some(mut writer)) => {
                writer.flush()?;
                Ok(writer)
            }
            (failed, _) => Err(failed.unwrap_or_else(|| io::ErrorKind::Other.into())),
        }
    }
}

impl<W: Write> State<W> {
    fn write(&mut self, direction: Direction, bytes: &[u8]) {
        let line = serde_json::json!({
            "time": self.begin.elapsed().as_secs_f64(),
            "direction": direction.as_str(),
            "text": String::from_utf8_lossy(bytes),
        });
        if let (Some(writer), None) = (&mut self.writer, &self.failed)
            && let Err(error) = writeln!(writer, "{line}")
        {
            self.failed = Some(error);
        }
    }
}
