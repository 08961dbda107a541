//! The messages that a session returns to its owner.

use std::fmt;
use std::ops::Range;

use qmp_types::RawEvent;
use qmp_types::secrets::{self, Scope};

use crate::id::Id;
use crate::rejection::Rejection;

/// A message that a session received, with what it means.
#[non_exhaustive]
pub enum Incoming<'a> {
    /// The session is ready: the server greeted, and the capabilities are
    /// negotiated. Commands are sent from now on.
    Ready,
    /// The server rejected the capabilities.
    NotReady(Rejection),
    /// The command succeeded.
    Returned {
        /// The id of the command.
        id: Id,
        /// What it returned, as JSON text.
        json: &'a str,
    },
    /// The command failed.
    Rejected {
        /// The id of the command.
        id: Id,
        /// The server's answer.
        rejection: Rejection,
    },
    /// The command was answered, but the answer is larger than
    /// [`Config::reply_limit`](crate::session::Config::reply_limit).
    TooLarge {
        /// The id of the command.
        id: Id,
    },
    /// An event. It can come at any time, even before [`Incoming::Ready`].
    Event(RawEvent),
}

impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("Ready"),
            Self::NotReady(rejection) => f.debug_tuple("NotReady").field(rejection).finish(),
            Self::Returned { id, json } => f
                .debug_struct("Returned")
                .field("id", id)
                .field("json", &secrets::reply(Scope::AnyReply, json))
                .finish(),
            Self::Rejected { id, rejection } => f
                .debug_struct("Rejected")
                .field("id", id)
                .field("rejection", rejection)
                .finish(),
            Self::TooLarge { id } => f.debug_struct("TooLarge").field("id", id).finish(),
            Self::Event(event) => f.debug_tuple("Event").field(event).finish(),
        }
    }
}

/// An [`Incoming`] that does not borrow the session, so that the session can go on
/// to the next message.
pub(super) enum IncomingAt {
    Ready,
    NotReady(Rejection),
    /// The JSON text is in this range of the bytes that the receiver holds.
    Returned {
        id: Id,
        at: Range<usize>,
    },
    Rejected {
        id: Id,
        rejection: Rejection,
    },
    TooLarge {
        id: Id,
    },
    Event(RawEvent),
}

impl IncomingAt {
    /// Borrows the JSON text from the bytes that the receiver holds.
    pub(super) fn in_bytes(self, held: &[u8]) -> Incoming<'_> {
        match self {
            Self::Ready => Incoming::Ready,
            Self::NotReady(rejection) => Incoming::NotReady(rejection),
            Self::Returned { id, at } => Incoming::Returned {
                id,
                // A JSON parser has read these bytes, so they are UTF-8.
                json: str::from_utf8(&held[at]).unwrap_or_default(),
            },
            Self::Rejected { id, rejection } => Incoming::Rejected { id, rejection },
            Self::TooLarge { id } => Incoming::TooLarge { id },
            Self::Event(event) => Incoming::Event(event),
        }
    }
}
