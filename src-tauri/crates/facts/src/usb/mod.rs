//! USB: which devices there are, whether they have a driver, how fast they run, and sockets that had too much current drawn.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | `/sys/bus/usb/devices`: devices, interfaces, speeds, drivers, switches, counters of over-current | none | cables |
//! | Linux | the kernel's log (`kernel_log`): devices that do not start, are reset again and again, or get too little or draw too much current | the administrator or a group such as `adm` | what was before the start, and lines that were pushed out |
//! | Windows, macOS | none yet; Windows will be asked through SetupAPI and its problem codes (10 and 43 are devices that do not start), macOS through IOKit | | |
//!
//! No device is opened. Serial numbers are not read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod complaints;
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
        /// What the kernel complained of since the start, by socket and kind.
        part complaints: Reading<Vec<UsbComplaint>>,
    }

    /// What the kernel complained of at one socket.
    pub struct UsbComplaint {
        /// Where: bus and sockets on the way, as of a device that is plugged in there.
        public device: String,
        /// What it was.
        public kind: UsbComplaintKind,
        /// How often since the start.
        public times_count: u32,
        /// How often in the last hour. Time asleep does not count.
        public hour_count: u32,
        /// How long ago the last time was. Time asleep does not count.
        public last_age_seconds: u64,
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

/// What the kernel complained of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsbComplaintKind {
    /// A device did not say what it is (an unread descriptor, an address that was not taken). It may have at a later try.
    Unread,
    /// The kernel gave up: the device could not be started.
    GivenUp,
    /// A device was reset while it was in use. The first reset after the computer slept is usual, and left out.
    Reset,
    /// The socket or its hub gives less current than the device asks for, and the device stays off.
    TooLittleCurrent,
    /// A socket was switched off because too much current was drawn.
    OverCurrent,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Usb> {
    platform::measure(cx).await
}
