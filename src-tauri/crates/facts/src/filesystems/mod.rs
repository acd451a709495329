//! Mounted file systems that hold the person's or the system's data.
//!
//! | system  | source                                             | privilege |
//! |---------|----------------------------------------------------|-----------|
//! | Linux   | `/proc/self/mountinfo`; `statvfs` for the numbers; `/sys/fs/ext4` and `/sys/fs/btrfs` for errors; `quotactl` for the person's own share | none; another user's FUSE mount refuses its numbers |
//! | others  | `sysinfo`                                          | none      |
//!
//! Each mount is asked on a thread of its own: a share whose server is gone never answers, and only
//! its own numbers are `timed_out`.
//!
//! Left out: the kernel's views (proc, sysfs and the like), mounts hidden under a later one at the
//! same place, single files mounted into a container, and what a container engine mounts for its
//! containers. One file system mounted in several places is listed once, where it matters most.
//!
//! Blind spots: shares on servers, in projects, of btrfs (qgroups, which only the administrator may read) and of ZFS. Errors of XFS, F2FS and NTFS, which keep no count. btrfs and ZFS estimate what is free. A disk that is there and not mounted.
//! Of mount options with a value, only those known to be harmless keep it: others can carry names.

use std::path::Path;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod condition;
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
    /// Mounted file systems.
    pub struct Filesystems {
        /// One entry a mounted file system that holds data; kernel views such as proc are left out.
        part mounts: Vec<Filesystem>,
    }

    /// One mounted file system.
    pub struct Filesystem {
        /// Where it is mounted.
        internal mount_point: String,
        /// What is mounted: device, share.
        internal source: String,
        /// File system type: `ext4`, `ntfs`.
        public kind: String,
        /// `local`, `network`, `memory`, `image` (read-only by nature: squashfs, iso9660).
        public class: FilesystemClass,
        /// Mount options in force.
        public options: Vec<String>,
        /// Whether nothing can be written to it.
        public read_only: bool,
        /// Whether the kernel locked it in an emergency, after errors.
        public locked_after_errors: bool,
        /// The kernel's name of the device below it: `sda2`.
        internal device: Reading<String>,
        /// Errors that the file system counted in its own structure.
        part errors: Reading<FilesystemErrors>,
        /// The person's share of it, where shares are set up.
        part quota: Reading<Quota>,
        /// Whether the operating system lives on it.
        public is_system: bool,
        /// Whether the person's home folder lives on it.
        public is_home: bool,
        /// Size.
        public size_bytes: Reading<u64>,
        /// Free for an ordinary user.
        public available_bytes: Reading<u64>,
        /// Free in all, the administrator's reserve included.
        public free_bytes: Reading<u64>,
        /// File entries it can hold; absent where the type has no fixed number.
        public inode_count: Reading<u64>,
        /// File entries not in use.
        public inode_free_count: Reading<u64>,
    }
}

facts! {
    /// Errors that a file system counted since it was last repaired.
    pub struct FilesystemErrors {
        /// How many.
        public error_count: u64,
        /// When the first one was met.
        public first_at: Reading<Timestamp>,
        /// When the last one was met.
        public last_at: Reading<Timestamp>,
    }

    /// A person's share of a file system.
    pub struct Quota {
        /// In use by the person.
        public used_bytes: u64,
        /// From here on a warning is due, and time runs.
        public soft_limit_bytes: Reading<u64>,
        /// More cannot be written.
        public limit_bytes: Reading<u64>,
    }
}

/// What kind of storage a file system is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilesystemClass {
    /// A disk of this computer.
    Local,
    /// A share of another computer.
    Network,
    /// Main memory; gone after a restart.
    Memory,
    /// Read-only by nature: squashfs, ISO images.
    Image,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Filesystems> {
    source::measure(cx).await
}

/// The class of a file system type, by the names that Linux, macOS and Windows give them.
fn class_of(kind: &str) -> FilesystemClass {
    let kind = kind.to_ascii_lowercase();
    match kind.strip_prefix("fuse.").unwrap_or(&kind) {
        "tmpfs" | "ramfs" => FilesystemClass::Memory,
        "squashfs" | "iso9660" | "udf" | "erofs" | "cramfs" | "romfs" | "cd9660" | "cdfs" | "snapfuse"
        | "squashfuse" | "squashfuse_ll" => FilesystemClass::Image,
        // The last ones are folders of the computer that this virtual one runs on.
        "nfs"
        | "nfs4"
        | "cifs"
        | "smb3"
        | "smbfs"
        | "smb"
        | "afs"
        | "afpfs"
        | "ncpfs"
        | "coda"
        | "ceph"
        | "glusterfs"
        | "lustre"
        | "beegfs"
        | "gpfs"
        | "orangefs"
        | "pvfs2"
        | "davfs"
        | "davfs2"
        | "webdav"
        | "sshfs"
        | "rclone"
        | "s3fs"
        | "goofys"
        | "curlftpfs"
        | "juicefs"
        | "onedriver"
        | "google-drive-ocamlfuse"
        | "9p"
        | "virtiofs"
        | "vboxsf"
        | "vmhgfs"
        | "vmhgfs-fuse"
        | "prl_fs" => FilesystemClass::Network,
        mounted if mounted.ends_with("appimage") => FilesystemClass::Image,
        _ => FilesystemClass::Local,
    }
}

/// Which of the mount points holds this path: the longest that leads to it.
fn holder<'a>(path: &str, mount_points: impl Iterator<Item = &'a str>) -> Option<usize> {
    mount_points
        .enumerate()
        .filter(|(_, point)| Path::new(path).starts_with(point))
        .max_by_key(|(_, point)| point.len())
        .map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn any_machine_has_one_system_mount_with_more_space_than_is_free() {
        let reading = measure(Context::default()).await;
        let mounts = &reading.value().unwrap().mounts;
        let system: Vec<_> = mounts.iter().filter(|m| m.is_system).collect();
        assert_eq!(system.len(), 1, "{mounts:#?}");
        assert!(*system[0].size_bytes.value().unwrap() > 0);
        for mount in mounts {
            let (Some(size), Some(free), Some(available)) =
                (mount.size_bytes.value(), mount.free_bytes.value(), mount.available_bytes.value())
            else {
                continue;
            };
            assert!(available <= free && free <= size, "{mount:#?}");
        }
        assert!(mounts.iter().filter(|m| m.is_home).count() <= 1, "{mounts:#?}");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_portable_source_agrees_with_the_kernel() {
        let (here, there) = (measure(Context::default()).await, other::measure(Context::default()).await);
        let system = |r: &Reading<Filesystems>| {
            let found = r.value().unwrap().mounts.iter().find(|m| m.is_system).unwrap();
            (found.kind.clone(), found.size_bytes.clone(), found.read_only)
        };
        assert_eq!(system(&here), system(&there));
    }

    #[test]
    fn the_class_follows_from_the_type() {
        for (kind, class) in [
            ("ext4", FilesystemClass::Local),
            ("fuseblk", FilesystemClass::Local),
            ("overlay", FilesystemClass::Local),
            ("NTFS", FilesystemClass::Local),
            ("nfs4", FilesystemClass::Network),
            ("cifs", FilesystemClass::Network),
            ("fuse.sshfs", FilesystemClass::Network),
            ("tmpfs", FilesystemClass::Memory),
            ("squashfs", FilesystemClass::Image),
            ("fuse.Editor.AppImage", FilesystemClass::Image),
        ] {
            assert_eq!(class_of(kind), class, "{kind}");
        }
    }

    #[test]
    fn the_longest_mount_point_holds_a_path() {
        let points = ["/", "/home", "/home/ada/Music", "/homes"];
        assert_eq!(holder("/home/ada", points.into_iter()), Some(1));
        assert_eq!(holder("/homestead", points.into_iter()), Some(0));
        assert_eq!(holder("relative", points.into_iter()), None);
    }
}
