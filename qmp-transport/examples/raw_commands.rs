//! Executes a command by its name, and reads its reply.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example raw_commands
//! ```

use std::error::Error;

use qmp_transport::blocking::Client;
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?)
}

pub(crate) fn run(qemu: &mut Client) -> Result<(), Box<dyn Error>> {
    let properties = qemu.execute_raw("qom-list", &json!({ "path": "/machine" }))?;
    let properties = properties.as_array().ok_or("not an array")?;
    assert!(
        properties
            .iter()
            .any(|property| property["name"] == "peripheral")
    );
    // QEMU rejects an unknown command.
    let outcome = qemu.execute_raw("x-brew-coffee", &());
    assert!(matches!(outcome, Err(qmp_transport::Error::Rejected(_))));
    Ok(())
}
