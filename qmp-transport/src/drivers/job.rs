//! Jobs: backup, mirror, commit, stream, create, snapshots.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DriverError, Until, event_or_look, text_of};
use crate::blocking::Client;

/// How far a job is, in the job's own units, often bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How much is done.
    pub current: u64,
    /// How much there is to do; it may grow.
    pub total: u64,
}

/// What to do with a job that waits to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Job {
    /// Have it completed when it is ready (mirror, active commit), and
    /// finalised when it waits for that.
    Complete,
    /// Return when it is ready, and leave it so.
    UntilReady,
}

/// Sees a job through to its end and has it dismissed.
///
/// It does not matter how the job was started, whether it has ended before its
/// own command was answered, or whether it belongs to an earlier connection:
/// what counts is what the server knows of it, and the events of this
/// connection.
///
/// ```no_run
/// use std::time::Duration;
/// use qmp_transport::blocking::Client;
/// use qmp_transport::drivers::{Job, finish_job};
///
/// let mut qmp = Client::connect("unix:/run/vm.sock")?;
/// # let arguments = ();
/// qmp.execute_raw("blockdev-backup", &arguments)?;
/// let limit = Duration::from_secs(3600);
/// finish_job(&mut qmp, "backup0", Job::Complete, limit, |progress| {
///     println!("{} of {}", progress.current, progress.total);
/// })?;
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
    mut on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let until = Until::after(limit.into());
    let what = format!("job {id}");
    let failed = |reason: &str| DriverError::Failed {
        what: what.clone(),
        reason: reason.to_owned(),
    };
    let mut last = Progress::default();
    let mut told = String::new();
    loop {
        let jobs = client.execute_raw("query-jobs", &())?;
        let job = jobs.as_array().into_iter().flatten();
        let job = job.into_iter().find(|job| job["id"] == id);
        let Some(job) = job else {
            return gone(client, id, &failed);
        };
        let progress = Progress {
            current: job["current-progress"].as_u64().unwrap_or_default(),
            total: job["total-progress"].as_u64().unwrap_or_default(),
        };
        if progress != last {
            last = progress;
            on_progress(progress);
        }
        let status = job["status"].as_str().unwrap_or_default().to_owned();
        match (status.as_str(), mode) {
            ("concluded", _) => {
                let error = job["error"].as_str().map(str::to_owned);
                tell(client, "job-dismiss", id)?;
                return match error {
                    None => Ok(()),
                    Some(reason) => Err(failed(&reason)),
                };
            }
            ("ready", Job::UntilReady) => return Ok(()),
            // Once told, it stays ready or pending for a while.
            ("ready", Job::Complete) if told != "job-complete" => {
                tell(client, "job-complete", id)?;
                "job-complete".clone_into(&mut told);
            }
            ("pending", _) if told != "job-finalize" => {
                tell(client, "job-finalize", id)?;
                "job-finalize".clone_into(&mut told);
            }
            _ => {}
        }
        until.check(&what, &status)?;
        event_or_look(
            client,
            |event| {
                event.name == "JOB_STATUS_CHANGE" && text_of(event, "id").as_deref() == Some(id)
            },
            &until,
        )?;
    }
}

/// Tells a job what to do; one that has just gone needs no telling.
fn tell(client: &mut Client, command: &str, id: &str) -> Result<Value, DriverError> {
    match client.execute_raw(command, &json!({"id": id})) {
        Err(error) if error.class().is_some() => Ok(Value::Null),
        outcome => Ok(outcome?),
    }
}

/// A job that the server knows nothing of has dismissed itself; its last events
/// say how it ended.
fn gone(
    client: &mut Client,
    id: &str,
    failed: &dyn Fn(&str) -> DriverError,
) -> Result<(), DriverError> {
    let mut known = false;
    let mut error = None;
    // Events of other kinds stay in the queue.
    loop {
        let of_job = |event: &crate::RawEvent| {
            let member = match event.name.as_str() {
                "JOB_STATUS_CHANGE" => "id",
                "BLOCK_JOB_COMPLETED" | "BLOCK_JOB_CANCELLED" | "BLOCK_JOB_ERROR" => "device",
                _ => return false,
            };
            text_of(event, member).as_deref() == Some(id)
        };
        match client.wait_for(of_job, Duration::ZERO) {
            Ok(event) => {
                known = true;
                match event.name.as_str() {
                    "BLOCK_JOB_COMPLETED" => error = text_of(&event, "error").or(error),
                    "BLOCK_JOB_CANCELLED" => error = Some("it was cancelled".to_owned()),
                    "JOB_STATUS_CHANGE"
                        if text_of(&event, "status").as_deref() == Some("aborting") =>
                    {
                        error = error.or_else(|| Some("it was aborted".to_owned()));
                    }
                    _ => {}
                }
            }
            Err(crate::Error::TimedOut(_)) => break,
            Err(error) => return Err(error.into()),
        }
    }
    match error {
        Some(reason) => Err(failed(&reason)),
        None if known => Ok(()),
        None => Err(failed("the server knows no such job")),
    }
}
