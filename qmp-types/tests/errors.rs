//! Errors say each cause once.

#![allow(clippy::unwrap_used)]

use qmp_types::DecodeError;
use qmp_types::wire::{self, Names, OpenEnum, Unrecognized};
use test_support::causes;

#[derive(Clone, Debug, PartialEq)]
enum OnOff {
    On,
    Off,
    Unrecognized(Unrecognized),
}

impl OpenEnum for OnOff {
    const NAME: &'static str = "OnOff";
    const NAMES: &'static Names = &Names::new(&["on", "off"]);
    const VALUES: &'static [Self] = &[Self::On, Self::Off];

    fn unrecognized(value: Unrecognized) -> Self {
        Self::Unrecognized(value)
    }
}

#[test]
fn a_decoding_error_has_the_decoders_message_and_no_other_cause() {
    let error: DecodeError = wire::from_json::<Vec<u64>>(r#"[1, "x"]"#).unwrap_err();
    let expected = "invalid type: string \"x\", expected u64 at line 1 column 7";
    assert_eq!(causes(&error), [expected]);
}

#[test]
fn an_unknown_value_has_no_cause() {
    let error = wire::parse_value::<OnOff>("maybe").unwrap_err();
    let expected = "unknown value `maybe` of OnOff, expected one of `on`, `off`";
    assert_eq!(causes(&error), [expected]);
    assert_eq!(wire::parse_value("off"), Ok(OnOff::Off));
}
