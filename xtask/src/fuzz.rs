//! `cargo xtask fuzz`: the readers of bytes, under a fuzzer.

use std::process::Command;
use std::{fs, io};

use anyhow::Result;
use clap::Args;
use qapi_parser::Parser;
use qapi_parser::introspect::Options;
use qapi_parser::loader::Memory;

/// Feed a reader of bytes with bytes, starting from what our own tests have.
///
/// It needs cargo-fuzz and a nightly toolchain.
#[derive(Debug, Args)]
pub(crate) struct Fuzz {
    /// The reader.
    #[arg(value_parser = ["schema", "introspection", "session"])]
    target: String,
    /// For how long, in seconds.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
}

impl Fuzz {
    pub(crate) fn run(self) -> Result<()> {
        let corpus = crate::root().join("fuzz/corpus").join(&self.target);
        fs::create_dir_all(&corpus)?;
        for (number, case) in self.cases()?.iter().enumerate() {
            fs::write(corpus.join(format!("case-{number}")), case)?;
        }
        crate::run(
            Command::new("cargo")
                .args(["+nightly", "fuzz", "run", "--fuzz-dir", "fuzz"])
                .args([&self.target, &corpus.display().to_string()])
                .args([
                    "--",
                    &format!("-max_total_time={}", self.seconds),
                    "-timeout=10",
                ]),
        )
    }

    /// What the fuzzer starts from.
    fn cases(&self) -> Result<Vec<String>> {
        let schemas = crate::schemas::json_files(&crate::root().join("qapi-parser/tests"), "")?;
        let texts = schemas
            .iter()
            .map(|path| fs::read_to_string(crate::root().join("qapi-parser/tests").join(path)));
        let texts = texts.collect::<io::Result<Vec<String>>>()?;
        Ok(match self.target.as_str() {
            "schema" => texts,
            "introspection" => {
                let schemas = texts.iter().filter_map(|text| {
                    let files = Memory::from_iter([("main.json", text.as_str())]);
                    Parser::new().parse(&files, "main.json").ok()
                });
                let options = Options::new();
                schemas
                    .map(|parsed| parsed.schema.to_introspection(&options).to_string())
                    .collect()
            }
            _ => Vec::new(),
        })
    }
}
