//! Prints the tree of the objects of the machine.
//!
//! ```sh
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example qom_walk
//! ```

// An application prints.
#![allow(clippy::print_stdout)]

use std::error::Error;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::QomList;

fn main() -> Result<(), Box<dyn Error>> {
    let objects = run(&mut Client::connect("unix:/tmp/qmp.sock")?)?;
    println!("{objects} objects");
    Ok(())
}

pub(crate) fn run(qemu: &mut Client) -> Result<usize, Box<dyn Error>> {
    let mut open = vec!["/machine".to_owned()];
    let mut objects = 0;
    while let Some(path) = open.pop() {
        println!("{path}");
        objects += 1;
        for property in qemu.execute(QomList::new(&path))? {
            // A link leads to the child of another object.
            if property.r#type.starts_with("child<") {
                open.push(format!("{path}/{}", property.name));
            }
        }
    }
    Ok(objects)
}
