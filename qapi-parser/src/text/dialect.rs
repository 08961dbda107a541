//! Which language is accepted.

/// Which language is accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The schema of every release since QEMU 5.2, as released. Rules of
    /// style that only newer generators enforce are warnings.
    #[default]
    Current,
    /// Exactly what QEMU's newest generator accepts. Each error names the line
    /// that QEMU's would name, and the first is the one that QEMU's reports.
    Strict,
    /// The schema of every release since QEMU 1.0.
    Legacy,
}
