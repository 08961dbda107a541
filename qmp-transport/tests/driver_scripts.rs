//! The drivers against servers that do what QEMU does not do on demand. Each script
//! runs with both clients.

#![allow(clippy::unwrap_used)]

#[path = "support/both.rs"]
mod both;
#[path = "support/peer.rs"]
mod peer;

use std::time::Duration;

use both::both;
use peer::Peer;
use qmp_transport::Error;
use qmp_transport::drivers::{
    self, DriverError, JobGoal, Progress, ShutdownLimits, ShutdownOutcome,
};
use serde_json::json;

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);
/// A time limit that is reached soon, but long enough for an operation without
/// waits.
const SOME: Duration = Duration::from_secs(1);
/// A time limit that is meant to be reached.
const SHORT: Duration = Duration::from_millis(50);

type Outcome<T> = Result<T, DriverError>;

/// Runs a backup as `job0` with both clients. Returns the outcome and all progress.
fn run_job(script: fn(&mut Peer)) -> (Outcome<()>, Vec<Progress>) {
    let arguments = json!({"job-id": "job0"});
    both(
        script,
        |qmp| {
            let mut progress = Vec::new();
            let start = |qmp: &mut qmp_transport::blocking::Client| {
                qmp.execute_raw("blockdev-backup", &arguments)
            };
            let seen = |now| progress.push(now);
            let outcome =
                drivers::blocking::run_job(qmp, "job0", start, JobGoal::Complete, LONG, seen);
            (outcome.map(|_| ()), progress)
        },
        async |qmp| {
            let mut progress = Vec::new();
            let start = qmp.execute_raw("blockdev-backup", &arguments);
            let seen = |now| progress.push(now);
            let outcome =
                drivers::tokio::run_job(qmp, "job0", start, JobGoal::Complete, LONG, seen).await;
            (outcome.map(|_| ()), progress)
        },
    )
}

fn status(peer: &mut Peer, job: &str, status: &str) {
    peer.send(&format!(
        r#"{{"event": "JOB_STATUS_CHANGE", "data": {{"id": "{job}", "status": "{status}"}}}}"#
    ));
}

fn completed(peer: &mut Peer, more: &str) {
    peer.send(&format!(
        r#"{{"event": "BLOCK_JOB_COMPLETED",
            "data": {{"device": "job0", "type": "backup", "len": 9, "offset": 7{more}}}}}"#
    ));
}

fn query_jobs(peer: &mut Peer, jobs: &str) {
    let id = peer.expect("query-jobs");
    peer.answer(id, jobs);
}

#[test]
fn item_07_a_job_that_ends_before_its_own_reply() {
    let (outcome, progress) = run_job(|peer| {
        let id = peer.expect("blockdev-backup");
        for now in ["created", "running", "waiting", "pending"] {
            status(peer, "job0", now);
        }
        completed(peer, "");
        status(peer, "other", "aborting");
        status(peer, "job0", "concluded");
        status(peer, "job0", "null");
        peer.answer(id, "{}");
        query_jobs(peer, "[]");
        peer.until_closed();
    });
    outcome.unwrap();
    let seen: Vec<_> = progress
        .iter()
        .map(|now| (now.current, now.total))
        .collect();
    assert_eq!(seen, [(7, 9)]);
}

#[test]
fn item_07_a_job_that_fails_before_its_own_reply() {
    let (outcome, _) = run_job(|peer| {
        let id = peer.expect("blockdev-backup");
        status(peer, "job0", "created");
        status(peer, "job0", "aborting");
        completed(peer, r#", "error": "no space""#);
        status(peer, "job0", "null");
        peer.answer(id, "{}");
        query_jobs(peer, "[]");
        peer.until_closed();
    });
    assert!(matches!(outcome, Err(DriverError::Failed { reason, .. }) if reason == "no space"));
}

#[test]
fn what_was_said_of_an_earlier_job_does_not_count() {
    let (outcome, _) = run_job(|peer| {
        // The earlier job ends while the command is being sent.
        let id = peer.expect("blockdev-backup");
        status(peer, "job0", "aborting");
        status(peer, "job0", "null");
        status(peer, "job0", "created");
        status(peer, "job0", "null");
        peer.answer(id, "{}");
        query_jobs(peer, "[]");
        peer.until_closed();
    });
    outcome.unwrap();
}

#[test]
fn a_job_that_aborts_between_two_looks_has_failed() {
    let (outcome, progress) = run_job(|peer| {
        let id = peer.expect("blockdev-backup");
        status(peer, "job0", "created");
        peer.answer(id, "{}");
        let running = r#"[{"id": "job0", "status": "running",
            "current-progress": 1, "total-progress": 4}]"#;
        query_jobs(peer, running);
        status(peer, "job0", "aborting");
        query_jobs(peer, running);
        status(peer, "job0", "null");
        query_jobs(peer, "[]");
        peer.until_closed();
    });
    assert!(
        matches!(outcome, Err(DriverError::Failed { reason, .. }) if reason.contains("aborted"))
    );
    assert_eq!(progress.len(), 1);
}

#[test]
fn a_job_is_told_once_and_a_refusal_that_lasts_is_a_failure() {
    let (outcome, _) = run_job(|peer| {
        let id = peer.expect("blockdev-backup");
        peer.answer(id, "{}");
        let pending = r#"[{"id": "job0", "status": "pending"}]"#;
        query_jobs(peer, pending);
        let id = peer.expect("job-finalize");
        peer.refuse(id, "not yet");
        query_jobs(peer, pending);
        peer.until_closed();
    });
    assert!(matches!(outcome, Err(DriverError::Failed { reason, .. }) if reason == "not yet"));

    // A rejection does not count if the job has a new status.
    let (outcome, _) = run_job(|peer| {
        let id = peer.expect("blockdev-backup");
        peer.answer(id, "{}");
        query_jobs(peer, r#"[{"id": "job0", "status": "pending"}]"#);
        let id = peer.expect("job-finalize");
        peer.refuse(id, "it has ended");
        query_jobs(peer, r#"[{"id": "job0", "status": "concluded"}]"#);
        let id = peer.expect("job-dismiss");
        peer.refuse(id, "it is gone");
        peer.until_closed();
    });
    outcome.unwrap();
}

#[test]
fn a_job_is_lost_with_the_connection() {
    let (outcome, _) = run_job(|peer| {
        let id = peer.expect("blockdev-backup");
        peer.answer(id, "{}");
        query_jobs(peer, r#"[{"id": "job0", "status": "running"}]"#);
    });
    assert!(matches!(
        outcome,
        Err(DriverError::Client(Error::Closed(_) | Error::Lost(_)))
    ));
}

fn unplug(limit: Duration, script: fn(&mut Peer)) -> Outcome<()> {
    both(
        script,
        |qmp| drivers::blocking::unplug(qmp, "dimm1", limit),
        async |qmp| drivers::tokio::unplug(qmp, "dimm1", limit).await,
    )
}

#[test]
fn a_guest_that_refuses_to_let_go_says_why() {
    let outcome = unplug(LONG, |peer| {
        let id = peer.expect("device_del");
        peer.send(r#"{"event": "DEVICE_DELETED", "data": {"device": "dimm2", "path": "/x"}}"#);
        peer.answer(id, "{}");
        peer.send(r#"{"event": "MEM_UNPLUG_ERROR", "data": {"device": "dimm1", "msg": "in use"}}"#);
        peer.until_closed();
    });
    assert!(matches!(outcome, Err(DriverError::Failed { reason, .. }) if reason == "in use"));
}

#[test]
fn a_device_may_be_gone_before_the_reply() {
    let outcome = unplug(LONG, |peer| {
        let id = peer.expect("device_del");
        peer.send(r#"{"event": "DEVICE_DELETED", "data": {"device": "dimm1", "path": "/x"}}"#);
        peer.answer(id, "{}");
        peer.until_closed();
    });
    outcome.unwrap();
}

#[test]
fn a_guest_that_does_nothing_is_timed_out() {
    let outcome = unplug(SHORT, |peer| {
        let id = peer.expect("device_del");
        peer.answer(id, "{}");
        peer.until_closed();
    });
    assert!(matches!(outcome, Err(DriverError::TimedOut { limit, .. }) if limit == SHORT));
}

fn migrate(script: fn(&mut Peer)) -> (Outcome<()>, Vec<Progress>) {
    both(
        script,
        |qmp| {
            let mut progress = Vec::new();
            let seen = |now| progress.push(now);
            let outcome = drivers::blocking::migrate(qmp, "tcp:b:1", LONG, seen);
            (outcome, progress)
        },
        async |qmp| {
            let mut progress = Vec::new();
            let seen = |now| progress.push(now);
            let outcome = drivers::tokio::migrate(qmp, "tcp:b:1", LONG, seen).await;
            (outcome, progress)
        },
    )
}

fn query_migrate(peer: &mut Peer, migration: &str) {
    let id = peer.expect("query-migrate");
    peer.answer(id, migration);
}

#[test]
fn a_migration_is_followed_to_its_end() {
    let (outcome, progress) = migrate(|peer| {
        let id = peer.expect("migrate");
        peer.answer(id, "{}");
        query_migrate(peer, "{}");
        query_migrate(peer, r#"{"status": "setup"}"#);
        for left in [90, 90, 10] {
            let ram = format!(r#"{{"total": 100, "remaining": {left}}}"#);
            query_migrate(peer, &format!(r#"{{"status": "active", "ram": {ram}}}"#));
        }
        query_migrate(
            peer,
            r#"{"status": "completed", "ram": {"total": 100, "remaining": 0}}"#,
        );
        // `cont` is refused until the source is done as well.
        for status in ["finish-migrate", "postmigrate"] {
            let id = peer.expect("query-status");
            peer.answer(id, &format!(r#"{{"status": "{status}"}}"#));
        }
        peer.until_closed();
    });
    outcome.unwrap();
    let seen: Vec<_> = progress.iter().map(|now| now.current).collect();
    assert_eq!(seen, [10, 90, 100]);
}

#[test]
fn a_migration_that_fails_says_why() {
    let (outcome, _) = migrate(|peer| {
        let id = peer.expect("migrate");
        peer.answer(id, "{}");
        query_migrate(peer, r#"{"status": "failed", "error-desc": "no route"}"#);
        peer.until_closed();
    });
    assert!(matches!(outcome, Err(DriverError::Failed { reason, .. }) if reason == "no route"));
}

/// Time limits are short if they are meant to be reached, and long otherwise.
fn shut_down(guest: Duration, server: Duration, script: fn(&mut Peer)) -> Outcome<ShutdownOutcome> {
    let limits = ShutdownLimits { guest, server };
    both(
        script,
        |qmp| drivers::blocking::shut_down(qmp, limits),
        async |qmp| drivers::tokio::shut_down(qmp, limits).await,
    )
}

#[test]
fn a_guest_powers_down() {
    let end = shut_down(LONG, LONG, |peer| {
        let id = peer.expect("system_powerdown");
        peer.answer(id, "{}");
        peer.send(r#"{"event": "POWERDOWN"}{"event": "SHUTDOWN", "data": {"guest": true}}"#);
    });
    assert_eq!(end.unwrap(), ShutdownOutcome::PoweredDown);

    // QEMU runs on, as with `-no-shutdown`, and is told to quit.
    let end = shut_down(LONG, SOME, |peer| {
        let id = peer.expect("system_powerdown");
        peer.send(r#"{"event": "SHUTDOWN", "data": {"guest": true}}"#);
        peer.answer(id, "{}");
        let id = peer.expect("quit");
        peer.answer(id, "{}");
    });
    assert_eq!(end.unwrap(), ShutdownOutcome::PoweredDown);
}

#[test]
fn a_machine_that_cannot_power_down_is_told_to_quit() {
    let end = shut_down(SHORT, LONG, |peer| {
        let id = peer.expect("system_powerdown");
        peer.refuse(id, "no power button");
        // It exits before it answers.
        peer.expect("quit");
    });
    assert_eq!(end.unwrap(), ShutdownOutcome::Quit);
}

#[test]
fn a_machine_that_does_not_quit_is_told_of() {
    // It answers every command, and does not exit.
    let end = shut_down(SHORT, SHORT, |peer| {
        for name in ["system_powerdown", "quit"] {
            let id = peer.expect(name);
            peer.answer(id, "{}");
        }
        peer.until_closed();
    });
    assert!(matches!(end, Err(DriverError::TimedOut { limit, .. }) if limit == SHORT));

    // It does not even answer.
    let end = shut_down(SHORT, SHORT, |peer| {
        peer.expect("system_powerdown");
        peer.expect("quit");
        peer.until_closed();
    });
    assert!(matches!(end, Err(DriverError::TimedOut { .. })));
}

#[test]
fn a_machine_that_is_gone_already_is_gone() {
    let end = shut_down(LONG, LONG, |_| {});
    assert_eq!(end.unwrap(), ShutdownOutcome::AlreadyEnded);
}
