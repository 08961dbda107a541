//! Generates the bindings of each release whose feature is enabled.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[cfg(feature = "_bindings")]
    bindings::generate()?;
    #[cfg(not(feature = "_bindings"))]
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

#[cfg(feature = "_bindings")]
mod bindings {
    use std::fmt::Write as _;
    use std::path::Path;

    use qapi_codegen::{Bindings, Config, Protocol};
    use qapi_schemas::Release;

    /// The feature and the module of bindings for all bundled releases.
    const COMPAT: &str = "compat";

    /// The variable with the releases that the tests of the workspace use.
    const TESTED: &str = "QMP_TYPES_TESTED_RELEASES";

    type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

    /// Writes a file for each protocol and each release, or all releases together, and
    /// `releases.rs`, which has the modules that include these files.
    pub(super) fn generate() -> Result<()> {
        println!("cargo::rerun-if-env-changed={TESTED}");
        let mut modules = String::new();
        for protocol in Protocol::ALL {
            // QMP's bindings come with each release's feature alone.
            let feature = (protocol != Protocol::Qmp).then(|| protocol.name());
            if feature.is_some_and(|feature| !enabled(feature)) {
                continue;
            }
            let mut inner = String::new();
            let server = match protocol {
                Protocol::Qmp => "QEMU",
                Protocol::Qga => "The guest agent of QEMU",
                Protocol::Qsd => "The storage daemon of QEMU",
            };
            let has_protocol = |of: &&Release| of.snapshot(protocol.schema_path()).is_some();
            let releases: Vec<_> = qapi_schemas::RELEASES.iter().filter(has_protocol).collect();
            if let [first, .., last] = releases.as_slice()
                && enabled(COMPAT)
            {
                let docs = format!(
                    "{server} {} to {}: all bundled releases.",
                    first.name, last.name
                );
                let config = Config::new().protocol(protocol);
                let bindings = config.releases(first.name, last.name)?;
                write_module(&mut inner, &bindings, protocol, COMPAT, &docs)?;
            }
            for release in releases {
                let module = release.module();
                if enabled(&module) && !is_left_out(&module) {
                    let docs = format!("{server} {}.", release.name);
                    let bindings = Config::new().protocol(protocol).release(release.name)?;
                    write_module(&mut inner, &bindings, protocol, &module, &docs)?;
                }
            }
            match feature {
                None => modules.push_str(&inner),
                Some(feature) => {
                    let what = match protocol {
                        Protocol::Qga => "the guest agent, `qemu-ga`",
                        _ => "the storage daemon, `qemu-storage-daemon`",
                    };
                    writeln!(modules, "/// Bindings of {what}, per release.")?;
                    writeln!(
                        modules,
                        "#[cfg_attr(docsrs, doc(cfg(feature = {feature:?})))]"
                    )?;
                    writeln!(modules, "pub mod {feature} {{\n{inner}}}")?;
                }
            }
        }
        let out_dir = std::env::var("OUT_DIR")?;
        std::fs::write(Path::new(&out_dir).join("releases.rs"), modules)?;
        Ok(())
    }

    /// Writes bindings, and the module that includes them, which has the name of its
    /// feature.
    fn write_module(
        modules: &mut String,
        bindings: &Bindings,
        protocol: Protocol,
        module: &str,
        docs: &str,
    ) -> Result<()> {
        let file = format!("{}_{module}.rs", protocol.name());
        bindings.write_to_out_dir(&file)?;
        writeln!(modules, "/// {docs}")?;
        writeln!(
            modules,
            "#[cfg_attr(docsrs, doc(cfg(feature = {module:?})))]"
        )?;
        writeln!(modules, "pub mod {module} {{")?;
        writeln!(
            modules,
            "    include!(concat!(env!(\"OUT_DIR\"), \"/{file}\"));"
        )?;
        writeln!(modules, "}}")?;
        Ok(())
    }

    /// Whether a release is left out although its feature is enabled. In the workspace of
    /// this crate, `--all-features` would take minutes and gigabytes for fifteen
    /// releases that differ in little. There, the variable names those that the tests
    /// use. It has no effect if features were chosen one by one.
    fn is_left_out(module: &str) -> bool {
        let Some(tested) = std::env::var_os(TESTED).filter(|of| !of.is_empty()) else {
            return false;
        };
        let mut releases = qapi_schemas::RELEASES.iter();
        let tested = tested.to_string_lossy();
        releases.all(|release| enabled(&release.module()))
            && !tested.split(' ').any(|tested| tested == module)
    }

    fn enabled(feature: &str) -> bool {
        std::env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase())).is_some()
    }
}
