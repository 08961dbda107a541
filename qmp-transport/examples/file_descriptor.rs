//! Passes QEMU the file descriptor of a disk that it may not open itself.
//!
//! ```sh
//! truncate -s 1M /tmp/disk.raw
//! qemu-system-x86_64 -accel tcg -display none -nodefaults -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p qmp-transport --example file_descriptor
//! ```

use std::error::Error;
use std::fs::File;
use std::os::fd::AsFd;

use qmp_transport::blocking::Client;
use qmp_types::compat::commands::{AddFd, BlockdevAdd, BlockdevDel};
use qmp_types::compat::types::BlockdevOptionsFile;

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut Client::connect("unix:/tmp/qmp.sock")?, "/tmp/disk.raw")
}

pub(crate) fn run(qemu: &mut Client, image: &str) -> Result<(), Box<dyn Error>> {
    let image = File::options().read(true).write(true).open(image)?;
    let set = qemu
        .execute_with_descriptors(AddFd::new(), &[image.as_fd()])?
        .fdset_id;
    let file = BlockdevOptionsFile::new(format!("/dev/fdset/{set}"));
    qemu.execute(BlockdevAdd::new(file).node_name("disk"))?;
    qemu.execute(BlockdevDel::new("disk"))?;
    Ok(())
}
