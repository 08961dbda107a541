//! The checked-in parser is the one that the grammar describes.

mod generate;

use std::{env, fs};

#[test]
fn grammar_is_current() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/text/");
    let grammar = fs::read_to_string(format!("{folder}grammar.pest")).unwrap();
    let expected = generate::generate(&grammar).unwrap();
    let path = format!("{folder}grammar.rs");
    if env::var_os("UPDATE_GRAMMAR").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let actual = fs::read_to_string(&path).unwrap();
    assert!(
        actual == expected,
        "grammar.rs is not what grammar.pest says; run `cargo xtask grammar`"
    );
}
