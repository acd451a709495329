//! The largest folders of the person's home. Their names are shown, so it is measured on request only.
//!
//! | system  | source | privilege |
//! |---------|--------|-----------|
//! | Linux   | a walk through the home folder, `lstat` of every entry, blocks that are allocated on the disk | none; folders that are closed to the person are counted and not entered |
//! | Windows | not yet; `FindFirstFileEx`, `GetCompressedFileSize` | none |
//! | macOS   | not yet; `getattrlistbulk`, `ATTR_FILE_ALLOCSIZE` | full disk access for some folders |
//!
//! The walk follows no links, leaves no file system, counts a file with several names once, and ends after a time or a
//! number of entries; what it has seen by then is a lower bound, and says so. Where it is stopped, nothing is kept.
//!
//! A folder of which one subfolder holds nine tenths stands for nothing of its own: that subfolder is named in its stead.
//! So no folder of the list lies in another one.
//!
//! Blind spots: subvolumes and mounts in the home are other file systems. Blocks that files share (reflinks, snapshots)
//! count for each. What files hold that were deleted while a program has them open.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::request::{Cost, Request};
use crate::sensitivity::facts;
use crate::{Absence, Context, Reading, Reason};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod tree;

#[cfg(target_os = "linux")]
use linux as source;
#[cfg(not(target_os = "linux"))]
use other as source;

facts! {
    /// The largest folders of the person's home.
    pub struct Folders {
        /// Ten at most, the largest first.
        part largest: Vec<Folder>,
        /// Room on the disk of all that was seen.
        public seen_bytes: u64,
        /// Folders that were seen.
        public folder_count: u64,
        /// Files that were seen.
        public file_count: u64,
        /// Folders that could not be looked into.
        public unreadable_count: u64,
        /// Folders that lie on other disks, and were left out.
        public elsewhere_count: u64,
        /// What ended the walk.
        public end: WalkEnd,
    }

    /// One folder.
    pub struct Folder {
        /// Where it is in the home: `~/Videos/Holiday`. Absent for the files that lie in the home folder itself.
        personal(home) path: Reading<String>,
        /// Room on the disk of all that is in it.
        public used_bytes: u64,
        /// Share of all that was seen.
        public share_percent: f64,
        /// Files in it.
        public file_count: u64,
    }
}

/// What ended a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WalkEnd {
    /// All was seen.
    AllSeen,
    /// The time was over.
    TimeUp,
    /// There were too many entries.
    TooMany,
}

/// What a person's answer is taken to be worth: reading, deciding and waiting.
pub(crate) const COST: Cost = Cost { seconds: 20.0 };

/// The longest that the walk takes.
const MOST: Duration = Duration::from_mins(1);

/// What would be measured: nothing is sent, and it takes a while.
pub(crate) fn request(_cx: &Context) -> Result<Request, Absence> {
    if let Some(why) = source::IMPOSSIBLE {
        return Err(Absence::new(Reason::NotSupported, why));
    }
    Ok(Request { bytes: 0, seconds: MOST.as_secs(), receives_from: Vec::new(), sends_to: Vec::new() })
}

/// Measures this subject.
pub async fn measure(cx: Context) -> Reading<Folders> {
    source::measure(cx).await.into()
}
