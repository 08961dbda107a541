//! What errors say, and what they leave to their causes.

#![cfg(feature = "json")]
#![allow(clippy::unwrap_used)]

use qapi_parser::{Parser, Schema};
use test_support::causes;

#[test]
fn each_cause_is_said_once() {
    let error = Schema::from_introspection("{", None).unwrap_err();
    let [message, cause] = &causes(&error)[..] else {
        panic!("{error:?}");
    };
    assert_eq!(message, "the introspection is not valid JSON");
    assert!(cause.contains("line 1"), "{cause}");

    let error = Schema::from_introspection("{}", None).unwrap_err();
    assert_eq!(causes(&error).len(), 1);
    let error = Schema::from_snapshot(b"{}").unwrap_err();
    assert_eq!(causes(&error).len(), 1);
    let failure = Parser::new().parse_file("/nonexistent.json").unwrap_err();
    let [message] = &causes(&failure)[..] else {
        panic!("{failure:?}");
    };
    assert!(message.contains("No such file"), "{message}");
}
