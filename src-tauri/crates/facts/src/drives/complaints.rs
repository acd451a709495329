//! What the kernel's log says of drives. The lines are those of the kernel's block layer, of libata, NVMe,
//! ext4, XFS and btrfs, whose words have been the same for years.

use std::collections::BTreeMap;

use super::{Complaint, ComplaintKind, Drive};
use crate::kernel_log::Record;
use crate::{Absence, Reason};

/// A log full of one drive's errors names few others.
const MOST: usize = 40;

/// Counted by drive and kind.
pub(super) fn count(messages: &[Record], drives: &[Drive]) -> Vec<Complaint> {
    let mut counts: BTreeMap<(String, ComplaintKind), u32> = BTreeMap::new();
    for (device, kind) in messages.iter().filter_map(|m| read(&m.message)) {
        *counts.entry((whole(device, drives), kind)).or_default() += 1;
    }
    let mut complaints: Vec<Complaint> = counts
        .into_iter()
        .map(|((drive, kind), line_count)| Complaint {
            removable: drives
                .iter()
                .find(|d| d.name == drive)
                .map(|d| d.removable)
                .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "this drive is not there any more"))
                .into(),
            drive,
            kind,
            line_count,
        })
        .collect();
    complaints.sort_by_key(|c| std::cmp::Reverse(c.line_count));
    complaints.truncate(MOST);
    complaints
}

/// The device and the kind of one line.
fn read(message: &str) -> Option<(&str, ComplaintKind)> {
    let after = |mark: &str| message.split_once(mark).map(|(_, rest)| rest);
    let (rest, kind) = if let Some(rest) = after("critical medium error, dev ") {
        (rest, ComplaintKind::Medium)
    } else if let Some(rest) = after("I/O error, dev ").or_else(|| after("Buffer I/O error on dev ")) {
        (rest, ComplaintKind::Io)
    } else if let Some(rest) = after("EXT4-fs error (device ").or_else(|| after("BTRFS error (device ")) {
        (rest, ComplaintKind::FileSystem)
    } else if let Some(rest) = message.strip_prefix("XFS (")
        && ["Corruption", "metadata I/O error", "Shutting down filesystem"].iter().any(|w| rest.contains(w))
    {
        (rest, ComplaintKind::FileSystem)
    } else if let Some(rest) = message.strip_prefix("nvme ")
        && (rest.contains("timeout") || rest.contains("controller is down"))
    {
        (rest, ComplaintKind::Timeout)
    } else {
        return None;
    };
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
    let device = &rest[..end];
    (!device.is_empty() && device.len() <= 32).then_some((device, kind))
}

/// The drive of a partition (`sda2`, `nvme0n1p3`) or of a controller (`nvme0`).
fn whole(device: &str, drives: &[Drive]) -> String {
    let is_part = |name: &str| {
        device.strip_prefix(name).is_some_and(|rest| {
            let rest = rest.strip_prefix('p').unwrap_or(rest);
            rest.bytes().all(|b| b.is_ascii_digit())
        })
    };
    let found = drives.iter().find(|d| is_part(&d.name)).or_else(|| {
        drives.iter().find(|d| d.name.strip_prefix(device).is_some_and(|rest| rest.starts_with('n')))
    });
    found.map_or_else(|| device.to_owned(), |d| d.name.clone())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::DriveKind;
    use super::*;

    fn drive(name: &str, removable: bool) -> Drive {
        let none = || Absence::new(Reason::NothingToMeasure, "");
        Drive {
            name: name.into(),
            model: none().into(),
            kind: DriveKind::Ssd,
            removable,
            read_only: false,
            size_bytes: none().into(),
            busy_percent: none().into(),
            read_bytes_per_second: none().into(),
            write_bytes_per_second: none().into(),
            request_ms: none().into(),
            health: none().into(),
        }
    }

    #[test]
    fn lines_of_kernels_old_and_new_are_counted_by_drive() {
        let log = "\
            usb 1-2: new high-speed USB device number 5\n\
            blk_update_request: I/O error, dev sda, sector 2048 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 0\n\
            I/O error, dev sda, sector 1953523712 op 0x1:(WRITE) flags 0x800 phys_seg 1 prio class 2\n\
            Buffer I/O error on dev sda1, logical block 0, async page read\n\
            critical medium error, dev sda, sector 123 op 0x0:(READ)\n\
            EXT4-fs error (device nvme0n1p2): ext4_find_entry:1531: inode #2: comm bash: reading directory\n\
            nvme nvme0: I/O 12 (Read) QID 3 timeout, aborting req_op:READ(0) size:4096\n\
            nvme nvme0: 8/0/0 default/read/poll queues\n\
            XFS (dm-0): Metadata corruption detected\n\
            XFS (dm-0): Corruption of in-memory data detected.  Shutting down filesystem\n\
            XFS (dm-0): Mounting V5 Filesystem\n\
            BTRFS error (device sdb1: state EA): bdev /dev/sdb1 errs: wr 5, rd 0\n\
            I/O error, dev sdz, sector 5\n\
            I/O error, dev , sector 5\n\
            I/O error, dev ../../x\n";
        let record = |line: &str| Record { level: None, at: Duration::ZERO, message: line.to_owned() };
        let messages: Vec<Record> = log.lines().map(record).collect();
        let drives = [drive("sda", false), drive("nvme0n1", false), drive("sdb", true)];
        let found = count(&messages, &drives);
        let brief: Vec<_> = found
            .iter()
            .map(|c| (c.drive.as_str(), c.kind, c.line_count, c.removable.value().copied()))
            .collect();
        use ComplaintKind::{FileSystem, Io, Medium, Timeout};
        assert_eq!(
            brief,
            [
                ("sda", Io, 3, Some(false)),
                ("dm-0", FileSystem, 1, None),
                ("nvme0n1", Timeout, 1, Some(false)),
                ("nvme0n1", FileSystem, 1, Some(false)),
                ("sda", Medium, 1, Some(false)),
                ("sdb", FileSystem, 1, Some(true)),
                ("sdz", Io, 1, None),
            ]
        );
    }
}
