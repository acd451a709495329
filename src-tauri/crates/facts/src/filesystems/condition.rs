//! What the kernel keeps of a file system's condition: errors that it counted, and the person's share.
//!
//! ext4 writes its counters below `/sys/fs/ext4/DEVICE` (kernel, `ABI/testing/sysfs-fs-ext4`), and keeps them
//! on the disk until it is repaired. btrfs counts for each device (btrfs-device(8), `stats`).

use std::path::Path;

use jiff::Timestamp;
use nix::sys::quota::{QuotaType, quotactl_get};

use super::{Filesystem, FilesystemErrors, Quota};
use crate::source::{read_number, read_text, unread};
use crate::{Absence, Context, Reading, Reason};

/// Fills in what each mount has of it. Until then `device` holds the numbers of the mount table.
pub(super) fn fill(cx: &Context, mounts: &mut [Filesystem]) {
    for mount in mounts {
        let device = device(cx, mount);
        mount.errors = match (&device, mount.kind.as_str()) {
            (Ok(device), "ext2" | "ext3" | "ext4") => ext_errors(cx, device).into(),
            (_, "btrfs") => btrfs_errors(cx, &mount.source).into(),
            (_, kind) => Reading::absent(Reason::NotSupported, format!("{kind} counts no errors")),
        };
        mount.quota = quota(cx, mount).into();
        mount.device = device.into();
    }
}

/// The kernel's name of the device below: `sda2`, `dm-0`.
fn device(cx: &Context, mount: &Filesystem) -> Result<String, Absence> {
    let numbers = mount.device.value().map(String::as_str).unwrap_or_default();
    let link = format!("/sys/dev/block/{numbers}");
    let none = || Absence::new(Reason::NothingToMeasure, "no device of its own stands behind it");
    if numbers.starts_with("0:") {
        return Err(none());
    }
    let target = std::fs::read_link(cx.path(&link)).map_err(|e| unread(&link, e))?;
    target.file_name().map(|name| name.to_string_lossy().into_owned()).ok_or_else(none)
}

fn ext_errors(cx: &Context, device: &str) -> Result<FilesystemErrors, Absence> {
    let folder = format!("/sys/fs/ext4/{device}");
    let at = |file: &str| {
        read_number::<i64>(cx, &format!("{folder}/{file}")).and_then(|seconds| match seconds {
            0 => Err(Absence::new(Reason::NothingToMeasure, "no error was counted")),
            seconds => Timestamp::from_second(seconds)
                .map_err(|_| Absence::new(Reason::Failed, format!("odd time {seconds}"))),
        })
    };
    Ok(FilesystemErrors {
        error_count: read_number(cx, &format!("{folder}/errors_count"))?,
        first_at: at("first_error_time").into(),
        last_at: at("last_error_time").into(),
    })
}

/// The sum over all devices of the file system, and over all kinds of errors.
fn btrfs_errors(cx: &Context, source: &str) -> Result<FilesystemErrors, Absence> {
    const ALL: &str = "/sys/fs/btrfs";
    let name = Path::new(source).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let listed = std::fs::read_dir(cx.path(ALL)).map_err(|e| unread(ALL, e))?;
    let own = listed
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .find(|id| cx.path(&format!("{ALL}/{id}/devices/{name}")).exists())
        .ok_or_else(|| Absence::new(Reason::NotSupported, format!("{ALL} does not know {name}")))?;
    let folder = format!("{ALL}/{own}/devinfo");
    let mut error_count = 0u64;
    for device in std::fs::read_dir(cx.path(&folder)).map_err(|e| unread(&folder, e))?.flatten() {
        let stats = read_text(cx, &format!("{folder}/{}/error_stats", device.file_name().to_string_lossy()))?;
        let counted = stats.lines().filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        error_count = counted.fold(error_count, u64::saturating_add);
    }
    let untold = || Reading::absent(Reason::NotSupported, "btrfs does not keep when");
    Ok(FilesystemErrors { error_count, first_at: untold(), last_at: untold() })
}

/// What the person may take, where shares are set up; the kernel tells everybody their own. One call asks ext4,
/// XFS and F2FS alike. btrfs counts by subvolume (qgroups) and not by person, and its tree of numbers is for the
/// administrator alone; ZFS answers through its own programs.
fn quota(cx: &Context, mount: &Filesystem) -> Result<Quota, Absence> {
    let none = || Absence::new(Reason::NothingToMeasure, "no shares are set up");
    let is_set_up = mount.options.iter().any(|o| matches!(o.as_str(), "quota" | "usrquota" | "uquota"));
    if !is_set_up || !cx.is_live() {
        return Err(none());
    }
    let own = i32::try_from(rustix::process::getuid().as_raw()).map_err(|_| none())?;
    let told = quotactl_get(QuotaType::USRQUOTA, mount.source.as_str(), own).map_err(|error| Absence {
        detail: format!("ask for the share: {error}"),
        ..unread(&mount.source, error.into())
    })?;
    // In blocks of 1024 bytes; 0 is no limit.
    let limit = |blocks: Option<u64>| match blocks.unwrap_or(0) {
        0 => Err(Absence::new(Reason::NothingToMeasure, "no limit is set")),
        blocks => Ok(blocks.saturating_mul(1024)),
    };
    Ok(Quota {
        used_bytes: told.occupied_space().unwrap_or(0),
        soft_limit_bytes: limit(told.blocks_soft_limit()).into(),
        limit_bytes: limit(told.blocks_hard_limit()).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::linux::select;
    use super::*;

    fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Context) {
        let (tree, cx) = crate::source::tree(files);
        std::fs::create_dir_all(tree.path().join("sys/dev/block")).unwrap();
        std::os::unix::fs::symlink("../../devices/x/block/sda/sda2", tree.path().join("sys/dev/block/8:2"))
            .unwrap();
        (tree, cx)
    }

    #[test]
    fn errors_of_ext4_are_found_by_the_kernels_name_of_the_device() {
        let (_tree, cx) = tree(&[
            ("sys/fs/ext4/sda2/errors_count", "3\n"),
            ("sys/fs/ext4/sda2/first_error_time", "1795477327\n"),
            ("sys/fs/ext4/sda2/last_error_time", "0\n"),
        ]);
        let mut mounts = select("1 0 8:2 / / rw - ext4 /dev/mapper/root rw,emergency_ro\n", None).unwrap();
        fill(&cx, &mut mounts);
        assert_eq!(mounts[0].device, Reading::Value("sda2".into()));
        let errors = mounts[0].errors.value().unwrap();
        assert_eq!(errors.error_count, 3);
        assert_eq!(errors.first_at.value().unwrap().as_second(), 1_795_477_327);
        assert_eq!(errors.last_at.absence().unwrap().reason, Reason::NothingToMeasure);
        assert_eq!(mounts[0].quota.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[test]
    fn errors_of_btrfs_are_added_up_over_its_devices() {
        let stats = "write_errs 1\nread_errs 20\nflush_errs 0\ncorruption_errs 4\ngeneration_errs 0\n";
        let (_tree, cx) = tree(&[
            ("sys/fs/btrfs/features/x", ""),
            ("sys/fs/btrfs/4f1c/devices/sda2/x", ""),
            ("sys/fs/btrfs/4f1c/devinfo/1/error_stats", stats),
            ("sys/fs/btrfs/4f1c/devinfo/2/error_stats", "write_errs 2\nodd\n"),
        ]);
        let mut mounts = select("1 0 0:31 / /home rw - btrfs /dev/sda2 rw\n", None).unwrap();
        fill(&cx, &mut mounts);
        assert_eq!(mounts[0].errors.value().unwrap().error_count, 27);
        assert_eq!(mounts[0].device.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[test]
    fn what_counts_nothing_says_so() {
        let (_tree, cx) = tree(&[]);
        let table = "1 0 8:2 / / rw - xfs /dev/sda2 rw\n2 1 8:2 / /b rw - ext4 /dev/sda2 rw\n";
        let mut mounts = select(table, None).unwrap();
        fill(&cx, &mut mounts);
        assert_eq!(mounts[0].errors.absence().unwrap().reason, Reason::NotSupported);
        let mut odd = select("1 0 9:9 / / rw - ext4 /dev/x rw\n", None).unwrap();
        fill(&cx, &mut odd);
        assert_eq!(odd[0].errors.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(odd[0].device.absence().unwrap().reason, Reason::NotSupported);
    }
}
