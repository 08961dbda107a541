//! Decoding values that nest deeper than a thread's stack may hold.
//!
//! A disk's chain of overlays nests as deep as it is long. serde_json stops at
//! 128 levels, since decoding is recursive; past that, it is done on a thread
//! whose stack is large enough.

use std::thread;

/// How deep serde_json goes by itself.
const USUAL: usize = 127;

/// How deep values may nest at most: as deep as QEMU reads.
const DEEPEST: usize = 1024;

/// How much of the stack a level of nesting takes at most. An unoptimised build
/// takes some 12 KiB for a union in a union.
const LEVEL: usize = 64 * 1024;

/// Whether decoding needs a larger stack than usual, and may have it.
pub(super) fn is_deep(json: &str) -> bool {
    (USUAL + 1..=DEEPEST).contains(&depth(json))
}

/// How deep JSON text nests.
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

/// Runs a function with stack enough for [`DEEPEST`] levels. None: the system has
/// no thread to give.
pub(super) fn with_room<T: Send>(run: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("deep JSON".to_owned())
            .stack_size(DEEPEST * LEVEL)
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
