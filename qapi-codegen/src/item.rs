//! The list of generated definitions.

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
    /// An open enum, which keeps unknown values.
    Enum,
    /// A struct.
    Struct,
    /// A union. It is an enum, or a struct if it has common members other than the
    /// discriminator.
    Union,
    /// The branches of a union that is a struct. The name is the union's.
    Branches,
    /// An alternate: an enum by JSON type.
    Alternate,
}

impl Item {
    /// Returns the name in the schema.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the path in Rust, relative to the module of the bindings:
    /// `types::BlockInfo`. It is the same for all [`Modules`](crate::Modules).
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the kind of definition.
    pub fn kind(&self) -> ItemKind {
        self.kind
    }

    /// Returns whether the schema names it. Other types, such as the branches of a
    /// union in an old release, have a name that QEMU's generator chooses.
    pub fn is_named(&self) -> bool {
        self.is_named
    }
}
