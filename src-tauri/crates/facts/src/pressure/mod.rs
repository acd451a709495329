//! How much of the time programs had to wait for the processor, for memory and for disks.
//!
//! | system  | source                                                                    | privilege |
//! |---------|---------------------------------------------------------------------------|-----------|
//! | Linux   | pressure stall information: `/proc/pressure/{cpu,memory,io}`              | none      |
//! | Windows | not yet; performance counters (`Processor Queue Length`, `Pages Input/sec`, `Avg. Disk Queue Length`) | none |
//! | macOS   | not yet; `memory_pressure` and `iostat`                                   | none      |
//!
//! Blind spots: kernels before 4.20, and those that were started or built without it, say nothing. A
//! container sees its host's. The figures are means of the last 10 seconds, minute and 5 minutes: what began
//! a moment ago hardly shows. Who waits is not said; work of low priority counts like any other.

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

facts! {
    /// How much of the time programs had to wait.
    pub struct Pressure {
        /// For the processor.
        part cpu: Reading<Stall>,
        /// For memory: until something was fetched back or cleared away.
        part memory: Reading<Stall>,
        /// For disks.
        part io: Reading<Stall>,
    }

    /// Shares of time, 0 to 100.
    pub struct Stall {
        /// At least one program waited, of the last 10 seconds.
        public some_10s_percent: f64,
        /// The same of the last minute.
        public some_60s_percent: f64,
        /// The same of the last 5 minutes.
        public some_300s_percent: f64,
        /// All programs that had work waited, of the last 10 seconds. For the processor always 0.
        public full_10s_percent: f64,
        /// The same of the last minute.
        public full_60s_percent: f64,
        /// The same of the last 5 minutes.
        public full_300s_percent: f64,
    }
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Pressure> {
    source::measure(cx).await
}
