//! Temperatures, their limits, and fans. Whether heat slows the processor is measured with the processor.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | `/sys/class/hwmon`: temperatures with their limits, fans | none | which sensor is what is the chip's own word; virtual machines have none; on some notebooks only the maker's driver shows the fan |
//! | Linux | `/sys/class/thermal`: zones and their trip points, for processors that hwmon does not show | none | zones of boards without names |
//! | Windows, macOS | none yet: the subject is absent. `root\wmi` `MSAcpi_ThermalZoneTemperature` (administrator); `NSProcessInfo.thermalState` | | |
//!
//! Limits are those that the chip or the firmware states. Values that no working sensor has are left out:
//! inputs that nothing is connected to read −128, 127 or 0 degrees.

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
    /// Temperatures and fans.
    pub struct Heat {
        /// Sensors; empty on a computer that shows none.
        part sensors: Reading<Vec<Sensor>>,
        /// Fans; empty on a computer that shows none.
        part fans: Reading<Vec<Fan>>,
    }

    /// One temperature.
    pub struct Sensor {
        /// The chip: `coretemp`, `nvme`.
        public chip: String,
        /// The chip's word for the place: `Package id 0`.
        public label: String,
        /// What is measured.
        public part: Part,
        /// The temperature.
        public celsius: f64,
        /// Above this the chip calls itself hot.
        public max_celsius: Reading<f64>,
        /// Above this it protects itself.
        public critical_celsius: Reading<f64>,
    }

    /// One fan.
    pub struct Fan {
        /// The chip that counts it.
        public chip: String,
        /// The chip's word for it.
        public label: String,
        /// What it cools.
        public part: Part,
        /// Turns a minute.
        public rpm: u32,
        /// The most that it can, where the chip says.
        public max_rpm: Reading<u32>,
        /// Whether the chip reports the fan as broken.
        public broken: Reading<bool>,
    }
}

/// What a sensor or a fan belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The processor.
    Processor,
    /// The graphics.
    Graphics,
    /// A disk.
    Disk,
    /// The computer as a whole, or something else in it.
    Computer,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Heat> {
    platform::measure(cx).await
}
