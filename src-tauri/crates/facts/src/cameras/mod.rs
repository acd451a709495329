//! Cameras: which there are, whether this person may use them, who uses them now, and what switches them off.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | `/sys/class/video4linux`, `/dev/video*`: devices, driver, permission | none | a camera without a driver: see `usb` |
//! | Linux | `/proc/*/fd`: programs that hold the device | sees the person's own programs | programs of other people and of the system |
//! | Linux | the desktop portal and its permission store over D-Bus: GNOME's privacy setting, sandboxed programs that were refused | none | other desktops |
//! | Linux | Dell's and Lenovo's privacy files: shutter and key | none | covers that tell nobody |
//! | Windows, macOS | none yet; Windows will be asked through Media Foundation and the consent store, macOS through AVFoundation | | |
//!
//! No picture is taken and no device is opened.

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
    /// Cameras.
    pub struct Cameras {
        /// Those that the system can use.
        part devices: Reading<Vec<Camera>>,
        /// Whether a setting of the desktop forbids cameras.
        public camera_forbidden: Reading<bool>,
        /// Whether a key or a shutter of the computer has switched the camera off.
        public camera_key_off: Reading<bool>,
        /// Sandboxed programs that the person has refused the camera.
        public refused_programs: Reading<Vec<String>>,
    }

    /// A camera.
    pub struct Camera {
        /// The system's name for it.
        public device: String,
        /// What it calls itself.
        public name: String,
        /// The driver.
        public driver: Reading<String>,
        /// Whether this person may use it.
        public access: CameraAccess,
        /// Programs of this person that hold it now.
        internal used_by: Reading<Vec<String>>,
    }
}

/// Whether a person may use a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CameraAccess {
    /// Yes.
    Allowed,
    /// No.
    Denied,
    /// The kernel has the camera, and its file is not there.
    NoFile,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Cameras> {
    platform::measure(cx).await
}
