//! Programs that crashed, and what the kernel warned about.
//!
//! | system | source | privilege | blind spots |
//! |---|---|---|---|
//! | Linux | names of the files in `/var/lib/systemd/coredump` and `/var/crash`: the program and when | none | crashes that nobody keeps; both keep what was not removed since; a program's name is cut at 15 letters |
//! | Linux | what systemd-coredump wrote into the journal, through `journalctl`: the same of crashes whose files are gone | own programs: none; all: a group such as `adm` or `systemd-journal` | crashes before the journal's oldest entry |
//! | Linux | the kernel's messages, `/dev/kmsg` or else the journal: counted by kind | group adm or none, as `kernel.dmesg_restrict` says | messages that were pushed out of the ring, and those before the start |
//! | Windows, macOS | none yet: the subject is absent. Windows Error Reporting; `~/Library/Logs/DiagnosticReports` | | |
//!
//! Names of programs and counts alone: no command line, no memory, no text of a message leaves the probe.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

facts! {
    /// Crashes.
    pub struct Crashes {
        /// Programs that crashed in the last seven days, the one that did most often first.
        part programs: Reading<Vec<CrashedProgram>>,
        /// What the kernel warned about since the start.
        part kernel: Reading<Vec<KernelWarning>>,
    }

    /// A program that crashed.
    pub struct CrashedProgram {
        /// Its name.
        public program: String,
        /// How often.
        public crash_count: u32,
        /// When it did last.
        public last_at: Timestamp,
    }

    /// One kind of warning.
    pub struct KernelWarning {
        /// What it is about.
        public about: About,
        /// How often.
        public message_count: u32,
    }
}

/// What a warning of the kernel is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The processor or the memory reports errors of its own.
    Hardware,
    /// The kernel itself, or a driver, stumbled.
    Kernel,
    /// A task or a processor core was stuck for a long time.
    Stuck,
    /// The graphics hung or was reset.
    Graphics,
    /// A program was ended because memory ran out.
    Memory,
    /// A disk could not be read or written.
    Disk,
    /// The processor was slowed down because of heat.
    Heat,
    /// A USB port delivers too much current, or a device could not be started.
    Usb,
    /// A driver lacks its firmware.
    Firmware,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Crashes> {
    platform::measure(cx).await
}
