//! Wireless networks: whether there is an adapter and its radio is on, what is in range, how well the
//! network in use arrives, and whether signing in worked.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | NetworkManager over D-Bus: switches, devices, access points in range, saved networks | none | networks that other people of this computer saved for themselves; once NetworkManager has given up, its reason is gone with it; the signal in percent is a scale of its own |
//! | Linux | nl80211 over generic netlink: signal in dBm, both rates, width, how busy the channel is, region; where NetworkManager does not run, devices and access points too | none | what is saved, and why signing in failed; drivers leave parts out; how busy the channel is counts since the driver began to count |
//! | Linux | wpa_supplicant over D-Bus: the codes of the last sign-in and the last end | often a group (`netdev`) or root, else absent | iwd says none of it |
//! | Linux | `/sys/class/rfkill`: radios and what blocks them | none | |
//! | Linux | `/sys/bus/{pci,usb,sdio}`: wireless hardware, with a driver or without | none | USB hardware that has no driver is known by its own name alone, and SDIO hardware by its class alone: some makers give neither; why a driver made no interface (firmware) is in the kernel's log, which only root reads |
//! | Linux | `/proc/net/wireless`: the signal in dBm | none | kernels without wireless extensions have no such file |
//! | Windows, macOS | none yet: the subject is absent. `WlanEnumInterfaces`, `WlanGetNetworkBssList` and `WlanQueryInterface` will tell it on Windows, CoreWLAN on macOS | | |
//!
//! Nothing is sent, no scan is started: access points are those of the last scan. Nobody counts how often
//! a computer changes between access points; how long it has been with the present one is measured. A
//! computer without Wi-Fi has no devices and no radios, which is a measurement and not an absence. Names
//! of networks are kept only of those that this computer uses or has saved, and hardware addresses of
//! access points not at all: they would tell where the computer is.
//!
//! `managed` reads NetworkManager, `kernel` talks nl80211 and `nl80211` understands its messages,
//! `supplicant` reads `wpa_supplicant`, `hardware` the buses. `linux` puts them together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::links::{ManagerReason, ManagerState};
use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod channels;
#[cfg(target_os = "linux")]
mod hardware;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod managed;
#[cfg(target_os = "linux")]
mod nl80211;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod supplicant;

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
        /// The country whose radio rules the kernel follows: `DE`; `00` stands for the whole world.
        public region: Reading<String>,
        /// Wireless adapters that work, as NetworkManager knows them, or the kernel where it does not run.
        part devices: Reading<Vec<WifiDevice>>,
        /// Wireless hardware, whether it works or not.
        part adapters: Reading<Vec<Adapter>>,
        /// Networks that this computer has saved.
        part saved: Reading<Vec<SavedNetwork>>,
        /// Radios of the kernel's list of switches.
        part radios: Reading<Vec<Radio>>,
        /// Signal strengths of the kernel's own list.
        part signals: Reading<Vec<Signal>>,
    }

    /// One wireless adapter.
    pub struct WifiDevice {
        /// The system's name for it.
        public name: String,
        /// Who tells what follows.
        public told_by: ToldBy,
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
        /// Width of the channel.
        public width_mhz: Reading<u32>,
        /// Share of the time in which the channel is in use, by whomever.
        public busy_percent: Reading<f64>,
        /// Agreed speed of sending.
        public rate_mbps: Reading<f64>,
        /// Agreed speed of receiving.
        public rate_rx_mbps: Reading<f64>,
        /// How the network is protected.
        public security: Reading<Security>,
        /// How the network is protected that the settings have it sign in to, whether that works or not.
        public tried: Reading<Security>,
        /// How long it has been with this access point.
        public joined_seconds: Reading<u64>,
        /// How often nothing was heard of the access point for a while, since then.
        public beacon_loss_count: Reading<u64>,
        /// What the program that signs in says of the last try.
        part sign_in: Reading<SignIn>,
        /// Access points in range, the strongest first.
        part points: Reading<Vec<AccessPoint>>,
    }

    /// The last sign-in, in the codes of IEEE 802.11.
    pub struct SignIn {
        /// Reason code of the last end of a connection; negative where this computer ended it, 0 for none.
        public end_code: Reading<i32>,
        /// Status code of the last authentication; 0 is success.
        public authentication_code: Reading<i32>,
        /// Status code of the last association; 0 is success.
        public association_code: Reading<i32>,
    }

    /// One access point in range.
    pub struct AccessPoint {
        /// Whose it is.
        public whose: Whose,
        /// The band.
        public band: Reading<Band>,
        /// The channel's number within the band.
        public channel: Reading<u32>,
        /// Strength of the signal, on the driver's own scale.
        public signal_percent: Reading<u8>,
        /// Strength of the signal; the nearer to zero, the stronger.
        public signal_dbm: Reading<i32>,
        /// How it is protected.
        public security: Reading<Security>,
    }

    /// One network that this computer has saved.
    pub struct SavedNetwork {
        /// The network's name.
        personal(ssid) network: Reading<String>,
        /// Whether an access point of it is in range; absent where the network hides its name.
        public in_range: Reading<bool>,
        /// Whether this computer joins it by itself.
        public joins_by_itself: bool,
        /// How it is protected.
        public security: Reading<Security>,
    }

    /// A piece of wireless hardware.
    pub struct Adapter {
        /// What it is plugged into.
        public bus: Bus,
        /// Numbers of maker and model: `8086:2725`.
        public model: String,
        /// The driver that has taken it on; absent where none has.
        public driver: Reading<String>,
        /// Network interfaces that the driver made of it.
        public interface_count: u64,
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

/// Who tells of an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldBy {
    /// NetworkManager.
    NetworkManager,
    /// The kernel alone.
    Kernel,
}

/// Whose an access point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The one in use.
    InUse,
    /// Another of the network in use.
    SameNetwork,
    /// One of another network that is saved.
    SavedNetwork,
    /// Somebody else's.
    Other,
}

/// What a piece of hardware is plugged into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bus {
    /// PCI Express, mostly inside the computer.
    Pci,
    /// USB.
    Usb,
    /// SDIO, in tablets and small computers.
    Sdio,
}

/// How a wireless network is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Not at all.
    Open,
    /// Not at all, beside an encrypted half for whoever can (OWE transition).
    OpenTransition,
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
