// Written by a test of qapi-codegen.

/// The commands. Each value holds a command's arguments.
pub mod commands {
    /// The command `query-readers`.
    ///
    /// Returns a list of [`Reader`](super::super::types::Reader).
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
        type Return = ::std::vec::Vec<super::super::types::Reader>;
        const NAME: &'static ::core::primitive::str = "query-readers";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::list(reply)
        }
    }

    /// The command `x-query-visits`.
    ///
    /// Returns a list of [`Reader`](super::super::types::Reader).
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
        type Return = ::std::vec::Vec<super::super::types::Reader>;
        const NAME: &'static ::core::primitive::str = "x-query-visits";
        const UNSTABLE: ::core::primitive::bool = true;

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::list(reply)
        }
    }
}

/// The events. Each value holds an event's data.
pub mod events {
    /// The event `READER_CAME`.
    ///
    /// ```text
    /// <- {
    ///      "event": "READER_CAME",
    ///      "data": {"name": "name"},
    ///      "timestamp": {"seconds": 1767225600, "microseconds": 0}
    ///    }
    /// ```
    #[derive(Clone, Debug, PartialEq)]
    pub struct ReaderCame(
        /// Holds [`Reader`](super::super::types::Reader).
        pub super::super::types::Reader,
    );

    impl ::core::convert::From<super::super::types::Reader> for ReaderCame {
        #[inline]
        fn from(value: super::super::types::Reader) -> Self {
            Self(value)
        }
    }

    impl ::qmp_types::wire::ReadObject for ReaderCame {
        const NAME: &'static ::core::primitive::str = "ReaderCame";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            <super::super::types::Reader as ::qmp_types::wire::ReadObject>::read(m).map(Self)
        }
    }

    ::qmp_types::__object!(ReaderCame: read);

    impl ::qmp_types::Event for ReaderCame {
        type Protocol = ::qmp_types::Qmp;
        const NAME: &'static ::core::primitive::str = "READER_CAME";
    }
}

/// What commands take and return, and events carry.
pub mod types {
    /// The struct `Reader`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Reader {
        /// The member `name`.
        pub name: ::std::string::String,
        /// The member `card`. Only where QEMU is built with `CONFIG_CARDS`.
        pub card: ::core::option::Option<::core::primitive::i64>,
    }

    impl ::core::fmt::Debug for Reader {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Reader", &["name", "card"], &[&self.name, &self.card])
        }
    }

    impl Reader {
        /// Creates a new `Reader` from its required members.
        #[inline]
        pub fn new(name: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                name: ::core::convert::Into::into(name),
                card: ::core::option::Option::None,
            }
        }

        /// Sets `card`. Only where QEMU is built with `CONFIG_CARDS`.
        #[inline]
        pub fn card(mut self, card: impl ::core::convert::Into<::core::option::Option<::core::primitive::i64>>) -> Self {
            self.card = ::core::convert::Into::into(card);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Reader {
        const NAME: &'static ::core::primitive::str = "Reader";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["name", "card"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("name") };
            ::core::result::Result::Ok(Self {
                name: v0,
                card: v1,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Reader {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("name", &self.name);
            m.optional("card", &self.card);
        }
    }

    ::qmp_types::__object!(Reader);
}
