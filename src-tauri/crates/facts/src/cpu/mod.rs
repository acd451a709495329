//! Processor and load.
//!
//! | system  | source                                                                     | privilege |
//! |---------|----------------------------------------------------------------------------|-----------|
//! | Linux   | `/proc/cpuinfo`, `/sys/devices/system/cpu`, `/proc/stat` twice, `/proc/loadavg` | none |
//! | others  | `sysinfo`; load means exist on macOS alone                                 | none      |
//!
//! Blind spots: the sample is a fifth of a second long, so a short peak can fill it, and this
//! program's own work during it is part of it. Time that a hypervisor took away counts as busy. A
//! container sees its host's processors, not its own share. Many ARM processors have no model name.

use std::time::Duration;

use crate::sensitivity::facts;
use crate::{Context, Reading};

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
        /// Mean number of runnable processes over 1 minute.
        public load_1m: Reading<f64>,
        /// The same over 5 minutes.
        public load_5m: Reading<f64>,
        /// The same over 15 minutes.
        public load_15m: Reading<f64>,
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
