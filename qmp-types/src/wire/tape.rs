//! Recording values until the type that they are read into is known.
//!
//! A tree of values would need an allocation for each object, array and string. A
//! tape needs two. It borrows nothing, so that another object can use them again.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::value::MapAccessDeserializer;
use serde_core::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde_core::forward_to_deserialize_any;

/// A list of values.
#[derive(Debug, Default)]
pub(super) struct Tape {
    tokens: Vec<Token>,
    /// The text of all strings.
    text: String,
}

#[derive(Clone, Copy, Debug)]
enum Token {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    String(Text),
    /// An array of `count` elements, which ends before position `end`.
    Array {
        count: u32,
        end: u32,
    },
    /// An object, which ends before position `end`. Names and values alternate.
    Object {
        end: u32,
    },
}

/// A range of the text of a tape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    start: u32,
    end: u32,
}

impl Tape {
    /// Removes all values, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.tokens.clear();
        self.text.clear();
    }

    /// Returns how many bytes of memory the tape has.
    pub(super) fn size(&self) -> usize {
        self.tokens.capacity() * size_of::<Token>() + self.text.capacity()
    }

    /// Returns the position of the next value to be recorded.
    pub(super) fn end(&self) -> usize {
        self.tokens.len()
    }

    /// Keeps a string that is not a value.
    #[inline]
    pub(super) fn keep<E: de::Error>(&mut self, text: &str) -> Result<Text, E> {
        let start = self.text.len();
        self.text.push_str(text);
        let end = to_u32(self.text.len())?;
        // It is not greater than the end, which fits.
        let start = start as u32;
        Ok(Text { start, end })
    }

    /// Returns a string that was kept.
    #[inline]
    pub(super) fn text(&self, text: Text) -> &str {
        &self.text[text.start as usize..text.end as usize]
    }

    /// Returns a seed that records one value.
    pub(super) fn record(&mut self) -> Record<'_> {
        Record(self)
    }

    /// Returns a deserializer of the value at a position.
    pub(super) fn replay<E: de::Error>(&self, position: usize) -> Replay<'_, E> {
        Replay {
            tape: self,
            position,
            end: self.tokens.len(),
            count: None,
            error: PhantomData,
        }
    }
}

/// Converts a position to 32 bits. No reply is large enough to exceed them.
fn to_u32<E: de::Error>(position: usize) -> Result<u32, E> {
    u32::try_from(position).map_err(|_| E::custom("the object is too large"))
}

/// Records a value at the end of a tape.
pub(super) struct Record<'t>(&'t mut Tape);

impl<'de> DeserializeSeed<'de> for Record<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Record<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.tokens.push(Token::Null);
        Ok(())
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.tokens.push(Token::Bool(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.tokens.push(Token::Unsigned(value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.tokens.push(Token::Signed(value));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.tokens.push(Token::Float(value));
        Ok(())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        let text = self.0.keep(value)?;
        self.0.tokens.push(Token::String(text));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let start = self.0.end();
        self.0.tokens.push(Token::Null);
        let mut count: u32 = 0;
        while seq.next_element_seed(Record(self.0))?.is_some() {
            count = count.saturating_add(1);
        }
        let end = to_u32(self.0.end())?;
        self.0.tokens[start] = Token::Array { count, end };
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let start = self.0.end();
        self.0.tokens.push(Token::Null);
        while map.next_key_seed(Record(self.0))?.is_some() {
            map.next_value_seed(Record(self.0))?;
        }
        let end = to_u32(self.0.end())?;
        self.0.tokens[start] = Token::Object { end };
        Ok(())
    }
}

/// Reads a recorded value.
pub(super) struct Replay<'t, E> {
    tape: &'t Tape,
    position: usize,
    /// The end of the array or object that is being read.
    end: usize,
    /// The number of elements of an array.
    count: Option<u32>,
    error: PhantomData<E>,
}

impl<'t, E: de::Error> Replay<'t, E> {
    /// Returns the token at the position, and moves to the next value.
    #[inline]
    fn take(&mut self) -> Result<Token, E> {
        let token = self.tape.tokens.get(self.position).copied();
        self.position = match token {
            Some(Token::Array { end, .. } | Token::Object { end }) => end as usize,
            _ => self.position + 1,
        };
        token.ok_or_else(|| E::custom("unexpected end of the value"))
    }

    /// Returns a reader of the elements or members of an array or object.
    fn inner(&self, start: usize, end: u32, count: Option<u32>) -> Replay<'t, E> {
        Replay {
            tape: self.tape,
            position: start,
            end: end as usize,
            count,
            error: PhantomData,
        }
    }
}

impl<'de, E: de::Error> Deserializer<'de> for &mut Replay<'_, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        let start = self.position + 1;
        match self.take()? {
            Token::Null => visitor.visit_unit(),
            Token::Bool(value) => visitor.visit_bool(value),
            Token::Unsigned(value) => visitor.visit_u64(value),
            Token::Signed(value) => visitor.visit_i64(value),
            Token::Float(value) => visitor.visit_f64(value),
            Token::String(text) => visitor.visit_str(self.tape.text(text)),
            Token::Array { count, end } => visitor.visit_seq(self.inner(start, end, Some(count))),
            Token::Object { end } => visitor.visit_map(self.inner(start, end, None)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.tape.tokens.get(self.position) {
            Some(Token::Null) => {
                self.take()?;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        let start = self.position + 1;
        match self.take()? {
            Token::String(text) => visitor.visit_enum(self.tape.text(text).into_deserializer()),
            Token::Object { end } => MapAccessDeserializer::new(self.inner(start, end, None))
                .deserialize_enum(name, variants, visitor),
            _ => Err(E::custom("expected a string or an object")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.take()?;
        visitor.visit_unit()
    }

    // The most frequent kind of token is tried first. A branch for each kind would
    // take most of the time.

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.tape.tokens.get(self.position) {
            Some(Token::String(text)) => {
                self.position += 1;
                visitor.visit_str(self.tape.text(*text))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.deserialize_str(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.tape.tokens.get(self.position) {
            Some(Token::Object { end }) => {
                let inner = self.inner(self.position + 1, *end, None);
                self.position = *end as usize;
                visitor.visit_map(inner)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf
        unit unit_struct seq tuple tuple_struct struct
    }
}

impl<'de, E: de::Error> SeqAccess<'de> for Replay<'_, E> {
    type Error = E;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, E> {
        if self.position >= self.end {
            return Ok(None);
        }
        seed.deserialize(self).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        self.count.and_then(|count| usize::try_from(count).ok())
    }
}

impl<'de, E: de::Error> MapAccess<'de> for Replay<'_, E> {
    type Error = E;

    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, E> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, E> {
        seed.deserialize(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_core::de::Deserialize as _;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn recorded_values_are_replayed() {
        let values = [
            json!(null),
            json!({ "a": [1, -1, 1.5, true, "text", "es\"caped", {}, []], "b": { "c": null } }),
            json!([[[]], {}, u64::MAX, i64::MIN]),
        ];
        for value in values {
            let text = value.to_string();
            let mut tape = Tape::default();
            let mut input = serde_json::Deserializer::from_str(&text);
            tape.record().deserialize(&mut input).unwrap();
            let replayed = Value::deserialize(&mut tape.replay::<serde_json::Error>(0));
            assert_eq!(replayed.unwrap(), value);
        }
    }
}
