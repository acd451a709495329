//! USB: which devices there are, whether they have a driver, how fast they run, and sockets that had too much current drawn.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | `/sys/bus/usb/devices`: devices, interfaces, speeds, drivers, switches, counters of over-current | none | a device that fails before the kernel knows it; cables |
//! | Windows, macOS | none yet; Windows will be asked through SetupAPI and its problem codes, macOS through IOKit | | |
//!
//! No device is opened. Serial numbers are not read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
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
    /// USB.
    pub struct Usb {
        /// Devices at sockets; hubs of the computer itself are left out.
        part devices: Reading<Vec<UsbDevice>>,
        /// How often a socket was switched off because too much current was drawn, since the start.
        public over_current_count: Reading<u64>,
    }

    /// A device.
    pub struct UsbDevice {
        /// Where it is: bus and sockets on the way.
        public device: String,
        /// Maker and product, as it says itself.
        public name: String,
        /// Number of its maker and its product.
        public model: String,
        /// What it is.
        public kind: UsbKind,
        /// Speed at which it runs.
        public speed_mbps: Reading<f64>,
        /// Version of USB that it speaks.
        public version: Reading<String>,
        /// Whether the system lets it work.
        public authorised: bool,
        /// Parts of the device.
        public part_count: u32,
        /// Parts that no driver looks after.
        public without_driver_count: u32,
    }
}

/// What a device is, by the class that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsbKind {
    /// Sound: a headset, a microphone.
    Audio,
    /// A camera.
    Camera,
    /// A keyboard, a mouse and the like.
    Input,
    /// A printer.
    Printer,
    /// A disk, a stick, a card reader.
    Storage,
    /// A hub.
    Hub,
    /// A radio: Bluetooth and the like.
    Radio,
    /// A network adapter or modem.
    Communication,
    /// Something else.
    Other,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Usb> {
    platform::measure(cx).await
}
