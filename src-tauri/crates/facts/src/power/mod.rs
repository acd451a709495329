//! Batteries, adapters and the power profile.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | `/sys/class/power_supply`: charge, capacity now and when new, cycles, limits, adapters | none | firmware counts cycles and capacity in its own way; some never update the capacity, some know no rate |
//! | Linux | UPower over D-Bus: time left, charge limits, batteries that the kernel's list does not show | none | nobody is started: where it does not run, these are absent |
//! | Linux | power-profiles-daemon over D-Bus, else `/sys/firmware/acpi/platform_profile` | none | TLP and tuned set things that no profile names |
//! | Windows, macOS | none yet: the subject is absent. `GetSystemPowerStatus` and `root\wmi` `BatteryStatus`; IOKit `AppleSmartBattery` | | |
//!
//! Batteries of mice and headsets are not of this subject. A computer without a battery has an empty list,
//! which is a measurement and not an absence. Serial numbers are not read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod upower;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Batteries, adapters and the power profile.
    pub struct Power {
        /// The computer's own batteries.
        part batteries: Reading<Vec<Battery>>,
        /// What can feed the computer from outside.
        part adapters: Reading<Vec<Adapter>>,
        /// Whether the computer is fed from outside.
        public plugged_in: Reading<bool>,
        /// How the system weighs speed against power.
        public profile: Reading<Profile>,
        /// Why the fast profile is slower than it could be, as power-profiles-daemon says it:
        /// `lap-detected`, `high-operating-temperature`.
        public profile_held_back: Reading<String>,
    }

    /// One battery.
    pub struct Battery {
        /// The kernel's name for it.
        public name: String,
        /// Maker, as the battery says.
        public manufacturer: Reading<String>,
        /// Model, as the battery says.
        public model: Reading<String>,
        /// What it does.
        public status: BatteryStatus,
        /// How full it is, of what it holds today.
        public charge_percent: Reading<f64>,
        /// What it holds today, of what it held when new.
        public health_percent: Reading<f64>,
        /// What it holds today.
        public full_wh: Reading<f64>,
        /// What it held when new.
        public design_wh: Reading<f64>,
        /// How often it was charged and discharged, counted in full charges.
        public cycle_count: Reading<u32>,
        /// Power that flows in or out at this moment.
        public rate_watts: Reading<f64>,
        /// Time until it is empty or full, whichever it is on its way to.
        public left_seconds: Reading<u64>,
        /// Charge below which charging begins, where a limit is set.
        public begins_percent: Reading<u8>,
        /// Charge at which charging ends, where a limit is set; 100 is no limit.
        public limit_percent: Reading<u8>,
    }

    /// One way to feed the computer.
    pub struct Adapter {
        /// The kernel's name for it.
        public name: String,
        /// What it is.
        public kind: AdapterKind,
        /// Whether it gives power.
        public online: bool,
        /// The most power it offers.
        public offers_watts: Reading<f64>,
    }
}

/// What a battery does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatteryStatus {
    /// It is being charged.
    Charging,
    /// It feeds the computer.
    Discharging,
    /// Neither: the computer is fed from outside and the charge is left as it is.
    NotCharging,
    /// It is full.
    Full,
    /// It does not say.
    Unknown,
}

/// What feeds the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdapterKind {
    /// A power adapter with a plug of its own.
    Mains,
    /// A USB port.
    Usb,
    /// Without a cable.
    Wireless,
}

/// How the system weighs speed against power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// As little power as possible.
    PowerSaver,
    /// Quiet before fast.
    Quiet,
    /// In between.
    Balanced,
    /// Fast.
    Performance,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Power> {
    platform::measure(cx).await
}
