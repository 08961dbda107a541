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
