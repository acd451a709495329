//! What takes up room and can be cleared away: the recycle bin, caches, temporary files, old downloads.
//!
//! | system  | source                                                                           | privilege |
//! |---------|----------------------------------------------------------------------------------|-----------|
//! | Linux   | the folders of the XDG specifications, `/tmp`, `/var/tmp`, caches of packages, the journal and core dumps; each is walked and added up | none; other people's folders in them stay closed |
//! | Windows | not yet; `$Recycle.Bin`, `%TEMP%` and the folders of Windows Update               | the administrator for the last |
//! | macOS   | not yet; `~/.Trash` and `~/Library/Caches`                                        | full disk access |
//!
//! A walk ends after a number of files or a time, and says so: the sum is then a lower bound. It follows no
//! links and leaves no file system. Names of files are not kept.
//!
//! Blind spots: recycle bins of other drives, and of programs of their own. What is inside virtual disks,
//! containers and databases.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sensitivity::facts;
use crate::{Context, Reading};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

facts! {
    /// What can be cleared away.
    pub struct Leftovers {
        /// One entry a place.
        part places: Vec<Place>,
    }

    /// One place.
    pub struct Place {
        /// What lies there.
        public kind: PlaceKind,
        /// Room that it takes up on the disk.
        public used_bytes: Reading<u64>,
        /// Files in it.
        public file_count: Reading<u64>,
        /// Whether all of it was added up. If not, there is more.
        public is_complete: bool,
    }
}

/// What lies in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// The person's recycle bin.
    RecycleBin,
    /// What the person's programs keep to be faster.
    Caches,
    /// What the person has downloaded.
    Downloads,
    /// Files for a while.
    Temporary,
    /// Packages that were fetched to be installed.
    Packages,
    /// The system's logs.
    Logs,
    /// Remains of crashed programs.
    Crashes,
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Leftovers> {
    source::measure(cx).await
}
