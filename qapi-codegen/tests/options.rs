//! What each option makes of one schema. The output is compared with the files
//! in `options/`, which are compiled without a warning, and used.
//!
//! `UPDATE_GOLDEN=1 cargo test -p qapi-codegen` writes the files anew.

#![deny(warnings)]
#![allow(deprecated)]
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use qapi_codegen::{Bindings, Config, Error, Modules};
use qmp_types::{AnyCommand as _, AnyEvent as _, RawEvent, ServeCommand as _, wire};
use serde_json::{Value, json};

macro_rules! golden {
    ($($module:ident $path:literal)*) => {
        $(#[path = $path] #[rustfmt::skip] mod $module;)*
    };
}

golden! {
    both "options/both_directions.rs"
    attributed "options/attributes.rs"
    branches "options/branches.rs"
    stable "options/stable.rs"
    own "options/extern_path.rs"
    by_file "options/by_file/mod.rs"
}
#[cfg(feature = "format")]
golden! { formatted "options/formatted.rs" }

/// What stands in for the schema's `Reader`.
mod my {
    use qmp_types::wire;

    #[derive(Clone, Debug, PartialEq)]
    #[allow(unreachable_pub)]
    pub struct Name(pub String);

    impl wire::Serialize for Name {
        fn serialize<S: wire::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
            s.serialize_str(&self.0)
        }
    }

    impl<'de> wire::Deserialize<'de> for Name {
        fn deserialize<D: wire::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            wire::Deserialize::deserialize(d).map(Self)
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/options")
}

fn schema() -> PathBuf {
    folder().join("library.json")
}

/// A file without its first line, which names the schema's path.
fn body(text: &str) -> &str {
    text.split_once('\n').unwrap().1
}

#[track_caller]
fn is_golden(name: &str, text: &str) {
    let path = folder().join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(
            path,
            format!("// Written by a test of qapi-codegen.\n{}", body(text)),
        )
        .unwrap();
    } else {
        assert!(
            body(&fs::read_to_string(path).unwrap()) == body(text),
            "the output has changed; see what UPDATE_GOLDEN=1 makes of {name}"
        );
    }
}

fn text(config: &Config) -> String {
    config.schema_file(schema()).unwrap().to_string()
}

fn to_json(value: impl wire::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn both_directions() {
    let config = Config::new().both_directions(true);
    is_golden("both_directions.rs", &text(&config));

    use both::{commands, events, types};
    let lend: commands::LendBook = wire::from_json(r#"{"book": "Ulysses", "days": 3}"#).unwrap();
    assert_eq!(lend, commands::LendBook::new("Ulysses").days(3));
    let bind: commands::BindBook = wire::from_json(r#"{"glue": 2, "title": "x"}"#).unwrap();
    assert_eq!(bind, commands::BindBook::new("x").extra("glue", 2));
    let book = types::Book::new("Ulysses", types::Paper::new(700));
    let add: commands::AddBook = wire::from_json(&to_json(&book).to_string()).unwrap();
    assert_eq!(add.0, book);

    // A server tells commands apart by name, and answers.
    let any = |name, arguments| -> commands::Command {
        wire::from_json_with(arguments, |arguments| {
            commands::Command::decode(name, arguments)
        })
        .unwrap()
    };
    let command = any("lend_book", r#"{"book": "Ulysses", "days": 3}"#);
    assert_eq!(command, lend.clone().into());
    assert_eq!(
        (command.name(), to_json(&command)),
        ("lend_book", to_json(&lend))
    );
    let later = any("burn", r#"{"books": [1]}"#);
    assert_eq!(
        (later.name(), to_json(&later)),
        ("burn", json!({ "books": [1] }))
    );
    let answer = |value: &Vec<types::Book>| {
        commands::QueryBooks::encode_return(value, serde_json::value::Serializer).unwrap()
    };
    assert_eq!(
        answer(&vec![book.clone()]),
        json!([{ "title": "Ulysses", "form": "paper", "pages": 700 }])
    );
    let nothing = commands::AddBook::encode_return(&(), serde_json::value::Serializer).unwrap();
    assert_eq!(nothing, json!({}));

    // It sends events, too.
    let lent = events::BookLent::new("Ulysses", types::Reader::new("Leo"));
    let sent = RawEvent::encode(&lent, None).unwrap();
    assert_eq!(
        (sent.name.as_str(), sent.decode().unwrap()),
        ("BOOK_LENT", Some(lent.clone()))
    );
    let any: events::Event = sent.decode_any().unwrap();
    let again = RawEvent::encode_any(&any, None).unwrap();
    assert_eq!(
        (any.name(), again.data_json()),
        ("BOOK_LENT", sent.data_json())
    );
    let closed = RawEvent::encode(&events::Closed::new(), None).unwrap();
    assert!(closed.data.is_none());
}

#[test]
fn attributes_and_derives() {
    let config = Config::new()
        .derive("Book*", "Eq")
        .derive("Book*", "::core::hash::Hash")
        .derive("Paper", "Eq")
        .derive("Paper", "::core::hash::Hash")
        .derive("Sound", "Eq")
        .derive("?ound", "Eq")
        .derive("Sound", "::core::hash::Hash")
        .attribute("query-books", "#[must_use = \"ask [only] if you listen\"]")
        .attribute("*visits", "#[cfg(any())]")
        .attribute("READER_CAME", "#[cfg(any())]")
        .attribute("Loan", "#[cfg(all())]");
    is_golden("attributes.rs", &text(&config));

    use attributed::{events, types};
    let book = types::Book::new("Ulysses", types::Sound::new(3000));
    assert!(HashSet::from([book.clone()]).contains(&book));
    // The event is not there for this build.
    let unknown: events::Event =
        wire::from_json_with("{}", |data| events::Event::decode("READER_CAME", data)).unwrap();
    assert!(matches!(unknown, events::Event::Unrecognized { .. }));
}

#[test]
fn without_what_is_unstable_or_deprecated() {
    let config = Config::new().unstable(false).deprecated(false);
    is_golden("stable.rs", &text(&config));
    for left_out in ["x-query-visits", "count-books", "shelf", "sound"] {
        let named = format!("`{left_out}`");
        assert!(!text(&config).contains(&named), "{left_out} is still there");
        assert!(
            text(&Config::new()).contains(&named),
            "{left_out} was never there"
        );
    }
    // What QEMU sends of it is kept all the same.
    let sound = r#"{"title": "Ulysses", "form": "sound", "minutes": 3000}"#;
    let book: stable::types::Book = wire::from_json(sound).unwrap();
    assert_eq!(book.form.as_str(), "sound");
}

#[test]
fn a_type_of_the_users() {
    let config = Config::new()
        .extern_path("Reader", "super::super::my::Name")
        .deny_event("READER_CAME");
    is_golden("extern_path.rs", &text(&config));
    let loan: own::types::Loan = wire::from_json(r#"{"reader": "Leo", "until": "May"}"#).unwrap();
    assert_eq!(loan.reader, my::Name("Leo".to_owned()));
}

#[test]
fn a_module_and_a_file_for_each_schema_file() {
    let bindings = Config::new()
        .modules(Modules::Schema)
        .schema_file(schema())
        .unwrap();
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("made/by_file");
    assert_eq!(bindings.write_to_folder(&target).unwrap().len(), 7);
    let mut names: Vec<String> = fs::read_dir(&target)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "books.rs",
            "commands.rs",
            "events.rs",
            "library.rs",
            "mod.rs",
            "readers.rs",
            "types.rs"
        ]
    );
    for name in &names {
        is_golden(
            &format!("by_file/{name}"),
            &fs::read_to_string(target.join(name)).unwrap(),
        );
    }

    // Items have the same paths, however the modules are cut.
    let paths = |bindings: &Bindings| -> BTreeSet<String> {
        let items = bindings.items().iter();
        items.map(|item| item.path().to_owned()).collect()
    };
    let by_kind = Config::new().schema_file(schema()).unwrap();
    assert_eq!(paths(&bindings), paths(&by_kind));
    assert!(
        paths(&bindings).contains("types::BookForm"),
        "{:?}",
        paths(&bindings)
    );

    // One type, by two paths.
    let book: by_file::books::types::Book =
        by_file::types::Book::new("x", by_file::types::Paper::new(1));
    let add = by_file::books::commands::AddBook(book);
    assert_eq!(to_json(&add)["pages"], 1);
    let lent = RawEvent {
        name: "BOOK_LENT".into(),
        data: None,
        timestamp: None,
    };
    assert!(lent.decode_any::<by_file::events::Event>().is_err());

    // Files that are no longer made go, those of others stay.
    fs::write(target.join("mine.rs"), "// mine\n").unwrap();
    let mtime = |name: &str| fs::metadata(target.join(name)).unwrap().modified().unwrap();
    let before = mtime("books.rs");
    bindings.write_to_folder(&target).unwrap();
    assert_eq!(mtime("books.rs"), before);
    let kinds = Config::new().schema_file(schema()).unwrap();
    kinds.write_to_folder(&target).unwrap();
    assert!(target.join("mine.rs").exists() && !target.join("books.rs").exists());

    let error = bindings
        .write_to_folder(target.join("mine.rs"))
        .unwrap_err();
    assert!(error.to_string().ends_with("mine.rs"), "{error}");
}

#[cfg(feature = "format")]
#[test]
fn formatted() {
    let config = Config::new().command("lend_book").format(true);
    is_golden("formatted.rs", &text(&config));
    assert_eq!(
        <self::formatted::commands::LendBook as qmp_types::Command>::NAME,
        "lend_book"
    );
}

#[test]
fn without_some_branches() {
    for config in [
        Config::new().deny_branch("Book", "sou*"),
        Config::new().branch("Book", "paper"),
        // Unions may have a pattern, and be named as in Rust.
        Config::new().branch("B*k", "?aper"),
    ] {
        is_golden("branches.rs", &text(&config));
    }
    // What QEMU sends of it is kept all the same.
    let sound = r#"{"title": "Ulysses", "form": "sound", "minutes": 3000}"#;
    let book: branches::types::Book = wire::from_json(sound).unwrap();
    assert_eq!(book.form.as_str(), "sound");
    assert_eq!(
        to_json(&book),
        serde_json::from_str::<Value>(sound).unwrap()
    );
    // The discriminator has all values, and only what the branch needs is gone.
    let golden = fs::read_to_string(folder().join("branches.rs")).unwrap();
    assert!(golden.contains("\"sound\"") && !golden.contains("pub struct Sound "));
    assert!(golden.contains("pub struct Paper "));

    let options = |config: Config| config.command("blockdev-add").release("11.1").unwrap();
    let all = options(Config::new()).generated().types;
    let few = options(
        Config::new()
            .branch("BlockdevOptions", "qcow2")
            .branch("BlockdevOptions", "file")
            .branch("BlockdevOptions", "raw"),
    );
    assert!(
        few.generated().types * 3 < all,
        "{} of {all}",
        few.generated()
    );
    assert!(few.as_str().contains("pub struct BlockdevOptionsQcow2 "));
}

#[test]
fn names_are_taken_as_rust_spells_them() {
    let schema = r"
        { 'enum': 'TLSMode', 'data': [ 'on', 'off' ] }
        { 'union': 'NICOptions', 'base': { 'mode': 'TLSMode' }, 'discriminator': 'mode',
          'data': { 'on': 'TLSCreds' } }
        { 'struct': 'TLSCreds', 'data': { '*dir': 'str' } }
        { 'struct': 'TlsCreds', 'data': { '*file': 'str' } }
        { 'struct': 'VNCInfo', 'data': { 'nic': 'NICOptions' } }
        { 'command': 'query-vnc', 'returns': 'VNCInfo' }
        { 'command': 'query-nic', 'returns': 'NICOptions' }
        { 'event': 'VNC_CONNECTED', 'data': { 'creds': 'TlsCreds' } }";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.json");
    fs::write(&path, schema).unwrap();
    let generate = |config: Config| config.schema_file(&path);
    let types = |config| generate(config).unwrap().generated().types;
    let all = types(Config::new());
    assert_eq!(
        types(Config::new().deny_command("QueryVnc").deny_type("VncInfo")),
        all - 1
    );
    assert_eq!(
        types(
            Config::new()
                .type_("NicOptions")
                .branch("NicOptions", "off")
        ),
        1
    );
    assert_eq!(types(Config::new().event("VncConnected")), 1);
    let own = generate(Config::new().extern_path("VncInfo", "::my::Info")).unwrap();
    assert!(own.as_str().contains("type Return = ::my::Info;"));
    // The schema's own spelling comes first: both are `TlsCreds` then, and one is `TlsCreds_`.
    let creds = generate(Config::new().type_("TlsCreds")).unwrap();
    assert!(creds.as_str().contains("pub file: "), "{creds}");
    let creds = generate(Config::new().type_("TlsCreds_")).unwrap();
    assert!(creds.as_str().contains("pub file: "), "{creds}");
    let error = generate(Config::new().deny_type("VncInfos")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no type matches `VncInfos`; did you mean `VNCInfo`?"
    );
}

#[test]
fn deny_lists() {
    let config = Config::new()
        .deny_command("*book*")
        .deny_event("*")
        .deny_type("Book*");
    let bindings = text(&config);
    for (part, expected) in [
        ("struct Close ", true),
        ("struct QueryReaders ", true),
        ("struct LendBook ", false),
        ("enum BookRef ", false),
        ("struct BookLent ", false),
        // Nothing holds it, and nothing denies it.
        ("struct Paper ", true),
    ] {
        assert_eq!(bindings.contains(part), expected, "{part}");
    }
}

fn one_command() -> Config {
    Config::new().command("query-books")
}

#[test]
fn contradictions_and_slips_are_told() {
    let cases: &[(Config, &str)] = &[
        (
            Config::new().deny_command("query-book"),
            "no command matches `query-book`; did you mean `query-books`?",
        ),
        (
            one_command().deny_command("query-books"),
            "the command `query-books` is selected, but denied by `query-books`; remove one of the two options",
        ),
        (
            Config::new().command("*-books").deny_command("*books"),
            "the command `query-books` is selected by `*-books`, but denied by `*books`; remove one of the two options",
        ),
        (
            Config::new().command("x-query-visits").unstable(false),
            "the command `x-query-visits` is selected, but excluded, since it is unstable; remove one of the two options",
        ),
        (
            Config::new().command("count-books").deprecated(false),
            "the command `count-books` is selected, but excluded, since it is deprecated; remove one of the two options",
        ),
        (
            Config::new().command("lend_book").deny_type("Paper"),
            "the type `Paper` is denied, but needed by type `Book`, needed by type `BookRef`, \
             needed by command `lend_book`; also deny the types and commands that need it, or replace it with extern_path",
        ),
        (
            Config::new().type_("Loan").deny_type("Reader"),
            "the type `Reader` is denied, but needed by type `Loan`; \
             also deny the types and commands that need it, or replace it with extern_path",
        ),
        (
            Config::new()
                .deny_command("*")
                .deny_event("*")
                .deny_type("*"),
            "nothing to generate: the options exclude everything that the schema declares",
        ),
        (
            Config::new()
                .define("CONFIG_CARDS", true)
                .define("CONFIG_CARDS", false),
            "CONFIG_CARDS is both defined and undefined; choose one",
        ),
        (
            Config::new().define("CONFIG_CARD", true),
            "no condition matches `CONFIG_CARD`; did you mean `CONFIG_CARDS`?",
        ),
        (
            Config::new()
                .extern_path("Reader", "::a::B")
                .extern_path("Reader", "::a::C"),
            "Reader is both ::a::B and ::a::C; choose one",
        ),
        (
            Config::new()
                .deny_type("Reader")
                .extern_path("Reader", "::a::B"),
            "Reader is both denied and your own ::a::B; choose one",
        ),
        (
            Config::new().extern_path("Reader", "::a::-b"),
            "invalid path `::a::-b`: expected a name, found `-`",
        ),
        (
            Config::new().derive("Reader", "Hash)] pub struct X; #[derive(Eq"),
            "invalid path `Hash)] pub struct X; #[derive(Eq`: \
             unbalanced brackets or quotes, or an invalid character",
        ),
        (
            one_command().attribute("Book", "#[cfg(feature = \"x\"]"),
            "invalid attribute `#[cfg(feature = \"x\"]`: \
             unbalanced brackets or quotes, or an invalid character",
        ),
        (
            one_command().derive("Reader", "Eq"),
            "no generated definition matches `Reader`; names are written as in the schema, `*` stands for any text",
        ),
        (
            Config::new().branch("Books", "paper"),
            "no union matches `Books`; did you mean `Book`?",
        ),
        (
            Config::new().branch("BookRef", "title"),
            "no union matches `BookRef`; names are written as in the schema, `*` stands for any text",
        ),
        (
            Config::new().deny_branch("Book", "papers"),
            "no branch of `Book` matches `papers`; did you mean `paper`?",
        ),
        (
            Config::new().branch("Book", "film"),
            "no branch of `Book` matches `film`; branches are named by the values of the discriminator",
        ),
        (
            Config::new().branch("Book", "p*").deny_branch("*", "paper"),
            "the branch `paper` is selected by `p*`, but denied in `Book`; remove one of the two options",
        ),
        (
            Config::new().branch("Book", "sound").unstable(false),
            "the branch `sound` is selected, but excluded, since it is unstable; remove one of the two options",
        ),
    ];
    for (config, expected) in cases {
        let error = config.schema_file(schema()).unwrap_err();
        assert_eq!(error.to_string(), *expected);
    }
}

#[cfg(feature = "introspection")]
#[test]
fn an_introspection_has_no_modules() {
    let error = Config::new()
        .modules(Modules::Schema)
        .introspection_file("x.json")
        .unwrap_err();
    assert!(matches!(error, Error::NoSchemaModules), "{error}");
}

#[test]
fn outside_of_a_build_script_there_is_no_out_dir() {
    let bindings = one_command().schema_file(schema()).unwrap();
    let error = bindings.write_to_out_dir("qmp.rs").unwrap_err();
    assert!(matches!(error, Error::NoOutDir));
    assert!(
        error.to_string().contains("name the file to write"),
        "{error}"
    );
}

#[test]
fn an_empty_schema_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.json");
    fs::write(&path, "").unwrap();
    assert!(Config::new().schema_file(path).is_ok());
}
