//! Ending a virtual machine, gently first.

use std::time::Duration;

use super::DriverError;
use crate::blocking::Client;
use crate::error::Error;

/// How long each step of [`shut_down`] may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long the guest may take to power down. Zero does not ask it.
    pub guest: Duration,
    /// How long QEMU may take to end after that.
    pub server: Duration,
}

/// How a virtual machine ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// The guest powered down.
    PoweredDown,
    /// QEMU was told to quit, as the guest did not power down in time.
    Quit,
}

/// Asks the guest to power down; tells QEMU to quit when the guest does not,
/// or when QEMU stays afterwards (`-no-shutdown`); and waits until the
/// connection ends. A QEMU that does not even quit is for its parent to kill.
///
/// # Errors
/// [`DriverError::TimedOut`]: QEMU is still there; [`DriverError::Client`].
pub fn shut_down(client: &mut Client, patience: Patience) -> Result<End, DriverError> {
    let mut end = End::Quit;
    if !patience.guest.is_zero() {
        let down = client.then_wait(
            |event| event.name == "SHUTDOWN",
            Some(patience.guest),
            |client| client.execute_raw("system_powerdown", &()),
        );
        match down {
            Ok(_) => end = End::PoweredDown,
            Err(error) if ended(&error) => return Ok(End::PoweredDown),
            Err(Error::TimedOut(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if end == End::PoweredDown && gone(client, patience.server)? {
        return Ok(end);
    }
    match client.execute_raw("quit", &()) {
        Ok(_) => {}
        Err(error) if ended(&error) => return Ok(end),
        Err(error) => return Err(error.into()),
    }
    if gone(client, patience.server)? {
        Ok(end)
    } else {
        Err(DriverError::TimedOut {
            what: "the end of QEMU".to_owned(),
            limit: patience.server,
            status: "told to quit".to_owned(),
        })
    }
}

fn ended(error: &Error) -> bool {
    matches!(error, Error::Lost(_) | Error::Closed(_))
}

/// Whether the connection ends within the limit.
fn gone(client: &mut Client, limit: Duration) -> Result<bool, DriverError> {
    match client.wait_for(|_| false, limit) {
        Ok(_) | Err(Error::TimedOut(_)) => Ok(false),
        Err(error) if ended(&error) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
