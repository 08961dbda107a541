//! A log of a session with a real QEMU shows no secrets.

#![allow(clippy::unwrap_used)]

#[path = "support/keep.rs"]
mod keep;

use std::fmt::Write as _;
use std::path::Path;

use keep::{Keep, several};
use libtest_mimic::{Arguments, Failed};
use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{BlockdevAdd, ObjectAdd, SetPassword};
use qmp_types::compat::types::{
    BlockdevOptionsCurlHttp, ObjectOptions, ObjectOptionsQomType, SecretProperties,
    SetPasswordOptions, SetPasswordOptionsVnc,
};
use serde_json::json;
use test_support::{Server, live};
use tracing::Level;

const MARKER: &str = "hunter2";

fn main() {
    let tests = vec![live(
        "item_40_no_secret_is_logged",
        item_40_no_secret_is_logged,
    )];
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}

fn item_40_no_secret_is_logged(qemu: &Path) -> Result<(), Failed> {
    several();
    let server = Server::qemu(qemu, &["-S", "-chardev", "ringbuf,id=ring0"]);
    let mut shown = String::new();
    let text = Keep::during(Level::TRACE, || {
        let mut qmp: Client = server.connect();
        let mut raw = |name: &str, arguments: serde_json::Value| {
            let outcome = qmp.execute_raw(name, &arguments);
            if let Err(error) = &outcome {
                writeln!(shown, "{error} {error:?}").unwrap();
            }
            outcome
        };
        let key = json!({"qom-type": "secret", "id": "key0", "data": MARKER});
        raw("object-add", key).unwrap();
        let data = json!({"path": "/objects/key0", "property": "data"});
        assert_eq!(raw("qom-get", data).unwrap(), MARKER);
        let kind = json!({"path": "/objects/key0", "property": "type"});
        assert_eq!(raw("qom-get", kind).unwrap(), "secret");

        let line = json!({"command-line": format!("object_add secret,id=key1,data={MARKER}")});
        raw("human-monitor-command", line).unwrap();
        let line = json!({"command-line": MARKER});
        let said = raw("human-monitor-command", line).unwrap();
        assert!(said.as_str().unwrap().contains(MARKER), "{said}");

        raw("ringbuf-write", json!({"device": "ring0", "data": MARKER})).unwrap();
        let read = raw("ringbuf-read", json!({"device": "ring0", "size": 99})).unwrap();
        assert_eq!(read, MARKER);

        // No display, no such host, no such file: the errors may tell.
        raw(
            "set_password",
            json!({"protocol": "vnc", "password": MARKER}),
        )
        .unwrap_err();
        let file = format!("json:{{\"driver\": \"file\", \"x\": \"{MARKER}\"}}");
        let file = json!({"driver": "file", "node-name": "node0", "filename": file});
        let error = raw("blockdev-add", file).unwrap_err();
        let qmp_transport::Error::Rejected(rejected) = error else {
            panic!("{error}")
        };
        assert!(rejected.rejection.description.contains(MARKER));
        raw("migrate", json!({"uri": format!("exec:true {MARKER}")})).unwrap();

        let url = format!("http://me:{MARKER}@127.0.0.1:9/disk");
        let disk = BlockdevAdd::new(BlockdevOptionsCurlHttp::new(url)).node_name("node1");
        let mut typed = format!("{disk:?} {disk:#?}");
        typed += &format!("{:?}", qmp.execute(disk).unwrap_err());
        let key = SecretProperties::new().data(MARKER);
        let key = ObjectAdd::from(ObjectOptions::new(
            ObjectOptionsQomType::Secret(key),
            "key2",
        ));
        typed += &format!("{key:?} {key:#?}");
        qmp.execute(key).unwrap();
        let vnc = SetPasswordOptionsVnc::new().display("display0");
        let password = SetPassword::from(SetPasswordOptions::new(vnc, MARKER));
        typed += &format!("{password:?} {password:#?}");
        qmp.execute(password).unwrap_err();
        writeln!(shown, "{typed}").unwrap();
    });
    assert!(!text.contains(MARKER), "{text}");
    assert!(!shown.contains(MARKER), "{shown}");
    for seen in [
        "key0",
        "key1",
        "key2",
        "node0",
        "node1",
        "ring0",
        "exec:",
        "json:",
        "@127.0.0.1:9",
    ] {
        // The second key was sent to the human monitor only.
        assert_eq!(text.contains(seen), seen != "key1", "{seen}: {text}");
    }
    for seen in ["node1", "@127.0.0.1:9/disk", "key2", "json:", "display0"] {
        assert!(shown.contains(seen), "{seen}: {shown}");
    }
    Ok(())
}
