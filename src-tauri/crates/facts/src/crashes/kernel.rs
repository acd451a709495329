//! The kernel's messages, counted by what they are about.

use std::collections::BTreeMap;

use super::{About, KernelWarning};
use crate::kernel_log::{self, Record};
use crate::{Absence, Context};

/// Messages below this level (warning) are everyday's.
const WARNING: u32 = 4;

/// What the kernel and its drivers write, in their own words. The first that fits counts.
const SIGNS: &[(About, &[&str])] = &[
    (About::Hardware, &["[Hardware Error]", "Machine check events logged", "Uncorrected error", "EDAC MC"]),
    (About::Memory, &["Out of memory: Killed process", "oom-kill:"]),
    (About::Stuck, &["blocked for more than", "soft lockup", "hard LOCKUP", "rcu_sched self-detected stall"]),
    (
        About::Graphics,
        &["GPU HANG", "amdgpu: ring", "ring gfx timeout", "GPU reset", "NVRM: Xid", "nouveau: fifo: fault"],
    ),
    (About::Kernel, &["BUG: ", "Oops: ", "general protection fault", "kernel panic", "WARNING: CPU:"]),
    (
        About::Disk,
        &[
            "I/O error",
            "Medium Error",
            "EXT4-fs error",
            "BTRFS error",
            "XFS (",
            "Buffer I/O error",
            "failed command:",
        ],
    ),
    (About::Heat, &["temperature above threshold", "cpu clock throttled", "critical temperature reached"]),
    (About::Usb, &["over-current", "unable to enumerate USB device", "device descriptor read/64, error"]),
    (About::Firmware, &["Direct firmware load for", "failed to load firmware", "firmware: failed to load"]),
];

/// Counts them.
pub(super) async fn warnings(cx: &Context) -> Result<Vec<KernelWarning>, Absence> {
    let mut counts: BTreeMap<About, u32> = BTreeMap::new();
    for about in kernel_log::messages(cx).await?.iter().filter_map(about) {
        let count = counts.entry(about).or_default();
        *count = count.saturating_add(1);
    }
    Ok(counts.into_iter().map(|(about, message_count)| KernelWarning { about, message_count }).collect())
}

fn about(record: &Record) -> Option<About> {
    if record.level.is_none_or(|level| level > WARNING) {
        return None;
    }
    let says = |sign: &&str| record.message.contains(sign);
    SIGNS.iter().find(|(_, signs)| signs.iter().any(says)).map(|(about, _)| *about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;
    use crate::source::tree;

    #[tokio::test]
    async fn messages_are_counted_by_what_they_are_about() {
        let (_root, cx) = tree(&[(
            "dev/kmsg",
            "2,1,100,-;mce: [Hardware Error]: Machine check: Processor context corrupt\n\
             6,2,100,-;usb 1-1: new high-speed USB device number 2 using xhci_hcd\n\
             3,3,100,-;Out of memory: Killed process 4711 (firefox) total-vm:1kB\n SUBSYSTEM=x\n\
             3,4,100,-;i915 0000:00:02.0: [drm] GPU HANG: ecode 9:1:85dffffb\n\
             3,5,100,-;i915 0000:00:02.0: [drm] GPU HANG: ecode 9:1:85dffffb\n\
             12,6,100,-;GPU HANG written by a program\n\
             4,7,100,-;Bluetooth: hci0: something everyday\n\
             rubbish\n;\n",
        )]);
        let counted: Vec<_> =
            warnings(&cx).await.unwrap().into_iter().map(|w| (w.about, w.message_count)).collect();
        assert_eq!(counted, [(About::Hardware, 1), (About::Graphics, 2), (About::Memory, 1)]);
    }

    #[tokio::test]
    async fn without_the_device_nothing_is_known() {
        let (_root, cx) = tree(&[]);
        assert_eq!(warnings(&cx).await.unwrap_err().reason, Reason::NotSupported);
    }
}
