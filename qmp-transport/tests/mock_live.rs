//! The mock compared with the real QEMU whose schema it has. Both reject the same
//! arguments, and the mock replays what QEMU answered.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use libtest_mimic::{Arguments, Failed};
use qmp_transport::blocking::Client;
use qmp_transport::mock::{Mock, Reply};
use qmp_transport::{ErrorClass, Options, Qmp, Recorder};
use serde_json::{Value, json};
use test_support::{Server, live};

fn main() {
    let arguments = Arguments::from_args();
    let tests = vec![
        live("it_refuses_what_qemu_refuses", it_refuses_what_qemu_refuses),
        live("it_says_again_what_qemu_said", it_says_again_what_qemu_said),
    ];
    libtest_mimic::run(&arguments, tests).exit();
}

/// Commands with arguments, and whether these fit the schema. None of them succeeds:
/// QEMU rejects those that fit for another reason.
fn commands() -> Vec<(&'static str, Value, bool)> {
    let path = "/nonexistent/image";
    let file = json!({"driver": "file", "filename": path});
    vec![
        ("device_del", json!({"id": "none"}), true),
        ("device_del", json!({}), false),
        ("device_del", json!({"id": 5}), false),
        ("device_del", json!({"id": "none", "x": 1}), false),
        ("device_del", json!({"id": null}), false),
        // A union's branch, an alternate of a name and an object, optionals.
        (
            "blockdev-add",
            json!({"node-name": "a", "driver": "file", "filename": path}),
            true,
        ),
        (
            "blockdev-add",
            json!({"node-name": "a", "driver": "file"}),
            false,
        ),
        (
            "blockdev-add",
            json!({"node-name": "a", "driver": "qcow2", "file": file}),
            true,
        ),
        (
            "blockdev-add",
            json!({"node-name": "a", "driver": "qcow2", "file": "none"}),
            true,
        ),
        (
            "blockdev-add",
            json!({"node-name": "a", "driver": "qcow2", "file": 5}),
            false,
        ),
        (
            "blockdev-add",
            json!({"node-name": "a", "driver": "no-such"}),
            false,
        ),
        (
            "blockdev-add",
            json!({"node-name": "a", "filename": path}),
            false,
        ),
        (
            "blockdev-add",
            json!({"driver": "file", "filename": path, "read-only": "yes"}),
            false,
        ),
        (
            "blockdev-add",
            json!({"driver": "file", "filename": path, "cache": {"direct": true, "x": 1}}),
            false,
        ),
        // Lists, and integers with bounds that the schema does not have.
        (
            "transaction",
            json!({"actions": [{"type": "abort", "data": {}}]}),
            true,
        ),
        (
            "transaction",
            json!({"actions": [{"type": "abort"}]}),
            false,
        ),
        ("transaction", json!({"actions": {}}), false),
        (
            "block-job-set-speed",
            json!({"device": "none", "speed": 1}),
            true,
        ),
        (
            "block-job-set-speed",
            json!({"device": "none", "speed": "1"}),
            false,
        ),
        (
            "block-job-set-speed",
            json!({"device": "none", "speed": true}),
            false,
        ),
        // Any value.
        (
            "qom-set",
            json!({"path": "/none", "property": "x", "value": [1, {}]}),
            true,
        ),
        ("qom-set", json!({"path": "/none", "property": "x"}), false),
        // An enum.
        (
            "migrate-set-capabilities",
            json!({"capabilities": [{"capability": "x", "state": true}]}),
            false,
        ),
        ("set_link", json!({"name": "none", "up": true}), true),
        ("set_link", json!({"name": "none", "up": 1}), false),
        ("no-such-command", json!({}), false),
    ]
}

fn it_refuses_what_qemu_refuses(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let mut real = server.connect();
    let schema = real.execute_raw("query-qmp-schema", &())?;
    let mut mock = Mock::builder().schema(&schema);
    for (name, ..) in commands() {
        if name != "no-such-command" {
            mock = mock.on(name, |_| Reply::error("GenericError", "handled"));
        }
    }
    let mut mocked = Client::<Qmp>::from_stream(mock.build().spawn()?, Options::new())?;
    for (name, arguments, fits) in commands() {
        let theirs = real.execute_raw(name, &arguments).unwrap_err();
        let ours = mocked.execute_raw(name, &arguments).unwrap_err();
        let about = format!("{name} {arguments}: {theirs}; {ours}");
        let not_found = Some(&ErrorClass::CommandNotFound);
        assert_eq!(
            theirs.class() == not_found,
            ours.class() == not_found,
            "{about}"
        );
        assert_eq!(ours.to_string().ends_with("handled"), fits, "{about}");
    }
    // The mock has the commands of the schema, also those without a handler.
    let error = mocked.execute_raw("query-status", &()).unwrap_err();
    assert!(error.to_string().contains("no handler"), "{error}");
    assert_eq!(mocked.execute_raw("query-qmp-schema", &())?, schema);
    Ok(())
}

/// A session of several commands. Returns what its user sees.
fn session(qmp: &mut Client) -> Vec<String> {
    let mut seen = Vec::new();
    for (name, arguments) in [
        ("query-status", json!({})),
        ("query-version", json!({})),
        ("cont", json!({})),
        ("query-status", json!({})),
        ("stop", json!({})),
        ("query-status", json!({})),
        ("device_del", json!({"id": "none"})),
        ("query-qmp-schema", json!({})),
    ] {
        seen.push(match qmp.execute_raw(name, &arguments) {
            Ok(value) => format!("{name}: {value}"),
            Err(error) => format!("{error:?}"),
        });
        seen.extend(
            qmp.events()
                .map(|event| format!("{} {}", event.name, event.data_json())),
        );
    }
    seen
}

fn it_says_again_what_qemu_said(qemu: &Path) -> Result<(), Failed> {
    let server = Server::qemu(qemu, &["-S"]);
    let recorder = Recorder::new(Vec::new());
    let mut qmp: Client = server.connect_with(Options::new().tap(recorder.tap()));
    let said = session(&mut qmp);
    assert!(
        said.iter().any(|line| line.starts_with("RESUME")),
        "{said:?}"
    );
    drop(qmp);
    let recording = String::from_utf8(recorder.finish()?)?;
    for line in recording.lines() {
        let line: Value = serde_json::from_str(line)?;
        assert!(line["time"].is_f64() && line["text"].is_string(), "{line}");
    }
    let mock = Mock::builder().replay(&recording)?.build();
    let mut again = Client::<Qmp>::from_stream(mock.spawn()?, Options::new())?;
    assert_eq!(session(&mut again), said);

    #[cfg(feature = "tokio")]
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            use qmp_transport::tokio::Client;

            let recorder = Recorder::new(Vec::new());
            let options = Options::new().tap(recorder.tap());
            let qmp = Client::<Qmp>::connect_with(server.address(), options).await?;
            let version = qmp.execute_raw("query-version", &()).await?;
            qmp.close().await;
            let recording = String::from_utf8(recorder.finish()?)?;
            let mock = Mock::builder().replay(&recording)?.build();
            let qmp = Client::<Qmp>::from_stream(mock.spawn()?, Options::new()).await?;
            assert_eq!(qmp.execute_raw("query-version", &()).await?, version);
            Ok::<_, Failed>(())
        })?;
    Ok(())
}
