//! What commands, events and types are for, in a line each and in our own words.
//!
//! One text serves all releases. It is in three files, `summaries/commands.txt`,
//! `events.txt` and `types.txt`, which the three protocols share. An entry is
//!
//! ```text
//! block-commit: Merges the contents of an image into one of its backing images.
//!   device: The drive or node at the top of the chain.
//!   speed: Most bytes per second to copy; 0 is no limit.
//! ```
//!
//! that is, a name of the schema and a line of Markdown, and below it, behind
//! two spaces, the same for its members. Entries are sorted by name, byte by
//! byte; members come as the schema declares them. There are no empty lines.
//! Code and other names of the schema stand in backticks, without a link.
//!
//! Members are what the definition itself declares: the arguments of a command
//! and the data of an event where these are declared in place, the members of a
//! struct without those of its base, the common members of a union that are
//! declared in place, the branches of an alternate, the values of an enum. What
//! a branch of a union means stands with the enum that its discriminator is of.
//! Not every member has a line.
//!
//! ```
//! use qapi_schemas::summaries;
//!
//! let commit = summaries::command("block-commit").unwrap();
//! assert!(commit.text().contains("backing images"));
//! assert!(commit.member("speed").unwrap().contains("bytes per second"));
//!
//! assert!(summaries::event("SHUTDOWN").is_some());
//! assert!(summaries::type_("BlockdevDriver").unwrap().member("qcow2").is_some());
//! assert!(summaries::command("no-such-command").is_none());
//! ```

use std::collections::HashMap;
use std::sync::OnceLock;

const COMMANDS: &str = include_str!("../summaries/commands.txt");
const EVENTS: &str = include_str!("../summaries/events.txt");
const TYPES: &str = include_str!("../summaries/types.txt");

/// What a command, an event or a type is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    name: &'static str,
    text: &'static str,
    members: &'static str,
}

impl Summary {
    /// The schema's name of the command, event or type.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it is for: one line of Markdown that ends with a full stop.
    ///
    /// Of a command, it says what the command does; of an event, when it is
    /// sent; of a type, what it is.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// What a member, branch or value means: one line of Markdown that ends with
    /// a full stop.
    ///
    /// ```
    /// let action = qapi_schemas::summaries::type_("RebootAction").unwrap();
    /// assert_eq!(action.member("reset"), Some("Reset the machine."));
    /// assert_eq!(action.member("panic"), None);
    /// ```
    pub fn member(&self, name: &str) -> Option<&'static str> {
        self.members()
            .find_map(|(member, text)| (member == name).then_some(text))
    }

    /// The members that have a line, with what they mean.
    ///
    /// ```
    /// let shutdown = qapi_schemas::summaries::event("SHUTDOWN").unwrap();
    /// let names: Vec<_> = shutdown.members().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["guest", "reason"]);
    /// ```
    pub fn members(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.members
            .lines()
            .filter_map(|line| line.trim_start().split_once(": "))
    }
}

/// What a command is for, by its name in the schema.
///
/// ```
/// assert!(qapi_schemas::summaries::command("guest-ping").is_some());
/// ```
pub fn command(name: &str) -> Option<Summary> {
    static INDEX: Index = OnceLock::new();
    find(&INDEX, COMMANDS, name)
}

/// What an event tells, by its name in the schema.
///
/// ```
/// assert!(qapi_schemas::summaries::event("JOB_STATUS_CHANGE").is_some());
/// ```
pub fn event(name: &str) -> Option<Summary> {
    static INDEX: Index = OnceLock::new();
    find(&INDEX, EVENTS, name)
}

/// What a struct, union, alternate or enum is, by its name in the schema.
///
/// ```
/// assert!(qapi_schemas::summaries::type_("SocketAddress").is_some());
/// ```
pub fn type_(name: &str) -> Option<Summary> {
    static INDEX: Index = OnceLock::new();
    find(&INDEX, TYPES, name)
}

/// All commands that have a summary, by name.
///
/// ```
/// let mut commands = qapi_schemas::summaries::commands();
/// assert!(commands.any(|command| command.name() == "query-status"));
/// ```
pub fn commands() -> impl Iterator<Item = Summary> {
    entries(COMMANDS)
}

/// All events that have a summary, by name.
///
/// ```
/// let mut events = qapi_schemas::summaries::events();
/// assert!(events.any(|event| event.name() == "STOP"));
/// ```
pub fn events() -> impl Iterator<Item = Summary> {
    entries(EVENTS)
}

/// All types that have a summary, by name.
///
/// ```
/// let mut types = qapi_schemas::summaries::types();
/// assert!(types.any(|ty| ty.name() == "Netdev"));
/// ```
pub fn types() -> impl Iterator<Item = Summary> {
    entries(TYPES)
}

/// The entries of a file by name, which are found once.
type Index = OnceLock<HashMap<&'static str, Summary>>;

fn find(index: &'static Index, file: &'static str, name: &str) -> Option<Summary> {
    let index = index.get_or_init(|| entries(file).map(|entry| (entry.name, entry)).collect());
    index.get(name).copied()
}

fn entries(mut file: &'static str) -> impl Iterator<Item = Summary> {
    std::iter::from_fn(move || {
        let (entry, rest) = first_entry(file)?;
        file = rest;
        Some(entry)
    })
}

fn first_entry(file: &'static str) -> Option<(Summary, &'static str)> {
    let mut ends = file.match_indices('\n').map(|(index, _)| index + 1);
    let end = ends.find(|&end| !file[end..].starts_with(' '))?;
    let (entry, rest) = file.split_at(end);
    let (head, members) = entry.split_once('\n')?;
    let (name, text) = head.split_once(": ")?;
    let summary = Summary {
        name,
        text,
        members,
    };
    Some((summary, rest))
}
