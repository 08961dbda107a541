//! A message of the server, split into its parts.

use std::borrow::Cow;
use std::fmt;

use qmp_types::Timestamp;
use serde_core::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The members that a message can have at its top level. Their values stay text,
/// so that each is decoded once, into its type.
#[derive(Debug, Default)]
pub(super) struct Envelope<'a> {
    pub(super) greeting: Option<&'a RawValue>,
    pub(super) success: Option<&'a RawValue>,
    pub(super) error: Option<&'a RawValue>,
    pub(super) event: Option<Cow<'a, str>>,
    pub(super) data: Option<&'a RawValue>,
    pub(super) timestamp: Option<Timestamp>,
    pub(super) id: Option<&'a RawValue>,
}

/// A string. It is borrowed if it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EnvelopeVisitor;

        impl<'de> Visitor<'de> for EnvelopeVisitor {
            type Value = Envelope<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<'de>, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(Text(key)) = map.next_key()? {
                    match &*key {
                        "QMP" => envelope.greeting = Some(map.next_value()?),
                        "return" => envelope.success = Some(map.next_value()?),
                        "error" => envelope.error = Some(map.next_value()?),
                        "event" => envelope.event = Some(map.next_value::<Text<'_>>()?.0),
                        "data" => envelope.data = Some(map.next_value()?),
                        "timestamp" => {
                            envelope.timestamp = Some(map.next_value::<WireTimestamp>()?.0);
                        }
                        "id" => envelope.id = Some(map.next_value()?),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(envelope)
            }
        }

        deserializer.deserialize_map(EnvelopeVisitor)
    }
}

struct WireTimestamp(Timestamp);

impl<'de> Deserialize<'de> for WireTimestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TimestampVisitor;

        impl<'de> Visitor<'de> for TimestampVisitor {
            type Value = WireTimestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a timestamp")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireTimestamp, A::Error> {
                let mut timestamp = Timestamp {
                    seconds: -1,
                    microseconds: -1,
                };
                while let Some(Text(key)) = map.next_key()? {
                    match &*key {
                        "seconds" => timestamp.seconds = map.next_value()?,
                        "microseconds" => timestamp.microseconds = map.next_value()?,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(WireTimestamp(timestamp))
            }
        }

        deserializer.deserialize_map(TimestampVisitor)
    }
}

/// A release of QEMU.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// The first number of `8.2.1`.
    pub major: u32,
    /// The second number of `8.2.1`.
    pub minor: u32,
    /// The third number of `8.2.1`. In development versions it is 50 or greater.
    pub micro: u32,
    /// The name that the packager gave the build; often empty.
    pub package: String,
}

impl Version {
    /// Returns the three numbers, without the name of the package.
    pub(crate) fn numbers(&self) -> impl fmt::Display {
        let Self {
            major,
            minor,
            micro,
            ..
        } = self;
        format!("{major}.{minor}.{micro}")
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.numbers().fmt(f)?;
        match self.package.trim() {
            "" => Ok(()),
            package => write!(f, " ({package})"),
        }
    }
}

/// The first message of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Greeting {
    /// The release of the server.
    pub version: Version,
    /// The capabilities that the server offers, such as `oob`.
    pub capabilities: Vec<String>,
}

impl Greeting {
    /// Returns whether the server offers out-of-band execution.
    pub fn offers_oob(&self) -> bool {
        self.capabilities.iter().any(|name| name == "oob")
    }

    /// Reads what it can. A version of another form must not prevent a session.
    pub(super) fn from_json(json: &RawValue) -> Result<Self, serde_json::Error> {
        let greeting: Value = serde_json::from_str(json.get())?;
        let version = &greeting["version"];
        let number = |name| {
            let number = version["qemu"][name].as_u64()?;
            u32::try_from(number).ok()
        };
        Ok(Self {
            version: Version {
                major: number("major").unwrap_or_default(),
                minor: number("minor").unwrap_or_default(),
                micro: number("micro").unwrap_or_default(),
                package: text(&version["package"]),
            },
            // A later server may describe a capability by more than its name.
            capabilities: greeting["capabilities"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
