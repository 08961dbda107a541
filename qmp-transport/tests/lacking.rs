//! What bindings declare and a server lacks, by recordings of real QEMUs.

#![allow(clippy::unwrap_used)]

use qmp_transport::introspection::{Lack, Lacking};
use qmp_transport::{Direction, Introspection};
use qmp_types::Declarations;
use qmp_types::v11_1::DECLARATIONS;
use serde_json::{Value, json};

#[path = "support/schema.rs"]
mod schema;

/// What the bindings of 11.1 declare and a recorded release lacks.
fn lacking_in(release: &str) -> Lacking {
    let release = qapi_schemas::release(release).unwrap();
    let introspection = Introspection::from_json(release.introspection.unwrap()).unwrap();
    introspection.lacking(&DECLARATIONS).unwrap()
}

fn paths(list: &[Lack]) -> Vec<&str> {
    list.iter().map(|lack| &*lack.path).collect()
}

/// How long each list is.
fn counts(lacking: &Lacking) -> [usize; 6] {
    [
        &lacking.commands,
        &lacking.events,
        &lacking.arguments,
        &lacking.members,
        &lacking.values,
        &lacking.branches,
    ]
    .map(Vec::len)
}

/// Bindings with this text.
fn bindings(text: &'static str) -> Declarations {
    Declarations::new("", text)
}

/// What a server lacks that answers with these entities.
fn lacking_of(text: &'static str, entities: &Value) -> Lacking {
    let introspection = Introspection::from_json(&entities.to_string()).unwrap();
    introspection.lacking(&bindings(text)).unwrap()
}

#[test]
fn bindings_declare_what_their_schema_has() {
    let release = qapi_schemas::release("11.1").unwrap();
    let all = schema::introspection(release, "qapi/qapi-schema.json").unwrap();
    let all = Introspection::from_json(&all.to_string()).unwrap();
    let lacking = all.lacking(&DECLARATIONS).unwrap();
    assert!(lacking.is_empty(), "{lacking}");
    // The two texts have the same form.
    let declared = Introspection::from_bytes(DECLARATIONS.as_str().as_bytes()).unwrap();
    assert!(declared.commands().eq(all.commands()));
    assert!(declared.events().eq(all.events()));
    for path in [
        "block-commit/arg-type/*top",
        "blockdev-add/arg-type/+file/aio/^io_uring",
        "blockdev-add/arg-type/+qcow2/file/+file/filename",
        "query-block/ret-type/inserted/image/snapshots/vm-clock-nsec/!int",
        "BLOCK_JOB_COMPLETED/arg-type/type/^commit",
    ] {
        assert!(
            all.has(path).unwrap() && declared.has(path).unwrap(),
            "{path}"
        );
    }
}

#[test]
fn a_release_lacks_of_its_own_bindings_only_what_its_build_leaves_out() {
    let lacking = lacking_in("11.1");
    assert_eq!(
        lacking.to_string(),
        "the server lacks what the bindings of QEMU 11.1 declare\n\
         commands (1):\n  \
           get-win32-socket (sent)\n\
         values (6):\n  \
           migrate-set-parameters/arg-type/multifd-compression/^qatzip (sent)\n  \
           migrate-set-parameters/arg-type/multifd-compression/^qpl (sent)\n  \
           migrate-set-parameters/arg-type/multifd-compression/^uadk (sent)\n  \
           query-migrate-parameters/ret-type/multifd-compression/^qatzip (received)\n  \
           query-migrate-parameters/ret-type/multifd-compression/^qpl (received)\n  \
           query-migrate-parameters/ret-type/multifd-compression/^uadk (received)\n\
         branches (10):\n  \
           netdev_add/arg-type/+af-xdp (sent)\n  \
           netdev_add/arg-type/+vmnet-host (sent)\n  \
           netdev_add/arg-type/+vmnet-shared (sent)\n  \
           netdev_add/arg-type/+vmnet-bridged (sent)\n  \
           object-add/arg-type/+igvm-cfg (sent)\n  \
           query-audiodevs/ret-type/+coreaudio (received)\n  \
           query-audiodevs/ret-type/+dsound (received)\n  \
           query-audiodevs/ret-type/+sndio (received)\n  \
           query-display-options/ret-type/+cocoa (received)\n  \
           chardev-add/arg-type/backend/+console (sent)"
    );
}

#[test]
fn an_older_release_lacks_what_came_later() {
    let lacking = lacking_in("10.0");
    assert_eq!(lacking.release, "11.1");
    assert_eq!(
        paths(&lacking.commands),
        [
            "dump-skeys",
            "get-win32-socket",
            "inject-ghes-v2-error",
            "qom-list-get",
            "query-accelerators",
            "query-cpu-model-baseline",
            "query-cpu-model-comparison",
            "query-firmware-log",
            "query-gic-capabilities",
            "query-s390x-cpu-polarization",
            "set-cpu-topology",
            "x-accel-stats",
        ]
    );
    assert_eq!(
        paths(&lacking.events),
        ["CPU_POLARIZATION_CHANGE", "SCLP_CPI_INFO_AVAILABLE"]
    );
    // These are why a reply of 10.0 does not decode with the bindings of 11.1.
    let insisted: Vec<_> = lacking
        .members
        .iter()
        .filter(|lack| !lack.optional)
        .collect();
    let insisted: Vec<&str> = insisted.iter().map(|lack| &*lack.path).collect();
    assert_eq!(
        insisted,
        [
            "query-cpus-fast/ret-type/qom-type",
            "query-iothreads/ret-type/poll-weight",
            "query-named-block-nodes/ret-type/children",
        ]
    );
    assert_eq!(counts(&lacking), [12, 2, 54, 19, 14, 18]);
    assert_eq!(counts(&lacking_in("7.2")), [30, 7, 69, 50, 51, 57]);
    assert_eq!(counts(&lacking_in("5.2")), [60, 11, 74, 75, 74, 123]);
}

#[test]
fn a_release_does_not_have_what_it_lacks() {
    for release in ["5.2", "7.2", "10.0", "11.1"] {
        let json = qapi_schemas::release(release).unwrap().introspection;
        let introspection = Introspection::from_json(json.unwrap()).unwrap();
        let lacking = introspection.lacking(&DECLARATIONS).unwrap();
        let all = [
            &lacking.commands,
            &lacking.events,
            &lacking.arguments,
            &lacking.members,
            &lacking.values,
            &lacking.branches,
        ];
        for lack in all.into_iter().flatten() {
            assert!(!introspection.has(&lack.path).unwrap(), "{}", lack.path);
        }
    }
}

const TEXT: &str = "introspection 1\n\
    builtin string\n\
    enum ^a ^b\n\
    object x:0 *y:1\n\
    object =kind +one:2 +two:2\n\
    alternate :0 :2\n\
    array :4\n\
    object list:5 of:3\n\
    command do:6:2\n\
    event DONE:3\n\
    end\n";

/// The entities of a server that has all that [`TEXT`] declares.
fn entities() -> Vec<Value> {
    let tag = json!({"name": "kind", "type": "kinds"});
    let variants = json!([{"case": "one", "type": "o"}, {"case": "two", "type": "o"}]);
    let mut entities = vec![
        json!({"name": "s", "meta-type": "builtin", "json-type": "string"}),
        json!({"name": "v", "meta-type": "enum", "values": ["a", "b"]}),
        json!({"name": "kinds", "meta-type": "enum", "values": ["one", "two"]}),
        json!({"name": "alt", "meta-type": "alternate", "members": [{"type": "s"}, {"type": "o"}]}),
        json!({"name": "array", "meta-type": "array", "element-type": "alt"}),
        json!({"name": "do", "meta-type": "command", "arg-type": "args", "ret-type": "o"}),
        json!({"name": "DONE", "meta-type": "event", "arg-type": "union"}),
    ];
    let mut object = |name: &str, members: Value| {
        entities.push(json!({"name": name, "meta-type": "object", "members": members}));
    };
    object(
        "o",
        json!([{"name": "x", "type": "s"}, {"name": "y", "type": "v"}]),
    );
    object(
        "args",
        json!([{"name": "list", "type": "array"}, {"name": "of", "type": "union"}]),
    );
    object("union", json!([tag]));
    let union = entities.last_mut().unwrap();
    union["tag"] = json!("kind");
    union["variants"] = variants;
    entities
}

/// Changes the entity of this name.
fn with(name: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut entities = entities();
    let entity = entities.iter_mut().find(|entity| entity["name"] == name);
    change(entity.unwrap());
    Value::from(entities)
}

#[test]
fn a_server_that_has_everything_lacks_nothing() {
    let lacking = lacking_of(TEXT, &Value::from(entities()));
    assert!(lacking.is_empty(), "{lacking}");
    assert_eq!(
        lacking.to_string(),
        "the server has everything that the bindings declare"
    );
}

#[test]
fn what_is_shared_is_named_once_in_each_direction() {
    let lacking = lacking_of(TEXT, &with("o", |o| o["members"] = json!([])));
    let lack = |path: &str, direction, optional| (path.to_owned(), direction, optional);
    let all = |list: &[Lack]| -> Vec<_> {
        let list = list.iter();
        list.map(|of| lack(&of.path, of.direction, of.optional))
            .collect()
    };
    assert_eq!(
        all(&lacking.members),
        [
            lack("do/ret-type/x", Direction::Received, false),
            lack("do/ret-type/y", Direction::Received, true),
        ]
    );
    assert_eq!(
        all(&lacking.arguments),
        [
            lack("do/arg-type/list/x", Direction::Sent, false),
            lack("do/arg-type/list/y", Direction::Sent, true),
        ]
    );
    assert_eq!(counts(&lacking), [0, 0, 2, 2, 0, 0]);
}

#[test]
fn values_and_branches_are_compared_where_they_are_used() {
    let lacking = lacking_of(TEXT, &with("v", |v| v["values"] = json!(["a"])));
    assert_eq!(
        paths(&lacking.values),
        ["do/ret-type/y/^b", "do/arg-type/list/y/^b"]
    );
    let only_one = with("union", |union| {
        union["variants"].as_array_mut().unwrap().pop();
    });
    let lacking = lacking_of(TEXT, &only_one);
    assert_eq!(
        paths(&lacking.branches),
        ["DONE/arg-type/+two", "do/arg-type/of/+two"]
    );
    assert_eq!(counts(&lacking), [0, 0, 0, 0, 0, 2]);
}

#[test]
fn a_type_may_be_of_another_kind_in_another_release() {
    // An alternate was one of its alternatives before.
    let text = "introspection 1\nbuiltin string\nobject x:0\nalternate :0 :1\n\
                object m:2\ncommand c:3:3\nend\n";
    let object = |name: &str, member: &str, ty: &str| {
        let members = json!([{"name": member, "type": ty}]);
        json!({"name": name, "meta-type": "object", "members": members})
    };
    let command = json!({"name": "c", "meta-type": "command", "arg-type": "a", "ret-type": "a"});
    let string = json!({"name": "s", "meta-type": "builtin", "json-type": "string"});
    let lacking = lacking_of(text, &json!([command, string, object("a", "m", "s")]));
    assert!(lacking.is_empty(), "{lacking}");
    let other = object("o", "y", "s");
    let lacking = lacking_of(
        text,
        &json!([command, string, object("a", "m", "o"), other]),
    );
    assert_eq!(paths(&lacking.arguments), ["c/arg-type/m/x"]);
    assert_eq!(paths(&lacking.members), ["c/ret-type/m/x"]);
    // A member of a struct is in a branch since the struct became a union.
    let text = "introspection 1\nbuiltin string\nobject x:0 z:0\nevent E:1\nend\n";
    let mut union = object("u", "kind", "s");
    union["tag"] = json!("kind");
    union["variants"] = json!([{"case": "one", "type": "o"}]);
    let event = json!({"name": "E", "meta-type": "event", "arg-type": "u"});
    let lacking = lacking_of(text, &json!([event, string, union, object("o", "x", "s")]));
    assert_eq!(paths(&lacking.members), ["E/arg-type/z"]);
}

#[test]
fn a_command_is_no_event() {
    let text = "introspection 1\nobject\ncommand A:0:0\nevent B:0\nend\n";
    let object = json!({"name": "0", "meta-type": "object", "members": []});
    let command = json!({"name": "B", "meta-type": "command", "arg-type": "0", "ret-type": "0"});
    let event = json!({"name": "A", "meta-type": "event", "arg-type": "0"});
    let lacking = lacking_of(text, &json!([object, command, event]));
    assert_eq!(paths(&lacking.commands), ["A"]);
    assert_eq!(paths(&lacking.events), ["B"]);
}

#[test]
fn declarations_of_another_version_are_an_error() {
    let introspection = Introspection::from_json("[]").unwrap();
    let error = introspection.lacking(&bindings("introspection 2\nend\n"));
    assert_eq!(error.unwrap_err().line(), 1);
}

#[test]
fn a_server_that_sends_nonsense_does_not_hold_up_the_comparison() {
    // Each object has each of the others in it, in members of the declared names.
    let count = 300;
    let mut entities = entities();
    entities.retain(|entity| entity["name"] != "o");
    let members: Vec<Value> = (0..count)
        .flat_map(|of| ["x", "y"].map(|name| json!({"name": name, "type": format!("o{of}")})))
        .collect();
    for index in 0..count {
        let name = format!("o{index}");
        entities.push(json!({"name": name, "meta-type": "object", "members": members}));
    }
    entities.push(json!({"name": "o", "meta-type": "object", "members": members}));
    let lacking = lacking_of(TEXT, &Value::from(entities));
    assert!(lacking.commands.is_empty());
}
