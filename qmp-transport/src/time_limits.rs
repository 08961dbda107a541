//! The default time limits of commands.

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const TEN_MINUTES: Duration = Duration::from_secs(600);
const HOUR: Duration = Duration::from_secs(3600);

/// The time limit of all other commands.
const DEFAULT: Duration = MINUTE;

/// Commands that wait for storage, memory or the guest before they answer.
/// Commands that only start a job answer at once, so they are not among them.
const SLOW: [(&str, Duration); 28] = [
    // They write the memory of the guest.
    ("dump-guest-memory", HOUR),
    ("memsave", TEN_MINUTES),
    ("pmemsave", TEN_MINUTES),
    ("xen-save-devices-state", TEN_MINUTES),
    // Monitor commands such as `savevm` and `loadvm` write or read images.
    ("human-monitor-command", HOUR),
    // They flush, open or resize images, perhaps over a network.
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
    // Allocating or pinning the memory of a large guest takes minutes.
    ("device_add", TEN_MINUTES),
    ("object-add", TEN_MINUTES),
    // Commands of the guest agent.
    ("guest-fsfreeze-freeze", HOUR),
    ("guest-fsfreeze-freeze-list", HOUR),
    ("guest-fsfreeze-thaw", HOUR),
    ("guest-fstrim", HOUR),
    ("guest-file-read", TEN_MINUTES),
    ("guest-file-flush", TEN_MINUTES),
];

/// Returns the default time limit of a command.
pub(crate) fn of(command: &str) -> Duration {
    let slow = SLOW.iter().find(|(name, _)| *name == command);
    slow.map_or(DEFAULT, |(_, limit)| *limit)
}
