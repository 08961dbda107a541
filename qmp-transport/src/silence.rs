//! Commands whose success is not answered, and what silence means for them.
//!
//! A server answers in-band commands in order. So a client sends such a command
//! together with one that is always answered. When the answer to the second one
//! comes, there is none to the first, which has then succeeded.

use std::borrow::Cow;
use std::time::Duration;

use qmp_types::{Command, wire};

use crate::end::End;
use crate::error::{Error, Undecodable};
use crate::failure::Failure;
use crate::session::Abandoned;

/// The command that is sent after one whose success is not answered. A guest
/// agent answers it at once, whatever state it is in.
pub(crate) const NEXT_COMMAND: &str = "guest-ping";

/// How long to wait for an error of the command, or for the next answer.
const LIMIT: Duration = Duration::from_secs(5);

/// How long to wait, given the time limit of the command.
pub(crate) fn time_limit(limit: Option<Duration>) -> Duration {
    limit.map_or(LIMIT, |limit| limit.min(LIMIT))
}

/// The outcome of the command. `observed` is `Ok` if the next command was answered, or
/// this one with success.
///
/// A guest that shuts down or sleeps answers nothing, and its connection may end. So
/// the command has succeeded if it was sent and the server did not answer anything
/// else.
pub(crate) fn outcome(
    command: Cow<'static, str>,
    observed: Result<(), Failure>,
) -> Result<(), Error> {
    match observed {
        Ok(())
        | Err(
            Failure::TooLarge(_)
            | Failure::TimedOut(_, Abandoned::Sent | Abandoned::Unknown)
            | Failure::Ended(End::Closed(_), Abandoned::Sent | Abandoned::Unknown),
        ) => Ok(()),
        Err(failure) => Err(failure.error(command)),
    }
}

/// What a command returns whose success is not answered: an object without
/// members.
pub(crate) fn success<C: Command>() -> Result<C::Return, Error> {
    let decode = |json: &str| wire::from_json_with(json, |reply| C::decode_return(reply));
    decode("{}").map_err(|error| {
        Undecodable {
            command: C::NAME.into(),
            error,
            json: String::new(),
            bindings: C::RELEASE,
            server: None,
        }
        .into()
    })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;
    use crate::broken::{Broken, Reason};

    const SHORT: Duration = Duration::from_secs(1);

    fn error_of(failure: Failure) -> Option<Error> {
        outcome("guest-shutdown".into(), Err(failure)).err()
    }

    #[test]
    fn a_command_that_was_sent_succeeds_in_silence() {
        assert!(outcome("guest-shutdown".into(), Ok(())).is_ok());
        for failure in [
            Failure::TooLarge(1),
            Failure::TimedOut(SHORT, Abandoned::Sent),
            Failure::TimedOut(SHORT, Abandoned::Unknown),
            Failure::Ended(End::CLOSED, Abandoned::Sent),
            Failure::Ended(End::CLOSED, Abandoned::Unknown),
        ] {
            assert!(error_of(failure).is_none());
        }
    }

    #[test]
    fn a_command_that_was_not_sent_fails() {
        let refused = io::Error::from(io::ErrorKind::InvalidInput);
        let refused = error_of(Failure::Refused(Arc::new(refused)));
        assert!(matches!(refused, Some(Error::Unsent(_))));
        let timed_out = error_of(Failure::TimedOut(SHORT, Abandoned::Unsent));
        assert!(matches!(timed_out, Some(Error::TimedOut(error)) if !error.sent));
        let closed = error_of(Failure::Ended(End::CLOSED, Abandoned::Unsent));
        assert!(matches!(closed, Some(Error::Closed(_))));
    }

    #[test]
    fn what_the_server_sends_tells_of_failure() {
        for abandoned in [Abandoned::Sent, Abandoned::Unsent, Abandoned::Unknown] {
            let broken = Broken::new(Reason::UnknownMessage, b"{}", 0);
            let ended = error_of(Failure::Ended(End::Broken(broken), abandoned));
            assert!(matches!(ended, Some(Error::Broken(_))));
        }
    }

    #[test]
    fn the_limit_of_the_command_is_kept() {
        assert_eq!(time_limit(None), LIMIT);
        assert_eq!(time_limit(Some(2 * LIMIT)), LIMIT);
        assert_eq!(time_limit(Some(SHORT)), SHORT);
    }
}
