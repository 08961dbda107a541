//! Why schemas cannot be merged.

use std::fmt;

use crate::schema::Releases;
use crate::visible::visible;

/// The error of schemas that cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeError {
    /// There is no schema.
    Nothing,
    /// There are more releases than a set can tell apart.
    TooMany {
        /// How many there are.
        count: usize,
    },
    /// Two releases have the same name.
    Twice {
        /// The name.
        name: String,
    },
    /// No type holds the values of both releases.
    Clash {
        /// What differs, such as "member `x` of `Point`".
        place: String,
        /// What it is in the older release.
        older: Side,
        /// What it is in the newer release.
        newer: Side,
    },
}

/// What a part is in one of the releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The release.
    pub release: String,
    /// What the part is there, such as "the enum `Colour`".
    pub what: String,
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("there is no schema to merge"),
            Self::TooMany { count } => {
                let most = Releases::MOST;
                write!(f, "{count} releases cannot be merged; {most} is the limit")
            }
            Self::Twice { name } => {
                let name = visible(name);
                write!(f, "two releases have the name `{name}`; rename one of them")
            }
            Self::Clash {
                place,
                older,
                newer,
            } => write!(
                f,
                "{} cannot be merged: it is {} in {} and {} in {}",
                visible(place),
                visible(&older.what),
                visible(&older.release),
                visible(&newer.what),
                visible(&newer.release),
            ),
        }
    }
}

impl std::error::Error for MergeError {}

/// A place whose type differs, before the releases have their names.
#[derive(Debug)]
pub(super) struct Clash {
    pub(super) place: String,
    pub(super) sides: [(usize, String); 2],
}

impl Clash {
    /// The error, with the releases of these names.
    pub(super) fn named(self, releases: &[&str]) -> MergeError {
        let mut sides = self.sides;
        sides.sort_by_key(|(release, _)| *release);
        let [older, newer] = sides.map(|(release, what)| Side {
            release: releases[release].to_owned(),
            what,
        });
        MergeError::Clash {
            place: self.place,
            older,
            newer,
        }
    }
}
