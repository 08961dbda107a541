//! The list of what was generated.

/// A definition of the schema, and the item in Rust that it became.
///
/// ```
/// use qapi_codegen::{Config, ItemKind};
///
/// let bindings = Config::new().command("query-status").release("11.1")?;
/// let item = &bindings.items()[0];
/// assert_eq!(item.name(), "query-status");
/// assert_eq!(item.path(), "commands::QueryStatus");
/// assert_eq!(item.kind(), ItemKind::Command);
/// # Ok::<(), qapi_codegen::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) kind: ItemKind,
    pub(crate) is_named: bool,
}

/// What a definition of the schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ItemKind {
    /// A command: the struct holds its arguments.
    Command,
    /// An event: the struct holds its data.
    Event,
    /// An enum: open, unknown values are kept.
    Enum,
    /// A struct.
    Struct,
    /// A union: an enum, or a struct where it has other common members than the
    /// discriminator.
    Union,
    /// The branches of a union that is a struct. The name is the union's.
    Branches,
    /// An alternate: an enum by JSON type.
    Alternate,
}

impl Item {
    /// The name in the schema.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path in Rust, from the module that the bindings are in:
    /// `types::BlockInfo`. It is the same for all [`Modules`](crate::Modules).
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What it is.
    pub fn kind(&self) -> ItemKind {
        self.kind
    }

    /// Whether the schema's author gave it its name. A type without one, such as
    /// the branch of an old union, has one that QEMU's generator makes up.
    pub fn is_named(&self) -> bool {
        self.is_named
    }
}
