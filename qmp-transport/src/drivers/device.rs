//! Unplugging devices.

use std::time::Duration;

use serde_json::json;

use super::{DriverError, text_of};
use crate::blocking::Client;
use crate::error::Error;

/// Unplugs a device and waits until it is gone, which is up to the guest.
///
/// # Errors
/// [`DriverError::Failed`]: the guest refused; [`DriverError::TimedOut`]: the
/// guest has done nothing yet, and may still; [`DriverError::Client`].
pub fn unplug(
    client: &mut Client,
    id: &str,
    limit: impl Into<Option<Duration>>,
) -> Result<(), DriverError> {
    let limit = limit.into();
    let what = format!("unplugging {id}");
    let about = |event: &crate::RawEvent| {
        let names = [
            "DEVICE_DELETED",
            "DEVICE_UNPLUG_GUEST_ERROR",
            "MEM_UNPLUG_ERROR",
        ];
        names.contains(&event.name.as_str()) && text_of(event, "device").as_deref() == Some(id)
    };
    let outcome = client.then_wait(about, limit, |client| {
        client.execute_raw("device_del", &json!({"id": id}))
    });
    match outcome {
        Ok((_, event)) if event.name == "DEVICE_DELETED" => Ok(()),
        Ok((_, event)) => Err(DriverError::Failed {
            what,
            reason: text_of(&event, "msg").unwrap_or_else(|| "the guest refused".to_owned()),
        }),
        Err(Error::TimedOut(timed_out)) if timed_out.command.is_none() => {
            Err(DriverError::TimedOut {
                what,
                limit: timed_out.limit,
                status: "the guest has not let go of it".to_owned(),
            })
        }
        Err(error) => Err(error.into()),
    }
}
