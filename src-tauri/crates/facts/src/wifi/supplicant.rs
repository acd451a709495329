//! What `wpa_supplicant` says of the last sign-in, over D-Bus. It signs in for NetworkManager and for
//! systemd-networkd alike. Most systems let only root and the group `netdev` ask it.

use zbus::zvariant::OwnedObjectPath;

use super::SignIn;
use crate::bus::{Properties, Service};
use crate::{Absence, Context, Reading, Reason};

const NAME: &str = "fi.w1.wpa_supplicant1";
const ROOT: &str = "/fi/w1/wpa_supplicant1";
const INTERFACE: &str = "fi.w1.wpa_supplicant1.Interface";

const MOST_INTERFACES: usize = 8;

/// The last sign-in of every interface that it looks after, by the interface's name.
pub(super) async fn sign_ins(cx: &Context) -> Result<Vec<(String, SignIn)>, Absence> {
    Service::ask(cx, NAME, async |supplicant| {
        let own = supplicant.properties(ROOT, NAME).await?;
        let paths: Vec<OwnedObjectPath> = own.get("Interfaces").unwrap_or_default();
        let mut all = Vec::new();
        for path in paths.into_iter().take(MOST_INTERFACES) {
            // One can go away between listing and reading.
            let Ok(interface) = supplicant.properties(&path, INTERFACE).await else { continue };
            if let Some(name) = interface.get::<String>("Ifname") {
                all.push((name, sign_in(&interface)));
            }
        }
        Ok(all)
    })
    .await
}

fn sign_in(interface: &Properties) -> SignIn {
    let code = |name: &str| -> Reading<i32> {
        interface
            .get(name)
            .ok_or_else(|| Absence::new(Reason::NotSupported, format!("wpa_supplicant gives no {name}")))
            .into()
    };
    SignIn {
        end_code: code("DisconnectReason"),
        authentication_code: code("AuthStatusCode"),
        association_code: code("AssocStatusCode"),
    }
}
