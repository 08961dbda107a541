//! The traits that generated commands and events implement.

use serde_core::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_core::{Serialize, Serializer};

/// A protocol. Each command and event belongs to one, so that a command of the guest
/// agent cannot be sent to QEMU.
pub trait Protocol: sealed::Sealed + Copy + Send + Sync + 'static {
    /// The name of the protocol, for people.
    const NAME: &'static str;
    /// Whether the server greets, and waits for the negotiation of capabilities.
    const GREETS: bool;
}

/// The QEMU machine protocol, as QEMU itself speaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qmp {}

/// The protocol of the guest agent, `qemu-ga`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qga {}

/// The QEMU machine protocol, as `qemu-storage-daemon` speaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qsd {}

impl Protocol for Qmp {
    const NAME: &'static str = "QMP";
    const GREETS: bool = true;
}

impl Protocol for Qga {
    const NAME: &'static str = "QEMU guest agent";
    const GREETS: bool = false;
}

impl Protocol for Qsd {
    const NAME: &'static str = "QMP of the storage daemon";
    const GREETS: bool = true;
}

/// A protocol whose servers tell by `query-qmp-schema` what they have. The guest agent
/// does not.
///
/// ```
/// use qmp_types::{Introspectable, Qmp, Qsd};
///
/// fn can_be_asked<P: Introspectable>() {}
/// can_be_asked::<Qmp>();
/// can_be_asked::<Qsd>();
/// ```
pub trait Introspectable: Protocol {}

impl Introspectable for Qmp {}

impl Introspectable for Qsd {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Qmp {}
    impl Sealed for super::Qga {}
    impl Sealed for super::Qsd {}
}

/// A command. Its value has the arguments: it serialises to the object in `arguments`.
///
/// ```
/// # use qmp_types::{Command, Qmp, wire};
/// # use serde_core::ser::{Serialize, Serializer, SerializeMap};
/// struct SystemReset;
///
/// impl Command for SystemReset {
///     type Protocol = Qmp;
///     type Return = ();
///     const NAME: &'static str = "system_reset";
///
///     fn decode_return<'de, D: serde_core::Deserializer<'de>>(reply: D) -> Result<(), D::Error> {
///         wire::nothing(reply)
///     }
/// }
/// # impl Serialize for SystemReset {
/// #     fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
/// #         serializer.serialize_map(Some(0))?.end()
/// #     }
/// # }
/// assert_eq!(SystemReset::NAME, "system_reset");
/// ```
pub trait Command: Serialize {
    /// The protocol that the command belongs to.
    type Protocol: Protocol;
    /// The type of the reply.
    type Return: DeserializeOwned + Send;
    /// The name of the command in the protocol.
    const NAME: &'static str;
    /// Whether the command may be executed out-of-band.
    const ALLOW_OOB: bool = false;
    /// Whether the command is available before the machine is created.
    const ALLOW_PRECONFIG: bool = false;
    /// Whether the command is answered if it succeeds. If not, it is answered only if it
    /// fails.
    const SUCCESS_RESPONSE: bool = true;
    /// Whether the command may be changed or removed without notice.
    const UNSTABLE: bool = false;
    /// Whether the command is deprecated.
    const DEPRECATED: bool = false;
    /// The QEMU release that the command and its reply are declared for, such as `11.1`,
    /// or a range of releases, such as `7.2 to 11.1`. It is empty if they were not
    /// generated from a bundled release.
    const RELEASE: &'static str = "";

    /// Decodes the reply.
    ///
    /// # Errors
    /// The reply does not fit [`Command::Return`]. The message begins with the path of
    /// the offending member.
    fn decode_return<'de, D: Deserializer<'de>>(reply: D) -> Result<Self::Return, D::Error> {
        Self::Return::deserialize(reply)
    }
}

impl<C: Command> Command for &C {
    type Protocol = C::Protocol;
    type Return = C::Return;
    const NAME: &'static str = C::NAME;
    const ALLOW_OOB: bool = C::ALLOW_OOB;
    const ALLOW_PRECONFIG: bool = C::ALLOW_PRECONFIG;
    const SUCCESS_RESPONSE: bool = C::SUCCESS_RESPONSE;
    const UNSTABLE: bool = C::UNSTABLE;
    const DEPRECATED: bool = C::DEPRECATED;
    const RELEASE: &'static str = C::RELEASE;

    fn decode_return<'de, D: Deserializer<'de>>(reply: D) -> Result<Self::Return, D::Error> {
        C::decode_return(reply)
    }
}

/// A command that a server can execute: it reads the arguments and writes the reply.
/// `qapi-codegen` generates such commands with its option `both_directions`.
///
/// ```
/// use qmp_types::{ServeCommand, wire};
///
/// /// Answers a command with these arguments.
/// fn answer<C: ServeCommand>(
///     arguments: &str,
///     serve: impl FnOnce(C) -> C::Return,
/// ) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
///     let command: C = wire::from_json(arguments)?;
///     let value = C::encode_return(&serve(command), serde_json::value::Serializer)?;
///     Ok(serde_json::json!({ "return": value }))
/// }
/// ```
pub trait ServeCommand: Command + DeserializeOwned + Send {
    /// Writes the reply. That of a command that returns nothing is an object without
    /// members, as in QEMU.
    ///
    /// # Errors
    /// The serializer fails.
    fn encode_return<S: Serializer>(value: &Self::Return, serializer: S)
    -> Result<S::Ok, S::Error>;
}

/// The enum of all commands that a server can execute. It serialises to the arguments
/// of the command.
pub trait AnyCommand: Serialize + Sized {
    /// The protocol that the commands belong to.
    type Protocol: Protocol;

    /// Decodes the arguments of the command of this name. The arguments of an unknown
    /// command are kept as they are.
    ///
    /// # Errors
    /// The arguments do not fit the command.
    fn decode<'de, D: Deserializer<'de>>(name: &str, arguments: D) -> Result<Self, D::Error>;

    /// Returns the name of the command in the protocol.
    fn name(&self) -> &str;
}

/// An event. Its value has the data; the time is in [`RawEvent`](crate::RawEvent).
pub trait Event: DeserializeOwned + Send {
    /// The protocol that the event belongs to.
    type Protocol: Protocol;
    /// The name of the event in the protocol.
    const NAME: &'static str;
    /// Whether the event may be changed or removed without notice.
    const UNSTABLE: bool = false;
    /// Whether the event is deprecated.
    const DEPRECATED: bool = false;
}
