// Written by a test of qapi-codegen.

/// What `library.json` declares.
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod library;

/// What `books.json` declares.
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod books;

/// What `readers.json` declares.
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod readers;

/// The commands. Each value holds a command's arguments.
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod commands;

/// The events, and the enum of all of them. Each value holds an event's data.
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod events;

/// What commands take and return, and events carry.
#[allow(clippy::all, clippy::pedantic, dead_code, deprecated, unreachable_pub)]
pub mod types;

/// What these bindings declare, to be compared with what a server has.
#[allow(clippy::all, clippy::pedantic, dead_code, unreachable_pub)]
pub const DECLARATIONS: ::qmp_types::Declarations = ::qmp_types::Declarations::new("", r#"introspection 1
object
array :8
object title:10 *shelf:10 =form +paper:11 +sound:12
object title:10
array :2
builtin int
object book:13 *days:5
object reader:8 until:10
object name:10 *card:5
object title:10 to:8
builtin string
object pages:5
object minutes:5 *voice:10
alternate :10 :2
command query-readers:0:1
command x-query-visits:0:1
command add-book:2:0
command bind-book:3:0
command query-books:0:4
command count-books:0:5
command close:0:0
command lend_book:6:7
event READER_CAME:8
event BOOK_LENT:9
event CLOSED:0
end
"#);
