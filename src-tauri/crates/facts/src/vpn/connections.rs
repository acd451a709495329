//! The VPN connections that NetworkManager has, and how far each is.

use super::{VpnConnection, VpnState};
use crate::network_manager::{ActiveVpn, NetworkManager, SavedVpn};
use crate::{Absence, Context, net};

/// Every one that is set up, the active ones among them.
pub(super) async fn read(cx: &Context) -> Result<Vec<VpnConnection>, Absence> {
    NetworkManager::ask(cx, async |manager| {
        let saved = manager.saved_vpns().await?;
        // Who has none set up may still have one that another program brought in.
        let active = manager.active_vpns(&manager.manager().await?).await;
        Ok(join(saved, &active))
    })
    .await
}

fn join(saved: Vec<SavedVpn>, active: &[ActiveVpn]) -> Vec<VpnConnection> {
    let connection = |saved: SavedVpn| VpnConnection {
        state: active.iter().find(|a| a.uuid == saved.uuid).map_or(VpnState::Inactive, state),
        name: net::tame(&saved.name, 60),
        technology: technology(&saved),
    };
    saved.into_iter().map(connection).collect()
}

/// `org.freedesktop.NetworkManager.openvpn` is `openvpn`.
fn technology(saved: &SavedVpn) -> String {
    let plugin = saved.service.rsplit('.').next().filter(|p| !p.is_empty());
    net::tame(plugin.unwrap_or(&saved.kind), 30)
}

/// `NMVpnConnectionState`, and `NMActiveConnectionState` where it has none (WireGuard).
const fn state(active: &ActiveVpn) -> VpnState {
    match (active.vpn_state, active.state) {
        (Some(2), _) => VpnState::NeedsPassword,
        (Some(1 | 3 | 4), _) | (None | Some(0), 1) => VpnState::Connecting,
        (Some(5), _) | (None | Some(0), 2) => VpnState::Active,
        (Some(6), _) => VpnState::Failed,
        (None | Some(0), 3) => VpnState::Disconnecting,
        (Some(7), _) | (None | Some(0), 4) => VpnState::Inactive,
        _ => VpnState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_up_and_what_is_up_are_put_together() {
        let saved = |uuid: &str, service: &str| SavedVpn {
            uuid: uuid.into(),
            name: format!("{uuid}\n"),
            kind: "vpn".into(),
            service: service.into(),
        };
        let active = |uuid: &str, vpn_state, state| ActiveVpn { uuid: uuid.into(), vpn_state, state };
        let joined = join(
            vec![
                saved("a", "org.freedesktop.NetworkManager.openvpn"),
                saved("b", ""),
                saved("c", "x.vpnc"),
                saved("d", ""),
                saved("e", ""),
            ],
            &[
                active("a", Some(2), 1),
                active("b", None, 2),
                active("c", Some(6), 4),
                active("e", Some(5), 2),
                active("z", None, 2),
            ],
        );
        let seen: Vec<_> = joined.iter().map(|c| (c.technology.as_str(), c.state)).collect();
        assert_eq!(
            seen,
            [
                ("openvpn", VpnState::NeedsPassword),
                ("vpn", VpnState::Active),
                ("vpnc", VpnState::Failed),
                ("vpn", VpnState::Inactive),
                ("vpn", VpnState::Active),
            ]
        );
        assert!(!joined[0].name.contains('\n'));
    }
}
