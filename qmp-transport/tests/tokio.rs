//! The tokio client against a server that misbehaves as QEMU does not.
//! `item_NN` in a name is the rule's number in PROTOCOL.md.

#![allow(clippy::unwrap_used)]

#[path = "support/commands.rs"]
mod commands;
#[path = "support/peer.rs"]
mod peer;

use std::future::Future;
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use commands::{Cont, QueryName, QueryStatus, Stop, Stopped};
use peer::{GREETING, Peer};
use qmp_transport::error::GreetingError;
use qmp_transport::tokio::Client;
use qmp_transport::{Error, Options, Qmp, Stream};

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);
/// A time limit that is meant to be reached.
const SHORT: Duration = Duration::from_millis(30);

/// Runs a test, and checks that no task is left.
fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let result = runtime.block_on(test);
    runtime.block_on(async {
        while runtime.metrics().num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    });
    result
}

async fn connect(stream: UnixStream, options: Options) -> Result<Client, Error> {
    Client::<Qmp>::from_stream(stream, options).await
}

/// A client of a server that greets and then follows the script.
async fn client<T: Send + 'static>(
    script: impl FnOnce(&mut Peer) -> T + Send + 'static,
) -> (Client, JoinHandle<T>) {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        script(&mut peer)
    });
    (connect(stream, Options::new()).await.unwrap(), thread)
}

#[test]
fn answers_find_their_callers_in_any_order() {
    run(async {
        let (qmp, thread) = client(|peer| {
            let ids: Vec<u64> = (0..8).map(|_| peer.expect("query-name")).collect();
            for id in ids.into_iter().rev() {
                peer.answer(id, &format!("{{\"name\": \"{id}\"}}"));
            }
            peer.until_closed();
        })
        .await;
        let callers = (0..8).map(|_| {
            let qmp = qmp.clone();
            tokio::spawn(async move { qmp.execute(QueryName {}).await.unwrap() })
        });
        let mut names = Vec::new();
        for caller in callers.collect::<Vec<_>>() {
            names.push(caller.await.unwrap()["name"].clone());
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 8);
        drop(qmp);
        thread.join().unwrap();
    });
}

#[test]
fn item_02_early_events_go_to_the_first_subscription() {
    run(async {
        let (stream, thread) = Peer::play(|mut peer| {
            peer.send(r#"{"event": "A"}"#);
            peer.send(GREETING);
            let id = peer.expect("qmp_capabilities");
            peer.send(r#"{"event": "B"}"#);
            peer.answer(id, "{}");
            let id = peer.expect("stop");
            peer.send(r#"{"event": "C"}"#);
            peer.answer(id, "{}");
            peer.until_closed();
        });
        let qmp = connect(stream, Options::new()).await.unwrap();
        let mut events = qmp.subscribe_all();
        let mut late = qmp.subscribe_all();
        qmp.execute(Stop {}).await.unwrap();
        for name in ["A", "B", "C"] {
            assert_eq!(events.next().await.unwrap().unwrap().name, name);
        }
        assert_eq!(late.next().await.unwrap().unwrap().name, "C");
        drop((events, late, qmp));
        thread.join().unwrap();
    });
}

#[test]
fn item_04_a_silent_server_is_timed_out() {
    run(async {
        let (stream, thread) = Peer::play(|mut peer| peer.until_closed());
        let error = connect(stream, Options::new().connect_limit(SHORT)).await;
        assert!(matches!(
            error,
            Err(Error::Greeting(GreetingError::Silent { limit, .. })) if limit == SHORT
        ));
        // The task has closed the connection.
        thread.join().unwrap();
    });
}

#[test]
fn item_19_the_end_of_the_connection_ends_everything() {
    run(async {
        let (qmp, thread) = client(|peer| {
            peer.expect("query-status");
            peer.send(r#"{"event": "STOP"}"#);
        })
        .await;
        let mut events = qmp.subscribe::<Stopped>();
        let error = qmp.execute(QueryStatus {}).await.unwrap_err();
        assert!(matches!(&error, Error::Lost(lost) if lost.command == "query-status"));
        assert!(events.next().await.unwrap().is_ok());
        assert!(events.next().await.is_none());
        assert!(matches!(qmp.closed().await, Error::Closed(_)));
        let error = qmp.execute(QueryStatus {}).await.unwrap_err();
        assert!(matches!(error, Error::Closed(_)));
        let error = qmp.wait_for(|_| true, LONG).await.unwrap_err();
        assert!(matches!(error, Error::Closed(_)));
        assert!(qmp.subscribe_all().next().await.is_none());
        thread.join().unwrap();
    });
}

#[test]
fn garbage_ends_everything_with_its_reason() {
    run(async {
        let (qmp, thread) = client(|peer| {
            peer.expect("query-status");
            peer.send("oops");
            peer.until_closed();
        })
        .await;
        let error = qmp.execute(QueryStatus {}).await.unwrap_err();
        assert!(matches!(&error, Error::Broken(broken) if broken.excerpt == "oops"));
        assert!(matches!(qmp.closed().await, Error::Broken(_)));
        thread.join().unwrap();
    });
}

#[test]
fn item_26_no_event_is_lost_between_subscribing_and_executing() {
    run(async {
        let (qmp, thread) = client(|peer| {
            let id = peer.expect("cont");
            peer.send(r#"{"event": "STOP", "data": {"stale": true}}"#);
            peer.answer(id, "{}");
            let id = peer.expect("stop");
            peer.send(r#"{"event": "STOP", "data": {"stale": false}}"#);
            peer.answer(id, "{}");
            peer.until_closed();
        })
        .await;
        qmp.execute(Cont {}).await.unwrap();
        let (_, event) = qmp
            .execute_then_wait(Stop {}, |event| event.is::<Stopped>(), LONG)
            .await
            .unwrap();
        assert_eq!(event.data_json(), r#"{"stale": false}"#);
        let error = qmp.wait_for(|_| true, SHORT).await.unwrap_err();
        assert!(matches!(error, Error::TimedOut(_)));
        drop(qmp);
        thread.join().unwrap();
    });
}

#[test]
fn item_27_a_late_reply_never_answers_the_next_command() {
    run(async {
        let (qmp, thread) = client(|peer| {
            let late = peer.expect("query-status");
            let id = peer.expect("query-name");
            peer.answer(late, r#"{"name": "wrong"}"#);
            peer.answer(id, r#"{"name": "right"}"#);
            peer.until_closed();
        })
        .await;
        let error = qmp.execute_within(QueryStatus {}, SHORT).await.unwrap_err();
        assert!(matches!(error, Error::TimedOut(_)));
        assert_eq!(qmp.execute(QueryName {}).await.unwrap()["name"], "right");
        drop(qmp);
        thread.join().unwrap();
    });
}

#[test]
fn what_waits_its_turn_and_runs_out_of_time_is_never_sent() {
    run(async {
        let (release, released) = mpsc::channel();
        let (full, is_full) = tokio::sync::oneshot::channel();
        let (qmp, thread) = client(move |peer| {
            let ids: Vec<u64> = (0..8).map(|_| peer.expect("query-status")).collect();
            full.send(()).unwrap();
            released.recv().unwrap();
            for id in ids {
                peer.answer(id, r#"{"running": true, "status": "running"}"#);
            }
            let id = peer.expect("stop");
            peer.answer(id, "{}");
            peer.until_closed();
        })
        .await;
        let first = (0..8).map(|_| {
            let qmp = qmp.clone();
            tokio::spawn(async move { qmp.execute(QueryStatus {}).await.unwrap() })
        });
        let first: Vec<_> = first.collect();
        is_full.await.unwrap();
        let error = qmp.execute_within(QueryName {}, SHORT).await.unwrap_err();
        assert!(matches!(&error, Error::TimedOut(error) if !error.sent));
        assert!(
            error.to_string().contains("will not be executed"),
            "{error}"
        );
        release.send(()).unwrap();
        for call in first {
            assert!(call.await.unwrap().running);
        }
        qmp.execute(Stop {}).await.unwrap();
        drop(qmp);
        thread.join().unwrap();
    });
}

#[test]
fn large_commands_are_written_in_pieces_while_replies_are_read() {
    run(async {
        let (qmp, thread) = client(|peer| {
            let id = peer.expect("x");
            peer.answer(id, "{}");
            peer.until_closed();
        })
        .await;
        let arguments = serde_json::json!({"a": "x".repeat(10 << 20)});
        qmp.execute_raw("x", &arguments).await.unwrap();
        drop(qmp);
        thread.join().unwrap();
    });
}

#[test]
fn a_child_speaks_on_its_standard_input_and_output() {
    run(async {
        let script = format!(
            r#"printf '%s\n' '{}'
            read -r command
            id=${{command##*:}}; printf '{{"return": {{}}, "id": %s\n' "$id"
            read -r command
            id=${{command##*:}}; printf '{{"return": {{"name": "sh"}}, "id": %s\n' "$id"
            while read -r command; do :; done"#,
            GREETING.replace('\n', " ")
        );
        let mut child = test_support::programs::SH
            .command()
            .args(["-c", &script])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let stream = Stream::from_child(child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let qmp: Client = Client::from_stream(stream, Options::new()).await.unwrap();
        assert_eq!(qmp.execute(QueryName {}).await.unwrap()["name"], "sh");
        // The connection ends with its input, although there is still a handle.
        let (other, end) = (qmp.clone(), qmp.join());
        qmp.close().await;
        assert!(child.wait().unwrap().success());
        assert!(matches!(end.await, Error::Closed(_)));
        drop(other);
    });
}
