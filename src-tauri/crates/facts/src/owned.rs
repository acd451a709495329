//! Services on a D-Bus bus that are asked, and never started for it.

use zbus::Connection;

use crate::{Absence, Reason, net};

const BUS: &str = "org.freedesktop.DBus";

/// An error unless somebody is on the bus by this name.
pub(crate) async fn owned(bus: &Connection, name: &str) -> Result<(), Absence> {
    let owned: bool = bus
        .call_method(Some(BUS), "/org/freedesktop/DBus", Some(BUS), "NameHasOwner", &name)
        .await
        .and_then(|answer| answer.body().deserialize())
        .map_err(|e| Absence::new(Reason::Failed, format!("ask the bus: {}", net::tame(&e.to_string(), 200))))?;
    if owned { Ok(()) } else { Err(Absence::new(Reason::NotSupported, format!("{name} is not on the bus"))) }
}
