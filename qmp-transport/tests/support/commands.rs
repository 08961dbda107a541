//! A few commands and events, written by hand.

#![allow(dead_code, unreachable_pub)]

use std::collections::BTreeMap;

use qmp_transport::{Command, Event, Qga, Qmp, Qsd};
use serde_core::de::{Deserialize, Deserializer, Error as _};
use serde_core::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

macro_rules! commands {
    ($protocol:ident: $($type:ident { $($member:ident: $of:ty),* } = $name:literal -> $return:ty $({ $($item:item)* })?;)*) => {
        $(
            #[derive(Clone, Debug)]
            pub struct $type { $(pub $member: $of),* }

            impl Serialize for $type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    #[allow(unused_mut)]
                    let mut map = serializer.serialize_map(None)?;
                    $(map.serialize_entry(stringify!($member), &self.$member)?;)*
                    map.end()
                }
            }

            impl Command for $type {
                type Protocol = $protocol;
                type Return = $return;
                const NAME: &'static str = $name;
                $($($item)*)?
            }
        )*
    };
}

commands! {
    Qmp:
    QueryStatus {} = "query-status" -> Status;
    QueryName {} = "query-name" -> BTreeMap<String, String>;
    Stop {} = "stop" -> Nothing;
    Cont {} = "cont" -> Nothing;
    DeviceDel { id: &'static str } = "device_del" -> Nothing;
    QuerySchema {} = "query-qmp-schema" -> Vec<Value>;
    SetSpeed { speed: f64 } = "set-speed" -> f64;
    QueryYank {} = "query-yank" -> Value { const ALLOW_OOB: bool = true; };
    MigratePause {} = "migrate-pause" -> Nothing { const ALLOW_OOB: bool = true; };
    Quit {} = "quit" -> Nothing;
    GetFd { fdname: &'static str } = "getfd" -> Nothing;
    AddFd {} = "add-fd" -> BTreeMap<String, i64>;
}

commands! {
    Qga:
    GuestPing {} = "guest-ping" -> Nothing;
    GuestGetTime {} = "guest-get-time" -> i64;
    GuestShutdown { mode: &'static str } = "guest-shutdown" -> Nothing {
        const SUCCESS_RESPONSE: bool = false;
    };
}

commands! {
    Qsd:
    QueryChardev {} = "query-chardev" -> Vec<Value>;
}

/// The reply of a command that returns nothing.
#[derive(Debug, PartialEq)]
pub struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        qmp_types::wire::nothing(deserializer).map(|()| Self)
    }
}

/// The reply to `query-status`. Errors have the path of the offending member.
#[derive(Debug, PartialEq)]
pub struct Status {
    pub running: bool,
    pub status: String,
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = BTreeMap::<String, Value>::deserialize(deserializer)?;
        let missing = |name| D::Error::custom(format_args!(".{name}: missing, or of another type"));
        Ok(Self {
            running: members
                .get("running")
                .and_then(Value::as_bool)
                .ok_or_else(|| missing("running"))?,
            status: members
                .get("status")
                .and_then(Value::as_str)
                .ok_or_else(|| missing("status"))?
                .to_owned(),
        })
    }
}

/// `STOP`.
#[derive(Debug)]
pub struct Stopped;

impl<'de> Deserialize<'de> for Stopped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        qmp_types::wire::nothing(deserializer).map(|()| Self)
    }
}

impl Event for Stopped {
    type Protocol = Qmp;
    const NAME: &'static str = "STOP";
}
