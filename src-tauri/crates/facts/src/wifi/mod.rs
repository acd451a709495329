//! Wireless networks: whether the radio is on, how strong the signal is, whether signing in worked.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | NetworkManager over D-Bus: switches, devices, the network in use | none | other programs (iwd alone, wpa_supplicant by hand); the signal in percent is the driver's own scale; once NetworkManager has given up, its reason is gone with it |
//! | Linux | `/sys/class/rfkill`: radios and what blocks them | none | |
//! | Linux | `/proc/net/wireless`: the signal in dBm | none | kernels without wireless extensions have no such file |
//! | Windows, macOS | none yet: the subject is absent | | |
//!
//! Nothing is sent, no scan is started. A computer without Wi-Fi has no devices and no radios, which
//! is a measurement and not an absence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::links::{ManagerReason, ManagerState};
use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub(crate) use linux::radios;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Wireless networks.
    pub struct Wifi {
        /// Whether the settings have the radio switched on.
        public switched_on: Reading<bool>,
        /// Whether a switch or key of the computer lets the radio work.
        public key_on: Reading<bool>,
        /// Wireless adapters as NetworkManager knows them.
        part devices: Reading<Vec<WifiDevice>>,
        /// Radios of the kernel's list of switches.
        part radios: Reading<Vec<Radio>>,
        /// Signal strengths of the kernel's own list.
        part signals: Reading<Vec<Signal>>,
    }

    /// One wireless adapter.
    pub struct WifiDevice {
        /// The system's name for it.
        public name: String,
        /// How far the connection is.
        public state: ManagerState,
        /// Why it is so.
        public reason: ManagerReason,
        /// The network's name.
        personal(ssid) network: Reading<String>,
        /// Strength of the signal, on the driver's own scale.
        public signal_percent: Reading<u8>,
        /// Strength of the signal; the nearer to zero, the stronger.
        public signal_dbm: Reading<i32>,
        /// The band.
        public band: Reading<Band>,
        /// The channel's number within the band.
        public channel: Reading<u32>,
        /// Agreed speed.
        public rate_mbps: Reading<f64>,
        /// How the network is protected.
        public security: Reading<Security>,
    }

    /// One radio and its switches.
    pub struct Radio {
        /// The system's name for it.
        public name: String,
        /// Blocked by a setting.
        public soft_blocked: bool,
        /// Blocked by a switch or key of the computer.
        public hard_blocked: bool,
    }

    /// One wireless interface's signal.
    pub struct Signal {
        /// The interface.
        public name: String,
        /// Strength of the signal; the nearer to zero, the stronger.
        public dbm: i32,
    }
}

/// A range of radio frequencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// 2.4 GHz: far, slow and crowded.
    Ghz2,
    /// 5 GHz.
    Ghz5,
    /// 6 GHz.
    Ghz6,
}

/// How a wireless network is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Not at all.
    Open,
    /// Encrypted without a password (OWE).
    EnhancedOpen,
    /// WEP, broken long ago.
    Wep,
    /// WPA.
    Wpa,
    /// WPA2.
    Wpa2,
    /// WPA3.
    Wpa3,
    /// With a person's own account (802.1X).
    Enterprise,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Wifi> {
    platform::measure(cx).await
}
