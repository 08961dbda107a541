//! Introspections of real QEMUs, and malformed ones.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use qmp_transport::Introspection;
use qmp_transport::introspection::PathProblem;
use qmp_types::v11_1::{commands, events};
use serde_json::{Value, json};

/// What each release with a recording tells of itself.
fn recordings() -> Vec<(&'static str, Introspection)> {
    let releases = qapi_schemas::RELEASES.iter();
    let recorded = releases.filter_map(|release| {
        let introspection = Introspection::from_json(release.introspection?).unwrap();
        Some((release.name, introspection))
    });
    recorded.collect()
}

/// The error that a reply is, without the place in the text.
fn error_of(reply: &Value) -> String {
    let error = Introspection::from_json(&reply.to_string()).unwrap_err();
    let text = error.to_string();
    text.split(" at line ").next().unwrap().to_owned()
}

#[test]
fn each_path_is_in_the_releases_that_have_it() {
    // In 5.2, 7.2, 10.0 and 11.1.
    let table = [
        ("query-status", "yyyy"),
        ("BLOCK_JOB_COMPLETED", "yyyy"),
        ("query-stats", "nyyy"),
        ("query-none", "nnnn"),
        ("query-status/arg-type", "yyyy"),
        ("BLOCK_JOB_COMPLETED/arg-type/type/^commit", "yyyy"),
        ("BLOCK_JOB_COMPLETED/ret-type", "nnnn"),
        ("block-commit/arg-type/top", "yyyy"),
        ("block-commit/arg-type/*top", "yyyy"),
        ("block-commit/arg-type/*device", "nnnn"),
        ("block-commit/arg-type/!top", "nnnn"),
        ("block-commit/arg-type/speed/!int", "yyyy"),
        ("block-commit/arg-type/speed/!string", "nnnn"),
        ("block-commit/arg-type/ device", "yyyy"),
        ("blockdev-add/arg-type/+file/aio/^io_uring", "yyyy"),
        ("blockdev-add/arg-type/+file/aio/^none", "nnnn"),
        ("blockdev-add/arg-type/+nvme", "yyyy"),
        ("blockdev-add/arg-type/nvme", "nnnn"),
        // Through an alternate: a name, or the options of a node.
        ("blockdev-add/arg-type/+qcow2/file/+file/filename", "yyyy"),
        ("blockdev-add/arg-type/+qcow2/backing/!null", "yyyy"),
        // Through arrays.
        (
            "query-named-block-nodes/ret-type/image/snapshots/vm-clock-nsec",
            "yyyy",
        ),
        ("query-cpus-fast/ret-type/qom-type", "nnny"),
        ("query-cpus-fast/ret-type/*qom-type", "nnnn"),
        ("query-cpus-fast/ret-type/qom-path/!string", "yyyy"),
        // Features of a command, a type, a member and a value.
        ("query-cpus-fast/$deprecated", "nnnn"),
        ("block-job-cancel/$deprecated", "nnnn"),
        ("query-sgx/$unstable", "nnnn"),
        ("x-query-jit/$unstable", "nyyy"),
        (
            "blockdev-add/arg-type/+file/$dynamic-auto-read-only",
            "yyyy",
        ),
        ("netdev_add/arg-type/+tap/$none", "nnnn"),
        ("query-cpus-fast/ret-type/arch/$deprecated", "ynnn"),
        ("blockdev-add/arg-type/+gluster", "yyyn"),
        ("blockdev-add/arg-type/driver/^gluster/$deprecated", "nnyn"),
        ("block-commit/arg-type/base/$deprecated", "yyyy"),
    ];
    let recordings = recordings();
    assert_eq!(
        recordings.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["5.2", "7.2", "10.0", "11.1"]
    );
    let mut wrong = Vec::new();
    for (path, expected) in table {
        let has: String = recordings
            .iter()
            .map(|(_, qemu)| if qemu.has(path).unwrap() { 'y' } else { 'n' })
            .collect();
        if has != expected {
            wrong.push((path, has));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_part_of_a_recording_is_found_by_its_path() {
    for release in qapi_schemas::RELEASES {
        let Some(json) = release.introspection else {
            continue;
        };
        let qemu = Introspection::from_json(json).unwrap();
        let entities: Vec<Value> = serde_json::from_str(json).unwrap();
        let (mut commands, mut events, mut members) = (Vec::new(), Vec::new(), 0);
        for entity in &entities {
            let name = entity["name"].as_str().unwrap();
            match entity["meta-type"].as_str().unwrap() {
                "command" => commands.push(name),
                "event" => events.push(name),
                _ => continue,
            }
            for feature in entity["features"].as_array().into_iter().flatten() {
                let feature = feature.as_str().unwrap();
                assert!(qemu.has(&format!("{name}/${feature}")).unwrap());
            }
            for part in ["arg-type", "ret-type"] {
                let of = entities.iter().find(|of| of["name"] == entity[part]);
                let Some(of) = of.filter(|of| of["meta-type"] == "object") else {
                    continue;
                };
                for member in of["members"].as_array().unwrap() {
                    let path = |sign: &str| {
                        let member = member["name"].as_str().unwrap();
                        format!("{name}/{part}/{sign}{member}")
                    };
                    assert!(qemu.has(&path("")).unwrap(), "{}", path(""));
                    let optional = member.get("default").is_some();
                    assert_eq!(qemu.has(&path("*")).unwrap(), optional, "{}", path("*"));
                    members += 1;
                }
                for branch in of["variants"].as_array().into_iter().flatten() {
                    let branch = branch["case"].as_str().unwrap();
                    assert!(qemu.has(&format!("{name}/{part}/+{branch}")).unwrap());
                }
            }
        }
        assert!(members > 400, "{members}");
        commands.sort_unstable();
        events.sort_unstable();
        assert_eq!(qemu.commands().collect::<Vec<_>>(), commands);
        assert_eq!(qemu.events().collect::<Vec<_>>(), events);
    }
}

#[test]
fn commands_and_events_are_asked_for_by_their_types() {
    for (release, qemu) in recordings() {
        assert!(qemu.supports::<commands::BlockdevBackup>());
        assert!(qemu.supports_event::<events::Shutdown>());
        assert_eq!(qemu.supports::<commands::QueryStats>(), release != "5.2");
        assert_eq!(
            qemu.supports_event::<events::MemoryFailure>(),
            qemu.has("MEMORY_FAILURE").unwrap()
        );
    }
    let command = json!([
        {"name": "SHUTDOWN", "meta-type": "command", "arg-type": "0", "ret-type": "0"},
        {"name": "0", "meta-type": "object", "members": []},
    ]);
    let introspection = Introspection::from_json(&command.to_string()).unwrap();
    assert!(!introspection.supports_event::<events::Shutdown>());
}

#[test]
fn a_stored_introspection_answers_as_before() {
    for (release, qemu) in recordings() {
        let stored = qemu.to_bytes();
        let again = Introspection::from_bytes(&stored).unwrap();
        assert_eq!(again.to_bytes(), stored, "{release}");
        assert_eq!(
            again.commands().collect::<Vec<_>>(),
            qemu.commands().collect::<Vec<_>>()
        );
        for path in [
            "blockdev-add/arg-type/+file/aio/^io_uring",
            "block-commit/arg-type/base/$deprecated",
            "blockdev-add/arg-type/+qcow2/file/+file/filename",
        ] {
            assert!(again.has(path).unwrap(), "{release}: {path}");
        }
        assert!(!again.has("blockdev-add/arg-type/+none").unwrap());
    }
}

#[test]
fn a_malformed_path_is_an_error_that_names_the_segment() {
    let qemu = Introspection::from_json("[]").unwrap();
    for (path, segment, problem) in [
        ("", "", PathProblem::NotAName),
        ("/arg-type", "", PathProblem::NotAName),
        ("query status", "query status", PathProblem::NotAName),
        ("stop/", "", PathProblem::NeitherArgumentsNorReply),
        ("stop/id", "id", PathProblem::NeitherArgumentsNorReply),
        (
            "stop/^arg-type",
            "^arg-type",
            PathProblem::NeitherArgumentsNorReply,
        ),
        ("stop/$", "$", PathProblem::NeitherArgumentsNorReply),
        ("stop/arg-type/", "", PathProblem::NotAName),
        ("stop/arg-type//a", "", PathProblem::NotAName),
        ("stop/arg-type/+", "+", PathProblem::NotAName),
        ("stop/arg-type/*é", "*é", PathProblem::NotAName),
        ("stop/arg-type/é", "é", PathProblem::NotAName),
        ("stop/$a/b", "b", PathProblem::NothingInside),
        ("stop/arg-type/^a/b", "b", PathProblem::NothingInside),
        ("stop/arg-type/^a/$f/$g", "$g", PathProblem::NothingInside),
        ("stop/arg-type/a/!int/b", "b", PathProblem::NothingInside),
    ] {
        let error = qemu.has(path).unwrap_err();
        assert_eq!((error.segment(), error.problem()), (segment, problem));
        assert_eq!(error.path(), path);
    }
    let error = qemu.has("stop/id").unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid path \"stop/id\": expected `arg-type`, `ret-type` or `$feature` \
         after the command or event, found \"id\""
    );
}

#[test]
fn a_malformed_reply_is_an_error_that_names_the_entry() {
    let object = json!({"name": "0", "meta-type": "object", "members": []});
    let command = json!({"name": "a", "meta-type": "command", "arg-type": "0", "ret-type": "0"});
    let member = |ty: &str| json!([{"name": "m", "type": ty}]);
    for (reply, expected) in [
        (json!({}), "invalid type: map, expected an array"),
        (
            json!([1]),
            "[0]: invalid type: integer `1`, expected the object SchemaInfo",
        ),
        (json!([{}]), "[0].name: missing mandatory member"),
        (
            json!([{"name": "0"}]),
            "[0].meta-type: missing mandatory member",
        ),
        (
            json!([{"name": "0", "meta-type": "class"}]),
            "[0].meta-type: \"class\" is not a kind of entity that is known",
        ),
        (
            json!([{"name": "0", "meta-type": 1}]),
            "[0].meta-type: invalid type: integer `1`, expected a string",
        ),
        (
            json!([object, {"name": "1", "meta-type": "object", "members": [1]}]),
            "[1].members[0]: invalid type: integer `1`, expected the object SchemaInfoObjectMember",
        ),
        (json!([command]), "[0].arg-type: there is no type \"0\""),
        (
            json!([object, {"name": "a", "meta-type": "command", "arg-type": "0"}]),
            "[1].ret-type: missing mandatory member",
        ),
        (
            json!([{"name": "1", "meta-type": "object", "members": member("2")}]),
            "[0].members: there is no type \"2\"",
        ),
        (
            json!([{"name": "1", "meta-type": "array", "element-type": "2"}]),
            "[0].element-type: there is no type \"2\"",
        ),
        (json!([object, object]), "[1]: \"0\" is declared twice"),
        (
            json!([command, object, command]),
            "[2]: \"a\" is declared twice",
        ),
        (
            json!([{"name": "a b", "meta-type": "event", "arg-type": "0"}, object]),
            "[0].name: \"a b\" is not a name",
        ),
        (
            json!([{"name": "0", "meta-type": "enum", "values": ["\u{202e}"]}]),
            "[0].values: \"\\u{202e}\" is not a name",
        ),
        (
            json!([{"name": "0", "meta-type": "enum", "values": []}, command]),
            "[1]: the arguments, or the members of a branch, are not an object",
        ),
        (
            json!([
                {"name": "0", "meta-type": "array", "element-type": "1"},
                {"name": "1", "meta-type": "array", "element-type": "0"},
            ]),
            "[0]: an array cannot be its own element",
        ),
    ] {
        assert_eq!(error_of(&reply), expected, "{reply}");
    }
}

#[test]
fn a_reply_that_is_cut_off_is_an_error() {
    let json = qapi_schemas::release("5.2").unwrap().introspection.unwrap();
    for end in (0..json.len() - 2).step_by(4999) {
        assert!(Introspection::from_json(&json[..end]).is_err());
    }
    let qemu = Introspection::from_json(json).unwrap();
    let stored = qemu.to_bytes();
    for end in (0..stored.len() - 1).step_by(499) {
        assert!(Introspection::from_bytes(&stored[..end]).is_err(), "{end}");
    }
}

#[test]
fn damaged_bytes_are_an_error_or_another_introspection() {
    let json = qapi_schemas::release("5.2").unwrap().introspection.unwrap();
    let stored = Introspection::from_json(json).unwrap().to_bytes();
    for index in (0..stored.len()).step_by(1009) {
        for byte in [0, b' ', b'\n', b':', b'9', b'+', 0xff] {
            let mut damaged = stored.clone();
            damaged[index] = byte;
            if let Ok(qemu) = Introspection::from_bytes(&damaged) {
                qemu.has("blockdev-add/arg-type/+qcow2/file/+file/aio/^native")
                    .unwrap();
            }
        }
    }
    for (bytes, line) in [
        (&b""[..], 1),
        (b"introspection 2\nend\n", 1),
        (b"introspection 1\n", 2),
        (b"introspection 1\nobject a:1\nend\n", 2),
        (b"introspection 1\nobject\nobject a:-1\nend\n", 3),
        (b"introspection 1\nobject\ncommand a:0\nend\n", 3),
        (b"introspection 1\nobject\nevent a:0:0\nend\n", 3),
        (b"introspection 1\nobject\ncommand a:0:0 b\nend\n", 3),
        (b"introspection 1\nenum ^a:0\nend\n", 2),
        (b"introspection 1\nenum a\nend\n", 2),
        (b"introspection 1\narray 0\nend\n", 2),
        (b"introspection 1\narray :0\nend\n", 2),
        (b"introspection 1\nunion\nend\n", 2),
        (b"introspection 1\nobject\n\xff\nend\n", 3),
    ] {
        let error = Introspection::from_bytes(bytes).unwrap_err();
        assert_eq!(error.line(), line, "{error}");
    }
}

#[test]
fn types_that_hold_each_other_do_not_hold_up_an_answer() {
    // Each alternate has all others in it, and arrays of them.
    let count = 500;
    let mut entities = Vec::new();
    for index in 0..count {
        let all: Vec<Value> = (0..count)
            .map(|of| json!({"type": format!("a{of}")}))
            .collect();
        entities.push(json!({"name": index.to_string(), "meta-type": "alternate", "members": all}));
        let element = ((index + 1) % count).to_string();
        let name = format!("a{index}");
        entities.push(json!({"name": name, "meta-type": "array", "element-type": element}));
    }
    let members = json!([{"name": "m", "type": "a0"}]);
    entities.push(json!({"name": "o", "meta-type": "object", "members": members}));
    entities.push(json!({"name": "c", "meta-type": "command", "arg-type": "o", "ret-type": "o"}));
    let introspection = Introspection::from_json(&Value::from(entities).to_string()).unwrap();
    let start = Instant::now();
    assert!(introspection.has("c/arg-type/m").unwrap());
    let deep = format!("c/arg-type/m{}", "/m".repeat(10_000));
    assert!(!introspection.has(&deep).unwrap());
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_type_that_holds_itself_can_be_followed_at_any_depth() {
    for (_, qemu) in recordings() {
        let deep = format!(
            "blockdev-add/arg-type{}/+file",
            "/+qcow2/backing".repeat(2000)
        );
        assert!(qemu.has(&deep).unwrap());
    }
}

#[test]
fn members_that_nobody_knows_may_nest_deep() {
    let nest = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    let reply = |levels| {
        format!(
            r#"[{{"name": "0", "meta-type": "object", "x": {}}}]"#,
            nest(levels)
        )
    };
    assert!(Introspection::from_json(&reply(1000)).is_ok());
    // It is ignored, at whatever depth.
    let _ = Introspection::from_json(&reply(100_000));
    assert!(Introspection::from_json(&nest(100_000)).is_err());
}

#[test]
fn introspections_are_shared_between_threads() {
    fn can_be_shared<T: Clone + Send + Sync + 'static>() {}
    can_be_shared::<Introspection>();
    let (_, qemu) = recordings().remove(0);
    let text = format!("{qemu:?}");
    assert!(text.starts_with("Introspection { commands: "), "{text}");
}
