//! Processor and load.
//!
//! | system  | source                                                                     | privilege |
//! |---------|----------------------------------------------------------------------------|-----------|
//! | Linux   | `/proc/cpuinfo`, `/sys/devices/system/cpu`, `/proc/stat` twice, `/proc/loadavg`; clock rates by cpufreq, braking by `thermal_throttle` (Intel alone) | none |
//! | others  | `sysinfo`; load means exist on macOS alone; braking would be asked of performance counters (Windows) and `pmset` (macOS) | none |
//!
//! Blind spots: the sample is a fifth of a second long, so a short peak can fill it, and this
//! program's own work during it is part of it. Time that a hypervisor took away counts as busy. A
//! Virtual machines have neither clock rates nor braking. A clock rate is that of one moment. A
//! container sees its host's processors, not its own share. Many ARM processors have no model name.

use std::time::Duration;

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod cores;
#[cfg(target_os = "linux")]
mod linux;
// Compiled in tests too, so that it stays sound on a machine that never ships it.
#[cfg(any(not(target_os = "linux"), test))]
mod other;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

/// Between the two looks at the counters. They advance a hundred times a second and core: shorter
/// would be too coarse, longer would be felt.
const SAMPLE: Duration = Duration::from_millis(200);

facts! {
    /// Processor and load.
    pub struct Cpu {
        /// Model name.
        public model: Reading<String>,
        /// Cores that can run a thread each.
        public logical_count: Reading<u32>,
        /// Physical cores.
        public physical_count: Reading<u32>,
        /// Share of time the cores were busy over a short sample, 0 to 100.
        public usage_percent: Reading<f64>,
        /// Share of the same time in which nothing ran because a disk was waited for.
        public waiting_percent: Reading<f64>,
        /// Share of the same time that the computer which this virtual one runs on took away.
        public stolen_percent: Reading<f64>,
        /// One entry a core that is switched on.
        part cores: Reading<Vec<Core>>,
        /// How often the processor braked itself because it was too hot.
        part throttling: Reading<Throttling>,
        /// Mean number of runnable processes over 1 minute.
        public load_1m: Reading<f64>,
        /// The same over 5 minutes.
        public load_5m: Reading<f64>,
        /// The same over 15 minutes.
        public load_15m: Reading<f64>,
    }

    /// One core.
    pub struct Core {
        /// The system's number of it.
        public number: u32,
        /// Share of time it was busy over the sample, 0 to 100.
        public usage_percent: f64,
        /// What it runs at.
        public clock_mhz: Reading<u32>,
        /// The most that it is made for.
        public clock_most_mhz: Reading<u32>,
        /// The most that the system allows it at present.
        public clock_allowed_mhz: Reading<u32>,
    }

    /// What the processor counted of its own braking.
    pub struct Throttling {
        /// Times since start, the core with the most.
        public times_count: u64,
        /// Times during the sample.
        public meanwhile_count: u64,
        /// Time since start, the core with the most.
        public total_ms: Reading<u64>,
    }
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Cpu> {
    source::measure(cx).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn any_machine_has_a_core_and_a_usage_between_0_and_100() {
        let reading = measure(Context::default()).await;
        let cpu = reading.value().unwrap();
        let logical = *cpu.logical_count.value().unwrap();
        assert!(logical >= 1);
        if let Some(physical) = cpu.physical_count.value() {
            assert!((1..=logical).contains(physical), "{physical} of {logical}");
        }
        let usage = *cpu.usage_percent.value().unwrap();
        assert!((0.0..=100.0).contains(&usage), "{usage}");
        assert!(*cpu.load_1m.value().unwrap() >= 0.0);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_portable_source_agrees_with_the_kernel() {
        let (here, there) = tokio::join!(measure(Context::default()), other::measure(Context::default()));
        let (here, there) = (here.value().unwrap(), there.value().unwrap());
        assert_eq!(here.logical_count, there.logical_count);
        assert!((0.0..=100.0).contains(there.usage_percent.value().unwrap()));
    }
}
