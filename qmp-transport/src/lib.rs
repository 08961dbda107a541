//! Speaks QMP with the typed commands of `qmp-types`.
