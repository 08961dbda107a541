//! How long commands may take that take longer than most.

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const TEN_MINUTES: Duration = Duration::from_secs(600);
const HOUR: Duration = Duration::from_secs(3600);

/// What a command gets where nobody says otherwise.
pub(crate) const USUAL: Duration = MINUTE;

/// Commands that wait for storage, memory or the guest before they answer.
/// Those that only begin a job answer at once and are not here.
const SLOW: [(&str, Duration); 28] = [
    // They write the whole memory.
    ("dump-guest-memory", HOUR),
    ("memsave", TEN_MINUTES),
    ("pmemsave", TEN_MINUTES),
    ("xen-save-devices-state", TEN_MINUTES),
    // `savevm`, `loadvm` and other monitor commands write or read images.
    ("human-monitor-command", HOUR),
    // They flush, open or grow images, over a network perhaps.
    ("block_resize", TEN_MINUTES),
    ("blockdev-add", TEN_MINUTES),
    ("blockdev-del", TEN_MINUTES),
    ("blockdev-reopen", TEN_MINUTES),
    ("blockdev-snapshot", TEN_MINUTES),
    ("blockdev-snapshot-sync", TEN_MINUTES),
    ("blockdev-snapshot-internal-sync", TEN_MINUTES),
    ("blockdev-snapshot-delete-internal-sync", TEN_MINUTES),
    ("cont", TEN_MINUTES),
    ("stop", TEN_MINUTES),
    ("system_reset", TEN_MINUTES),
    ("transaction", TEN_MINUTES),
    ("change-backing-file", TEN_MINUTES),
    ("x-blockdev-change", TEN_MINUTES),
    ("migrate-incoming", TEN_MINUTES),
    // Allocating or pinning a guest's memory takes minutes for large guests.
    ("device_add", TEN_MINUTES),
    ("object-add", TEN_MINUTES),
    // The guest agent's.
    ("guest-fsfreeze-freeze", HOUR),
    ("guest-fsfreeze-freeze-list", HOUR),
    ("guest-fsfreeze-thaw", HOUR),
    ("guest-fstrim", HOUR),
    ("guest-file-read", TEN_MINUTES),
    ("guest-file-flush", TEN_MINUTES),
];

/// How long a command may take by default.
pub(crate) fn of(command: &str) -> Duration {
    let slow = SLOW.iter().find(|(name, _)| *name == command);
    slow.map_or(USUAL, |(_, limit)| *limit)
}
