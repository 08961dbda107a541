//! Executes a command of the human monitor, for what QMP has no command for.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example human_monitor
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::HumanMonitorCommand;

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run(&mut Client::connect("unix:/tmp/qmp.sock")?)?);
    Ok(())
}

pub(crate) fn run(qemu: &mut Client) -> Result<String, Box<dyn Error>> {
    Ok(qemu.execute(HumanMonitorCommand::new("info mtree -f"))?)
}
