//! Events as they arrive: a name, data and a timestamp.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde_core::de::Deserializer;
use serde_core::ser::Serialize;
use serde_json::value::RawValue;

use crate::secrets::{self, Scope};
use crate::wire::{self, DecodeError};
use crate::{Event, Protocol};

/// The time of an event, by the clock of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01 00:00 UTC; −1 if the server could not read its clock.
    pub seconds: i64,
    /// Microseconds in the second; −1 if the server could not read its clock.
    pub microseconds: i64,
}

impl Timestamp {
    /// Converts to the time of this machine; `None` if the server did not know it.
    ///
    /// ```
    /// use qmp_types::Timestamp;
    /// use std::time::{Duration, SystemTime};
    ///
    /// let at = Timestamp { seconds: 12, microseconds: 500_000 };
    /// assert_eq!(at.system_time(), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(12_500)));
    /// let unknown = Timestamp { seconds: -1, microseconds: -1 };
    /// assert_eq!(unknown.system_time(), None);
    /// ```
    pub fn system_time(&self) -> Option<SystemTime> {
        let seconds = u64::try_from(self.seconds).ok()?;
        let microseconds = u64::try_from(self.microseconds).ok()?;
        SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))?
            .checked_add(Duration::from_micros(microseconds))
    }
}

/// An event as it arrived. Its data is JSON text.
#[derive(Clone)]
pub struct RawEvent {
    /// The name of the event.
    pub name: String,
    /// The data of the event; `None` if the message had none.
    pub data: Option<Box<RawValue>>,
    /// The time of the event; `None` if the message had none.
    pub timestamp: Option<Timestamp>,
}

impl RawEvent {
    /// Encodes an event, as a server sends it. Events can be encoded if they were
    /// generated with the option `both_directions` of `qapi-codegen`.
    ///
    /// # Errors
    /// The data is not JSON: a map in it has keys that are not strings.
    pub fn encode<E: Event + Serialize>(
        event: &E,
        timestamp: Option<Timestamp>,
    ) -> serde_json::Result<Self> {
        Self::of(E::NAME, event, timestamp)
    }

    /// Encodes an event of the enum of all events, like [`RawEvent::encode`].
    ///
    /// # Errors
    /// Those of [`RawEvent::encode`].
    pub fn encode_any<E: AnyEvent + Serialize>(
        event: &E,
        timestamp: Option<Timestamp>,
    ) -> serde_json::Result<Self> {
        Self::of(event.name(), event, timestamp)
    }

    fn of(
        name: &str,
        data: &impl Serialize,
        timestamp: Option<Timestamp>,
    ) -> serde_json::Result<Self> {
        let data = serde_json::value::to_raw_value(data)?;
        Ok(Self {
            name: name.to_owned(),
            // The message of an event without data does not have the member.
            data: (data.get() != "{}").then_some(data),
            timestamp,
        })
    }

    /// Returns whether this is the event `E`.
    pub fn is<E: Event>(&self) -> bool {
        self.name == E::NAME
    }

    /// Returns whether this is the event `E`, its data fits, and the function accepts
    /// it. The type of the argument of the function is `E`.
    ///
    /// ```
    /// # use qmp_types::{Event, Qmp, RawEvent};
    /// # fn example<DeviceDeleted: Event>(name: fn(&DeviceDeleted) -> &str, event: &RawEvent) -> bool {
    /// event.is_and(|gone: &DeviceDeleted| name(gone) == "disk")
    /// # }
    /// ```
    pub fn is_and<E: Event>(&self, test: impl FnOnce(&E) -> bool) -> bool {
        matches!(self.decode(), Ok(Some(event)) if test(&event))
    }

    /// Decodes the data, if this is the event `E`.
    ///
    /// # Errors
    /// The event has this name, but its data does not fit.
    ///
    /// ```
    /// # use qmp_types::{Event, Qmp, RawEvent, wire};
    /// # use serde_core::de::{Deserialize, Deserializer};
    /// # #[derive(Debug)] struct Stop;
    /// # impl<'de> Deserialize<'de> for Stop {
    /// #     fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
    /// #         wire::nothing(d).map(|()| Stop)
    /// #     }
    /// # }
    /// # impl Event for Stop { type Protocol = Qmp; const NAME: &'static str = "STOP"; }
    /// let event = RawEvent { name: "STOP".into(), data: None, timestamp: None };
    /// assert!(event.decode::<Stop>()?.is_some());
    /// # Ok::<(), qmp_types::DecodeError>(())
    /// ```
    pub fn decode<E: Event>(&self) -> Result<Option<E>, DecodeError> {
        if self.is::<E>() {
            wire::from_json(self.data_json()).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Decodes the event as the enum of all events of a release.
    ///
    /// # Errors
    /// The data does not fit the event of this name. An unknown name is not an error:
    /// the enum has a variant for it.
    pub fn decode_any<E: AnyEvent>(&self) -> Result<E, DecodeError> {
        wire::from_json_with(self.data_json(), |data| E::decode(&self.name, data))
    }

    /// Returns the data as JSON text; `{}` if there is none.
    pub fn data_json(&self) -> &str {
        self.data.as_deref().map_or("{}", RawValue::get)
    }
}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("RawEvent");
        out.field("name", &secrets::text(&self.name));
        match &self.data {
            Some(data) => {
                let data = secrets::message(Scope::Plain, data.get().as_bytes());
                out.field("data", &format_args!("Some(RawValue({data}))"));
            }
            None => {
                out.field("data", &self.data);
            }
        }
        out.field("timestamp", &self.timestamp).finish()
    }
}

/// The enum of all events that a release declares.
pub trait AnyEvent: Sized + Send {
    /// The protocol that the events belong to.
    type Protocol: Protocol;

    /// Decodes the data of the event of this name. The data of an unknown event is kept
    /// as it is.
    ///
    /// # Errors
    /// The data does not fit the event of this name.
    fn decode<'de, D: Deserializer<'de>>(name: &str, data: D) -> Result<Self, D::Error>;

    /// Returns the name of the event in the protocol.
    fn name(&self) -> &str;
}
