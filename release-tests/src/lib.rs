//! What the tests on a real QEMU share: every query, with the bindings of all releases
//! and with those of each recorded one.

// What is deprecated must decode, too.
#![allow(deprecated)]

pub mod lacking;

use std::fmt::Debug;

use qmp_transport::Error;
use qmp_transport::blocking::Client;
use qmp_types::{Command, DecodeError, Qmp, ServeCommand, wire};

type Execute = dyn Fn(&mut Client) -> Result<(), Error>;
type Visit = fn(&mut dyn FnMut(Query));

/// Decodes JSON into a type, and encodes the value again; encodes and decodes
/// that once more, and tells whether the value is the same. Whoever wants to sees
/// the value in between.
pub type RoundTrip = fn(&str, &mut dyn FnMut(&dyn Debug)) -> Result<(String, bool), DecodeError>;

/// What of a protocol can make a round trip, by its names in the schema.
pub struct RoundTrips {
    /// `compat`, or a release's name.
    pub bindings: &'static str,
    /// The protocol, as `qapi_codegen::Protocol::name` calls it.
    pub protocol: &'static str,
    /// The types that have names.
    pub types: &'static [(&'static str, RoundTrip)],
    /// The arguments of commands.
    pub commands: &'static [(&'static str, RoundTrip)],
    /// What commands return.
    pub returns: &'static [(&'static str, RoundTrip)],
    /// The data of events.
    pub events: &'static [(&'static str, RoundTrip)],
}

fn round_trip<T>(json: &str, see: &mut dyn FnMut(&dyn Debug)) -> Result<(String, bool), DecodeError>
where
    T: wire::Serialize + for<'de> wire::Deserialize<'de> + PartialEq + Debug + Send,
{
    round_trip_with(
        json,
        see,
        |json| wire::from_json(json),
        |value: &T| serde_json::to_string(value),
    )
}

fn round_trip_of_return<C: ServeCommand>(
    json: &str,
    see: &mut dyn FnMut(&dyn Debug),
) -> Result<(String, bool), DecodeError>
where
    C::Return: PartialEq + Debug,
{
    round_trip_with(
        json,
        see,
        |json| wire::from_json_with(json, |reply| C::decode_return(reply)),
        |value| {
            let value = C::encode_return(value, serde_json::value::Serializer)?;
            serde_json::to_string(&value)
        },
    )
}

fn round_trip_with<T: PartialEq + Debug>(
    json: &str,
    see: &mut dyn FnMut(&dyn Debug),
    decode: impl Fn(&str) -> Result<T, DecodeError>,
    encode: impl Fn(&T) -> serde_json::Result<String>,
) -> Result<(String, bool), DecodeError> {
    let value = decode(json)?;
    see(&value);
    let encoded = encode(&value).map_err(|error| DecodeError::new(&error))?;
    let again = decode(&encoded)?;
    Ok((encoded, again == value))
}

/// A query that needs no argument.
pub struct Query {
    /// The command's name.
    pub name: &'static str,
    execute: Box<Execute>,
    decode: fn(&str) -> Result<(), DecodeError>,
}

/// The queries of a release.
pub struct Release {
    /// Major and minor version.
    pub version: (u64, u64),
    queries: Visit,
    recorded: Visit,
}

impl Query {
    fn of<C: Command<Protocol = Qmp> + 'static>(command: C) -> Self {
        Self {
            name: C::NAME,
            execute: Box::new(move |client| client.execute(&command).map(drop)),
            decode: |json| wire::from_json_with(json, |reply| C::decode_return(reply)).map(drop),
        }
    }

    /// Executes the query and decodes what it returns.
    ///
    /// # Errors
    /// QEMU rejects it, or the reply does not decode.
    pub fn execute(&self, client: &mut Client) -> Result<(), Error> {
        (self.execute)(client)
    }

    /// Decodes what the query returned elsewhere.
    ///
    /// # Errors
    /// It does not fit the type.
    pub fn decode(&self, json: &str) -> Result<(), DecodeError> {
        (self.decode)(json)
    }
}

impl Release {
    /// All queries of the release that need no argument.
    pub fn queries(&self) -> Vec<Query> {
        let mut queries = Vec::new();
        (self.queries)(&mut |query| queries.push(query));
        queries
    }

    /// The same queries, but for those that the recorded QEMU was built without,
    /// with bindings that were made from its introspection.
    pub fn recorded(&self) -> Vec<Query> {
        let mut queries = Vec::new();
        (self.recorded)(&mut |query| queries.push(query));
        queries
    }

    /// The newest recorded release that is no newer than this version, or the
    /// oldest.
    pub fn for_version(version: (u64, u64)) -> &'static Release {
        RELEASES
            .iter()
            .rev()
            .find(|release| release.version <= version)
            .unwrap_or(&RELEASES[0])
    }
}

/// All queries of all releases that need no argument, with the bindings of all.
pub fn queries_of_all() -> Vec<Query> {
    let mut queries = Vec::new();
    compat(&mut |query| queries.push(query));
    queries
}

include!(concat!(env!("OUT_DIR"), "/queries.rs"));
