//! Enumerations that keep values which the schema does not know.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{self, Deserializer, Visitor};

use super::names::Names;
use crate::secrets;

/// An enumeration on the wire: a string.
pub trait OpenEnum: Clone + 'static {
    /// The type's name in messages.
    const NAME: &'static str;
    /// The values that the schema knows, as they stand on the wire.
    const NAMES: &'static Names;
    /// The same values, in the same order.
    const VALUES: &'static [Self];

    /// Any other value.
    fn unrecognized(value: Unrecognized) -> Self;
}

/// A value that the schema does not know. A later release may have added it.
///
/// It is made by the enumeration's `From<&str>` and `From<String>` only, so that
/// a known value is never hidden in here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unrecognized(Box<str>);

impl Unrecognized {
    /// The value as it stood on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text that is no value of an enumeration, as far as the schema knows. The
/// message says which value may have been meant.
///
/// ```
/// # #[cfg(feature = "v11_1")] {
/// use qmp_types::v11_1::types::OnOffAuto;
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
    known: &'static Names,
}

impl UnknownValue {
    /// The text.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The values that the schema knows.
    pub fn known(&self) -> &'static [&'static str] {
        self.known.all()
    }

    /// The known value that was most likely meant, if one is near.
    ///
    /// ```
    /// # #[cfg(feature = "v11_1")] {
    /// let error = "qcov2".parse::<qmp_types::v11_1::types::BlockdevDriver>().unwrap_err();
    /// assert_eq!(error.suggestion(), Some("qcow2"));
    /// # }
    /// ```
    pub fn suggestion(&self) -> Option<&'static str> {
        // Every letter is near to every other.
        let allowed = self.value.len() / 3;
        self.known()
            .iter()
            .map(|&known| (edits(&self.value, known), known))
            .filter(|(edits, _)| *edits <= allowed)
            .min_by_key(|(edits, _)| *edits)
            .map(|(_, known)| known)
    }
}

/// Two are the same if they say the same.
impl PartialEq for UnknownValue {
    fn eq(&self, other: &Self) -> bool {
        (&self.value, self.ty) == (&other.value, other.ty)
    }
}

impl Eq for UnknownValue {}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No longer list helps.
        const FEW: usize = 8;
        write!(
            f,
            "unknown value `{}` of {}",
            self.value.escape_debug(),
            self.ty
        )?;
        if let Some(known) = self.suggestion() {
            return write!(f, "; did you mean `{known}`?");
        }
        match self.known() {
            [] => Ok(()),
            known if known.len() <= FEW => {
                write!(f, ", expected one of `{}`", known.join("`, `"))
            }
            known => write!(f, ", expected one of {} others", known.len()),
        }
    }
}

impl std::error::Error for UnknownValue {}

/// The number of edits between two words, letter case aside.
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

/// The value of an enumeration that this text is; any text is one.
pub fn open_value<T: OpenEnum>(value: &str) -> T {
    match T::NAMES.find(value) {
        Some(index) => T::VALUES[index].clone(),
        None => T::unrecognized(Unrecognized(value.into())),
    }
}

/// The value of an enumeration that this text is, where the schema knows it.
///
/// # Errors
/// The schema does not know the value.
pub fn parse_value<T: OpenEnum>(value: &str) -> Result<T, UnknownValue> {
    match T::NAMES.find(value) {
        Some(index) => Ok(T::VALUES[index].clone()),
        None => Err(UnknownValue {
            value: value.into(),
            ty: T::NAME,
            known: T::NAMES,
        }),
    }
}

impl fmt::Debug for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = secrets::text(&self.0);
        f.debug_tuple("Unrecognized").field(&value).finish()
    }
}

/// Reads a value of an enumeration.
///
/// # Errors
/// The input is no string.
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

/// Implements what every open enum has beside `as_str`. No associated type is
/// named by way of `Self`: a variant may have its name.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    ($name:ident) => {
        impl $name {
            /// Whether the schema knows the value.
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
