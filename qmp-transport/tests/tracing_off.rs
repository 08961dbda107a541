//! Without a subscriber, tracing allocates nothing. The test is built with the feature
//! and counts allocations.

#![allow(clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use qmp_transport::session::{Config, Incoming, Session};
use serde_core::ser::{Serialize, SerializeMap, Serializer};

/// The allocator of the system, with the number of its calls.
struct Counting;

thread_local! {
    /// The calls of this thread. The test harness has other threads.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator is unsafe by its nature")]
// SAFETY: it forwards all calls to the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: this function has the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: this function has the same contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Arguments with a secret, which a log would have to replace.
struct Arguments;

impl Serialize for Arguments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("password", "hunter2")?;
        map.end()
    }
}

#[test]
fn a_command_allocates_nothing_for_a_log_that_nobody_reads() {
    let mut session = Session::new(Config::default());
    session.receive(br#"{"QMP":{"version":{},"capabilities":[]}}"#);
    assert!(session.poll().unwrap().is_none());
    let length = session.outgoing().len();
    session.sent(length);
    session.receive(br#"{"return":{},"id":1}"#);
    assert!(matches!(session.poll().unwrap(), Some(Incoming::Ready)));
    let mut command = |reply: &str| {
        session.execute_raw("set_password", &Arguments).unwrap();
        let length = session.outgoing().len();
        session.sent(length);
        session.receive(reply.as_bytes());
        assert!(matches!(
            session.poll().unwrap(),
            Some(Incoming::Returned { .. })
        ));
    };
    // The buffers grow once.
    command(r#"{"return":{},"id":2}"#);
    let replies: Vec<String> = (3..1003)
        .map(|id| format!(r#"{{"return":{{}},"id":{id}}}"#))
        .collect();
    let before = COUNT.get();
    for reply in &replies {
        command(reply);
    }
    assert_eq!(COUNT.get() - before, 0);
}
