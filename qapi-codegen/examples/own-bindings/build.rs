//! Generates the three commands that this crate sends, and what they need, for each
//! QEMU that it may meet.

fn main() -> Result<(), qapi_codegen::Error> {
    qapi_codegen::Config::new()
        .command("query-status")
        .command("stop")
        .command("cont")
        .event("STOP")
        .event("RESUME")
        .releases("6.2", "11.1")?
        .write_to_out_dir("qmp.rs")
}
