//! Bluetooth: whether there is an adapter, whether it is on, and which devices are paired and connected.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | BlueZ over D-Bus: adapters, devices, batteries | none | devices that were never paired; nothing is searched for |
//! | Linux | `/sys/class/bluetooth`, `/sys/class/rfkill`: adapters of the kernel and what blocks them | none | an adapter without a driver: see `usb` |
//! | Windows, macOS | none yet; Windows will be asked through its device interfaces (WinRT), macOS through IOBluetooth | | |
//!
//! Nothing is sent by radio. A computer without Bluetooth has no adapters, which is a measurement and not an absence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::sound::ServerState;
use crate::wifi::Radio;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Bluetooth.
    pub struct Bluetooth {
        /// Whether the service that looks after it works.
        public state: ServerState,
        /// Adapters that the kernel has.
        public hardware: Reading<Vec<String>>,
        /// Their switches.
        part radios: Reading<Vec<Radio>>,
        /// Adapters that the service looks after.
        part adapters: Reading<Vec<BluetoothAdapter>>,
        /// Devices that are paired or connected.
        part devices: Reading<Vec<BluetoothDevice>>,
    }

    /// An adapter.
    pub struct BluetoothAdapter {
        /// The system's name for it.
        public name: String,
        /// Whether it is switched on.
        public powered: bool,
    }

    /// A device.
    pub struct BluetoothDevice {
        /// What it, or its owner, calls it.
        personal name: String,
        /// What it is.
        public kind: BluetoothKind,
        /// Whether it is paired.
        public paired: bool,
        /// Whether it is connected now.
        public connected: bool,
        /// Whether it may connect by itself.
        public trusted: bool,
        /// Whether the person has blocked it.
        public blocked: bool,
        /// Charge of its battery.
        public battery_percent: Reading<u8>,
    }
}

/// What a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BluetoothKind {
    /// Headphones, a headset, a loudspeaker.
    Audio,
    /// A keyboard.
    Keyboard,
    /// A mouse, a pen and the like.
    Pointer,
    /// A telephone.
    Phone,
    /// Something else.
    Other,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Bluetooth> {
    platform::measure(cx).await
}
