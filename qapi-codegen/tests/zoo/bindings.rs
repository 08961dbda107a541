
/// The commands. Each value holds a command's arguments.
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod commands {
    /// Adds an animal.
    ///
    /// The command `add_animal`.
    ///
    /// Returns [`Cat`](super::types::Cat). what it was called May be executed out-of-band.
    ///
    /// ```text
    /// -> {"execute": "add_animal", "arguments": {"animal": {"kind": "egg"}}}
    /// <- {"return": {"lives": 1}}
    /// ```
    ///
    /// Since QEMU 1.0.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct AddAnimal {
        /// `animal`: which one
        pub animal: super::types::AnimalRef,
        /// `cage`: where; see `@Cage`
        pub cage: ::core::option::Option<super::types::BigCage_>,
        /// `amount`: how many
        pub amount: ::core::option::Option<super::types::Amount>,
    }

    impl ::core::fmt::Debug for AddAnimal {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "AddAnimal", &["animal", "cage", "amount"], &[&self.animal, &self.cage, &self.amount])
        }
    }

    impl AddAnimal {
        /// Creates the command from its required arguments.
        #[inline]
        pub fn new(animal: impl ::core::convert::Into<super::types::AnimalRef>) -> Self {
            Self {
                animal: ::core::convert::Into::into(animal),
                cage: ::core::option::Option::None,
                amount: ::core::option::Option::None,
            }
        }

        /// Sets `cage`: where; see `@Cage`
        #[inline]
        pub fn cage(mut self, cage: impl ::core::convert::Into<::core::option::Option<super::types::BigCage_>>) -> Self {
            self.cage = ::core::convert::Into::into(cage);
            self
        }

        /// Sets `amount`: how many
        #[inline]
        pub fn amount<_M>(mut self, amount: impl ::qmp_types::wire::IntoOption<super::types::Amount, _M>) -> Self {
            self.amount = ::qmp_types::wire::IntoOption::into_option(amount);
            self
        }
    }

    impl ::qmp_types::wire::WriteObject for AddAnimal {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("animal", &self.animal);
            m.optional("cage", &self.cage);
            m.optional("amount", &self.amount);
        }
    }

    ::qmp_types::__object!(AddAnimal: write);

    impl ::qmp_types::Command for AddAnimal {
        type Protocol = ::qmp_types::Qmp;
        type Return = super::types::Cat;
        const NAME: &'static ::core::primitive::str = "add_animal";
        const ALLOW_OOB: ::core::primitive::bool = true;
    }

    /// The command `replace-animal`.
    ///
    /// Returns nothing.
    ///
    /// ```text
    /// -> {"execute": "replace-animal", "arguments": {"kind": "egg"}}
    /// <- {"return": {}}
    /// ```
    #[derive(Clone, Debug, PartialEq)]
    pub struct ReplaceAnimal(
        /// Holds [`Animal`](super::types::Animal).
        pub super::types::Animal,
    );

    impl ::core::convert::From<super::types::Animal> for ReplaceAnimal {
        #[inline]
        fn from(value: super::types::Animal) -> Self {
            Self(value)
        }
    }

    impl ReplaceAnimal {
        /// Creates the command from its required arguments.
        #[inline]
        pub fn new(kind: impl ::core::convert::Into<super::types::AnimalBranch>) -> Self {
            Self(super::types::Animal::new(kind))
        }

        /// Sets `name`.
        #[inline]
        pub fn name<_M>(self, name: impl ::qmp_types::wire::IntoOption<::std::string::String, _M>) -> Self {
            Self(self.0. name(name))
        }

        /// Creates the branch `cat` from its required members.
        #[inline]
        pub fn cat(lives: ::core::primitive::i64) -> Self {
            Self(super::types::Animal::cat(lives))
        }

        /// Creates the branch `dog` from its required members.
        #[inline]
        pub fn dog(bark: ::core::primitive::u64) -> Self {
            Self(super::types::Animal::dog(bark))
        }

        /// Creates the branch `egg` from its required members.
        #[inline]
        pub fn egg() -> Self {
            Self(super::types::Animal::egg())
        }

        /// Creates the branch `ghost` from its required members.
        #[inline]
        pub fn ghost() -> Self {
            Self(super::types::Animal::ghost())
        }
    }

    impl ::qmp_types::wire::WriteObject for ReplaceAnimal {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            ::qmp_types::wire::WriteObject::write(&self.0, m);
        }
    }

    ::qmp_types::__object!(ReplaceAnimal: write);

    impl ::qmp_types::Command for ReplaceAnimal {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "replace-animal";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }

    /// The command `feed`.
    ///
    /// Returns nothing.
    ///
    /// ```text
    /// -> {"execute": "feed", "arguments": {"name": "name"}}
    /// <- {"return": {}}
    /// ```
    #[derive(Clone, Debug, PartialEq)]
    pub struct Feed(
        /// Holds [`Feeding`](super::types::Feeding).
        pub super::types::Feeding,
    );

    impl ::core::convert::From<super::types::Feeding> for Feed {
        #[inline]
        fn from(value: super::types::Feeding) -> Self {
            Self(value)
        }
    }

    impl Feed {
        /// Creates the command from its required arguments.
        #[inline]
        pub fn new(name: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self(super::types::Feeding::new(name))
        }

        /// Sets `food`.
        #[inline]
        pub fn food(self, food: impl ::core::convert::Into<::core::option::Option<super::types::Diet>>) -> Self {
            Self(self.0. food(food))
        }
    }

    impl ::qmp_types::wire::WriteObject for Feed {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            ::qmp_types::wire::WriteObject::write(&self.0, m);
        }
    }

    ::qmp_types::__object!(Feed: write);

    impl ::core::convert::From<Feed> for super::types::Chore {
        #[inline]
        fn from(value: Feed) -> Self {
            Self::Feed(super::types::FeedingWrapper::new(value.0))
        }
    }

    impl ::qmp_types::Command for Feed {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "feed";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }

    /// The command `do-chores`.
    ///
    /// Returns nothing.
    ///
    /// ```text
    /// -> {"execute": "do-chores", "arguments": {"chores": [{"type": "rest"}]}}
    /// <- {"return": {}}
    /// ```
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct DoChores {
        /// The member `chores`.
        pub chores: ::std::vec::Vec<super::types::Chore>,
    }

    impl ::core::fmt::Debug for DoChores {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "DoChores", &["chores"], &[&self.chores])
        }
    }

    impl DoChores {
        /// Creates the command from its required arguments.
        #[inline]
        pub fn new(chores: impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<super::types::Chore>>) -> Self {
            Self {
                chores: ::core::iter::IntoIterator::into_iter(chores).map(::core::convert::Into::into).collect(),
            }
        }
    }

    impl ::qmp_types::wire::WriteObject for DoChores {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("chores", &self.chores);
        }
    }

    ::qmp_types::__object!(DoChores: write);

    impl ::qmp_types::Command for DoChores {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "do-chores";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }

    /// The command `count-legs`.
    ///
    /// Returns `i64`.
    ///
    /// ```text
    /// -> {"execute": "count-legs"}
    /// <- {"return": 1}
    /// ```
    ///
    /// **Unstable**: it may change or vanish in any release.
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct CountLegs {}

    impl CountLegs {
        /// Creates the command.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::WriteObject for CountLegs {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(CountLegs: write);

    impl ::qmp_types::Command for CountLegs {
        type Protocol = ::qmp_types::Qmp;
        type Return = ::core::primitive::i64;
        const NAME: &'static ::core::primitive::str = "count-legs";
        const UNSTABLE: ::core::primitive::bool = true;
    }

    /// The command `name-all`.
    ///
    /// Returns a list of [`Cat`](super::types::Cat).
    ///
    /// ```text
    /// -> {"execute": "name-all"}
    /// <- {"return": [{"lives": 1}]}
    /// ```
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct NameAll {}

    impl NameAll {
        /// Creates the command.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::WriteObject for NameAll {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(NameAll: write);

    impl ::qmp_types::Command for NameAll {
        type Protocol = ::qmp_types::Qmp;
        type Return = ::std::vec::Vec<super::types::Cat>;
        const NAME: &'static ::core::primitive::str = "name-all";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::list(reply)
        }
    }

    /// The command `new-thing`.
    ///
    /// Returns nothing.
    ///
    /// ```text
    /// -> {"execute": "new-thing", "arguments": {"driver": "driver"}}
    /// <- {"return": {}}
    /// ```
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct NewThing {
        /// The member `driver`.
        pub driver: ::std::string::String,
        /// The member `extra`.
        pub extra_: ::core::option::Option<::core::primitive::i64>,
        /// Members that the schema does not declare.
        pub extra: ::qmp_types::wire::Map<::std::string::String, ::qmp_types::wire::Value>,
    }

    impl ::core::fmt::Debug for NewThing {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "NewThing", &["driver", "extra_", "extra"], &[&self.driver, &self.extra_, &self.extra])
        }
    }

    impl NewThing {
        /// Creates the command from its required arguments.
        #[inline]
        pub fn new(driver: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                driver: ::core::convert::Into::into(driver),
                extra_: ::core::option::Option::None,
                extra: ::qmp_types::wire::Map::new(),
            }
        }

        /// Sets `extra`.
        #[inline]
        pub fn extra_(mut self, extra_: impl ::core::convert::Into<::core::option::Option<::core::primitive::i64>>) -> Self {
            self.extra_ = ::core::convert::Into::into(extra_);
            self
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

    impl ::qmp_types::wire::WriteObject for NewThing {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("driver", &self.driver);
            m.optional("extra", &self.extra_);
            m.extra("new-thing", &[("driver", true), ("extra", self.extra_.is_some())], &self.extra);
        }
    }

    ::qmp_types::__object!(NewThing: write);

    impl ::qmp_types::Command for NewThing {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "new-thing";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }

    /// The command `use-prelude`.
    ///
    /// Returns nothing.
    ///
    /// ```text
    /// -> {"execute": "use-prelude"}
    /// <- {"return": {}}
    /// ```
    #[derive(Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct UsePrelude {
        /// The member `some`.
        pub some: ::core::option::Option<super::types::Some_>,
        /// The member `value`.
        pub value: ::core::option::Option<::qmp_types::wire::Value>,
    }

    impl ::core::fmt::Debug for UsePrelude {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "UsePrelude", &["some", "value"], &[&self.some, &self.value])
        }
    }

    impl UsePrelude {
        /// Creates the command without optional arguments.
        #[inline]
        pub fn new() -> Self {
            Self {
                some: ::core::option::Option::None,
                value: ::core::option::Option::None,
            }
        }

        /// Sets `some`.
        #[inline]
        pub fn some(mut self, some: impl ::core::convert::Into<::core::option::Option<super::types::Some_>>) -> Self {
            self.some = ::core::convert::Into::into(some);
            self
        }

        /// Sets `value`.
        #[inline]
        pub fn value(mut self, value: impl ::core::convert::Into<::qmp_types::wire::Value>) -> Self {
            self.value = ::core::option::Option::Some(::core::convert::Into::into(value));
            self
        }
    }

    impl ::qmp_types::wire::WriteObject for UsePrelude {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.optional("some", &self.some);
            m.optional("value", &self.value);
        }
    }

    ::qmp_types::__object!(UsePrelude: write);

    impl ::qmp_types::Command for UsePrelude {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "use-prelude";

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }

    /// The command `shut-down`.
    ///
    /// Answers only if it fails. Available before the machine is created.
    ///
    /// ```text
    /// -> {"execute": "shut-down"}
    /// ```
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct ShutDown {}

    impl ShutDown {
        /// Creates the command.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::WriteObject for ShutDown {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(ShutDown: write);

    impl ::qmp_types::Command for ShutDown {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "shut-down";
        const ALLOW_PRECONFIG: ::core::primitive::bool = true;
        const SUCCESS_RESPONSE: ::core::primitive::bool = false;

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }

    /// The command `event`.
    ///
    /// Returns nothing.
    ///
    /// ```text
    /// -> {"execute": "event"}
    /// <- {"return": {}}
    /// ```
    #[deprecated]
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Event {}

    impl Event {
        /// Creates the command.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::WriteObject for Event {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(Event: write);

    impl ::qmp_types::Command for Event {
        type Protocol = ::qmp_types::Qmp;
        type Return = ();
        const NAME: &'static ::core::primitive::str = "event";
        const DEPRECATED: ::core::primitive::bool = true;

        fn decode_return<'de, D: ::qmp_types::wire::Deserializer<'de>>(reply: D) -> ::core::result::Result<Self::Return, D::Error> {
            ::qmp_types::wire::nothing(reply)
        }
    }
}

/// The events, and the enum of all of them. Each value holds an event's data.
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod events {
    /// The event `ANIMAL_ESCAPED`.
    ///
    /// ```text
    /// <- {
    ///      "event": "ANIMAL_ESCAPED",
    ///      "data": {"name": "name"},
    ///      "timestamp": {"seconds": 1767225600, "microseconds": 0}
    ///    }
    /// ```
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct AnimalEscaped {
        /// The member `name`.
        pub name: ::std::string::String,
        /// The member `cage`.
        pub cage: ::core::option::Option<super::types::BigCage>,
    }

    impl ::core::fmt::Debug for AnimalEscaped {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "AnimalEscaped", &["name", "cage"], &[&self.name, &self.cage])
        }
    }

    impl AnimalEscaped {
        /// Creates the event from its required data.
        #[inline]
        pub fn new(name: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                name: ::core::convert::Into::into(name),
                cage: ::core::option::Option::None,
            }
        }

        /// Sets `cage`.
        #[inline]
        pub fn cage(mut self, cage: impl ::core::convert::Into<::core::option::Option<super::types::BigCage>>) -> Self {
            self.cage = ::core::convert::Into::into(cage);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for AnimalEscaped {
        const NAME: &'static ::core::primitive::str = "AnimalEscaped";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["name", "cage"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("name") };
            ::core::result::Result::Ok(Self {
                name: v0,
                cage: v1,
            })
        }
    }

    ::qmp_types::__object!(AnimalEscaped: read);

    impl ::qmp_types::Event for AnimalEscaped {
        type Protocol = ::qmp_types::Qmp;
        const NAME: &'static ::core::primitive::str = "ANIMAL_ESCAPED";
    }

    /// The event `ANIMAL_SEEN`.
    ///
    /// ```text
    /// <- {
    ///      "event": "ANIMAL_SEEN",
    ///      "data": {"kind": "egg"},
    ///      "timestamp": {"seconds": 1767225600, "microseconds": 0}
    ///    }
    /// ```
    #[derive(Clone, Debug, PartialEq)]
    pub struct AnimalSeen(
        /// Holds [`Animal`](super::types::Animal).
        pub super::types::Animal,
    );

    impl ::core::convert::From<super::types::Animal> for AnimalSeen {
        #[inline]
        fn from(value: super::types::Animal) -> Self {
            Self(value)
        }
    }

    impl ::qmp_types::wire::ReadObject for AnimalSeen {
        const NAME: &'static ::core::primitive::str = "AnimalSeen";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            <super::types::Animal as ::qmp_types::wire::ReadObject>::read(m).map(Self)
        }
    }

    ::qmp_types::__object!(AnimalSeen: read);

    impl ::qmp_types::Event for AnimalSeen {
        type Protocol = ::qmp_types::Qmp;
        const NAME: &'static ::core::primitive::str = "ANIMAL_SEEN";
    }

    /// The event `EVENT`.
    ///
    /// ```text
    /// <- {"event": "EVENT", "timestamp": {"seconds": 1767225600, "microseconds": 0}}
    /// ```
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Event {}

    impl Event {
        /// Creates the event.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::ReadObject for Event {
        const NAME: &'static ::core::primitive::str = "Event";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(_: &mut M) -> ::core::result::Result<Self, M::Error> {
            ::core::result::Result::Ok(Self {})
        }
    }

    ::qmp_types::__object!(Event: read);

    impl ::qmp_types::Event for Event {
        type Protocol = ::qmp_types::Qmp;
        const NAME: &'static ::core::primitive::str = "EVENT";
    }

    /// The event `UNRECOGNIZED`.
    ///
    /// ```text
    /// <- {"event": "UNRECOGNIZED", "timestamp": {"seconds": 1767225600, "microseconds": 0}}
    /// ```
    ///
    /// Only where QEMU is built with `CONFIG_EVENTS`.
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Unrecognized_ {}

    impl Unrecognized_ {
        /// Creates the event.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::ReadObject for Unrecognized_ {
        const NAME: &'static ::core::primitive::str = "Unrecognized_";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(_: &mut M) -> ::core::result::Result<Self, M::Error> {
            ::core::result::Result::Ok(Self {})
        }
    }

    ::qmp_types::__object!(Unrecognized_: read);

    impl ::qmp_types::Event for Unrecognized_ {
        type Protocol = ::qmp_types::Qmp;
        const NAME: &'static ::core::primitive::str = "UNRECOGNIZED";
    }

    /// Any event. [`qmp_types::RawEvent::decode_any`](::qmp_types::RawEvent::decode_any) makes one; the time stands beside it there.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub enum Event_ {
        /// The event `ANIMAL_ESCAPED`.
        AnimalEscaped(AnimalEscaped),
        /// The event `ANIMAL_SEEN`.
        AnimalSeen(AnimalSeen),
        /// The event `EVENT`.
        Event(Event),
        /// The event `UNRECOGNIZED`.
        Unrecognized_(Unrecognized_),
        /// An event that the schema does not know.
        Unrecognized {
            /// Its name on the wire.
            name: ::std::string::String,
            /// Its data.
            data: ::qmp_types::wire::Value,
        },
    }

    impl ::core::fmt::Debug for Event_ {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::AnimalEscaped(value) => ::qmp_types::wire::debug_variant(f, "AnimalEscaped", value),
                Self::AnimalSeen(value) => ::qmp_types::wire::debug_variant(f, "AnimalSeen", value),
                Self::Event(value) => ::qmp_types::wire::debug_variant(f, "Event", value),
                Self::Unrecognized_(value) => ::qmp_types::wire::debug_variant(f, "Unrecognized_", value),
                Self::Unrecognized { name, data } => ::qmp_types::wire::debug_unrecognized(f, name, "data", data),
            }
        }
    }

    impl ::qmp_types::AnyEvent for Event_ {
        type Protocol = ::qmp_types::Qmp;

        fn decode<'de, D: ::qmp_types::wire::Deserializer<'de>>(name: &::core::primitive::str, data: D) -> ::core::result::Result<Self, D::Error> {
            ::core::result::Result::Ok(match name {
                "ANIMAL_ESCAPED" => Self::AnimalEscaped(::qmp_types::wire::read(data)?),
                "ANIMAL_SEEN" => Self::AnimalSeen(::qmp_types::wire::read(data)?),
                "EVENT" => Self::Event(::qmp_types::wire::read(data)?),
                "UNRECOGNIZED" => Self::Unrecognized_(::qmp_types::wire::read(data)?),
                _ => Self::Unrecognized {
                    name: name.into(),
                    data: ::qmp_types::wire::Deserialize::deserialize(data)?
                },
            })
        }

        #[inline]
        fn name(&self) -> &::core::primitive::str {
            match self {
                Self::AnimalEscaped(_) => "ANIMAL_ESCAPED",
                Self::AnimalSeen(_) => "ANIMAL_SEEN",
                Self::Event(_) => "EVENT",
                Self::Unrecognized_(_) => "UNRECOGNIZED",
                Self::Unrecognized { name, .. } => name,
            }
        }
    }

    impl ::core::convert::From<AnimalEscaped> for Event_ {
        #[inline]
        fn from(event: AnimalEscaped) -> Self {
            Self::AnimalEscaped(event)
        }
    }

    impl ::core::convert::From<AnimalSeen> for Event_ {
        #[inline]
        fn from(event: AnimalSeen) -> Self {
            Self::AnimalSeen(event)
        }
    }

    impl ::core::convert::From<Event> for Event_ {
        #[inline]
        fn from(event: Event) -> Self {
            Self::Event(event)
        }
    }

    impl ::core::convert::From<Unrecognized_> for Event_ {
        #[inline]
        fn from(event: Unrecognized_) -> Self {
            Self::Unrecognized_(event)
        }
    }
}

/// What commands take and return, and events carry.
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod types {
    /// What an animal eats.
    ///
    /// The enum `Diet`.
    ///
    /// Since QEMU 1.2.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum Diet {
        /// `plants`: leaves and \[grass\]
        Plants,
        /// `x-meat`: other animals **Unstable**: it may change or vanish in any release.
        XMeat,
        /// `ANYTHING`: whatever there is
        #[deprecated]
        Anything,
        /// `144`: a number Only where QEMU is built with `CONFIG_NUMBERS`.
        _144,
        /// `unrecognized`: the name of our own variant
        Unrecognized_,
        /// `self`: a keyword
        Self_,
        /// A value that the schema does not know.
        Unrecognized(::qmp_types::wire::Unrecognized),
    }

    impl Diet {
        /// The value on the wire.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Plants => "plants",
                Self::XMeat => "x-meat",
                Self::Anything => "ANYTHING",
                Self::_144 => "144",
                Self::Unrecognized_ => "unrecognized",
                Self::Self_ => "self",
                Self::Unrecognized(value) => value.as_str(),
            }
        }
    }

    impl ::qmp_types::wire::OpenEnum for Diet {
        const NAME: &'static ::core::primitive::str = "Diet";
        const NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["plants", "x-meat", "ANYTHING", "144", "unrecognized", "self"]);
        const VALUES: &'static [Self] = &[Self::Plants, Self::XMeat, Self::Anything, Self::_144, Self::Unrecognized_, Self::Self_];

        #[inline]
        fn unrecognized(value: ::qmp_types::wire::Unrecognized) -> Self {
            Self::Unrecognized(value)
        }
    }

    ::qmp_types::__open_enum!(Diet);

    /// The struct `Cage`.
    ///
    /// Feature `bars`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Cage {
        /// `width`: in centimetres:
        /// let x = "no doctest";
        pub width: ::core::primitive::u16,
        /// `type`: a keyword
        pub r#type: ::core::option::Option<::std::string::String>,
        /// `new`: the name of our own constructor
        #[deprecated]
        pub new: ::core::option::Option<::core::primitive::bool>,
        /// `lock`: how safe it is, (since 1.3) Only where QEMU is built with `CONFIG_LOCKS`.
        pub lock: ::core::option::Option<::core::primitive::f64>,
    }

    impl ::core::fmt::Debug for Cage {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Cage", &["width", "type", "new", "lock"], &[&self.width, &self.r#type, &self.new, &self.lock])
        }
    }

    impl Cage {
        /// Creates a new `Cage` from its required members.
        #[inline]
        pub fn new(width: ::core::primitive::u16) -> Self {
            Self {
                width,
                r#type: ::core::option::Option::None,
                new: ::core::option::Option::None,
                lock: ::core::option::Option::None,
            }
        }

        /// Sets `type`: a keyword
        #[inline]
        pub fn r#type<_M>(mut self, r#type: impl ::qmp_types::wire::IntoOption<::std::string::String, _M>) -> Self {
            self.r#type = ::qmp_types::wire::IntoOption::into_option(r#type);
            self
        }

        /// Sets `new`: the name of our own constructor
        #[inline]
        pub fn new_(mut self, new: impl ::core::convert::Into<::core::option::Option<::core::primitive::bool>>) -> Self {
            self.new = ::core::convert::Into::into(new);
            self
        }

        /// Sets `lock`: how safe it is, (since 1.3) Only where QEMU is built with `CONFIG_LOCKS`.
        #[inline]
        pub fn lock(mut self, lock: impl ::core::convert::Into<::core::option::Option<::core::primitive::f64>>) -> Self {
            self.lock = ::core::convert::Into::into(lock);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Cage {
        const NAME: &'static ::core::primitive::str = "Cage";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            let mut v2 = ::core::option::Option::None;
            let mut v3 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["width", "type", "new", "lock"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    2 => m.value(&mut v2),
                    3 => m.value(&mut v3),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("width") };
            ::core::result::Result::Ok(Self {
                width: v0,
                r#type: v1,
                new: v2,
                lock: v3,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Cage {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("width", &self.width);
            m.optional("type", &self.r#type);
            m.optional("new", &self.new);
            m.optional("lock", &self.lock);
        }
    }

    ::qmp_types::__object!(Cage);

    /// The struct `BIGCage`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct BigCage {
        /// `width`: in centimetres:
        /// let x = "no doctest";
        pub width: ::core::primitive::u16,
        /// `type`: a keyword
        pub r#type: ::core::option::Option<::std::string::String>,
        /// `new`: the name of our own constructor
        #[deprecated]
        pub new: ::core::option::Option<::core::primitive::bool>,
        /// `lock`: how safe it is, (since 1.3) Only where QEMU is built with `CONFIG_LOCKS`.
        pub lock: ::core::option::Option<::core::primitive::f64>,
        /// The member `inhabitants`.
        pub inhabitants: ::core::option::Option<::std::vec::Vec<Animal>>,
        /// The member `tags`.
        pub tags: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
        /// The member `weights`.
        pub weights: ::core::option::Option<::std::vec::Vec<::core::primitive::i8>>,
    }

    impl ::core::fmt::Debug for BigCage {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "BigCage", &["width", "type", "new", "lock", "inhabitants", "tags", "weights"], &[&self.width, &self.r#type, &self.new, &self.lock, &self.inhabitants, &self.tags, &self.weights])
        }
    }

    impl BigCage {
        /// Creates a new `BigCage` from its required members.
        #[inline]
        pub fn new(width: ::core::primitive::u16) -> Self {
            Self {
                width,
                r#type: ::core::option::Option::None,
                new: ::core::option::Option::None,
                lock: ::core::option::Option::None,
                inhabitants: ::core::option::Option::None,
                tags: ::core::option::Option::None,
                weights: ::core::option::Option::None,
            }
        }

        /// Sets `type`: a keyword
        #[inline]
        pub fn r#type<_M>(mut self, r#type: impl ::qmp_types::wire::IntoOption<::std::string::String, _M>) -> Self {
            self.r#type = ::qmp_types::wire::IntoOption::into_option(r#type);
            self
        }

        /// Sets `new`: the name of our own constructor
        #[inline]
        pub fn new_(mut self, new: impl ::core::convert::Into<::core::option::Option<::core::primitive::bool>>) -> Self {
            self.new = ::core::convert::Into::into(new);
            self
        }

        /// Sets `lock`: how safe it is, (since 1.3) Only where QEMU is built with `CONFIG_LOCKS`.
        #[inline]
        pub fn lock(mut self, lock: impl ::core::convert::Into<::core::option::Option<::core::primitive::f64>>) -> Self {
            self.lock = ::core::convert::Into::into(lock);
            self
        }

        /// Sets `inhabitants`.
        #[inline]
        pub fn inhabitants<_M>(mut self, inhabitants: impl ::qmp_types::wire::IntoListFrom<Animal, _M>) -> Self {
            self.inhabitants = ::qmp_types::wire::IntoListFrom::into_list(inhabitants);
            self
        }

        /// Sets `tags`.
        #[inline]
        pub fn tags<_M>(mut self, tags: impl ::qmp_types::wire::IntoListFrom<::std::string::String, _M>) -> Self {
            self.tags = ::qmp_types::wire::IntoListFrom::into_list(tags);
            self
        }

        /// Sets `weights`.
        #[inline]
        pub fn weights<_M>(mut self, weights: impl ::qmp_types::wire::IntoListOf<::core::primitive::i8, _M>) -> Self {
            self.weights = ::qmp_types::wire::IntoListOf::into_list(weights);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for BigCage {
        const NAME: &'static ::core::primitive::str = "BigCage";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            let mut v2 = ::core::option::Option::None;
            let mut v3 = ::core::option::Option::None;
            let mut v4 = ::core::option::Option::None;
            let mut v5 = ::core::option::Option::None;
            let mut v6 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["width", "type", "new", "lock", "inhabitants", "tags", "weights"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    2 => m.value(&mut v2),
                    3 => m.value(&mut v3),
                    4 => m.list(&mut v4),
                    5 => m.list(&mut v5),
                    6 => m.list(&mut v6),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("width") };
            ::core::result::Result::Ok(Self {
                width: v0,
                r#type: v1,
                new: v2,
                lock: v3,
                inhabitants: v4,
                tags: v5,
                weights: v6,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for BigCage {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("width", &self.width);
            m.optional("type", &self.r#type);
            m.optional("new", &self.new);
            m.optional("lock", &self.lock);
            m.optional("inhabitants", &self.inhabitants);
            m.optional("tags", &self.tags);
            m.optional("weights", &self.weights);
        }
    }

    ::qmp_types::__object!(BigCage);

    /// The enum `AnimalKind`.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum AnimalKind {
        /// The value `cat`.
        Cat,
        /// The value `dog`.
        Dog,
        /// The value `egg`.
        Egg,
        /// The value `ghost`.
        Ghost,
        /// A value that the schema does not know.
        Unrecognized(::qmp_types::wire::Unrecognized),
    }

    impl AnimalKind {
        /// The value on the wire.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Cat => "cat",
                Self::Dog => "dog",
                Self::Egg => "egg",
                Self::Ghost => "ghost",
                Self::Unrecognized(value) => value.as_str(),
            }
        }
    }

    impl ::qmp_types::wire::OpenEnum for AnimalKind {
        const NAME: &'static ::core::primitive::str = "AnimalKind";
        const NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["cat", "dog", "egg", "ghost"]);
        const VALUES: &'static [Self] = &[Self::Cat, Self::Dog, Self::Egg, Self::Ghost];

        #[inline]
        fn unrecognized(value: ::qmp_types::wire::Unrecognized) -> Self {
            Self::Unrecognized(value)
        }
    }

    ::qmp_types::__open_enum!(AnimalKind);

    /// The struct `Cat`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Cat {
        /// The member `lives`.
        pub lives: ::core::primitive::i64,
        /// The member `kitten`.
        pub kitten: ::core::option::Option<Animal>,
    }

    impl ::core::fmt::Debug for Cat {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Cat", &["lives", "kitten"], &[&self.lives, &self.kitten])
        }
    }

    impl Cat {
        /// Creates a new `Cat` from its required members.
        #[inline]
        pub fn new(lives: ::core::primitive::i64) -> Self {
            Self {
                lives,
                kitten: ::core::option::Option::None,
            }
        }

        /// Sets `kitten`.
        #[inline]
        pub fn kitten<_M>(mut self, kitten: impl ::qmp_types::wire::IntoOption<Animal, _M>) -> Self {
            self.kitten = ::qmp_types::wire::IntoOption::into_option(kitten);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Cat {
        const NAME: &'static ::core::primitive::str = "Cat";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["lives", "kitten"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("lives") };
            ::core::result::Result::Ok(Self {
                lives: v0,
                kitten: v1,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Cat {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("lives", &self.lives);
            m.optional("kitten", &self.kitten);
        }
    }

    ::qmp_types::__object!(Cat);

    /// The struct `Dog`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Dog {
        /// The member `bark`.
        pub bark: ::core::primitive::u64,
        /// The member `friend`.
        pub friend: ::core::option::Option<AnimalRef>,
    }

    impl ::core::fmt::Debug for Dog {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Dog", &["bark", "friend"], &[&self.bark, &self.friend])
        }
    }

    impl Dog {
        /// Creates a new `Dog` from its required members.
        #[inline]
        pub fn new(bark: ::core::primitive::u64) -> Self {
            Self {
                bark,
                friend: ::core::option::Option::None,
            }
        }

        /// Sets `friend`.
        #[inline]
        pub fn friend<_M>(mut self, friend: impl ::qmp_types::wire::IntoOption<AnimalRef, _M>) -> Self {
            self.friend = ::qmp_types::wire::IntoOption::into_option(friend);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Dog {
        const NAME: &'static ::core::primitive::str = "Dog";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["bark", "friend"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("bark") };
            ::core::result::Result::Ok(Self {
                bark: v0,
                friend: v1,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Dog {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("bark", &self.bark);
            m.optional("friend", &self.friend);
        }
    }

    ::qmp_types::__object!(Dog);

    /// The struct `Egg`.
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Egg {}

    impl Egg {
        /// Creates a new `Egg`.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::ReadObject for Egg {
        const NAME: &'static ::core::primitive::str = "Egg";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(_: &mut M) -> ::core::result::Result<Self, M::Error> {
            ::core::result::Result::Ok(Self {})
        }
    }

    impl ::qmp_types::wire::WriteObject for Egg {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(Egg);

    /// The union `Animal`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Animal {
        /// The member `name`.
        pub name: ::core::option::Option<::std::string::String>,
        /// The member `kind`.
        pub kind: AnimalBranch,
    }

    impl ::core::fmt::Debug for Animal {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Animal", &["name", "kind"], &[&self.name, &self.kind])
        }
    }

    impl Animal {
        /// Creates a new `Animal` from its required members.
        #[inline]
        pub fn new(kind: impl ::core::convert::Into<AnimalBranch>) -> Self {
            Self {
                name: ::core::option::Option::None,
                kind: ::core::convert::Into::into(kind),
            }
        }

        /// Sets `name`.
        #[inline]
        pub fn name<_M>(mut self, name: impl ::qmp_types::wire::IntoOption<::std::string::String, _M>) -> Self {
            self.name = ::qmp_types::wire::IntoOption::into_option(name);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Animal {
        const NAME: &'static ::core::primitive::str = "Animal";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next_or_keep(const { &::qmp_types::wire::Names::new(&["name", "kind"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.tag(AnimalBranch::TAG_NAMES, &mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v1) = v1 else { return m.missing("kind") };
            ::core::result::Result::Ok(Self {
                name: v0,
                kind: AnimalBranch::read_branch(v1, m)?,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Animal {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.optional("name", &self.name);
            m.member("kind", self.kind.as_str());
            self.kind.write_branch(m);
        }
    }

    ::qmp_types::__object!(Animal);

    impl Animal {
        /// Creates the branch `cat` from its required members.
        #[inline]
        pub fn cat(lives: ::core::primitive::i64) -> Self {
            Self::new(AnimalBranch::Cat(::std::boxed::Box::new(Cat::new(lives))))
        }

        /// Creates the branch `dog` from its required members.
        #[inline]
        pub fn dog(bark: ::core::primitive::u64) -> Self {
            Self::new(AnimalBranch::Dog(Dog::new(bark)))
        }

        /// Creates the branch `egg` from its required members.
        #[inline]
        pub fn egg() -> Self {
            Self::new(AnimalBranch::Egg)
        }

        /// Creates the branch `ghost` from its required members.
        #[inline]
        pub fn ghost() -> Self {
            Self::new(AnimalBranch::Ghost)
        }
    }

    /// The branches of [`Animal`], by `kind`.
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum AnimalBranch {
        /// The branch `cat`.
        Cat(::std::boxed::Box<Cat>),
        /// The branch `dog`. Only where QEMU is built with not `CONFIG_CATS_ONLY`.
        Dog(Dog),
        /// The branch `egg`.
        Egg,
        /// The branch `ghost`.
        Ghost,
        /// A branch that the schema does not know.
        Unrecognized(::qmp_types::wire::UnrecognizedBranch),
    }

    impl AnimalBranch {
        const TAG_NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["cat", "dog", "egg", "ghost"]);

        /// The discriminator's value.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Cat(_) => "cat",
                Self::Dog(_) => "dog",
                Self::Egg => "egg",
                Self::Ghost => "ghost",
                Self::Unrecognized(branch) => branch.tag(),
            }
        }

        fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> ::core::result::Result<Self, M::Error> {
            match tag {
                ::qmp_types::wire::Tag::Known(0) => m.branch().map(Self::Cat),
                ::qmp_types::wire::Tag::Known(1) => m.branch().map(Self::Dog),
                ::qmp_types::wire::Tag::Known(2) => ::core::result::Result::Ok(Self::Egg),
                ::qmp_types::wire::Tag::Known(3) => ::core::result::Result::Ok(Self::Ghost),
                tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),
            }
        }

        fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            match self {
                Self::Cat(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Dog(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Unrecognized(branch) => branch.write(m),
                _ => {}
            }
        }
    }

    impl ::core::convert::From<Cat> for AnimalBranch {
        #[inline]
        fn from(value: Cat) -> Self {
            Self::Cat(::std::boxed::Box::new(value))
        }
    }

    impl ::core::convert::From<Dog> for AnimalBranch {
        #[inline]
        fn from(value: Dog) -> Self {
            Self::Dog(value)
        }
    }

    impl ::core::convert::From<Cat> for Animal {
        #[inline]
        fn from(value: Cat) -> Self {
            Self::new(value)
        }
    }

    impl ::core::convert::From<Dog> for Animal {
        #[inline]
        fn from(value: Dog) -> Self {
            Self::new(value)
        }
    }

    /// The union `Visitor`.
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum Visitor {
        /// The branch `cat`.
        Cat(Cat),
        /// The branch `dog`.
        Dog(Dog),
        /// The branch `egg`.
        Egg,
        /// The branch `ghost`.
        Ghost,
        /// A branch that the schema does not know.
        Unrecognized(::qmp_types::wire::UnrecognizedBranch),
    }

    impl Visitor {
        const TAG_NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["cat", "dog", "egg", "ghost"]);

        /// The discriminator's value.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Cat(_) => "cat",
                Self::Dog(_) => "dog",
                Self::Egg => "egg",
                Self::Ghost => "ghost",
                Self::Unrecognized(branch) => branch.tag(),
            }
        }

        fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> ::core::result::Result<Self, M::Error> {
            match tag {
                ::qmp_types::wire::Tag::Known(0) => m.branch().map(Self::Cat),
                ::qmp_types::wire::Tag::Known(1) => m.branch().map(Self::Dog),
                ::qmp_types::wire::Tag::Known(2) => ::core::result::Result::Ok(Self::Egg),
                ::qmp_types::wire::Tag::Known(3) => ::core::result::Result::Ok(Self::Ghost),
                tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),
            }
        }

        fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            match self {
                Self::Cat(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Dog(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Unrecognized(branch) => branch.write(m),
                _ => {}
            }
        }
    }

    impl ::core::convert::From<Cat> for Visitor {
        #[inline]
        fn from(value: Cat) -> Self {
            Self::Cat(value)
        }
    }

    impl ::core::convert::From<Dog> for Visitor {
        #[inline]
        fn from(value: Dog) -> Self {
            Self::Dog(value)
        }
    }

    impl Visitor {
        /// Creates the branch `cat` from its required members.
        #[inline]
        pub fn cat(lives: ::core::primitive::i64) -> Self {
            Self::Cat(Cat::new(lives))
        }

        /// Creates the branch `dog` from its required members.
        #[inline]
        pub fn dog(bark: ::core::primitive::u64) -> Self {
            Self::Dog(Dog::new(bark))
        }

        /// Creates the branch `egg` from its required members.
        #[inline]
        pub fn egg() -> Self {
            Self::Egg
        }

        /// Creates the branch `ghost` from its required members.
        #[inline]
        pub fn ghost() -> Self {
            Self::Ghost
        }
    }

    impl ::qmp_types::wire::ReadObject for Visitor {
        const NAME: &'static ::core::primitive::str = "Visitor";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut tag = ::core::option::Option::None;
            if m.next_or_keep(const { &::qmp_types::wire::Names::new(&["kind"]) })?.is_some() {
                m.tag(Self::TAG_NAMES, &mut tag)?;
            }
            match tag {
                ::core::option::Option::Some(tag) => Self::read_branch(tag, m),
                ::core::option::Option::None => m.missing("kind"),
            }
        }
    }

    impl ::qmp_types::wire::WriteObject for Visitor {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("kind", self.as_str());
            self.write_branch(m);
        }
    }

    ::qmp_types::__object!(Visitor);

    /// The struct `CatWrapper`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct CatWrapper {
        /// The member `data`.
        pub data: Cat,
    }

    impl ::core::fmt::Debug for CatWrapper {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "CatWrapper", &["data"], &[&self.data])
        }
    }

    impl CatWrapper {
        /// Creates a new `CatWrapper` from its required members.
        #[inline]
        pub fn new(data: Cat) -> Self {
            Self {
                data,
            }
        }
    }

    impl ::qmp_types::wire::ReadObject for CatWrapper {
        const NAME: &'static ::core::primitive::str = "CatWrapper";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["data"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("data") };
            ::core::result::Result::Ok(Self {
                data: v0,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for CatWrapper {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("data", &self.data);
        }
    }

    ::qmp_types::__object!(CatWrapper);

    impl ::core::convert::From<Cat> for CatWrapper {
        #[inline]
        fn from(value: Cat) -> Self {
            Self::new(value)
        }
    }

    /// The struct `DogWrapper`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct DogWrapper {
        /// The member `data`.
        pub data: Dog,
    }

    impl ::core::fmt::Debug for DogWrapper {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "DogWrapper", &["data"], &[&self.data])
        }
    }

    impl DogWrapper {
        /// Creates a new `DogWrapper` from its required members.
        #[inline]
        pub fn new(data: Dog) -> Self {
            Self {
                data,
            }
        }
    }

    impl ::qmp_types::wire::ReadObject for DogWrapper {
        const NAME: &'static ::core::primitive::str = "DogWrapper";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["data"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("data") };
            ::core::result::Result::Ok(Self {
                data: v0,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for DogWrapper {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("data", &self.data);
        }
    }

    ::qmp_types::__object!(DogWrapper);

    impl ::core::convert::From<Dog> for DogWrapper {
        #[inline]
        fn from(value: Dog) -> Self {
            Self::new(value)
        }
    }

    /// The union `Parcel`.
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum Parcel {
        /// The branch `cat`.
        Cat(CatWrapper),
        /// The branch `dog`.
        Dog(DogWrapper),
        /// The branch `ghost`.
        Ghost(DogWrapper),
        /// The branch `egg`.
        Egg,
        /// A branch that the schema does not know.
        Unrecognized(::qmp_types::wire::UnrecognizedBranch),
    }

    impl Parcel {
        const TAG_NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["cat", "dog", "ghost", "egg"]);

        /// The discriminator's value.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Cat(_) => "cat",
                Self::Dog(_) => "dog",
                Self::Ghost(_) => "ghost",
                Self::Egg => "egg",
                Self::Unrecognized(branch) => branch.tag(),
            }
        }

        fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> ::core::result::Result<Self, M::Error> {
            match tag {
                ::qmp_types::wire::Tag::Known(0) => m.branch().map(Self::Cat),
                ::qmp_types::wire::Tag::Known(1) => m.branch().map(Self::Dog),
                ::qmp_types::wire::Tag::Known(2) => m.branch().map(Self::Ghost),
                ::qmp_types::wire::Tag::Known(3) => ::core::result::Result::Ok(Self::Egg),
                tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),
            }
        }

        fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            match self {
                Self::Cat(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Dog(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Ghost(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Unrecognized(branch) => branch.write(m),
                _ => {}
            }
        }
    }

    impl ::core::convert::From<CatWrapper> for Parcel {
        #[inline]
        fn from(value: CatWrapper) -> Self {
            Self::Cat(value)
        }
    }

    impl ::core::convert::From<Cat> for Parcel {
        #[inline]
        fn from(value: Cat) -> Self {
            Self::Cat(CatWrapper::new(value))
        }
    }

    impl ::core::convert::From<Dog> for Parcel {
        #[inline]
        fn from(value: Dog) -> Self {
            Self::Dog(DogWrapper::new(value))
        }
    }

    impl Parcel {
        /// Creates the branch `cat` from its required members.
        #[inline]
        pub fn cat(lives: ::core::primitive::i64) -> Self {
            Self::Cat(CatWrapper::new(Cat::new(lives)))
        }

        /// Creates the branch `dog` from its required members.
        #[inline]
        pub fn dog(bark: ::core::primitive::u64) -> Self {
            Self::Dog(DogWrapper::new(Dog::new(bark)))
        }

        /// Creates the branch `ghost` from its required members.
        #[inline]
        pub fn ghost(bark: ::core::primitive::u64) -> Self {
            Self::Ghost(DogWrapper::new(Dog::new(bark)))
        }

        /// Creates the branch `egg` from its required members.
        #[inline]
        pub fn egg() -> Self {
            Self::Egg
        }
    }

    impl ::qmp_types::wire::ReadObject for Parcel {
        const NAME: &'static ::core::primitive::str = "Parcel";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut tag = ::core::option::Option::None;
            if m.next_or_keep(const { &::qmp_types::wire::Names::new(&["kind"]) })?.is_some() {
                m.tag(Self::TAG_NAMES, &mut tag)?;
            }
            match tag {
                ::core::option::Option::Some(tag) => Self::read_branch(tag, m),
                ::core::option::Option::None => m.missing("kind"),
            }
        }
    }

    impl ::qmp_types::wire::WriteObject for Parcel {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("kind", self.as_str());
            self.write_branch(m);
        }
    }

    ::qmp_types::__object!(Parcel);

    /// The enum `MealKind`.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum MealKind {
        /// The value `plants`.
        Plants,
        /// The value `new`.
        New,
        /// The value `cold`.
        Cold,
        /// A value that the schema does not know.
        Unrecognized(::qmp_types::wire::Unrecognized),
    }

    impl MealKind {
        /// The value on the wire.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Plants => "plants",
                Self::New => "new",
                Self::Cold => "cold",
                Self::Unrecognized(value) => value.as_str(),
            }
        }
    }

    impl ::qmp_types::wire::OpenEnum for MealKind {
        const NAME: &'static ::core::primitive::str = "MealKind";
        const NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["plants", "new", "cold"]);
        const VALUES: &'static [Self] = &[Self::Plants, Self::New, Self::Cold];

        #[inline]
        fn unrecognized(value: ::qmp_types::wire::Unrecognized) -> Self {
            Self::Unrecognized(value)
        }
    }

    ::qmp_types::__open_enum!(MealKind);

    /// The struct `Dish`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Dish {
        /// The member `what`.
        pub what: ::std::string::String,
        /// The member `amount`.
        pub amount: ::core::option::Option<Amount>,
    }

    impl ::core::fmt::Debug for Dish {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Dish", &["what", "amount"], &[&self.what, &self.amount])
        }
    }

    impl Dish {
        /// Creates a new `Dish` from its required members.
        #[inline]
        pub fn new(what: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                what: ::core::convert::Into::into(what),
                amount: ::core::option::Option::None,
            }
        }

        /// Sets `amount`.
        #[inline]
        pub fn amount<_M>(mut self, amount: impl ::qmp_types::wire::IntoOption<Amount, _M>) -> Self {
            self.amount = ::qmp_types::wire::IntoOption::into_option(amount);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Dish {
        const NAME: &'static ::core::primitive::str = "Dish";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["what", "amount"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("what") };
            ::core::result::Result::Ok(Self {
                what: v0,
                amount: v1,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Dish {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("what", &self.what);
            m.optional("amount", &self.amount);
        }
    }

    ::qmp_types::__object!(Dish);

    /// The struct `Numbered`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Numbered {
        /// The member `number`.
        pub number: ::core::primitive::i64,
    }

    impl ::core::fmt::Debug for Numbered {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Numbered", &["number"], &[&self.number])
        }
    }

    impl Numbered {
        /// Creates a new `Numbered` from its required members.
        #[inline]
        pub fn new(number: ::core::primitive::i64) -> Self {
            Self {
                number,
            }
        }
    }

    impl ::qmp_types::wire::ReadObject for Numbered {
        const NAME: &'static ::core::primitive::str = "Numbered";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["number"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("number") };
            ::core::result::Result::Ok(Self {
                number: v0,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Numbered {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("number", &self.number);
        }
    }

    ::qmp_types::__object!(Numbered);

    /// The union `Meal`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Meal {
        /// The member `when`.
        pub when: ::std::string::String,
        /// The member `kind`.
        pub kind: MealBranch,
        /// The member `note`.
        pub note: ::core::option::Option<::std::string::String>,
        /// The member `cold`.
        pub cold: ::core::option::Option<::core::primitive::bool>,
    }

    impl ::core::fmt::Debug for Meal {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Meal", &["when", "kind", "note", "cold"], &[&self.when, &self.kind, &self.note, &self.cold])
        }
    }

    impl Meal {
        /// Creates a new `Meal` from its required members.
        #[inline]
        pub fn new(when: impl ::core::convert::Into<::std::string::String>, kind: impl ::core::convert::Into<MealBranch>) -> Self {
            Self {
                when: ::core::convert::Into::into(when),
                kind: ::core::convert::Into::into(kind),
                note: ::core::option::Option::None,
                cold: ::core::option::Option::None,
            }
        }

        /// Sets `note`.
        #[inline]
        pub fn note<_M>(mut self, note: impl ::qmp_types::wire::IntoOption<::std::string::String, _M>) -> Self {
            self.note = ::qmp_types::wire::IntoOption::into_option(note);
            self
        }

        /// Sets `cold`.
        #[inline]
        pub fn cold(mut self, cold: impl ::core::convert::Into<::core::option::Option<::core::primitive::bool>>) -> Self {
            self.cold = ::core::convert::Into::into(cold);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Meal {
        const NAME: &'static ::core::primitive::str = "Meal";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            let mut v2 = ::core::option::Option::None;
            let mut v3 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next_or_keep(const { &::qmp_types::wire::Names::new(&["when", "kind", "note", "cold"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.tag(MealBranch::TAG_NAMES, &mut v1),
                    2 => m.value(&mut v2),
                    3 => m.value(&mut v3),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("when") };
            let ::core::option::Option::Some(v1) = v1 else { return m.missing("kind") };
            ::core::result::Result::Ok(Self {
                when: v0,
                kind: MealBranch::read_branch(v1, m)?,
                note: v2,
                cold: v3,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Meal {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("when", &self.when);
            m.member("kind", self.kind.as_str());
            self.kind.write_branch(m);
            m.optional("note", &self.note);
            m.optional("cold", &self.cold);
        }
    }

    ::qmp_types::__object!(Meal);

    impl Meal {
        /// Creates the branch `plants` from its required members.
        #[inline]
        pub fn plants(when: impl ::core::convert::Into<::std::string::String>, what: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self::new(when, MealBranch::Plants(Dish::new(what)))
        }

        /// Creates the branch `new` from its required members.
        #[inline]
        pub fn new_(when: impl ::core::convert::Into<::std::string::String>, number: ::core::primitive::i64) -> Self {
            Self::new(when, MealBranch::New(Numbered::new(number)))
        }

        /// Creates the branch `cold` from its required members.
        #[inline]
        pub fn cold_(when: impl ::core::convert::Into<::std::string::String>, what: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self::new(when, MealBranch::Cold(Dish::new(what)))
        }
    }

    /// The branches of [`Meal`], by `kind`.
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum MealBranch {
        /// The branch `plants`.
        Plants(Dish),
        /// The branch `new`.
        New(Numbered),
        /// The branch `cold`.
        Cold(Dish),
        /// A branch that the schema does not know.
        Unrecognized(::qmp_types::wire::UnrecognizedBranch),
    }

    impl MealBranch {
        const TAG_NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["plants", "new", "cold"]);

        /// The discriminator's value.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Plants(_) => "plants",
                Self::New(_) => "new",
                Self::Cold(_) => "cold",
                Self::Unrecognized(branch) => branch.tag(),
            }
        }

        fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> ::core::result::Result<Self, M::Error> {
            match tag {
                ::qmp_types::wire::Tag::Known(0) => m.branch().map(Self::Plants),
                ::qmp_types::wire::Tag::Known(1) => m.branch().map(Self::New),
                ::qmp_types::wire::Tag::Known(2) => m.branch().map(Self::Cold),
                tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),
            }
        }

        fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            match self {
                Self::Plants(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::New(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Cold(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Unrecognized(branch) => branch.write(m),
            }
        }
    }

    impl ::core::convert::From<Numbered> for MealBranch {
        #[inline]
        fn from(value: Numbered) -> Self {
            Self::New(value)
        }
    }

    /// The union `Feast`.
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum Feast {
        /// The branch `new`.
        New(Visitor),
        /// The branch `plants`.
        Plants,
        /// The branch `cold`.
        Cold,
        /// A branch that the schema does not know.
        Unrecognized(::qmp_types::wire::UnrecognizedBranch),
    }

    impl Feast {
        const TAG_NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["new", "plants", "cold"]);

        /// The discriminator's value.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::New(_) => "new",
                Self::Plants => "plants",
                Self::Cold => "cold",
                Self::Unrecognized(branch) => branch.tag(),
            }
        }

        fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> ::core::result::Result<Self, M::Error> {
            match tag {
                ::qmp_types::wire::Tag::Known(0) => m.branch().map(Self::New),
                ::qmp_types::wire::Tag::Known(1) => ::core::result::Result::Ok(Self::Plants),
                ::qmp_types::wire::Tag::Known(2) => ::core::result::Result::Ok(Self::Cold),
                tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),
            }
        }

        fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            match self {
                Self::New(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Unrecognized(branch) => branch.write(m),
                _ => {}
            }
        }
    }

    impl ::core::convert::From<Visitor> for Feast {
        #[inline]
        fn from(value: Visitor) -> Self {
            Self::New(value)
        }
    }

    impl Feast {
        /// Creates the branch `new` from its required members.
        #[inline]
        pub fn new_(branch: impl ::core::convert::Into<Visitor>) -> Self {
            Self::New(::core::convert::Into::into(branch))
        }

        /// Creates the branch `plants` from its required members.
        #[inline]
        pub fn plants() -> Self {
            Self::Plants
        }

        /// Creates the branch `cold` from its required members.
        #[inline]
        pub fn cold() -> Self {
            Self::Cold
        }
    }

    impl ::qmp_types::wire::ReadObject for Feast {
        const NAME: &'static ::core::primitive::str = "Feast";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut tag = ::core::option::Option::None;
            if m.next_or_keep(const { &::qmp_types::wire::Names::new(&["meal"]) })?.is_some() {
                m.tag(Self::TAG_NAMES, &mut tag)?;
            }
            match tag {
                ::core::option::Option::Some(tag) => Self::read_branch(tag, m),
                ::core::option::Option::None => m.missing("meal"),
            }
        }
    }

    impl ::qmp_types::wire::WriteObject for Feast {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("meal", self.as_str());
            self.write_branch(m);
        }
    }

    ::qmp_types::__object!(Feast);

    /// The alternate `AnimalRef`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub enum AnimalRef {
        /// The branch `definition`.
        Definition(::std::boxed::Box<Animal>),
        /// The branch `reference`.
        Reference(::std::string::String),
        /// The branch `none`.
        None,
        /// A value of a JSON type that the schema does not know here.
        Unrecognized(::qmp_types::wire::Value),
    }

    impl ::core::fmt::Debug for AnimalRef {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Definition(value) => ::qmp_types::wire::debug_variant(f, "Definition", value),
                Self::Reference(value) => ::qmp_types::wire::debug_variant(f, "Reference", value),
                Self::Unrecognized(value) => ::qmp_types::wire::debug_variant(f, "Unrecognized", value),
                Self::None => f.write_str("None"),
            }
        }
    }

    impl ::qmp_types::wire::Alternate for AnimalRef {
        fn unrecognized(value: ::qmp_types::wire::Value) -> Self {
            Self::Unrecognized(value)
        }

        fn object<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            ::qmp_types::wire::Deserialize::deserialize(value).map(Self::Definition)
        }

        fn string<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            ::qmp_types::wire::Deserialize::deserialize(value).map(Self::Reference)
        }

        fn null<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            ::qmp_types::wire::nothing(value).map(|()| Self::None)
        }
    }

    ::qmp_types::__alternate!(AnimalRef);

    impl ::qmp_types::wire::Serialize for AnimalRef {
        fn serialize<S: ::qmp_types::wire::Serializer>(&self, s: S) -> ::core::result::Result<S::Ok, S::Error> {
            match self {
                Self::Definition(value) => ::qmp_types::wire::Serialize::serialize(value, s),
                Self::Reference(value) => ::qmp_types::wire::Serialize::serialize(value, s),
                Self::None => s.serialize_unit(),
                Self::Unrecognized(value) => ::qmp_types::wire::Serialize::serialize(value, s),
            }
        }
    }

    impl ::core::convert::From<Animal> for AnimalRef {
        #[inline]
        fn from(value: Animal) -> Self {
            Self::Definition(::std::boxed::Box::new(value))
        }
    }

    impl ::core::convert::From<::std::string::String> for AnimalRef {
        #[inline]
        fn from(value: ::std::string::String) -> Self {
            Self::Reference(value)
        }
    }

    impl ::core::convert::From<Cat> for AnimalRef {
        #[inline]
        fn from(value: Cat) -> Self {
            Self::Definition(::std::boxed::Box::new(::core::convert::Into::into(value)))
        }
    }

    impl ::core::convert::From<Dog> for AnimalRef {
        #[inline]
        fn from(value: Dog) -> Self {
            Self::Definition(::std::boxed::Box::new(::core::convert::Into::into(value)))
        }
    }

    impl ::core::convert::From<&::core::primitive::str> for AnimalRef {
        #[inline]
        fn from(value: &::core::primitive::str) -> Self {
            Self::Reference(value.into())
        }
    }

    /// The alternate `Amount`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub enum Amount {
        /// The branch `some`.
        Some(::core::primitive::i64),
        /// The branch `all`.
        All(::core::primitive::bool),
        /// The branch `list`.
        List(::std::vec::Vec<::core::primitive::i64>),
        /// The branch `other`.
        Other(Cat),
        /// A value of a JSON type that the schema does not know here.
        Unrecognized(::qmp_types::wire::Value),
    }

    impl ::core::fmt::Debug for Amount {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Some(value) => ::qmp_types::wire::debug_variant(f, "Some", value),
                Self::All(value) => ::qmp_types::wire::debug_variant(f, "All", value),
                Self::List(value) => ::qmp_types::wire::debug_variant(f, "List", value),
                Self::Other(value) => ::qmp_types::wire::debug_variant(f, "Other", value),
                Self::Unrecognized(value) => ::qmp_types::wire::debug_variant(f, "Unrecognized", value),
            }
        }
    }

    impl ::qmp_types::wire::Alternate for Amount {
        fn unrecognized(value: ::qmp_types::wire::Value) -> Self {
            Self::Unrecognized(value)
        }

        fn number<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            ::qmp_types::wire::Deserialize::deserialize(value).map(Self::Some)
        }

        fn boolean<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            ::qmp_types::wire::Deserialize::deserialize(value).map(Self::All)
        }

        fn array<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            ::qmp_types::wire::list(value).map(Self::List)
        }

        fn object<'de, D: ::qmp_types::wire::Deserializer<'de>>(value: D) -> ::core::result::Result<Self, D::Error> {
            ::qmp_types::wire::Deserialize::deserialize(value).map(Self::Other)
        }
    }

    ::qmp_types::__alternate!(Amount);

    impl ::qmp_types::wire::Serialize for Amount {
        fn serialize<S: ::qmp_types::wire::Serializer>(&self, s: S) -> ::core::result::Result<S::Ok, S::Error> {
            match self {
                Self::Some(value) => ::qmp_types::wire::Serialize::serialize(value, s),
                Self::All(value) => ::qmp_types::wire::Serialize::serialize(value, s),
                Self::List(value) => ::qmp_types::wire::Serialize::serialize(value, s),
                Self::Other(value) => ::qmp_types::wire::Serialize::serialize(value, s),
                Self::Unrecognized(value) => ::qmp_types::wire::Serialize::serialize(value, s),
            }
        }
    }

    impl ::core::convert::From<::core::primitive::i64> for Amount {
        #[inline]
        fn from(value: ::core::primitive::i64) -> Self {
            Self::Some(value)
        }
    }

    impl ::core::convert::From<::core::primitive::bool> for Amount {
        #[inline]
        fn from(value: ::core::primitive::bool) -> Self {
            Self::All(value)
        }
    }

    impl ::core::convert::From<::std::vec::Vec<::core::primitive::i64>> for Amount {
        #[inline]
        fn from(value: ::std::vec::Vec<::core::primitive::i64>) -> Self {
            Self::List(value)
        }
    }

    impl ::core::convert::From<Cat> for Amount {
        #[inline]
        fn from(value: Cat) -> Self {
            Self::Other(value)
        }
    }

    /// The struct `Option`.
    #[derive(Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Option {
        /// The member `string`.
        pub string: ::core::option::Option<String>,
        /// The member `vec`.
        pub vec: ::core::option::Option<::qmp_types::wire::Value>,
    }

    impl ::core::fmt::Debug for Option {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Option", &["string", "vec"], &[&self.string, &self.vec])
        }
    }

    impl Option {
        /// Creates a new `Option` without optional members.
        #[inline]
        pub fn new() -> Self {
            Self {
                string: ::core::option::Option::None,
                vec: ::core::option::Option::None,
            }
        }

        /// Sets `string`.
        #[inline]
        pub fn string(mut self, string: impl ::core::convert::Into<::core::option::Option<String>>) -> Self {
            self.string = ::core::convert::Into::into(string);
            self
        }

        /// Sets `vec`.
        #[inline]
        pub fn vec(mut self, vec: impl ::core::convert::Into<::qmp_types::wire::Value>) -> Self {
            self.vec = ::core::option::Option::Some(::core::convert::Into::into(vec));
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Option {
        const NAME: &'static ::core::primitive::str = "Option";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["string", "vec"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            ::core::result::Result::Ok(Self {
                string: v0,
                vec: v1,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Option {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.optional("string", &self.string);
            m.optional("vec", &self.vec);
        }
    }

    ::qmp_types::__object!(Option);

    /// A string.
    ///
    /// The struct `String`.
    #[derive(Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct String {
        /// The member `a-b`.
        pub a_b: ::core::option::Option<::core::primitive::i64>,
        /// The member `aB`.
        pub a_b_: ::core::option::Option<::core::primitive::i64>,
    }

    impl ::core::fmt::Debug for String {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "String", &["a_b", "a_b_"], &[&self.a_b, &self.a_b_])
        }
    }

    impl String {
        /// Creates a new `String` without optional members.
        #[inline]
        pub fn new() -> Self {
            Self {
                a_b: ::core::option::Option::None,
                a_b_: ::core::option::Option::None,
            }
        }

        /// Sets `a-b`.
        #[inline]
        pub fn a_b(mut self, a_b: impl ::core::convert::Into<::core::option::Option<::core::primitive::i64>>) -> Self {
            self.a_b = ::core::convert::Into::into(a_b);
            self
        }

        /// Sets `aB`.
        #[inline]
        pub fn a_b_(mut self, a_b_: impl ::core::convert::Into<::core::option::Option<::core::primitive::i64>>) -> Self {
            self.a_b_ = ::core::convert::Into::into(a_b_);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for String {
        const NAME: &'static ::core::primitive::str = "String";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["a-b", "aB"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            ::core::result::Result::Ok(Self {
                a_b: v0,
                a_b_: v1,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for String {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.optional("a-b", &self.a_b);
            m.optional("aB", &self.a_b_);
        }
    }

    ::qmp_types::__object!(String);

    /// The struct `Some`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Some_ {
        /// The member `box`.
        pub r#box: Option,
    }

    impl ::core::fmt::Debug for Some_ {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Some_", &["box"], &[&self.r#box])
        }
    }

    impl Some_ {
        /// Creates a new `Some_` from its required members.
        #[inline]
        pub fn new(r#box: Option) -> Self {
            Self {
                r#box,
            }
        }
    }

    impl ::qmp_types::wire::ReadObject for Some_ {
        const NAME: &'static ::core::primitive::str = "Some_";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["box"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("box") };
            ::core::result::Result::Ok(Self {
                r#box: v0,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Some_ {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("box", &self.r#box);
        }
    }

    ::qmp_types::__object!(Some_);

    /// The struct `BigCage`.
    #[derive(Clone, Debug, PartialEq, Default)]
    #[non_exhaustive]
    pub struct BigCage_ {}

    impl BigCage_ {
        /// Creates a new `BigCage_`.
        #[inline]
        pub fn new() -> Self {
            Self {}
        }
    }

    impl ::qmp_types::wire::ReadObject for BigCage_ {
        const NAME: &'static ::core::primitive::str = "BigCage_";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(_: &mut M) -> ::core::result::Result<Self, M::Error> {
            ::core::result::Result::Ok(Self {})
        }
    }

    impl ::qmp_types::wire::WriteObject for BigCage_ {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, _: &mut ::qmp_types::wire::Output<M>) {}
    }

    ::qmp_types::__object!(BigCage_);

    /// The struct `Feeding`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Feeding {
        /// The member `name`.
        pub name: ::std::string::String,
        /// The member `food`.
        pub food: ::core::option::Option<Diet>,
    }

    impl ::core::fmt::Debug for Feeding {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "Feeding", &["name", "food"], &[&self.name, &self.food])
        }
    }

    impl Feeding {
        /// Creates a new `Feeding` from its required members.
        #[inline]
        pub fn new(name: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                name: ::core::convert::Into::into(name),
                food: ::core::option::Option::None,
            }
        }

        /// Sets `food`.
        #[inline]
        pub fn food(mut self, food: impl ::core::convert::Into<::core::option::Option<Diet>>) -> Self {
            self.food = ::core::convert::Into::into(food);
            self
        }
    }

    impl ::qmp_types::wire::ReadObject for Feeding {
        const NAME: &'static ::core::primitive::str = "Feeding";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            let mut v1 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["name", "food"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    1 => m.value(&mut v1),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("name") };
            ::core::result::Result::Ok(Self {
                name: v0,
                food: v1,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for Feeding {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("name", &self.name);
            m.optional("food", &self.food);
        }
    }

    ::qmp_types::__object!(Feeding);

    /// The struct `FeedingWrapper`.
    #[derive(Clone, PartialEq)]
    #[non_exhaustive]
    pub struct FeedingWrapper {
        /// The member `data`.
        pub data: Feeding,
    }

    impl ::core::fmt::Debug for FeedingWrapper {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::qmp_types::wire::debug(f, "FeedingWrapper", &["data"], &[&self.data])
        }
    }

    impl FeedingWrapper {
        /// Creates a new `FeedingWrapper` from its required members.
        #[inline]
        pub fn new(data: Feeding) -> Self {
            Self {
                data,
            }
        }
    }

    impl ::qmp_types::wire::ReadObject for FeedingWrapper {
        const NAME: &'static ::core::primitive::str = "FeedingWrapper";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut v0 = ::core::option::Option::None;
            while let ::core::option::Option::Some(member) = m.next(const { &::qmp_types::wire::Names::new(&["data"]) })? {
                match member {
                    0 => m.value(&mut v0),
                    _ => ::core::result::Result::Ok(()),
                }?;
            }
            let ::core::option::Option::Some(v0) = v0 else { return m.missing("data") };
            ::core::result::Result::Ok(Self {
                data: v0,
            })
        }
    }

    impl ::qmp_types::wire::WriteObject for FeedingWrapper {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("data", &self.data);
        }
    }

    ::qmp_types::__object!(FeedingWrapper);

    impl ::core::convert::From<Feeding> for FeedingWrapper {
        #[inline]
        fn from(value: Feeding) -> Self {
            Self::new(value)
        }
    }

    /// The enum `ChoreKind`.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum ChoreKind {
        /// The value `feed`.
        Feed,
        /// The value `replace-animal`.
        ReplaceAnimal,
        /// The value `rest`.
        Rest,
        /// A value that the schema does not know.
        Unrecognized(::qmp_types::wire::Unrecognized),
    }

    impl ChoreKind {
        /// The value on the wire.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Feed => "feed",
                Self::ReplaceAnimal => "replace-animal",
                Self::Rest => "rest",
                Self::Unrecognized(value) => value.as_str(),
            }
        }
    }

    impl ::qmp_types::wire::OpenEnum for ChoreKind {
        const NAME: &'static ::core::primitive::str = "ChoreKind";
        const NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["feed", "replace-animal", "rest"]);
        const VALUES: &'static [Self] = &[Self::Feed, Self::ReplaceAnimal, Self::Rest];

        #[inline]
        fn unrecognized(value: ::qmp_types::wire::Unrecognized) -> Self {
            Self::Unrecognized(value)
        }
    }

    ::qmp_types::__open_enum!(ChoreKind);

    /// The union `Chore`.
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub enum Chore {
        /// The branch `feed`.
        Feed(FeedingWrapper),
        /// The branch `replace-animal`.
        ReplaceAnimal(Cat),
        /// The branch `rest`.
        Rest,
        /// A branch that the schema does not know.
        Unrecognized(::qmp_types::wire::UnrecognizedBranch),
    }

    impl Chore {
        const TAG_NAMES: &'static ::qmp_types::wire::Names = &::qmp_types::wire::Names::new(&["feed", "replace-animal", "rest"]);

        /// The discriminator's value.
        #[inline]
        pub fn as_str(&self) -> &::core::primitive::str {
            match self {
                Self::Feed(_) => "feed",
                Self::ReplaceAnimal(_) => "replace-animal",
                Self::Rest => "rest",
                Self::Unrecognized(branch) => branch.tag(),
            }
        }

        fn read_branch<'de, M: ::qmp_types::wire::Members<'de>>(tag: ::qmp_types::wire::Tag, m: &mut M) -> ::core::result::Result<Self, M::Error> {
            match tag {
                ::qmp_types::wire::Tag::Known(0) => m.branch().map(Self::Feed),
                ::qmp_types::wire::Tag::Known(1) => m.branch().map(Self::ReplaceAnimal),
                ::qmp_types::wire::Tag::Known(2) => ::core::result::Result::Ok(Self::Rest),
                tag => m.unrecognized(Self::TAG_NAMES, tag).map(Self::Unrecognized),
            }
        }

        fn write_branch<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            match self {
                Self::Feed(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::ReplaceAnimal(branch) => ::qmp_types::wire::WriteObject::write(branch, m),
                Self::Unrecognized(branch) => branch.write(m),
                _ => {}
            }
        }
    }

    impl ::core::convert::From<FeedingWrapper> for Chore {
        #[inline]
        fn from(value: FeedingWrapper) -> Self {
            Self::Feed(value)
        }
    }

    impl ::core::convert::From<Feeding> for Chore {
        #[inline]
        fn from(value: Feeding) -> Self {
            Self::Feed(FeedingWrapper::new(value))
        }
    }

    impl ::core::convert::From<Cat> for Chore {
        #[inline]
        fn from(value: Cat) -> Self {
            Self::ReplaceAnimal(value)
        }
    }

    impl Chore {
        /// Creates the branch `feed` from its required members.
        #[inline]
        pub fn feed(name: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self::Feed(FeedingWrapper::new(Feeding::new(name)))
        }

        /// Creates the branch `replace-animal` from its required members.
        #[inline]
        pub fn replace_animal(lives: ::core::primitive::i64) -> Self {
            Self::ReplaceAnimal(Cat::new(lives))
        }

        /// Creates the branch `rest` from its required members.
        #[inline]
        pub fn rest() -> Self {
            Self::Rest
        }
    }

    impl ::qmp_types::wire::ReadObject for Chore {
        const NAME: &'static ::core::primitive::str = "Chore";

        #[inline]
        fn read<'de, M: ::qmp_types::wire::Members<'de>>(m: &mut M) -> ::core::result::Result<Self, M::Error> {
            let mut tag = ::core::option::Option::None;
            if m.next_or_keep(const { &::qmp_types::wire::Names::new(&["type"]) })?.is_some() {
                m.tag(Self::TAG_NAMES, &mut tag)?;
            }
            match tag {
                ::core::option::Option::Some(tag) => Self::read_branch(tag, m),
                ::core::option::Option::None => m.missing("type"),
            }
        }
    }

    impl ::qmp_types::wire::WriteObject for Chore {
        fn write<M: ::qmp_types::wire::SerializeMap>(&self, m: &mut ::qmp_types::wire::Output<M>) {
            m.member("type", self.as_str());
            self.write_branch(m);
        }
    }

    ::qmp_types::__object!(Chore);
}

/// What these bindings declare, to be compared with what a server has.
#[allow(clippy::all, clippy::pedantic, dead_code, unreachable_pub)]
pub const DECLARATIONS: ::qmp_types::Declarations = ::qmp_types::Declarations::new("", r#"introspection 1
object animal:11 *cage:12 *amount:13
object lives:6 *kitten:2
object *name:14 =kind +cat:1 +dog:15 +egg:16 +ghost:17
object
object name:14 *food:18
object chores:19
builtin int
array :1
object driver:14 *extra:6
object *some:20 *value:21
object name:14 *cage:22
alternate :2 :14 :23
object
alternate :6 :24 :25 :1
builtin string
object bark:6 *friend:11
object
object
enum ^plants ^x-meat ^ANYTHING ^144 ^unrecognized ^self
array :26
object box:27
builtin value
object width:6 *type:14 *new:24 *lock:28 *inhabitants:29 *tags:30 *weights:31
builtin null
builtin boolean
array :6
object =type +feed:32 +replace-animal:1 +rest:17
object *string:33 *vec:21
builtin number
array :2
array :14
array :6
object data:4
object *a-b:6 *aB:6
command add_animal:0:1
command replace-animal:2:3
command feed:4:3
command do-chores:5:3
command count-legs:3:6
command name-all:3:7
command new-thing:8:3
command use-prelude:9:3
command shut-down:3:3
command event:3:3
event ANIMAL_ESCAPED:10
event ANIMAL_SEEN:2
event EVENT:3
event UNRECOGNIZED:3
end
"#);
