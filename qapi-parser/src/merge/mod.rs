//! Makes one schema of those of several releases, with the releases that have each
//! part.
//!
//! `counterparts` finds which types of the releases are one type, by name and by
//! walking their uses in step. `settle` decides what a place is whose type differs
//! between releases. `assemble` makes the schema.

mod assemble;
mod counterparts;
mod error;
mod settle;

use crate::schema::{Releases, Schema};

pub use error::{MergeError, Side};

impl Schema {
    /// Merges the schemas of several releases, which come with their names, the oldest
    /// first. A value of any of them fits the result.
    ///
    /// A part that some release lacks is in the result, with the releases that have it.
    /// A member that some release lacks, or has as optional, is optional. An integer
    /// has the range of all. A string that is an enum in another release is that enum,
    /// and what is an alternate in another release is the alternate. A struct that is
    /// a union in another release is that union; the branch of a value without
    /// discriminator is [`Variants::default_branch`](crate::schema::Variants). Types
    /// have the names of the newest release that has them; bases are written out.
    ///
    /// ```
    /// # use qapi_parser::{Parser, Schema, loader::Memory};
    /// # fn parse(text: &'static str) -> Schema {
    /// #     let files = Memory::from_iter([("mine.json", text)]);
    /// #     Parser::new().parse(&files, "mine.json").unwrap().schema
    /// # }
    /// let old = parse("{ 'command': 'dig', 'data': { 'depth': 'uint8' } }");
    /// let new = parse("{ 'command': 'dig', 'data': { 'depth': 'uint16', 'tool': 'str' } }");
    /// let merged = Schema::merge([("1.0", &old), ("2.0", &new)])?;
    ///
    /// let dig = merged.command_named("dig").unwrap();
    /// let arguments = merged.all_members(dig.args.unwrap());
    /// assert_eq!(merged[arguments[0].ty].name, "uint16");
    /// assert!(arguments[1].optional && !arguments[1].releases.contains(0));
    /// # Ok::<(), qapi_parser::MergeError>(())
    /// ```
    ///
    /// # Errors
    /// The releases are none, more than [`Releases::MOST`], or two of one name. A type
    /// differs between releases in a way that no type of ours can hold.
    pub fn merge<'s>(
        releases: impl IntoIterator<Item = (&'s str, &'s Schema)>,
    ) -> Result<Schema, MergeError> {
        let (names, schemas): (Vec<&str>, Vec<&Schema>) = releases.into_iter().unzip();
        if names.is_empty() {
            return Err(MergeError::Nothing);
        }
        if names.len() > Releases::MOST {
            return Err(MergeError::TooMany { count: names.len() });
        }
        let mut before = names.iter().enumerate();
        if let Some((_, name)) = before.find(|(at, name)| names[..*at].contains(name)) {
            return Err(MergeError::Twice {
                name: (*name).to_owned(),
            });
        }
        let types = counterparts::find(&schemas).map_err(|clash| clash.named(&names))?;
        assemble::assemble(&names, &types).map_err(|clash| clash.named(&names))
    }
}
