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

    use qapi_codegen::{Config, Protocol};

    /// Writes a file for each release and protocol, and `releases.rs`, which has the
    /// modules that include these files.
    pub(super) fn generate() -> Result<(), Box<dyn std::error::Error>> {
        let mut modules = String::new();
        for protocol in Protocol::ALL {
            // QMP's bindings come with each release's feature alone.
            let feature = (protocol != Protocol::Qmp).then(|| protocol.name());
            if feature.is_some_and(|feature| !enabled(feature)) {
                continue;
            }
            let mut inner = String::new();
            for release in qapi_schemas::RELEASES
                .iter()
                .filter(|release| release.snapshot(protocol.schema_path()).is_some())
            {
                let module = release.module();
                if !enabled(&module) {
                    continue;
                }
                let file = format!("{}_{module}.rs", protocol.name());
                Config::new()
                    .protocol(protocol)
                    .release(release.name)?
                    .write_to_out_dir(&file)?;
                let what = match protocol {
                    Protocol::Qmp => "QEMU",
                    Protocol::Qga => "The guest agent of QEMU",
                    Protocol::Qsd => "The storage daemon of QEMU",
                };
                writeln!(inner, "/// {what} {}.", release.name)?;
                writeln!(inner, "#[cfg_attr(docsrs, doc(cfg(feature = {module:?})))]")?;
                writeln!(inner, "pub mod {module} {{")?;
                writeln!(
                    inner,
                    "    include!(concat!(env!(\"OUT_DIR\"), \"/{file}\"));"
                )?;
                writeln!(inner, "}}")?;
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

    fn enabled(feature: &str) -> bool {
        std::env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase())).is_some()
    }
}
