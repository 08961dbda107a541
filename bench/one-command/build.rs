//! Generates the one command, and nothing else.

fn main() -> Result<(), qapi_codegen::Error> {
    qapi_codegen::Config::new()
        .command("query-status")
        .release("11.1")?
        .write_to_out_dir("qmp.rs")
}
