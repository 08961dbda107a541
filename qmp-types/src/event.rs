//! Events as they arrive: name, data, timestamp.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde_core::de::Deserializer;
use serde_core::ser::Serialize;
use serde_json::value::RawValue;

use crate::secrets::{self, Scope};
use crate::wire::{self, DecodeError};
use crate::{Event, Protocol};

/// When the server says that an event happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01 00:00 UTC; −1 where the server could not read
    /// its clock.
    pub seconds: i64,
    /// Microseconds within the second; −1 where the server could not read its
    /// clock.
    pub microseconds: i64,
}

impl Timestamp {
    /// The time on this machine's clock, where the server knew it.
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

/// An event as it arrived, its data still text.
#[derive(Clone)]
pub struct RawEvent {
    /// The event's name on the wire.
    pub name: String,
    /// The event's data; none where the message had none.
    pub data: Option<Box<RawValue>>,
    /// When it happened, where the message said.
    pub timestamp: Option<Timestamp>,
}

impl RawEvent {
    /// The event as a server sends it. Bindings write events if they were
    /// generated with the option `both_directions` of `qapi-codegen`.
    ///
    /// # Errors
    /// The data cannot be written: a map in it has keys that are no strings.
    pub fn encode<E: Event + Serialize>(
        event: &E,
        timestamp: Option<Timestamp>,
    ) -> serde_json::Result<Self> {
        Self::of(E::NAME, event, timestamp)
    }

    /// Like [`RawEvent::encode`], for the enum of all events.
    ///
    /// # Errors
    /// As for [`RawEvent::encode`].
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
            // An event without data has no such member.
            data: (data.get() != "{}").then_some(data),
            timestamp,
        })
    }

    /// Whether this is event `E`.
    pub fn is<E: Event>(&self) -> bool {
        self.name == E::NAME
    }

    /// Whether this is event `E` with data that fits and that a test accepts.
    /// With it one waits for an event about something: the type of the test's
    /// argument says which.
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

    /// The data, if this is event `E`.
    ///
    /// # Errors
    /// The event has that name, but its data does not fit.
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

    /// The event as one of all those that a release declares.
    ///
    /// # Errors
    /// The data does not fit the event that the name says. An unknown name is
    /// no error: the enum has a case for it.
    pub fn decode_any<E: AnyEvent>(&self) -> Result<E, DecodeError> {
        wire::from_json_with(self.data_json(), |data| E::decode(&self.name, data))
    }

    /// The data as JSON text, `{}` where there is none.
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

    /// Decodes the data of the event of this name. An event of an unknown name
    /// is kept as it is.
    ///
    /// # Errors
    /// The data does not fit the event that the name says.
    fn decode<'de, D: Deserializer<'de>>(name: &str, data: D) -> Result<Self, D::Error>;

    /// The event's name on the wire.
    fn name(&self) -> &str;
}
