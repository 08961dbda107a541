//! What the bindings of one release miss in the replies of another.

/// Replies that do not fit: the command, the first member that the bindings have
/// as mandatory and QEMU does not send, the releases of the bindings, and those
/// of QEMU. All are members that one release has and another has not.
pub const LACKING: &[(&str, &str, &str, &str)] = &[
    ("query-block", "[0].inserted.active", "10.0", "5.2 7.2"),
    (
        "query-block",
        "[0].inserted.children",
        "11.1",
        "5.2 7.2 10.0",
    ),
    (
        "query-block",
        "[0].inserted.encryption_key_missing",
        "5.2",
        "7.2 10.0 11.1",
    ),
    (
        "query-blockstats",
        "[0].stats.zone_append_bytes",
        "10.0 11.1",
        "5.2 7.2",
    ),
    ("query-cpus-fast", "[0].arch", "5.2", "7.2 10.0 11.1"),
    ("query-cpus-fast", "[0].qom-type", "11.1", "5.2 7.2 10.0"),
    (
        "query-dirty-rate",
        ".calc-time-unit",
        "10.0 11.1",
        "5.2 7.2",
    ),
    ("query-dirty-rate", ".sample-pages", "7.2", "5.2"),
    ("query-iothreads", "[0].aio-max-batch", "7.2 10.0", "5.2"),
    ("query-iothreads", "[0].poll-weight", "11.1", "5.2 7.2 10.0"),
    ("query-machines", "[0].acpi", "10.0 11.1", "5.2 7.2"),
    ("query-memdev", "[0].share", "7.2 10.0 11.1", "5.2"),
    ("query-named-block-nodes", "[0].active", "10.0", "5.2 7.2"),
    (
        "query-named-block-nodes",
        "[0].children",
        "11.1",
        "5.2 7.2 10.0",
    ),
    (
        "query-named-block-nodes",
        "[0].encryption_key_missing",
        "5.2",
        "7.2 10.0 11.1",
    ),
    ("query-qmp-schema", "[370].members", "7.2 10.0 11.1", "5.2"),
    ("query-sev", ".sev-type", "10.0 11.1", "5.2 7.2"),
    ("query-status", ".singlestep", "5.2 7.2", "10.0 11.1"),
];

/// Whether the table has such a failure.
pub fn is_lacking(bindings: &str, qemu: &str, command: &str, path: &str) -> bool {
    LACKING.iter().any(|(other, member, bindings_of, qemus)| {
        (*other, *member) == (command, path)
            && bindings_of.split(' ').any(|release| release == bindings)
            && qemus.split(' ').any(|release| release == qemu)
    })
}
