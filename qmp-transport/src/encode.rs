//! Writes commands, and refuses what JSON or the server's reader cannot carry.
//!
//! serde_json writes a NaN as `null`, which would silently mean something else,
//! and QEMU's reader rejects Unicode's noncharacters with an error that names
//! neither command nor member. Both are caught here, before anything is sent.

use std::fmt::Display;

use serde_core::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use crate::error::Unencodable;

/// How a command is to be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    InBand,
    OutOfBand,
}

/// What ends a command, after its id.
///
/// QEMU needs no newline; a log of the wire and a line reader in between do.
pub(crate) const END: &[u8] = b"}\n";

/// Appends a command up to its id, which the session gives it: its digits are to
/// follow, and [`END`]. On an error nothing is appended.
pub(crate) fn command<T: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    lane: Lane,
    name: &str,
    arguments: &T,
) -> Result<(), Unencodable> {
    let before = out.len();
    write_command(out, lane, name, arguments).map_err(|error| {
        out.truncate(before);
        Unencodable {
            command: name.to_owned().into(),
            message: error.to_string(),
        }
    })
}

fn write_command<T: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    lane: Lane,
    name: &str,
    arguments: &T,
) -> Result<(), serde_json::Error> {
    let command = out.len();
    out.extend_from_slice(match lane {
        Lane::InBand => b"{\"execute\":",
        Lane::OutOfBand => b"{\"exec-oob\":",
    });
    serde_json::to_writer(&mut *out, &Checked(name))?;
    let before = out.len();
    out.extend_from_slice(b",\"arguments\":");
    let begin = out.len();
    serde_json::to_writer(&mut *out, &Checked(arguments))?;
    match &out[begin..] {
        b"{}" | b"null" => out.truncate(before),
        [b'{', ..] => {}
        _ => return Err(serde_json::Error::custom("the arguments are no object")),
    }
    out.extend_from_slice(b",\"id\":");
    check_limits(&out[command..])
}

/// The text of an id.
#[derive(Debug, Default)]
pub(crate) struct Digits([u8; MOST_DIGITS]);

/// `u64::MAX` has so many.
const MOST_DIGITS: usize = 20;

impl Digits {
    pub(crate) fn of(&mut self, mut id: u64) -> &[u8] {
        let mut begin = MOST_DIGITS;
        loop {
            begin -= 1;
            self.0[begin] = b'0' + (id % 10) as u8;
            id /= 10;
            if id == 0 {
                return &self.0[begin..];
            }
        }
    }
}

/// What the server's reader takes. Past it, it answers with a stream of errors
/// that name no command, and would be taken for answers to later ones.
const MOST_NESTING: usize = 1024;
const MOST_BYTES: usize = 64 << 20;
const MOST_TOKENS: usize = 2 << 20;

fn check_limits(text: &[u8]) -> Result<(), serde_json::Error> {
    // Shorter text cannot open and close that much.
    if text.len() < 2 * MOST_NESTING {
        return Ok(());
    }
    // The id and the last bracket are still to come.
    let (mut depth, mut deepest, mut tokens, mut at) = (0_usize, 0_usize, 2_usize, 0_usize);
    while let Some(byte) = text.get(at) {
        at += 1;
        tokens += 1;
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(skip) = memchr::memchr2(b'"', b'\\', &text[at..]) {
                    at += skip + 1;
                    if text[at - 1] == b'"' {
                        break;
                    }
                    at += 1;
                }
            }
            b',' | b':' => {}
            b' ' | b'\t' | b'\r' | b'\n' => tokens -= 1,
            _ => {
                let scalar = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                at += text[at..].iter().take_while(scalar).count();
            }
        }
    }
    let limits = [
        (deepest, MOST_NESTING, "levels of nesting"),
        (text.len() + MOST_DIGITS + END.len(), MOST_BYTES, "bytes"),
        (tokens, MOST_TOKENS, "tokens"),
    ];
    match limits.iter().find(|(count, most, _)| count > most) {
        None => Ok(()),
        Some((count, most, what)) => Err(serde_json::Error::custom(format_args!(
            "the command has {count} {what}, and the server reads {most}"
        ))),
    }
}

/// Serialises a value, or fails where the result would not mean the value.
struct Checked<T>(T);

fn noncharacter(c: char) -> bool {
    let c = u32::from(c);
    (0xfdd0..=0xfdef).contains(&c) || c & 0xfffe == 0xfffe
}

fn check_text<E: serde_core::ser::Error>(text: &str) -> Result<(), E> {
    if text.is_ascii() {
        return Ok(());
    }
    match text.chars().find(|c| noncharacter(*c)) {
        None => Ok(()),
        Some(c) => Err(E::custom(format_args!(
            "the server reads no string with the noncharacter U+{:04X}",
            u32::from(c)
        ))),
    }
}

fn check_number<E: serde_core::ser::Error>(number: f64) -> Result<(), E> {
    if number.is_finite() {
        Ok(())
    } else {
        Err(E::custom(format_args!("JSON has no number {number}")))
    }
}

impl<T: Serialize> Serialize for Checked<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Checked(serializer))
    }
}

macro_rules! pass_on {
    ($($method:ident($($name:ident: $type:ty),*);)*) => {
        $(
            fn $method(self, $($name: $type),*) -> Result<S::Ok, S::Error> {
                self.0.$method($($name),*)
            }
        )*
    };
}

impl<S: Serializer> Serializer for Checked<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Checked<S::SerializeSeq>;
    type SerializeTuple = Checked<S::SerializeTuple>;
    type SerializeTupleStruct = Checked<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Checked<S::SerializeTupleVariant>;
    type SerializeMap = Checked<S::SerializeMap>;
    type SerializeStruct = Checked<S::SerializeStruct>;
    type SerializeStructVariant = Checked<S::SerializeStructVariant>;

    pass_on! {
        serialize_bool(value: bool);
        serialize_i8(value: i8);
        serialize_i16(value: i16);
        serialize_i32(value: i32);
        serialize_i64(value: i64);
        serialize_i128(value: i128);
        serialize_u8(value: u8);
        serialize_u16(value: u16);
        serialize_u32(value: u32);
        serialize_u64(value: u64);
        serialize_u128(value: u128);
        serialize_bytes(value: &[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        check_number(value.into())?;
        self.0.serialize_f32(value)
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        check_number(value)?;
        self.0.serialize_f64(value)
    }

    fn serialize_char(self, value: char) -> Result<S::Ok, S::Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<S::Ok, S::Error> {
        check_text(value)?;
        self.0.serialize_str(value)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Checked(value))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &Checked(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0
            .serialize_newtype_variant(name, index, variant, &Checked(value))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.0.serialize_seq(len).map(Checked)
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.0.serialize_tuple(len).map(Checked)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.0.serialize_tuple_struct(name, len).map(Checked)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.0
            .serialize_tuple_variant(name, index, variant, len)
            .map(Checked)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.0.serialize_map(len).map(Checked)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        self.0.serialize_struct(name, len).map(Checked)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.0
            .serialize_struct_variant(name, index, variant, len)
            .map(Checked)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! compound {
    ($($trait:ident: $method:ident;)*) => {
        $(
            impl<S: $trait> $trait for Checked<S> {
                type Ok = S::Ok;
                type Error = S::Error;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                    self.0.$method(&Checked(value))
                }

                fn end(self) -> Result<S::Ok, S::Error> {
                    self.0.end()
                }
            }
        )*
    };
}

compound! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
}

macro_rules! fields {
    ($($trait:ident;)*) => {
        $(
            impl<S: $trait> $trait for Checked<S> {
                type Ok = S::Ok;
                type Error = S::Error;

                fn serialize_field<T: Serialize + ?Sized>(
                    &mut self,
                    key: &'static str,
                    value: &T,
                ) -> Result<(), S::Error> {
                    self.0.serialize_field(key, &Checked(value))
                }

                fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
                    self.0.skip_field(key)
                }

                fn end(self) -> Result<S::Ok, S::Error> {
                    self.0.end()
                }
            }
        )*
    };
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

impl<S: SerializeMap> SerializeMap for Checked<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.0.serialize_key(&Checked(key))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.0.serialize_value(&Checked(value))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn encode(arguments: &impl Serialize) -> Result<String, String> {
        let mut out = Vec::new();
        let result = command(&mut out, Lane::InBand, "x", arguments);
        assert!(result.is_ok() || out.is_empty());
        out.extend_from_slice(Digits::default().of(7));
        out.extend_from_slice(END);
        result.map_err(|error| error.message)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn ids_are_written_in_full() {
        for id in [0, 9, 10, 1024, u64::MAX - 1, u64::MAX] {
            assert_eq!(Digits::default().of(id), id.to_string().as_bytes());
        }
    }

    #[test]
    fn empty_arguments_are_left_out() {
        assert_eq!(
            encode(&json!({})).unwrap(),
            "{\"execute\":\"x\",\"id\":7}\n"
        );
        assert_eq!(encode(&()).unwrap(), "{\"execute\":\"x\",\"id\":7}\n");
        assert_eq!(
            encode(&json!({"a": [1, null]})).unwrap(),
            "{\"execute\":\"x\",\"arguments\":{\"a\":[1,null]},\"id\":7}\n"
        );
    }

    #[test]
    fn what_json_has_no_number_for_is_refused() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = encode(&BTreeMap::from([("speed", Some(vec![number]))])).unwrap_err();
            assert_eq!(error, format!("JSON has no number {number}"));
        }
    }

    #[test]
    fn item_14_noncharacters_are_refused_and_nul_is_not() {
        for text in ["a\u{ffff}", "\u{fdd0}", "\u{1fffe}"] {
            assert!(encode(&json!({"a": text})).is_err());
            assert!(encode(&json!({text: 1})).is_err());
        }
        assert!(encode(&json!({"a": "\0\n\u{fffd}\u{1f600}"})).is_ok());
    }

    #[test]
    fn item_15_what_the_server_does_not_read_is_refused() {
        let nested = |depth| {
            let text = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
            encode(&serde_json::value::RawValue::from_string(text).unwrap())
        };
        assert!(nested(1022).is_ok());
        let error = nested(1023).unwrap_err();
        assert!(error.contains("1025 levels of nesting"), "{error}");

        assert!(encode(&json!({"a": "[\\\"[".repeat(2000)})).is_ok());
        let error = encode(&json!({"a": "x".repeat(64 << 20)})).unwrap_err();
        assert!(error.contains("bytes"), "{error}");

        // A list of n has 2n - 1 tokens beside its brackets, the rest has 18.
        let list = |length: usize| encode(&json!({"a": vec![-1.5; length]}));
        assert!(list((MOST_TOKENS - 17) / 2).is_ok());
        let error = list((MOST_TOKENS - 17) / 2 + 1).unwrap_err();
        assert!(error.contains("2097153 tokens"), "{error}");
    }

    #[test]
    fn arguments_must_be_an_object() {
        assert!(encode(&json!([1])).is_err());
        assert!(encode(&1).is_err());
    }

    #[test]
    fn raw_json_passes_unchanged() {
        let raw = serde_json::value::RawValue::from_string("{\"a\":  1e3}".into()).unwrap();
        assert!(
            encode(&raw)
                .unwrap()
                .contains("\"arguments\":{\"a\":  1e3}")
        );
    }
}
