//! File descriptors reach the server with their own command or not at all, whatever
//! fails. The server here treats them as QEMU does.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "support/commands.rs"]
mod commands;
#[path = "support/peer.rs"]
mod peer;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{IoSliceMut, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use commands::{AddFd, QueryName, QueryStatus};
use peer::{GREETING, Peer};
use qmp_transport::session::{Abandoned, Config, Session};
use qmp_transport::{Error, Options, Qmp, blocking, tokio as on_tokio};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, recvmsg};

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);
/// A time limit that is meant to be reached.
const SHORT: Duration = Duration::from_millis(50);

/// A new file, and its inode, by which the server identifies it.
fn file() -> (File, i64) {
    let file = tempfile::tempfile().unwrap();
    let inode = file.metadata().unwrap().ino();
    (file, i64::try_from(inode).unwrap())
}

/// A server that has read ahead: it keeps only the descriptors that came last,
/// and each `add-fd` takes one of what it has at that time, whose file's number
/// it returns, or -1.
///
/// It pauses before it answers the command of a given number, until the test lets it
/// go on.
fn reads_ahead(stop_before: usize) -> (UnixStream, Sender<()>, JoinHandle<()>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let (go_on, stopped) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let mut stream = &theirs;
        stream.write_all(GREETING.as_bytes()).unwrap();
        let mut received = Vec::new();
        let mut kept: Vec<OwnedFd> = Vec::new();
        let mut answered = 0;
        loop {
            // Once something has come, what else is on its way comes too.
            let patience = (!received.is_empty()).then_some(Duration::from_millis(10));
            theirs.set_read_timeout(patience).unwrap();
            let mut bytes = vec![0; 64 * 1024];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(253))];
            let mut along = RecvAncillaryBuffer::new(&mut space);
            let flags = RecvFlags::empty();
            match recvmsg(
                &theirs,
                &mut [IoSliceMut::new(&mut bytes)],
                &mut along,
                flags,
            ) {
                Ok(read) if read.bytes == 0 => return,
                Ok(read) => {
                    assert!(!read.flags.contains(ReturnFlags::CTRUNC));
                    received.extend_from_slice(&bytes[..read.bytes]);
                    for message in along.drain() {
                        if let RecvAncillaryMessage::ScmRights(rights) = message {
                            kept = rights.collect();
                        }
                    }
                    continue;
                }
                Err(rustix::io::Errno::AGAIN) => {}
                Err(_) => return,
            }
            let Some(end) = received.iter().rposition(|byte| *byte == b'\n') else {
                continue;
            };
            for line in received
                .drain(..=end)
                .collect::<Vec<u8>>()
                .split(|byte| *byte == b'\n')
            {
                if line.is_empty() {
                    continue;
                }
                if answered == stop_before {
                    stopped.recv().unwrap();
                }
                answered += 1;
                let command: serde_json::Value = serde_json::from_slice(line).unwrap();
                let reply = match command["execute"].as_str() {
                    Some("add-fd") => {
                        let taken = (!kept.is_empty()).then(|| kept.remove(0));
                        let inode = taken.map_or(-1, |taken| {
                            i64::try_from(File::from(taken).metadata().unwrap().ino()).unwrap()
                        });
                        format!("{{\"fd\": {inode}, \"fdset-id\": 0}}")
                    }
                    _ => "{}".to_owned(),
                };
                let reply = format!("{{\"return\": {reply}, \"id\": {}}}\r\n", command["id"]);
                // The client may have closed the connection.
                let _ = stream.write_all(reply.as_bytes());
            }
        }
    });
    (ours, go_on, thread)
}

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test)
}

async fn client(stream: UnixStream, options: Options) -> on_tokio::Client {
    let qmp = on_tokio::Client::<Qmp>::from_stream(stream, options);
    qmp.await.unwrap()
}

fn assert_unsent<T: std::fmt::Debug>(outcome: &Result<T, Error>) {
    assert!(
        matches!(outcome, Err(Error::TimedOut(error)) if !error.sent),
        "{outcome:?}"
    );
}

#[test]
fn item_32_a_command_that_was_not_sent_takes_its_descriptors_along() {
    let (stream, go_on, server) = reads_ahead(1);
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    for _ in 0..8 {
        qmp.execute_within(QueryName {}, Duration::ZERO)
            .unwrap_err();
    }
    let ((a, _), (b, of_b)) = (file(), file());
    assert_unsent(&qmp.execute_with_descriptors_within(AddFd {}, &[a.as_fd()], SHORT));
    go_on.send(()).unwrap();
    let set = qmp.execute_with_descriptors(AddFd {}, &[b.as_fd()]);
    assert_eq!(set.unwrap()["fd"], of_b);
    drop(qmp);
    server.join().unwrap();
}

#[test]
fn item_32_a_dropped_future_takes_its_descriptors_along() {
    let (stream, go_on, server) = reads_ahead(1);
    run(async {
        let qmp = client(stream, Options::new()).await;
        for _ in 0..8 {
            let late = qmp.execute_within(QueryName {}, Duration::ZERO).await;
            late.unwrap_err();
        }
        let ((a, _), (b, of_b)) = (file(), file());
        let files = [a.as_fd()];
        let timed_out = qmp.execute_with_descriptors_within(AddFd {}, &files, SHORT);
        assert_unsent(&timed_out.await);
        // It is abandoned before it is sent.
        let dropped = qmp.execute_with_descriptors(AddFd {}, &files);
        tokio::time::timeout(SHORT, dropped).await.unwrap_err();
        go_on.send(()).unwrap();
        let set = qmp.execute_with_descriptors(AddFd {}, &[b.as_fd()]).await;
        assert_eq!(set.unwrap()["fd"], of_b);
        qmp.close().await;
    });
    server.join().unwrap();
}

#[test]
fn item_32_descriptors_of_what_is_given_up_are_closed() {
    let mut session = Session::new(Config::default());
    session.receive(GREETING.as_bytes());
    assert!(session.poll().unwrap().is_none());
    // Pipes end when the last descriptor of their other end is closed.
    let ends: Vec<_> = (0..50)
        .map(|_| {
            let (read, write) = rustix::pipe::pipe().unwrap();
            let id = session.execute_with_descriptors(&AddFd {}, vec![write]);
            assert_eq!(session.abandon(id.unwrap()), Abandoned::Unsent);
            read
        })
        .collect();
    for read in ends {
        assert_eq!(rustix::io::read(&read, &mut [0; 1]), Ok(0));
    }
    // Those of a session are closed when it is dropped.
    let (read, write) = rustix::pipe::pipe().unwrap();
    session
        .execute_with_descriptors(&AddFd {}, vec![write])
        .unwrap();
    drop(session);
    assert_eq!(rustix::io::read(&read, &mut [0; 1]), Ok(0));
}

#[test]
fn item_33_each_of_many_gets_its_own() {
    let (stream, _go_on, server) = reads_ahead(usize::MAX);
    run(async {
        let qmp = client(stream, Options::new().oob(true)).await;
        let calls = (0..24).map(|turn| {
            let (qmp, (file, inode)) = (qmp.clone(), file());
            tokio::spawn(async move {
                if turn % 3 == 0 {
                    qmp.execute(QueryName {}).await.unwrap();
                }
                let set = qmp
                    .execute_with_descriptors(AddFd {}, &[file.as_fd()])
                    .await;
                (set.unwrap()["fd"], inode)
            })
        });
        for call in calls.collect::<Vec<_>>() {
            let (got, wanted) = call.await.unwrap();
            assert_eq!(got, wanted);
        }
        qmp.close().await;
    });
    server.join().unwrap();
}

#[test]
fn item_33_one_whose_time_ran_out_holds_up_the_next() {
    let (stream, go_on, server) = reads_ahead(1);
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    let ((a, _), (b, of_b)) = (file(), file());
    let sent = qmp.execute_with_descriptors_within(AddFd {}, &[a.as_fd()], SHORT);
    assert!(
        matches!(&sent, Err(Error::TimedOut(error)) if error.sent),
        "{sent:?}"
    );
    // The server holds A's descriptor, and the command that it belongs to is
    // not done.
    assert_unsent(&qmp.execute_with_descriptors_within(AddFd {}, &[b.as_fd()], SHORT));
    go_on.send(()).unwrap();
    let set = qmp.execute_with_descriptors_within(AddFd {}, &[b.as_fd()], LONG);
    assert_eq!(set.unwrap()["fd"], of_b);
    drop(qmp);
    server.join().unwrap();
}

#[test]
fn item_34_too_many_descriptors_are_an_error_of_their_command() {
    let null = File::open("/dev/null").unwrap();
    let (most, too_many) = (vec![null.as_fd(); 253], vec![null.as_fd(); 254]);
    let check = |outcome: Result<_, Error>| match outcome.unwrap_err() {
        Error::Unencodable(error) => assert!(error.message.contains("at most 253"), "{error}"),
        error => panic!("{error:?}"),
    };
    let (stream, _go_on, server) = reads_ahead(usize::MAX);
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    check(qmp.execute_with_descriptors(AddFd {}, &too_many));
    assert!(qmp.execute_with_descriptors(AddFd {}, &most).unwrap()["fd"] >= 0);
    drop(qmp);
    server.join().unwrap();

    let (stream, _go_on, server) = reads_ahead(usize::MAX);
    run(async {
        let qmp = client(stream, Options::new()).await;
        check(qmp.execute_with_descriptors(AddFd {}, &too_many).await);
        let set = qmp.execute_with_descriptors(AddFd {}, &most).await;
        assert!(set.unwrap()["fd"] >= 0);
        qmp.close().await;
    });
    server.join().unwrap();
}

/// A descriptor that the kernel refuses to send: it says so of its own rings. An
/// old kernel has none, or sends them.
#[cfg(target_os = "linux")]
fn unsendable() -> Option<OwnedFd> {
    let mut parameters = rustix::io_uring::io_uring_params::default();
    #[expect(unsafe_code, reason = "rings are memory shared with the kernel")]
    // SAFETY: the ring is never used; it is closed at the end.
    let ring = unsafe { rustix::io_uring::io_uring_setup(4, &mut parameters) }.ok()?;
    let (probe, _other) = UnixStream::pair().unwrap();
    let files = [ring.as_fd()];
    let message = rustix::net::SendAncillaryMessage::ScmRights(&files);
    let mut space = vec![MaybeUninit::uninit(); message.size()];
    let mut along = rustix::net::SendAncillaryBuffer::new(&mut space);
    along.push(message);
    let bytes = [std::io::IoSlice::new(b"x")];
    let flags = rustix::net::SendFlags::empty();
    rustix::net::sendmsg(&probe, &bytes, &mut along, flags).err()?;
    Some(ring)
}

#[cfg(target_os = "linux")]
#[test]
fn item_34_what_the_system_refuses_is_an_error_of_its_command() {
    // Where the kernel sends every descriptor, there is nothing to see.
    let Some(ring) = unsendable() else {
        return;
    };
    let (stream, _go_on, server) = reads_ahead(usize::MAX);
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    let error = qmp.execute_with_descriptors(AddFd {}, &[ring.as_fd()]);
    let error = error.unwrap_err();
    assert!(matches!(&error, Error::Unsent(_)), "{error:?}");
    assert!(error.is_connection_usable());
    assert!(error.to_string().contains("cannot send add-fd"), "{error}");
    qmp.execute(QueryName {}).unwrap();
    drop(qmp);
    server.join().unwrap();

    let (stream, _go_on, server) = reads_ahead(usize::MAX);
    run(async {
        let qmp = client(stream, Options::new()).await;
        let (file, inode) = file();
        let (ours, rings) = ([file.as_fd()], [ring.as_fd()]);
        let (before, refused, after, own) = tokio::join!(
            qmp.execute(QueryName {}),
            qmp.execute_with_descriptors(AddFd {}, &rings),
            qmp.execute(QueryName {}),
            qmp.execute_with_descriptors(AddFd {}, &ours),
        );
        before.unwrap();
        after.unwrap();
        assert!(matches!(refused, Err(Error::Unsent(_))), "{refused:?}");
        assert_eq!(own.unwrap()["fd"], inode);
        qmp.close().await;
    });
    server.join().unwrap();
}

/// A server that greets, and after that does not read, but keeps the connection open.
fn deaf() -> (UnixStream, JoinHandle<()>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let thread = std::thread::spawn(move || {
        let mut peer = Peer::new(theirs.try_clone().unwrap());
        peer.greet();
        assert_eq!(peer.expect("query-name") & 1, 0);
        peer.send(r#"{"event": "STOP"}"#);
        theirs.shutdown(std::net::Shutdown::Read).unwrap();
        peer.send(r#"{"event": "RESUME"}"#);
        // Until the client closes the connection, which only a write shows.
        let begin = Instant::now();
        while peer.try_send(" ") {
            assert!(begin.elapsed() < LONG);
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    (ours, thread)
}

#[test]
fn item_34_a_server_that_reads_no_more_is_an_error_at_once() {
    let begin = Instant::now();
    let limit = Options::new().time_limit(LONG);
    let (stream, server) = deaf();
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, limit.clone()).unwrap();
    qmp.execute_within(QueryName {}, SHORT).unwrap_err();
    while qmp.events().next().is_none() {
        qmp.execute_within(QueryName {}, Duration::ZERO)
            .unwrap_err();
    }
    // It was not sent, so it will not be executed.
    let error = qmp.execute(QueryStatus {}).unwrap_err();
    assert!(matches!(error, Error::Closed(_)), "{error:?}");
    drop(qmp);
    server.join().unwrap();

    let (stream, server) = deaf();
    run(async {
        let qmp = client(stream, limit).await;
        let mut events = qmp.subscribe_all();
        let waiting = tokio::spawn({
            let qmp = qmp.clone();
            async move { qmp.execute(QueryName {}).await.unwrap_err() }
        });
        for name in ["STOP", "RESUME"] {
            assert_eq!(events.next().await.unwrap().unwrap().name, name);
        }
        let error = qmp.execute(QueryStatus {}).await.unwrap_err();
        assert!(matches!(error, Error::Closed(_)), "{error:?}");
        // This one was sent.
        let error = waiting.await.unwrap();
        assert!(matches!(error, Error::Lost(_)), "{error:?}");
        drop(qmp);
    });
    server.join().unwrap();
    assert!(begin.elapsed() < LONG / 2);
}

#[test]
fn descriptors_of_a_whole_run_are_all_closed() {
    let open = || -> BTreeSet<String> {
        let entries = fs::read_dir("/proc/self/fd").unwrap();
        let names = entries
            .flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok());
        names
            .map(|name| name.display().to_string())
            .filter(|name| name.contains("qmp-marked"))
            .collect()
    };
    let marked = tempfile::Builder::new()
        .prefix("qmp-marked")
        .tempfile()
        .unwrap();
    let file = File::open(marked.path()).unwrap();
    let (stream, go_on, server) = reads_ahead(1);
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    for _ in 0..50 {
        let late = qmp.execute_with_descriptors_within(AddFd {}, &[file.as_fd()], Duration::ZERO);
        late.unwrap_err();
    }
    go_on.send(()).unwrap();
    qmp.execute(QueryName {}).unwrap();
    drop(file);
    let path = marked.path().to_owned();
    drop(marked);
    assert_eq!(open(), BTreeSet::new(), "{}", path.display());
    drop(qmp);
    server.join().unwrap();
}
