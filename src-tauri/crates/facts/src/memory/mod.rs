//! Main memory and swap.

use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

facts! {
    /// Main memory and swap.
    pub struct Memory {
        /// Main memory.
        public total_bytes: Reading<u64>,
        /// What programs can still get without swapping.
        public available_bytes: Reading<u64>,
        /// Swap space; 0 where there is none.
        public swap_total_bytes: Reading<u64>,
        /// Swap space not in use.
        public swap_free_bytes: Reading<u64>,
    }
}

/// Measures this subject.
pub async fn measure(_cx: Context) -> Reading<Memory> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
