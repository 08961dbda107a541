//! The drivers for [`tokio::Client`](Client).
//!
//! A future that is dropped stops following its operation. The job, the migration
//! or the virtual machine goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use qmp_types::RawEvent;
use serde_json::Value;
use tokio::time::{self, timeout};

use super::{DriverError, JobGoal, Link, Progress, ShutdownLimits, ShutdownOutcome, Timer};
use super::{device, job, migration, shutdown};
use crate::error::Error;
use crate::tokio::{Client, Subscription};

/// Starts a job with a future, and takes it to its goal, as [`finish_job`] does.
///
/// The job may end before the command that starts it is answered. The time limit
/// includes the future `start`, but does not interrupt it.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::drivers::{JobGoal, tokio::run_job};
/// use qmp_transport::tokio::Client;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let qmp = Client::connect("unix:/run/vm.sock").await?;
/// # let arguments = ();
/// let start = qmp.execute_raw("blockdev-backup", &arguments);
/// let limit = Duration::from_secs(3600);
/// run_job(&qmp, "backup0", start, JobGoal::Complete, limit, |progress| {
///     println!("{} of {}", progress.current, progress.total);
/// })
/// .await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// Those of [`finish_job`], and those of `start` as [`DriverError::Client`].
pub async fn run_job<T>(
    client: &Client,
    id: &str,
    start: impl Future<Output = Result<T, Error>>,
    goal: JobGoal,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<T, DriverError> {
    let limit = limit.into();
    let mut link = TokioLink::new(client, job::event_filter(id));
    let timer = Timer::start(&link, limit);
    let started = start.await?;
    job::finish(&mut link, id, goal, timer, on_progress).await?;
    Ok(started)
}

/// Takes a job to its goal that was started before, over this connection or an
/// earlier one. With [`JobGoal::Complete`], it is dismissed after that.
///
/// Events count from this call on. So the outcome of a job that was dismissed before
/// it is not known; use [`run_job`] for a job that dismisses itself.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::drivers::{JobGoal, tokio::finish_job};
/// use qmp_transport::tokio::Client;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let qmp = Client::connect("unix:/run/vm.sock").await?;
/// finish_job(&qmp, "backup0", JobGoal::Complete, Duration::from_secs(3600), |_| {}).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// Those of [`blocking::finish_job`](super::blocking::finish_job).
pub async fn finish_job(
    client: &Client,
    id: &str,
    goal: JobGoal,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let limit = limit.into();
    let mut link = TokioLink::new(client, job::event_filter(id));
    let timer = Timer::start(&link, limit);
    job::finish(&mut link, id, goal, timer, on_progress).await
}

/// Unplugs a device and waits until the guest has released it, as
/// [`blocking::unplug`](super::blocking::unplug) does.
///
/// # Errors
/// Those of [`blocking::unplug`](super::blocking::unplug).
pub async fn unplug(
    client: &Client,
    id: &str,
    limit: impl Into<Option<Duration>>,
) -> Result<(), DriverError> {
    let limit = limit.into();
    let mut link = TokioLink::new(client, device::event_filter(id));
    device::unplug(&mut link, id, limit).await
}

/// Migrates the guest to another QEMU and waits for the end of the migration, as
/// [`blocking::migrate`](super::blocking::migrate) does.
///
/// Both ends can be followed at once:
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::drivers::tokio::{finish_migration, migrate};
/// use qmp_transport::tokio::Client;
///
/// # async fn example(here: Client, there: Client) -> Result<(), Box<dyn std::error::Error>> {
/// let limit = Duration::from_secs(3600);
/// let arrival = tokio::spawn(async move { finish_migration(&there, limit, |_| {}).await });
/// migrate(&here, "unix:/run/migration.sock", limit, |_| {}).await?;
/// arrival.await??;
/// # Ok(()) }
/// ```
///
/// # Errors
/// Those of [`blocking::migrate`](super::blocking::migrate).
pub async fn migrate(
    client: &Client,
    uri: &str,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let limit = limit.into();
    let mut link = TokioLink::new(client, migration::event_filter);
    migration::migrate(&mut link, uri, limit, on_progress).await
}

/// Waits for the end of a migration that was started before, as
/// [`blocking::finish_migration`](super::blocking::finish_migration) does.
///
/// # Errors
/// Those of [`blocking::finish_migration`](super::blocking::finish_migration).
pub async fn finish_migration(
    client: &Client,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let limit = limit.into();
    let mut link = TokioLink::new(client, migration::event_filter);
    migration::finish(&mut link, limit, on_progress).await
}

/// Shuts the virtual machine down, as
/// [`blocking::shut_down`](super::blocking::shut_down) does.
///
/// # Errors
/// Those of [`blocking::shut_down`](super::blocking::shut_down).
pub async fn shut_down(
    client: &Client,
    limits: ShutdownLimits,
) -> Result<ShutdownOutcome, DriverError> {
    let mut link = TokioLink::new(client, shutdown::event_filter);
    shutdown::shut_down(&mut link, limits).await
}

/// A tokio client as a [`Link`].
struct TokioLink<'a> {
    client: &'a Client,
    events: Subscription,
}

impl<'a> TokioLink<'a> {
    fn new(client: &'a Client, filter: impl Fn(&RawEvent) -> bool + Send + Sync + 'static) -> Self {
        let events = client.subscribe_internal(filter);
        Self { client, events }
    }

    async fn next(&mut self) -> Result<Option<Arc<RawEvent>>, Error> {
        match self.events.next().await {
            Some(event) => event.map(Some),
            None => Err(self.client.end().error()),
        }
    }
}

impl Link for TokioLink<'_> {
    fn now(&self) -> Instant {
        time::Instant::now().into_std()
    }

    fn time_limit_of(&self, command: &str) -> Option<Duration> {
        self.client.time_limit_of(command)
    }

    async fn execute(
        &mut self,
        command: &str,
        arguments: &Value,
        limit: Option<Duration>,
    ) -> Result<Value, Error> {
        let call = self.client.execute_raw_within(command, arguments, limit);
        call.await
    }

    async fn event(&mut self, limit: Option<Duration>) -> Result<Option<Arc<RawEvent>>, Error> {
        match limit {
            None => self.next().await,
            Some(limit) => timeout(limit, self.next()).await.unwrap_or(Ok(None)),
        }
    }
}
