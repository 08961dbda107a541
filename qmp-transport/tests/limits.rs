//! Time limits hold, whatever interrupts the operation. One test runs at a time, on
//! the main thread, which gets the signals of the process.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "support/commands.rs"]
mod commands;
#[path = "support/peer.rs"]
mod peer;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use commands::{QueryName, QueryStatus};
use libtest_mimic::{Arguments, Failed, Trial};
use peer::{GREETING, Peer};
use qmp_transport::drivers::{self, DriverError, JobGoal};
use qmp_transport::error::{Awaited, GreetingError};
use qmp_transport::{Error, Listener, Options, Qga, Qmp, blocking, tokio as on_tokio};
use rustix::process::{Signal, getpid, kill_process};
use serde_json::json;

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);
/// A time limit that is meant to be reached.
const LIMIT: Duration = Duration::from_millis(500);

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let test = |name: &str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok::<(), Failed>(())
        })
    };
    macro_rules! tests {
        ($($name:ident),* $(,)?) => { vec![$(test(stringify!($name), $name)),*] };
    }
    let mut tests = tests![
        item_35_signals_end_no_wait,
        item_35_one_limit_for_all_of_connecting,
        item_35_no_limit_is_too_long,
        item_35_a_driver_is_not_held_up_by_its_commands,
        item_36_both_sides_write_at_once,
        descriptors_beside_the_greeting,
    ];
    let on_devices = tests![item_35_a_device_that_nobody_reads, a_device_on_tokio];
    // An emulator of another processor may not know the calls for terminals.
    let are_unsupported =
        device().is_err_and(|error| error.kind() == std::io::ErrorKind::Unsupported);
    tests.extend(on_devices.into_iter().map(|test| {
        match are_unsupported {
            false => test,
            true => Trial::test(test.name(), || Ok(()))
                .with_kind("skipped: no terminals")
                .with_ignored_flag(true),
        }
    }));
    libtest_mimic::run(&arguments, tests).exit();
}

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(test)
}

/// Checks that a function takes as long as its time limit.
fn timed<T>(limit: Duration, what: &str, act: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let outcome = act();
    let took = begin.elapsed();
    // A busy machine is late, but by less than another limit.
    assert!(
        took >= limit - limit / 50 && took < limit * 4,
        "{what}: {took:?} instead of {limit:?}"
    );
    outcome
}

/// Interrupts this process every 20 ms while a function runs.
fn under_signals<T>(act: impl FnOnce() -> T) -> T {
    // tokio's handler is like those of most programs: system calls are started
    // again, but for those with a time limit.
    let handler = run(async {
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::user_defined1())
    });
    let _handler = handler.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let interrupter = std::thread::spawn({
        let done = Arc::clone(&done);
        move || {
            while !done.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
                kill_process(getpid(), Signal::USR1).unwrap();
            }
        }
    });
    let outcome = act();
    done.store(true, Ordering::Relaxed);
    interrupter.join().unwrap();
    outcome
}

fn item_35_signals_end_no_wait() {
    under_signals(|| {
        let (stream, server) = Peer::play(|mut peer| {
            peer.greet();
            while peer.try_command().is_some() {}
        });
        let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
        let late = timed(LIMIT, "a command", || {
            qmp.execute_within(QueryName {}, LIMIT)
        });
        assert!(matches!(late, Err(Error::TimedOut(_))), "{late:?}");
        let none = timed(LIMIT, "an event", || qmp.next_event(LIMIT));
        assert!(none.unwrap().is_none());
        drop(qmp);
        server.join().unwrap();

        let (stream, server) = Peer::play(|mut peer| peer.until_closed());
        let silent = timed(LIMIT, "the greeting", || {
            let options = Options::new().connect_limit(LIMIT);
            blocking::Client::<Qmp>::from_stream(stream, options)
        });
        let silent = silent.unwrap_err();
        assert!(
            matches!(silent, Error::Greeting(GreetingError::Silent { .. })),
            "{silent:?}"
        );
        server.join().unwrap();

        // The backlog is full at first.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let listener = UnixListener::bind(&path).unwrap();
        rustix::net::listen(&listener, 0).unwrap();
        let first = UnixStream::connect(&path).unwrap();
        let full = timed(LIMIT, "connecting", || {
            blocking::Client::<Qmp>::connect_with(&path, Options::new().connect_limit(LIMIT))
        });
        assert!(matches!(full, Err(Error::Connect(_))), "{full:?}");
        let server = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            drop(listener.accept().unwrap());
            Peer::new(listener.accept().unwrap().0).greet();
        });
        blocking::Client::<Qmp>::connect_with(&path, Options::new().connect_limit(LONG)).unwrap();
        drop(first);
        server.join().unwrap();

        let listener = Listener::bind("tcp:localhost:0").unwrap();
        let nobody = timed(LIMIT, "accepting", || listener.accept(LIMIT));
        assert!(matches!(nobody, Err(Error::Connect(_))), "{nobody:?}");
    });
}

/// A server that greets late, and then sends nothing.
fn greets_late(listener: &UnixListener) {
    let (mut stream, _) = listener.accept().unwrap();
    std::thread::sleep(LIMIT / 2);
    // The client may be gone.
    let _ = stream.write_all(GREETING.as_bytes());
    let _ = stream.read_to_end(&mut Vec::new());
}

fn item_35_one_limit_for_all_of_connecting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    for on_tokio in [false, true] {
        let server = std::thread::spawn({
            let path = path.clone();
            move || {
                std::thread::sleep(LIMIT / 4);
                let listener = UnixListener::bind(&path).unwrap();
                greets_late(&listener);
                std::fs::remove_file(&path).unwrap();
            }
        });
        let options = Options::new().connect_limit(LIMIT).await_server(true);
        let error = timed(LIMIT, "connecting", || match on_tokio {
            false => blocking::Client::<Qmp>::connect_with(&path, options).unwrap_err(),
            true => run(on_tokio::Client::<Qmp>::connect_with(&path, options)).unwrap_err(),
        });
        match &error {
            Error::Greeting(GreetingError::Silent { limit, awaited }) => {
                assert_eq!((*limit, *awaited), (LIMIT, Awaited::Capabilities));
            }
            error => panic!("{error:?}"),
        }
        assert!(error.to_string().contains("qmp_capabilities"), "{error}");
        server.join().unwrap();
    }
}

fn item_35_no_limit_is_too_long() {
    let serve = |mut peer: Peer| {
        peer.greet();
        while let Some(command) = peer.try_command() {
            peer.send(r#"{"event": "STOP"}"#);
            peer.answer(command["id"].as_u64().unwrap(), "{}");
        }
    };
    let longest = Duration::MAX;
    let options = Options::new().connect_limit(longest).time_limit(longest);
    let (stream, server) = Peer::play(serve);
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, options.clone()).unwrap();
    qmp.execute(QueryName {}).unwrap();
    assert!(qmp.next_event(longest).unwrap().is_some());
    let stopped = |event: &qmp_transport::RawEvent| event.name == "STOP";
    qmp.execute_then_wait(QueryName {}, stopped, longest)
        .unwrap();
    drop(qmp);
    server.join().unwrap();

    let (stream, server) = Peer::play(serve);
    run(async {
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, options.clone());
        let qmp = qmp.await.unwrap();
        qmp.execute(QueryName {}).await.unwrap();
        qmp.execute_then_wait(QueryName {}, stopped, longest)
            .await
            .unwrap();
        qmp.close().await;
    });
    server.join().unwrap();

    let listener = TcpListener::bind("localhost:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let (stream, _) = listener.accept().unwrap();
            let mut stream = BufReader::new(stream);
            stream.get_mut().write_all(GREETING.as_bytes()).unwrap();
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            let command: serde_json::Value = serde_json::from_str(&line).unwrap();
            let reply = json!({"return": {}, "id": command["id"]});
            stream
                .get_mut()
                .write_all(reply.to_string().as_bytes())
                .unwrap();
        }
    });
    blocking::Client::<Qmp>::connect_with(&address, options.clone()).unwrap();
    run(on_tokio::Client::<Qmp>::connect_with(&address, options)).unwrap();
    server.join().unwrap();
}

fn item_35_a_driver_is_not_held_up_by_its_commands() {
    // A server that does not answer the commands of a driver.
    let script = |mut peer: Peer| {
        peer.greet();
        while peer.try_command().is_some() {}
    };
    let check = |outcome: Result<(), DriverError>| match outcome.unwrap_err() {
        DriverError::TimedOut { limit, status, .. } => {
            assert_eq!(limit, LIMIT);
            assert!(status.contains("query-jobs"), "{status}");
        }
        error => panic!("{error:?}"),
    };
    let (stream, server) = Peer::play(script);
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    check(timed(LIMIT, "a driver", || {
        drivers::blocking::finish_job(&mut qmp, "job0", JobGoal::Complete, LIMIT, |_| {})
    }));
    let unplug = timed(LIMIT, "a driver", || {
        drivers::blocking::unplug(&mut qmp, "nic0", LIMIT)
    });
    assert!(
        matches!(unplug, Err(DriverError::TimedOut { .. })),
        "{unplug:?}"
    );
    drop(qmp);
    server.join().unwrap();

    let (stream, server) = Peer::play(script);
    run(async {
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, Options::new());
        let qmp = qmp.await.unwrap();
        let begin = Instant::now();
        check(drivers::tokio::finish_job(&qmp, "job0", JobGoal::Complete, LIMIT, |_| {}).await);
        assert!(begin.elapsed() < LIMIT * 4);
        qmp.close().await;
    });
    server.join().unwrap();
}

/// A device: the end that a guest agent's channel is, and this process's end.
fn device() -> std::io::Result<(File, OwnedFd)> {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let far = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&far)?;
    unlockpt(&far)?;
    let name = ptsname(&far, Vec::new())?;
    let near = File::options();
    let near = { near }
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())?;
    let mut settings = rustix::termios::tcgetattr(&near)?;
    settings.make_raw();
    rustix::termios::tcsetattr(&near, rustix::termios::OptionalActions::Now, &settings)?;
    Ok((File::from(far), near.into()))
}

/// Plays an agent that brings its client in step, and tells the time, until it
/// has read some commands.
fn play_agent(far: File, commands: usize) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut far = BufReader::new(far);
        let mut line = Vec::new();
        let mut left = commands;
        // The device's other end is closed in the end, which is an error here.
        while left > 0
            && far
                .read_until(b'\n', &mut line)
                .is_ok_and(|count| count > 0)
        {
            let text = line.strip_prefix(&[0xff]).unwrap_or(&line);
            let command: serde_json::Value = serde_json::from_slice(text).unwrap();
            let (id, sync) = (&command["id"], &command["arguments"]["id"]);
            let reply = match sync.is_null() {
                false => [
                    &[0xff],
                    format!("{{\"return\": {sync}, \"id\": {id}}}\n").as_bytes(),
                ]
                .concat(),
                true => format!("{{\"return\": 17, \"id\": {id}}}\n").into_bytes(),
            };
            far.get_mut().write_all(&reply).unwrap();
            line.clear();
            left -= 1;
        }
    })
}

fn a_device_on_tokio() {
    let (far, near) = device().unwrap();
    let agent = play_agent(far, usize::MAX);
    let address = format!("fd:{}", near.as_fd().as_raw_fd());
    let options = Options::new().connect_limit(LONG);
    let mut ga = blocking::Client::<Qga>::connect_with(&address, options.clone()).unwrap();
    assert_eq!(ga.execute_raw("guest-get-time", &()).unwrap(), 17);
    drop(ga);
    run(async {
        let ga = on_tokio::Client::<Qga>::connect_with(&address, options)
            .await
            .unwrap();
        for _ in 0..3 {
            assert_eq!(ga.execute_raw("guest-get-time", &()).await.unwrap(), 17);
        }
        ga.close().await;
    });
    drop(near);
    agent.join().unwrap();
}

fn item_35_a_device_that_nobody_reads() {
    let (far, near) = device().unwrap();
    // The synchronisation, and one more command.
    let agent = play_agent(far.try_clone().unwrap(), 2);
    let stream = qmp_transport::Stream::from_descriptor(near).unwrap();
    let mut ga = blocking::Client::<Qga>::from_stream(stream, Options::new()).unwrap();
    assert_eq!(ga.execute_raw("guest-get-time", &()).unwrap(), 17);
    agent.join().unwrap();
    // More than the device has room for.
    let text = "x".repeat(1 << 20);
    let stuck = timed(LIMIT, "a command", || {
        ga.execute_raw_within("guest-file-write", &json!({"buf-b64": text}), LIMIT)
    });
    assert!(matches!(stuck, Err(Error::TimedOut(_))), "{stuck:?}");
    drop(far);
}

fn item_36_both_sides_write_at_once() {
    const SIZE: usize = 8 << 20;
    let script = |mut peer: Peer| {
        peer.greet();
        let event = format!(
            "{{\"event\": \"E\", \"data\": {{\"x\": \"{}\"}}}}\r\n",
            "x".repeat(1000)
        );
        for _ in 0..SIZE / event.len() {
            peer.send(&event);
        }
        let id = peer.expect("large");
        peer.answer(id, "{}");
        peer.until_closed();
    };
    let arguments = json!({"x": "x".repeat(SIZE)});
    let (stream, server) = Peer::play(script);
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    qmp.execute_raw_within("large", &arguments, LONG).unwrap();
    assert!(qmp.events().count() > 1000);
    drop(qmp);
    server.join().unwrap();

    let (stream, server) = Peer::play(script);
    run(async {
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, Options::new());
        let qmp = qmp.await.unwrap();
        qmp.execute_raw_within("large", &arguments, LONG)
            .await
            .unwrap();
        qmp.close().await;
    });
    server.join().unwrap();
}

/// A server that sends unexpected descriptors with its greeting.
fn descriptors_beside_the_greeting() {
    for _ in 0..20 {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (first, rest) = GREETING.as_bytes().split_at(GREETING.len() / 2);
        let null = File::open("/dev/null").unwrap();
        let files = [null.as_fd()];
        let message = rustix::net::SendAncillaryMessage::ScmRights(&files);
        let mut space = vec![std::mem::MaybeUninit::uninit(); message.size()];
        let mut along = rustix::net::SendAncillaryBuffer::new(&mut space);
        along.push(message);
        let bytes = [std::io::IoSlice::new(first)];
        let flags = rustix::net::SendFlags::empty();
        rustix::net::sendmsg(&theirs, &bytes, &mut along, flags).unwrap();
        (&theirs).write_all(rest).unwrap();
        let server = std::thread::spawn(move || {
            let mut peer = Peer::new(theirs);
            let id = peer.expect("qmp_capabilities");
            peer.answer(id, "{}");
            let id = peer.expect("query-status");
            peer.answer(id, r#"{"running": true, "status": "running"}"#);
            peer.until_closed();
        });
        run(async {
            let options = Options::new().connect_limit(LONG);
            let qmp = on_tokio::Client::<Qmp>::from_stream(ours, options)
                .await
                .unwrap();
            qmp.execute(QueryStatus {}).await.unwrap();
            qmp.close().await;
        });
        server.join().unwrap();
    }
}
