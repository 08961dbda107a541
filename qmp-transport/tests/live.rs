//! The clients on a real QEMU. `item_NN` in a name is the rule's number in
//! PROTOCOL.md.

#![allow(clippy::unwrap_used)]

#[path = "support/commands.rs"]
mod commands;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use commands::{
    AddFd, Cont, DeviceDel, GetFd, GuestGetTime, GuestPing, GuestShutdown, MigratePause,
    QueryChardev, QueryName, QuerySchema, QueryStatus, Quit, Stop, Stopped,
};
use libtest_mimic::{Arguments, Failed};
use qmp_transport::blocking::Client;
use qmp_transport::error::GreetingError;
use qmp_transport::session::{Config, Incoming, Session};
use qmp_transport::{
    Error, ErrorClass, Greeting, Introspection, Options, Qga, Qmp, Qsd, RawEvent, launch,
};
use qmp_types::v11_1::DECLARATIONS;
use qmp_types::v11_1::commands::QueryCpusFast;
use serde_core::de::{Deserialize, Deserializer, Error as _};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use test_support::programs::{QEMU_GA, QEMU_STORAGE_DAEMON};
use test_support::{Server, command, live, needs};

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
    let mut tests = tests![
        greeting_and_status,
        rejected_commands,
        item_01_pretty_output,
        item_02_connecting_under_a_load_of_events,
        item_03_negotiation_comes_first_and_once,
        item_04_a_second_client_is_not_greeted,
        item_05_the_largest_ids_come_back,
        item_06_a_parse_error_is_its_commands,
        item_07_item_10_events_before_the_reply,
        item_11_members_that_a_type_lacks,
        item_13_text_beyond_ascii,
        item_14_what_the_server_rejects,
        item_15_the_servers_nesting,
        item_16_a_control_byte_resynchronises_the_parser,
        item_17_what_matters_of_an_error_is_its_class,
        item_18_a_burst_of_events_is_limited,
        item_19_killed_while_a_command_is_under_way,
        item_23_item_30_the_schema,
        what_the_server_has,
        what_the_bindings_have_and_the_server_lacks,
        item_27_a_server_that_falls_silent,
        item_08_item_09_out_of_band,
        item_09_each_out_of_band_command,
        item_20_descriptors_travel_along,
        item_20_descriptors_left_behind,
        item_31_monitors_added_at_run_time,
        item_38_a_disk_with_many_overlays,
        launched_with_a_connection,
    ];
    #[cfg(feature = "tokio")]
    tests.extend(tests![
        on_tokio::pipelined,
        on_tokio::what_the_server_has,
        on_tokio::item_07_item_26_events,
        on_tokio::item_08_out_of_band_overtakes,
        on_tokio::item_02_connecting_under_a_load_of_events,
        on_tokio::item_09_each_out_of_band_command,
        on_tokio::item_20_descriptors_travel_along,
        on_tokio::item_24_cancelled_requests_do_no_harm,
        on_tokio::item_25_a_sleeping_subscriber_delays_nothing,
        on_tokio::item_27_a_server_that_falls_silent,
        on_tokio::item_33_each_of_many_gets_its_own,
        on_tokio::item_33_one_whose_time_ran_out_holds_up_the_next,
    ]);
    tests.push(needs(
        &QEMU_GA,
        "item_21_item_22_guest_agent",
        item_21_item_22_guest_agent,
    ));
    tests.push(needs(
        &QEMU_GA,
        "item_16_half_a_command_left_behind_is_dropped",
        item_16_half_a_command_left_behind_is_dropped,
    ));
    #[cfg(feature = "tokio")]
    tests.push(needs(
        &QEMU_GA,
        "on_tokio::item_21_item_22_guest_agent",
        on_tokio::item_21_item_22_guest_agent,
    ));
    tests.push(needs(
        &QEMU_STORAGE_DAEMON,
        "storage_daemon",
        storage_daemon,
    ));
    libtest_mimic::run(&arguments, tests).exit();
}

fn greeting_and_status(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp: Client = server.connect();
    let greeting = qmp.greeting().unwrap();
    assert!(greeting.version.major >= 2 && greeting.offers_oob());
    let status = qmp.execute(QueryStatus {})?;
    assert_eq!(status.status, "prelaunch");
    assert!(!status.running);
    assert_eq!(qmp.execute_raw("query-status", &())?["running"], false);
    Ok(())
}

fn rejected_commands(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    let error = qmp.execute(DeviceDel { id: "none" }).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::DeviceNotFound), "{error}");
    assert_eq!(error.command(), Some("device_del"));
    let error = qmp.execute_raw("device_del", &json!({})).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");
    let error = qmp.execute_raw("x-none", &()).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::CommandNotFound), "{error}");
    assert_eq!(qmp.execute(QueryStatus {})?.status, "prelaunch");
    Ok(())
}

fn item_01_pretty_output(qemu: &Path) -> Result<(), Failed> {
    let server = Server::start(qemu, |command, socket| {
        command
            .args(["-accel", "tcg", "-display", "none", "-nodefaults", "-S"])
            .args(["-mon", "chardev=qmp,mode=control,pretty=on", "-chardev"])
            .arg(format!(
                "socket,id=qmp,server=on,wait=off,path={}",
                socket.display()
            ));
    });
    let mut qmp = server.connect();
    assert_eq!(qmp.execute(QueryStatus {})?.status, "prelaunch");
    qmp.execute(Cont {})?;
    qmp.wait_for(|event| event.name == "RESUME", LONG)?;
    Ok(())
}

/// A connection without a client, which sends text and reads lines.
struct Plain(BufReader<UnixStream>);

impl Plain {
    fn connect(server: &Server) -> Plain {
        // The connection before this one shows that the server listens.
        drop(server.connect());
        let mut plain = Plain(BufReader::new(
            UnixStream::connect(server.socket()).unwrap(),
        ));
        assert!(plain.read().get("QMP").is_some());
        plain
    }

    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn send(&mut self, text: &str) -> Value {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
        self.read()
    }
}

fn item_03_negotiation_comes_first_and_once(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let reply = Plain::connect(&server).send(r#"{"execute":"query-status"}"#);
    assert_eq!(reply["error"]["class"], "CommandNotFound");

    let mut qmp = server.connect();
    let error = qmp.execute_raw("qmp_capabilities", &()).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::CommandNotFound));
    qmp.execute(QueryStatus {})?;
    Ok(())
}

fn item_04_a_second_client_is_not_greeted(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut first = server.connect();
    let options = Options::new().connect_limit(SHORT);
    let error = Client::<Qmp>::connect_with(server.address(), options).unwrap_err();
    assert!(
        matches!(error, Error::Greeting(GreetingError::Silent { .. })),
        "{error}"
    );
    first.execute(QueryStatus {})?;
    Ok(())
}

fn item_06_a_parse_error_is_its_commands(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    let twice = RawValue::from_string(r#"{"id":"a","id":"b"}"#.into())?;
    let error = qmp.execute_raw("device_del", &twice).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");
    assert_eq!(error.command(), Some("device_del"));
    qmp.execute(QueryStatus {})?;
    Ok(())
}

fn item_07_item_10_events_before_the_reply(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &[]);
    let mut qmp = server.connect();
    let before = SystemTime::now();
    qmp.execute(Stop {})?;
    let stop = qmp.events().find(|event| event.is::<Stopped>()).unwrap();
    assert!(stop.data.is_none());
    let at = stop.timestamp.unwrap().system_time().unwrap();
    assert!(at >= before && at <= SystemTime::now());
    Ok(())
}

/// Causes events without end, on both monitors of a QEMU, while a function runs.
fn under_events(qemu: &Path, act: impl FnOnce(&str) -> Result<(), Failed>) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let second = format!("unix:{}/second", folder.path().display());
    let server = Server::qemu(qemu, &["-qmp", &format!("{second},server=on,wait=off")]);
    let mut qmp = server.connect();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let load = std::thread::spawn(move || {
        while ended.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            qmp.execute(Stop {})?;
            qmp.execute(Cont {})?;
            qmp.events().count();
        }
        Ok::<_, Error>(())
    });
    let outcome = act(&second);
    drop(end);
    load.join().unwrap()?;
    outcome
}

fn item_02_connecting_under_a_load_of_events(qemu: &Path) -> Result<(), Failed> {
    under_events(qemu, |address| {
        for _ in 0..300 {
            let mut qmp = Client::connect(address)?;
            qmp.execute(QueryStatus {})?;
            for event in qmp.events() {
                assert!(["STOP", "RESUME"].contains(&&*event.name), "{}", event.name);
            }
        }
        Ok(())
    })
}

fn item_05_the_largest_ids_come_back(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    // How QEMU returns ids.
    let mut plain = Plain::connect(&server);
    plain.send(r#"{"execute":"qmp_capabilities"}"#);
    for (sent, back) in [
        ("18446744073709551615", "18446744073709551615"),
        ("1.0", "1"),
        ("{\"a\": null}", "{\"a\":null}"),
    ] {
        let reply = plain.send(&format!("{{\"execute\":\"query-name\",\"id\":{sent}}}"));
        assert_eq!(reply["id"].to_string(), back);
    }
    drop(plain);

    // The ids of this library, up to the largest and beyond it.
    let mut config = Config::default();
    config.first_id = u64::MAX - 1;
    let mut session = Session::new(config);
    let mut stream = UnixStream::connect(server.socket())?;
    let mut answered = Vec::new();
    while answered.len() < 3 {
        let mut space = [0; 4096];
        let count = stream.read(&mut space)?;
        session.receive(&space[..count]);
        while let Some(incoming) = session.poll()? {
            match incoming {
                Incoming::Ready => {}
                Incoming::Returned { id, .. } => answered.push(id.get()),
                other => panic!("{other:?}"),
            }
        }
        if session.is_ready() && session.under_way() == 0 {
            session.execute(&QueryStatus {})?;
        }
        stream.write_all(session.outgoing())?;
        let count = session.outgoing().len();
        session.sent(count);
    }
    assert_eq!(answered, [u64::MAX, 0, 1]);
    Ok(())
}

fn item_11_members_that_a_type_lacks(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    // The type here has two members, QEMU's has three before 9.0; the version's
    // has more than one in each.
    assert_eq!(qmp.execute(QueryStatus {})?.status, "prelaunch");
    let version: Major =
        qmp_types::wire::from_json(&qmp.execute_raw("query-version", &())?["qemu"].to_string())?;
    assert_eq!(version.0, u64::from(qmp.greeting().unwrap().version.major));
    drop(qmp);
    // QEMU rejects them, so none are sent.
    let mut plain = Plain::connect(&server);
    let reply = plain.send(r#"{"execute":"qmp_capabilities","x":1}"#);
    assert_eq!(reply["error"]["class"], "GenericError");
    let reply = plain.send(r#"{"execute":"qmp_capabilities","arguments":{"x":1}}"#);
    assert_eq!(reply["error"]["class"], "GenericError");
    Ok(())
}

fn item_13_text_beyond_ascii(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S", "-name", "grün 😀"]);
    let mut qmp = server.connect();
    assert_eq!(qmp.execute(QueryName {})?["name"], "grün 😀");
    let said = qmp.execute_raw("human-monitor-command", &json!({"command-line": "😀"}))?;
    assert!(said.as_str().unwrap().contains("😀"), "{said}");
    Ok(())
}

fn item_14_what_the_server_rejects(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut plain = Plain::connect(&server);
    assert!(
        plain
            .send(r#"{"execute":"qmp_capabilities"}"#)
            .get("return")
            .is_some()
    );
    for text in [r"\ud800", r"\uffff", "\u{ffff}", "\u{fdd0}"] {
        let command = format!(
            r#"{{"execute":"human-monitor-command","arguments":{{"command-line":"{text}"}},"id":1}}"#
        );
        let reply = plain.send(&command);
        assert!(
            reply["error"].is_object() && reply.get("id").is_none(),
            "{reply}"
        );
    }
    drop(plain);

    let mut qmp = server.connect();
    let mut hmp =
        |line: &str| qmp.execute_raw("human-monitor-command", &json!({"command-line": line}));
    assert!(matches!(hmp("\u{ffff}"), Err(Error::Unencodable(_))));
    for text in ["\0", "\u{1}", "\u{7f}", "\u{fffd}", "", "a\"\\\n"] {
        hmp(text)?;
    }
    Ok(())
}

fn item_15_the_servers_nesting(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    let mut nested = |depth: usize| {
        let text = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let arguments = RawValue::from_string(text).unwrap();
        qmp.execute_raw("query-status", &arguments).unwrap_err()
    };
    // The server reads what this library accepts.
    let error = nested(1022).to_string();
    assert!(error.contains("unexpected"), "{error}");
    assert!(matches!(nested(1023), Error::Unencodable(_)));
    qmp.execute(QueryStatus {})?;
    Ok(())
}

fn item_16_a_control_byte_resynchronises_the_parser(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut plain = Plain::connect(&server);
    plain.send(r#"{"execute":"qmp_capabilities"}"#);
    for byte in [0x01, 0xff] {
        for half in ["{\"execute\": ", "{\"execute\": \"query-", "[[[["] {
            let whole = b"{\"execute\": \"query-status\", \"id\": 5}";
            let text = [half.as_bytes(), &[byte], whole].concat();
            plain.0.get_mut().write_all(&text)?;
            // The half is an error without an id. The whole command is executed.
            let broken = plain.read();
            assert!(broken["error"].is_object() && broken.get("id").is_none());
            let mut reply = broken;
            while reply["error"].is_object() {
                reply = plain.read();
            }
            assert_eq!(reply["id"], 5, "{half} {byte}");
        }
    }
    Ok(())
}

fn item_17_what_matters_of_an_error_is_its_class(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    // Errors of one class have different texts. Only the class distinguishes errors
    // for a program.
    let first = qmp.execute(DeviceDel { id: "first" }).unwrap_err();
    let second = qmp.execute(DeviceDel { id: "second" }).unwrap_err();
    assert_eq!(first.class(), Some(&ErrorClass::DeviceNotFound));
    assert_eq!(first.class(), second.class());
    assert_ne!(first.to_string(), second.to_string());
    let third = qmp.execute_raw("blockdev-del", &json!({"node-name": "third"}));
    assert_eq!(third.unwrap_err().class(), Some(&ErrorClass::GenericError));
    Ok(())
}

fn item_18_a_burst_of_events_is_limited(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    // One of three copies of a disk differs, which QEMU reports at each read.
    let size = 1 << 20;
    let mut children = Vec::new();
    for (number, byte) in [0, 0, 1].into_iter().enumerate() {
        let path = server.folder().join(format!("copy{number}"));
        std::fs::write(&path, vec![byte; size])?;
        let file = json!({"driver": "file", "filename": path.to_str(),
            "node-name": format!("copy{number}")});
        qmp.execute_raw("blockdev-add", &file)?;
        children.push(format!("copy{number}"));
    }
    let quorum = json!({"driver": "quorum", "node-name": "disk", "vote-threshold": 2,
        "children": children});
    if let Err(error) = qmp.execute_raw("blockdev-add", &quorum) {
        return Err(format!("this QEMU has no quorum to test with: {error}").into());
    }
    let reads = 100;
    let begin = Instant::now();
    for sector in 0..reads {
        let line = format!("qemu-io disk \"read {} 512\"", sector * 512);
        qmp.execute_raw("human-monitor-command", &json!({"command-line": line}))?;
    }
    let last = |event: &RawEvent| {
        let data: Value = serde_json::from_str(event.data_json()).unwrap();
        event.name == "QUORUM_REPORT_BAD" && data["sector-num"] == reads - 1
    };
    // The last event of the burst comes late, and most do not come.
    qmp.wait_for(last, LONG)?;
    let seconds = begin.elapsed().as_secs() + 2;
    let others = qmp
        .events()
        .filter(|event| event.name == "QUORUM_REPORT_BAD");
    let others = others.count() as u64;
    assert!(others >= 1 && others <= seconds, "{others} in {seconds} s");
    Ok(())
}

fn item_19_killed_while_a_command_is_under_way(qemu: &Path) -> Result<(), Failed> {
    let mut server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    server.pause();
    let command = std::thread::spawn(move || {
        // Time runs out first, which shows that the next command is under way
        // with the server still there.
        let first = qmp.execute_within(QueryStatus {}, SHORT);
        (first, qmp.execute(QueryStatus {}))
    });
    std::thread::sleep(4 * SHORT);
    server.kill();
    let (first, second) = command.join().unwrap();
    assert!(matches!(first, Err(Error::TimedOut(_))));
    assert!(matches!(second, Err(Error::Lost(_))), "{second:?}");
    Ok(())
}

fn item_23_item_30_the_schema(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    let schema = qmp.execute(QuerySchema {})?;
    let optional = schema
        .iter()
        .filter_map(|entity| entity["members"].as_array())
        .flatten()
        .filter(|member| member.get("default") == Some(&Value::Null));
    assert!(optional.count() > 100);
    drop(qmp);

    let mut qmp: Client = server.connect_with(Options::new().reply_limit(10_000));
    let error = qmp.execute(QuerySchema {}).unwrap_err();
    assert!(
        matches!(&error, Error::ReplyTooLarge(error) if error.limit == 10_000),
        "{error}"
    );
    qmp.execute(QueryStatus {})?;
    Ok(())
}

fn what_the_server_has(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    let introspection = qmp.introspect()?;
    assert!(introspection.supports::<QueryStatus>() && introspection.supports_event::<Stopped>());
    assert!(introspection.has("blockdev-add/arg-type/+file/aio/^native")?);
    assert!(introspection.has("query-status/ret-type/status/^prelaunch")?);
    assert!(!introspection.has("x-none")? && !introspection.has("query-status/arg-type/id")?);
    let mut commands: Vec<String> = Vec::new();
    for command in qmp.execute_raw("query-commands", &())?.as_array().unwrap() {
        commands.push(command["name"].as_str().unwrap().to_owned());
    }
    commands.sort();
    assert_eq!(introspection.commands().collect::<Vec<_>>(), commands);
    let stored = introspection.to_bytes();
    let again = Introspection::from_bytes(&stored)?;
    assert!(again.has("block-commit/arg-type/*top")?);
    Ok(())
}

fn what_the_bindings_have_and_the_server_lacks(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    let version = qmp.greeting().unwrap().version.clone();
    let lacking = qmp.introspect()?.lacking(&DECLARATIONS)?;
    // No QEMU on Unix has it.
    let commands = &lacking.commands;
    assert!(commands.iter().any(|lack| lack.path == "get-win32-socket"));
    assert!(!commands.iter().any(|lack| lack.path == "query-status"));
    let insisted = |path: &str| {
        let mut members = lacking.members.iter();
        members.any(|lack| lack.path == path && !lack.optional)
    };
    let cpus = qmp.execute(QueryCpusFast::new());
    match cpus {
        Ok(_) => assert!(!insisted("query-cpus-fast/ret-type/qom-type")),
        Err(Error::Undecodable(error)) => {
            assert!(insisted("query-cpus-fast/ret-type/qom-type"));
            assert_eq!(error.error.path(), "[0].qom-type");
            let server = error.server.as_ref().unwrap();
            assert_eq!(
                (error.bindings, &**server),
                (DECLARATIONS.release(), &version)
            );
            let (major, minor, micro) = (version.major, version.minor, version.micro);
            let expected = format!("the server is QEMU {major}.{minor}.{micro}; to talk to");
            assert!(error.to_string().contains(&expected), "{error}");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn item_27_a_server_that_falls_silent(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S", "-name", "vm"]);
    let mut qmp = server.connect();
    server.pause();
    let error = qmp.execute_within(QueryStatus {}, SHORT).unwrap_err();
    assert!(
        matches!(&error, Error::TimedOut(error) if error.sent),
        "{error}"
    );
    server.resume();
    assert_eq!(qmp.execute(QueryName {})?["name"], "vm");
    Ok(())
}

fn item_08_item_09_out_of_band(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp: Client = server.connect_with(Options::new().oob(true));
    // There is no migration to pause, and QEMU says so out-of-band.
    let error = qmp.execute_oob(MigratePause {}).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");
    qmp.execute(QueryStatus {})?;
    drop(qmp);
    let error = server.connect().execute_oob(MigratePause {}).unwrap_err();
    assert!(matches!(&error, Error::OobUnavailable(error) if error.offered));
    Ok(())
}

/// Returns whether a server is older than a release.
fn is_older(greeting: Option<&Greeting>, major: u32, minor: u32) -> bool {
    let version = &greeting.unwrap().version;
    (version.major, version.minor) < (major, minor)
}

fn item_09_each_out_of_band_command(qemu: &Path) -> Result<(), Failed> {
    use qmp_types::compat::commands::{MigratePause, MigrateRecover, QueryYank, Yank};
    use qmp_types::compat::types::YankInstance;

    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp: Client = server.connect_with(Options::new().oob(true));
    // There is no migration to pause or to recover.
    let refused = [
        qmp.execute_oob(MigratePause::new()).unwrap_err(),
        qmp.execute_oob(MigrateRecover::new("tcp:127.0.0.1:1"))
            .unwrap_err(),
    ];
    for error in &refused {
        assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");
    }
    let none: [YankInstance; 0] = [];
    let (listed, yanked) = (
        qmp.execute_oob(QueryYank::new()),
        qmp.execute_oob(Yank::new(none)),
    );
    if is_older(qmp.greeting(), 6, 0) {
        assert_eq!(
            listed.unwrap_err().class(),
            Some(&ErrorClass::CommandNotFound)
        );
    } else {
        // The monitor's own socket, at least, can be pulled out.
        assert!(!listed?.is_empty());
        yanked?;
    }
    drop(qmp);

    // QEMU rejects others, and they do not compile.
    let mut plain = Plain::connect(&server);
    let enable = r#"{"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}"#;
    plain.send(enable);
    let reply = plain.send(r#"{"exec-oob":"query-status","id":1}"#);
    assert!(reply["error"].is_object(), "{reply}");
    Ok(())
}

fn item_20_descriptors_left_behind(qemu: &Path) -> Result<(), Failed> {
    // QEMU cleans up while the machine runs.
    let server = Server::qemu(qemu, &[]);
    let mut qmp = server.connect();
    let file = std::fs::File::open("/dev/null")?;
    qmp.execute_with_descriptors(AddFd {}, &[file.as_fd()])?;
    let sets = qmp.execute_raw("query-fdsets", &())?;
    assert_eq!(sets.as_array().unwrap().len(), 1);
    drop(qmp);
    let mut qmp = server.connect();
    let left = qmp.execute_raw("query-fdsets", &())? != json!([]);
    if left {
        // A release between 7.2 and 10.0 began to keep them; they can be removed.
        assert!(!is_older(qmp.greeting(), 8, 0));
        qmp.execute_raw("remove-fd", &json!({"fdset-id": 0}))?;
    }
    assert_eq!(qmp.execute_raw("query-fdsets", &())?, json!([]));
    Ok(())
}

fn item_20_descriptors_travel_along(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    let file = std::fs::File::open("/dev/null")?;
    qmp.execute_with_descriptors(GetFd { fdname: "null" }, &[file.as_fd()])?;
    let set = qmp.execute_with_descriptors(AddFd {}, &[file.as_fd()])?;
    assert!(set["fd"] >= 0);
    // Without one, the server rejects the command.
    let error = qmp.execute(AddFd {}).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");
    let closed = qmp.execute_raw("closefd", &json!({"fdname": "null"}))?;
    assert_eq!(closed, json!({}));
    Ok(())
}

fn item_31_monitors_added_at_run_time(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut qmp = server.connect();
    let path = server.folder().join("second");
    let address = json!({"type": "unix", "data": {"path": path.to_str()}});
    let socket =
        json!({"type": "socket", "data": {"addr": address, "server": true, "wait": false}});
    qmp.execute_raw("chardev-add", &json!({"id": "second", "backend": socket}))?;
    let monitor = json!({"qom-type": "monitor-qmp", "id": "monitor", "chardev": "second"});
    let added = qmp.execute_raw("object-add", &monitor);
    if is_older(qmp.greeting(), 11, 1) {
        // It does not have the type, and rejects the command.
        let error = added.unwrap_err();
        assert!(matches!(error, Error::Rejected(_)), "{error}");
    } else {
        added?;
        let mut second = Client::connect(format!("unix:{}", path.display()))?;
        assert_eq!(second.execute(QueryStatus {})?.status, "prelaunch");
    }
    qmp.execute(QueryStatus {})?;
    Ok(())
}

fn item_38_a_disk_with_many_overlays(qemu: &Path) -> Result<(), Failed> {
    let drive = "if=none,id=disk,driver=null-co,size=1M";
    let server = Server::qemu(qemu, &["-S", "-drive", drive]);
    let mut qmp = server.connect();
    let mut overlay = |number: usize| {
        let file = server.folder().join(format!("{number}.img"));
        let snapshot = json!({"device": "disk", "snapshot-file": file});
        qmp.execute_raw("blockdev-snapshot-sync", &snapshot)
    };
    for number in 1..=140 {
        overlay(number)?;
    }
    let nodes = qmp.execute_raw("query-named-block-nodes", &())?;
    let mut deepest = 0;
    for node in nodes.as_array().unwrap() {
        let mut image = &node["image"];
        let mut depth = 0;
        while image.is_object() {
            image = &image["backing-image"];
            depth += 1;
        }
        deepest = deepest.max(depth);
    }
    assert_eq!(deepest, 141);
    let typed = qmp_types::compat::commands::QueryNamedBlockNodes::new();
    match qmp.execute(typed) {
        Ok(typed) => assert_eq!(typed.len(), nodes.as_array().unwrap().len()),
        // An older server does not send a mandatory member.
        Err(error) => assert!(is_older(qmp.greeting(), 11, 1), "{error}"),
    }
    Ok(())
}

fn launched_with_a_connection(qemu: &Path) -> Result<(), Failed> {
    let mut command = command(qemu);
    command.args(["-accel", "tcg", "-display", "none", "-nodefaults", "-S"]);
    let (mut child, stream) = launch(command)?;
    let mut qmp = Client::<Qmp>::from_stream(stream, Options::new())?;
    assert_eq!(qmp.execute(QueryStatus {})?.status, "prelaunch");
    qmp.execute(Quit {})?;
    // The events of the end, and then the end.
    while qmp.next_event(LONG).is_ok_and(|event| event.is_some()) {}
    assert!(matches!(qmp.execute(Quit {}), Err(Error::Closed(_))));
    assert!(child.wait()?.success());
    Ok(())
}

fn start_agent(agent: &Path) -> Server {
    Server::start(agent, |command, socket| {
        let folder = socket.parent().unwrap();
        command
            .args(["--method", "unix-listen", "--path"])
            .arg(socket)
            .arg("--statedir")
            .arg(folder)
            .arg("--pidfile")
            .arg(folder.join("pid"));
    })
}

fn item_21_item_22_guest_agent(agent: &Path) -> Result<(), Failed> {
    let server = start_agent(agent);
    let mut client: Client<Qga> = server.connect_with(Options::new());
    assert!(client.greeting().is_none());
    client.execute(GuestPing {})?;
    assert!(client.execute(GuestGetTime {})? > 0);

    // Success is not answered, but an error is.
    let error = client.execute(GuestShutdown { mode: "wrong" }).unwrap_err();
    assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");

    // After a time limit the agent is synchronised again.
    server.pause();
    let error = client.execute_within(GuestGetTime {}, SHORT).unwrap_err();
    assert!(
        matches!(&error, Error::TimedOut(error) if error.sent),
        "{error}"
    );
    let error = client.execute_within(GuestPing {}, SHORT).unwrap_err();
    assert!(
        matches!(&error, Error::TimedOut(error) if !error.sent),
        "{error}"
    );
    server.resume();
    client.execute(GuestPing {})?;
    assert!(client.execute(GuestGetTime {})? > 0);
    Ok(())
}

fn item_16_half_a_command_left_behind_is_dropped(agent: &Path) -> Result<(), Failed> {
    let server = start_agent(agent);
    drop(server.connect_with::<Qga>(Options::new()));
    for half in ["{\"execute\":", "{\"execute\": \"guest-", "[[[["] {
        // What was said to the earlier client is read, since the agent ends when
        // a client resets it.
        let mut earlier = UnixStream::connect(server.socket())?;
        earlier.write_all(b"{\"execute\":\"guest-ping\"}")?;
        earlier.write_all(half.as_bytes())?;
        BufReader::new(&earlier).read_line(&mut String::new())?;
        drop(earlier);
        let mut client: Client<Qga> = server.connect_with(Options::new());
        assert!(client.execute(GuestGetTime {})? > 0);
    }
    Ok(())
}

/// A type with one member of many.
struct Major(u64);

impl<'de> Deserialize<'de> for Major {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = BTreeMap::<String, u64>::deserialize(deserializer)?;
        let major = members.get("major").copied();
        major
            .map(Self)
            .ok_or_else(|| D::Error::custom(".major: missing"))
    }
}

fn storage_daemon(daemon: &Path) -> Result<(), Failed> {
    let server = Server::start(daemon, |command, socket| {
        command
            .arg("--chardev")
            .arg(format!(
                "socket,id=qmp,server=on,wait=off,path={}",
                socket.display()
            ))
            .args(["--monitor", "chardev=qmp"]);
    });
    let mut client: Client<Qsd> = server.connect_with(Options::new());
    assert!(client.greeting().is_some());
    assert_eq!(client.execute(QueryChardev {})?.len(), 1);
    let introspection = client.introspect()?;
    assert!(introspection.supports::<QueryChardev>());
    assert!(introspection.has("blockdev-add/arg-type/+file")?);
    assert!(!introspection.has("query-status")?);
    Ok(())
}

#[cfg(feature = "tokio")]
mod on_tokio {
    use std::future::Future;

    use qmp_transport::tokio::Client;

    use super::*;

    fn run(test: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?
            .block_on(test)
    }

    async fn connect(server: &Server, options: Options) -> Result<Client, Error> {
        let options = options.await_server(true).connect_limit(LONG);
        Client::connect_with(server.address(), options).await
    }

    pub(super) fn what_the_server_has(qemu: &Path) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &["-S"]);
        run(async {
            let qmp = connect(&server, Options::new()).await?;
            let introspection = qmp.introspect().await?;
            assert!(introspection.supports::<QueryStatus>());
            assert!(introspection.has("block-commit/arg-type/*top")?);
            Ok(())
        })
    }

    pub(super) fn pipelined(qemu: &Path) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &["-S", "-name", "vm"]);
        run(async {
            let qmp = connect(&server, Options::new()).await?;
            let calls = (0..100).map(|_| {
                let qmp = qmp.clone();
                tokio::spawn(async move {
                    let name = qmp.execute(QueryName {}).await?;
                    let status = qmp.execute(QueryStatus {}).await?;
                    Ok::<_, Error>((name, status))
                })
            });
            for call in calls.collect::<Vec<_>>() {
                let (name, status) = call.await??;
                assert_eq!((&*name["name"], &*status.status), ("vm", "prelaunch"));
            }
            qmp.close().await;
            Ok(())
        })
    }

    pub(super) fn item_07_item_26_events(qemu: &Path) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &[]);
        run(async {
            let qmp = connect(&server, Options::new()).await?;
            let mut stops = qmp.subscribe::<Stopped>();
            for _ in 0..20 {
                let stopped = |event: &qmp_transport::RawEvent| event.is::<Stopped>();
                qmp.execute_then_wait(Stop {}, stopped, LONG).await?;
                assert!(stops.next().await.unwrap()?.at().is_some());
                qmp.execute(Cont {}).await?;
            }
            Ok(())
        })
    }

    pub(super) fn item_08_out_of_band_overtakes(qemu: &Path) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &["-S"]);
        run(async {
            let qmp = connect(&server, Options::new().oob(true)).await?;
            let calls = (0..50).map(|_| {
                let qmp = qmp.clone();
                tokio::spawn(async move { qmp.execute(QuerySchema {}).await.map(|_| ()) })
            });
            let calls: Vec<_> = calls.collect();
            for _ in 0..10 {
                let error = qmp.execute_oob(MigratePause {}).await.unwrap_err();
                assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");
            }
            for call in calls {
                call.await??;
            }
            Ok(())
        })
    }

    pub(super) fn item_20_descriptors_travel_along(qemu: &Path) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &["-S"]);
        run(async {
            let qmp = connect(&server, Options::new()).await?;
            let file = std::fs::File::open("/dev/null")?;
            // Among others, each descriptor stays with its command.
            let calls = (0..20).map(|_| {
                let qmp = qmp.clone();
                let file = file.try_clone().unwrap();
                tokio::spawn(async move {
                    qmp.execute(QueryStatus {}).await?;
                    qmp.execute_with_descriptors(AddFd {}, &[file.as_fd()])
                        .await
                })
            });
            for call in calls.collect::<Vec<_>>() {
                assert!(call.await??["fd"] >= 0);
            }
            let error = qmp.execute(AddFd {}).await.unwrap_err();
            assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");
            Ok(())
        })
    }

    /// A new file, and its name.
    fn marked(server: &Server, number: usize) -> (std::fs::File, std::path::PathBuf) {
        let path = server.folder().join(format!("file-{number}"));
        (std::fs::File::create(&path).unwrap(), path)
    }

    /// The file that QEMU has by a number.
    fn held(server: &Server, number: i64) -> std::path::PathBuf {
        std::fs::read_link(format!("/proc/{}/fd/{number}", server.pid())).unwrap()
    }

    pub(super) fn item_33_each_of_many_gets_its_own(qemu: &Path) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &["-S"]);
        run(async {
            let qmp = connect(&server, Options::new().oob(true)).await?;
            for _ in 0..10 {
                let calls = (0..24).map(|number| {
                    let (qmp, (file, path)) = (qmp.clone(), marked(&server, number));
                    tokio::spawn(async move {
                        let files = [file.as_fd()];
                        let set = qmp.execute_with_descriptors(AddFd {}, &files).await;
                        set.map(|set| (set["fd"], path))
                    })
                });
                for call in calls.collect::<Vec<_>>() {
                    let (number, path) = call.await??;
                    assert_eq!(held(&server, number), path);
                }
            }
            Ok(())
        })
    }

    pub(super) fn item_33_one_whose_time_ran_out_holds_up_the_next(
        qemu: &Path,
    ) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &["-S"]);
        run(async {
            let qmp = connect(&server, Options::new().oob(true)).await?;
            server.pause();
            let ((a, of_a), (b, of_b)) = (marked(&server, 0), marked(&server, 1));
            for (file, was_sent) in [(a, true), (b, false)] {
                let files = [file.as_fd()];
                let call = qmp.execute_with_descriptors_within(AddFd {}, &files, SHORT);
                match call.await {
                    Err(Error::TimedOut(error)) => assert_eq!(error.sent, was_sent),
                    other => panic!("{other:?}"),
                }
            }
            server.resume();
            let sets = qmp.execute_raw("query-fdsets", &()).await?;
            let sets = sets.as_array().unwrap();
            assert_eq!(sets.len(), 1, "{sets:?}");
            let number = sets[0]["fds"][0]["fd"].as_i64().unwrap();
            assert_eq!(held(&server, number), of_a);
            assert_ne!(held(&server, number), of_b);
            Ok(())
        })
    }

    pub(super) fn item_02_connecting_under_a_load_of_events(qemu: &Path) -> Result<(), Failed> {
        under_events(qemu, |address| {
            run(async {
                for _ in 0..300 {
                    let qmp = Client::connect(address).await?;
                    let mut events = qmp.subscribe_all();
                    qmp.execute(QueryStatus {}).await?;
                    qmp.close().await;
                    while let Some(event) = events.next().await {
                        assert!(["STOP", "RESUME"].contains(&&*event?.name));
                    }
                }
                Ok(())
            })
        })
    }

    pub(super) fn item_09_each_out_of_band_command(qemu: &Path) -> Result<(), Failed> {
        use qmp_types::compat::commands::{MigratePause, MigrateRecover, QueryYank, Yank};
        use qmp_types::compat::types::YankInstance;

        let server = Server::qemu(qemu, &["-S"]);
        run(async {
            let qmp = connect(&server, Options::new().oob(true)).await?;
            let recover = MigrateRecover::new("tcp:127.0.0.1:1");
            let refused = [
                qmp.execute_oob(MigratePause::new()).await.unwrap_err(),
                qmp.execute_oob(recover).await.unwrap_err(),
            ];
            for error in &refused {
                assert_eq!(error.class(), Some(&ErrorClass::GenericError), "{error}");
            }
            let listed = qmp.execute_oob(QueryYank::new()).await;
            let none: [YankInstance; 0] = [];
            let yanked = qmp.execute_oob(Yank::new(none)).await;
            if is_older(qmp.greeting().as_ref(), 6, 0) {
                assert_eq!(
                    listed.unwrap_err().class(),
                    Some(&ErrorClass::CommandNotFound)
                );
            } else {
                // The monitor's own socket, at least, can be pulled out.
                assert!(!listed?.is_empty());
                yanked?;
            }
            Ok(())
        })
    }

    pub(super) fn item_24_cancelled_requests_do_no_harm(qemu: &Path) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &["-S", "-name", "vm"]);
        run(async {
            let qmp = connect(&server, Options::new()).await?;
            for turn in 0..1000_u64 {
                let soon = Duration::from_micros(turn % 500);
                // Some are answered in time, most are not.
                let _ = tokio::time::timeout(soon, qmp.execute(QueryStatus {})).await;
            }
            assert_eq!(qmp.execute(QueryName {}).await?["name"], "vm");
            Ok(())
        })
    }

    pub(super) fn item_25_a_sleeping_subscriber_delays_nothing(qemu: &Path) -> Result<(), Failed> {
        under_events(qemu, |address| {
            run(async {
                let options = Options::new().event_queue(10);
                let qmp = Client::<Qmp>::connect_with(address, options).await?;
                let mut asleep = qmp.subscribe_all();
                for _ in 0..1000 {
                    qmp.execute_within(QueryStatus {}, LONG).await?;
                }
                let error = asleep.next().await.unwrap().unwrap_err();
                assert!(matches!(&error, Error::Lagged(lagged) if lagged.lost > 0));
                assert!(asleep.next().await.unwrap().is_ok());
                Ok(())
            })
        })
    }

    pub(super) fn item_27_a_server_that_falls_silent(qemu: &Path) -> Result<(), Failed> {
        let server = Server::qemu(qemu, &["-S", "-name", "vm"]);
        run(async {
            let qmp = connect(&server, Options::new()).await?;
            server.pause();
            let error = qmp.execute_within(QueryStatus {}, SHORT).await.unwrap_err();
            assert!(
                matches!(&error, Error::TimedOut(error) if error.sent),
                "{error}"
            );
            server.resume();
            assert_eq!(qmp.execute(QueryName {}).await?["name"], "vm");
            Ok(())
        })
    }

    pub(super) fn item_21_item_22_guest_agent(agent: &Path) -> Result<(), Failed> {
        let server = start_agent(agent);
        run(async {
            let options = Options::new().await_server(true).connect_limit(LONG);
            let client = Client::<Qga>::connect_with(server.address(), options).await?;
            client.execute(GuestPing {}).await?;
            let error = client.execute(GuestShutdown { mode: "wrong" }).await;
            assert!(matches!(error, Err(Error::Rejected(_))));
            server.pause();
            let error = client.execute_within(GuestGetTime {}, SHORT).await;
            assert!(matches!(error, Err(Error::TimedOut(_))));
            server.resume();
            assert!(client.execute(GuestGetTime {}).await? > 0);
            Ok(())
        })
    }
}
