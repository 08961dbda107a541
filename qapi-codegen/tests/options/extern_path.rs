// Written by a test of qapi-codegen.

/// The commands. Each value holds a command's arguments.
///
/// ## `library`
///
/// - [`Close`](commands::Close)
/// - [`LendBook`](commands::LendBook)
///
/// ## `books`
///
/// - [`AddBook`](commands::AddBook)
/// - [`BindBook`](commands::BindBook)
/// - [`QueryBooks`](commands::QueryBooks)
/// - [`CountBooks`](commands::CountBooks)
///
/// ## `readers`
///
/// - [`QueryReaders`](commands::QueryReaders)
/// - [`XQueryVisits`](commands::XQueryVisits)
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod commands {
    /// The command `query-readers`.
    ///
    /// Returns a list of `Name`.
    ///
    /// ```text
    /// -> {"execute": "query-readers"}
    /// <- {"return": [{"name": "name"}]}
    /// ```
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct QueryReaders {}

    impl QueryReaders {
        /// Creates the command.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::WriteObject for QueryReaders {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(QueryReaders: write);

    impl ::qmp_types::Command for QueryReaders {
        type Protocol = ::qmp_types::Qmp;
        type Return = ::std::vec::Vec<super::super::my::Name>;
        const NAME: &'static ::core::primitive::str = "query-readers";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::list(reply)
        }
    }

    /// The command `x-query-visits`.
    ///
    /// Returns a list of `Name`.
    ///
    /// ```text
    /// -> {"execute": "x-query-visits"}
    /// <- {"return": [{"name": "name"}]}
    /// ```
    ///
    /// **Unstable**: it may change or vanish in any release.
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct XQueryVisits {}

    impl XQueryVisits {
        /// Creates the command.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::WriteObject for XQueryVisits {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(XQueryVisits: write);

    impl ::qmp_types::Command for XQueryVisits {
        type Protocol = ::qmp_types::Qmp;
        type Return = ::std::vec::Vec<super::super::my::Name>;
        const NAME: &'static ::core::primitive::str = "x-query-visits";
        const UNSTABLE: ::core::primitive::bool = true;

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::list(reply)
        }
    }

    /// The command `add-book`.
    ///
    /// Returns nothing.
    ///
    /// ```text
    /// -> {"execute": "add-book", "arguments": {"title": "title", "form": "paper", "pages": 1}}
    /// <- {"return": {}}
    /// ```
    #[derive(Clone, Debug, PartialEq)]
    pub struct AddBook(
        /// Holds [`Book`](super::types::Book).
        pub super::types::Book,
    );

    impl ::core::convert::From<super::types::Book> for AddBook {
        #[inline]
        fn from(value: super::types::Book) -> Self {
            Self(value)
        }
    }

    impl AddBook {
        /// Creates the command from its required arguments.
        #[inline]
        pub fn new(title: impl ::core::convert::Into<::std::string::String>, form: impl ::core::convert::Into<super::types::BookBranch>) -> Self {
            Self(super::types::Book::new(title, form))
        }

        /// Sets `shelf`.
        #[inline]
        pub fn shelf<_M>(self, shelf: impl ::qmp_types::wire::IntoOption<::std::string::String, _M>) -> Self {
            Self(self.0. shelf(shelf))
        }

        /// Creates the branch `paper` from its required members.
        #[inline]
        pub fn paper(title: impl ::core::convert::Into<::std::string::String>, pages: ::core::primitive::u32) -> Self {
            Self(super::types::Book::paper(title, pages))
        }

        /// Creates the branch `sound` from its required members.
        #[inline]
        pub fn sound(title: impl ::core::convert::Into<::std::string::String>, minutes: ::core::primitive::u32) -> Self {
            Self(super::types::Book::sound(title, minutes))
        }
    }

    impl ::qmp_types::wire::WriteObject for AddBook {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            ::qmp_types::wire::WriteObject::write(&self.0, m);
        }
    }

    ::qmp_types::__object!(AddBook: write);

    impl ::qmp_types::Command for AddBook {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "add-book";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }

    /// The command `bind-book`.
    ///
    /// Returns nothing.
    ///
    /// ```text
    /// -> {"execute": "bind-book", "arguments": {"title": "title"}}
    /// <- {"return": {}}
    /// ```
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct BindBook {
        /// The member `title`.
        pub title: ::std::string::String,
        /// Members that the schema does not declare.
        pub extra: ::qmp_types::wire::Map<::std::string::String, ::qmp_types::wire::Value>,
    }

    impl ::core::fmt::Debug for BindBook {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "BindBook", &["title", "extra"], &[&self.title, &self.extra])
        }
    }

    impl BindBook {
        /// Creates the command from its required arguments.
        #[inline]
        pub fn new(title: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                title: ::core::convert::Into::into(title),
                extra: ::qmp_types::wire::Map::new(),
            }
        }

        /// Adds a member that the schema does not declare. One that is declared and set, too, is an error when the command is sent.
        pub fn extra(mut self, name: impl ::core::convert::Into<::std::string::String>, value: impl ::core::convert::Into<::qmp_types::wire::Value>) -> Self {
            self.extra.insert(name.into(), value.into());
            self
        }

        /// Adds the members of an object that the schema does not declare.
        pub fn extra_of(mut self, object: &impl ::qmp_types::wire::WriteObject) -> Self {
            self.extra.extend(::qmp_types::wire::members_of(object));
            self
        }
    }

    impl ::qmp_types::wire::WriteObject for BindBook {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("title", &self.title);
            m.extra("bind-book", &[("title", true)], &self.extra);
        }
    }

    ::qmp_types::__object!(BindBook: write);

    impl ::qmp_types::Command for BindBook {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "bind-book";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }

    /// The command `query-books`.
    ///
    /// Returns a list of [`Book`](super::types::Book).
    ///
    /// ```text
    /// -> {"execute": "query-books"}
    /// <- {"return": [{"title": "title", "form": "paper", "pages": 1}]}
    /// ```
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct QueryBooks {}

    impl QueryBooks {
        /// Creates the command.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::WriteObject for QueryBooks {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(QueryBooks: write);

    impl ::qmp_types::Command for QueryBooks {
        type Protocol = ::qmp_types::Qmp;
        type Return = ::std::vec::Vec<super::types::Book>;
        const NAME: &'static ::core::primitive::str = "query-books";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::list(reply)
        }
    }

    /// The command `count-books`.
    ///
    /// Returns `u64`.
    ///
    /// ```text
    /// -> {"execute": "count-books"}
    /// <- {"return": 1}
    /// ```
    #[deprecated]
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct CountBooks {}

    impl CountBooks {
        /// Creates the command.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::WriteObject for CountBooks {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(CountBooks: write);

    impl ::qmp_types::Command for CountBooks {
        type Protocol = ::qmp_types::Qmp;
        type Return = ::core::primitive::u64;
        const NAME: &'static ::core::primitive::str = "count-books";
        const DEPRECATED: ::core::primitive::bool = true;
    }

    /// The command `close`.
    ///
    /// Answers only if it fails.
    ///
    /// ```text
    /// -> {"execute": "close"}
    /// ```
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Close {}

    impl Close {
        /// Creates the command.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::WriteObject for Close {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(Close: write);

    impl ::qmp_types::Command for Close {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "close";
        const SUCCESS_RESPONSE: ::core::primitive::bool = false;

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }

    /// The command `lend_book`.
    ///
    /// Returns [`Loan`](super::types::Loan).
    ///
    /// ```text
    /// -> {"execute": "lend_book", "arguments": {"book": "book"}}
    /// <- {"return": {"reader": {"name": "name"}, "until": "until"}}
    /// ```
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct LendBook {
        /// The member `book`.
        pub book: super::types::BookRef,
        /// The member `days`.
        pub days: ::core::option::Option<::core::primitive::u8>,
    }

    impl ::core::fmt::Debug for LendBook {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "LendBook", &["book", "days"], &[&self.book, &self.days])
        }
    }

    impl LendBook {
        /// Creates the command from its required arguments.
        #[inline]
        pub fn new(book: impl ::core::convert::Into<super::types::BookRef>) -> Self {
            Self {
                book: ::core::convert::Into::into(book),
                days: ::core::option::Option::None,
            }
        }

        /// Sets `days`.
        #[inline]
        pub fn days(mut self, days: impl ::core::convert::Into<::core::option::Option<::core::primitive::u8>>) -> Self {
            self.days = ::core::convert::Into::into(days);
            self
        }
    }

    impl ::qmp_types::wire::WriteObject for LendBook {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("book", &self.book);
            m.optional("days", &self.days);
        }
    }

    ::qmp_types::__object!(LendBook: write);

    impl ::qmp_types::Command for LendBook {
        type Protocol = ::qmp_types::Qmp;
        type Return = super::types::Loan;
        const NAME: &'static ::core::primitive::str = "lend_book";
    }
}

/// The events, and the enum of all of them. Each value holds an event's data.
///
/// ## `library`
///
/// - [`Closed`](events::Closed)
///
/// ## `books`
///
/// - [`BookLent`](events::BookLent)
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod events {
    /// The event `BOOK_LENT`.
    ///
    /// ```text
    /// <- {
    ///      "event": "BOOK_LENT",
    ///      "data": {"title": "title", "to": {"name": "name"}},
    ///      "timestamp": {"seconds": 1767225600, "microseconds": 0}
    ///    }
    /// ```
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct BookLent {
        /// The member `title`.
        pub title: ::std::string::String,
        /// The member `to`.
        pub to: super::super::my::Name,
    }

    impl ::core::fmt::Debug for BookLent {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "BookLent", &["title", "to"], &[&self.title, &self.to])
        }
    }

    impl BookLent {
        /// Creates the event from its required data.
        #[inline]
        pub fn new(title: impl ::core::convert::Into<::std::string::String>, to: impl ::core::convert::Into<super::super::my::Name>) -> Self {
            Self {
                title: ::core::convert::Into::into(title),
                to: ::core::convert::Into::into(to),
            }
        }
    }

    impl ::qmp_types::wire::ReadObject for BookLent {
        const NAME: &'static ::core::primitive::str = "BookLent";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["title", "to"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("title") };
            let ::core::option::Option::Some(v1) = v1 else { return m.missing("to") };
            ::core::result::Result::Ok(Self {
                title: v0,
                to: v1,
            })
        }
    }

    ::qmp_types::__object!(BookLent: read);

    impl ::qmp_types::Event for BookLent {
        type Protocol = ::qmp_types::Qmp;
        const NAME: &'static ::core::primitive::str = "BOOK_LENT";
    }

    /// The event `CLOSED`.
    ///
    /// ```text
    /// <- {"event": "CLOSED", "timestamp": {"seconds": 1767225600, "microseconds": 0}}
    /// ```
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Closed {}

    impl Closed {
        /// Creates the event.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::ReadObject for Closed {
        const NAME: &'static ::core::primitive::str = "Closed";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(_: &mut M) -> ::core::result::Result<Self, M::Error> {
            ::core::result::Result::Ok(Self {})
        }
    }

    ::qmp_types::__object!(Closed: read);

    impl ::qmp_types::Event for Closed {
        type Protocol = ::qmp_types::Qmp;
        const NAME: &'static ::core::primitive::str = "CLOSED";
    }

    /// Any event. [`qmp_types::RawEvent::decode_any`](::qmp_types::RawEvent::decode_any) makes one; the time stands beside it there.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub enum Event {
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
                Self::BookLent(_) => "BOOK_LENT",
                Self::Closed(_) => "CLOSED",
                Self::Unrecognized { name, .. } => name,
            }
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
}

/// What commands take and return, and events carry.
///
/// ## `library`
///
/// - [`Loan`](types::Loan)
///
/// ## `books`
///
/// - [`BookForm`](types::BookForm)
/// - [`Paper`](types::Paper)
/// - [`Sound`](types::Sound)
/// - [`Book`](types::Book)
/// - [`BookRef`](types::BookRef)
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod types {
    /// The enum `BookForm`.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum BookForm {
        /// The value `paper`.
        Paper,
        /// The value `sound`. **Unstable**: it may change or vanish in any release.
        Sound,
        /// A value that the schema does not know.
        Unrecognized(::qmp_types::wire::Unrecognized),
    }

    impl BookForm {
        /// The value on the wire.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Paper => "paper",
                Self::Sound => "sound",
                Self::Unrecognized(value) => value.as_str(),
            }
        }
    }

    impl ::qmp_types::wire::OpenEnum for BookForm {
        const NAME: &'static ::core::primitive::str = "BookForm";
        const NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["paper", "sound"]);
        const VALUES: &'static [Self] = &[Self::Paper, Self::Sound];

        #[inline]
        fn unrecognized(value: ::qmp_types::wire::Unrecognized) -> Self {
            Self::Unrecognized(value)
        }
    }

    ::qmp_types::__open_enum!(BookForm);

    /// The struct `Paper`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Paper {
        /// The member `pages`.
        pub pages: ::core::primitive::u32,
    }

    impl ::core::fmt::Debug for Paper {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Paper", &["pages"], &[&self.pages])
        }
    }

    impl Paper {
        /// Creates a new `Paper` from its required members.
        #[inline]
        pub fn new(pages: ::core::primitive::u32) -> Self {
            Self {
                pages,
            }
        }
    }

    impl ::qmp_types::wire::ReadObject for Paper {
        const NAME: &'static ::core::primitive::str = "Paper";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["pages"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("pages") };
            ::core::result::Result::Ok(Self {
                pages: v0,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Paper {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("pages", &self.pages);
        }
    }

    ::qmp_types::__object!(Paper);

    /// The struct `Sound`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Sound {
        /// The member `minutes`.
        pub minutes: ::core::primitive::u32,
        /// The member `voice`.
        pub voice: ::core::option::Option<::std::string::String>,
    }

    impl ::core::fmt::Debug for Sound {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Sound", &["minutes", "voice"], &[&self.minutes, &self.voice])
        }
    }

    impl Sound {
        /// Creates a new `Sound` from its required members.
        #[inline]
        pub fn new(minutes: ::core::primitive::u32) -> Self {
            Self {
                minutes,
                voice: ::core::option::Option::None,
            }
        }

        /// Sets `voice`.
        #[inline]
        pub fn voice<_M>(mut self, voice: impl ::qmp_types::wire::IntoOption<::std::string::String, _M>) -> Self {
            self.voice = ::qmp_types::wire::IntoOption::into_option(voice);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Sound {
        const NAME: &'static ::core::primitive::str = "Sound";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["minutes", "voice"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("minutes") };
            ::core::result::Result::Ok(Self {
                minutes: v0,
                voice: v1,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Sound {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("minutes", &self.minutes);
            m.optional("voice", &self.voice);
        }
    }

    ::qmp_types::__object!(Sound);

    /// The union `Book`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Book {
        /// The member `title`.
        pub title: ::std::string::String,
        /// The member `form`.
        pub form: BookBranch,
        /// The member `shelf`.
        #[deprecated]
        pub shelf: ::core::option::Option<::std::string::String>,
    }

    impl ::core::fmt::Debug for Book {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Book", &["title", "form", "shelf"], &[&self.title, &self.form, &self.shelf])
        }
    }

    impl Book {
        /// Creates a new `Book` from its required members.
        #[inline]
        pub fn new(title: impl ::core::convert::Into<::std::string::String>, form: impl ::core::convert::Into<BookBranch>) -> Self {
            Self {
                title: ::core::convert::Into::into(title),
                form: ::core::convert::Into::into(form),
                shelf: ::core::option::Option::None,
            }
        }

        /// Sets `shelf`.
        #[inline]
        pub fn shelf<_M>(mut self, shelf: impl ::qmp_types::wire::IntoOption<::std::string::String, _M>) -> Self {
            self.shelf = ::qmp_types::wire::IntoOption::into_option(shelf);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Book {
        const NAME: &'static ::core::primitive::str = "Book";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            let mut v2 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next_or_keep(const { &::qmp_types::wire::Names::new(&["title", "form", "shelf"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.tag(BookBranch::TAG_NAMES, &mut v1),
                    2 => m.value(&mut v2),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("title") };
            let ::core::option::Option::Some(v1) = v1 else { return m.missing("form") };
            ::core::result::Result::Ok(Self {
                title: v0,
                form: BookBranch::read_branch(v1, m)?,
                shelf: v2,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Book {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("title", &self.title);
            m.member("form", self.form.as_str());
            self.form.write_branch(m);
            m.optional("shelf", &self.shelf);
        }
    }

    ::qmp_types::__object!(Book);

    impl Book {
        /// Creates the branch `paper` from its required members.
        #[inline]
        pub fn paper(title: impl ::core::convert::Into<::std::string::String>, pages: ::core::primitive::u32) -> Self {
            Self::new(title, BookBranch::Paper(Paper::new(pages)))
        }

        /// Creates the branch `sound` from its required members.
        #[inline]
        pub fn sound(title: impl ::core::convert::Into<::std::string::String>, minutes: ::core::primitive::u32) -> Self {
            Self::new(title, BookBranch::Sound(Sound::new(minutes)))
        }
    }

    /// The branches of [`Book`], by `form`.
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum BookBranch {
        /// The branch `paper`.
        Paper(Paper),
        /// The branch `sound`. **Unstable**: it may change or vanish in any release.
        Sound(Sound),
        /// A branch that the schema does not know.
        Unrecognized(::qmp_types::wire::UnrecognizedBranch),
    }

    impl BookBranch {
        const TAG_NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["paper", "sound"]);

        /// The discriminator's value.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Paper(_) => "paper",
                Self::Sound(_) => "sound",
                Self::Unrecognized(branch) => branch.tag(),
            }
        }

        fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> ::core::result::Result<Self, M::Error> {
            match tag {
                ::qmp_types::wire::Tag::Known(0) => m.branch().map(Self::Paper),
                ::qmp_types::wire::Tag::Known(1) => m.branch().map(Self::Sound),
                tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),
            }
        }

        fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            match self {
                Self::Paper(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Sound(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Unrecognized(branch) => branch.write(m),
            }
        }
    }

    impl ::core::convert::From<Paper> for BookBranch {
        #[inline]
        fn from(value: Paper) -> Self {
            Self::Paper(value)
        }
    }

    impl ::core::convert::From<Sound> for BookBranch {
        #[inline]
        fn from(value: Sound) -> Self {
            Self::Sound(value)
        }
    }

    /// The alternate `BookRef`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub enum BookRef {
        /// The branch `title`.
        Title(::std::string::String),
        /// The branch `book`.
        Book(Book),
        /// A value of a JSON type that the schema does not know here.
        Unrecognized(::qmp_types::wire::Value),
    }

    impl ::core::fmt::Debug for BookRef {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Title(value) => ::qmp_types::wire::debug_variant(f, "Title", value),
                Self::Book(value) => ::qmp_types::wire::debug_variant(f, "Book", value),
                Self::Unrecognized(value) => ::qmp_types::wire::debug_variant(f, "Unrecognized", value),
            }
        }
    }

    impl ::qmp_types::wire::Alternate for BookRef {
        fn unrecognized(value: ::qmp_types::wire::Value) -> Self {
            Self::Unrecognized(value)
        }

        fn string<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            ::qmp_types::wire::Deserialize::deserialize(value).map(Self::Title)
        }

        fn object<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            ::qmp_types::wire::Deserialize::deserialize(value).map(Self::Book)
        }
    }

    ::qmp_types::__alternate!(BookRef);

    impl ::qmp_types::wire::Serialize for BookRef {
        fn serialize<S: ::qmp_types::wire::Serializer>(&self, s: S) -> ::core::result::Result<S::Ok, S::Error> {
            match self {
                Self::Title(value) => ::qmp_types::wire::Serialize::serialize(value, s),
                Self::Book(value) => ::qmp_types::wire::Serialize::serialize(value, s),
                Self::Unrecognized(value) => ::qmp_types::wire::Serialize::serialize(value, s),
            }
        }
    }

    impl ::core::convert::From<::std::string::String> for BookRef {
        #[inline]
        fn from(value: ::std::string::String) -> Self {
            Self::Title(value)
        }
    }

    impl ::core::convert::From<Book> for BookRef {
        #[inline]
        fn from(value: Book) -> Self {
            Self::Book(value)
        }
    }

    impl ::core::convert::From<&::core::primitive::str> for BookRef {
        #[inline]
        fn from(value: &::core::primitive::str) -> Self {
            Self::Title(value.into())
        }
    }

    /// The struct `Loan`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Loan {
        /// The member `reader`.
        pub reader: super::super::my::Name,
        /// The member `until`.
        pub until: ::std::string::String,
    }

    impl ::core::fmt::Debug for Loan {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Loan", &["reader", "until"], &[&self.reader, &self.until])
        }
    }

    impl Loan {
        /// Creates a new `Loan` from its required members.
        #[inline]
        pub fn new(reader: impl ::core::convert::Into<super::super::my::Name>, until: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                reader: ::core::convert::Into::into(reader),
                until: ::core::convert::Into::into(until),
            }
        }
    }

    impl ::qmp_types::wire::ReadObject for Loan {
        const NAME: &'static ::core::primitive::str = "Loan";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["reader", "until"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("reader") };
            let ::core::option::Option::Some(v1) = v1 else { return m.missing("until") };
            ::core::result::Result::Ok(Self {
                reader: v0,
                until: v1,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Loan {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("reader", &self.reader);
            m.member("until", &self.until);
        }
    }

    ::qmp_types::__object!(Loan);
}

/// What these bindings declare, to be compared with what a server has.
#[allow(clippy::all, clippy::pedantic, dead_code, unreachable_pub)]
pub const DECLARATIONS: ::qmp_types::Declarations = ::qmp_types::Declarations::new("", r#"introspection 1
object
array :9
object title:10 *shelf:10 =form +paper:11 +sound:12
object title:10
array :2
builtin int
object book:13 *days:5
object reader:9 until:10
object title:10 to:9
builtin value
builtin string
object pages:5
object minutes:5 *voice:10
alternate :10 :2
command query-readers:0:1
command x-query-visits:0:1
command add-book:2:0
command bind-book:3:0
command query-books:0:4
command count-books:0:5
command close:0:0
command lend_book:6:7
event BOOK_LENT:8
event CLOSED:0
end
"#);
