//! Where QEMU's manual describes what a schema declares.

use qapi_parser::schema::{ModuleId, Schema};

use crate::options::Protocol;

/// A link to the place, if the schema is QEMU's. `kind` is what the manual calls
/// it: `command`, `event`, `object`, `enum` or `alternate`.
pub(super) fn link(
    schema: &Schema,
    protocol: Protocol,
    module: Option<ModuleId>,
    kind: &str,
    name: &str,
) -> Option<String> {
    let main = &schema.modules.first()?.path;
    let module = &schema.modules.get(module?.0 as usize)?.path;
    if !main.ends_with("qapi-schema.json") {
        return None;
    }
    let module = module.rsplit('/').next()?.strip_suffix(".json")?;
    // Sphinx allows few characters in the names of places.
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !module.chars().all(is_allowed) || !name.chars().all(is_allowed) {
        return None;
    }
    let (page, namespace) = match protocol {
        Protocol::Qmp => ("qemu-qmp-ref", "QMP"),
        Protocol::Qga => ("qemu-ga-ref", "QGA"),
        Protocol::Qsd => ("qemu-storage-daemon-qmp-ref", "QSD"),
    };
    let name = name.replace('_', "-");
    Some(format!(
        "[QEMU's manual](https://www.qemu.org/docs/master/interop/{page}.html#{kind}-{namespace}-{module}.{name})"
    ))
}
