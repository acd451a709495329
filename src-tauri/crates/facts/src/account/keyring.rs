//! The Secret Service: <https://specifications.freedesktop.org/secret-service-spec/>. Only whether it is locked is
//! asked; no secret is listed or read, and no prompt comes up.

use zbus::zvariant::OwnedObjectPath;

use super::Keyring;
use crate::bus::Service;
use crate::{Absence, Context, Reason};

const NAME: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";

pub(super) async fn measure(cx: &Context) -> Result<Keyring, Absence> {
    let asked = Service::ask_session(cx, NAME, async |service| {
        let default: OwnedObjectPath =
            service.call(ROOT, "org.freedesktop.Secret.Service", "ReadAlias", &"default").await?;
        // What the specification says instead of none.
        if default.as_str() == "/" {
            return Ok(Keyring::Missing);
        }
        let collection = service.properties(default.as_str(), "org.freedesktop.Secret.Collection").await?;
        match collection.get::<bool>("Locked") {
            Some(true) => Ok(Keyring::Locked),
            Some(false) => Ok(Keyring::Unlocked),
            None => Err(Absence::new(Reason::Failed, "the keyring does not say whether it is locked")),
        }
    });
    match asked.await {
        Err(absent) if absent.reason == Reason::NotSupported => Ok(Keyring::NoService),
        asked => asked,
    }
}
