//! Decoding values that nest deeper than the stack of a thread may allow.
//!
//! The description of a disk nests one level for each of its overlays. Decoding is
//! recursive, and `serde_json` stops at 128 levels. Deeper values are decoded on a
//! thread whose stack is large enough.

use std::thread;

/// The most levels that `serde_json` decodes.
const SERDE_JSON_DEPTH: usize = 127;

/// The most levels that are decoded, which are as many as QEMU accepts.
const MAX_DEPTH: usize = 1024;

/// The most bytes of the stack that one level needs. An unoptimised build needs some
/// 12 KiB for a union in a union.
const STACK_PER_LEVEL: usize = 64 * 1024;

/// Returns whether a text nests too deep for `serde_json`, but not too deep for QEMU.
pub(super) fn is_deep(json: &str) -> bool {
    (SERDE_JSON_DEPTH + 1..=MAX_DEPTH).contains(&depth(json))
}

/// Returns how many levels a JSON text nests.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => loop {
                match bytes.next() {
                    Some(b'\\') => {
                        bytes.next();
                    }
                    Some(b'"') | None => break,
                    Some(_) => {}
                }
            },
            _ => {}
        }
    }
    deepest
}

/// Runs a function with a stack for [`MAX_DEPTH`] levels. Returns `None` if the system
/// cannot create a thread.
pub(super) fn with_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("deep JSON".to_owned())
            .stack_size(MAX_DEPTH * STACK_PER_LEVEL)
            .spawn_scoped(scope, run)
            .ok()?;
        match thread.join() {
            Ok(value) => Some(value),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_do_not_nest() {
        assert_eq!(depth(r#"{"a": ["[[\"[", {}], "b]": 1}"#), 3);
        assert_eq!(depth("1"), 0);
    }
}
