//! The generator on a whole release, stage by stage, in milliseconds.
//!
//! `cargo run --release --bin generate [PATH]`, where PATH is QEMU's
//! `qapi/qapi-schema.json`; by default it is the bundled schema of QEMU 11.1.

use std::time::Duration;

use qapi_codegen::{Bindings, Config, Error};

const RUNS: usize = 30;

fn main() -> Result<(), Error> {
    let path = std::env::args().nth(1);
    let generate = |format: bool| -> Result<Bindings, Error> {
        let config = Config::new().format(format);
        match &path {
            Some(path) => config.schema_file(path),
            None => config.release("11.1"),
        }
    };
    let bindings = generate(false)?;
    println!(
        "{}: {}",
        path.as_deref().unwrap_or("bundled 11.1"),
        bindings.read()
    );
    println!("median of {RUNS} runs, ms");

    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(generate(false)?);
    }
    let median = |time: &dyn Fn(&Bindings) -> Duration| {
        let mut times: Vec<Duration> = runs.iter().map(time).collect();
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    for (index, stage) in bindings.stages().iter().enumerate() {
        println!(
            "{:>10} {:>8.2}",
            stage.name,
            median(&|run| run.stages()[index].time)
        );
    }
    let all = |run: &Bindings| run.stages().iter().map(|stage| stage.time).sum();
    println!("{:>10} {:>8.2}", "all", median(&all));

    let formatted = generate(true)?;
    if let Some(stage) = formatted
        .stages()
        .iter()
        .find(|stage| stage.name == "format")
    {
        println!(
            "{:>10} {:>8.2}  (once, only when asked for)",
            stage.name,
            stage.time.as_secs_f64() * 1e3
        );
    }
    Ok(())
}
