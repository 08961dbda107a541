// Written by a test of qapi-codegen.

#[allow(unused_imports)]
pub use super::library::events::*;

#[allow(unused_imports)]
pub use super::books::events::*;

#[allow(unused_imports)]
pub use super::readers::events::*;

/// Any event. [`qmp_types::RawEvent::decode_any`](::qmp_types::RawEvent::decode_any) makes one; the time stands beside it there.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The event `READER_CAME`.
    ReaderCame(ReaderCame),
    /// The event `BOOK_LENT`.
    BookLent(BookLent),
    /// The event `CLOSED`.
    Closed(Closed),
    /// An event that the schema does not know.
    Unrecognized {
        /// Its name on the wire.
        name: ::std::string::String,
        /// Its data.
        data: ::qmp_types::wire::Value,
    },
}

impl ::core::fmt::Debug for Event {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::ReaderCame(value) => ::qmp_types::wire::debug_variant(f, "ReaderCame", value),
            Self::BookLent(value) => ::qmp_types::wire::debug_variant(f, "BookLent", value),
            Self::Closed(value) => ::qmp_types::wire::debug_variant(f, "Closed", value),
            Self::Unrecognized { name, data } => ::qmp_types::wire::debug_unrecognized(f, name, "data", data),
        }
    }
}

impl ::qmp_types::AnyEvent for Event {
    type Protocol = ::qmp_types::Qmp;

    fn decode<'de, D: ::qmp_types::wire::Deserializer<'de>>(name: &::core::primitive::str, data: D) -> ::core::result::Result<Self, D::Error> {
        ::core::result::Result::Ok(match name {
            "READER_CAME" => Self::ReaderCame(::qmp_types::wire::read(data)?),
            "BOOK_LENT" => Self::BookLent(::qmp_types::wire::read(data)?),
            "CLOSED" => Self::Closed(::qmp_types::wire::read(data)?),
            _ => Self::Unrecognized {
                name: name.into(),
                data: ::qmp_types::wire::Deserialize::deserialize(data)?
            },
        })
    }

    #[inline]
    fn name(&self) -> &::core::primitive::str {
        match self {
            Self::ReaderCame(_) => "READER_CAME",
            Self::BookLent(_) => "BOOK_LENT",
            Self::Closed(_) => "CLOSED",
            Self::Unrecognized { name, .. } => name,
        }
    }
}

impl ::core::convert::From<ReaderCame> for Event {
    #[inline]
    fn from(event: ReaderCame) -> Self {
        Self::ReaderCame(event)
    }
}

impl ::core::convert::From<BookLent> for Event {
    #[inline]
    fn from(event: BookLent) -> Self {
        Self::BookLent(event)
    }
}

impl ::core::convert::From<Closed> for Event {
    #[inline]
    fn from(event: Closed) -> Self {
        Self::Closed(event)
    }
}
