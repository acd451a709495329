//! Settings and permissions of the person's desktop, asked over the session's bus.

use std::collections::HashMap;

use zbus::zvariant::{OwnedValue, Value};

use crate::bus::Service;
use crate::{Absence, Context, Reason, net};

const MOST_PROGRAMS: usize = 32;

/// A switch of GNOME's privacy settings, as the desktop portal hands it out.
pub(crate) async fn privacy_setting(cx: &Context, key: &str) -> Result<bool, Absence> {
    let question = ("org.gnome.desktop.privacy", key);
    let value: OwnedValue = Service::ask_session(cx, "org.freedesktop.portal.Desktop", async |portal| {
        let path = "/org/freedesktop/portal/desktop";
        portal.call(path, "org.freedesktop.portal.Settings", "Read", &question).await
    })
    .await
    .map_err(unset)?;
    // The portal wraps values twice.
    let inner = value.downcast_ref::<Value<'_>>().and_then(|inner| inner.downcast_ref::<bool>());
    inner
        .or_else(|_| value.downcast_ref::<bool>())
        .map_err(|_| Absence::new(Reason::Failed, "the portal's answer is no switch"))
}

/// Sandboxed programs (Flatpak) to which the person has refused a device.
pub(crate) async fn refused_programs(cx: &Context, device: &str) -> Result<Vec<String>, Absence> {
    const STORE: &str = "org.freedesktop.impl.portal.PermissionStore";
    let question = ("devices", device);
    let (permissions, _): (HashMap<String, Vec<String>>, OwnedValue) =
        Service::ask_session(cx, STORE, async |store| {
            store.call("/org/freedesktop/impl/portal/PermissionStore", STORE, "Lookup", &question).await
        })
        .await
        .map_err(unset)?;
    let mut refused: Vec<String> = permissions
        .into_iter()
        .filter(|(_, words)| words.iter().any(|word| word == "no"))
        .map(|(program, _)| net::tame(&program, 80))
        .collect();
    refused.sort();
    refused.truncate(MOST_PROGRAMS);
    Ok(refused)
}

/// An error is how both say that there is no such setting.
fn unset(absent: Absence) -> Absence {
    match absent.reason {
        Reason::Failed => Absence { reason: Reason::NotSupported, ..absent },
        _ => absent,
    }
}
