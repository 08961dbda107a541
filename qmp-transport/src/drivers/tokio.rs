//! The drivers for [`tokio::Client`](Client).
//!
//! Dropping one of the futures ends what it does here: the job, the migration
//! or the machine goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use qmp_types::RawEvent;
use serde_json::Value;
use tokio::time::{self, timeout};

use super::{DriverError, End, Job, Link, Patience, Progress, Until};
use super::{device, job, migration, shutdown};
use crate::error::Error;
use crate::tokio::{Client, Subscription};

/// Starts a job, by a future that is awaited here, and sees it through to its
/// end, as [`finish_job`] does. A job that ends before its own command is
/// answered is seen. The time limit counts from the call, but does not end the
/// future that starts the job.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::drivers::{Job, tokio::run_job};
/// use qmp_transport::tokio::Client;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let qmp = Client::connect("unix:/run/vm.sock").await?;
/// # let arguments = ();
/// let start = qmp.execute_raw("blockdev-backup", &arguments);
/// let limit = Duration::from_secs(3600);
/// run_job(&qmp, "backup0", start, Job::Complete, limit, |progress| {
///     println!("{} of {}", progress.current, progress.total);
/// })
/// .await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// As [`finish_job`]; [`DriverError::Client`] also when the job cannot be
/// started.
pub async fn run_job<T>(
    client: &Client,
    id: &str,
    start: impl Future<Output = Result<T, Error>>,
    mode: Job,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<T, DriverError> {
    let limit = limit.into();
    let mut link = Tasks::new(client, job::concerns(id));
    let until = Until::after(&link, limit);
    let started = start.await?;
    job::finish(&mut link, id, mode, until, on_progress).await?;
    Ok(started)
}

/// Sees a job through to its end and has it dismissed: one that was started
/// before, on this connection or an earlier one.
///
/// What it cannot tell is how a job ended that is not there any more, since
/// events count from here on. [`run_job`] sees such a job.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::drivers::{Job, tokio::finish_job};
/// use qmp_transport::tokio::Client;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let qmp = Client::connect("unix:/run/vm.sock").await?;
/// finish_job(&qmp, "backup0", Job::Complete, Duration::from_secs(3600), |_| {}).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// As [`blocking::finish_job`](super::blocking::finish_job).
pub async fn finish_job(
    client: &Client,
    id: &str,
    mode: Job,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let limit = limit.into();
    let mut link = Tasks::new(client, job::concerns(id));
    let until = Until::after(&link, limit);
    job::finish(&mut link, id, mode, until, on_progress).await
}

/// Unplugs a device and waits until it is gone, as
/// [`blocking::unplug`](super::blocking::unplug) does.
///
/// # Errors
/// As there.
pub async fn unplug(
    client: &Client,
    id: &str,
    limit: impl Into<Option<Duration>>,
) -> Result<(), DriverError> {
    let limit = limit.into();
    let mut link = Tasks::new(client, device::concerns(id));
    device::unplug(&mut link, id, limit).await
}

/// Migrates the guest to where another QEMU waits for it, as
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
/// As there.
pub async fn migrate(
    client: &Client,
    uri: &str,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let limit = limit.into();
    let mut link = Tasks::new(client, migration::concerns);
    migration::migrate(&mut link, uri, limit, on_progress).await
}

/// Waits until a migration has ended that was started otherwise, as
/// [`blocking::finish_migration`](super::blocking::finish_migration) does.
///
/// # Errors
/// As there.
pub async fn finish_migration(
    client: &Client,
    limit: impl Into<Option<Duration>>,
    on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let limit = limit.into();
    let mut link = Tasks::new(client, migration::concerns);
    migration::finish(&mut link, limit, on_progress).await
}

/// Asks the guest to power down, then tells QEMU to quit, as
/// [`blocking::shut_down`](super::blocking::shut_down) does.
///
/// # Errors
/// As there.
pub async fn shut_down(client: &Client, patience: Patience) -> Result<End, DriverError> {
    let mut link = Tasks::new(client, shutdown::concerns);
    shutdown::shut_down(&mut link, patience).await
}

struct Tasks<'a> {
    client: &'a Client,
    events: Subscription,
}

impl<'a> Tasks<'a> {
    fn new(
        client: &'a Client,
        concerns: impl Fn(&RawEvent) -> bool + Send + Sync + 'static,
    ) -> Self {
        let events = client.subscribe_internal(concerns);
        Self { client, events }
    }

    async fn next(&mut self) -> Result<Option<Arc<RawEvent>>, Error> {
        match self.events.next().await {
            Some(event) => event.map(Some),
            None => Err(self.client.end().error()),
        }
    }
}

impl Link for Tasks<'_> {
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
