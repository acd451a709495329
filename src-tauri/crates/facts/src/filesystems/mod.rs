//! Mounted file systems that hold the person's or the system's data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use crate::sensitivity::facts;
use crate::{Context, Reading, Reason};

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
pub async fn measure(_cx: Context) -> Reading<Filesystems> {
    Reading::absent(Reason::NotSupported, "no probe yet")
}
