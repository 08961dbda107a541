//! The drivers for [`blocking::Client`](Client). They leave in its queue the
//! events that are not theirs.

use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use qmp_types::RawEvent;
use serde_json::Value;

use super::{DriverError, End, Job, Link, Patience, Progress, Until};
use super::{device, job, migration, shutdown};
use crate::blocking::Client;
use crate::error::Error;

/// Starts a job and sees it through to its end, as [`finish_job`] does. No event
/// of an earlier job of this name counts, and a job that ends before its own
/// command is answered is seen. The time limit counts from the call, but does
/// not end the function that starts the job.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::blocking::Client;
/// use qmp_transport::drivers::{Job, blocking::run_job};
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// # let arguments = ();
/// let start = |qmp: &mut Client| qmp.execute_raw("blockdev-backup", &arguments);
/// let limit = Duration::from_secs(3600);
/// run_job(&mut qmp, "backup0", start, Job::Complete, limit, |progress| {
///     println!("{} of {}", progress.current, progress.total);
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`finish_job`]; [`DriverError::Client`] also when the job cannot be
/// started.
pub fn run_job<T>(
    client: &mut Client,
    id: &str,
    start: impl FnOnce(&mut Client) -> Result<T, Error>,
    mode: Job,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<T, DriverError> {
    fenced(client, |client| {
        let until = Until::new(Instant::now(), limit.into());
        let started = start(client)?;
        let mut link = Blocking::new(client, job::concerns(id));
        now(job::finish(&mut link, id, mode, until, on_progress))?;
        Ok(started)
    })
}

/// Sees a job through to its end and has it dismissed.
///
/// It does not matter how the job was started, whether it has ended meanwhile,
/// or whether it belongs to an earlier connection: what counts is what the
/// server knows of it, and the events of this connection.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::blocking::Client;
/// use qmp_transport::drivers::{Job, blocking::finish_job};
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// finish_job(&mut qmp, "backup0", Job::Complete, Duration::from_secs(3600), |_| {})?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DriverError::Failed`]: the job ended with an error, or nothing is known of
/// it; [`DriverError::TimedOut`]: it goes on; [`DriverError::Client`].
pub fn finish_job(
    client: &mut Client,
    id: &str,
    mode: Job,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut link = Blocking::new(client, job::concerns(id));
    let until = Until::after(&link, limit.into());
    now(job::finish(&mut link, id, mode, until, on_progress))
}

/// Unplugs a device and waits until it is gone, which is up to the guest.
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
/// [`DriverError::Failed`]: the guest refused; [`DriverError::TimedOut`]: the
/// guest has done nothing yet, and may still; [`DriverError::Client`].
pub fn unplug(
    client: &mut Client,
    id: &str,
    limit: impl Into<Option<Duration>>,
) -> Result<(), DriverError> {
    fenced(client, |client| {
        let mut link = Blocking::new(client, device::concerns(id));
        now(device::unplug(&mut link, id, limit.into()))
    })
}

/// Migrates the guest to where another QEMU waits for it, such as
/// `unix:/run/migration.sock` or `tcp:host:4444`, and waits until it is there.
/// Parameters and capabilities are to be set before. Progress is in bytes of
/// memory.
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
/// goes on here; [`DriverError::TimedOut`]: it goes on; [`DriverError::Client`].
pub fn migrate(
    client: &mut Client,
    uri: &str,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut link = Blocking::new(client, migration::concerns);
    now(migration::migrate(
        &mut link,
        uri,
        limit.into(),
        on_progress,
    ))
}

/// Waits until a migration has ended that was started otherwise: on the QEMU
/// that was started with `-incoming`, until the guest has arrived; or on one
/// that migrates already, after a reconnect.
///
/// # Errors
/// As [`migrate`]; a QEMU whose incoming migration fails may also just end.
pub fn finish_migration(
    client: &mut Client,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let mut link = Blocking::new(client, migration::concerns);
    now(migration::finish(&mut link, limit.into(), on_progress))
}

/// Asks the guest to power down; tells QEMU to quit when the guest does not,
/// or when QEMU stays afterwards (`-no-shutdown`); and waits until the
/// connection ends. A QEMU that does not even quit is for its parent to kill.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::blocking::Client;
/// use qmp_transport::drivers::{Patience, blocking::shut_down};
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// let patience = Patience {
///     guest: Duration::from_secs(60),
///     server: Duration::from_secs(10),
/// };
/// shut_down(&mut qmp, patience)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DriverError::TimedOut`]: QEMU is still there; [`DriverError::Client`].
pub fn shut_down(client: &mut Client, patience: Patience) -> Result<End, DriverError> {
    fenced(client, |client| {
        let mut link = Blocking::new(client, shutdown::concerns);
        now(shutdown::shut_down(&mut link, patience))
    })
}

/// Does something while the events that came before are out of the way.
fn fenced<T>(
    client: &mut Client,
    act: impl FnOnce(&mut Client) -> Result<T, DriverError>,
) -> Result<T, DriverError> {
    let before = client.set_events_aside();
    let outcome = act(client);
    client.restore_events(before);
    outcome
}

/// Runs a future that never waits for anything outside of its own calls.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

struct Blocking<'a, F> {
    client: &'a mut Client,
    concerns: F,
}

impl<'a, F: Fn(&RawEvent) -> bool> Blocking<'a, F> {
    fn new(client: &'a mut Client, concerns: F) -> Self {
        Self { client, concerns }
    }
}

impl<F: Fn(&RawEvent) -> bool> Link for Blocking<'_, F> {
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
        ready(match self.client.wait_for(&self.concerns, limit) {
            Ok(event) => Ok(Some(Arc::new(event))),
            Err(Error::TimedOut(_)) => Ok(None),
            Err(error) => Err(error),
        })
    }
}
