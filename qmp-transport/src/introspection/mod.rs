//! What a server has, as it tells by `query-qmp-schema`.
//!
//! Commands, arguments, values and features come and go from one QEMU to the next, and
//! with how it was built. A program that depends on one asks for it:
//!
//! ```no_run
//! use qmp_transport::blocking::Client;
//! use qmp_types::v11_1::commands::BlockdevBackup;
//!
//! let mut qmp = Client::connect("unix:/run/vm.sock")?;
//! let qemu = qmp.introspect()?;
//! if qemu.supports::<BlockdevBackup>() && qemu.has("blockdev-add/arg-type/+file/aio/^io_uring")? {
//!     println!("this QEMU backs up disks, and reads files with io_uring");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod json;
mod lacking;
mod path;
mod tables;
mod text;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use qmp_types::{Command, Declarations, DecodeError, Event, Introspectable, wire};
use serde_core::de::{Deserialize, Deserializer};
use serde_core::ser::{Serialize, SerializeMap, Serializer};

pub use lacking::{Lack, Lacking};
pub use path::{PathError, PathProblem};
pub use text::FormatError;

use path::Path;
use tables::Tables;

/// What a server has: commands and events, and what these take, return and carry.
///
/// [`blocking::Client::introspect`](crate::blocking::Client::introspect) and
/// `tokio::Client::introspect` ask a server for it. It also deserialises from the reply to `query-qmp-schema`. It takes some hundred
/// kilobytes, and clones share them.
///
/// See the [module](self) for an example.
#[derive(Clone)]
pub struct Introspection {
    tables: Arc<Tables>,
}

impl fmt::Debug for Introspection {
    /// Shows how much there is, since the whole is long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspection")
            .field("commands", &self.commands().count())
            .field("events", &self.events().count())
            .field("types", &self.tables.types().len())
            .finish()
    }
}

impl<'de> Deserialize<'de> for Introspection {
    fn deserialize<D: Deserializer<'de>>(reply: D) -> Result<Self, D::Error> {
        Ok(Self::new(json::read(reply)?))
    }
}

impl Introspection {
    fn new(tables: Tables) -> Self {
        Self {
            tables: Arc::new(tables),
        }
    }

    /// Reads the reply to `query-qmp-schema`, as JSON text.
    ///
    /// ```
    /// use qmp_transport::introspection::Introspection;
    ///
    /// let reply = r#"[
    ///     {"name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "0"},
    ///     {"name": "0", "meta-type": "object", "members": []}
    /// ]"#;
    /// let introspection = Introspection::from_json(reply)?;
    /// assert_eq!(introspection.commands().collect::<Vec<_>>(), ["stop"]);
    /// # Ok::<(), qmp_types::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// The text is not JSON, does not have the form of such a reply, or refers to types
    /// that it does not have.
    pub fn from_json(reply: &str) -> Result<Self, DecodeError> {
        wire::from_json(reply)
    }

    /// Returns whether the server has what a path leads to.
    ///
    /// The first segment is a command or an event. The second one is `arg-type`, for the
    /// arguments of the command or the data of the event, `ret-type`, for the reply, or a
    /// feature. Each segment after that leads from a type to what is in it:
    ///
    /// | segment | leads to |
    /// |---|---|
    /// | `member` | the member of this name |
    /// | `*member` | the same, if it is optional |
    /// | `+branch` | the branch of a union |
    /// | `^value` | the value of an enum |
    /// | `$feature` | the feature of a command, an event, a type, a member or a value |
    /// | `!string` | the built-in type, by its name in JSON |
    ///
    /// Arrays and alternates are seen through. These are the paths that libvirt uses.
    ///
    /// ```
    /// # use qmp_transport::introspection::Introspection;
    /// # fn example(qemu: Introspection) -> Result<(), qmp_transport::introspection::PathError> {
    /// let queues = qemu.has("blockdev-add/arg-type/+file/aio/^io_uring")?;
    /// let optional = qemu.has("block-commit/arg-type/*top")?;
    /// let unstable = qemu.has("query-sgx/$unstable")?;
    /// # let _ = (queues, optional, unstable);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The path is malformed. A path to something that the server does not have is none.
    pub fn has(&self, path: &str) -> Result<bool, PathError> {
        Ok(Path::parse(path)?.is_in(&self.tables))
    }

    /// Returns whether the server has a command of this name. Use [`has`](Self::has) to
    /// ask for its arguments.
    ///
    /// ```
    /// use qmp_transport::introspection::Introspection;
    /// use qmp_types::v11_1::commands::BlockdevBackup;
    ///
    /// let introspection = Introspection::from_json("[]")?;
    /// assert!(!introspection.supports::<BlockdevBackup>());
    /// # Ok::<(), qmp_types::DecodeError>(())
    /// ```
    pub fn supports<C: Command>(&self) -> bool
    where
        C::Protocol: Introspectable,
    {
        let message = self.tables.message(C::NAME);
        message.is_some_and(|message| message.reply.is_some())
    }

    /// Returns whether the server has an event of this name.
    ///
    /// ```
    /// use qmp_transport::introspection::Introspection;
    /// use qmp_types::v11_1::events::Shutdown;
    ///
    /// let introspection = Introspection::from_json("[]")?;
    /// assert!(!introspection.supports_event::<Shutdown>());
    /// # Ok::<(), qmp_types::DecodeError>(())
    /// ```
    pub fn supports_event<E: Event>(&self) -> bool
    where
        E::Protocol: Introspectable,
    {
        let message = self.tables.message(E::NAME);
        message.is_some_and(|message| message.reply.is_none())
    }

    /// Compares the server with bindings: what they declare and it lacks, and which of
    /// the members that they would receive will never come.
    ///
    /// ```
    /// use qmp_transport::introspection::Introspection;
    /// use qmp_types::v11_1::DECLARATIONS;
    ///
    /// let introspection = Introspection::from_json("[]")?;
    /// let lacking = introspection.lacking(&DECLARATIONS)?;
    /// assert_eq!(lacking.release, "11.1");
    /// assert!(lacking.commands.iter().any(|command| command.path == "query-status"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A version of `qapi-codegen` that this library does not know generated the
    /// bindings. Generate them again.
    pub fn lacking(&self, bindings: &Declarations) -> Result<Lacking, FormatError> {
        let declared = text::read(bindings.as_str())?;
        Ok(lacking::lacking(
            bindings.release(),
            &declared,
            &self.tables,
        ))
    }

    /// Returns the names of all commands, sorted.
    ///
    /// ```
    /// # use qmp_transport::introspection::Introspection;
    /// # fn example(qemu: Introspection) {
    /// let queries = qemu.commands().filter(|name| name.starts_with("query-"));
    /// # drop(queries);
    /// # }
    /// ```
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.names(true)
    }

    /// Returns the names of all events, sorted.
    ///
    /// ```
    /// # use qmp_transport::introspection::Introspection;
    /// # fn example(qemu: Introspection) {
    /// let jobs = qemu.events().filter(|name| name.starts_with("JOB_"));
    /// # drop(jobs);
    /// # }
    /// ```
    pub fn events(&self) -> impl Iterator<Item = &str> {
        self.names(false)
    }

    fn names(&self, commands: bool) -> impl Iterator<Item = &str> {
        let messages = self.tables.messages().iter();
        messages
            .filter(move |message| message.reply.is_some() == commands)
            .map(|message| self.tables.name(message.name))
    }

    /// Returns the introspection as bytes that can be stored, in a file for example. They
    /// are text, about a quarter of the size of the reply.
    ///
    /// ```
    /// use qmp_transport::introspection::Introspection;
    ///
    /// let introspection = Introspection::from_json("[]")?;
    /// let stored = introspection.to_bytes();
    /// assert_eq!(Introspection::from_bytes(&stored)?.to_bytes(), stored);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        text::write(&self.tables).into_bytes()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) returned.
    ///
    /// # Errors
    /// The bytes are damaged, or another version of this library wrote them. Ask the
    /// server again then.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
            FormatError::new(line, "it is not UTF-8")
        })?;
        Ok(Self::new(text::read(text)?))
    }
}

/// The command that asks for the introspection.
pub(crate) struct QueryQmpSchema<P>(PhantomData<P>);

impl<P> QueryQmpSchema<P> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<P> Serialize for QueryQmpSchema<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

impl<P: Introspectable> Command for QueryQmpSchema<P> {
    type Protocol = P;
    type Return = Introspection;
    const NAME: &'static str = "query-qmp-schema";
}
