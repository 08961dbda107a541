//! Starts the guest, and stops it.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off \
//!     -S &
//! cargo run -p qmp-transport --example start_and_stop
//! ```

use std::error::Error;
use std::time::Duration;

use qmp_transport::RawEvent;
use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{Cont, QueryStatus, Stop};
use qmp_types::compat::events::Resume;
use qmp_types::compat::types::RunState;

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?)
}

pub(crate) fn run(qemu: &mut Client) -> Result<(), Box<dyn Error>> {
    let limit = Duration::from_secs(10);
    qemu.execute_then_wait(Cont::new(), RawEvent::is::<Resume>, limit)?;
    assert!(qemu.execute(QueryStatus::new())?.running);
    qemu.execute(Stop::new())?;
    assert_eq!(qemu.execute(QueryStatus::new())?.status, RunState::Paused);
    Ok(())
}
