//! The command out of bindings of its own.

mod qmp {
    include!(concat!(env!("OUT_DIR"), "/qmp.rs"));
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    one_command::print_return::<qmp::commands::QueryStatus>()
}
