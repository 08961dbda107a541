//! The worst faults: QEMU is killed at each point of a session, and servers send
//! extreme loads. One test runs at a time, so that threads and descriptors that are
//! left can be counted.

#![allow(clippy::unwrap_used)]

#[path = "support/commands.rs"]
mod commands;
#[path = "support/peer.rs"]
mod peer;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use commands::{QueryName, QueryStatus};
use libtest_mimic::{Arguments, Failed, Trial};
use peer::Peer;
use qmp_transport::error::GreetingError;
use qmp_transport::mock::{Mock, Reply};
use qmp_transport::session::{Config, Incoming, Session};
use qmp_transport::{Error, Options, Qmp, blocking, tokio as on_tokio};
use serde_json::json;
use test_support::{Server, live};

/// A time limit that is reached only when a test fails.
const LONG: Duration = Duration::from_secs(60);

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    macro_rules! tests {
        ($test:expr; $($name:path),* $(,)?) => {
            vec![$($test(stringify!($name), $name)),*]
        };
    }
    let offline = |name: &str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let mut tests = tests![live;
        item_19_killed_at_each_point_of_a_session,
        item_19_killed_before_the_greeting,
        item_19_killed_while_idle,
        item_19_killed_while_events_come,
        item_19_killed_while_closing,
        nothing_is_left_behind,
    ];
    tests.extend(tests![offline;
        bytes_in_every_split,
        item_23_replies_of_64_mib,
        item_24_ten_thousand_cancelled_requests_do_no_harm,
        item_25_a_million_events_while_a_subscriber_sleeps,
        item_25_who_takes_events_on_one_thread_loses_none,
        item_15_nesting_of_ten_thousand_is_an_error,
        a_thousand_connections_from_one_process,
    ]);
    libtest_mimic::run(&arguments, tests).exit();
}

/// Runs a future, and checks that no task is left.
fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let outcome = runtime.block_on(test);
    let begin = Instant::now();
    while runtime.metrics().num_alive_tasks() > 0 {
        assert!(begin.elapsed() < LONG, "a task is left behind");
        std::thread::yield_now();
    }
    outcome
}

/// A unit of what is forwarded between a client and a real QEMU.
#[derive(Clone, Copy, Debug)]
enum Pass {
    /// A line from QEMU: a greeting, an event or an answer.
    Line,
    /// The first half of a line from QEMU.
    Half,
    /// A line from the client.
    Command,
    /// Nothing of what the client says next.
    Swallowed,
    /// What the client never said, and QEMU's answer to it is kept back.
    Injected(&'static str),
    /// Nothing of what QEMU says next.
    Kept,
}

use Pass::*;

/// The client's end of a connection to a real QEMU. A number of units is forwarded,
/// then QEMU is killed, and the connection ends.
fn killed_after(qemu: &Path, passed: &'static [Pass]) -> (UnixStream, JoinHandle<()>) {
    let mut server = Server::qemu(qemu, &[]);
    drop(server.connect());
    let (ours, theirs) = UnixStream::pair().unwrap();
    let thread = std::thread::spawn(move || {
        let mut to_qemu = UnixStream::connect(server.socket()).unwrap();
        let mut from_qemu = BufReader::new(to_qemu.try_clone().unwrap());
        let mut to_client = theirs.try_clone().unwrap();
        let mut from_client = BufReader::new(theirs);
        for pass in passed {
            let mut line = String::new();
            match pass {
                Line | Half | Kept => from_qemu.read_line(&mut line).unwrap(),
                Command | Swallowed => from_client.read_line(&mut line).unwrap(),
                Injected(text) => to_qemu.write(text.as_bytes()).unwrap(),
            };
            match pass {
                Line => to_client.write_all(line.as_bytes()).unwrap(),
                Half => to_client
                    .write_all(&line.as_bytes()[..line.len() / 2])
                    .unwrap(),
                Command => to_qemu.write_all(line.as_bytes()).unwrap(),
                Swallowed | Kept | Injected(_) => {}
            }
        }
        server.kill();
    });
    (ours, thread)
}

/// What an error means for the command and the connection.
fn kind(error: &Error) -> &'static str {
    match error {
        Error::Greeting(GreetingError::Closed { .. }) => "no session",
        Error::Lost(_) => "lost",
        Error::Closed(_) => "closed",
        _ => "another error",
    }
}

/// A whole session. Returns what its user sees, in order.
fn on_blocking(stream: UnixStream) -> Vec<String> {
    let mut qmp = match blocking::Client::<Qmp>::from_stream(stream, Options::new()) {
        Ok(qmp) => qmp,
        Err(error) => return vec![kind(&error).to_owned()],
    };
    let stop = match qmp.execute_raw("stop", &()) {
        Ok(_) => "returned",
        Err(error) => kind(&error),
    };
    let mut seen = vec![stop.to_owned()];
    loop {
        match qmp.next_event(LONG) {
            Ok(event) => seen.push(event.unwrap().name),
            Err(error) => {
                seen.push(kind(&error).to_owned());
                break;
            }
        }
    }
    let after = qmp.execute_raw("stop", &()).unwrap_err();
    seen.push(kind(&after).to_owned());
    seen
}

/// The same session on tokio.
async fn on_tokio(stream: UnixStream) -> Vec<String> {
    let qmp = match on_tokio::Client::<Qmp>::from_stream(stream, Options::new()).await {
        Ok(qmp) => qmp,
        Err(error) => return vec![kind(&error).to_owned()],
    };
    let mut events = qmp.subscribe_all();
    let stop = match qmp.execute_raw("stop", &()).await {
        Ok(_) => "returned",
        Err(error) => kind(&error),
    };
    let mut seen = vec![stop.to_owned()];
    while let Some(event) = events.next().await {
        seen.push(event.unwrap().name.clone());
    }
    seen.push(kind(&qmp.closed().await).to_owned());
    let after = qmp.execute_raw("stop", &()).await.unwrap_err();
    seen.push(kind(&after).to_owned());
    seen
}

fn item_19_killed_at_each_point_of_a_session(qemu: &Path) -> Result<(), Failed> {
    const CONT: Pass =
        Injected(r#"{"execute": "cont", "id": "ours"}{"execute": "stop", "id": "ours"}"#);
    let begin = Instant::now();
    let points: [(&str, &'static [Pass], &[&str]); 9] = [
        ("before the greeting", &[], &["no session"]),
        ("in the greeting", &[Half], &["no session"]),
        ("after the greeting", &[Line], &["no session"]),
        ("in the negotiation", &[Line, Swallowed], &["no session"]),
        ("in its answer", &[Line, Command, Half], &["no session"]),
        (
            "before a reply",
            &[Line, Command, Line, Command, Line],
            &["lost", "STOP", "closed", "closed"],
        ),
        (
            "in a reply",
            &[Line, Command, Line, Command, Line, Half],
            &["lost", "STOP", "closed", "closed"],
        ),
        (
            "while idle",
            &[Line, Command, Line, Command, Line, Line],
            &["returned", "STOP", "closed", "closed"],
        ),
        (
            "in an event",
            &[
                Line, Command, Line, Command, Line, Line, CONT, Line, Kept, Half,
            ],
            &["returned", "STOP", "RESUME", "closed", "closed"],
        ),
    ];
    for (point, passed, expected) in points {
        let (stream, thread) = killed_after(qemu, passed);
        assert_eq!(on_blocking(stream), expected, "blocking, {point}");
        thread.join().unwrap();
        let (stream, thread) = killed_after(qemu, passed);
        assert_eq!(run(on_tokio(stream)), expected, "tokio, {point}");
        thread.join().unwrap();
    }
    assert!(begin.elapsed() < LONG);
    Ok(())
}

fn item_19_killed_before_the_greeting(qemu: &Path) -> Result<(), Failed> {
    let kill_soon = |mut server: Server| {
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            server.kill();
        })
    };
    for tokio in [false, true] {
        let server = Server::qemu(qemu, &[]);
        drop(server.connect());
        // Its kernel accepts the connection, but nothing is sent.
        server.pause();
        let stream = UnixStream::connect(server.socket())?;
        let killed = kill_soon(server);
        let seen = match tokio {
            false => on_blocking(stream),
            true => run(on_tokio(stream)),
        };
        assert_eq!(seen, ["no session"]);
        killed.join().unwrap();
    }
    Ok(())
}

fn item_19_killed_while_idle(qemu: &Path) -> Result<(), Failed> {
    let mut server = Server::qemu(qemu, &[]);
    let mut qmp = server.connect();
    qmp.execute(QueryStatus {})?;
    server.kill();
    // Nobody was reading: the command finds out, and nothing says that it was
    // not executed.
    let error = qmp.execute(QueryStatus {}).unwrap_err();
    assert!(
        matches!(error, Error::Lost(_) | Error::Closed(_)),
        "{error}"
    );
    let error = qmp.execute(QueryStatus {}).unwrap_err();
    assert!(matches!(error, Error::Closed(_)), "{error}");

    let mut server = Server::qemu(qemu, &[]);
    run(async {
        let options = Options::new().await_server(true).connect_limit(LONG);
        let qmp = on_tokio::Client::<Qmp>::connect_with(server.address(), options).await?;
        let end = tokio::spawn(qmp.join());
        qmp.execute(QueryStatus {}).await?;
        server.kill();
        // Its task finds out by itself.
        assert!(matches!(end.await?, Error::Closed(_)));
        let error = qmp.execute(QueryStatus {}).await.unwrap_err();
        assert!(matches!(error, Error::Closed(_)), "{error}");
        Ok(())
    })
}

fn item_19_killed_while_events_come(qemu: &Path) -> Result<(), Failed> {
    run(async {
        let mut server = Server::qemu(qemu, &[]);
        let options = Options::new().await_server(true).connect_limit(LONG);
        let qmp = on_tokio::Client::<Qmp>::connect_with(server.address(), options).await?;
        let mut events = qmp.subscribe_all();
        let load = tokio::spawn(async move {
            let mut answered = 0_u64;
            loop {
                for name in ["stop", "cont"] {
                    match qmp.execute_raw(name, &()).await {
                        Ok(_) => answered += 1,
                        Err(error) => return (answered, kind(&error)),
                    }
                }
            }
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.kill();
        let (answered, end) = load.await?;
        assert!(["lost", "closed"].contains(&end), "{end}");
        // Each command that was answered had its event before it.
        let mut count = 0;
        while let Some(event) = events.next().await {
            event?;
            count += 1;
        }
        assert!(answered > 0 && count >= answered, "{count} of {answered}");
        Ok(())
    })
}

fn item_19_killed_while_closing(qemu: &Path) -> Result<(), Failed> {
    // At once with the client's own end, now the one first and now the other.
    for delay in [0, 200, 1000] {
        let mut server = Server::qemu(qemu, &[]);
        let mut qmp = server.connect();
        qmp.execute(QueryStatus {})?;
        let closing = std::thread::spawn(move || drop(qmp));
        std::thread::sleep(Duration::from_micros(delay));
        server.kill();
        closing.join().unwrap();

        let mut server = Server::qemu(qemu, &[]);
        run(async {
            let options = Options::new().await_server(true).connect_limit(LONG);
            let qmp = on_tokio::Client::<Qmp>::connect_with(server.address(), options).await?;
            let end = tokio::spawn(qmp.join());
            // It is under way when the connection is closed, so its outcome is unknown.
            let late = qmp.clone();
            let late = tokio::spawn(async move { late.execute(QueryStatus {}).await });
            let closing = tokio::spawn(qmp.close());
            tokio::time::sleep(Duration::from_micros(delay)).await;
            server.kill();
            closing.await?;
            if let Err(error) = late.await? {
                assert!(
                    matches!(error, Error::Lost(_) | Error::Closed(_)),
                    "{error}"
                );
            }
            assert!(matches!(end.await?, Error::Closed(_)));
            Ok::<_, Failed>(())
        })?;
    }
    Ok(())
}

/// Returns how many threads and descriptors this process has.
fn possessions() -> (usize, usize) {
    let count = |path| fs::read_dir(path).unwrap().count();
    (count("/proc/self/task"), count("/proc/self/fd"))
}

/// Waits until there is no more than there was; the system may be a moment
/// behind.
fn nothing_more_than((threads, descriptors): (usize, usize)) {
    let begin = Instant::now();
    loop {
        let now = possessions();
        if now.0 <= threads && now.1 <= descriptors {
            return;
        }
        assert!(
            begin.elapsed() < LONG,
            "{threads}, {descriptors} before, {now:?} now"
        );
        std::thread::yield_now();
    }
}

fn nothing_is_left_behind(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &[]);
    drop(server.connect());
    let before = possessions();
    for _ in 0..20 {
        let mut qmp = server.connect();
        qmp.execute(QueryStatus {})?;
        let file = fs::File::open("/dev/null")?;
        qmp.execute_with_descriptors(commands::AddFd {}, &[std::os::fd::AsFd::as_fd(&file)])?;
        drop(qmp);
        run(async {
            let qmp = on_tokio::Client::<Qmp>::connect(server.address()).await?;
            let events = qmp.subscribe_all();
            let mut call = Box::pin(qmp.execute(QueryStatus {}));
            let polled = std::future::poll_fn(|cx| {
                std::task::Poll::Ready(call.as_mut().poll(cx).is_ready())
            });
            polled.await;
            // Futures, handles and subscriptions can be dropped in any order.
            drop(call);
            drop(qmp);
            drop(events);
            Ok::<_, Failed>(())
        })?;
    }
    nothing_more_than(before);
    Ok(())
}

/// The messages of a server in a session, with all kinds of JSON.
const TRANSCRIPT: &str = "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1}}, \"capabilities\": []}}\r\n\
    {\"event\": \"A\"}{\"return\": {}, \"id\": 1}\r\n\
    {\"return\": \"\\\"}\\\\\", \"id\": 2} {\n\"return\" : [ {}, \"\\ud83d\\ude00\" ],\"id\":3}\
    {\"event\": \"B\", \"data\": {\"{\": \"]\"}}{\"error\": {\"class\": \"X\"}, \"id\": 4}\n";

/// Returns what a session makes of the transcript, in pieces.
fn outcomes<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut session = Session::new(Config::default());
    let mut seen = Vec::new();
    for _ in 0..3 {
        // They have their ids before the negotiation has its own.
        session.execute_raw("x", &()).unwrap();
    }
    for piece in pieces {
        session.receive(piece);
        while let Some(incoming) = session.poll().unwrap() {
            seen.push(match incoming {
                Incoming::Returned { id, json } => format!("{} {json}", id.get()),
                Incoming::Rejected { id, rejection } => format!("{} {rejection:?}", id.get()),
                Incoming::Event(event) => format!("{} {}", event.name, event.data_json()),
                other => format!("{other:?}"),
            });
        }
    }
    seen
}

fn bytes_in_every_split() {
    // The negotiation is the fourth command here.
    let text = TRANSCRIPT.replace("\"id\": 1}", "\"id\": 0}");
    let text = ["\"id\": 4}", "\"id\":3}", "\"id\": 2}", "\"id\": 0}"]
        .into_iter()
        .zip(["\"id\": 3}", "\"id\":2}", "\"id\": 1}", "\"id\": 4}"])
        .fold(text, |text, (from, to)| text.replacen(from, to, 1));
    let text = text.as_bytes();
    let whole = outcomes([text]);
    assert_eq!(whole.len(), 6, "{whole:#?}");
    // All splits into two and three pieces.
    for first in 0..=text.len() {
        let (head, tail) = text.split_at(first);
        assert_eq!(outcomes([head, tail]), whole, "at {first}");
        for second in 0..=tail.len() {
            let (middle, tail) = tail.split_at(second);
            assert_eq!(
                outcomes([head, middle, tail]),
                whole,
                "at {first}, {second}"
            );
        }
    }
    // Pieces of each size, and of random sizes with a fixed seed.
    for size in 1..=text.len() {
        assert_eq!(outcomes(text.chunks(size)), whole, "in {size}s");
    }
    for seed in 1..2000_u64 {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut rest = text;
        let pieces = std::iter::from_fn(|| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let (piece, after) = rest.split_at(rest.len().min(random as usize % 32));
            let more = !rest.is_empty();
            rest = after;
            more.then_some(piece)
        });
        assert_eq!(outcomes(pieces), whole, "seed {seed}");
    }
}

/// Returns the memory of this process, in bytes.
fn memory() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    let resident: usize = pages.split(' ').nth(1).unwrap().parse().unwrap();
    resident * 4096
}

fn item_23_replies_of_64_mib() {
    const SIZE: usize = 64 << 20;
    let play = || {
        Peer::play(|mut peer| {
            peer.greet();
            for size in [SIZE, 1, SIZE] {
                let id = peer.expect("query-name");
                peer.answer(id, &format!("{{\"name\": \"{}\"}}", "x".repeat(size)));
            }
            peer.until_closed();
        })
    };
    let (stream, thread) = play();
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    for size in [SIZE, 1, SIZE] {
        assert_eq!(qmp.execute(QueryName {}).unwrap()["name"].len(), size);
    }
    drop(qmp);
    thread.join().unwrap();

    let (stream, thread) = play();
    run(async {
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, Options::new())
            .await
            .unwrap();
        for size in [SIZE, 1, SIZE] {
            assert_eq!(qmp.execute(QueryName {}).await.unwrap()["name"].len(), size);
        }
        qmp.close().await;
    });
    thread.join().unwrap();
}

fn item_24_ten_thousand_cancelled_requests_do_no_harm() {
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        let mut answered = 0;
        while let Some(command) = peer.try_command() {
            let id = command["id"].as_u64().unwrap();
            peer.answer(id, &format!("{{\"name\": \"{id}\"}}"));
            answered += 1;
        }
        answered
    });
    run(async {
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, Options::new())
            .await
            .unwrap();
        for turn in 0..10_000_u32 {
            let call = qmp.execute(QueryName {});
            let mut call = std::pin::pin!(call);
            // Polled once or a few times, then dropped.
            for _ in 0..=turn % 3 {
                let polled = std::future::poll_fn(|cx| {
                    std::task::Poll::Ready(call.as_mut().poll(cx).is_ready())
                });
                if polled.await {
                    break;
                }
            }
        }
        let name = qmp.execute(QueryName {}).await.unwrap();
        assert!(name.contains_key("name"));
        qmp.close().await;
    });
    assert!(thread.join().unwrap() > 0);
}

fn item_25_a_million_events_while_a_subscriber_sleeps() {
    const ROUNDS: u64 = 1000;
    const EACH: u64 = 1000;
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        let event = r#"{"event": "TICK", "data": {"n": 1}}"#;
        let events = event.repeat(EACH as usize);
        for _ in 0..ROUNDS {
            let id = peer.expect("query-status");
            peer.send(&events);
            peer.answer(id, r#"{"running": true, "status": "running"}"#);
        }
        peer.until_closed();
    });
    run(async {
        let options = Options::new().event_queue(100);
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, options)
            .await
            .unwrap();
        let mut asleep = qmp.subscribe_all();
        let mut awake = qmp.subscribe_all();
        let awake = tokio::spawn(async move {
            let (mut taken, mut lost) = (0, 0);
            while let Some(event) = awake.next().await {
                match event {
                    Ok(_) => taken += 1,
                    Err(Error::Lagged(lagged)) => lost += lagged.lost,
                    Err(error) => panic!("{error}"),
                }
            }
            (taken, lost)
        });
        let before = memory();
        for _ in 0..ROUNDS {
            assert!(qmp.execute(QueryStatus {}).await.unwrap().running);
        }
        let grown = memory().saturating_sub(before);
        assert!(grown < 16 << 20, "{grown} bytes more");
        let error = asleep.next().await.unwrap().unwrap_err();
        let lost = ROUNDS * EACH - 100;
        assert!(
            matches!(&error, Error::Lagged(lagged) if lagged.lost == lost),
            "{error}"
        );
        for _ in 0..100 {
            assert!(asleep.next().await.unwrap().is_ok());
        }
        drop(asleep);
        qmp.close().await;
        // It was told how many it lost.
        let (taken, lost) = awake.await.unwrap();
        assert_eq!(taken + lost, ROUNDS * EACH);
    });
    thread.join().unwrap();
}

fn item_25_who_takes_events_on_one_thread_loses_none() {
    const EVENTS: usize = 200_000;
    let (stream, thread) = Peer::play(|mut peer| {
        peer.greet();
        let id = peer.expect("query-status");
        let event = r#"{"event": "TICK", "data": {"n": 1}}"#;
        let thousand = event.repeat(1000);
        for _ in 0..EVENTS / 1000 {
            peer.send(&thousand);
        }
        peer.answer(id, r#"{"running": true, "status": "running"}"#);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, Options::new())
            .await
            .unwrap();
        let mut events = qmp.subscribe_all();
        let call = tokio::spawn(async move { qmp.execute(QueryStatus {}).await });
        for _ in 0..EVENTS {
            events.next().await.unwrap().unwrap();
        }
        assert!(call.await.unwrap().unwrap().running);
    });
    thread.join().unwrap();
}

fn item_15_nesting_of_ten_thousand_is_an_error() {
    let text = format!("{{\"return\":{}", "[".repeat(10_000));
    let mock = Mock::builder().on("x", move |_| Reply::text(&text)).build();
    let stream = mock.spawn().unwrap();
    let mut qmp = blocking::Client::<Qmp>::from_stream(stream, Options::new()).unwrap();
    let error = qmp.execute_raw("x", &()).unwrap_err();
    assert!(matches!(error, Error::Broken(_)), "{error}");
    let stream = mock.spawn().unwrap();
    run(async {
        let qmp = on_tokio::Client::<Qmp>::from_stream(stream, Options::new())
            .await
            .unwrap();
        let error = qmp.execute_raw("x", &()).await.unwrap_err();
        assert!(matches!(error, Error::Broken(_)), "{error}");
    });
}

fn a_thousand_connections_from_one_process() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    // Each needs two descriptors, and a process usually has 1024.
    let maximum = getrlimit(Resource::Nofile).maximum;
    let all = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, all).unwrap();
    let before = possessions();
    let mock = Mock::builder()
        .on("query-name", |_| Reply::returns(json!({"name": "vm"})))
        .build();
    run(async {
        let mut clients = Vec::new();
        for _ in 0..1000 {
            let stream = mock.spawn().unwrap();
            let client = on_tokio::Client::<Qmp>::from_stream(stream, Options::new());
            clients.push(client.await.unwrap());
        }
        for client in &clients {
            client.execute(QueryName {}).await.unwrap();
        }
        for client in clients {
            client.close().await;
        }
    });
    nothing_more_than(before);
}
