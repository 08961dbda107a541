//! The drivers for [`blocking::Client`](Client). Events that a driver does not need
//! stay in the queue of the client.

use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use qmp_types::RawEvent;
use serde_json::Value;

use super::{DriverError, JobGoal, Link, Progress, ShutdownLimits, ShutdownOutcome, Timer};
use super::{device, job, migration, shutdown};
use crate::blocking::Client;
use crate::error::Error;

/// Starts a job and takes it to its goal, as [`finish_job`] does.
///
/// Events of an earlier job with this id do not count. The job may end before the
/// command that starts it is answered. The time limit includes the call of `start`,
/// but does not interrupt it.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::blocking::Client;
/// use qmp_transport::drivers::{JobGoal, blocking::run_job};
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// # let arguments = ();
/// let start = |qmp: &mut Client| qmp.execute_raw("blockdev-backup", &arguments);
/// let limit = Duration::from_secs(3600);
/// run_job(&mut qmp, "backup0", start, JobGoal::Complete, limit, |progress| {
///     println!("{} of {}", progress.current, progress.total);
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of [`finish_job`], and those of `start` as [`DriverError::Client`].
pub fn run_job<T>(
    client: &mut Client,
    id: &str,
    start: impl FnOnce(&mut Client) -> Result<T, Error>,
    goal: JobGoal,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<T, DriverError> {
    with_new_events(client, |client| {
        let timer = Timer::start_at(Instant::now(), limit.into());
        let started = start(client)?;
        let mut link = BlockingLink::new(client, job::event_filter(id));
        run_ready(job::finish(&mut link, id, goal, timer, on_progress))?;
        Ok(started)
    })
}

/// Takes a job to its goal. With [`JobGoal::Complete`], it is dismissed after that.
///
/// The job may have been started in any way, also over an earlier connection, and
/// it may have ended already. Its outcome is taken from the server and from the
/// events of this connection.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::blocking::Client;
/// use qmp_transport::drivers::{JobGoal, blocking::finish_job};
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// finish_job(&mut qmp, "backup0", JobGoal::Complete, Duration::from_secs(3600), |_| {})?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DriverError::Failed`]: the job failed, or there is no such job.
/// [`DriverError::TimedOut`]: the time is over, and the job goes on.
/// [`DriverError::Client`]: a command or the connection failed.
pub fn finish_job(
    client: &mut Client,
    id: &str,
    goal: JobGoal,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut link = BlockingLink::new(client, job::event_filter(id));
    let timer = Timer::start(&link, limit.into());
    run_ready(job::finish(&mut link, id, goal, timer, on_progress))
}

/// Unplugs a device and waits until the guest has released it.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::blocking::Client;
/// use qmp_transport::drivers::blocking::unplug;
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// unplug(&mut qmp, "net1", Duration::from_secs(30))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DriverError::Failed`]: the guest rejected the request.
/// [`DriverError::TimedOut`]: the guest has not released the device, and still may.
/// [`DriverError::Client`]: a command or the connection failed.
pub fn unplug(
    client: &mut Client,
    id: &str,
    limit: impl Into<Option<Duration>>,
) -> Result<(), DriverError> {
    with_new_events(client, |client| {
        let mut link = BlockingLink::new(client, device::event_filter(id));
        run_ready(device::unplug(&mut link, id, limit.into()))
    })
}

/// Migrates the guest to another QEMU, which listens at a URI such as
/// `unix:/run/migration.sock` or `tcp:host:4444`, and waits for the end of the
/// migration. The source has left the run state `finish-migrate` then, in which it
/// would reject `cont`.
///
/// Parameters and capabilities must be set before. Progress is in bytes of memory.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::blocking::Client;
/// use qmp_transport::drivers::blocking::migrate;
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// migrate(&mut qmp, "tcp:host:4444", Duration::from_secs(3600), |progress| {
///     println!("{} of {}", progress.current, progress.total);
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DriverError::Failed`]: the migration failed or was cancelled, and the guest
/// runs on here. [`DriverError::TimedOut`]: the time is over, and the migration goes
/// on. [`DriverError::Client`]: a command or the connection failed.
pub fn migrate(
    client: &mut Client,
    uri: &str,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut link = BlockingLink::new(client, migration::event_filter);
    run_ready(migration::migrate(
        &mut link,
        uri,
        limit.into(),
        on_progress,
    ))
}

/// Waits for the end of a migration that was started before: at a QEMU with
/// `-incoming`, until the guest has arrived; or at the source, after connecting
/// again.
///
/// # Errors
/// Those of [`migrate`]. A QEMU whose incoming migration fails may also exit, which
/// ends the connection.
pub fn finish_migration(
    client: &mut Client,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut link = BlockingLink::new(client, migration::event_filter);
    run_ready(migration::finish(&mut link, limit.into(), on_progress))
}

/// Shuts the virtual machine down, and waits until the connection ends.
///
/// It asks the guest to power down. If the guest does not, or if QEMU runs on after
/// that (`-no-shutdown`), it tells QEMU to quit. A QEMU that does not quit must be
/// killed by its parent process.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::blocking::Client;
/// use qmp_transport::drivers::{ShutdownLimits, blocking::shut_down};
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// let limits = ShutdownLimits {
///     guest: Duration::from_secs(60),
///     server: Duration::from_secs(10),
/// };
/// shut_down(&mut qmp, limits)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DriverError::TimedOut`]: QEMU still runs. [`DriverError::Client`]: a command or
/// the connection failed.
pub fn shut_down(
    client: &mut Client,
    limits: ShutdownLimits,
) -> Result<ShutdownOutcome, DriverError> {
    with_new_events(client, |client| {
        let mut link = BlockingLink::new(client, shutdown::event_filter);
        run_ready(shutdown::shut_down(&mut link, limits))
    })
}

/// Calls a function that sees only the events that arrive from now on. Earlier ones
/// are in the queue again after that.
fn with_new_events<T>(
    client: &mut Client,
    call: impl FnOnce(&mut Client) -> Result<T, DriverError>,
) -> Result<T, DriverError> {
    let before = client.set_events_aside();
    let outcome = call(client);
    client.restore_events(before);
    outcome
}

/// Runs a future that is always ready, since its calls block.
fn run_ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// A blocking client as a [`Link`].
struct BlockingLink<'a, F> {
    client: &'a mut Client,
    /// Accepts the events that the driver needs.
    filter: F,
}

impl<'a, F: Fn(&RawEvent) -> bool> BlockingLink<'a, F> {
    fn new(client: &'a mut Client, filter: F) -> Self {
        Self { client, filter }
    }
}

impl<F: Fn(&RawEvent) -> bool> Link for BlockingLink<'_, F> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn time_limit_of(&self, command: &str) -> Option<Duration> {
        self.client.time_limit_of(command)
    }

    fn execute(
        &mut self,
        command: &str,
        arguments: &Value,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Value, Error>> + Send {
        ready(self.client.execute_raw_within(command, arguments, limit))
    }

    fn event(
        &mut self,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Option<Arc<RawEvent>>, Error>> + Send {
        ready(match self.client.wait_for(&self.filter, limit) {
            Ok(event) => Ok(Some(Arc::new(event))),
            Err(Error::TimedOut(_)) => Ok(None),
            Err(error) => Err(error),
        })
    }
}
