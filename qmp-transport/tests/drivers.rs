//! The drivers on a real QEMU.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed};
use qmp_transport::blocking::Client;
use qmp_transport::drivers::{
    DriverError, End, Job, Patience, await_incoming, finish_job, migrate, shut_down, unplug,
};
use serde_json::{Value, json};
use support::{Server, live};

/// Long enough that a test which needs it has failed.
const LONG: Duration = Duration::from_secs(60);
/// Short, for what is to run out.
const SHORT: Duration = Duration::from_millis(50);

fn main() {
    let arguments = Arguments::from_args();
    let tests = vec![
        live("a_job_is_seen_through", a_job_is_seen_through),
        live(
            "wire_07_a_job_may_end_before_its_reply",
            a_job_may_end_before_its_reply,
        ),
        live(
            "a_job_is_met_after_a_reconnect",
            a_job_is_met_after_a_reconnect,
        ),
        live(
            "a_mirror_is_completed_when_ready",
            a_mirror_is_completed_when_ready,
        ),
        live("a_job_that_fails_says_why", a_job_that_fails_says_why),
        live("a_device_goes_or_stays", a_device_goes_or_stays),
        live("a_guest_migrates", a_guest_migrates),
        live("a_migration_fails", a_migration_fails),
        live("a_machine_without_a_guest_is_told_to_quit", a_machine_quits),
    ];
    libtest_mimic::run(&arguments, tests).exit();
}

fn with_disks(qemu: &Path) -> Result<(Server, Client), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    for name in ["source", "target"] {
        let node = json!({"driver": "null-co", "node-name": name, "size": 64 << 20});
        qmp.execute_raw("blockdev-add", &node)?;
    }
    Ok((server, qmp))
}

fn backup(more: &Value) -> Value {
    let mut arguments = json!({
        "job-id": "job0", "device": "source", "target": "target", "sync": "full"
    });
    let members = arguments.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    arguments
}

fn a_job_is_seen_through(qemu: &Path) -> Result<(), Failed> {
    let (_server, mut qmp) = with_disks(qemu)?;
    let manual = json!({"auto-dismiss": false, "auto-finalize": false, "speed": 200 << 20});
    qmp.execute_raw("blockdev-backup", &backup(&manual))?;
    let mut progress = Vec::new();
    finish_job(&mut qmp, "job0", Job::Complete, LONG, |now| {
        progress.push(now);
    })?;
    let last = progress.last().unwrap();
    assert_eq!((last.current, last.total), (64 << 20, 64 << 20));
    assert_eq!(qmp.execute_raw("query-jobs", &())?, json!([]));
    Ok(())
}

fn a_job_may_end_before_its_reply(qemu: &Path) -> Result<(), Failed> {
    let (_server, mut qmp) = with_disks(qemu)?;
    // As fast as it can, and gone by itself.
    qmp.execute_raw("blockdev-backup", &backup(&json!({})))?;
    finish_job(&mut qmp, "job0", Job::Complete, LONG, |_| {})?;
    let error = finish_job(&mut qmp, "job0", Job::Complete, LONG, |_| {}).unwrap_err();
    assert!(error.to_string().contains("no such job"), "{error}");
    Ok(())
}

fn a_job_is_met_after_a_reconnect(qemu: &Path) -> Result<(), Failed> {
    let (server, mut qmp) = with_disks(qemu)?;
    let slow = json!({"auto-dismiss": false, "speed": 1 << 20});
    qmp.execute_raw("blockdev-backup", &backup(&slow))?;
    let error = finish_job(&mut qmp, "job0", Job::Complete, SHORT, |_| {}).unwrap_err();
    assert!(matches!(error, DriverError::TimedOut { .. }), "{error}");
    drop(qmp);
    let mut qmp = server.connect();
    qmp.execute_raw(
        "block-job-set-speed",
        &json!({"device": "job0", "speed": 0}),
    )?;
    finish_job(&mut qmp, "job0", Job::Complete, LONG, |_| {})?;
    Ok(())
}

fn a_mirror_is_completed_when_ready(qemu: &Path) -> Result<(), Failed> {
    let (_server, mut qmp) = with_disks(qemu)?;
    qmp.execute_raw("blockdev-mirror", &backup(&json!({})))?;
    finish_job(&mut qmp, "job0", Job::UntilReady, LONG, |_| {})?;
    let jobs = qmp.execute_raw("query-jobs", &())?;
    assert_eq!(jobs[0]["status"], "ready");
    finish_job(&mut qmp, "job0", Job::Complete, LONG, |_| {})?;
    assert_eq!(qmp.execute_raw("query-jobs", &())?, json!([]));
    Ok(())
}

fn a_job_that_fails_says_why(qemu: &Path) -> Result<(), Failed> {
    let (_server, mut qmp) = with_disks(qemu)?;
    // An image larger than its file may be.
    let options = json!({"driver": "qcow2", "file": "target", "size": 4096});
    let create = json!({"job-id": "job0", "options": options});
    qmp.execute_raw("blockdev-create", &create)?;
    let error = finish_job(&mut qmp, "job0", Job::Complete, LONG, |_| {}).unwrap_err();
    assert!(matches!(error, DriverError::Failed { .. }), "{error}");
    assert_eq!(qmp.execute_raw("query-jobs", &())?, json!([]));
    Ok(())
}

fn a_device_goes_or_stays(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-device", "qemu-xhci,id=usb", "-S"]);
    let mut qmp = server.connect();
    qmp.execute_raw(
        "device_add",
        &json!({"driver": "usb-tablet", "id": "tablet"}),
    )?;
    unplug(&mut qmp, "tablet", LONG)?;
    let error = unplug(&mut qmp, "tablet", LONG).unwrap_err();
    assert!(matches!(error, DriverError::Client(_)), "{error}");
    // Nobody runs in the guest who could let go of it.
    let error = unplug(&mut qmp, "usb", SHORT).unwrap_err();
    assert!(matches!(error, DriverError::TimedOut { .. }), "{error}");
    Ok(())
}

fn a_guest_migrates(qemu: &Path) -> Result<(), Failed> {
    let source = Server::qemu(qemu, &["-m", "32"]);
    let socket = source.folder().join("migration");
    let uri = format!("unix:{}", socket.display());
    let target = Server::qemu(qemu, &["-m", "32", "-incoming", &uri]);
    let mut there = target.connect();
    let mut here = source.connect();
    let mut total = 0;
    migrate(&mut here, &uri, LONG, |progress| total = progress.total)?;
    assert!(total >= 32 << 20);
    await_incoming(&mut there, LONG)?;
    assert_eq!(
        here.execute_raw("query-status", &())?["status"],
        "postmigrate"
    );
    there.wait_for(|event| event.name == "RESUME", LONG)?;
    assert_eq!(there.execute_raw("query-status", &())?["status"], "running");
    Ok(())
}

fn a_migration_fails(qemu: &Path) -> Result<(), Failed> {
    let source = Server::qemu(qemu, &["-m", "32"]);
    let mut here = source.connect();
    let uri = format!("exec:exit 1; {}", source.folder().display());
    let error = migrate(&mut here, &uri, LONG, |_| {}).unwrap_err();
    assert!(matches!(error, DriverError::Failed { .. }), "{error}");
    Ok(())
}

fn a_machine_quits(qemu: &Path) -> Result<(), Failed> {
    let mut server = Server::qemu(qemu, &[]);
    let mut qmp = server.connect();
    let patience = Patience {
        guest: SHORT,
        server: LONG,
    };
    assert_eq!(shut_down(&mut qmp, patience)?, End::Quit);
    assert!(server.wait().success());
    Ok(())
}
