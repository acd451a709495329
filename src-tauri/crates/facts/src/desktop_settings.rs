//! Settings and permissions of the person's desktop, asked over the session's bus. Reading needs no
//! privilege, and nobody is started for it.

use std::collections::HashMap;
use std::time::Duration;

use zbus::Connection;
use zbus::zvariant::OwnedValue;

use crate::{Absence, Context, Reason, net};

/// They answer from memory.
const PATIENCE: Duration = Duration::from_millis(600);

/// A switch of GNOME's privacy settings, as the desktop portal hands it out.
pub(crate) async fn privacy_setting(cx: &Context, key: &str) -> Result<bool, Absence> {
    const PORTAL: &str = "org.freedesktop.portal.Desktop";
    ask(cx, PORTAL, async |bus| {
        let settings = "org.freedesktop.portal.Settings";
        let question = ("org.gnome.desktop.privacy", key);
        let answer = bus
            .call_method(Some(PORTAL), "/org/freedesktop/portal/desktop", Some(settings), "Read", &question)
            .await?;
        let value: OwnedValue = answer.body().deserialize()?;
        // The portal wraps values twice.
        let inner = match value.downcast_ref::<zbus::zvariant::Value<'_>>() {
            Ok(inner) => inner.downcast_ref::<bool>(),
            Err(_) => value.downcast_ref::<bool>(),
        };
        inner.map_err(Into::into)
    })
    .await
}

/// Sandboxed programs (Flatpak) to which the person has refused a device.
pub(crate) async fn refused_programs(cx: &Context, device: &str) -> Result<Vec<String>, Absence> {
    const STORE: &str = "org.freedesktop.impl.portal.PermissionStore";
    ask(cx, STORE, async |bus| {
        let path = "/org/freedesktop/impl/portal/PermissionStore";
        let answer = bus.call_method(Some(STORE), path, Some(STORE), "Lookup", &("devices", device)).await?;
        let body = answer.body();
        let (permissions, _): (HashMap<String, Vec<String>>, OwnedValue) = body.deserialize()?;
        let mut refused: Vec<String> = permissions
            .into_iter()
            .filter(|(_, words)| words.iter().any(|word| word == "no"))
            .map(|(program, _)| net::tame(&program, 80))
            .collect();
        refused.sort();
        refused.truncate(32);
        Ok(refused)
    })
    .await
}

async fn ask<T>(
    cx: &Context,
    name: &'static str,
    question: impl AsyncFnOnce(&Connection) -> zbus::Result<T>,
) -> Result<T, Absence> {
    if !cx.is_live() {
        return Err(Absence::new(Reason::NothingToMeasure, "a recorded tree has no bus"));
    }
    // Without an address the library would start looking for one with a program of its own.
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(std::path::PathBuf::from);
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() && !runtime.is_some_and(|r| r.join("bus").exists())
    {
        return Err(Absence::new(Reason::NotSupported, "there is no session's bus"));
    }
    let all = async {
        let none = |why: String| Absence::new(Reason::NotSupported, why);
        let bus = Connection::session().await.map_err(|e| none(format!("no session's bus: {e}")))?;
        crate::bus::owned(&bus, name).await?;
        question(&bus).await.map_err(|e| none(format!("{name}: {}", net::tame(&e.to_string(), 200))))
    };
    tokio::time::timeout(PATIENCE.min(cx.step()), all).await.unwrap_or_else(|_| {
        Err(Absence::new(Reason::TimedOut, format!("{name}: no answer within {PATIENCE:?}")))
    })
}
