//! Main memory and swap.
//!
//! | system  | source                                   | privilege |
//! |---------|------------------------------------------|-----------|
//! | Linux   | `/proc/meminfo`; `oom_kill` of `/proc/vmstat`, less the programs that the kernel's log says were ended at the limit of a group (a container); the limit of Befund's own cgroup, version 1 or 2 | none |
//! | others  | `sysinfo` (Windows: `GlobalMemoryStatusEx` and performance counters; macOS: `host_statistics64`) | none |
//!
//! Blind spots: where the kernel's log cannot be read, programs that were ended at the limit of their group
//! alone count as well; a log that has lost its oldest lines leaves too many. Which programs were ended, and when, is in the kernel's log alone. Those that a service such
//! as earlyoom or systemd-oomd ends are not counted by the kernel. Kernels before 4.13 do not count. Kernels before 3.14 do not say
//! what is available. Compressed memory (zram) counts as swap.

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
        /// Contents of files that are kept for the next reading, and given back when memory is needed.
        public cached_bytes: Reading<u64>,
        /// What waits to be written to disks.
        public unwritten_bytes: Reading<u64>,
        /// Programs that the system has ended since its start because memory ran out. Those that reached
        /// the limit of a group of theirs alone, such as a container's, are left out where the kernel's log
        /// can be read.
        public oom_kill_count: Reading<u64>,
        /// The most that the group of this session may have, where a limit is set.
        public limit_bytes: Reading<u64>,
        /// Programs of that group that were ended because its limit was reached.
        public limit_kill_count: Reading<u64>,
    }
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Memory> {
    source::measure(cx).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn any_machine_has_memory_and_no_more_available_than_there_is() {
        let reading = measure(Context::default()).await;
        let memory = reading.value().unwrap();
        let total = *memory.total_bytes.value().unwrap();
        assert!(total > 16 << 20, "{total}");
        assert!(*memory.available_bytes.value().unwrap() <= total);
        assert!(memory.swap_free_bytes.value().unwrap() <= memory.swap_total_bytes.value().unwrap());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_portable_source_agrees_with_the_kernel() {
        let (here, there) = (measure(Context::default()).await, other::measure(Context::default()).await);
        assert_eq!(here.value().unwrap().total_bytes, there.value().unwrap().total_bytes);
    }
}
