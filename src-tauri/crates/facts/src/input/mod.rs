//! Keyboards, mice, touchpads and touch screens that the system knows, and the keyboard's layout.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | `/proc/bus/input/devices` | none | whether a key works; what a desktop does with a device |
//! | Linux | `/etc/default/keyboard`, `/etc/vconsole.conf`: the layout of the system | none | another layout that the person chose in the desktop |
//! | Windows, macOS | none yet; Windows will be asked through raw input and the layout of the session, macOS through IOHIDManager | | |
//!
//! No key press is read.

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
    /// Input devices.
    pub struct Input {
        /// Those that can be typed or pointed with.
        part devices: Reading<Vec<InputDevice>>,
        /// The system's layouts of the keyboard.
        public layouts: Reading<Vec<String>>,
    }

    /// An input device.
    pub struct InputDevice {
        /// What it calls itself.
        internal name: String,
        /// What it is.
        public kind: InputKind,
        /// How it is connected.
        public connection: InputBus,
    }
}

/// What an input device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// A keyboard with letters.
    Keyboard,
    /// A mouse, a trackball, a pointing stick.
    Mouse,
    /// A touchpad.
    Touchpad,
    /// A touch screen or a tablet.
    Touchscreen,
}

/// How an input device is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputBus {
    /// Inside the computer.
    Inside,
    /// By USB, or by a radio stick there.
    Usb,
    /// By Bluetooth.
    Bluetooth,
    /// By a program or a virtual machine.
    Virtual,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Input> {
    platform::measure(cx).await
}
