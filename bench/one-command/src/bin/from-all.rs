//! The command out of a whole release.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    one_command::print_return::<qmp_types::compat::commands::QueryStatus>()
}
