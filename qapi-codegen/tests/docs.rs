//! What the documentation of generated items shows, held against introspection.

#![cfg(feature = "introspection")]
#![allow(clippy::unwrap_used)]

use qapi_codegen::{Bindings, Config, Protocol};
use qapi_parser::Schema;
use qapi_schemas::RELEASES;
use serde_json::{Map, Value};
use test_support::introspection::{Introspection, schema_of_bindings};

/// The examples in generated code: what is sent, or an event, and what comes back.
fn examples(code: &str) -> Vec<(Value, Option<Value>)> {
    let mut examples = Vec::new();
    let mut lines = code.lines().map(str::trim_start);
    while let Some(line) = lines.next() {
        if line != "/// ```text" {
            continue;
        }
        let block: Vec<&str> = lines
            .by_ref()
            .take_while(|line| *line != "/// ```")
            .map(|line| line.trim_start_matches("///").trim_start_matches(' '))
            .collect();
        let mut messages: Vec<String> = Vec::new();
        for line in block {
            match line
                .strip_prefix("-> ")
                .or_else(|| line.strip_prefix("<- "))
            {
                Some(start) => messages.push(start.to_owned()),
                None => messages.last_mut().unwrap().push_str(line),
            }
        }
        let mut messages = messages
            .iter()
            .map(|text| serde_json::from_str(text).unwrap());
        examples.push((messages.next().unwrap(), messages.next()));
    }
    examples
}

#[test]
fn every_command_and_event_has_an_example_that_is_right() {
    for protocol in Protocol::ALL {
        let config = Config::new().protocol(protocol);
        let main = protocol.schema_path();
        for release in RELEASES.iter().filter(|of| of.snapshot(main).is_some()) {
            let bindings = config.release(release.name).unwrap();
            let schema = schema_of_bindings(release.name, protocol);
            check_examples(release.name, &bindings, &schema);
        }
        let [first, .., last] = RELEASES else {
            panic!("two releases are bundled at least");
        };
        let bindings = config.releases(first.name, last.name).unwrap();
        check_examples("compat", &bindings, &schema_of_bindings("compat", protocol));
    }
}

fn check_examples(name_of_bindings: &str, bindings: &Bindings, schema: &Schema) {
    let introspection = Introspection::of(schema);
    let (mut commands, mut events) = (Vec::new(), Vec::new());
    let nothing = Value::Object(Map::new());
    for (message, reply) in examples(bindings.as_str()) {
        if let Some(name) = message["execute"].as_str() {
            let entity = &introspection.entities[name];
            let arguments = message.get("arguments").unwrap_or(&nothing);
            introspection.check(arguments, entity["arg-type"].as_str().unwrap(), name);
            if let Some(reply) = reply {
                let ty = entity["ret-type"].as_str().unwrap();
                introspection.check(&reply["return"], ty, name);
            }
            commands.push(name.to_owned());
        } else {
            let name = message["event"].as_str().unwrap();
            let data = message.get("data").unwrap_or(&nothing);
            let entity = &introspection.entities[name];
            introspection.check(data, entity["arg-type"].as_str().unwrap(), name);
            assert!(message["timestamp"]["seconds"].is_u64());
            events.push(name.to_owned());
        }
    }
    commands.sort();
    events.sort();
    for (found, meta_type) in [(commands, "command"), (events, "event")] {
        assert_eq!(
            found,
            introspection.names_of(meta_type),
            "{name_of_bindings}"
        );
    }
}

#[test]
fn every_item_of_the_newest_release_says_what_it_is() {
    let bindings = Config::new().release("11.1").unwrap();
    let mut first = None;
    let mut items = 0;
    for line in bindings.as_str().lines().map(str::trim_start) {
        if let Some(text) = line.strip_prefix("/// ") {
            first = first.or(Some(text));
        } else if line.starts_with("pub struct ") || line.starts_with("pub enum ") {
            let text = first.take().unwrap();
            for kind in ["command", "event", "struct", "union", "alternate", "enum"] {
                assert!(
                    !text.starts_with(&format!("The {kind} `")),
                    "{line}: {text}"
                );
            }
            items += 1;
        } else if !line.starts_with("///") && !line.starts_with('#') {
            first = None;
        }
    }
    assert!(items > 1000, "{items}");
}

#[test]
fn modules_list_what_is_in_them() {
    let bindings = Config::new().release("11.1").unwrap();
    let code = bindings.as_str();
    for line in [
        "/// ## `block-core`",
        "/// - [`BlockCommit`](commands::BlockCommit): Starts a block job that merges the data of an image",
        "/// - [`BlockJobReady`](events::BlockJobReady): Sent when",
        "/// - [`BlockdevOptions`](types::BlockdevOptions): ",
    ] {
        assert!(code.contains(line), "{line}");
    }
    // One module needs no list.
    let bindings = Config::new()
        .command("query-status")
        .release("11.1")
        .unwrap();
    assert!(bindings.as_str().contains("QEMU's manual](https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html#command-QMP-run-state.query-status)"));
    assert!(!bindings.as_str().contains("## `run-state`"));
}
