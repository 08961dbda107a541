//! Generates a dozen commands that most programs need, among them the two
//! with the largest arguments.

fn main() -> Result<(), qapi_codegen::Error> {
    let config = qapi_codegen::Config::new()
        .command("blockdev-add")
        .command("blockdev-del")
        .command("cont")
        .command("device_add")
        .command("device_del")
        .command("object-add")
        .command("query-block")
        .command("query-cpus-fast")
        .command("query-status")
        .command("quit")
        .command("stop")
        .command("system_powerdown");
    let bindings = if cfg!(feature = "range") {
        config.releases("5.2", "11.1")?
    } else {
        config.release("11.1")?
    };
    bindings.write_to_out_dir("qmp.rs")
}
