//! Jobs: backup, mirror, commit, stream, create, snapshots.

use std::time::Duration;

use qmp_types::RawEvent;
use serde_json::{Value, json};

use super::{DriverError, Link, Until, data_of, known, text_of};
use crate::error::Error;

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

/// The events that tell of a job.
pub(super) fn concerns(id: &str) -> impl Fn(&RawEvent) -> bool + Send + Sync + use<> {
    let id = id.to_owned();
    move |event| {
        let member = match event.name.as_str() {
            "JOB_STATUS_CHANGE" => "id",
            "BLOCK_JOB_COMPLETED" | "BLOCK_JOB_CANCELLED" => "device",
            _ => return false,
        };
        text_of(event, member).as_deref() == Some(&*id)
    }
}

/// What the events have said of a job. A job that has dismissed itself is known
/// from them only.
#[derive(Default)]
struct Heard {
    of_it: bool,
    error: Option<String>,
    progress: Option<Progress>,
}

impl Heard {
    fn note(&mut self, event: &RawEvent) {
        let data = data_of(event);
        match (event.name.as_str(), data["status"].as_str()) {
            // What was heard before was of another job of this name.
            ("JOB_STATUS_CHANGE", Some("created")) => *self = Self::default(),
            ("JOB_STATUS_CHANGE", Some("aborting")) => {
                self.error
                    .get_or_insert_with(|| "it was aborted".to_owned());
            }
            ("BLOCK_JOB_CANCELLED", _) => self.error = Some("it was cancelled".to_owned()),
            ("BLOCK_JOB_COMPLETED", _) => {
                if let Some(error) = data["error"].as_str() {
                    self.error = Some(error.to_owned());
                }
                self.progress = Some(Progress {
                    current: data["offset"].as_u64().unwrap_or_default(),
                    total: data["len"].as_u64().unwrap_or_default(),
                });
            }
            _ => {}
        }
        self.of_it = true;
    }
}

pub(super) async fn finish(
    link: &mut impl Link,
    id: &str,
    mode: Job,
    mut until: Until,
    mut on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let what = format!("job {id}");
    let failed = |reason: String| {
        let what = what.clone();
        Err(DriverError::Failed { what, reason })
    };
    let mut heard = Heard::default();
    let mut last = Progress::default();
    let mut tell = |progress: Progress| {
        if std::mem::replace(&mut last, progress) != progress {
            on_progress(progress);
        }
    };
    let mut told = Told::default();
    loop {
        let jobs = until
            .execute(link, &what, "query-jobs", &Value::Null)
            .await?;
        // What was said of the job before this answer has come before it.
        while let Some(event) = known(link.event(Some(Duration::ZERO)).await)? {
            heard.note(&event);
        }
        let job = jobs.as_array().into_iter().flatten();
        let job = job.into_iter().find(|job| job["id"] == id);
        let Some(job) = job else {
            if let Some(progress) = heard.progress {
                tell(progress);
            }
            return match heard.error {
                Some(reason) => failed(reason),
                None if heard.of_it => Ok(()),
                None => failed("the server knows no such job".to_owned()),
            };
        };
        tell(Progress {
            current: job["current-progress"].as_u64().unwrap_or_default(),
            total: job["total-progress"].as_u64().unwrap_or_default(),
        });
        let status = job["status"].as_str().unwrap_or_default();
        let refused = match (status, mode) {
            ("concluded", _) => {
                // One that dismisses itself may have done so by now.
                Told::default()
                    .tell(link, &until, "job-dismiss", id)
                    .await?;
                return match job["error"].as_str() {
                    None => Ok(()),
                    Some(reason) => failed(reason.to_owned()),
                };
            }
            ("ready", Job::UntilReady) => return Ok(()),
            ("ready", Job::Complete) => told.tell(link, &until, "job-complete", id).await?,
            ("pending", _) => told.tell(link, &until, "job-finalize", id).await?,
            _ => None,
        };
        if let Some(reason) = refused {
            return failed(reason);
        }
        until.check(link, &what, status)?;
        if let Some(event) = until.event_or_look(link).await? {
            heard.note(&event);
        }
    }
}

/// What a job was told last. Once told, it stays as it was for a while, and need
/// not be told again.
#[derive(Default)]
struct Told {
    command: &'static str,
    refusal: Option<String>,
}

impl Told {
    /// Tells a job what to do, and says why it cannot be done. A refusal counts
    /// only when the job still stands as it did: it may have just gone on.
    async fn tell(
        &mut self,
        link: &mut impl Link,
        until: &Until,
        command: &'static str,
        id: &str,
    ) -> Result<Option<String>, DriverError> {
        if self.command == command {
            return Ok(self.refusal.take());
        }
        self.command = command;
        let what = format!("job {id}");
        match until
            .execute(link, &what, command, &json!({"id": id}))
            .await
        {
            Ok(_) => Ok(None),
            Err(DriverError::Client(Error::Rejected(rejected))) => {
                self.refusal = Some(rejected.rejection.description);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
