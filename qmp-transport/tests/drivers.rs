//! The drivers on a real QEMU.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed};
use qmp_transport::blocking::Client;
use qmp_transport::drivers::blocking::{
    finish_job, finish_migration, migrate, run_job, shut_down, unplug,
};
use qmp_transport::drivers::{DriverError, JobGoal, ShutdownLimits, ShutdownOutcome};
use serde_json::{Value, json};
use test_support::{Server, live};

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);
/// A time limit that is meant to be reached.
const SHORT: Duration = Duration::from_millis(50);

fn main() {
    let arguments = Arguments::from_args();
    macro_rules! tests {
        ($($name:path),* $(,)?) => {
            vec![$(live(stringify!($name), $name)),*]
        };
    }
    #[cfg_attr(not(feature = "tokio"), expect(unused_mut))]
    let mut tests = tests![
        a_job_is_seen_through,
        item_07_a_job_may_end_before_its_reply,
        a_job_is_met_after_a_reconnect,
        a_mirror_is_completed_when_ready,
        a_job_that_fails_says_why,
        a_device_goes_or_stays,
        a_guest_migrates,
        a_migration_fails,
        a_machine_without_a_guest_is_told_to_quit,
    ];
    #[cfg(feature = "tokio")]
    tests.extend(tests![
        on_tokio::a_job_is_seen_through,
        on_tokio::item_07_a_job_may_end_before_its_reply,
        on_tokio::a_job_is_met_after_a_reconnect,
        on_tokio::jobs_run_side_by_side,
        on_tokio::a_device_goes_or_stays,
        on_tokio::a_guest_migrates_while_both_ends_are_followed,
        on_tokio::a_machine_without_a_guest_is_told_to_quit,
    ]);
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
    finish_job(&mut qmp, "job0", JobGoal::Complete, LONG, |now| {
        progress.push(now);
    })?;
    let last = progress.last().unwrap();
    assert_eq!((last.current, last.total), (64 << 20, 64 << 20));
    assert_eq!(qmp.execute_raw("query-jobs", &())?, json!([]));
    Ok(())
}

fn item_07_a_job_may_end_before_its_reply(qemu: &Path) -> Result<(), Failed> {
    let (_server, mut qmp) = with_disks(qemu)?;
    // It is fast, and dismisses itself before or soon after the reply.
    for _ in 0..20 {
        let start = |qmp: &mut Client| qmp.execute_raw("blockdev-backup", &backup(&json!({})));
        let mut last = None;
        run_job(&mut qmp, "job0", start, JobGoal::Complete, LONG, |now| {
            last = Some(now);
        })?;
        assert_eq!(last.unwrap().current, 64 << 20);
    }
    // The events of the last job show that it has ended. After that, nothing does.
    qmp.execute_raw("blockdev-backup", &backup(&json!({})))?;
    finish_job(&mut qmp, "job0", JobGoal::Complete, LONG, |_| {})?;
    let error = finish_job(&mut qmp, "job0", JobGoal::Complete, LONG, |_| {}).unwrap_err();
    assert!(error.to_string().contains("no such job"), "{error}");
    Ok(())
}

fn a_job_is_met_after_a_reconnect(qemu: &Path) -> Result<(), Failed> {
    let (server, mut qmp) = with_disks(qemu)?;
    let slow = json!({"auto-dismiss": false, "speed": 1 << 20});
    qmp.execute_raw("blockdev-backup", &backup(&slow))?;
    let error = finish_job(&mut qmp, "job0", JobGoal::Complete, SHORT, |_| {}).unwrap_err();
    assert!(matches!(error, DriverError::TimedOut { .. }), "{error}");
    drop(qmp);
    let mut qmp = server.connect();
    qmp.execute_raw(
        "block-job-set-speed",
        &json!({"device": "job0", "speed": 0}),
    )?;
    finish_job(&mut qmp, "job0", JobGoal::Complete, LONG, |_| {})?;
    Ok(())
}

fn a_mirror_is_completed_when_ready(qemu: &Path) -> Result<(), Failed> {
    let (_server, mut qmp) = with_disks(qemu)?;
    qmp.execute_raw("blockdev-mirror", &backup(&json!({})))?;
    finish_job(&mut qmp, "job0", JobGoal::Ready, LONG, |_| {})?;
    let jobs = qmp.execute_raw("query-jobs", &())?;
    assert_eq!(jobs[0]["status"], "ready");
    finish_job(&mut qmp, "job0", JobGoal::Complete, LONG, |_| {})?;
    assert_eq!(qmp.execute_raw("query-jobs", &())?, json!([]));
    Ok(())
}

fn a_job_that_fails_says_why(qemu: &Path) -> Result<(), Failed> {
    let (_server, mut qmp) = with_disks(qemu)?;
    // An image that is larger than its file can be.
    let options = json!({"driver": "qcow2", "file": "target", "size": 4096});
    let create = json!({"job-id": "job0", "options": options});
    qmp.execute_raw("blockdev-create", &create)?;
    let error = finish_job(&mut qmp, "job0", JobGoal::Complete, LONG, |_| {}).unwrap_err();
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
    // There is no guest that could release it.
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
    finish_migration(&mut there, LONG, |_| {})?;
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

fn a_machine_without_a_guest_is_told_to_quit(qemu: &Path) -> Result<(), Failed> {
    let mut server = Server::qemu(qemu, &[]);
    let mut qmp = server.connect();
    let limits = ShutdownLimits {
        guest: SHORT,
        server: LONG,
    };
    assert_eq!(shut_down(&mut qmp, limits)?, ShutdownOutcome::Quit);
    assert!(server.wait().success());
    assert_eq!(shut_down(&mut qmp, limits)?, ShutdownOutcome::AlreadyEnded);
    Ok(())
}

#[cfg(feature = "tokio")]
mod on_tokio {
    use qmp_transport::Options;
    use qmp_transport::drivers::tokio::{
        finish_job, finish_migration, migrate, run_job, shut_down, unplug,
    };
    use qmp_transport::tokio::Client;

    use super::*;

    fn run(test: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(test)
    }

    async fn connect(server: &Server) -> Result<Client, Failed> {
        let options = Options::new().await_server(true).connect_limit(LONG);
        Ok(Client::connect_with(server.address(), options).await?)
    }

    async fn with_disks(qemu: &Path) -> Result<(Server, Client), Failed> {
        let server = Server::qemu(qemu, &["-S"]);
        let qmp = connect(&server).await?;
        for name in ["source", "target"] {
            let node = json!({"driver": "null-co", "node-name": name, "size": 64 << 20});
            qmp.execute_raw("blockdev-add", &node).await?;
        }
        Ok((server, qmp))
    }

    pub(super) fn a_job_is_seen_through(qemu: &Path) -> Result<(), Failed> {
        run(async {
            let (_server, qmp) = with_disks(qemu).await?;
            let manual = json!({"auto-dismiss": false, "auto-finalize": false, "speed": 200 << 20});
            let arguments = backup(&manual);
            let start = qmp.execute_raw("blockdev-backup", &arguments);
            let mut progress = Vec::new();
            run_job(&qmp, "job0", start, JobGoal::Complete, LONG, |now| {
                progress.push(now);
            })
            .await?;
            let last = progress.last().unwrap();
            assert_eq!((last.current, last.total), (64 << 20, 64 << 20));
            assert_eq!(qmp.execute_raw("query-jobs", &()).await?, json!([]));

            let options = json!({"driver": "qcow2", "file": "target", "size": 4096});
            let create = json!({"job-id": "job0", "options": options});
            let start = qmp.execute_raw("blockdev-create", &create);
            let error = run_job(&qmp, "job0", start, JobGoal::Complete, LONG, |_| {}).await;
            assert!(matches!(error, Err(DriverError::Failed { .. })));
            Ok(())
        })
    }

    pub(super) fn item_07_a_job_may_end_before_its_reply(qemu: &Path) -> Result<(), Failed> {
        run(async {
            let (_server, qmp) = with_disks(qemu).await?;
            let arguments = backup(&json!({}));
            for _ in 0..20 {
                let start = qmp.execute_raw("blockdev-backup", &arguments);
                let mut last = None;
                let seen = |now| last = Some(now);
                run_job(&qmp, "job0", start, JobGoal::Complete, LONG, seen).await?;
                assert_eq!(last.unwrap().current, 64 << 20);
            }
            let error = finish_job(&qmp, "job0", JobGoal::Complete, LONG, |_| {}).await;
            assert!(matches!(error, Err(DriverError::Failed { .. })));
            Ok(())
        })
    }

    pub(super) fn a_job_is_met_after_a_reconnect(qemu: &Path) -> Result<(), Failed> {
        run(async {
            let (server, qmp) = with_disks(qemu).await?;
            let arguments = backup(&json!({"auto-dismiss": false, "speed": 1 << 20}));
            let start = qmp.execute_raw("blockdev-backup", &arguments);
            let error = run_job(&qmp, "job0", start, JobGoal::Complete, SHORT, |_| {}).await;
            assert!(matches!(error, Err(DriverError::TimedOut { .. })));
            qmp.close().await;
            let qmp = connect(&server).await?;
            let speed = json!({"device": "job0", "speed": 0});
            qmp.execute_raw("block-job-set-speed", &speed).await?;
            finish_job(&qmp, "job0", JobGoal::Complete, LONG, |_| {}).await?;
            Ok(())
        })
    }

    pub(super) fn jobs_run_side_by_side(qemu: &Path) -> Result<(), Failed> {
        run(async {
            let (_server, qmp) = with_disks(qemu).await?;
            for name in ["third", "fourth"] {
                let node = json!({"driver": "null-co", "node-name": name, "size": 64 << 20});
                qmp.execute_raw("blockdev-add", &node).await?;
            }
            let jobs = [
                ("one", "blockdev-backup", "source", "target"),
                ("two", "blockdev-mirror", "third", "fourth"),
            ];
            let jobs = jobs.map(|(id, command, from, to)| {
                let qmp = qmp.clone();
                tokio::spawn(async move {
                    let arguments =
                        json!({"job-id": id, "device": from, "target": to, "sync": "full"});
                    let start = qmp.execute_raw(command, &arguments);
                    run_job(&qmp, id, start, JobGoal::Complete, LONG, |_| {}).await
                })
            });
            for job in jobs {
                job.await??;
            }
            assert_eq!(qmp.execute_raw("query-jobs", &()).await?, json!([]));
            Ok(())
        })
    }

    pub(super) fn a_device_goes_or_stays(qemu: &Path) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &["-device", "qemu-xhci,id=usb", "-S"]);
        run(async {
            let qmp = connect(&server).await?;
            let tablet = json!({"driver": "usb-tablet", "id": "tablet"});
            qmp.execute_raw("device_add", &tablet).await?;
            unplug(&qmp, "tablet", LONG).await?;
            let error = unplug(&qmp, "tablet", LONG).await.unwrap_err();
            assert!(matches!(error, DriverError::Client(_)), "{error}");
            let error = unplug(&qmp, "usb", SHORT).await.unwrap_err();
            assert!(matches!(error, DriverError::TimedOut { .. }), "{error}");
            Ok(())
        })
    }

    pub(super) fn a_guest_migrates_while_both_ends_are_followed(qemu: &Path) -> Result<(), Failed> {
        let source = Server::qemu(qemu, &["-m", "64"]);
        let socket = source.folder().join("migration");
        let uri = format!("unix:{}", socket.display());
        let target = Server::qemu(qemu, &["-m", "64", "-incoming", &uri]);
        run(async {
            let there = connect(&target).await?;
            let here = connect(&source).await?;
            let events = json!({"capabilities": [{"capability": "events", "state": true}]});
            for qmp in [&here, &there] {
                qmp.execute_raw("migrate-set-capabilities", &events).await?;
            }
            let arrival = there.clone();
            let arrival =
                tokio::spawn(async move { finish_migration(&arrival, LONG, |_| {}).await });
            let mut progress = Vec::new();
            migrate(&here, &uri, LONG, |now| progress.push(now)).await?;
            let last = progress.last().unwrap();
            assert!(
                last.total >= 64 << 20 && last.current == last.total,
                "{last:?}"
            );
            arrival.await??;
            let status = here.execute_raw("query-status", &()).await?;
            assert_eq!(status["status"], "postmigrate");

            // No QEMU listens there any more.
            here.execute_raw("cont", &()).await?;
            let nowhere = format!("unix:{}/nowhere", source.folder().display());
            let error = migrate(&here, &nowhere, LONG, |_| {}).await.unwrap_err();
            let told = matches!(error, DriverError::Failed { .. } | DriverError::Client(_));
            assert!(told, "{error}");
            Ok(())
        })
    }

    pub(super) fn a_machine_without_a_guest_is_told_to_quit(qemu: &Path) -> Result<(), Failed> {
        let mut server = Server::qemu(qemu, &[]);
        run(async {
            let qmp = connect(&server).await?;
            let limits = ShutdownLimits {
                guest: SHORT,
                server: LONG,
            };
            assert_eq!(shut_down(&qmp, limits).await?, ShutdownOutcome::Quit);
            assert_eq!(
                shut_down(&qmp, limits).await?,
                ShutdownOutcome::AlreadyEnded
            );
            Ok(())
        })?;
        assert!(server.wait().success());
        Ok(())
    }
}
