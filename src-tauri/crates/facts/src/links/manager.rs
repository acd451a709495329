//! What NetworkManager says of each interface. The numbers are those of its D-Bus interface:
//! `NMDeviceState` and `NMDeviceStateReason`.

use super::{Manager, ManagerReason, ManagerState};
use crate::network_manager::{Device, NetworkManager};
use crate::{Absence, Context};

/// Every device that it knows, by the interface's name.
pub(super) async fn devices(cx: &Context) -> Result<Vec<(String, Manager)>, Absence> {
    NetworkManager::ask(cx, async |manager| {
        let own = manager.manager().await?;
        let devices = manager.devices(&own).await?;
        Ok(devices.iter().filter_map(|device| Some((device.interface()?, state_of(device)))).collect())
    })
    .await
}

/// How far this device is, and why.
pub(crate) fn state_of(device: &Device) -> Manager {
    let (state, reason) = device.state();
    Manager { state: state_word(state), reason: reason_word(reason) }
}

const fn state_word(state: u32) -> ManagerState {
    match state {
        10 => ManagerState::Unmanaged,
        20 => ManagerState::Unavailable,
        30 => ManagerState::Disconnected,
        40 | 50 | 80 | 90 => ManagerState::Connecting,
        60 => ManagerState::NeedsPassword,
        70 => ManagerState::NeedsAddress,
        100 => ManagerState::Connected,
        110 => ManagerState::Disconnecting,
        120 => ManagerState::Failed,
        _ => ManagerState::Unknown,
    }
}

const fn reason_word(reason: u32) -> ManagerReason {
    match reason {
        0 | 1 => ManagerReason::None,
        5 | 15 | 16 | 17 => ManagerReason::NoAddress,
        7 => ManagerReason::NoPassword,
        8 => ManagerReason::SignInRefused,
        9 => ManagerReason::SignInSettings,
        10 | 11 => ManagerReason::SignInTimedOut,
        38 | 39 | 60 => ManagerReason::Requested,
        40 => ManagerReason::NoCarrier,
        53 => ManagerReason::NetworkNotFound,
        64 => ManagerReason::AddressConflict,
        _ => ManagerReason::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_that_matter_have_words() {
        assert_eq!(state_word(60), ManagerState::NeedsPassword);
        assert_eq!(state_word(100), ManagerState::Connected);
        assert_eq!(state_word(12_345), ManagerState::Unknown);
        assert_eq!(reason_word(7), ManagerReason::NoPassword);
        assert_eq!(reason_word(8), ManagerReason::SignInRefused);
        assert_eq!(reason_word(64), ManagerReason::AddressConflict);
        assert_eq!(reason_word(12_345), ManagerReason::Other);
    }
}
