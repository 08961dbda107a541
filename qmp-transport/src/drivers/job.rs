//! Jobs, such as backup, mirror, commit, stream and create.

use std::time::Duration;

use qmp_types::RawEvent;
use serde_json::{Value, json};

use super::{DriverError, Link, Timer, data_of, none_if_lagged, text_of};
use crate::error::Error;

/// The progress of a job or a migration, in its own unit, which is often bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How much is done.
    pub current: u64,
    /// How much there is to do. It can grow.
    pub total: u64,
}

/// How far to take a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobGoal {
    /// Until it has concluded. It is told to complete when it is ready (mirror,
    /// active commit), and to finalize when it is pending.
    Complete,
    /// Until it is ready. It is left in that state.
    Ready,
}

/// Returns a filter for the events of a job.
pub(super) fn event_filter(id: &str) -> impl Fn(&RawEvent) -> bool + Send + Sync + use<> {
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

/// What the events say of a job. After a job has dismissed itself, they alone show
/// how it ended.
#[derive(Default)]
struct FromEvents {
    /// Whether there was any event of the job.
    any: bool,
    error: Option<String>,
    progress: Option<Progress>,
}

impl FromEvents {
    fn add(&mut self, event: &RawEvent) {
        let data = data_of(event);
        match (event.name.as_str(), data["status"].as_str()) {
            // The events before were of an earlier job with this id.
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
        self.any = true;
    }
}

pub(super) async fn finish(
    link: &mut impl Link,
    id: &str,
    goal: JobGoal,
    mut timer: Timer,
    mut on_progress: impl FnMut(Progress),
) -> Result<(), DriverError> {
    let operation = format!("job {id}");
    let failed = |reason: String| {
        let operation = operation.clone();
        Err(DriverError::Failed { operation, reason })
    };
    let mut from_events = FromEvents::default();
    let mut last = Progress::default();
    let mut report = |progress: Progress| {
        if std::mem::replace(&mut last, progress) != progress {
            on_progress(progress);
        }
    };
    let mut request = Request::default();
    loop {
        let jobs = timer
            .execute(link, &operation, "query-jobs", &Value::Null)
            .await?;
        // The events from before this answer have arrived before it.
        while let Some(event) = none_if_lagged(link.event(Some(Duration::ZERO)).await)? {
            from_events.add(&event);
        }
        let job = jobs.as_array().into_iter().flatten();
        let job = job.into_iter().find(|job| job["id"] == id);
        let Some(job) = job else {
            if let Some(progress) = from_events.progress {
                report(progress);
            }
            return match from_events.error {
                Some(reason) => failed(reason),
                None if from_events.any => Ok(()),
                None => failed("there is no such job".to_owned()),
            };
        };
        report(Progress {
            current: job["current-progress"].as_u64().unwrap_or_default(),
            total: job["total-progress"].as_u64().unwrap_or_default(),
        });
        let status = job["status"].as_str().unwrap_or_default();
        let refused = match (status, goal) {
            ("concluded", _) => {
                // A job that dismisses itself can be gone by now.
                Request::default()
                    .send(link, &timer, "job-dismiss", id)
                    .await?;
                return match job["error"].as_str() {
                    None => Ok(()),
                    Some(reason) => failed(reason.to_owned()),
                };
            }
            ("ready", JobGoal::Ready) => return Ok(()),
            ("ready", JobGoal::Complete) => request.send(link, &timer, "job-complete", id).await?,
            ("pending", _) => request.send(link, &timer, "job-finalize", id).await?,
            _ => None,
        };
        if let Some(reason) = refused {
            return failed(reason);
        }
        timer.check(link, &operation, status)?;
        if let Some(event) = timer.event_or_poll(link).await? {
            from_events.add(&event);
        }
    }
}

/// The last request to a job. The status of the job can stay the same for a while
/// after it, and the request is not repeated then.
#[derive(Default)]
struct Request {
    command: &'static str,
    /// Why the server rejected the request.
    rejection: Option<String>,
}

impl Request {
    /// Sends a request, or returns why the server rejected it before. A rejection
    /// counts only if the job then still has the same status, because its status may
    /// have changed just before the request.
    async fn send(
        &mut self,
        link: &mut impl Link,
        timer: &Timer,
        command: &'static str,
        id: &str,
    ) -> Result<Option<String>, DriverError> {
        if self.command == command {
            return Ok(self.rejection.take());
        }
        self.command = command;
        let operation = format!("job {id}");
        match timer
            .execute(link, &operation, command, &json!({"id": id}))
            .await
        {
            Ok(_) => Ok(None),
            Err(DriverError::Client(Error::Rejected(rejected))) => {
                self.rejection = Some(rejected.rejection.description);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
