//! Unplugging devices.

use std::time::Duration;

use qmp_types::RawEvent;
use serde_json::json;

use super::{DriverError, Link, Timer, text_of};

/// Returns a filter for the events of the unplugging of a device.
pub(super) fn event_filter(id: &str) -> impl Fn(&RawEvent) -> bool + Send + Sync + use<> {
    let id = id.to_owned();
    move |event| {
        let names = [
            "DEVICE_DELETED",
            "DEVICE_UNPLUG_GUEST_ERROR",
            "MEM_UNPLUG_ERROR",
        ];
        names.contains(&&*event.name) && text_of(event, "device").as_deref() == Some(&*id)
    }
}

pub(super) async fn unplug(
    link: &mut impl Link,
    id: &str,
    limit: Option<Duration>,
) -> Result<(), DriverError> {
    let timer = Timer::start(link, limit);
    let operation = format!("the unplugging of {id}");
    timer
        .execute(link, &operation, "device_del", &json!({"id": id}))
        .await?;
    loop {
        let left = timer.left(link);
        match link.event(left).await? {
            Some(event) if event.name == "DEVICE_DELETED" => return Ok(()),
            Some(event) => {
                let reason = text_of(&event, "msg");
                let reason = reason.unwrap_or_else(|| "the guest rejected the request".to_owned());
                return Err(DriverError::Failed { operation, reason });
            }
            None => timer.check(link, &operation, "the guest has not released the device")?,
        }
    }
}
