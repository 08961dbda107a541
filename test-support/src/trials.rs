//! Tests that need a program.

use std::env;
use std::path::Path;

use libtest_mimic::{Failed, Trial};

use crate::programs::{Program, QEMU};

/// A test that needs a program. Where there is none, it is reported as ignored,
/// or as failed with `QAPI_REQUIRE_QEMU=1`.
pub fn needs(
    program: &'static Program,
    name: &str,
    test: impl FnOnce(&Path) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let required = env::var_os("QAPI_REQUIRE_QEMU").is_some_and(|value| value == "1");
    match program.find() {
        Some(path) => Trial::test(name, move || test(&path)),
        None if required => Trial::test(name, move || {
            Err(format!("{}; QAPI_REQUIRE_QEMU is set", program.missing()).into())
        }),
        None => Trial::test(name, || Ok(()))
            .with_kind(format!("skipped: no {}", program.name))
            .with_ignored_flag(true),
    }
}

/// A test on a real QEMU.
pub fn live(name: &str, test: impl FnOnce(&Path) -> Result<(), Failed> + Send + 'static) -> Trial {
    needs(&QEMU, name, test)
}
