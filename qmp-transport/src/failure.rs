//! Why a command has no reply, and the error of that.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::end::End;
use crate::error::{Error, Rejected, ReplyTooLarge, TimedOut, Unsent};
use crate::rejection::Rejection;
use crate::session::Abandoned;

/// Why a command has no reply.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server answered with an error.
    Rejected(Rejection),
    /// The reply is larger than this limit in bytes.
    TooLarge(usize),
    /// The system refused to send the command.
    Refused(Arc<io::Error>),
    /// The command was not answered within this time limit.
    TimedOut(Duration, Abandoned),
    /// The connection ended before the command was answered.
    Ended(End, Abandoned),
}

impl Failure {
    /// The error of the command.
    pub(crate) fn error(self, command: Cow<'static, str>) -> Error {
        match self {
            Self::Rejected(rejection) => Rejected { command, rejection }.into(),
            Self::TooLarge(limit) => ReplyTooLarge { command, limit }.into(),
            Self::Refused(source) => Unsent { command, source }.into(),
            Self::TimedOut(limit, abandoned) => TimedOut {
                command: Some(command),
                limit,
                sent: abandoned == Abandoned::Sent,
            }
            .into(),
            Self::Ended(end, abandoned) => end.command_error(command, abandoned),
        }
    }
}
