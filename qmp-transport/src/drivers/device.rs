//! Unplugging devices.

use std::time::Duration;

use qmp_types::RawEvent;
use serde_json::json;

use super::{DriverError, Link, Until, text_of};

/// The events that say what became of a device.
pub(super) fn concerns(id: &str) -> impl Fn(&RawEvent) -> bool + Send + Sync + use<> {
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
    let until = Until::after(link, limit);
    let what = format!("unplugging {id}");
    until
        .execute(link, &what, "device_del", &json!({"id": id}))
        .await?;
    loop {
        let left = until.left(link);
        match link.event(left).await? {
            Some(event) if event.name == "DEVICE_DELETED" => return Ok(()),
            Some(event) => {
                let reason = text_of(&event, "msg");
                let reason = reason.unwrap_or_else(|| "the guest refused".to_owned());
                return Err(DriverError::Failed { what, reason });
            }
            None => until.check(link, &what, "the guest has not let go of it")?,
        }
    }
}
