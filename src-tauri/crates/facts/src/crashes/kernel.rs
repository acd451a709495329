//! The kernel's messages, counted by what they are about.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;

use super::{About, KernelWarning};
use crate::source::unread;
use crate::{Absence, Context};

const KMSG: &str = "/dev/kmsg";

/// The ring of a large computer holds some ten thousand messages.
const MOST_MESSAGES: usize = 100_000;

/// One message is 8 KB at most: Documentation/ABI/testing/dev-kmsg.
const LONGEST: usize = 8192;

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

/// Reads the ring without waiting for more.
pub(super) fn warnings(cx: &Context) -> Result<Vec<KernelWarning>, Absence> {
    let path = cx.path(KMSG);
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let mut ring = options.open(path).map_err(|e| unread(KMSG, e))?;
    let mut counts: BTreeMap<About, u32> = BTreeMap::new();
    let mut message = [0_u8; LONGEST];
    for _ in 0..MOST_MESSAGES {
        match ring.read(&mut message) {
            Ok(0) => break,
            // A recorded file gives many at a time, the device one.
            Ok(read) => {
                for line in String::from_utf8_lossy(&message[..read]).lines() {
                    if let Some(about) = about(line) {
                        let count = counts.entry(about).or_default();
                        *count = count.saturating_add(1);
                    }
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            // The message was overwritten while it was read; the next one is there: EPIPE.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(unread(KMSG, error)),
        }
    }
    Ok(counts.into_iter().map(|(about, message_count)| KernelWarning { about, message_count }).collect())
}

/// `PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;MESSAGE`; what begins with a space belongs to the one before.
fn about(line: &str) -> Option<About> {
    let (head, message) = line.split_once(';')?;
    let priority: u32 = head.split(',').next()?.parse().ok()?;
    // Above the level stands who wrote it: nought is the kernel. Anybody who may write there is not believed.
    if priority / 8 != 0 || priority % 8 > WARNING {
        return None;
    }
    SIGNS.iter().find(|(_, signs)| signs.iter().any(|sign| message.contains(sign))).map(|(about, _)| *about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;
    use crate::source::tree;

    #[test]
    fn messages_are_counted_by_what_they_are_about() {
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
            warnings(&cx).unwrap().into_iter().map(|w| (w.about, w.message_count)).collect();
        assert_eq!(counted, [(About::Hardware, 1), (About::Graphics, 2), (About::Memory, 1)]);
    }

    #[test]
    fn without_the_device_nothing_is_known() {
        let (_root, cx) = tree(&[]);
        assert_eq!(warnings(&cx).unwrap_err().reason, Reason::NotSupported);
    }
}
