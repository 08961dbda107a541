// Written by a test of qapi-codegen.

/// The commands. Each value holds a command's arguments.
pub mod commands {
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
    /// Returns [`Loan`](super::super::types::Loan).
    ///
    /// ```text
    /// -> {"execute": "lend_book", "arguments": {"book": "book"}}
    /// <- {"return": {"reader": {"name": "name"}, "until": "until"}}
    /// ```
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct LendBook {
        /// The member `book`.
        pub book: super::super::types::BookRef,
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
        pub fn new(book: impl ::core::convert::Into<super::super::types::BookRef>) -> Self {
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
        type Return = super::super::types::Loan;
        const NAME: &'static ::core::primitive::str = "lend_book";
    }
}

/// The events. Each value holds an event's data.
pub mod events {
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
}

/// What commands take and return, and events carry.
pub mod types {
    /// The struct `Loan`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Loan {
        /// The member `reader`.
        pub reader: super::super::types::Reader,
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
        pub fn new(reader: super::super::types::Reader, until: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                reader,
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
