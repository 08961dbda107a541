//! Commands of the newest release, built as programs build them.

#![cfg(feature = "compat")]
#![allow(clippy::unwrap_used)]

use qmp_types::Command;
use qmp_types::compat::commands::{BlockdevAdd, DeviceAdd, NetdevAdd, ObjectAdd, Transaction};
use qmp_types::compat::types::{
    BlockdevAioOptions, BlockdevOptions, BlockdevOptionsDriver, BlockdevOptionsFile,
    BlockdevOptionsQcow2, OnOffAuto, SocketAddress, TransactionAction,
};
use serde_json::{Value, json};

#[track_caller]
fn sends(command: &impl Command, arguments: &Value) {
    assert_eq!(&serde_json::to_value(command).unwrap(), arguments);
}

#[test]
fn branches_by_name() {
    sends(
        &BlockdevAdd::host_device("/dev/sdb").node_name("disk"),
        &json!({ "driver": "host_device", "filename": "/dev/sdb", "node-name": "disk" }),
    );
    // `BlockdevOptionsGenericCowFormat` belongs to several drivers.
    sends(
        &BlockdevAdd::qed(BlockdevOptions::file("/disk.qed")),
        &json!({ "driver": "qed", "file": { "driver": "file", "filename": "/disk.qed" } }),
    );
    let file = BlockdevOptionsFile::new("/dev/sdb").aio(BlockdevAioOptions::Native);
    sends(
        &BlockdevAdd::new(BlockdevOptionsDriver::HostDevice(file)),
        &json!({ "driver": "host_device", "filename": "/dev/sdb", "aio": "native" }),
    );
    sends(
        &BlockdevAdd::qcow2(SOURCE),
        &json!({ "driver": "qcow2", "file": "source" }),
    );
    sends(
        &ObjectAdd::iothread("io0"),
        &json!({ "qom-type": "iothread", "id": "io0" }),
    );
    sends(
        &NetdevAdd::user("net0"),
        &json!({ "type": "user", "id": "net0" }),
    );
    sends(
        &Transaction::new([TransactionAction::block_dirty_bitmap_clear("disk", "b")]),
        &json!({ "actions": [
            { "type": "block-dirty-bitmap-clear", "data": { "node": "disk", "name": "b" } }
        ] }),
    );
    assert_eq!(
        serde_json::to_value(SocketAddress::inet("localhost", "4444")).unwrap(),
        json!({ "type": "inet", "host": "localhost", "port": "4444" })
    );
}

const SOURCE: &str = "source";

#[test]
fn what_is_optional_is_chained() {
    fn add(name: Option<&str>, read_only: Option<bool>, backing: Option<&str>) -> BlockdevAdd {
        BlockdevAdd::new(BlockdevOptionsQcow2::new(SOURCE).backing(backing))
            .node_name(name)
            .read_only(read_only)
    }
    sends(
        &add(None, None, None),
        &json!({ "driver": "qcow2", "file": "source" }),
    );
    sends(
        &add(Some("disk"), Some(true), Some("base")),
        &json!({ "driver": "qcow2", "file": "source", "node-name": "disk", "read-only": true, "backing": "base" }),
    );
}

#[test]
fn no_member_is_sent_twice() {
    let error = serde_json::to_string(&DeviceAdd::new("virtio-blk").id("a").extra("id", "b"));
    assert_eq!(
        error.unwrap_err().to_string(),
        ".id: duplicate argument, declared by `device_add` and added with `extra`; remove one of them"
    );
    sends(
        &DeviceAdd::new("virtio-blk").extra("id", "b"),
        &json!({ "driver": "virtio-blk", "id": "b" }),
    );
}

#[test]
fn values_are_parsed_strictly() {
    let mode = "atuo".parse::<OnOffAuto>();
    assert_eq!(
        mode.unwrap_err().to_string(),
        "unknown value `atuo` of OnOffAuto, expected one of `auto`, `on`, `off`"
    );
    assert_eq!("auto".parse(), Ok(OnOffAuto::Auto));
    assert!(!OnOffAuto::from("later").is_recognized());
}
