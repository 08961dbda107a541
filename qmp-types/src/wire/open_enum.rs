//! Enums that keep values that the schema does not declare.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{self, Deserializer, Visitor};

use super::names::Names;
use crate::secrets;

/// An enum, which is a string in JSON.
pub trait OpenEnum: Clone + 'static {
    /// The name of the type, for messages.
    const NAME: &'static str;
    /// The values that the schema declares, as they are in JSON.
    const NAMES: &'static Names;
    /// The same values, in the same order.
    const VALUES: &'static [Self];

    /// Any other value.
    fn unrecognized(value: Unrecognized) -> Self;
}

/// A value that the schema does not declare. A later release may have added it.
///
/// Only `From<&str>` and `From<String>` of the enum create it. So it is never a value
/// that the schema declares.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unrecognized(Box<str>);

impl Unrecognized {
    /// Returns the value as it is in JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not a value that the schema declares for an enum. The message suggests
/// a value that may have been meant.
///
/// ```
/// # #[cfg(feature = "compat")] {
/// use qmp_types::compat::types::OnOffAuto;
///
/// let error = "of".parse::<OnOffAuto>().unwrap_err();
/// assert_eq!(error.value(), "of");
/// assert_eq!(error.to_string(), "unknown value `of` of OnOffAuto, expected one of `auto`, `on`, `off`");
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct UnknownValue {
    value: Box<str>,
    ty: &'static str,
    expected: &'static Names,
}

impl UnknownValue {
    /// Returns the text.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the values that the schema declares.
    pub fn expected(&self) -> &'static [&'static str] {
        self.expected.all()
    }

    /// Returns the declared value that was most likely meant, if one is similar.
    ///
    /// ```
    /// # #[cfg(feature = "compat")] {
    /// let error = "qcov2".parse::<qmp_types::compat::types::BlockdevDriver>().unwrap_err();
    /// assert_eq!(error.suggestion(), Some("qcow2"));
    /// # }
    /// ```
    pub fn suggestion(&self) -> Option<&'static str> {
        // Among very short values, each is similar to each.
        let max_edits = self.value.len() / 3;
        self.expected()
            .iter()
            .map(|&value| (edits(&self.value, value), value))
            .filter(|(edits, _)| *edits <= max_edits)
            .min_by_key(|(edits, _)| *edits)
            .map(|(_, value)| value)
    }
}

/// Errors are equal if their messages are.
impl PartialEq for UnknownValue {
    fn eq(&self, other: &Self) -> bool {
        (&self.value, self.ty) == (&other.value, other.ty)
    }
}

impl Eq for UnknownValue {}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A longer list does not help.
        const MAX_LISTED: usize = 8;
        write!(
            f,
            "unknown value `{}` of {}",
            self.value.escape_debug(),
            self.ty
        )?;
        if let Some(value) = self.suggestion() {
            return write!(f, "; did you mean `{value}`?");
        }
        match self.expected() {
            [] => Ok(()),
            values if values.len() <= MAX_LISTED => {
                write!(f, ", expected one of `{}`", values.join("`, `"))
            }
            values => write!(f, ", expected one of {} others", values.len()),
        }
    }
}

impl std::error::Error for UnknownValue {}

/// Returns the number of edits between two words, ignoring case.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// Converts text to a value of an enum. Any text is one.
pub fn open_value<T: OpenEnum>(value: &str) -> T {
    match T::NAMES.find(value) {
        Some(index) => T::VALUES[index].clone(),
        None => T::unrecognized(Unrecognized(value.into())),
    }
}

/// Parses a value that the schema declares for an enum.
///
/// # Errors
/// The schema does not declare the value.
pub fn parse_value<T: OpenEnum>(value: &str) -> Result<T, UnknownValue> {
    match T::NAMES.find(value) {
        Some(index) => Ok(T::VALUES[index].clone()),
        None => Err(UnknownValue {
            value: value.into(),
            ty: T::NAME,
            expected: T::NAMES,
        }),
    }
}

impl fmt::Debug for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = secrets::text(&self.0);
        f.debug_tuple("Unrecognized").field(&value).finish()
    }
}

/// Reads a value of an enum.
///
/// # Errors
/// The input is not a string.
pub fn read_enum<'de, T: OpenEnum, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct EnumVisitor<T>(PhantomData<T>);

    impl<T: OpenEnum> Visitor<'_> for EnumVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a string, a value of {}", T::NAME)
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
            Ok(open_value(value))
        }
    }

    deserializer.deserialize_str(EnumVisitor(PhantomData))
}

/// Implements what every open enum has in addition to `as_str`. It does not refer to
/// an associated type through `Self`, because a variant may have the same name.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    ($name:ident) => {
        impl $name {
            /// Returns whether the schema declares the value.
            #[inline]
            pub fn is_recognized(&self) -> bool {
                !::core::matches!(self, Self::Unrecognized(_))
            }
        }

        impl ::core::convert::From<&str> for $name {
            #[inline]
            fn from(value: &str) -> Self {
                $crate::wire::open_value(value)
            }
        }

        impl ::core::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(value: ::std::string::String) -> Self {
                $crate::wire::open_value(&value)
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::wire::UnknownValue;

            #[inline]
            fn from_str(value: &str) -> ::core::result::Result<Self, $crate::wire::UnknownValue> {
                $crate::wire::parse_value(value)
            }
        }

        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::wire::Serialize for $name {
            fn serialize<S: $crate::wire::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::wire::Deserialize<'de> for $name {
            fn deserialize<D: $crate::wire::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::wire::read_enum(deserializer)
            }
        }
    };
}
