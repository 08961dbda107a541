//! The session, which gets its input byte by byte. `item_NN` in a name is the rule's number in
//! PROTOCOL.md.

#![allow(clippy::unwrap_used)]

#[path = "support/commands.rs"]
mod commands;

use commands::{QueryStatus, QueryYank, SetSpeed};
use qmp_transport::session::{Abandoned, Config, Id, Incoming, Reason, Session};
use qmp_transport::{Error, ErrorClass, RawEvent};
use qmp_types::wire;

const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"micro": 1, "minor": 2, "major": 9},
    "package": "v9.2.1-dirty"}, "capabilities": ["oob", {"later": 1}]}}"#;

/// [`Incoming`] that outlives the poll.
#[derive(Debug, PartialEq)]
enum Seen {
    Ready,
    Returned(Id, String),
    Rejected(Id, ErrorClass, String),
    TooLarge(Id),
    Event(String, String),
}

fn drain(session: &mut Session) -> Vec<Seen> {
    let mut seen = Vec::new();
    while let Some(incoming) = session.poll().unwrap() {
        seen.push(match incoming {
            Incoming::Ready => Seen::Ready,
            Incoming::Returned { id, json } => Seen::Returned(id, json.to_owned()),
            Incoming::Rejected { id, rejection } => {
                Seen::Rejected(id, rejection.class, rejection.description)
            }
            Incoming::TooLarge { id } => Seen::TooLarge(id),
            Incoming::Event(event) => Seen::Event(event.name.clone(), event.data_json().to_owned()),
            other => panic!("{other:?}"),
        });
    }
    seen
}

fn receive(session: &mut Session, text: &str) -> Vec<Seen> {
    session.receive(text.as_bytes());
    drain(session)
}

fn take_outgoing(session: &mut Session) -> String {
    let text = String::from_utf8(session.outgoing().to_vec()).unwrap();
    session.sent(text.len());
    text
}

fn ready_with(set: impl FnOnce(&mut Config)) -> Session {
    let mut config = Config::default();
    set(&mut config);
    let mut session = Session::new(config);
    assert_eq!(receive(&mut session, GREETING), []);
    take_outgoing(&mut session);
    assert_eq!(
        receive(&mut session, r#"{"return":{},"id":1}"#),
        [Seen::Ready]
    );
    session
}

fn ready() -> Session {
    ready_with(|_| {})
}

fn query(session: &mut Session) -> Id {
    session.execute(&QueryStatus {}).unwrap()
}

#[test]
fn item_01_values_not_lines() {
    let mut session = ready();
    let id = query(&mut session);
    let text = format!(
        "\r\n {{\n  \"return\": {{\r\n   \"a]}}\\\"\" : [ {{ }} ]\n }},\r\n \"id\" : {}\n}}\r\n\
         {{\"event\":\"A\"}}{{\"event\":\"B\"}}\n",
        id.get()
    );
    let returned = "{\r\n   \"a]}\\\"\" : [ { } ]\n }".to_owned();
    let all = [
        Seen::Returned(id, returned.clone()),
        Seen::Event("A".into(), "{}".into()),
        Seen::Event("B".into(), "{}".into()),
    ];
    assert_eq!(receive(&mut session, &text), all);

    // In all splits into two pieces.
    for split in 0..text.len() {
        let mut session = ready();
        query(&mut session);
        let mut seen = receive(&mut session, &text[..split]);
        seen.extend(receive(&mut session, &text[split..]));
        assert_eq!(seen, all, "split at {split}");
    }
}

#[test]
fn item_02_events_come_at_any_time() {
    let mut session = Session::new(Config::default());
    let event = |name: &str| Seen::Event(name.into(), "{}".into());
    let text = format!(r#"{{"event":"A"}}{GREETING}{{"event":"B"}}{{"return":{{}},"id":1}}"#);
    assert_eq!(
        receive(&mut session, &text),
        [event("A"), event("B"), Seen::Ready]
    );
}

#[test]
fn item_03_commands_wait_for_the_negotiation() {
    let mut session = Session::new(Config::default());
    let id = query(&mut session);
    assert_eq!(session.outgoing(), b"");
    receive(&mut session, GREETING);
    let sent = take_outgoing(&mut session);
    assert_eq!(sent, "{\"execute\":\"qmp_capabilities\",\"id\":2}\n");
    let seen = receive(&mut session, r#"{"return":{},"id":2}"#);
    assert_eq!(seen, [Seen::Ready]);
    let sent = take_outgoing(&mut session);
    assert_eq!(sent, "{\"execute\":\"query-status\",\"id\":1}\n");
    assert_eq!(
        receive(&mut session, r#"{"return":5,"id":1}"#),
        [Seen::Returned(id, "5".into())]
    );
}

#[test]
fn item_05_every_command_has_an_unsigned_integer_as_its_id() {
    let mut session = ready_with(|config| config.in_flight = 3);
    let ids: Vec<u64> = (0..3).map(|_| query(&mut session).get()).collect();
    let sent = take_outgoing(&mut session);
    let sent = sent.lines().map(|line| {
        let command: serde_json::Value = serde_json::from_str(line).unwrap();
        command["id"].as_u64().unwrap()
    });
    assert_eq!(sent.collect::<Vec<_>>(), ids);
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn item_06_an_error_without_id_is_the_oldest_commands() {
    let mut session = ready();
    let (first, second) = (query(&mut session), query(&mut session));
    let error = r#"{"error":{"class":"GenericError","desc":"not read"}}"#;
    let rejected = |id| {
        let description = "not read".to_owned();
        Seen::Rejected(id, ErrorClass::GenericError, description)
    };
    assert_eq!(receive(&mut session, error), [rejected(first)]);
    assert_eq!(receive(&mut session, error), [rejected(second)]);
    assert_eq!(receive(&mut session, error), []);
}

#[test]
fn item_06_replies_with_unknown_ids_are_dropped() {
    let mut session = ready();
    let id = query(&mut session);
    let strange = r#"{"return":1,"id":999}{"return":2,"id":"2"}{"return":3,"id":-2}{"return":4}
        {"error":{"class":"GenericError","desc":""},"id":null}{"return":1,"id":1}"#;
    assert_eq!(receive(&mut session, strange), []);
    assert_eq!(
        receive(&mut session, r#"{"id":2,"return":5}"#),
        [Seen::Returned(id, "5".into())]
    );
}

#[test]
fn item_08_at_most_eight_in_band_commands_are_under_way() {
    let mut session = ready_with(|config| config.oob = true);
    let ids: Vec<Id> = (0..10).map(|_| query(&mut session)).collect();
    assert_eq!(take_outgoing(&mut session).lines().count(), 8);
    let urgent = session.execute_oob(&QueryYank {}).unwrap();
    assert_eq!(
        take_outgoing(&mut session),
        format!("{{\"exec-oob\":\"query-yank\",\"id\":{}}}\n", urgent.get())
    );
    for (place, id) in [urgent, ids[0], ids[1], ids[2]].into_iter().enumerate() {
        let reply = format!(r#"{{"return":{{}},"id":{}}}"#, id.get());
        assert_eq!(
            receive(&mut session, &reply),
            [Seen::Returned(id, "{}".into())]
        );
        let let_out = usize::from(place == 1 || place == 2);
        assert_eq!(take_outgoing(&mut session).lines().count(), let_out);
    }
}

#[test]
fn item_08_oob_must_be_enabled() {
    let mut config = Config::default();
    config.oob = true;
    let mut session = Session::new(config);
    receive(&mut session, GREETING);
    assert_eq!(
        take_outgoing(&mut session),
        "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},\"id\":1}\n"
    );
    receive(&mut session, r#"{"return":{},"id":1}"#);
    assert!(session.oob());

    let mut session = ready();
    let error = session.execute_oob(&QueryYank {}).unwrap_err();
    assert!(matches!(&error, Error::OobUnavailable(error) if error.offered));
    assert!(error.to_string().contains("Options::oob"));
    assert_eq!(session.outgoing(), b"");
}

#[test]
fn item_10_events_without_data_or_clock() {
    let mut session = ready();
    session.receive(
        br#"{"timestamp":{"seconds":-1,"microseconds":-1},"event":"STOP"}
        {"event":"RTC_CHANGE","data":{"offset":78},"timestamp":{"seconds":1267020223,"microseconds":435656}}
        {"event":"X","data":null}"#,
    );
    let mut next = || match session.poll().unwrap() {
        Some(Incoming::Event(event)) => event,
        other => panic!("{other:?}"),
    };
    let stop: RawEvent = next();
    assert!(stop.data.is_none());
    let timestamp = stop.timestamp.unwrap();
    assert_eq!((timestamp.seconds, timestamp.microseconds), (-1, -1));
    assert_eq!(timestamp.system_time(), None);
    assert!(stop.is::<commands::Stopped>());

    let rtc = next();
    assert_eq!(rtc.data_json(), r#"{"offset":78}"#);
    let since = rtc.timestamp.unwrap().system_time().unwrap();
    let since = since.duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(since.as_micros(), 1_267_020_223_435_656);

    // Null is not absent.
    assert_eq!(next().data.unwrap().get(), "null");
}

#[test]
fn item_11_unknown_members_are_ignored_and_none_are_sent() {
    let mut session = ready();
    let id = session.execute(&SetSpeed { speed: 1.5 }).unwrap();
    assert_eq!(
        take_outgoing(&mut session),
        format!(
            "{{\"execute\":\"set-speed\",\"arguments\":{{\"speed\":1.5}},\"id\":{}}}\n",
            id.get()
        )
    );
    let text = format!(
        r#"{{"x":[{{}}],"event":"A","y":1,"timestamp":{{"zone":{{}},"seconds":1,"microseconds":2}}}}
        {{"later":{{"id":1}},"return":null,"id":{},"\u0069x":0}}"#,
        id.get()
    );
    assert_eq!(
        receive(&mut session, &text),
        [
            Seen::Event("A".into(), "{}".into()),
            Seen::Returned(id, "null".into())
        ]
    );
}

#[test]
fn item_12_numbers_fill_their_types() {
    let mut session = ready();
    for (json, is) in [
        ("5", 5.0),
        ("-3", -3.0),
        ("18446744073709551615", 1.8446744073709552e19),
    ] {
        let id = session.execute(&SetSpeed { speed: 0.0 }).unwrap();
        let reply = format!(r#"{{"return":{json},"id":{}}}"#, id.get());
        let returned = receive(&mut session, &reply);
        let [Seen::Returned(_, json)] = &returned[..] else {
            panic!("{returned:?}")
        };
        assert_eq!(wire::from_json::<f64>(json).unwrap(), is);
    }
    assert_eq!(
        wire::from_json::<u64>("18446744073709551615").unwrap(),
        u64::MAX
    );
    assert_eq!(
        wire::from_json::<i64>("-9223372036854775808").unwrap(),
        i64::MIN
    );
}

#[test]
fn item_13_escapes_are_read() {
    let mut session = ready();
    let id = query(&mut session);
    let reply = format!(
        r#"{{"return":"\uD83D\uDE00 \uFFFD \u00fc \u0000","\u0069d":{}}}"#,
        id.get()
    );
    let returned = receive(&mut session, &reply);
    let [Seen::Returned(_, json)] = &returned[..] else {
        panic!("{returned:?}")
    };
    assert_eq!(wire::from_json::<String>(json).unwrap(), "😀 \u{fffd} ü \0");
    assert_eq!(
        receive(&mut session, r#"{"event":"\u0041\"B"}"#),
        [Seen::Event("A\"B".into(), "{}".into())]
    );
}

#[test]
fn item_14_what_json_cannot_carry_is_refused_before_it_is_sent() {
    let mut session = ready();
    let error = session.execute(&SetSpeed { speed: f64::NAN }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot send set-speed: invalid number: NaN is not JSON"
    );
    assert_eq!(session.outgoing(), b"");
    assert_eq!(session.under_way(), 0);
    assert!(query(&mut session).get() > 1);
}

#[test]
fn item_15_nesting_is_bounded() {
    let nested = |depth: usize| {
        let mut session = ready();
        let id = query(&mut session);
        let text = format!(
            r#"{{"return":{}{},"id":{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth),
            id.get()
        );
        session.receive(text.as_bytes());
        session.poll().map(|incoming| incoming.is_some())
    };
    assert!(nested(1023).unwrap());
    let broken = nested(1024).unwrap_err();
    assert_eq!(broken.reason, Reason::TooDeep { limit: 1024 });
    let broken = nested(10_000).unwrap_err();
    assert_eq!(broken.reason, Reason::TooDeep { limit: 1024 });
}

#[test]
fn item_23_a_reply_past_the_limit_is_an_error_of_its_command_only() {
    let fill = "x".repeat(3000);
    // The id after the value and before it; lists, strings and errors.
    for reply in [
        r#"{"return":[{"a":"FILL"}],"id":ID}"#,
        r#"{"id":ID,"return":["FILL"]}"#,
        r#"{"return":"FILL","id":ID}"#,
        r#"{"error":{"class":"GenericError","desc":"FILL"},"id":ID}"#,
        r#"{"return":"FILLFILL","id":ID}"#,
    ] {
        let mut session = ready_with(|config| config.reply_limit = 1000);
        let (large, small) = (query(&mut session), query(&mut session));
        let reply = reply
            .replace("FILL", &fill)
            .replace("ID", &large.get().to_string());
        let text = format!(r#"{reply}{{"return":7,"id":{}}}"#, small.get());
        let all = [Seen::TooLarge(large), Seen::Returned(small, "7".into())];
        assert_eq!(receive(&mut session, &text), all);

        let mut session = ready_with(|config| config.reply_limit = 1000);
        query(&mut session);
        query(&mut session);
        let pieces = text.as_bytes().chunks(7);
        let seen = pieces.flat_map(|piece| {
            session.receive(piece);
            drain(&mut session)
        });
        assert_eq!(seen.collect::<Vec<_>>(), all);
    }
}

#[test]
fn item_23_a_large_string_is_its_commands_too() {
    for reply in [
        r#"{"return": "LARGE", "id": ID}"#,
        r#"{"id": ID, "return": "LARGE"}"#,
        r#"{"error": {"class": "GenericError", "desc": "LARGE"}, "id": ID}"#,
        r#"{"return": "\"id\": 9\\LARGE", "x": "LARGE", "id": ID}"#,
    ] {
        let mut session = ready_with(|config| config.reply_limit = 1000);
        let (first, second) = (query(&mut session), query(&mut session));
        take_outgoing(&mut session);
        let reply = reply
            .replace("LARGE", &"x\\\"{".repeat(5000))
            .replace("ID", &second.get().to_string());
        for piece in reply.as_bytes().chunks(700) {
            session.receive(piece);
        }
        assert_eq!(drain(&mut session), [Seen::TooLarge(second)], "{reply:.80}");
        let last = format!(r#"{{"return": 1, "id": {}}}"#, first.get());
        assert_eq!(
            receive(&mut session, &last),
            [Seen::Returned(first, "1".into())]
        );
    }
}

#[test]
fn item_23_memory_stays_bounded_by_the_limit() {
    let mut session = ready_with(|config| config.reply_limit = 100_000);
    let id = query(&mut session);
    session.receive(b"{\"return\":\"");
    for _ in 0..1000 {
        session.receive(&[b'x'; 10_000]);
        assert!(session.poll().unwrap().is_none());
        assert!(session.space().len() < 400_000);
    }
    let end = format!("\",\"id\":{}}}", id.get());
    assert_eq!(receive(&mut session, &end), [Seen::TooLarge(id)]);
}

#[test]
fn item_21_a_sentinel_voids_what_came_before_it() {
    let mut config = Config::new::<qmp_transport::Qga>();
    config.reply_limit = 64;
    for text in [
        "{\"return\": \"half",
        &format!("{{\"return\": \"{}", "x".repeat(100)),
    ] {
        let mut session = Session::new(config.clone());
        let sync =
            "\u{1}{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":1},\"id\":1}\n";
        assert_eq!(session.outgoing()[0], 0xff);
        assert_eq!(session.outgoing()[1..], sync.as_bytes()[1..]);
        // Messages for another client, up to the answer.
        assert_eq!(
            receive(&mut session, "}garbage{\"return\": 1, \"id\": 1}"),
            []
        );
        session.receive(b"\xff{\"return\": 1, \"id\": 1}\n");
        assert_eq!(drain(&mut session), [Seen::Ready]);

        let id = query(&mut session);
        assert_eq!(receive(&mut session, text), []);
        session.receive(b"\xff");
        let reply = format!("{{\"return\": 5, \"id\": {}}}", id.get());
        assert_eq!(
            receive(&mut session, &reply),
            [Seen::Returned(id, "5".into())]
        );
    }
}

#[test]
fn item_16_an_agent_is_resynchronised_by_a_byte_that_no_json_holds() {
    let mut session = Session::new(Config::new::<qmp_transport::Qga>());
    // At the start, since another client may have left half a command behind.
    assert_eq!(session.outgoing()[..2], [0xff, b'{']);
    let all = session.outgoing().len();
    session.sent(all);
    session.receive(b"\xff{\"return\": 1, \"id\": 1}");
    assert_eq!(drain(&mut session), [Seen::Ready]);

    // And again after a command that was abandoned.
    let id = query(&mut session);
    let all = session.outgoing().len();
    session.sent(all);
    session.abandon(id);
    session.resync();
    assert_eq!(session.outgoing()[..2], [0xff, b'{']);
    assert!(!session.is_ready());

    // A monitor of QEMU has a parser for each connection, and ids identify late
    // answers, so it is never sent to one.
    let mut session = ready();
    let id = query(&mut session);
    take_outgoing(&mut session);
    session.abandon(id);
    session.resync();
    assert_eq!(session.outgoing(), b"");
}

#[test]
fn item_17_a_description_decides_nothing() {
    for description in [
        r#""""#,
        r#""CommandNotFound: query-status""#,
        r#""{\"class\": \"DeviceNotFound\"}""#,
        "null",
        "17",
    ] {
        let mut session = ready();
        let id = query(&mut session);
        let error = format!(r#"{{"class": "DeviceNotActive", "desc": {description}}}"#);
        let reply = format!(r#"{{"error": {error}, "id": {}}}"#, id.get());
        let seen = receive(&mut session, &reply);
        let [Seen::Rejected(of, class, text)] = &seen[..] else {
            panic!("{seen:?}")
        };
        assert_eq!((of, class), (&id, &ErrorClass::DeviceNotActive));
        // It is returned as it is.
        let said: Option<String> = serde_json::from_str(description).ok();
        assert_eq!(*text, said.unwrap_or_default());
    }
    // Nor is it needed.
    let mut session = ready();
    let id = query(&mut session);
    let seen = receive(
        &mut session,
        r#"{"error": {"class": "KVMMissingCap"}, "id": 2}"#,
    );
    assert_eq!(
        seen,
        [Seen::Rejected(id, ErrorClass::KvmMissingCap, String::new())]
    );
}

#[test]
fn item_21_the_answer_to_the_sync_is_compared() {
    let mut session = Session::new(Config::new::<qmp_transport::Qga>());
    // The answer to another client, and one with a wrong id.
    session.receive(b"\xff{\"return\": 77, \"id\": 77}\xff{\"return\": 5}");
    assert_eq!(drain(&mut session), []);
    assert!(!session.is_ready());
    session.receive(b"\xff{\"return\": 1, \"id\": 1}");
    assert_eq!(drain(&mut session), [Seen::Ready]);
}

#[test]
fn item_21_an_old_agent_sends_no_ids_back() {
    let mut session = Session::new(Config::new::<qmp_transport::Qga>());
    session.receive(b"\xff{\"return\": 2}\xff{\"return\": 1}");
    assert_eq!(drain(&mut session), [Seen::Ready]);
    let (first, second) = (query(&mut session), query(&mut session));
    assert_eq!(
        receive(&mut session, r#"{"return": "a"}{"return": "b"}"#),
        [
            Seen::Returned(first, "\"a\"".into()),
            Seen::Returned(second, "\"b\"".into())
        ]
    );
    // A late answer, after the synchronisation that follows a time limit, is discarded.
    let late = query(&mut session);
    session.abandon(late);
    session.resync();
    let next = query(&mut session);
    session.receive(b"{\"return\": \"late\"}\xff{\"return\": 5}{\"return\": \"c\"}");
    assert_eq!(
        drain(&mut session),
        [Seen::Ready, Seen::Returned(next, "\"c\"".into())]
    );
}

#[test]
fn item_24_item_27_what_was_given_up_never_answers_another() {
    let mut session = ready_with(|config| config.in_flight = 2);
    let ids: Vec<Id> = (0..4).map(|_| query(&mut session)).collect();
    assert_eq!(take_outgoing(&mut session).lines().count(), 2);
    assert_eq!(session.abandon(ids[0]), Abandoned::Sent);
    assert_eq!(session.abandon(ids[2]), Abandoned::Unsent);
    let late = format!(r#"{{"return":"late","id":{}}}"#, ids[0].get());
    assert_eq!(receive(&mut session, &late), []);
    // Another command has its turn, and what was not sent never is.
    let sent = take_outgoing(&mut session);
    assert!(
        sent.contains(&format!("\"id\":{}}}", ids[3].get())),
        "{sent}"
    );
    for id in [ids[1], ids[3]] {
        let reply = format!(r#"{{"return":1,"id":{}}}"#, id.get());
        assert_eq!(
            receive(&mut session, &reply),
            [Seen::Returned(id, "1".into())]
        );
    }
    assert_eq!(session.abandon(ids[1]), Abandoned::Unknown);
    assert_eq!(session.under_way(), 0);
}

#[test]
fn item_28_a_command_is_one_piece() {
    let mut session = ready();
    query(&mut session);
    assert!(session.outgoing().ends_with(b"}\n"));
    assert!(session.outgoing().starts_with(b"{\"execute\":"));
    session.sent(5);
    assert!(session.outgoing().starts_with(b"cute\":"));
}

#[test]
fn item_29_an_unknown_error_class_is_kept() {
    let mut session = ready();
    let id = query(&mut session);
    let reply = r#"{"id":2,"error":{"class":"Newer","desc":"d","data":{}}}"#;
    assert_eq!(
        receive(&mut session, reply),
        [Seen::Rejected(
            id,
            ErrorClass::Other("Newer".into()),
            "d".into()
        )]
    );
}

#[test]
fn what_is_not_qmp_is_told_with_an_excerpt() {
    for (text, reason) in [
        ("HTTP/1.1 400 Bad Request\r\n", "expected a JSON object"),
        ("[1]", "expected a JSON object"),
        ("{\"return\":?}", "expected value"),
        ("{\"return\":1 \"id\":2}", "expected `,`"),
        ("{}", "unknown kind of message"),
        ("{\"QMP\":{}}", "unknown kind of message"),
        ("{\"event\":5}", "expected a string"),
        ("{\"event\":\"\u{1}\"}", "control character"),
    ] {
        let mut session = ready();
        session.receive(text.as_bytes());
        let broken = session.poll().unwrap_err();
        let message = broken.to_string();
        assert!(message.contains(reason), "{text}: {message}");
        assert!(broken.excerpt.contains(text.trim_end()), "{broken:?}");
        // The session cannot go on.
        session.receive(br#"{"event":"A"}"#);
        assert_eq!(session.poll().unwrap_err(), broken);
    }
    let mut session = ready();
    session.receive(b"{\"return\":\"\xff\"}");
    assert_eq!(session.poll().unwrap_err().reason, Reason::NotAnObject);
    let mut session = ready();
    session.receive(b"{\"event\":\"\xc3\x28\"}");
    assert!(matches!(
        session.poll().unwrap_err().reason,
        Reason::NotJson { .. }
    ));
}

#[test]
fn an_excerpt_is_short_and_shows_the_place() {
    let mut session = ready();
    let text = format!("{{\n\"return\":[{} ?]}}", "1,".repeat(100_000));
    session.receive(text.as_bytes());
    let broken = session.poll().unwrap_err();
    assert!(broken.excerpt.len() < 200);
    assert!(broken.excerpt.contains("1, ?]"), "{}", broken.excerpt);
}

#[test]
fn a_large_reply_in_single_bytes_takes_linear_time() {
    let mut session = ready();
    let id = query(&mut session);
    let text = format!(
        r#"{{"return":[{}0],"id":{}}}"#,
        r#"{"a":"\\"},"#.repeat(200_000),
        id.get()
    );
    let (last, rest) = text.as_bytes().split_last().unwrap();
    for byte in rest {
        session.space()[0] = *byte;
        session.filled(1);
        assert!(session.poll().unwrap().is_none());
    }
    session.receive(&[*last]);
    assert!(matches!(
        session.poll().unwrap(),
        Some(Incoming::Returned { .. })
    ));
}

#[test]
fn the_greeting_is_read_as_far_as_it_can_be() {
    let mut session = ready();
    let greeting = session.greeting().unwrap();
    assert_eq!(greeting.version.to_string(), "9.2.1 (v9.2.1-dirty)");
    assert_eq!(greeting.capabilities, ["oob"]);
    assert!(greeting.offers_oob());

    session = Session::new(Config::default());
    receive(&mut session, r#"{"QMP":{"version":"one"}}"#);
    assert_eq!(session.greeting().unwrap().version.major, 0);
}

#[test]
fn a_refused_negotiation_is_told() {
    let mut session = Session::new(Config::default());
    receive(&mut session, GREETING);
    session.receive(br#"{"id":1,"error":{"class":"GenericError","desc":"no"}}"#);
    let Some(Incoming::NotReady(rejection)) = session.poll().unwrap() else {
        panic!()
    };
    assert_eq!(rejection.description, "no");
}
