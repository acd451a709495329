//! Processor and load.

use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

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
pub async fn measure(_cx: Context) -> Reading<Cpu> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
