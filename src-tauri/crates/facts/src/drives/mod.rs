//! The drives themselves: what they do, how they are, and what the kernel complains of.
//!
//! | system  | source                                                                          | privilege |
//! |---------|---------------------------------------------------------------------------------|-----------|
//! | Linux   | `/sys/block`; `/proc/diskstats` twice; `smartctl --json` where it is installed; the kernel's log (`/dev/kmsg`, else `journalctl`) | none for drives and their work; health wants the administrator; the log wants the administrator or a group such as `adm` |
//! | Windows | not yet; `MSFT_PhysicalDisk`, `MSFT_StorageReliabilityCounter` and the events of `disk` and `Ntfs` | the administrator for health |
//! | macOS   | not yet; `IOBlockStorageDriver` statistics and `SMART Status` of `diskutil`       | none      |
//!
//! A drive that sleeps is not woken up for its health. Serial numbers are not read.
//!
//! Blind spots: drives behind RAID controllers and in virtual machines have no health to tell, and most USB
//! adapters hide it. The log begins with the computer's start, and older lines get lost. An encrypted or
//! combined volume (LUKS, LVM, RAID) is seen as the drives below it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod complaints;
#[cfg(target_os = "linux")]
mod health;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

facts! {
    /// Drives.
    pub struct Drives {
        /// One entry a drive that is plugged in.
        part entries: Vec<Drive>,
        /// What the kernel complained of since the computer's start, by drive and kind.
        part complaints: Reading<Vec<Complaint>>,
    }

    /// One drive.
    pub struct Drive {
        /// The kernel's name: `sda`, `nvme0n1`.
        internal name: String,
        /// Maker and model.
        public model: Reading<String>,
        /// What it is built of.
        public kind: DriveKind,
        /// Whether it can be taken out or unplugged.
        public removable: bool,
        /// Whether nothing can be written to it.
        public read_only: bool,
        /// Size.
        public size_bytes: Reading<u64>,
        /// Share of the sample in which it was at work.
        public busy_percent: Reading<f64>,
        /// Read from it.
        public read_bytes_per_second: Reading<u64>,
        /// Written to it.
        public write_bytes_per_second: Reading<u64>,
        /// How long a request took in the sample.
        public request_ms: Reading<f64>,
        /// What it says of its own condition.
        part health: Reading<Health>,
    }

    /// What a drive says of its own condition (SMART).
    pub struct Health {
        /// Its own verdict: false is a drive that expects to fail.
        public passed: Reading<bool>,
        /// Its temperature in degrees Celsius.
        public temperature_celsius: Reading<f64>,
        /// Hours in use.
        public power_on_hours: Reading<u64>,
        /// Broken places that were replaced by spare ones.
        public reallocated_count: Reading<u64>,
        /// Places that could not be read, and were not yet given up.
        public pending_count: Reading<u64>,
        /// Places that can no longer be read.
        public uncorrectable_count: Reading<u64>,
        /// Data that arrived damaged and could not be restored (NVMe).
        public media_error_count: Reading<u64>,
        /// Share of its expected life that is used up (flash memory); can exceed 100.
        public wear_percent: Reading<f64>,
        /// Spare room that is left (NVMe).
        public spare_percent: Reading<f64>,
        /// Below this much spare room it counts as worn out (NVMe).
        public spare_least_percent: Reading<f64>,
        /// Warnings that it raises itself, one bit each (NVMe); 0 is none.
        public warning_bits: Reading<u64>,
    }

    /// Lines of one kind in the kernel's log.
    pub struct Complaint {
        /// The drive, by the kernel's name.
        internal drive: String,
        /// What about.
        public kind: ComplaintKind,
        /// How many lines.
        public line_count: u32,
        /// Whether the drive is still there and can be taken out.
        public removable: Reading<bool>,
    }
}

/// What a drive is built of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriveKind {
    /// Turning disks.
    HardDisk,
    /// Flash memory (SATA, USB).
    Ssd,
    /// Flash memory (NVMe).
    Nvme,
    /// A memory card or soldered flash memory.
    Card,
    /// Discs.
    Optical,
    /// A drive of a virtual machine.
    Virtual,
}

/// What the kernel complains of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintKind {
    /// Something could not be read or written.
    Io,
    /// A place of the drive itself is broken.
    Medium,
    /// It did not answer in time and was started anew.
    Timeout,
    /// The structure of a file system on it is damaged.
    FileSystem,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Drives> {
    source::measure(cx).await
}
