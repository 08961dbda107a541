//! Schema text: no dialect may panic or hang on it, and what one accepts has a
//! normal form that reads the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_parser::loader::Memory;
use qapi_parser::{Dialect, Parser};

fuzz_target!(|text: &str| {
    let files = Memory::from_iter([("main.json", text)]);
    for dialect in [Dialect::Current, Dialect::Strict, Dialect::Legacy] {
        let parser = Parser::new().dialect(dialect);
        match parser.parse(&files, "main.json") {
            Ok(parsed) if dialect == Dialect::Current => {
                let normal = parsed.schema.to_normal_form();
                let files = Memory::from_iter(normal.iter());
                let again = parser
                    .parse(&files, "main.json")
                    .expect("normal form reads");
                assert_eq!(again.schema.to_normal_form(), normal);
            }
            Ok(_) => {}
            Err(failure) => assert!(failure.errors().next().is_some()),
        }
    }
});
