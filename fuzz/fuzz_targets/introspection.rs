//! Introspection: it may neither panic nor hang, and what is accepted gives
//! introspection that reads the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_parser::Schema;
use qapi_parser::introspect::Options;

fuzz_target!(|json: &str| {
    let Ok(schema) = Schema::from_introspection(json, None) else {
        return;
    };
    let options = Options::new();
    let first = schema.to_introspection(&options);
    let again = Schema::from_introspection(&first.to_string(), None).expect("our own reads");
    assert_eq!(again.to_introspection(&options), first);
});
