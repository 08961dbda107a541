//! Recording what goes over a connection.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Which way bytes went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the server.
    Sent,
    /// From the server.
    Received,
}

impl Direction {
    /// `sent` or `received`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
        }
    }
}

/// Sees all bytes of a connection, as [`Options::tap`](crate::Options::tap)
/// sets it up.
#[derive(Clone)]
pub(crate) struct Tap(Arc<See>);

type See = dyn Fn(Direction, &[u8]) + Send + Sync;

impl Tap {
    pub(crate) fn new(tap: impl Fn(Direction, &[u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tap))
    }

    pub(crate) fn see(&self, direction: Direction, bytes: &[u8]) {
        (self.0)(direction, bytes);
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}

/// Writes all that goes over a connection as lines of JSON, each with the
/// seconds since the recording began, the direction and the text.
///
/// The text is as it was, secrets included.
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
    /// It shows nothing of what was recorded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

struct State<W> {
    writer: Option<W>,
    begin: Instant,
    failed: Option<io::Error>,
}

impl<W: Write + Send + 'static> Recorder<W> {
    /// Begins a recording.
    pub fn new(writer: W) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                writer: Some(writer),
                begin: Instant::now(),
                failed: None,
            })),
        }
    }

    /// What records, for [`Options::tap`](crate::Options::tap).
    pub fn tap(&self) -> impl Fn(Direction, &[u8]) + Send + Sync + 'static {
        let state = Arc::clone(&self.state);
        move |direction, bytes| {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.write(direction, bytes);
        }
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// Something could not be written.
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
