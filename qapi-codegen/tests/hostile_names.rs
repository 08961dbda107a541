//! Names that a schema may have and Rust takes for something else: each stands
//! as everything that has a name, and what is generated compiles without a
//! warning, and keeps all of them apart on the wire.

#![cfg(feature = "files")]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use qapi_codegen::{Config, Modules};
use test_support::programs::of_rust;

/// Rust's keywords, in any edition, strict, reserved and weak.
const KEYWORDS: &str = "abstract as async auto await become box break const continue crate default \
    do dyn else enum extern false final fn for gen if impl in let loop macro macro_rules match mod \
    move mut override priv pub raw ref return safe self static struct super trait true try type \
    typeof union unsafe unsized use virtual where while yield";

/// What the prelude, the derives and the impls of generated code bring along:
/// types, traits, their methods, associated types and constants, macros.
const PRELUDE: &str = "option some none result ok err string vec box to-owned iterator into-iterator \
    copy clone send sync sized drop fn-once fn-mut as-ref as-mut into from try-into try-from \
    default eq partial-eq ord partial-ord hash debug display from-str infallible error output item \
    target owned name return protocol value names tags tag read write members alternate object list \
    nothing unknown unrecognized recognized is-recognized unrecognized-branch open-enum as-str new \
    extra extra-of maybe with branch fmt cmp ne lt max min clamp eq-ignore-case to-string \
    clone-from clone-into borrow type-id serialize deserialize serializer deserializer missing next \
    rest read-branch write-branch decode encode decode-return encode-return decode-any known \
    n-a-m-e t-a-g-s v-a-l-u-e-s n-a-m-e-s d-e-p-r-e-c-a-t-e-d u-n-s-t-a-b-l-e a-l-l-o-w-o-o-b \
    a-l-l-o-w-p-r-e-c-o-n-f-i-g s-u-c-c-e-s-s-r-e-s-p-o-n-s-e b-r-a-n-c-h-e-s";

/// Built-in types, and what generated functions call their arguments, variables
/// and type parameters.
const LOCALS: &str = "bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 str \
    unit s m d e t v v0 v1 kind data arguments command event commands events types any it this \
    formatter deserializer-d core std alloc qmp-types qmp qga qsd println panic format vec-macro \
    assert cfg derive doc test allow deny inline non-exhaustive deprecated unstable raw-event";

/// Names that differ by nothing that Rust's letter case keeps, and odd shapes.
const SHAPES: &str = "a-b aB a_b AB a-B a-b- a--b a1 a-1 x-a x-1a X-a a- a_ a-_ \
    __com.example_a __com.example_type __com.example_x-a-b iO-Thread io-thread ioThread \
    unknown- none- self- Self SELF Type TYPE r-type r-r-type type- new- new_ extra- extra_ maybe-new";

fn names() -> Vec<&'static str> {
    let mut seen = BTreeSet::new();
    [KEYWORDS, PRELUDE, LOCALS, SHAPES]
        .into_iter()
        .flat_map(str::split_whitespace)
        .filter(|name| seen.insert(c_name(name)))
        .collect()
}

/// Names that are one in C cannot stand beside each other.
fn c_name(name: &str) -> String {
    name.replace(['-', '.'], "_")
}

/// How many of the names stand together: each is then beside others, and what
/// is generated stays small enough to be compiled in a test.
const CHUNK: usize = 24;

/// Values may also be numbers.
const NUMBERS: &[&str] = &["0", "00", "0-1", "1", "144", "1a", "1-a", "0x10"];

/// The schema language's own types, of which nothing else has the name.
const BUILTIN: &[&str] = &["any", "bool", "number", "size", "str"];

/// `'a': T, 'b': T`
fn each(names: &[&str], entry: impl Fn(&str) -> String) -> String {
    names
        .iter()
        .map(|name| entry(name))
        .collect::<Vec<_>>()
        .join(",\n  ")
}

/// A schema with all of the names as everything.
fn schema() -> String {
    let names = names();
    let values: Vec<&str> = names.iter().chain(NUMBERS).copied().collect();
    let mut out = String::new();
    let exceptions = each(&names, |name| format!("'{name}'"));
    writeln!(
        out,
        "{{ 'pragma': {{ 'command-name-exceptions': [ {exceptions} ],\n  \
         'member-name-exceptions': [ {exceptions}, 'Word' ] }} }}"
    )
    .unwrap();
    // A schema may have 64 features.
    let featured: Vec<&str> = names.iter().copied().take(60).collect();
    let features = |name: &str| {
        let feature = featured.contains(&name).then_some(name);
        feature.map_or_else(String::new, |name| format!(", 'features': [ '{name}' ]"))
    };
    let quoted = |names: &[&str]| {
        each(names, |name| {
            format!("{{ 'name': '{name}'{} }}", features(name))
        })
    };
    writeln!(out, "{{ 'enum': 'Word', 'data': [ {} ] }}", quoted(&values)).unwrap();
    writeln!(out, "{{ 'enum': 'Few', 'data': [ 'gen', 'err', '144' ] }}").unwrap();
    writeln!(
        out,
        "{{ 'struct': 'One', 'data': {{ 'one': 'int', '*two': 'str' }} }}"
    )
    .unwrap();
    writeln!(
        out,
        "{{ 'struct': 'Other', 'data': {{ 'other-member': 'int' }} }}"
    )
    .unwrap();
    for (index, names) in names.chunks(CHUNK).enumerate() {
        let optional = each(names, |name| format!("'*{name}': 'int'"));
        let texts = each(names, |name| format!("'*{name}': [ 'str' ]"));
        let mandatory = each(names, |name| {
            format!("'{name}': {{ 'type': 'str'{} }}", features(name))
        });
        let branches = each(names, |name| format!("'{name}': 'One'"));
        let words = quoted(&[names, NUMBERS].concat());
        let word = format!("'word': 'Word{index}'");
        for definition in [
            format!("'enum': 'Word{index}', 'data': [ {words} ]"),
            format!("'struct': 'Optional{index}', 'data': {{ {optional} }}"),
            format!("'struct': 'Texts{index}', 'data': {{ {texts} }}"),
            format!("'struct': 'Mandatory{index}', 'data': {{ {mandatory} }}"),
            // An enum of branches, a struct around one, and one with all common members.
            format!(
                "'union': 'Bare{index}', 'base': {{ {word} }}, 'discriminator': 'word', 'data': {{ {branches} }}"
            ),
            format!(
                "'union': 'Holding{index}', 'base': {{ {word}, 'held': 'str', '*option': 'str' }}, 'discriminator': 'word', 'data': {{ {branches} }}"
            ),
            format!(
                "'union': 'Common{index}', 'base': {{ {word}, {optional} }}, 'discriminator': 'word', 'data': {{ '144': 'Other', {branches} }}"
            ),
            format!("'command': 'take-mandatory-{index}', 'data': {{ {mandatory} }}"),
            format!("'command': 'take-optional-{index}', 'data': {{ {optional} }}"),
            format!("'command': 'take-more-{index}', 'data': {{ {optional} }}, 'gen': false"),
            format!(
                "'command': 'take-holding-{index}', 'boxed': true, 'data': 'Holding{index}', 'returns': 'Texts{index}'"
            ),
            format!(
                "'command': 'take-bare-{index}', 'boxed': true, 'data': 'Bare{index}', 'returns': 'Bare{index}'"
            ),
            format!("'event': 'HAPPEN_{index}', 'data': {{ {mandatory} }}"),
        ] {
            writeln!(out, "{{ {definition} }}").unwrap();
        }
    }
    // An alternate has one branch of each JSON type.
    for (index, names) in names.chunks(5).enumerate() {
        let types = ["'int'", "'bool'", "'null'", "[ 'str' ]", "'One'"];
        let branches: Vec<String> = names
            .iter()
            .zip(types)
            .map(|(name, ty)| format!("'{name}': {ty}"))
            .collect();
        writeln!(
            out,
            "{{ 'alternate': 'Choice{index}', 'data': {{ {} }} }}",
            branches.join(", ")
        )
        .unwrap();
    }
    // Commands, types and events of these names, which are all of one namespace.
    let mut taken: BTreeSet<String> = names.iter().map(|&name| name.to_owned()).collect();
    let types: Vec<String> = ["M", "S", "D", "T", "E", "V", "H"]
        .into_iter()
        .chain(names.iter().copied())
        .map(camel)
        .filter(|name| !name.ends_with("List") && !name.ends_with("Kind"))
        .filter(|name| taken.insert(name.clone()))
        .collect();
    for name in names.iter().filter(|name| !BUILTIN.contains(name)) {
        writeln!(
            out,
            "{{ 'command': '{name}', 'data': {{ '{name}': 'int', '*other': 'Word', '*texts': [ 'str' ] }}{} }}",
            features(name)
        )
        .unwrap();
        let event = name.to_uppercase().replace('-', "_");
        let event = event.replace("__COM.EXAMPLE_", "__com.example_");
        if taken.insert(event.clone()) {
            writeln!(
                out,
                "{{ 'event': '{event}', 'data': {{ '{name}': 'int' }} }}"
            )
            .unwrap();
        }
    }
    // A struct, an enum, a union and an alternate in turn, for each name.
    for (index, name) in types.iter().enumerate() {
        let definition = match index % 4 {
            0 => format!("{{ 'struct': '{name}', 'data': {{ '*me': '{name}', 'one': 'One' }} }}"),
            1 => format!("{{ 'enum': '{name}', 'data': [ 'err', 'ok' ] }}"),
            2 => format!(
                "{{ 'union': '{name}', 'base': {{ '*m': 'int', 's': 'Few' }}, 'discriminator': 's', 'data': {{ 'gen': 'One' }} }}"
            ),
            _ => format!(
                "{{ 'alternate': '{name}', 'data': {{ 'gen': 'One', 'try': 'str', 'dyn': [ '{name}' ] }} }}"
            ),
        };
        writeln!(out, "{definition}").unwrap();
    }
    let members = types
        .iter()
        .enumerate()
        .map(|(index, name)| {
            format!("'m{index}': '{name}', '*o{index}': '{name}', '*l{index}': [ '{name}' ]")
        })
        .collect::<Vec<_>>()
        .join(",\n  ");
    writeln!(out, "{{ 'struct': 'All', 'data': {{ {members} }} }}").unwrap();
    out
}

/// A name as types are written: `to-owned` is `ToOwned`.
fn camel(name: &str) -> String {
    let parts = name.trim_start_matches("__com.example_").split(['-', '_']);
    parts
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (first, rest) = part.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}

/// Writes a schema with a file of each name, and returns the main one's path.
fn schema_of_files(folder: &Path) -> PathBuf {
    let folder = folder.join("schema");
    fs::create_dir(&folder).unwrap();
    let mut main = String::new();
    for (index, name) in names().into_iter().enumerate() {
        // Some file systems take `Self.json` for `self.json`.
        let file = format!("{}.json", name.to_lowercase());
        writeln!(main, "{{ 'include': '{file}' }}").unwrap();
        let definitions = format!(
            "{{ 'command': 'take-{index}', 'data': {{ 'item': 'Item{index}' }} }}\n\
             {{ 'event': 'HAPPEN_{index}' }}\n\
             {{ 'struct': 'Item{index}', 'data': {{ '*item': 'int' }} }}\n"
        );
        if index % 4 == 0 || KEYWORDS.split(' ').any(|keyword| keyword == name) {
            fs::write(folder.join(file), definitions).unwrap();
        } else {
            fs::write(folder.join(file), "").unwrap();
        }
    }
    let path = folder.join("main.json");
    fs::write(&path, main).unwrap();
    path
}

/// Writes a crate with the bindings, and a program that uses them. Returns its
/// manifest.
fn package(folder: &Path) -> PathBuf {
    let source = folder.join("schema.json");
    fs::write(&source, schema()).unwrap();
    let types = Path::new(env!("CARGO_MANIFEST_DIR")).join("../qmp-types");
    let manifest = folder.join("Cargo.toml");
    fs::write(
        &manifest,
        format!(
            "[package]\nname = \"hostile-names\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [[bin]]\nname = \"hostile-names\"\npath = \"main.rs\"\n\
             [dependencies]\nqmp-types = {{ path = {types:?}, default-features = false }}\n\
             serde_json = \"1\"\n[profile.dev]\ndebug = false\n[workspace]\n"
        ),
    )
    .unwrap();
    // The versions that the workspace has are the ones that are at hand.
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).unwrap();

    let generate = |config: &Config, source: &Path| {
        config
            .schema_file(source)
            .unwrap_or_else(|error| panic!("{error}"))
    };
    let config = Config::new().both_directions(true);
    let bindings = generate(&config, &source);
    bindings.write_to_file(folder.join("bindings.rs")).unwrap();
    let bindings = generate(&config.modules(Modules::Schema), &schema_of_files(folder));
    bindings.write_to_folder(folder.join("files")).unwrap();
    fs::write(folder.join("main.rs"), program()).unwrap();
    manifest
}

/// A program that sends each name there and back.
fn program() -> String {
    let names = names();
    let words: Vec<&str> = names.iter().chain(NUMBERS).copied().collect();
    let mut checks = String::new();
    for (index, names) in names.chunks(CHUNK).enumerate() {
        writeln!(checks, "    let names: &[&str] = &{names:?};").unwrap();
        for (path, value) in [
            ("bindings::types::Optional", "all(names, json!(1))"),
            ("bindings::types::Texts", "all(names, json!([\"x\"]))"),
            ("bindings::types::Mandatory", "all(names, json!(\"x\"))"),
            (
                "bindings::commands::TakeMandatory",
                "all(names, json!(\"x\"))",
            ),
            ("bindings::commands::TakeOptional", "all(names, json!(1))"),
            ("bindings::commands::TakeMore", "all(names, json!(1))"),
        ] {
            writeln!(checks, "    check::<{path}{index}>(&{value});").unwrap();
        }
        writeln!(checks, "    for name in names {{").unwrap();
        for (ty, value) in [
            ("Bare", "json!({ \"word\": name, \"one\": 1 })"),
            (
                "Holding",
                "json!({ \"word\": name, \"held\": \"x\", \"one\": 1 })",
            ),
        ] {
            writeln!(
                checks,
                "        check::<bindings::types::{ty}{index}>(&{value});"
            )
            .unwrap();
        }
        writeln!(
            checks,
            "    }}\n    let mut common = all(names, json!(1));\n    common[\"word\"] = json!(\"144\");\n    \
             common[\"other-member\"] = json!(1);\n    check::<bindings::types::Common{index}>(&common);"
        )
        .unwrap();
    }
    format!(
        r#"#![deny(warnings)]
#![allow(dead_code)]
#[rustfmt::skip] mod bindings;
#[rustfmt::skip] mod files;

use bindings::types::Word;
use qmp_types::wire;
use serde_json::{{Map, Value, json}};

/// A value comes back as it went, and nothing in it is unknown.
fn check<T: wire::Serialize + for<'de> wire::Deserialize<'de> + Send + std::fmt::Debug>(json: &Value) {{
    let value: T = wire::from_json(&json.to_string()).unwrap_or_else(|error| panic!("{{json}}: {{error}}"));
    assert_eq!(&serde_json::to_value(&value).unwrap(), json);
    assert!(!format!("{{value:?}}").contains("Unrecognized("), "{{value:?}}");
}}

fn all(names: &[&str], value: Value) -> Value {{
    names.iter().map(|name| ((*name).to_owned(), value.clone())).collect::<Map<_, _>>().into()
}}

fn main() {{
    check::<files::commands::Take0>(&json!({{ "item": {{ "item": 1 }} }}));
    let mut words = std::collections::BTreeSet::new();
    for word in &{words:?} {{
        check::<Word>(&json!(word));
        assert!(words.insert(Word::from(*word)), "{{word}} is another word, too");
    }}
{checks}
}}
"#
    )
}

#[test]
fn every_name_compiles_as_everything() {
    let folder = tempfile::tempdir().unwrap();
    let output = of_rust("cargo")
        .args(["run", "--quiet", "--offline", "--manifest-path"])
        .arg(package(folder.path()))
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-names"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
